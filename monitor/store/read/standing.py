"""Figures of units, parents and leaves alike, at the end of any day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, text

from monitor.campaign import Campaign
from monitor.figures import FIGURES
from monitor.store.read.batches import snapshot_days
from monitor.store.read.common import chunks, days_of, figure_frame, within
from monitor.store.read.days import days_of_reporting, reporting
from monitor.store.read.tree import unit_by_id
from monitor.store.schema import RUNNING_FIGURES, day_number, day_of
from monitor.store.scope import Scope
from monitor.store.state import state_sql

_FIGURE_LIST = ", ".join(RUNNING_FIGURES)
_FEW: Final = 25
"""So many reporting units are asked for by state and day; of more, reading all of their rows at once is faster."""


def figures(
    connection: Connection, campaign: Campaign, scope: Scope, units: Iterable[int], days: Sequence[date], sector: str
) -> pd.DataFrame:
    """Figures of units at the end of given days, carried from the newest before where a day has none.

    Columns: unit, day, the names of figures.FIGURES (integers; `numbered` 0 where unknown), numbered_known. Units
    outside the scope have no rows.
    """
    wanted = sorted(set(units))
    if not wanted or not days or scope.sees_nothing or sector not in scope.sectors:
        return figure_frame([])
    rows: list[Any] = []
    on_days = " UNION ALL ".join(f"SELECT {day_number(day)} AS day" for day in sorted(set(days)))
    for part in chunks(wanted):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        visible = f"u.id IN ({ids}) AND {within(scope)}"
        rolled = (
            f"SELECT u.id AS unit_id, d.day, {', '.join(f'COALESCE(r.{name}, 0)' for name in RUNNING_FIGURES)}"
            f" FROM unit u CROSS JOIN ({on_days}) d LEFT JOIN rollup r ON r.unit_id = u.id AND r.school_type = :sector"
            " AND r.day = (SELECT MAX(day) FROM rollup WHERE unit_id = u.id AND school_type = :sector AND day <= d.day)"
            f" WHERE {visible} AND (u.foot_id = u.id OR NOT u.reporting)"
        )
        rows += connection.execute(text(rolled), {"sector": sector}).fetchall()
        leaves = (
            f"(SELECT u.id AS unit_id, d.day FROM unit u CROSS JOIN ({on_days}) d WHERE {visible}"
            " AND u.sector = :sector AND u.reporting AND (u.foot_id IS NULL OR u.foot_id <> u.id))"
        )
        rows += connection.execute(
            text(f"SELECT unit_id, day, {_FIGURE_LIST} FROM ({state_sql(leaves)}) s"),
            {"sector": sector, "baseline_day": day_number(campaign.baseline_day)},
        ).fetchall()
    return figure_frame(rows)


def by_school_type(connection: Connection, campaign: Campaign, scope: Scope, unit_id: int, as_of: date) -> pd.DataFrame:
    """A unit's figures on a day by school type: school_type and the names of figures.FIGURES; only types it has."""
    found = unit_by_id(connection, scope, unit_id)
    if found.reporting and found.foot_id != found.id:
        frame = figures(connection, campaign, scope, [unit_id], [as_of], found.sector)
        return frame.assign(school_type=found.school_type)[["school_type", *FIGURES]]
    sectors = ", ".join(f"'{sector}'" for sector in sorted(scope.sectors) if sector in ("schools", "universities"))
    rows = connection.execute(
        text(
            f"SELECT r.school_type, {', '.join(f'r.{name}' for name in FIGURES)} FROM rollup r WHERE r.unit_id = :id"
            " AND r.school_type NOT IN ('schools', 'universities') AND EXISTS (SELECT 1 FROM unit u"
            f" WHERE u.school_type = r.school_type AND u.sector IN ({sectors}))"
            " AND r.day = (SELECT MAX(x.day) FROM rollup x WHERE x.unit_id = r.unit_id"
            " AND x.school_type = r.school_type AND x.day <= :day)"
        ),
        {"id": unit_id, "day": day_number(as_of)},
    )
    return pd.DataFrame([tuple(row) for row in rows], columns=["school_type", *FIGURES])


