"""节点 in a real browser: a county reports its training, its city sees it added up and reports with a file; the province
sends it back, and accepts it in the end."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from monitor.store import Scope, Store, milestones, read
from tests.browser.conftest import Tab, demonstrate, settled
from tests.databases import Databases

NewTab = Callable[..., Tab]
TRAINING = "市县培训"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture(scope="module")
def small_store(databases: Databases) -> Iterator[Store]:
    """The small campaign as a demonstration, whose clock stands on its newest day."""
    with databases.store() as opened:
        demonstrate(opened)
        yield opened


def _report(page: Page, sessions: str, people: str, schools: str) -> None:
    for label, value in (("培训场次", sessions), ("培训人数", people), ("覆盖学校", schools)):
        box = page.get_by_label(label).first
        box.fill(value)
        box.press("Tab")
    page.get_by_role("button", name="填报", exact=True).click()


def _hand_in(page: Page) -> None:
    """A file beside what was reported."""
    told = page.get_by_test_id("stExpander").filter(has_text=f"已填报：{TRAINING}")
    settled(page)  # what was opened for the report is drawn anew once it is there
    told.locator("input[type=file]").set_input_files(
        {"name": "签到表.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(page.get_by_text("文件已上传")).to_be_visible()


def _stored(store: Store) -> tuple[list[str], tuple[Any, ...]]:
    """What happened to C1's training, the newest first, and what is known of it."""
    with store.connect() as connection:
        unit = read.unit(connection, Scope.all(), "C1")
        told_of = milestones.history(connection, Scope.all(), unit.id, "local_training")
        known = milestones.state(connection, unit.id, "local_training")
    return told_of["event"].tolist(), (known["sessions"], known["people"], known["schools"])


def test_from_the_county_to_the_province(tab: NewTab, small_store: Store, tmp_path: Path) -> None:
    county, city, office = tab(), tab(), tab()
    page = county.inside("/milestones", "county")
    page.get_by_text(f"填报：{TRAINING}").click()
    _report(page, "2", "40", "1")
    expect(page.get_by_text(f"已填报{TRAINING}")).to_be_visible()
    county.picture("milestones-county")

    page = city.inside("/milestones", "city")
    reached = page.get_by_role("region", name="培训覆盖的县（市、区）和学校")
    reached.scroll_into_view_if_needed()  # what is out of sight has no cells yet
    cells = [reached.get_by_test_id(f"glide-cell-{column}-0") for column in (1, 4, 5)]
    for cell, text in zip(cells, ("1 / 1", "2", "40"), strict=True):  # of its one county
        expect(cell).to_have_text(text)
    page.get_by_text(f"填报：{TRAINING}").click()
    _report(page, "1", "12", "0")
    expect(page.get_by_text(f"已填报{TRAINING}")).to_be_visible()
    _hand_in(page)
    city.picture("milestones-city")

    desk = office.inside("/milestones?unit=C1", "province_schools")
    desk.get_by_text(f"单位C1：{TRAINING}").click()
    with desk.expect_download() as download:
        desk.get_by_text("签到表.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF
    desk.get_by_text("退回……").click()
    desk.get_by_label("退回原因").fill("请补充参训名册")
    desk.get_by_role("button", name="退回填报单位").click()
    expect(desk.get_by_text("已退回，填报单位会看到退回原因。")).to_be_visible()
    office.picture("milestones-returned")

    page.goto(city.server.address + "/home")
    expect(page.get_by_text("市县培训（培训县级和学校）：被退回")).to_be_visible()
    page.goto(city.server.address + "/milestones")
    expect(page.get_by_text("已退回：请补充参训名册")).to_be_visible()
    page.get_by_role("button", name="重新报告").click()
    expect(page.get_by_text(f"已填报{TRAINING}")).to_be_visible()

    desk.reload()
    settled(desk, "节点")
    desk.get_by_text(f"单位C1：{TRAINING}").click()
    settled(desk)  # what is below moves down while it opens
    desk.get_by_role("button", name="接收", exact=True).click()
    expect(desk.get_by_text("已接收。")).to_be_visible()
    office.picture("milestones-accepted")
    events, known = _stored(small_store)
    assert events == ["accepted", "corrected", "returned", "file_added", "reported"] and known == (1, 12, 0)
    for one in (county, city, office):
        assert one.foreign == [] and one.complaints == []


TEXTS = """svg => { const edge = svg.getBoundingClientRect(); return [...svg.querySelectorAll('text')].filter(one => one.textContent)
    .map(one => [one.textContent, edge.bottom - one.getBoundingClientRect().bottom, one.getBoundingClientRect().top - edge.top]); }"""


@pytest.mark.parametrize(
    ("role", "lanes"), [("county", ["市县培训"]), ("university", ["报送工作组名单", "信息采集审核"])]
)
def test_a_picture_of_few_lanes_has_room_for_all_that_is_written(role: str, lanes: list[str], tab: NewTab) -> None:
    picture = tab().inside("/milestones", role).locator(".stVegaLiteChart svg").first
    picture.wait_for()
    written: list[tuple[str, float, float]] = picture.evaluate(TEXTS)
    assert {text for text, below, _above in written if below < 0} == set()
    above = sorted(above for text, _below, above in written if text.endswith(tuple(lanes)))
    assert len(above) == len(lanes) and all(after - before > 15 for before, after in pairwise(above))
