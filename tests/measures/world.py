"""Invented figures for the tests of the measures, and the definitions once more as plain loops over plain numbers."""

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from monitor.figures import LEVELS
from monitor.workdays import Calendar

CALENDAR = Calendar()
START = date(2016, 10, 1)  # a week of holidays, then a working Saturday and Sunday (8 and 9 October)
DEADLINE = date(2016, 12, 16)
COLUMNS = (
    "expected",
    "entered",
    "submitted",
    "approved",
    "returned",
    "denominator",
    *(f"{place}_{level}" for level in LEVELS for place in ("pending", "approved", "returned")),
)


@dataclass
class World:
    """Figures of each unit on each day from its first to `until`, and the day that is asked for."""

    figures: dict[int, dict[date, dict[str, int]]]
    as_of: date
    deadline: date = DEADLINE
    shuffle: int = 0
    frame: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        rows = [
            {"unit": unit, "day": pd.Timestamp(day), **row}
            for unit, days in self.figures.items()
            for day, row in days.items()
        ]
        frame = pd.DataFrame(rows, columns=["unit", "day", *COLUMNS])
        self.frame = frame.sample(frac=1, random_state=self.shuffle)

    def known(self) -> list[int]:
        """The units with figures on or before the day asked for."""
        return sorted(unit for unit, days in self.figures.items() if min(days) <= self.as_of)

    def at(self, unit: int, name: str, day: date) -> int:
        """A figure at the end of a day: that of the newest day with a row."""
        days = self.figures[unit]
        return days[max(have for have in days if have <= day)][name]

    def now(self, unit: int, name: str) -> int:
        return self.at(unit, name, self.as_of)

    def first(self, unit: int) -> date:
        return min(self.figures[unit])


def working_days(after: date, until: date) -> int:
    """Working days in (after, until], one by one."""
    count, day = 0, after + timedelta(days=1)
    while day <= until:
        count += CALENDAR.is_workday(day)
        day += timedelta(days=1)
    return count


def nth_working_day_before(day: date, n: int) -> date:
    """With L the last working day on or before `day`: the n-th working day before L."""
    while not CALENDAR.is_workday(day):
        day -= timedelta(days=1)
    while n:
        day -= timedelta(days=1)
        n -= CALENDAR.is_workday(day)
    return day


def pace_of(world: World, unit: int, name: str, n: int) -> tuple[float, int]:
    """Pace and the working days it rests on, as the definition reads; NaN and 0 on the first day."""
    before = nth_working_day_before(world.as_of, n)
    first = world.first(unit)
    if first <= before:
        return (world.now(unit, name) - world.at(unit, name, before)) / n, n
    days = working_days(first, world.as_of)
    if days == 0:
        return math.nan, 0
    return (world.now(unit, name) - world.at(unit, name, first)) / days, days


def random_world(seed: int, units: int, days: int, ahead: int, deadline: int = 0) -> World:
    """Units with their own first days and pace; some fall back, some stand still, some have nobody or more than all.

    `ahead`: days from the last row to the day asked for (negative: the newest rows lie in its future).
    """
    random = Random(seed)
    figures: dict[int, dict[date, dict[str, int]]] = {}
    for unit in random.sample(range(1, 10_000), units):
        begins = random.randrange(days)
        figures[unit] = _unit(random, [START + timedelta(days=n) for n in range(begins, days)])
    as_of = max(START, START + timedelta(days=days - 1 + ahead))
    return World(figures, as_of, DEADLINE + timedelta(days=deadline), shuffle=seed % 1000)


def _unit(random: Random, days: list[date]) -> dict[date, dict[str, int]]:
    expected = random.choice([0, 1, 3, 40, 400, 5000])
    speed, fallback = random.choice([0, 0.01, 0.05]), random.choice([0, 0, 0.3])
    figures: dict[str, float] = {name: random.randrange(expected // 3 + 1) for name in COLUMNS}
    chain = random.choice([("school", "county"), ("school", "city"), ("school", "province")])
    rows = {}
    for day in days:
        for name in ("entered", "submitted", "approved", "returned"):
            step = random.random() * speed * (expected + 1) * 2
            figures[name] = max(0, figures[name] + (-step if random.random() < fallback else step))
        for level in LEVELS:
            for place in ("pending", "approved", "returned"):
                name = f"{place}_{level}"
                step = random.randrange(-3, 8) if speed else 0
                figures[name] = max(0, figures[name] + step) if level in chain else 0
        if random.random() < 0.05:
            expected += random.randrange(-1, 3)
        row = {name: int(value) for name, value in figures.items()}
        rows[day] = {**row, "expected": max(0, expected), "denominator": max(0, expected)}
    return rows


def worlds(**fixed: Any) -> st.SearchStrategy[World]:
    """Random worlds: up to eight units, up to seventy days, asked about before, on or after the newest of them."""
    return st.builds(
        random_world,
        seed=st.integers(0, 2**32),
        units=fixed.get("units", st.integers(1, 8)),
        days=fixed.get("days", st.integers(1, 70)),
        ahead=fixed.get("ahead", st.sampled_from([0, 0, 0, 1, 2, 5, -1, -6])),
        deadline=st.sampled_from([0, 0, -40, -30, 20]),
    )


def steady(
    per_day: int, expected: int, days: int, start: date = date(2016, 10, 17), unit: int = 1
) -> dict[int, dict[date, dict[str, int]]]:
    """A unit that finishes `per_day` people on every working day, and enters and submits them the same day."""
    rows, done = {}, 0
    for n in range(days):
        day = start + timedelta(days=n)
        done = min(expected, done + per_day * CALENDAR.is_workday(day))
        row = dict.fromkeys(COLUMNS, 0)
        row.update(expected=expected, denominator=expected, entered=done, submitted=done, approved=done)
        row.update(approved_school=done, approved_county=done)
        rows[day] = row
    return {unit: rows}
