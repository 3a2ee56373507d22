"""The pivot: one long frame of figures becomes arrays of units × calendar days, once, for all measures."""

from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from monitor.measures.settings import WorkingDays

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Panel:
    """The figures of many units up to a day.

    `frame` is long: `unit` (integer id), `day` (datetime64 or date), figure columns (names of
    monitor.figures.FIGURES) and optionally `denominator`, the figure that the rate is measured against (`expected`
    where the column is missing). One row per unit and calendar day, in any order; a day without a row carries the
    figures of the day before, also up to `as_of`; rows after `as_of` are left aside. Raises ValueError where a unit
    has two rows for one day.

    Attributes: `units` (ids, ascending), `origin` (the first day of any unit), `first` (column of each unit's first
    figures).
    """

    def __init__(self, frame: pd.DataFrame, as_of: date) -> None:
        self.as_of = as_of
        days = _days(frame["day"])
        until = np.datetime64(as_of, "D")
        rows = np.flatnonzero(days <= until)
        self.units: Integers
        self.units, unit = np.unique(frame["unit"].to_numpy(dtype=np.int64)[rows], return_inverse=True)
        start = days[rows].min() if len(rows) else until
        self.origin: date = start.astype(object)
        self.width = int((until - start).astype(np.int64)) + 1
        self._frame = frame
        self._source, self.first = self._carried(unit, (days[rows] - start).astype(np.int64), rows)
        self._columns: dict[str, Floats] = {}

    def _carried(self, unit: Integers, column: Integers, rows: Integers) -> tuple[Integers, Integers]:
        """The row of the frame that speaks for each unit and day (−1 before a unit's first figures), and the first
        days."""
        source = np.full((len(self.units), self.width), -1, dtype=np.int64)
        source[unit, column] = rows
        have = source >= 0
        if int(have.sum()) != len(rows):
            raise ValueError("a unit has two rows for one day")
        first = have.argmax(axis=1)
        if not have.all():
            newest = np.maximum.accumulate(np.where(have, np.arange(self.width), 0), axis=1)
            source = np.take_along_axis(source, newest, axis=1)
        return source, first

    @property
    def last(self) -> int:
        """The column of `as_of`."""
        return self.width - 1

    def column(self, day: date) -> int:
        """The column of a day; negative for days before the first figures of any unit."""
        return (day - self.origin).days

    def at(self, name: str, column: int | Integers) -> Floats:
        """A figure of every unit at the end of a day (one column for all or one each); NaN before its first figures."""
        where = np.broadcast_to(np.asarray(column, dtype=np.int64), len(self.units))
        known = np.clip(where, 0, self.last)
        values = self._values(name)[self._source[np.arange(len(self.units)), known]]
        return np.where(where < 0, np.nan, values)

    def now(self, name: str) -> Floats:
        """A figure of every unit at `as_of`."""
        return self.at(name, self.last)

    def series(self, name: str) -> Floats:
        """A figure of every unit on every day: units × days, NaN before a unit's first figures."""
        matrix: Floats = self._values(name)[self._source]
        return matrix

    def has(self, name: str) -> bool:
        """Whether the frame knows this figure."""
        return name in self._frame.columns

    def _values(self, name: str) -> Floats:
        if name not in self._columns:
            source = "expected" if name == "denominator" and not self.has(name) else name
            column = self._frame[source].to_numpy(dtype=np.float64, na_value=np.nan)
            self._columns[name] = np.append(column, np.nan)  # so that row −1 is unknown
        return self._columns[name]

    def carried(self) -> pd.DataFrame:
        """The frame with a row for every unit and day from its first figures to `as_of`."""
        row, column = np.nonzero(self._source >= 0)
        day = (np.datetime64(self.origin, "D") + column).astype("datetime64[s]")
        rows = self._frame.iloc[self._source[row, column]].reset_index(drop=True)
        return rows.assign(unit=self.units[row], day=day)

    def until(self, day: date) -> "Panel":
        """The same figures up to an earlier day (not before the first column): units that had none by then are left
        out."""
        earlier = copy(self)
        earlier.as_of = day
        earlier.width = self.column(day) + 1
        begun = self.first < earlier.width
        earlier.units, earlier.first = self.units[begun], self.first[begun]
        earlier._source = self._source[begun, : earlier.width]
        return earlier

    @property
    def days(self) -> list[date]:
        """The days of the columns."""
        return [self.origin + timedelta(days=n) for n in range(self.width)]

    def worked(self, calendar: WorkingDays) -> Integers:
        """How many working days lie between the first column and each column: (worked[b] − worked[a]) lie in (a, b]."""
        working = set(calendar.between(self.origin, self.as_of))
        return np.cumsum([day in working for day in self.days], dtype=np.int64)


@dataclass(frozen=True)
class Stretch:
    """A window that ends at `as_of`, per unit: the column of the day before it, and the working days in it (0: no
    window)."""

    base: Integers
    days: Integers


def stretch(panel: Panel, calendar: WorkingDays, days: int) -> Stretch:
    """The last `days` working days up to `as_of`, starting no earlier than a unit's first figures
    (docs/definitions.md, pace).

    A day off counts to the next working day, so on a day off the window ends with the last working day before it.
    """
    newest = calendar.last_on_or_before(panel.as_of)
    base = np.maximum(panel.column(calendar.nth_before(newest, days)), panel.first)
    worked = panel.worked(calendar)
    return Stretch(base, worked[panel.last] - worked[base])


def rise(panel: Panel, name: str, window: Stretch) -> Floats:
    """By how much a figure rose within the window; negative where it fell, NaN without a window."""
    return np.where(window.days > 0, panel.now(name) - panel.at(name, window.base), np.nan)


def ratio(part: Floats, whole: Floats) -> Floats:
    """part / whole, unrounded; NaN where the whole is 0 or unknown."""
    known = (whole != 0) & ~np.isnan(whole)
    quotient: Floats = np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=known)
    return quotient


def _days(column: pd.Series) -> NDArray[np.datetime64]:
    if not pd.api.types.is_datetime64_any_dtype(column):
        column = pd.to_datetime(column)
    return column.to_numpy().astype("datetime64[D]")
