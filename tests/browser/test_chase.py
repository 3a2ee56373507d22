"""催办 in a real browser: the list is made, twice without a change, sent through a mail server and a group's robot, and
looked up; a report that is sent back is mailed at once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from monitor.access import demo
from monitor.campaign import PROJECT, Campaign, load_campaign
from monitor.chase import channels
from monitor.filings import life, roster
from monitor.store import Store, meta
from tests.browser.conftest import Tab
from tests.chase.test_sending import Box, Group, box, group
from tests.chase.world import entries
from tests.databases import Databases
from tests.filings.accounts import at, fill_in, person, shown
from tests.filings.people import COMPLETE
from tests.pages.world import fill
from tests.ui.server import Server, serving

__all__ = ["box", "group"]

NewTab = Callable[..., Tab]


def settings(folder: Path, mail: int, robots: str) -> Path:
    """The project's own config.toml with a mail server and two robots, at any hour of any day."""
    text = (PROJECT / "config.toml").read_text(encoding="utf-8").replace('"data/', f'"{PROJECT}/data/')
    for usual, now in (("18:00:00", "23:59:59"), ("08:30:00", "00:00:00"), ("days_off = true", "days_off = false")):
        assert usual in text
        text = text.replace(usual, now)
    text += f'\n[chase.mail]\nhost = "127.0.0.1"\nport = {mail}\nsecurity = "none"\nsender = "jindu@example.cn"\nuser = "office"\n'
    for unit, kind in (("C1", "wecom"), ("C2", "dingtalk")):
        text += f'[[chase.robots]]\nunit = "{unit}"\nkind = "{kind}"\nkey_variable = "ROBOT_{unit}"\nendpoint = "{robots}/{kind}"\n'
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def small_store(databases: Databases, campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The small campaign as a demonstration; C1 has a roster, and so an address."""
    with databases.store() as opened:
        fill(opened)
        demo.create_accounts(opened, campaign)
        with opened.begin() as connection:
            meta.put(connection, meta.DEMONSTRATION, "演示")
        roster.submit(opened, person(opened, "city", "C1"), "C1", COMPLETE, 0)
        yield opened


@pytest.fixture
def server(small_store: Store, tmp_path: Path, box: tuple[Box, int], group: str) -> Iterator[Server]:
    path = settings(tmp_path, box[1], group)
    assert channels.offered(load_campaign(path)) == ["mail", "robot"]
    keys = {channels.PASSWORD_VARIABLE: "right", "ROBOT_C1": "k-1", "ROBOT_C2": "t1,s1"}
    with serving(small_store, tmp_path, MONITOR_CONFIG=str(path), **keys) as running:
        yield running


def _matter(tab: Tab, query: str) -> Page:
    """The list of one matter, all of its entries picked."""
    tab.open(f"/chase?{query}")
    table = tab.page.locator("[data-testid=stDataFrame] canvas").first
    expect(table).to_be_visible()
    table.click(position={"x": 18, "y": 16}, force=True)
    return tab.page


def _states(store: Store, obligation: str) -> list[str]:
    return [row["state"] for row in entries(store) if row["obligation"] == obligation]


def test_from_the_list_to_its_history(tab: NewTab, small_store: Store, box: tuple[Box, int], group: str) -> None:
    here, inbox = tab(), box[0]
    page = here.inside("/chase", "province_schools")
    page.get_by_role("button", name="生成清单").click()
    expect(page.get_by_text("新起草 9 项")).to_be_visible()
    here.picture("chase-list")
    page.get_by_role("button", name="生成清单").click()
    expect(page.get_by_text("清单没有变化。")).to_be_visible()
    assert len(entries(small_store)) == 9

    page = _matter(here, "matter=milestone:work_plan")
    page.get_by_role("button", name="用邮件发送（2）").click()
    expect(page.get_by_text("已发送 1 项。")).to_be_visible()
    expect(page.get_by_text("单位C2：该单位没有邮箱地址")).to_be_visible()
    here.picture("chase-sent")
    ((to, mail),) = inbox.mails
    assert to == ["f@example.cn"] and "“制定工作方案”应于10月31日前完成" in mail.get_content()
    assert _states(small_store, "milestone:work_plan") == ["sent", "draft"]

    page = _matter(here, "matter=filing:2016-10")
    page.get_by_role("button", name="用群机器人发送（2）").click()
    expect(page.get_by_text("已发送 2 项。")).to_be_visible()
    assert sorted(text.split("\n")[0] for text in Group.told) == [
        "【催办】单位C1：2016年10月月报表", "【催办】单位C2：2016年10月月报表",
    ]  # fmt: skip

    here.open("/chase?status=sent&matter=milestone:work_plan")
    page.get_by_text("办理记录").click()
    for happened in ("起草", "开始发送", "已发送"):
        expect(page.get_by_test_id("stExpander").get_by_text(happened).first).to_be_visible()
    expect(page.get_by_test_id("stExpander").get_by_text("送达不明")).to_have_count(0)
    here.picture("chase-history")
    page.get_by_role("button", name="生成清单").click()
    expect(page.get_by_text("清单没有变化。")).to_be_visible()
    assert len(inbox.mails) == 1 and len(Group.told) == 2 and len(entries(small_store)) == 9
    assert here.complaints == [] and here.foreign == []


def test_a_report_that_is_sent_back_is_mailed_at_once(
    tab: NewTab, small_store: Store, box: tuple[Box, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, city = tab(), person(small_store, "city", "C1")
    at(monkeypatch, small_store.campaign, "2016-11-11T00:00")
    fill_in(small_store, city, "C1")
    life.submit(small_store, city, shown(small_store, city, "C1"))
    page = here.inside("/monthly?unit=C1&month=2016-11", "province_schools")
    page.get_by_text("退回……").click()
    page.get_by_label("退回原因").fill("培训人数请核对")
    page.get_by_role("button", name="退回填报单位").click()
    expect(page.get_by_text("已退回，填报单位会看到退回原因。")).to_be_visible()
    page.goto(here.server.address + "/chase?status=sent")
    expect(page.get_by_text("培训人数请核对")).to_be_visible()
    ((to, mail),) = box[0].mails
    assert to == ["f@example.cn"] and "退回意见：培训人数请核对" in mail.get_content()
    assert _states(small_store, "filing:2016-11") == ["sent"]
