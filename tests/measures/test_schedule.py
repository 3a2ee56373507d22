"""The schedule: nothing before the start, everything on the deadline, even steps on working days in between."""

from datetime import date, timedelta
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.measures.panel import Panel
from monitor.measures.schedule import curve_points, progress_due, schedule
from tests.measures.world import CALENDAR, DEADLINE, World, steady, working_days, worlds

BEGIN = date(2016, 10, 8)


@given(worlds(), st.dates(date(2016, 9, 20), date(2016, 11, 20)))
@settings(max_examples=80, deadline=None)
def test_should_be_is_the_due_share(world: World, start: date) -> None:
    told = schedule(Panel(world.frame, world.as_of), start, DEADLINE, CALENDAR)
    eve = start - timedelta(days=1)
    share = Fraction(min(working_days(eve, world.as_of), working_days(eve, DEADLINE)), working_days(eve, DEADLINE))
    for unit, row in told.iterrows():
        due = floor(share * world.now(unit, "denominator") + Fraction(1, 2))
        assert (row["should_be"], row["ahead"]) == (due, world.now(unit, "approved") - due)


def test_both_ends() -> None:
    assert progress_due(BEGIN - timedelta(days=1), BEGIN, DEADLINE, CALENDAR)[0] == 0
    gone, total = progress_due(DEADLINE, BEGIN, DEADLINE, CALENDAR)
    assert gone == total == 52
    assert progress_due(DEADLINE + timedelta(days=30), BEGIN, DEADLINE, CALENDAR) == (52, 52)
    assert progress_due(BEGIN, BEGIN, DEADLINE, CALENDAR)[0] == 1, "8 October was a working Saturday"


def test_a_campaign_without_a_working_day_is_due_at_once() -> None:
    assert progress_due(date(2016, 10, 1), date(2016, 10, 1), date(2016, 10, 3), CALENDAR) == (1, 1)


def test_the_curve_never_falls_and_rests_on_days_off() -> None:
    points = curve_points(date(2016, 10, 1), date(2016, 12, 31), BEGIN, DEADLINE, CALENDAR)
    steps = points["share"].diff().iloc[1:]
    worked = [CALENDAR.is_workday(day) and BEGIN <= day <= DEADLINE for day in points["day"].dt.date.iloc[1:]]
    assert np.array_equal(steps > 0, worked)
    assert points["share"].iloc[-1] == 1


def test_an_unknown_denominator_has_no_schedule() -> None:
    figures = World(steady(10, 500, 20), date(2016, 11, 1)).frame.assign(denominator=np.nan)
    assert schedule(Panel(figures, date(2016, 11, 1)), BEGIN, DEADLINE, CALENDAR).isna().all(axis=None)


def test_other_curves_are_refused() -> None:
    with pytest.raises(ValueError, match="linear"):
        progress_due(BEGIN, BEGIN, DEADLINE, CALENDAR, "s-shaped")
