"""What the reads share: the condition of the scope, bounded lists of ids, the shape of a frame of figures."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import Subquery, literal_column, select, text

from monitor.figures import FIGURES
from monitor.store.schema import EPOCH, FOREVER, RUNNING_FIGURES, day_number, unit
from monitor.store.scope import Scope
from monitor.units import ABOVE

_HOLDING: Final = sorted({"province", *(above for kind in ("city", "county", "university") for above in ABOVE[kind])})
"""Kinds of units that have offices or universities directly below them."""


def within(scope: Scope, table: str = "u") -> str:
    """The condition that a unit lies in the scope, as SQL. Ids and sectors come from accounts, never from a page."""
    if scope.sees_nothing:
        return "1 = 0"
    condition = of_sectors(scope, table)
    if not scope.everything:
        roots = ", ".join(str(int(root)) for root in sorted(scope.roots))
        condition += (
            f" AND EXISTS (SELECT 1 FROM unit_ancestor w WHERE w.unit_id = {table}.id AND w.ancestor_id IN ({roots}))"
        )
    return condition


def of_sectors(scope: Scope, table: str = "u") -> str:
    """The condition that a unit below one of the scope's lies in it, as SQL."""
    sectors = ", ".join(f"'{sector}'" for sector in sorted(scope.sectors) if sector in ("schools", "universities"))
    return f"({table}.sector IN ({sectors}) OR {table}.kind = 'province')"


def all_of(scope: Scope, kinds: Sequence[str]) -> Subquery:
    """The units of some kinds in the scope, whenever they are open, as a table with the columns of `unit`; without those
    merged into another.

    Offices and universities are found on the way down from the scope's own units, through the offices alone: a province
    of a country reads as much as one that has the store for itself.
    """
    if scope.everything or scope.sees_nothing or "school" in kinds:
        seen = select(unit).where(text(within(scope, "unit")))
        return seen.where(unit.c.kind.in_(kinds), unit.c.successor_id.is_(None)).subquery("listed")
    way = select(unit).where(unit.c.id.in_(sorted(scope.roots))).cte("way", recursive=True)
    # Written out, not as a parameter: a plan that is kept for every parameter could not use the index of the offices.
    office = unit.c.kind != literal_column("'school'")
    below = select(unit).join(way, unit.c.shown_parent_id == way.c.id).where(way.c.kind.in_(_HOLDING), office)
    way = way.union(below)  # once each, also where one of the scope's units stands below another
    seen = select(way).where(text(of_sectors(scope, "way")))
    return seen.where(way.c.kind.in_(kinds), way.c.successor_id.is_(None)).subquery("listed")


def open_on(day: date, table: str = "u") -> str:
    number = day_number(day)
    return f"COALESCE({table}.opened, {EPOCH}) <= {number} AND COALESCE({table}.closed, {FOREVER}) > {number}"


def shown_on(day: date) -> str:
    """Whether the unit u is listed on a day: it is open, or something that it shows is: a unit that was merged into it
    before it opened, or one that outlives the office it hangs under. Its figures count in the unit above; without it
    the parts would not add up to the whole."""
    return (
        f"({open_on(day)} OR EXISTS (SELECT 1 FROM unit_ancestor w JOIN unit o ON o.id = w.unit_id"
        f" WHERE w.ancestor_id = u.id AND w.depth > 0 AND o.head_id IS NOT NULL AND {open_on(day, 'o')}))"
    )


def chunks(ids: Sequence[int], size: int = 2000) -> list[Sequence[int]]:
    """Ids in parts that a statement takes."""
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def days_of(numbers: pd.Series) -> pd.Series:
    """Day numbers (20161125) as days, missing ones as NaT, with the index that they have."""
    known = numbers.notna().to_numpy()
    found = np.full(len(numbers), np.datetime64("NaT"), dtype="datetime64[ns]")
    found[known] = _dates(numbers.to_numpy()[known].astype("int64"))
    return pd.Series(found, index=numbers.index, name=numbers.name)


def _dates(numbers: np.ndarray) -> np.ndarray:
    months = (numbers // 10000 - 1970) * 12 + numbers // 100 % 100 - 1
    found: np.ndarray = months.astype("datetime64[M]").astype("datetime64[D]") + (numbers % 100 - 1)
    return found.astype("datetime64[ns]")


def figure_frame(rows: Sequence[Any]) -> pd.DataFrame:
    """The frame of figures of rows (unit, day number, RUNNING_FIGURES). Every read passes here: one array, no columns
    converted one by one."""
    names = ("unit", "day", *RUNNING_FIGURES)
    figures = np.array([tuple(row) for row in rows], dtype="int64").reshape(len(rows), len(names))
    frame = pd.DataFrame(figures, columns=names).assign(day=_dates(figures[:, 1]))
    return frame[["unit", "day", *FIGURES, "numbered_known"]]
