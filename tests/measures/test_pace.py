"""Pace and required pace against plain loops over the calendar."""

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.measures.pace import pace, required_pace, working_days_left
from monitor.measures.panel import Panel
from tests.measures.world import CALENDAR, World, pace_of, random_world, steady, working_days, worlds


@given(worlds(), st.integers(1, 15), st.sampled_from(["approved", "entered", "approved_county"]))
@settings(max_examples=150, deadline=None)
def test_pace_is_what_the_definition_says(world: World, n: int, name: str) -> None:
    told = pace(Panel(world.frame, world.as_of), CALENDAR, n, name)
    assert list(told.index) == world.known()
    for unit, row in zip(told.index, told.to_dict("records"), strict=True):
        value, days = pace_of(world, unit, name, n)
        assert row["window"] == days
        assert math.isnan(row["pace"]) if days == 0 else row["pace"] == value
        assert row["first_day"].date() == world.first(unit)


def test_the_windows_of_all_stages_are_one() -> None:
    world = random_world(11, 8, 30, 0)
    panel = Panel(world.frame, world.as_of)
    windows = [
        pace(panel, CALENDAR, 10, name)["window"].tolist() for name in ("approved", "entered", "returned_school")
    ]
    assert windows[0] == windows[1] == windows[2]


@pytest.mark.parametrize(
    ("as_of", "rise"),
    [
        (date(2016, 11, 25), 10),  # a Friday
        (date(2016, 11, 26), 10),  # the Saturday after: the same ten working days
        (date(2016, 10, 9), 10),  # a working Sunday after a week of holidays
    ],
)
def test_a_steady_unit_keeps_its_pace(as_of: date, rise: int) -> None:
    world = World(steady(rise, 5000, 100, start=date(2016, 9, 1)), as_of)
    assert pace(Panel(world.frame, as_of), CALENDAR, 10)["pace"].tolist() == [rise]


def test_what_a_weekend_brings_counts_to_the_ten_days() -> None:
    figures = steady(10, 5000, 60)
    saturday = date(2016, 11, 26)
    for day, row in figures[1].items():
        row["approved"] += 50 * (day >= saturday)
    world = World(figures, saturday)
    assert pace(Panel(world.frame, saturday), CALENDAR, 10)["pace"].tolist() == [15.0]
    monday = saturday + timedelta(days=2)
    assert pace(Panel(world.frame, monday), CALENDAR, 10)["pace"].tolist() == [15.0]


def test_a_first_day_has_no_pace_and_its_stock_is_none() -> None:
    figures = steady(10, 5000, 5, start=date(2016, 11, 21))
    for row in figures[1].values():
        row["approved"] += 700
    first = World(figures, date(2016, 11, 21))
    assert pace(Panel(first.frame, first.as_of), CALENDAR, 10)["pace"].isna().all()
    third = World(figures, date(2016, 11, 23))
    told = pace(Panel(third.frame, third.as_of), CALENDAR, 10)
    assert (told["pace"].tolist(), told["window"].tolist()) == ([10.0], [2])


def test_figures_that_fall_have_a_negative_pace() -> None:
    figures = steady(10, 5000, 40)
    for day, row in figures[1].items():
        row["approved"] -= 150 * (day >= date(2016, 11, 22))
    world = World(figures, date(2016, 11, 25))
    assert pace(Panel(world.frame, world.as_of), CALENDAR, 10)["pace"].tolist() == [-5.0]


@given(st.lists(st.integers(-50, 10**7), min_size=1, max_size=20), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_required_pace(left: list[int], days: int) -> None:
    told = required_pace(np.array(left, dtype=float), days)
    for n, answer in zip(left, told, strict=True):
        if n <= 0:
            assert answer == 0
        elif days == 0:
            assert math.isnan(answer)
        else:
            assert answer * days >= n > (answer - 1) * days


def test_required_pace_of_the_unknown_is_unknown() -> None:
    assert np.isnan(required_pace(np.array([np.nan]), 5)).all()
    assert np.isnan(required_pace(np.array([np.nan]), 0)).all()


def test_working_days_left() -> None:
    assert working_days_left(date(2016, 11, 25), date(2016, 12, 16), CALENDAR) == 15
    assert working_days_left(date(2016, 12, 16), date(2016, 12, 16), CALENDAR) == 0
    assert working_days_left(date(2016, 12, 20), date(2016, 12, 16), CALENDAR) == 0
    assert working_days_left(date(2016, 9, 30), date(2016, 10, 31), CALENDAR) == 18
    assert working_days_left(date(2016, 9, 30), date(2016, 10, 31), CALENDAR) == working_days(
        date(2016, 9, 30), date(2016, 10, 31)
    )
