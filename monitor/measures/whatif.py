"""What if: another deadline, more reviewers, units exempted. Nothing is stored; the answer is a frame like any
other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from monitor.figures import LEVELS
from monitor.measures.assess import assess
from monitor.measures.bottleneck import STAGES, Stages
from monitor.measures.panel import Floats, Panel, stretch
from monitor.measures.settings import Settings, WorkingDays

_LONGEST = 600  # working days after which a queue counts as never empty: more than two years


@dataclass(frozen=True)
class Scenario:
    """What is supposed to be otherwise.

    deadline: another day, or None. extra_review: how many more records a working day each review level gets through,
    in the unit `where` (all units of the frame that have no parent in it, if None); units below share it by what
    waits there, units above get the sum. exempt: ids of units left out, with all below them, of their own rows and of
    every sum above.
    """

    deadline: date | None = None
    extra_review: Mapping[str, float] = field(default_factory=dict)
    where: int | None = None
    exempt: frozenset[int] = frozenset()


def what_if(
    frame: pd.DataFrame,
    as_of: date,
    deadline: date,
    calendar: WorkingDays,
    settings: Settings,
    scenario: Scenario,
    parents: Mapping[int, int] | None = None,
    *,
    start: date | None = None,
) -> pd.DataFrame:
    """The assessment of every unit if the scenario held: the columns of measures.assess(), fit for ranking() and
    funnel() too.

    `frame`: as for assess(). `parents`: the parent of each unit, as far as it has one. Extra reviewers are supposed
    to have been there throughout the recent windows: what is approved and what leaves the level in them is raised by
    what they would add to a finish (docs/definitions.md, what-if), so pace, standstill, bottleneck and forecast all
    answer.
    """
    parents = parents or {}
    supposed = without(frame, scenario.exempt, parents)
    if any(scenario.extra_review.values()):
        supposed = with_reviewers(supposed, as_of, calendar, settings, scenario, parents)
    return assess(supposed, as_of, scenario.deadline or deadline, calendar, settings, start=start)


def without(frame: pd.DataFrame, exempt: frozenset[int], parents: Mapping[int, int]) -> pd.DataFrame:
    """The frame without some units and all below them: their rows go, and their figures leave the sums above them."""
    if not exempt:
        return frame
    gone = {unit for unit in frame["unit"].unique() if exempt.intersection((unit, *_above(unit, parents)))}
    # Only the topmost of what goes is taken off the sums: it already holds what is below it.
    tops = {unit for unit in gone if not gone.intersection(_above(unit, parents))}
    figures = [name for name in frame.columns if name not in ("unit", "day")]
    parts = []
    for unit in tops:
        rows = frame[frame["unit"] == unit]
        parts += [rows.assign(unit=above) for above in _above(unit, parents)]
    kept = frame[~frame["unit"].isin(gone)]
    if not parts:
        return kept
    off = pd.concat(parts).groupby(["unit", "day"])[figures].sum()
    kept = kept.set_index(["unit", "day"])
    # A denominator that is not known of the exempted unit cannot be taken off; a sum that is not known stays unknown.
    rest: pd.DataFrame = kept - off.reindex(kept.index).fillna(0)
    return rest.reset_index()


def with_reviewers(
    frame: pd.DataFrame,
    as_of: date,
    calendar: WorkingDays,
    settings: Settings,
    scenario: Scenario,
    parents: Mapping[int, int],
) -> pd.DataFrame:
    """The frame as if the extra reviewers had been there: the history of approvals is lower, so that recent rises are
    higher."""
    panel = Panel(frame, as_of)
    stages = Stages(panel, stretch(panel, calendar, settings.pace_window))
    extra = _shared(panel, stages, scenario, parents)
    gained = _gain(stages, extra)
    worked = panel.worked(calendar)
    rows = panel.carried()
    column = (rows["day"].to_numpy().astype("datetime64[D]") - np.datetime64(panel.origin)).astype(np.int64)
    ahead = worked[panel.last] - worked[column]
    unit = np.searchsorted(panel.units, rows["unit"].to_numpy())
    rows["approved"] = rows["approved"] - gained[unit] * ahead
    for place, level in enumerate(LEVELS):
        rows[f"approved_{level}"] = rows[f"approved_{level}"] - extra[unit, place] * ahead
    return rows


def _shared(panel: Panel, stages: Stages, scenario: Scenario, parents: Mapping[int, int]) -> Floats:
    """The extra records a working day of every unit and level: all of it above, a share by what waits below."""
    row_of = {int(unit): row for row, unit in enumerate(panel.units)}
    above = [_above(int(unit), parents) for unit in panel.units]
    roots = [unit for unit, over in zip(row_of, above, strict=True) if not any(a in row_of for a in over)]
    where = set(roots if scenario.where is None else [scenario.where])
    extra = np.zeros((len(panel.units), len(LEVELS)))
    for place, level in enumerate(LEVELS):
        more = scenario.extra_review.get(level, 0.0)
        pending = np.maximum(stages.waiting[:, STAGES.index(f"{level}_review")], 0)
        for unit, row in row_of.items():
            holder = next((a for a in (unit, *above[row]) if a in where), None)
            if holder is not None and holder in row_of and pending[row_of[holder]] > 0:
                extra[row, place] = more * min(1.0, pending[row] / pending[row_of[holder]])
            elif unit == holder or any(unit in above[row_of[w]] for w in where if w in row_of):
                extra[row, place] = more
    return extra


def _gain(stages: Stages, extra: Floats) -> Floats:
    """How many more approvals a working day the extra reviewers bring each unit, on average until it is done."""
    capacity = np.where(stages.waiting > 0, np.maximum(np.nan_to_num(stages.outflow), 0), np.inf)
    # A stage that holds less than a day's work passes on whatever arrives: it is not what limits the flow.
    capacity = np.where(stages.waiting < capacity, np.inf, capacity)
    stock = np.maximum(stages.waiting, 0)
    more = capacity.copy()
    more[:, 2:] += extra
    total = stock.sum(axis=1)
    per_day = [
        np.divide(total, days, out=np.zeros(len(total)), where=days > 0)
        for days in (_days_to_empty(stock, c) for c in (capacity, more))
    ]
    gained: Floats = np.maximum(per_day[1] - per_day[0], 0)
    return gained


def _days_to_empty(stock: Floats, capacity: Floats) -> Floats:
    """Working days until everything has passed the chain of stages, each letting through its capacity a day; inf if
    never."""
    waiting = stock.copy()
    days = np.where(waiting.sum(axis=1) > 0, np.inf, 0.0)
    finished: Floats = np.zeros(len(stock))
    for day in range(1, _LONGEST + 1):
        arriving: Floats = np.zeros(len(stock))
        for place in range(waiting.shape[1]):
            at_hand = waiting[:, place] + arriving
            arriving = np.minimum(at_hand, capacity[:, place])
            waiting[:, place] = at_hand - arriving
        done = np.isinf(days) & (waiting.sum(axis=1) <= 1e-9)
        # Of the last day only the part that was needed counts, measured by what the day before got done.
        part = np.divide(arriving, finished, out=np.ones(len(stock)), where=finished > 0)
        days[done] = day - 1 + np.clip(part[done], 0.01, 1)
        finished = arriving
        if not np.isinf(days).any():
            break
    return days


def _above(unit: int, parents: Mapping[int, int]) -> list[int]:
    """The ancestors of a unit, from its parent up."""
    found: list[int] = []
    while (parent := parents.get(found[-1] if found else unit)) is not None:
        found.append(parent)
    return found
