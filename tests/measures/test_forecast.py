"""The forecast: its reasons, its order, what it must not depend on (how good it is, the benchmark says)."""

import math
from datetime import date, timedelta
from itertools import pairwise
from statistics import NormalDist
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.measures.forecast import coming_days, forecast, increments, reason_text
from monitor.measures.outlook import Outlook, normal_share, outlook
from monitor.measures.panel import Panel
from monitor.sections import Measures
from tests.measures.world import CALENDAR, DEADLINE, World, pace_of, steady, working_days, worlds

SETTINGS = Measures()
FRIDAY = date(2016, 11, 25)


def told(world: World, deadline: date = DEADLINE, **more: Any) -> pd.DataFrame:
    return forecast(Panel(world.frame, world.as_of), deadline, CALENDAR, SETTINGS, **more)


def reason_of(world: World, unit: int) -> str | None:
    denominator, approved = world.now(unit, "denominator"), world.now(unit, "approved")
    if denominator == 0:
        return "nothing_expected"
    if approved >= denominator:
        return "nothing_left"
    pace, days = pace_of(world, unit, "approved", SETTINGS.pace_window)
    if days and pace <= 0:
        return "no_approval_in_window"
    if working_days(world.first(unit), world.as_of) < SETTINGS.min_history:
        return "short_history"
    return None


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_the_reason_or_dates_in_order(world: World) -> None:
    left = working_days(world.as_of, world.deadline)
    for unit, row in told(world, world.deadline).iterrows():
        reason = reason_of(world, unit)
        assert row["none_reason"] == reason
        if reason:
            assert row[["p10", "p50", "p90", "probability", "late"]].isna().all()
            assert reason_text(reason, SETTINGS)
            continue
        dates = [row[name].date() if not pd.isna(row[name]) else date.max for name in ("p10", "p50", "p90")]
        assert world.as_of < dates[0] <= dates[1] <= dates[2]
        assert all(CALENDAR.is_workday(day) for day in dates if day < date(2018, 1, 1))
        assert 0 <= row["probability"] <= 1
        assert (row["probability"] >= 0.5) == (dates[1] <= world.deadline and left > 0)
        if dates[1] < date(2018, 1, 1):
            assert row["late"] == working_days(world.deadline, dates[1]) - working_days(dates[1], world.deadline)


@given(worlds(units=st.integers(2, 6)))
@settings(max_examples=30, deadline=None)
def test_a_units_answer_is_its_own(world: World) -> None:
    """Whoever else is in the frame, and however its rows lie, makes no difference to the last bit."""
    table = told(world)
    for unit in table.index:
        alone = world.frame[world.frame["unit"] == unit].sample(frac=1, random_state=1)
        own = forecast(Panel(alone, world.as_of), DEADLINE, CALENDAR, SETTINGS)
        pd.testing.assert_frame_equal(own, table.loc[[unit]], check_exact=True)


@given(worlds())
@settings(max_examples=30, deadline=None)
def test_more_time_is_more_likely_enough(world: World) -> None:
    """The same finish against later days: the probability never falls."""
    days = [world.as_of + timedelta(days=n) for n in (0, 3, 10, 30, 100, 400)]
    shares = [told(world, asked=day)["probability_asked"].fillna(-1) for day in days]
    for sooner, later in pairwise(shares):
        assert (later >= sooner).all()
    assert (shares[0] <= 0).all()


@pytest.mark.parametrize("more", [1, 5, 40])
def test_a_later_deadline_is_more_likely_kept(more: int) -> None:
    for per_day in (10, 40, 55, 70, 120):
        world = World(steady(per_day, 3000, 60), FRIDAY)
        later = told(world, DEADLINE + timedelta(days=more))["probability"].iloc[0]
        assert not later < told(world)["probability"].iloc[0]


def test_who_does_more_is_done_earlier() -> None:
    tables = [told(World(steady(per_day, 3000, 60), FRIDAY)).loc[1] for per_day in (1, 3, 5, 10, 20, 30, 40, 60, 90)]
    finishes = [row["p50"] if not pd.isna(row["p50"]) else pd.Timestamp.max for row in tables]
    assert finishes == sorted(finishes, reverse=True)
    assert tables[0]["probability"] < 0.1 < 0.9 < tables[-1]["probability"]


