"""From the province to a single school by clicking, back again, and by the address alone."""

import contextlib
import io
import re
import unicodedata
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Error, expect
from pypdf import PdfReader

from monitor.store import Store
from tests.browser.conftest import Tab, headline, settled
from tests.pages.world import approved

NewTab = Callable[..., Tab]
HEADER, ROW = 36, 32  # heights in a list, in pixels
NAME = 90  # a place inside of the names' column


@pytest.fixture(scope="module")
def small_store(filled_store: Store) -> Store:
    """Figures to look at."""
    return filled_store


def signed_in(here: Tab, name: str, path: str) -> Tab:
    here.open(path)
    here.sign_in(name)
    here.wait_inside()
    return here


def click_name(here: Tab, row: int) -> None:
    """Click the name in a row of the first list."""
    grid = here.page.get_by_test_id("stDataFrame").first
    grid.locator("canvas").first.wait_for()
    box = None
    while box is None or box != grid.bounding_box():  # the page above it may still be growing
        with contextlib.suppress(Error):  # the list of the page before was still there, and has just gone
            grid.scroll_into_view_if_needed()
        box = grid.bounding_box()
        here.page.wait_for_timeout(400)
    here.page.mouse.click(box["x"] + NAME, box["y"] + HEADER + ROW * row + ROW / 2)


def down_to(here: Tab, unit: str) -> None:
    """Click the first name, once more where the list was drawn anew under the mouse, and wait for the unit's page."""
    for _try in range(4):
        click_name(here, 0)
        with contextlib.suppress(AssertionError):
            expect(headline(here.page, f"单位{unit}")).to_be_visible(timeout=10_000)
            break
    at(here, unit)


def at(here: Tab, unit: str, day: str = "") -> None:
    """Wait until the page shows the unit and the address says so."""
    expect(headline(here.page, f"单位{unit}")).to_be_visible()
    expect(here.page).to_have_url(re.compile(rf"unit={unit}(&|$)" + (f".*day={day}" if day else "")))


def test_down_to_a_school_and_back(tab: NewTab) -> None:
    here = signed_in(tab(), "observer", "/cities")
    for unit in ("C1", "K1", "S1"):
        down_to(here, unit)
    expect(here.page.locator(".figures")).to_contain_text(str(approved("S1", date(2016, 11, 11))))
    here.picture("journey-school")
    for unit in ("K1", "C1"):
        here.page.go_back()
        at(here, unit)
    here.page.go_forward()
    at(here, "K1")
    here.page.locator(".st-key-crumb-C1 button").click()
    at(here, "C1")
    assert here.foreign == [] and here.complaints == []


def test_an_address_opens_what_its_sender_saw(tab: NewTab) -> None:
    here = signed_in(tab(), "observer", "/cities?unit=S1&day=2016-10-20")
    at(here, "S1", "2016-10-20")
    expect(here.page.locator(".figures")).to_contain_text(str(approved("S1", date(2016, 10, 20))))
    here.open("/universities?status=stalled&unit=U2")
    at(here, "U2")
    expect(here.page.get_by_role("heading", name="各高校 1 / 2")).to_be_visible()
    here.picture("journey-university")


def test_an_address_outside_of_the_scope_is_refused(tab: NewTab) -> None:
    here = signed_in(tab(), "city", "/cities?unit=C2")
    expect(here.page.get_by_text("不在您账号的查看范围内")).to_be_visible()
    assert "单位C2" not in here.page.content()


def test_a_filter_goes_with_the_back_button(tab: NewTab) -> None:
    here = signed_in(tab(), "observer", "/universities")
    expect(here.page.get_by_role("heading", name="各高校 2")).to_be_visible()
    here.page.get_by_role("combobox", name="状态").click()
    here.page.get_by_role("option", name="停滞").click()
    expect(here.page).to_have_url(re.compile("status=stalled"))
    expect(here.page.get_by_role("heading", name="各高校 1 / 2")).to_be_visible()
    here.page.go_back()
    expect(here.page.get_by_role("heading", name="各高校 2", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1366, 768, "light"), (1366, 768, "dark"), (390, 844, "light")]
)
def test_the_overview_fits_and_answers_at_once(width: int, height: int, scheme: str, tab: NewTab) -> None:
    here = signed_in(tab(width, height, scheme), "observer", "/overview?day=2016-11-11")
    answer = here.page.get_by_role("heading", level=2)
    expect(answer).to_contain_text("2 个设区市")
    box = answer.bounding_box()
    assert box and box["y"] + box["height"] < height / 2, "who is behind is not among the first things to be seen"
    expect(here.page.locator("canvas.marks, svg.marks")).to_have_count(2)
    main = here.page.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollWidth - element.clientWidth") <= 1
    here.picture(f"overview-{width}-{scheme}")


@pytest.mark.parametrize(("chart", "begins"), [(0, "单位,状态,完成率（%）"), (1, "日期,已录入,已报送,审核通过")])
def test_a_chart_gives_its_figures_and_a_download(chart: int, begins: str, tab: NewTab) -> None:
    here = signed_in(tab(), "observer", "/overview?day=2016-11-11")
    here.page.get_by_text("数据表与下载").nth(chart).click()
    with here.page.expect_download() as download:
        here.page.get_by_role("link", name="下载 CSV").click()
    content = download.value.path().read_text("utf-8-sig")
    assert content.startswith(begins) and len(content.splitlines()) > 2
    assert here.complaints == []


def test_the_overview_prints_to_one_page_without_what_only_a_screen_needs(tab: NewTab) -> None:
    here = signed_in(tab(), "observer", "/overview?day=2016-11-11")
    expect(here.page.locator("canvas.marks, svg.marks")).to_have_count(2)
    settled(here.page)
    printed = PdfReader(io.BytesIO(here.page.pdf(prefer_css_page_size=True, print_background=True)))
    assert len(printed.pages) == 1
    text = "".join(unicodedata.normalize("NFKC", printed.pages[0].extract_text()).split())
    assert "总览" in text and "剩余工作日" in text
    assert "退出" not in text and "查找单位" not in text and "数据表与下载" not in text


@pytest.mark.parametrize(
    ("path", "unit"),
    [("/cities?unit=C1", "C1"), ("/cities?unit=K1", "K1"), ("/cities?unit=S1", "S1"), ("/universities?unit=U1", "U1")],
)
def test_the_page_of_a_unit_prints_to_one_page(path: str, unit: str, tab: NewTab) -> None:
    here = signed_in(tab(), "observer", path)
    expect(here.page.locator("canvas.marks, svg.marks").first).to_be_visible()
    expect(headline(here.page, f"单位{unit}")).to_be_visible()
    settled(here.page)
    printed = PdfReader(io.BytesIO(here.page.pdf(prefer_css_page_size=True, print_background=True)))
    assert len(printed.pages) == 1
    text = "".join(unicodedata.normalize("NFKC", printed.pages[0].extract_text()).split())
    assert f"单位{unit}:完成率" in text and "截至" in text and "进度走势" in text
    assert "下载CSV" not in text and "退出" not in text and "各高校" not in text
    # A table of the screen is a picture, as wide as the window: on paper stands one of text.
    assert "约需工作日" in text and ("所需日均" in text) == (unit in ("C1", "K1"))
