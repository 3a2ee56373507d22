"""The bottleneck against plain loops, and on campaigns where one stage is known to hold things up."""

import math
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings

from monitor.figures import LEVELS
from monitor.measures.bottleneck import STAGES, bottleneck, stages
from monitor.measures.panel import Panel
from monitor.sections import Measures
from tests.measures.world import CALENDAR, COLUMNS, World, pace_of, worlds

SETTINGS = Measures()


def stages_of(world: World, unit: int) -> list[dict[str, Any]]:
    """Every stage: what waits, what leaves a working day (NaN on the first day)."""
    now = {name: world.now(unit, name) for name in COLUMNS}
    out = {name: pace_of(world, unit, name, SETTINGS.pace_window)[0] for name in COLUMNS}
    found = [
        {"stage": "entry", "waiting": now["expected"] - now["entered"], "outflow": out["entered"]},
        {"stage": "submission", "waiting": now["entered"] - now["submitted"], "outflow": out["submitted"]},
    ]
    for level in LEVELS:
        if any(now[f"{place}_{level}"] for place in ("pending", "approved", "returned")):
            leaves = out[f"approved_{level}"] + out[f"returned_{level}"]
            found.append({"stage": f"{level}_review", "waiting": now[f"pending_{level}"], "outflow": leaves})
    return found


def bottleneck_of(world: World, unit: int) -> tuple[str | None, bool]:
    """The stage that the definition names, and whether it is stalled."""
    least = SETTINGS.min_stage_share * world.now(unit, "expected")
    counted = [stage for stage in stages_of(world, unit) if stage["waiting"] > 0 and stage["waiting"] >= least]
    if not counted:
        return None, False
    unknown = [stage for stage in counted if math.isnan(stage["outflow"])]
    stalled = [stage for stage in counted if stage["outflow"] <= 0]
    for group in (unknown, stalled):
        if group:
            most = max(stage["waiting"] for stage in group)
            return next(stage["stage"] for stage in group if stage["waiting"] == most), group is stalled
    days = [stage["waiting"] / stage["outflow"] for stage in counted]
    longest = max(days)
    return next(stage["stage"] for stage, d in zip(counted, days, strict=True) if math.isclose(d, longest)), False


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_the_bottleneck_is_what_the_definition_says(world: World) -> None:
    told = bottleneck(Panel(world.frame, world.as_of), CALENDAR, SETTINGS)
    for unit, row in told.iterrows():
        stage, stalled = bottleneck_of(world, unit)
        assert (row["stage"], row["stalled"]) == (stage, stalled)
        if stage is not None:
            mine = next(s for s in stages_of(world, unit) if s["stage"] == stage)
            assert row["waiting"] == mine["waiting"]
            if stalled or math.isnan(mine["outflow"]):
                assert math.isnan(row["days"])
            else:
                assert math.isclose(row["days"], mine["waiting"] / mine["outflow"])


@given(worlds())
@settings(max_examples=80, deadline=None)
def test_all_stages_in_their_order(world: World) -> None:
    told = stages(Panel(world.frame, world.as_of), CALENDAR, SETTINGS)
    for unit in world.known():
        mine = stages_of(world, unit)
        rows = told[told["unit"] == unit].to_dict("records")
        assert [row["stage"] for row in rows] == [stage["stage"] for stage in mine]
        for row, stage in zip(rows, mine, strict=True):
            assert row["waiting"] == stage["waiting"]
            assert (
                row["outflow"] == stage["outflow"]
                or math.isclose(row["outflow"], stage["outflow"], abs_tol=1e-9)
                or (math.isnan(row["outflow"]) and math.isnan(stage["outflow"]))
            )


@given(worlds())
@settings(max_examples=30, deadline=None)
def test_a_parents_stages_are_the_sums_of_its_leaves(world: World) -> None:
    """Leaves with the same days: what waits and what leaves adds up."""
    whole = world.frame.groupby("day").filter(lambda day: len(day) == len(world.figures))
    if whole.empty or whole["day"].min().date() > world.as_of:
        return
    parent = whole.groupby("day", as_index=False)[list(COLUMNS)].sum().assign(unit=0)
    of_leaves = (
        stages(Panel(whole, world.as_of), CALENDAR, SETTINGS).groupby("stage")[["waiting", "outflow"]].sum(min_count=1)
    )
    of_parent = stages(Panel(parent, world.as_of), CALENDAR, SETTINGS).set_index("stage")
    for stage, row in of_parent.iterrows():
        assert row["waiting"] == of_leaves.loc[stage, "waiting"]
        if not math.isnan(row["outflow"]):
            assert math.isclose(row["outflow"], of_leaves.loc[stage, "outflow"], abs_tol=1e-9)