@given(st.integers(5, 900), st.integers(20, 3000))
@settings(max_examples=30, deadline=None)
def test_of_two_with_as_much_left_the_quicker_is_more_likely_in_time(left: int, done: int) -> None:
    """As much done, as much left, both steady: only the pace differs."""
    shares = []
    for per_day in range(1, max(2, done // 15), max(1, done // 150)):
        figures = steady(per_day, 10**6, 60, start=date(2016, 10, 31))
        stock = done - figures[1][FRIDAY]["approved"]
        for row in figures[1].values():
            row["approved"] += stock
            row["expected"] = row["denominator"] = done + left
        shares.append(told(World(figures, FRIDAY)).loc[1, "probability"])
    assert all(later >= sooner - 1e-9 for sooner, later in pairwise(shares))


def test_what_is_scattered_is_less_certain_than_what_is_steady() -> None:
    even, uneven = steady(40, 3000, 60), steady(40, 3000, 60)
    worked = [day for day in uneven[1] if CALENDAR.is_workday(day)]
    for number, day in enumerate(worked):
        uneven[1][day]["approved"] -= 40 * (number % 4)
    for day in uneven[1]:
        if not CALENDAR.is_workday(day):
            uneven[1][day]["approved"] = uneven[1].get(day - timedelta(days=1), uneven[1][day])["approved"]
    width = [
        (row["p90"] - row["p10"]).days for row in (told(World(figures, FRIDAY)).loc[1] for figures in (even, uneven))
    ]
    assert width[1] > width[0] > 0


@given(worlds(), st.integers(1, 40))
@settings(max_examples=80, deadline=None)
def test_increments_are_what_each_working_day_added(world: World, days: int) -> None:
    panel = Panel(world.frame, world.as_of)
    table = increments(panel, CALENDAR, days)
    worked = [day for day in panel.days if CALENDAR.is_workday(day)][-days:]
    assert table.shape == (len(panel.units), days)
    assert np.isnan(table[:, : days - len(worked)]).all()
    table = table[:, days - len(worked) :]
    for row, unit in enumerate(panel.units):
        first = world.first(int(unit))
        for column, day in enumerate(worked):
            if day <= first:
                assert math.isnan(table[row, column])
                continue
            before = day - timedelta(days=1)
            while not CALENDAR.is_workday(before):
                before -= timedelta(days=1)
            until = world.as_of if day == worked[-1] else day
            risen = world.at(int(unit), "approved", until) - world.at(int(unit), "approved", max(before, first))
            assert table[row, column] == risen


def test_a_finish_beyond_the_horizon_has_no_day() -> None:
    figures = steady(0, 60_000, 60)
    for number, row in enumerate(figures[1].values()):
        row["approved"] = number // 10
    row = told(World(figures, FRIDAY)).loc[1]
    assert row["none_reason"] is None
    assert row[["p50", "p90", "late"]].isna().all()
    assert row["probability"] < 0.01


def test_after_the_deadline_it_can_no_longer_be_kept_but_a_finish_is_expected() -> None:
    row = told(World(steady(30, 3000, 90), date(2016, 12, 20))).loc[1]
    assert row["probability"] == 0
    assert row["p50"].date() > date(2016, 12, 20)
    assert row["late"] == working_days(DEADLINE, row["p50"].date())


def test_years_without_a_published_calendar_count_from_monday_to_friday() -> None:
    days = coming_days(date(2026, 12, 20), 2, CALENDAR)
    assert days[-1] == date(2028, 12, 20)
    assert days == sorted(set(days))
    assert all(day.weekday() < 5 for day in days if day.year == 2028)
    assert sum(day.year == 2028 for day in days) > 240
    near = coming_days(date(2016, 9, 30), 1, CALENDAR)
    assert near[:3] == [date(2016, 10, 8), date(2016, 10, 9), date(2016, 10, 10)]


def test_the_normal_distribution() -> None:
    z = np.linspace(-6, 6, 241)
    assert np.allclose(normal_share(z), [NormalDist().cdf(x) for x in z], atol=2e-7)


@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), st.lists(st.floats(-1, 6), min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_the_day_of_a_share_is_the_first_that_reaches_it(weights: list[float], middles: list[float]) -> None:
    weight = np.array([weights]) / sum(weights)
    view = Outlook(weight, np.array([middles]), np.array([[0.3, 0.8, 0.1]]))
    for most in (1, 7, 100, 522):
        for share in (0.1, 0.5, 0.9):
            first = next((n for n in range(1, most + 1) if view.done_within(n)[0] >= share), most + 1)
            assert view.days(share, most)[0] == first
    assert view.done_within(0)[0] == 0


def test_one_day_of_history_is_enough_to_compute_where_the_campaign_allows_it() -> None:
    view = outlook(np.array([50.0]), np.array([[5.0]]), np.array([5.0]), 10, 15)
    assert 1 < view.days(0.5, 100)[0] < 60
    world = World(steady(5, 100, 2, start=date(2016, 11, 24)), FRIDAY)
    eager = SimpleNamespace(**{**SETTINGS.model_dump(), "min_history": 1})
    row = forecast(Panel(world.frame, FRIDAY), DEADLINE, CALENDAR, eager).loc[1]
    assert row["none_reason"] is None
    assert row["p10"] <= row["p50"] <= row["p90"]
