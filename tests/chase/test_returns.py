"""What is sent back is told by mail at once, as far as quiet hours and limits let it."""

import pytest

from monitor.chase import returns
from monitor.chase.sending import Sent
from monitor.filings import life, milestone_verdict, milestones, roster
from monitor.filings.milestones import Report
from monitor.store import Store, audit
from monitor.store import milestones as kept
from tests.chase.test_sending import Box, box, settings, with_mail
from tests.chase.world import entries, moment, office, refresh
from tests.filings.accounts import at, fill_in, shown
from tests.filings.people import COMPLETE
from tests.filings.test_roster import who
from tests.pages.world import LAST, fill

__all__ = ["box"]

MORNING = "2016-11-28 10:00"


@pytest.fixture
def filled(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The small campaign on the morning of 28 November; C1 has a roster, and so an address."""
    fill(store)
    at(monkeypatch, store.campaign, "2016-11-28T10:00")
    roster.submit(store, who(store, "city", "C1"), "C1", COMPLETE, 0)
    return store


def tell(store: Store, code: str = "C1", now: str = MORNING) -> Sent | None:
    return returns.tell(store, who(store, "province_schools"), code, lambda: moment(store, now))


def send_back(store: Store, reason: str) -> None:
    city, province = who(store, "city", "C1"), who(store, "province_schools")
    fill_in(store, city, "C1")
    life.submit(store, city, shown(store, city, "C1"))
    life.send_back(store, province, shown(store, province, "C1"), reason)


def texts(inbox: Box) -> list[str]:
    return [mail.get_content().replace("\r\n", "\n") for _to, mail in inbox.mails]


def test_a_report_that_was_sent_back_is_told_with_its_reason(
    filled: Store, box: tuple[Box, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, port = box
    with_mail(filled, port)
    send_back(filled, "培训人数请核对")
    assert tell(filled) == Sent(1, {})
    ((to, mail),) = inbox.mails
    assert to == ["f@example.cn"] and mail["Subject"] == "【退回】单位C1：2016年11月月报表"
    assert "已被退回" in texts(inbox)[0] and "培训人数请核对" in texts(inbox)[0]
    # Not a second time, neither by asking again nor by making the list.
    assert tell(filled) == Sent(0, {})
    refresh(filled, MORNING)
    returned = [row["state"] for row in entries(filled) if row["stage"] == "returned"]
    assert returned == ["sent"] and len(inbox.mails) == 1
    at(monkeypatch, filled.campaign, "2016-11-28T11:00")
    send_back(filled, "经费数字有误")
    assert tell(filled) == Sent(1, {}) and "经费数字有误" in texts(inbox)[1]
    with filled.connect() as connection:
        assert audit.broken_at(connection) is None


def test_quiet_hours_keep_it_on_the_list(filled: Store, box: tuple[Box, int]) -> None:
    inbox, port = box
    with_mail(filled, port)
    send_back(filled, "培训人数请核对")
    evening = tell(filled, now="2016-11-28 19:00")
    assert evening is not None and evening.sent == 0 and not inbox.mails
    (draft,) = [row for row in entries(filled) if row["stage"] == "returned"]
    assert draft["state"] == "draft" and list(evening.kept) == [draft["id"]]
    assert tell(filled, now="2016-11-29 09:00") == Sent(1, {})


def test_the_days_limit_holds_for_returns(filled: Store, box: tuple[Box, int], monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, port = box
    with_mail(filled, port)
    settings(filled, most_per_unit=1)
    send_back(filled, "培训人数请核对")
    tell(filled)
    at(monkeypatch, filled.campaign, "2016-11-28T11:00")
    send_back(filled, "经费数字有误")
    kept = tell(filled)
    assert kept is not None and kept.sent == 0 and "上限" in next(iter(kept.kept.values())) and len(inbox.mails) == 1


def test_milestones_and_rosters_too(filled: Store, box: tuple[Box, int]) -> None:
    inbox, port = box
    with_mail(filled, port)
    city, province = who(filled, "city", "C1"), who(filled, "province_schools")
    milestones.report(filled, city, "C1", "work_plan", Report(LAST, "方案已印发"), 0)
    milestone_verdict.send_back(filled, province, "C1", "work_plan", 1, "请附印发文件")
    assert tell(filled) == Sent(1, {}) and "请附印发文件" in texts(inbox)[0] and "制定工作方案" in texts(inbox)[0]
    found = roster.opened(filled, province.scope, "C1", moment(filled, MORNING))
    roster.give_back(filled, province, "C1", found.version, "演示己的电话有误")
    assert tell(filled) == Sent(1, {})
    # The reason speaks of a person: it is read on the page alone, and the chase has none of it.
    assert "已被退回" in texts(inbox)[1] and "演示己" not in texts(inbox)[1]
    assert not any("演示己" in str(row) for row in entries(filled))


def test_without_a_channel_it_stands_on_the_list(filled: Store) -> None:
    send_back(filled, "培训人数请核对")
    assert tell(filled) is None
    assert [row["state"] for row in entries(filled) if row["stage"] == "returned"] == ["draft"]


def test_only_the_office_directly_above_tells(filled: Store, box: tuple[Box, int]) -> None:
    with_mail(filled, box[1])
    city = who(filled, "city", "C1")
    milestones.report(filled, who(filled, "county", "K1"), "K1", "local_training", Report(LAST, ""), 0)
    with filled.begin() as connection:
        now = moment(filled, MORNING)
        kept.change(connection, office(filled, "K1").id, "local_training", now, "", "returned", verdict="returned", verdict_at=now, reason="x")  # fmt: skip
    assert returns.tell(filled, who(filled, "province_schools"), "K1") is None
    assert entries(filled) == []
    returns.tell(filled, city, "K1", lambda: moment(filled, MORNING))
    assert [row["obligation"] for row in entries(filled, "C1")] == ["milestone:local_training"]
