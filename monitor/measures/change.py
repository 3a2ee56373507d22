"""What changed between two days, taken apart so that the parts add up exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from monitor.measures.panel import Flags, Integers, Panel

PARTS = ("approvals", "returns", "corrections", "opened_closed", "denominator")


@dataclass(frozen=True)
class _Series:
    """Figures of leaves (rows) on the days looked at (columns), 0 before a leaf's first figures."""

    approved: Integers
    denominator: Integers
    known: Flags

    @property
    def ahead(self) -> Integers:
        """approved − denominator: the work left, with its sign turned."""
        return self.approved - self.denominator


def change(
    current: pd.DataFrame,
    original: pd.DataFrame,
    opened: Mapping[int, date] | pd.Series,
    closed: Mapping[int, date] | pd.Series,
    since: date,
    until: date,
) -> pd.DataFrame:
    """The change of (approved − denominator), the work left that fell, of every leaf from `since` to `until`.

    `current`: the leaves' figures as they are known now, long (unit, day, approved, denominator or expected; see
    measures.panel.Panel). `original`: the same with the figures as they were first loaded, before any correction; it
    may be the same frame. `opened`, `closed`: the days that bound a unit, where it has any: it counts from the first
    and no longer on the second. Raises ValueError where `until` is before `since`.

    Returns, by unit, integers that add up exactly, over units as well (docs/definitions.md, change): approvals (daily
    rises of approved as first loaded), returns (daily falls; never positive), corrections (what correcting past days
    changed), opened_closed (what openings brought in and closings took out), denominator (what the denominator took
    by itself: minus its change) and total. Unknown denominators count as 0.
    """
    if until < since:
        raise ValueError(f"until ({until}) is before since ({since})")
    panels = [Panel(frame, until) for frame in (current, original)]
    units = np.union1d(panels[0].units, panels[1].units)
    days = _days_that_matter([current, original], [opened, closed], since, until)
    now, then = (_series(panel, units, days) for panel in panels)
    is_open = _open(units, opened, closed, days)
    parts = _parts(now, then, is_open)
    return pd.DataFrame(parts, index=pd.Index(units, name="unit"))


def totals(parts: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """The parts of change() added up by a key for each unit (index: unit); the index is the key."""
    return parts.groupby(group.reindex(parts.index)).sum()


def _parts(now: _Series, then: _Series, is_open: Flags) -> dict[str, Integers]:
    row = np.arange(len(is_open))
    last = is_open.shape[1] - 1
    stays, stood = is_open[:, last], is_open[:, 0]
    counted = is_open & (now.known | then.known)
    arrives = ~stood & counted.any(axis=1)
    begin = np.where(stood, 0, counted.argmax(axis=1))
    end = np.where(stays, last, last - is_open[:, ::-1].argmax(axis=1))
    involved = stood | arrives
    leaves = involved & ~stays

    step = np.arange(last)
    daily = np.where((step >= begin[:, None]) & (step < end[:, None]), np.diff(then.approved, axis=1), 0)
    corrected = now.ahead - then.ahead
    parts = {
        "approvals": np.maximum(daily, 0).sum(axis=1),
        "returns": np.minimum(daily, 0).sum(axis=1),
        "corrections": corrected[row, end] - np.where(stood, corrected[:, 0], 0),
        "opened_closed": np.where(arrives, then.ahead[row, begin], 0) - np.where(leaves, now.ahead[row, end], 0),
        "denominator": then.denominator[row, begin] - then.denominator[row, end],
    }
    parts = {name: np.where(involved, part, 0) for name, part in parts.items()}
    worth = np.where(is_open, now.ahead, 0)
    return {**parts, "total": worth[:, last] - worth[:, 0]}


def _days_that_matter(
    frames: Sequence[pd.DataFrame], bounds: Sequence[Mapping[int, date] | pd.Series], since: date, until: date
) -> list[date]:
    """`since`, `until` and the days between on which anything happened: all others are like the day before."""
    found = {since, until}
    for frame in frames:
        found |= set(pd.to_datetime(frame["day"].drop_duplicates()).dt.date)
    for bound in bounds:
        found |= {pd.Timestamp(day).date() for _unit, day in bound.items() if not pd.isna(day)}
    return sorted(day for day in found if since <= day <= until)


def _series(panel: Panel, units: Integers, days: Sequence[date]) -> _Series:
    columns = [panel.column(day) for day in days]
    have = np.isin(units, panel.units)
    figures = {}
    for name in ("approved", "denominator"):
        values = np.zeros((len(units), len(columns)), dtype=np.int64)
        for place, column in enumerate(columns):
            values[have, place] = np.nan_to_num(panel.at(name, column)).astype(np.int64)
        figures[name] = values
    known = np.zeros((len(units), len(columns)), dtype=bool)
    known[have] = np.array(columns)[None, :] >= panel.first[:, None]
    return _Series(known=known, **figures)


def _open(
    units: Integers,
    opened: Mapping[int, date] | pd.Series,
    closed: Mapping[int, date] | pd.Series,
    days: Sequence[date],
) -> Flags:
    """Whether a unit counts on each day."""
    day = np.array(days, dtype="datetime64[D]")
    from_day, to_day = (_days_of(units, bound) for bound in (opened, closed))
    begun = np.isnat(from_day)[:, None] | (day >= from_day[:, None])
    ended = ~np.isnat(to_day)[:, None] & (day >= to_day[:, None])
    counts: Flags = begun & ~ended
    return counts


def _days_of(units: Integers, bound: Mapping[int, date] | pd.Series) -> np.ndarray:
    known = {unit: day for unit, day in bound.items() if not pd.isna(day)}
    days = [known.get(int(unit)) for unit in units]
    return pd.to_datetime(pd.Series(days, dtype=object)).to_numpy().astype("datetime64[D]")
