"""The pivot carries figures forward and knows where a unit begins."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from monitor.measures.panel import Panel, stretch
from tests.measures.world import CALENDAR, START, World, random_world, working_days, worlds


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_every_figure_of_every_day(world: World) -> None:
    panel = Panel(world.frame, world.as_of)
    assert list(panel.units) == world.known()
    series = panel.series("approved")
    for row, unit in enumerate(panel.units):
        for column, day in enumerate(panel.days):
            told = series[row, column]
            assert np.isnan(told) if day < world.first(unit) else told == world.at(unit, "approved", day)
    assert panel.days[-1] == world.as_of


@given(worlds())
@settings(max_examples=40, deadline=None)
def test_gaps_are_carried(world: World) -> None:
    """Rows that only repeat the day before may be missing."""
    whole = Panel(world.frame, world.as_of)
    ordered = world.frame.sort_values(["unit", "day"])
    same = (ordered.drop(columns="day").shift() == ordered.drop(columns="day")).all(axis=1)
    sparse = Panel(ordered[~same], world.as_of)
    assert len(sparse.carried()) == sum((world.as_of - world.first(unit)).days + 1 for unit in whole.units)
    again = Panel(sparse.carried(), world.as_of)
    for name in ("approved", "pending_county"):
        assert np.array_equal(again.series(name), whole.series(name), equal_nan=True)
        assert np.array_equal(sparse.series(name), whole.series(name), equal_nan=True)


@given(worlds())
@settings(max_examples=40, deadline=None)
def test_an_earlier_day_of_a_panel_is_the_panel_of_the_earlier_day(world: World) -> None:
    panel = Panel(world.frame, world.as_of)
    if panel.origin >= world.as_of:
        return
    day = panel.origin + (world.as_of - panel.origin) / 2
    cut, own = panel.until(day), Panel(world.frame, day)
    assert list(cut.units) == list(own.units)
    assert np.array_equal(cut.series("entered"), own.series("entered"), equal_nan=True)
    assert list(cut.first) == list(own.first)
    assert list(panel.units) == world.known(), "the panel itself is as it was"


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_the_window_has_the_working_days_it_says(world: World) -> None:
    panel = Panel(world.frame, world.as_of)
    for n in (1, 5, 10):
        window = stretch(panel, CALENDAR, n)
        for row in range(len(panel.units)):
            base = panel.origin + timedelta(days=int(window.base[row]))
            assert window.days[row] == working_days(base, world.as_of) <= n
            assert base >= world.first(int(panel.units[row]))


def test_dates_may_be_dates() -> None:
    world = random_world(3, 4, 30, 0)
    dates = world.frame.assign(day=world.frame["day"].dt.date.astype(object))
    assert np.array_equal(
        Panel(dates, world.as_of).series("approved"), Panel(world.frame, world.as_of).series("approved"), equal_nan=True
    )


def test_two_rows_for_a_day_are_refused() -> None:
    world = random_world(3, 1, 5, 0)
    with pytest.raises(ValueError, match="two rows"):
        Panel(pd.concat([world.frame, world.frame.head(1)]), world.as_of)


def test_nothing_known_yet() -> None:
    panel = Panel(random_world(3, 2, 5, 0).frame, START - timedelta(days=9))
    assert len(panel.units) == 0
    assert panel.now("approved").shape == (0,)
    assert panel.as_of == date(2016, 9, 22)
