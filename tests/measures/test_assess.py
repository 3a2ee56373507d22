"""Everything at once is what the measures say one by one, whatever the order and the company of the rows."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.measures import Panel, assess
from monitor.measures.bottleneck import bottleneck
from monitor.measures.forecast import forecast
from monitor.measures.pace import pace
from monitor.measures.rates import rates
from monitor.measures.schedule import schedule
from monitor.sections import Measures
from tests.measures.world import CALENDAR, DEADLINE, START, World, random_world, worlds

SETTINGS = Measures()


def told(world: World, frame: pd.DataFrame | None = None) -> pd.DataFrame:
    rows = world.frame if frame is None else frame
    return assess(rows, world.as_of, world.deadline, CALENDAR, SETTINGS, start=START)


@given(worlds())
@settings(max_examples=30, deadline=None)
def test_it_is_what_the_measures_say_one_by_one(world: World) -> None:
    table = told(world)
    panel = Panel(world.frame, world.as_of)
    assert table.index.tolist() == world.known()
    for name in ("expected", "approved", "returned", "submitted", "entered", "denominator"):
        assert table[name].tolist() == [world.now(unit, name) for unit in table.index]
    assert table["left"].tolist() == [world.now(u, "denominator") - world.now(u, "approved") for u in table.index]
    for one in (
        rates(table),
        pace(panel, CALENDAR, SETTINGS.pace_window)[["pace", "first_day"]],
        forecast(panel, world.deadline, CALENDAR, SETTINGS),
        schedule(panel, START, world.deadline, CALENDAR),
    ):
        pd.testing.assert_frame_equal(table[one.columns], one)
    stage = bottleneck(panel, CALENDAR, SETTINGS).add_prefix("stage_").rename(columns={"stage_stage": "stage"})
    pd.testing.assert_frame_equal(table[stage.columns], stage)


@given(worlds(units=st.integers(2, 5)))
@settings(max_examples=20, deadline=None)
def test_neither_order_nor_company_matters(world: World) -> None:
    table = told(world)
    pd.testing.assert_frame_equal(told(world, world.frame.sample(frac=1, random_state=9)), table, check_exact=True)
    for unit in table.index:
        alone = told(world, world.frame[world.frame["unit"] == unit])
        pd.testing.assert_frame_equal(alone, table.loc[[unit]], check_exact=True)


@given(worlds())
@settings(max_examples=20, deadline=None)
def test_what_came_later_is_not_known_yet(world: World) -> None:
    """As of a day, later rows might as well not be there."""
    then = world.frame[world.frame["day"] <= pd.Timestamp(world.as_of)]
    pd.testing.assert_frame_equal(told(world), told(world, then))


def test_the_columns_are_the_same_with_and_without_figures() -> None:
    world = random_world(6, 4, 40, 0)
    whole = told(world)
    empty = told(world, world.frame.iloc[:0])
    assert empty.columns.tolist() == whole.columns.tolist()
    assert (empty.dtypes == whole.dtypes).all()
    asked = assess(world.frame.iloc[:0], world.as_of, DEADLINE, CALENDAR, SETTINGS, units=[3, 1])
    assert asked.index.tolist() == [3, 1]
    assert set(asked.columns) == set(whole.columns)
    silent = assess(world.frame, world.as_of, DEADLINE, CALENDAR, SETTINGS, why=False)
    assert set(whole.columns) - set(silent.columns) == {"why"}


def test_the_units_asked_for_in_the_order_asked_for() -> None:
    world = random_world(6, 4, 40, 0)
    whole = told(world)
    asked = whole.index[::-1].tolist()
    some = assess(world.frame, world.as_of, world.deadline, CALENDAR, SETTINGS, start=START, units=asked)
    pd.testing.assert_frame_equal(some, whole.loc[asked])


def test_a_panel_of_another_day_is_refused() -> None:
    world = random_world(6, 4, 40, 0)
    panel = Panel(world.frame, world.as_of)
    pd.testing.assert_frame_equal(
        assess(panel, world.as_of, world.deadline, CALENDAR, SETTINGS, start=START), told(world)
    )
    with pytest.raises(ValueError, match="pivoted"):
        assess(panel, world.as_of + timedelta(days=1), DEADLINE, CALENDAR, SETTINGS)


def test_the_rate_and_what_is_left_follow_the_denominator_of_the_campaign() -> None:
    world = random_world(12, 5, 40, 0)
    frame = world.frame.assign(denominator=world.frame["expected"] + 20)
    table = told(world, frame)
    assert (table["denominator"] == table["expected"] + 20).all()
    assert (table["left"] == table["expected"] + 20 - table["approved"]).all()
    assert table["completion"].tolist() == (table["approved"] / table["denominator"]).tolist()
    unknown = told(world, world.frame.assign(denominator=None))
    assert unknown[["completion", "required_pace", "left", "should_be"]].isna().all(axis=None)
    assert (unknown["none_reason"] == "nothing_expected").all()


def test_without_a_start_the_schedule_begins_with_the_figures() -> None:
    world = random_world(6, 4, 40, 0)
    begins = min(world.first(unit) for unit in world.figures)
    pd.testing.assert_frame_equal(
        assess(world.frame, world.as_of, DEADLINE, CALENDAR, SETTINGS),
        assess(world.frame, world.as_of, DEADLINE, CALENDAR, SETTINGS, start=begins),
    )
    assert begins >= date(2016, 10, 1)