def pipeline(random: Random, slow: str, expected: int = 2000, days: int = 50) -> dict[date, dict[str, int]]:
    """A county whose stages all have the same capacity but one, which has a third of it: records pile up there."""
    chain = ["entry", "submission", "school_review", "county_review"]
    waiting = dict.fromkeys(chain, 0.0) | {"entry": float(expected)}
    passed = dict.fromkeys(chain, 0.0)
    rows = {}
    for n in range(days):
        day = date(2016, 10, 17) + timedelta(days=n)
        if CALENDAR.is_workday(day):
            arriving = 0.0
            for stage in chain:
                waiting[stage] += arriving
                capacity = expected / 70 * (0.3 if stage == slow else 1.0) * random.uniform(0.6, 1.4)
                # Entry is fed by nobody: where it is not the slow stage, it is nearly through.
                capacity *= 3 if stage == "entry" and slow != "entry" else 1
                arriving = min(waiting[stage], capacity)
                waiting[stage] -= arriving
                passed[stage] += arriving
        row = dict.fromkeys(COLUMNS, 0)
        entered, submitted = round(passed["entry"]), round(passed["submission"])
        at_school, done = round(passed["school_review"]), round(passed["county_review"])
        row.update(expected=expected, denominator=expected, entered=entered, submitted=submitted, approved=done)
        row.update(pending_school=submitted - at_school, approved_school=at_school)
        row.update(pending_county=at_school - done, approved_county=done)
        rows[day] = row
    return rows


def test_the_slow_stage_is_named() -> None:
    random = Random(4)
    slow = {unit: ("submission", "school_review", "county_review")[unit % 3] for unit in range(300)}
    world = World({unit: pipeline(random, stage) for unit, stage in slow.items()}, date(2016, 11, 25))
    told = bottleneck(Panel(world.frame, world.as_of), CALENDAR, SETTINGS)["stage"]
    right = sum(told[unit] == stage for unit, stage in slow.items())
    assert right >= 0.95 * len(slow)


def one(as_of: date = date(2016, 11, 25), **figures: int) -> dict[str, Any]:
    """A unit that stood at these figures for sixty days (a pair: what it was before the window, what it is now)."""
    rows = {}
    for n in range(60):
        day = date(2016, 10, 1) + timedelta(days=n)
        row = dict.fromkeys(COLUMNS, 0)
        for name, value in figures.items():
            before, now = value if isinstance(value, tuple) else (value, value)
            row[name] = now if day >= date(2016, 11, 20) else before
        rows[day] = row
    world = World({1: rows}, as_of)
    return bottleneck(Panel(world.frame, as_of), CALENDAR, SETTINGS).loc[1].to_dict()


def test_a_stalled_stage_outranks_a_long_one() -> None:
    told = one(expected=1000, entered=(800, 900), submitted=800, pending_county=5, approved_county=800, approved=800)
    assert (told["stage"], told["waiting"], told["stalled"]) == ("submission", 100, True)
    assert math.isnan(told["days"])


def test_of_stalled_stages_the_larger_stock_and_of_equals_the_earlier() -> None:
    assert one(expected=1000, entered=900, submitted=700)["stage"] == "submission"
    assert one(expected=1000, entered=900, submitted=800)["stage"] == "entry"


def test_a_stage_with_next_to_nothing_does_not_count() -> None:
    assert one(expected=1000, entered=991, submitted=991, pending_county=9)["stage"] is None
    assert one(expected=1000, entered=990, submitted=990)["stage"] == "entry"


def test_more_entered_than_expected_is_no_queue() -> None:
    assert one(expected=1000, entered=1100, submitted=1100)["stage"] is None


def test_returns_leave_a_stage_too_and_a_falling_outflow_is_none() -> None:
    told = one(expected=100, entered=100, submitted=100, pending_county=50, returned_county=(0, 25))
    assert (told["stage"], told["days"]) == ("county_review", 20.0)
    told = one(expected=100, entered=100, submitted=100, pending_county=50, approved_county=(25, 0))
    assert (told["stage"], told["stalled"]) == ("county_review", True)


def test_every_stage_has_a_name() -> None:
    assert STAGES == ("entry", "submission", "school_review", "county_review", "city_review", "province_review")
