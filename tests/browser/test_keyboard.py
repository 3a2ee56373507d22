"""Without a mouse: what people come for, with Tab, arrows and Enter alone, and where one is always to be seen."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import FileChooser, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLong

from monitor.access import demo
from monitor.filings.fields import fields_of
from monitor.store import Store, meta
from monitor.ui import navigation
from tests.browser.conftest import Tab, headline, settled
from tests.filings.accounts import FULL, fill_in, person, shown
from tests.pages.test_intake import GOOD
from tests.pages.world import LAST

NewTab = Callable[..., Tab]
MOST = 80  # steps from anywhere on a page to anywhere else

HERE = "element => element === document.activeElement || element.contains(document.activeElement)"
FRAMED = """() => { const one = document.activeElement, box = one.getBoundingClientRect(), seen = box.bottom > 0 && box.top < innerHeight;
    // A list is drawn, and draws the frame around its cell itself; a field is framed as a whole.
    if (one === document.body || one.closest('canvas')) return '';
    for (let part = one, steps = 0; seen && part && steps < 4; part = part.parentElement, steps++) {
      const look = getComputedStyle(part);
      if (look.outlineStyle === 'solid' && parseFloat(look.outlineWidth) >= 2) return '';
    }
    return one.outerHTML.slice(0, 200); }"""
"""What has the focus without being seen to have it, "" for nothing."""


@pytest.fixture(scope="module")
def small_store(filled_store: Store) -> Store:
    """Figures to look at, as a demonstration, whose clock stands on its newest day."""
    with filled_store.begin() as connection:
        meta.put(connection, meta.DEMONSTRATION, "演示")
    return filled_store


def walk_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus."""
    wanted.wait_for(state="attached")
    for _step in range(MOST):
        page.keyboard.press("Tab")
        if wanted.count() and wanted.first.evaluate(HERE):
            assert page.evaluate(FRAMED) == "", "one does not see where one is"
            return
    raise AssertionError(f"{wanted} is not reached by Tab")


def inside(tab: Tab, name: str, path: str) -> Page:
    """Sign in by the keyboard."""
    tab.open(path)
    tab.wait_outside()
    settled(tab.page)
    walk_to(tab.page, tab.page.get_by_label("账号", exact=True))
    tab.page.keyboard.type(name)
    walk_to(tab.page, tab.page.get_by_label("密码", exact=True))
    tab.page.keyboard.type(demo.PASSWORD)
    tab.page.keyboard.press("Enter")
    tab.wait_inside()
    settled(tab.page, navigation.PAGES[path.strip("/").partition("?")[0]].title)
    return tab.page


def test_a_unit_is_found_and_its_county_opened(tab: NewTab) -> None:
    here = tab()
    page = inside(here, "city", "/overview")
    walk_to(page, page.get_by_label("查找单位"))
    page.keyboard.type("S1")
    page.keyboard.press("Enter")
    found = page.get_by_test_id("stSidebarUserContent").get_by_role("link", name="单位S1")
    expect(found).to_be_visible()
    walk_to(page, found)
    page.keyboard.press("Enter")
    expect(headline(page, "单位S1")).to_be_visible()
    walk_to(page, page.locator(".st-key-crumb-C1 button"))
    page.keyboard.press("Enter")
    expect(headline(page, "单位C1")).to_be_visible()
    settled(page)
    walk_to(page, page.locator("[data-testid=stDataFrame] canvas").first)
    page.keyboard.press("ArrowRight")
    expect(page.locator("td[aria-selected=true]").first).to_have_text(re.compile("单位K1"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("unit=K1"))
    expect(headline(page, "单位K1")).to_be_visible()
    assert here.complaints == []


def test_a_report_is_filled_in_and_submitted(tab: NewTab, small_store: Store) -> None:
    here, missing = (
        tab(),
        ("training_people", "problems", "reviewer", "phone"),
    )  # one of each kind; the others are there
    fill_in(small_store, person(small_store, "city", "C1"), "C1", **dict.fromkeys(missing, ""))
    page = inside(here, "city", "/monthly")
    expect(page.locator(".st-key-monthly-submit button").first).to_be_disabled()
    for field in (one for one in fields_of("schools") if one.key in missing):
        walk_to(page, page.get_by_label(field.label, exact=False).first)
        page.keyboard.type("（演示）审核人" if field.key == "reviewer" else FULL[field.kind])
        page.keyboard.press("Tab")
    # Without a look at what the page says meanwhile.
    expect(page.locator("#monthly-saved")).to_contain_text("已自动保存")
    expect(page.locator(".st-key-monthly-submit button").first).to_be_enabled()
    walk_to(page, page.locator(".st-key-monthly-submit-below button"))  # right behind the last field
    page.keyboard.press("Enter")
    walk_to(page, page.locator(".st-key-monthly-submit-yes button"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("等待省级接收")).to_be_visible()
    assert [event.state for event in shown(small_store, person(small_store, "observer"), "C1").events] == ["submitted"]
    assert here.complaints == []


def _chosen(page: Page) -> FileChooser:
    """The choice of a file, opened by Enter; once more where the uploader was drawn again under the key."""
    for _try in range(4):
        walk_to(page, page.get_by_test_id("stFileUploaderDropzone").locator("button"))
        with suppress(TooLong), page.expect_file_chooser(timeout=10_000) as chooser:
            page.keyboard.press("Enter")
            return chooser.value
    raise AssertionError("Enter does not open the choice of a file")


def test_a_table_is_handed_in_and_its_preview_read(tab: NewTab) -> None:
    here = tab()
    page = inside(here, "admin", "/intake")
    settled(page)
    page.wait_for_load_state("networkidle")  # the uploader is drawn again when its own code has come
    _chosen(page).set_files({"name": "采集表.csv", "mimeType": "text/csv", "buffer": GOOD})
    button = page.get_by_role("button", name="全部导入（4 行）")
    expect(button).to_be_visible()
    walk_to(page, button)
    assert here.complaints == []


def test_a_chase_is_written_and_its_text_copied(tab: NewTab) -> None:
    here = tab()
    here.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = inside(here, "province-schools", f"/chase?day={LAST}")
    walk_to(page, page.locator(".st-key-chase-refresh button"))
    page.keyboard.press("Enter")
    text = page.get_by_test_id("stCode")
    expect(text).to_be_visible()
    settled(page)
    walk_to(page, text.get_by_role("button"))
    page.keyboard.press("Enter")
    page.wait_for_function("() => navigator.clipboard.readText().then(text => text.length > 20)")
    assert page.evaluate("navigator.clipboard.readText()").split() == text.locator("code").inner_text().split()


def test_wherever_tab_leads_on_the_overview_there_is_a_frame(tab: NewTab) -> None:
    page = inside(tab(), "province-schools", "/overview")
    page.evaluate("document.activeElement.blur()")
    hidden = set()
    for _step in range(MOST):
        page.keyboard.press("Tab")
        hidden.add(page.evaluate(FRAMED))
    assert hidden == {""}
