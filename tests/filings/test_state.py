"""Deadlines and states of the monthly report."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor import i18n
from monitor.campaign import Campaign
from monitor.filings.deadline import deadline, end_of_day, last_day, months
from monitor.filings.state import STATES, State, state

LATER = datetime(2017, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Unit:
    code: str = "330100"
    kind: str = "city"
    opened: date | None = None
    closed: date | None = None


def ruled(campaign: Campaign, **changes: Any) -> Campaign:
    """The campaign with other rules for reports."""
    return campaign.model_copy(update={"reports": campaign.reports.model_copy(update=changes)})


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Shanghai"])
def _server_zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """A server that stands somewhere else."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


# China is eight hours ahead of UTC: its 25th ends at 16:00 UTC.
@pytest.mark.usefixtures("_server_zone")
@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        ("2016-10-25T15:59:59.999+00:00", State("on_time")),
        ("2016-10-25T23:59:59.999+08:00", State("on_time")),
        ("2016-10-25T16:00:00+00:00", State("late", 1)),
        ("2016-10-26T00:00:00+08:00", State("late", 1)),
        ("2016-10-26T23:59:59.999+08:00", State("late", 1)),
        ("2016-10-27T00:00:00+08:00", State("late", 2)),
        ("2016-11-02T09:00:00+08:00", State("late", 8)),
        ("2016-10-01T09:00:00+08:00", State("on_time")),
        (None, State("missing")),
    ],
)
def test_on_time_to_the_last_millisecond(campaign: Campaign, submitted: str | None, expected: State) -> None:
    moment = datetime.fromisoformat(submitted) if submitted else None
    assert state(campaign, Unit(), "2016-10", moment, LATER) == expected


@pytest.mark.parametrize(
    ("month", "rules", "expected"),
    [
        # 2016-12-25 is a Sunday.
        ("2016-12", {}, date(2016, 12, 25)),
        ("2016-12", {"weekend": "next_workday"}, date(2016, 12, 26)),
        ("2016-12", {"weekend": "previous_workday"}, date(2016, 12, 23)),
        ("2016-12", {"inclusive": False}, date(2016, 12, 24)),
        ("2016-12", {"inclusive": False, "weekend": "next_workday"}, date(2016, 12, 26)),
        ("2016-12", {"inclusive": False, "weekend": "previous_workday"}, date(2016, 12, 23)),
        # 2016-11-25 is a Friday.
        ("2016-11", {"weekend": "next_workday"}, date(2016, 11, 25)),
        ("2016-11", {"weekend": "previous_workday"}, date(2016, 11, 25)),
        ("2016-11", {"inclusive": False, "weekend": "next_workday"}, date(2016, 11, 24)),
        # 2016-10-08 and 09 are worked although a Saturday and a Sunday; 2016-10-07 is a holiday.
        ("2016-10", {"day": 9, "weekend": "next_workday"}, date(2016, 10, 9)),
        ("2016-10", {"day": 5, "weekend": "next_workday"}, date(2016, 10, 8)),
        ("2016-10", {"day": 5, "weekend": "previous_workday"}, date(2016, 9, 30)),
    ],
)
def test_the_last_day_under_every_rule(campaign: Campaign, month: str, rules: dict[str, Any], expected: date) -> None:
    other = ruled(campaign, **rules)
    assert last_day(other, month) == expected
    due = deadline(other, month)
    assert due.astimezone(UTC) == datetime(expected.year, expected.month, expected.day, 16, tzinfo=UTC)
    assert state(other, Unit(), month, due - timedelta(milliseconds=1), LATER) == State("on_time")
    assert state(other, Unit(), month, due, LATER) == State("late", 1)