def first_days(connection: Connection, scope: Scope, units: Iterable[int], sector: str) -> pd.Series:
    """The day of each unit's first figures (datetime64, indexed by unit); units without any are left out."""
    result: dict[int, int] = {}
    for part in chunks(sorted(set(units))):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        own = " UNION ALL ".join(
            f"SELECT u.id AS unit_id, MIN(t.day) AS day FROM unit u JOIN unit m ON m.head_id = u.id"
            f" JOIN {table} t ON t.unit_id = m.id {level} WHERE u.id IN ({ids}) AND {within(scope)}"
            " AND u.sector = :sector AND t.day >= COALESCE(m.opened, 0) GROUP BY u.id"
            for table, level in (("collection", ""), ("review", "AND t.level IN (0, 1, 2, 3)"))
        )
        rolled = (
            "SELECT r.unit_id, MIN(r.day) FROM rollup r JOIN unit u ON u.id = r.unit_id"
            f" WHERE u.id IN ({ids}) AND NOT u.reporting AND {within(scope)} AND r.school_type = :sector"
            " AND r.reported > 0 GROUP BY r.unit_id"
        )
        rows = connection.execute(
            text(f"SELECT unit_id, MIN(day) FROM ({own} UNION ALL {rolled}) t GROUP BY unit_id"), {"sector": sector}
        )
        result |= {row[0]: row[1] for row in rows if row[1] is not None}
    return days_of(pd.Series(result, dtype="int64")).rename("first_day")


def panel(
    connection: Connection, campaign: Campaign, scope: Scope, units: Iterable[int], as_of: date, sector: str
) -> pd.DataFrame:
    """Every calendar day of each unit from its first figures to `as_of`: the frame that the measures take.

    Columns: unit, day, the names of figures.FIGURES, numbered_known. Days without a table carry the day before. Units
    without figures by `as_of`, or outside the scope, have no rows.
    """
    wanted = sorted(set(units))
    if scope.sees_nothing or sector not in scope.sectors:
        return figure_frame([])
    first = first_days(connection, scope, wanted, sector)
    first = first[first <= pd.Timestamp(as_of)]
    if first.empty:
        return figure_frame([])
    alone = first.index.isin(reporting(connection, scope, wanted, sector))
    if alone.sum() <= _FEW:
        alone[:] = False
    parts = []
    if not alone.all():
        parts.append(_days_from_states(connection, campaign, scope, first[~alone], as_of, sector))
    if alone.any():
        parts.append(days_of_reporting(connection, first[alone], campaign.baseline_day, as_of))
    return parts[0] if len(parts) == 1 else pd.concat(parts).sort_values(["unit", "day"], ignore_index=True)


def _days_from_states(
    connection: Connection, campaign: Campaign, scope: Scope, first: pd.Series, as_of: date, sector: str
) -> pd.DataFrame:
    """What `panel` gives, from the state of each unit on each day on which something may have changed."""
    days = [day for day in event_days(connection, campaign) if day <= as_of]
    known = figures(connection, campaign, scope, first.index, days, sector)
    grid = pd.MultiIndex.from_product(
        [sorted(first.index), pd.date_range(first.min(), pd.Timestamp(as_of))], names=["unit", "day"]
    )
    known = known.set_index(["unit", "day"])
    dense = known.reindex(known.index.union(grid))
    dense = dense.groupby(level="unit").ffill().reindex(grid).fillna(0).astype("int64").reset_index()
    return dense[dense["day"] >= dense["unit"].map(first)].reset_index(drop=True)


def event_days(connection: Connection, campaign: Campaign) -> list[date]:
    """Days on which figures may change: those with tables, openings, closings, and the day of the baseline."""
    tables = snapshot_days(connection)
    if not tables:
        return []
    # Bounded, so that only what opened and closed meanwhile is looked at, not every unit with an opening date.
    rows = connection.execute(
        text("SELECT opened FROM unit WHERE opened >= :first UNION SELECT closed FROM unit WHERE closed >= :first"),
        {"first": day_number(tables[0])},
    )
    baseline = {campaign.baseline_day} if campaign.baseline_day >= tables[0] else set()
    return sorted({*tables, *(day_of(row[0]) for row in rows), *baseline})
