"""The life of one report as four accounts live it, in a real browser: filled in and submitted, returned, put right and
submitted again, accepted, looked at."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from monitor.filings.fields import fields_of
from monitor.store import Store
from tests.browser.conftest import Tab, demonstrate
from tests.databases import Databases
from tests.filings.accounts import FULL, person, shown

NewTab = Callable[..., Tab]
LONG = "各县（市、区）进度不一，部分学校人员紧张。" * 60


@pytest.fixture(scope="module")
def small_store(databases: Databases) -> Iterator[Store]:
    """The small campaign as a demonstration, whose clock stands on its newest day."""
    with databases.store() as opened:
        demonstrate(opened)
        yield opened


def _saved(page: Page) -> None:
    status = page.locator("#monthly-saved")
    expect(status).not_to_have_attribute("data-open", "yes")
    expect(status).to_contain_text("已自动保存")


def test_what_is_typed_is_saved_while_its_field_is_still_open(tab: NewTab, small_store: Store) -> None:
    here = tab()
    page = here.inside("/monthly", "city")
    box = page.get_by_label("存在问题与建议")
    box.press_sequentially("打到一半", delay=20)
    expect(page.locator("#monthly-saved")).to_have_attribute("data-open", "yes")
    expect(page.locator("#monthly-saved")).to_contain_text("正在输入，尚未保存")
    _saved(page)
    # The field was never left, and goes on where it was.
    box.press_sequentially("，接着写", delay=20)
    _saved(page)
    expect(box).to_have_value("打到一半，接着写")
    page.get_by_label("经费保障").fill("已落实")
    box.fill(LONG)
    # Away before the page has answered: it lets go of what was typed only when it is saved.
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="总览").click()
    expect(page).to_have_url(re.compile("/overview"))
    here.context.close()  # the browser is gone
    assert shown(small_store, person(small_store, "observer"), "C1").manual.funds == "已落实"
    assert shown(small_store, person(small_store, "observer"), "C1").manual.problems == LONG
    again = tab().inside("/monthly", "city")
    expect(again.get_by_label("存在问题与建议")).to_have_value(LONG)


def test_what_is_being_typed_outlives_the_answer_to_another_field(tab: NewTab) -> None:
    page = tab().inside("/monthly", "university")
    offer = page.locator(".st-key-monthly-take-over")
    expect(offer).to_be_visible()
    page.get_by_label("经费保障").fill("已落实")
    box = page.get_by_label("存在问题与建议")
    # No pause long enough to save: the answer to the first field comes in the middle, and with it another page above.
    box.press_sequentially("字" * 80, delay=60)
    expect(offer).to_have_count(0)
    expect(box).to_have_value("字" * 80)
    expect(box).to_be_focused()


def test_nobody_leaves_while_the_status_line_is_drawn_anew(tab: NewTab, small_store: Store) -> None:
    here = tab()
    page = here.inside("/monthly", "city")
    page.get_by_label("下月工作安排").fill("下月写完")
    page.evaluate(
        "document.getElementById('monthly-saved').remove(); document.querySelector('a[href$=overview]').click()"
    )
    expect(page).to_have_url(re.compile("/overview"))
    here.context.close()
    assert shown(small_store, person(small_store, "observer"), "C1").manual.next_month == "下月写完"


def test_who_leaves_without_an_answer_is_asked(tab: NewTab) -> None:
    page = tab().inside("/monthly", "city")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    expect(page.locator("#monthly-saved")).to_be_visible()
    page.clock.install()
    page.evaluate("WebSocket.prototype.send = () => {}")
    page.get_by_label("下月工作安排").fill("没有送到")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="总览").click()
    page.clock.run_for(16_000)
    expect(page.get_by_label("下月工作安排")).to_have_value("没有送到")
    assert asked == ["刚才输入的内容还没有保存。离开本页将会丢失，确定离开吗？"] and "/monthly" in page.url


def _fill_in_all(page: Page) -> None:
    """Every field of the form but the problems, of which there are none."""
    for field in fields_of("schools"):
        if field.key == "problems":
            continue
        page.get_by_label(field.label, exact=False).first.fill(
            "（演示）审核人" if field.key == "reviewer" else FULL[field.kind]
        )
        page.keyboard.press("Tab")
        _saved(page)
    page.get_by_label("存在问题与建议").fill("无")
    _saved(page)


def test_four_accounts_and_one_report(tab: NewTab, small_store: Store) -> None:
    city, office, observer = tab(), tab(), tab(width=390, height=844)
    page = city.inside("/monthly", "city")
    submit = page.locator(".st-key-monthly-submit button")
    expect(submit).to_be_disabled()
    _fill_in_all(page)
    expect(page.get_by_text("已填写完整")).to_be_visible()
    city.picture("report-filled")
    submit.click()
    page.locator(".st-key-monthly-submit-yes button").click()
    expect(page.get_by_text("等待省级接收")).to_be_visible()
    city.picture("report-submitted")

    desk = office.inside("/filings", "province_schools")
    expect(desk.get_by_text("应报 2 个单位，已报 1 个")).to_be_visible()
    office.picture("filings-office")
    desk.goto(office.server.address + "/monthly")
    expect(desk.get_by_role("heading", name="单位C1 2016年11月月报表")).to_be_visible()
    desk.get_by_text("退回……").click()
    desk.get_by_label("退回原因").fill("培训人数请核对")
    desk.get_by_role("button", name="退回填报单位").click()
    expect(desk.get_by_text("已退回，填报单位会看到退回原因。")).to_be_visible()

    page.reload()
    expect(page.get_by_text("培训人数请核对")).to_be_visible()
    page.get_by_label("培训人数").fill("120")
    page.keyboard.press("Tab")
    _saved(page)
    city.picture("report-returned")
    submit.click()
    page.locator(".st-key-monthly-submit-yes button").click()
    expect(page.get_by_text("等待省级接收")).to_be_visible()

    desk.reload()
    desk.locator(".st-key-monthly-accept button").click()
    expect(desk.get_by_text("省级已接收")).to_be_visible()
    office.picture("report-accepted")

    looked = observer.inside("/monthly?unit=C1&view=history", "observer")
    for happened in ("报送", "退回", "已接收", "培训人数请核对"):
        expect(looked.get_by_role("cell", name=happened).first).to_be_visible()
    expect(looked.locator(".st-key-monthly-accept")).to_have_count(0)
    observer.picture("report-observer")
    found = shown(small_store, person(small_store, "observer"), "C1")
    assert [event.state for event in found.events] == ["submitted", "returned", "submitted", "accepted"]
    assert found.manual.training_people == 120
    for one in (city, office, observer):
        assert one.foreign == [] and one.complaints == []


def test_two_tabs_on_one_draft(tab: NewTab, small_store: Store) -> None:
    here, there = tab(), tab()
    first = here.inside("/monthly", "university")
    second = there.inside("/monthly", "university")
    expect(second.get_by_label("经费保障")).to_be_visible()
    first.get_by_label("经费保障").fill("第一人的话")
    first.keyboard.press("Tab")
    _saved(first)
    second.get_by_label("经费保障").fill("第二人的话")
    second.keyboard.press("Tab")
    expect(second.get_by_text("您填写的内容还没有保存，请选择。")).to_be_visible()
    expect(second.locator("#monthly-saved")).to_contain_text("有 1 项没有保存")
    there.picture("report-conflict")
    second.get_by_role("button", name="保留我的").click()
    _saved(second)
    assert shown(small_store, person(small_store, "observer"), "U1").manual.funds == "第二人的话"


def test_a_click_in_the_calendar_opens_the_report(tab: NewTab) -> None:
    here = tab()
    page = here.inside("/filings?period=2016-10", "province_schools")
    table = page.locator("[data-testid=stDataFrame] canvas").first
    expect(table).to_be_visible()
    table.click(position={"x": 60, "y": 52}, force=True)
    page.wait_for_url("**/monthly?*")
    assert "month=2016-10" in page.url and "unit=C" in page.url
    expect(page.get_by_role("heading", name="2016年10月月报表")).to_be_visible()