@pytest.mark.parametrize(
    ("unit", "month", "expected"),
    [
        (Unit(kind="county"), "2016-10", "not_required"),
        (Unit(kind="school"), "2016-10", "not_required"),
        (Unit(kind="province"), "2016-10", "not_required"),
        (Unit(kind="university"), "2016-10", "missing"),
        (Unit(), "2016-09", "not_required"),
        (Unit(code="330200"), "2016-10", "exempt"),
        (Unit(opened=date(2016, 10, 25)), "2016-10", "missing"),
        (Unit(opened=date(2016, 10, 26)), "2016-10", "not_required"),
        (Unit(opened=date(2016, 10, 26)), "2016-11", "missing"),
        (Unit(closed=date(2016, 10, 25)), "2016-10", "not_required"),
        (Unit(closed=date(2016, 10, 26)), "2016-10", "missing"),
        (Unit(closed=date(2016, 10, 26)), "2016-11", "not_required"),
        (Unit(code="330200", opened=date(2016, 11, 1)), "2016-10", "not_required"),
    ],
)
def test_who_has_to_file(campaign: Campaign, unit: Unit, month: str, expected: str) -> None:
    other = ruled(campaign, exempt=["330200"])
    assert state(other, unit, month, None, LATER) == State(expected)


def test_as_of_an_earlier_day_is_what_was_known_then(campaign: Campaign) -> None:
    submitted = datetime(2016, 10, 27, 8, tzinfo=campaign.timezone)

    def on(day: int) -> State:
        return state(campaign, Unit(), "2016-10", submitted, end_of_day(campaign, date(2016, 10, day)))

    assert [on(day) for day in (24, 25, 26, 27, 28)] == [
        State("not_due"), State("not_due"), State("missing"), State("late", 2), State("late", 2)
    ]  # fmt: skip
    assert state(campaign, Unit(), "2016-10", submitted, submitted) == State("late", 2)


def test_due_from_the_first_moment_of_the_next_day(campaign: Campaign) -> None:
    due = deadline(campaign, "2016-10")
    assert state(campaign, Unit(), "2016-10", None, due - timedelta(microseconds=1)) == State("not_due")
    assert state(campaign, Unit(), "2016-10", None, due) == State("missing")


@given(
    submitted=some.none() | some.datetimes(datetime(2016, 9, 20), datetime(2017, 2, 1), timezones=some.just(UTC)),
    at=some.datetimes(datetime(2016, 9, 20), datetime(2017, 2, 1), timezones=some.just(UTC)),
    month=some.sampled_from(["2016-09", "2016-10", "2016-11", "2016-12"]),
    opened=some.none() | some.dates(date(2016, 9, 1), date(2017, 1, 1)),
    exempt=some.booleans(),
)
def test_exactly_one_state_and_late_by_the_calendar(
    campaign: Campaign, submitted: datetime | None, at: datetime, month: str, opened: date | None, exempt: bool
) -> None:
    other = ruled(campaign, exempt=["330100"] if exempt else [])
    found = state(other, Unit(opened=opened), month, submitted, at)
    # Counted anew in China's wall clock, eight hours ahead.
    known = submitted + timedelta(hours=8) if submitted and submitted <= at else None
    due = date(2016, int(month[-2:]), 25)
    late = max(0, (known.date() - due).days) if known else 0
    expected = {
        "not_required": month == "2016-09" or (opened is not None and opened > due),
        "exempt": exempt,
        "on_time": known is not None and late == 0,
        "late": known is not None and late > 0,
        "missing": (at + timedelta(hours=8)).date() > due,
        "not_due": True,
    }
    assert found.key == next(key for key, holds in expected.items() if holds)
    assert found.days == (late if found.key == "late" else 0)
    assert found.key in STATES


def test_a_moment_without_a_time_zone_is_refused(campaign: Campaign) -> None:
    with pytest.raises(ValueError, match="time zone"):
        state(campaign, Unit(), "2016-10", datetime(2016, 10, 25, 12), LATER)
    with pytest.raises(ValueError, match="time zone"):
        state(campaign, Unit(), "2016-10", None, datetime(2016, 10, 25, 12))


def test_months_run_over_the_turn_of_the_year(campaign: Campaign) -> None:
    assert months(campaign, date(2016, 9, 30)) == []
    assert months(campaign, date(2016, 10, 1)) == ["2016-10"]
    assert months(campaign, date(2017, 2, 1)) == ["2016-10", "2016-11", "2016-12", "2017-01", "2017-02"]


def test_words_are_those_of_the_field() -> None:
    i18n.use("zh_CN")
    said = [State(key).words for key in STATES if key != "late"] + [State("late", 3).words]
    assert said == ["未报", "未到期", "按时", "豁免", "不应报", "迟报 3 日"]
