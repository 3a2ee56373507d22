"""Figures of every school on every day, from the shares of its group. Every queue balances by construction."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from monitor.demo.curves import STAGES, Floats, effort, groups, stage_shares, working_days
from monitor.demo.scenario import Scenario, World
from monitor.workdays import Calendar

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]

WIDTH = 0.7  # schools of a group lie this far apart: some are done before others begin
CHANGED_EXPECTED = 0.18  # share of the schools whose expected number is put right within the window


@dataclass(frozen=True)
class Simulation:
    """Arrays schools × days, in the order of `schools` and of the scenario's days.

    `counts` holds, by the names of curves.STAGES, people that have reached the stage; `present` says whether the school
    is in the day's table; `apart` marks what a table of its own brings instead.
    """

    schools: pl.DataFrame
    expected: Counts
    counts: dict[str, Counts]
    present: Mask
    apart: Mask

    def with_counts(self, **counts: Counts) -> "Simulation":
        """A copy with other counts at some stages."""
        return replace(self, counts={**self.counts, **counts})


def simulate(world: World, schools: pl.DataFrame) -> Simulation:
    """Every school's figures on every day of the window."""
    scenario, calendar, group = world.scenario, Calendar(), groups(world)
    shares = stage_shares(effort(scenario, group.courses, calendar), group.courses, working_days(scenario, calendar))
    group_of, seen = group.of(schools), _seen_days(scenario, schools)
    expected, people = _expected(scenario, schools, group.stalled(scenario)[group_of])
    random = scenario.random("people")
    place, dither = _places(random, group_of), random.uniform(0, 1, (schools.height, 1))
    alone = (schools["school_type"] == "university").to_numpy()[:, None]
    counts = {}
    for stage in STAGES:
        group_share = shares[stage][group_of[:, None], seen]
        own = np.clip((_spread(group_share) - place[:, None]) / WIDTH, 0, 1)
        counts[stage] = np.floor(people * np.where(alone, group_share, own) + dither).astype(np.int64)
    everything = np.ones(expected.shape, dtype=bool)
    return Simulation(schools, expected, counts, everything, ~everything)


def _places(random: np.random.Generator, group_of: NDArray[np.int64]) -> Floats:
    """Where each school stands among those of its group, evenly from 0 (first to begin) to 1 (last)."""
    order = np.lexsort((random.uniform(0, 1, len(group_of)), group_of))
    size = np.bincount(group_of)
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    place = np.empty(len(group_of))
    place[order] = (np.arange(len(group_of)) - first[group_of[order]] + 0.5) / size[group_of[order]]
    return place


def _spread(share: Floats) -> Floats:
    """The line that schools are measured against: the mean of clip((line - place) / WIDTH, 0, 1) is `share`."""
    low, high = np.sqrt(2 * WIDTH * share), 1 + WIDTH - np.sqrt(2 * WIDTH * (1 - share))
    middle = share + WIDTH / 2
    return np.where(share <= WIDTH / 2, low, np.where(share >= 1 - WIDTH / 2, high, middle))


def _seen_days(scenario: Scenario, schools: pl.DataFrame) -> NDArray[np.int64]:
    """The day of its group that a school is at: small schools work every few days; a new one begins anew."""
    random, days = scenario.random("sittings"), np.arange(len(scenario.days))
    scope = schools["scope"].to_numpy()
    apart = np.where(scope < 15, 3, np.where(scope < 40, 2, 1))
    offset = random.integers(0, 3, schools.height) % apart
    late = np.array([scenario.index(day) if day else 0 for day in schools["opened"].to_list()])
    at = days[None, :] - late[:, None]
    sitting = (at + offset[:, None]) // apart[:, None] * apart[:, None] - offset[:, None]
    seen: NDArray[np.int64] = np.clip(sitting, 0, len(days) - 1).astype(np.int64)
    return seen


def _expected(scenario: Scenario, schools: pl.DataFrame, stalled: NDArray[np.int64]) -> tuple[Counts, Counts]:
    """(expected as reported, people that there really are), schools × days; some numbers are put right on the way, none
    after the day of its stall."""
    random, count = scenario.random("expected"), len(scenario.days)
    scope = schools["scope"].to_numpy()
    size = np.maximum(1, np.rint(scope * random.uniform(0.01, 0.08, len(scope)))).astype(np.int64)
    wrong = (random.uniform(0, 1, len(scope)) < CHANGED_EXPECTED) & (size < scope)
    before = scope + np.where(wrong, size * random.choice([-1, 1], len(scope)), 0)
    on = np.minimum(random.integers(count // 3, count - 5, len(scope)), stalled)
    is_before = np.arange(count)[None, :] < on[:, None]
    expected = np.where(is_before, before[:, None], scope[:, None])
    return expected, np.minimum(expected, scope[:, None])
