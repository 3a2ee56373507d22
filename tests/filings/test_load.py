"""Reports recorded with their life, and the calendar that shows where everybody stands."""

from datetime import UTC, date, datetime

import pytest

from monitor.chase.obligations import stage_of
from monitor.filings import calendar
from monitor.filings.load import Written, record_written
from monitor.store import Scope, Store, audit
from tests.filings.accounts import at, person, shown
from tests.pages.world import approved, fill

OCTOBER = datetime(2016, 10, 24, 2, tzinfo=UTC)
STEPS = (
    ("submitted", OCTOBER, "填报员（演示）", None),
    ("returned", datetime(2016, 10, 27, 2, tzinfo=UTC), "省级（演示）", "（演示）请补充"),
)


@pytest.fixture
def recorded(empty_store: Store) -> Store:
    fill(empty_store)
    reports = [
        Written("C1", "2016-10", {"funds": "五万元", "filler": "（演示）甲"}, "填报员（演示）", OCTOBER, STEPS[:1]),
        Written("U1", "2016-10", {"funds": "三万元"}, "填报员（演示）", OCTOBER, STEPS),
        Written("C2", "2016-11", {"funds": "一万元"}, "填报员（演示）", OCTOBER, ()),
    ]
    assert (record_written(empty_store, reports, "x"), record_written(empty_store, reports, "x")) == (3, 0)
    return empty_store


def test_a_recorded_report_is_frozen_with_the_figures_of_its_day(recorded: Store) -> None:
    found = shown(recorded, person(recorded, "observer"), "C1", "2016-10")
    day = date(2016, 10, 24)
    assert found.source.at("figures", "approved") == approved("S1", day) + approved("S3", day)
    # The tables of the next day are progress, not a correction.
    assert found.frozen and found.moved == () and found.source.figures_day == day
    assert (found.manual.funds, found.manual.filler, found.manual.filed) == ("五万元", "（演示）甲", day)
    with recorded.connect() as connection:
        assert audit.broken_at(connection) is None


def test_the_calendar_has_everything_that_is_filed(recorded: Store) -> None:
    moment = datetime(2016, 11, 20, 2, tzinfo=UTC)
    periods = calendar.periods(recorded.campaign, date(2016, 11, 20))
    assert [(period.key, period.due) for period in periods] == [
        ("roster", date(2016, 10, 10)), ("2016-10", date(2016, 10, 25)), ("2016-11", date(2016, 11, 25))
    ]  # fmt: skip
    with recorded.connect() as connection:
        found = calendar.matrix(connection, recorded.campaign, Scope.all(), periods, moment)
    states = {key: dict(zip(frame["code"], frame["state"], strict=True)) for key, frame in found.items()}
    assert states == {
        "roster": dict.fromkeys(("C1", "C2", "U1", "U2"), "missing"),
        "2016-10": {"C1": "on_time", "C2": "missing", "U1": "on_time", "U2": "missing"},
        "2016-11": dict.fromkeys(("C1", "C2", "U1", "U2"), "not_due"),
    }
    assert dict(zip(found["2016-11"]["code"], found["2016-11"]["life"], strict=True))["C2"] == "draft"
    rows = {row["code"]: row for row in found["2016-10"].to_dict("records")}
    due, day = date(2016, 10, 25), date(2016, 11, 20)
    asked = {code: stage for code, row in rows.items() if (stage := stage_of(recorded.campaign, row, due, day))}
    assert asked == {"C2": "long_overdue", "U1": "returned", "U2": "long_overdue"}


@pytest.mark.parametrize(
    ("now", "expected"),
    [("2016-12-01T09:00", date(2016, 12, 1)), ("2016-12-12T09:00", date(2016, 12, 12)), ("2016-12-13T09:00", date(2016, 11, 11))],
)  # fmt: skip
def test_a_campaign_that_rests_asks_for_no_more_reports(
    now: str, expected: date, empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, empty_store.campaign, now)
    campaign = empty_store.campaign
    assert calendar.until(campaign, campaign.now(), date(2016, 11, 11)) == expected
