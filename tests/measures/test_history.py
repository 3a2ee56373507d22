"""Looking back: statuses of earlier days are those that were given, and past forecasts are held against what came."""

import math
from datetime import date

import pandas as pd
from hypothesis import given, settings

from monitor.measures import Panel, assess
from monitor.measures.forecast import forecast
from monitor.measures.history import backtest, hindsight, reliability, status_history, status_since
from monitor.sections import Measures
from tests.measures.world import CALENDAR, DEADLINE, World, random_world, steady, working_days, worlds

SETTINGS = Measures()
FRIDAY = date(2016, 11, 25)
BUSY = 30  # a seed whose units are under way for long


@given(worlds())
@settings(max_examples=4, deadline=None)
def test_the_status_of_every_day_and_since_when_it_holds(world: World) -> None:
    panel = Panel(world.frame, world.as_of)
    history = status_history(panel, world.deadline, CALENDAR, SETTINGS, days=6)
    since = status_since(history)
    for unit in panel.units:
        known = {
            day.date(): assess(world.frame, day.date(), world.deadline, CALENDAR, SETTINGS)["status"].get(unit)
            for day in history.columns
        }
        assert {day.date(): None if pd.isna(s) else s for day, s in history.loc[unit].items()} == known
        began = world.as_of
        for day in sorted(known, reverse=True):
            if known[day] != known[world.as_of]:
                break
            began = day
        assert since[unit].date() == began


def test_a_standstill_began_when_it_did() -> None:
    figures = steady(10, 900, 60)
    for day, row in figures[1].items():
        if day > date(2016, 11, 10):
            row["approved"] = figures[1][date(2016, 11, 10)]["approved"]
    history = status_history(Panel(World(figures, FRIDAY).frame, FRIDAY), DEADLINE, CALENDAR, SETTINGS)
    assert status_since(history).loc[1] == pd.Timestamp("2016-11-17"), "the fifth working day after the 10th"


def test_past_forecasts_and_what_came_of_them() -> None:
    world = random_world(BUSY, 8, 60, 0)
    panel = Panel(world.frame, world.as_of)
    table = backtest(panel, DEADLINE, CALENDAR, SETTINGS, every=2)
    assert len(table) > 20
    assert table["made_on"].is_monotonic_decreasing
    assert table["made_on"].max().date() < world.as_of
    for row in table.itertuples():
        made = row.made_on.date()
        then = forecast(Panel(world.frame, made), DEADLINE, CALENDAR, SETTINGS, asked=world.as_of).loc[row.unit]
        assert then["none_reason"] is None
        assert (row.p10, row.probability) == (then["p10"], then["probability_asked"])
        days = [made + pd.Timedelta(days=n).to_pytimedelta() for n in range(1, (world.as_of - made).days + 1)]
        done = [d for d in days if world.at(row.unit, "approved", d) >= world.at(row.unit, "denominator", d)]
        assert row.finished == bool(done)
        assert (row.finished_on.date() == done[0]) if done else pd.isna(row.finished_on)
        before = assess(world.frame, made, DEADLINE, CALENDAR, SETTINGS).loc[row.unit]
        assert row.naive == (before["left"] <= before["pace"] * working_days(made, world.as_of))


def test_hindsight_counts_what_is_decided() -> None:
    day = pd.Timestamp
    table = pd.DataFrame(
        {
            "unit": [1, 2, 3, 4],
            "made_on": [day("2016-11-20")] * 4,
            "p10": [day("2016-11-10"), day("2016-11-12"), day("2016-12-01"), day("2016-11-01")],
            "p90": [day("2016-11-30"), day("2016-11-30"), pd.NaT, day("2016-11-15")],
            "probability": [0.9, 0.6, 0.1, 0.8],
            "naive": [True, False, False, True],
            "finished_on": [day("2016-11-20"), day("2016-11-11"), pd.NaT, pd.NaT],
            "finished": [True, True, False, False],
        }
    )
    told = hindsight(table, FRIDAY)
    assert told["cases"] == 4
    assert math.isclose(told["brier"], 0.205)
    assert told["brier_naive"] == 0.5
    assert told["decided"] == 3, "the third may still come true"
    assert told["within"] == 1 / 3


def test_no_past_no_table() -> None:
    world = World(steady(5, 100, 1, start=FRIDAY), FRIDAY)
    table = backtest(Panel(world.frame, FRIDAY), DEADLINE, CALENDAR, SETTINGS)
    assert table.empty
    assert pd.isna(hindsight(table, FRIDAY)["brier"])
    assert reliability(table["probability"].astype(float), table["finished"].astype(bool)).empty


def test_the_reliability_table_sorts_by_what_was_said() -> None:
    predicted = pd.Series([0.05, 0.0, 0.31, 0.39, 1.0])
    table = reliability(predicted, pd.Series([False, True, True, False, True]))
    assert table["cases"].tolist() == [2, 2, 1]
    assert table["low"].tolist() == [0.0, 0.3, 0.9]
    assert table["happened"].tolist() == [0.5, 0.5, 1.0]
    assert table["predicted"].round(3).tolist() == [0.025, 0.35, 1.0]
