"""Milestones are accepted or sent back: by whom, what follows, what stays in the history."""

from datetime import UTC, date, datetime

import pytest

from monitor.filings import milestone_verdict as verdict
from monitor.filings import milestones as life
from monitor.filings.milestones import MilestoneRefused, Report
from monitor.filings.state import State
from monitor.store import Scope, Store, audit, milestones
from tests.access.tree import plant
from tests.filings.accounts import at
from tests.filings.test_milestones import say, table, unit_id, version
from tests.filings.test_roster import ASKING, who

DONE = Report(date(2016, 10, 28), "方案已印发")
NOON = datetime(2016, 11, 25, 4, tzinfo=UTC)


@pytest.fixture
def planted(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """C1 has reported its plan on the evening of 28 October."""
    plant(store)
    at(monkeypatch, store.campaign, "2016-10-28T18:00")
    say(store, who(store, "city", "C1"), "C1", "work_plan", DONE)
    return store


def lives(store: Store, moment: datetime = NOON) -> dict[str, str | None]:
    found = table(store, Scope.all(), moment).reset_index()
    plans = found[found["stage"] == "work_plan"]
    return dict(zip(plans["code"], plans["life"], strict=True))


@pytest.mark.parametrize(("role", "own"), ASKING)
def test_who_judges(planted: Store, role: str, own: str | None) -> None:
    actor = who(planted, role, own)
    if role == "province_schools":
        verdict.accept(planted, actor, "C1", "work_plan", 1)
        assert lives(planted) == {"C1": "accepted", "C2": None}
        return
    with pytest.raises(MilestoneRefused):
        verdict.accept(planted, actor, "C1", "work_plan", 1)
    with pytest.raises(MilestoneRefused):
        verdict.send_back(planted, actor, "C1", "work_plan", 1, "请补充")
    assert lives(planted)["C1"] == "submitted"


def test_what_was_sent_back_comes_again_and_stays_in_time(planted: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    city, province = who(planted, "city", "C1"), who(planted, "province_schools", None)
    at(monkeypatch, planted.campaign, "2016-11-02T10:00")
    verdict.send_back(planted, province, "C1", "work_plan", 1, "  请附印发文件  ")
    row = table(planted, Scope.all()).loc[("C1", "work_plan")]
    assert (row["life"], row["reason"]) == ("returned", "请附印发文件")
    assert life.state_of(row) == State("on_time")
    assert lives(planted, datetime(2016, 11, 2, 1, 59, tzinfo=UTC))["C1"] == "submitted"  # not known before ten
    for again in (verdict.accept, verdict.send_back):
        with pytest.raises(MilestoneRefused):
            again(planted, province, "C1", "work_plan", 2, *(["再退"] if again is verdict.send_back else []))
    say(planted, city, "C1", "work_plan", DONE)  # the same words, with the file that was missing
    assert lives(planted)["C1"] == "submitted"
    verdict.accept(planted, province, "C1", "work_plan", version(planted, "C1", "work_plan"))
    say(planted, city, "C1", "work_plan", Report(date(2016, 10, 27), "更正"))
    assert lives(planted)["C1"] == "submitted"  # what was accepted is not what stands there now
    with planted.connect() as connection:
        told = milestones.history(connection, Scope.all(), unit_id(planted, "C1"), "work_plan")
        assert audit.broken_at(connection) is None
    assert told["event"].tolist() == ["corrected", "accepted", "corrected", "returned", "reported"]
    assert told["detail"].tolist()[3] == {"reason": "请附印发文件"}


@pytest.mark.parametrize("reason", ["", "   ", "身份证11010519491231002X"])
def test_a_return_needs_a_reason_without_personal_numbers(planted: Store, reason: str) -> None:
    with pytest.raises(MilestoneRefused):
        verdict.send_back(planted, who(planted, "province_schools", None), "C1", "work_plan", 1, reason)
    assert lives(planted)["C1"] == "submitted"


def test_what_changed_meanwhile_is_not_judged_unseen(planted: Store) -> None:
    say(planted, who(planted, "city", "C1"), "C1", "work_plan", Report(date(2016, 10, 27), "更正"))
    with pytest.raises(MilestoneRefused):
        verdict.accept(planted, who(planted, "province_schools", None), "C1", "work_plan", 1)
    assert lives(planted)["C1"] == "submitted"


def test_nothing_reported_and_a_countys_part_are_not_judged(planted: Store) -> None:
    province = who(planted, "province_schools", None)
    say(planted, who(planted, "county", "K1"), "K1", "local_training", Report(date(2016, 10, 28), "", 1, 20, 1))
    for code, stage, number in (("C2", "work_plan", 0), ("K1", "local_training", 1), ("C1", "roster", 0)):
        with pytest.raises(MilestoneRefused):
            verdict.accept(planted, province, code, stage, number)
