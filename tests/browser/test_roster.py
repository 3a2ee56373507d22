"""A roster in a real browser: a city fills it in, by hand and from a table, and submits it; the province marks the paper copy."""

from collections.abc import Callable

from playwright.sync_api import expect

from monitor.store import Scope, Store, read, rosters
from tests.browser.conftest import Tab, settled
from tests.filings.people import COMPLETE, cells

NewTab = Callable[..., Tab]


def _table() -> bytes:
    lines = ["单位代码,职责,姓名,部门,职务,办公电话,手机,邮箱"]
    lines += [",".join(["C1", *cells(member)]) for member in COMPLETE]
    return "\n".join(lines).encode()


def test_a_city_fills_in_its_roster_and_the_province_marks_the_paper_copy(tab: NewTab, small_store: Store) -> None:
    city = tab()
    city.inside("/roster", "city")
    expect(city.page.get_by_text("名单中还没有人。")).to_be_visible()
    city.page.get_by_text("从文件读入").click()
    upload = {"name": "名单.csv", "mimeType": "text/csv", "buffer": _table()}
    city.page.locator("input[type=file]").set_input_files(upload)  # type: ignore[arg-type]
    expect(city.page.get_by_role("button", name="读入")).to_be_visible()
    settled(city.page)
    city.page.get_by_role("button", name="读入").click()
    expect(city.page.get_by_text("名单齐全")).to_be_visible()
    city.picture("roster-filled-in")
    with small_store.connect() as connection:
        unit_id = read.unit(connection, Scope.all(), "C1").id
        assert rosters.all_members(connection, unit_id) == COMPLETE  # saved before it is submitted

    # One cell by hand: the person of the first line.
    cell = city.page.locator(".stDataFrameGlideDataEditor").first
    cell.click(position={"x": 190, "y": 52})
    city.page.keyboard.press("Enter")
    box = city.page.locator("textarea.gdg-input")
    box.fill("演示壬")
    box.press("Enter")
    city.page.locator(".st-key-roster-submit button").click()
    city.page.locator(".st-key-roster-submit-yes button").click()
    expect(city.page.get_by_text("名单已报送省里。")).to_be_visible()
    city.picture("roster-submitted")
    with small_store.connect() as connection:
        people = rosters.all_members(connection, unit_id)
    assert [member.person for member in people] == ["演示壬", *(member.person for member in COMPLETE[1:])]

    province = tab()
    province.inside("/roster?unit=C1", "province_schools")
    province.page.get_by_role("button", name="登记纸质件").click()
    expect(province.page.get_by_text("已登记纸质件。")).to_be_visible()
    province.page.locator(".st-key-roster-accept button").click()
    expect(province.page.get_by_text("已确认接收。")).to_be_visible()
    province.picture("roster-accepted")
    city.page.reload()
    expect(city.page.get_by_role("button", name="修改名单")).to_be_visible()
    for one in (city, province):
        assert one.foreign == [] and one.complaints == []


def test_another_city_does_not_get_there(tab: NewTab, small_store: Store) -> None:
    here = tab(390, 844)
    here.inside("/roster?unit=C2", "city")
    expect(here.page.get_by_text("不在您的权限内").or_(here.page.get_by_text("不存在")).first).to_be_visible()
    here.picture("roster-refused")
