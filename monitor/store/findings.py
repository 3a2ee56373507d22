"""Findings as batches leave them: written down, and closed by the load that repairs what they say.

A finding about figures says that a rule does not hold for a unit on a day. Any later load, of whatever kind, after which
the rule holds closes it; one after which it still does not hold replaces it where the figures are others. A finding of
which no rule can be asked again (a person counted twice in an export) is closed by new figures of the same kind of
table for its unit and day.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Connection, func, insert, select, text

from monitor.store import bulk
from monitor.store.schema import day_number, finding
from monitor.store.staging import CORRECTED, Staged


@dataclass(frozen=True)
class Finding:
    """Something to look at in figures that were loaded all the same. grade: must_fix, explain or note."""

    code: str
    grade: str
    message: str
    unit_id: int | None = None
    day: date | None = None
    row: int | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StillHolds:
    """How findings are asked again. codes: those that can be. ask: (connection, keys: unit_id and day as a date) to the
    (code, unit_id, day) that the rules find now."""

    codes: frozenset[str]
    ask: Callable[[Connection, pl.DataFrame], set[tuple[str, int, date]]]


def record(
    connection: Connection,
    batch_id: int,
    kind: str,
    findings: Sequence[Finding],
    staged: Sequence[Staged],
    still_holds: StillHolds | None,
) -> None:
    """Write down what a load found; close what it repaired. rollup_touched holds the units that the load changed."""
    codes = still_holds.codes if still_holds else frozenset()
    if still_holds is not None:
        _close_repaired(connection, batch_id, still_holds)
    _close_replaced(connection, batch_id, kind, staged, codes)
    fresh = _not_yet_said(connection, batch_id, findings)
    if not fresh:
        return
    start = connection.execute(select(func.max(finding.c.id))).scalar() or 0
    columns = ("id", "batch_id", "code", "grade", "unit_id", "day", "row", "message", "figures")
    rows = [
        (start + place, batch_id, f.code, f.grade, f.unit_id, f.day, f.row, f.message, f.values or None)
        for place, f in enumerate(fresh, 1)
    ]
    connection.execute(insert(finding), [dict(zip(columns, row, strict=True)) for row in rows])


def _close_repaired(connection: Connection, batch_id: int, still_holds: StillHolds) -> None:
    """Ask the rules again about the units that the load changed, from the first day that changed on."""
    codes = ", ".join(f"'{code}'" for code in sorted(still_holds.codes))
    found = connection.execute(
        text(
            "SELECT f.id, f.code, f.unit_id, f.day FROM finding f JOIN unit m ON m.id = f.unit_id"
            " CROSS JOIN rollup_touched t WHERE t.unit_id = m.head_id AND f.day >= t.from_day"
            f" AND f.closed_batch_id IS NULL AND f.code IN ({codes})"
        )
    ).all()
    if not found:
        return
    keys = pl.DataFrame([row[2:] for row in found], {"unit_id": pl.Int64, "day": pl.Int64}, orient="row").unique()
    now = still_holds.ask(connection, keys.with_columns(bulk.day_column("day")))
    left = {(code, unit_id, day_number(day)) for code, unit_id, day in now}
    _close(connection, batch_id, [row[0] for row in found if tuple(row[1:]) not in left])


def _close_replaced(
    connection: Connection, batch_id: int, kind: str, staged: Sequence[Staged], asked: frozenset[str]
) -> None:
    """New figures answer the findings of the figures that they replace, where no rule can be asked."""
    replaced = [item.rows.filter(pl.col("change") == CORRECTED) for item in staged if "day" in item.shape.key]
    keys = pl.concat([frame.select("unit_id", "day") for frame in replaced]).unique() if replaced else pl.DataFrame()
    if keys.is_empty():
        return
    bulk.temporary(connection, "replaced_key", {"unit_id": "INTEGER", "day": "INTEGER"}, "unit_id, day")
    bulk.insert_frame(connection, "replaced_key", keys)
    bulk.analyze(connection, "replaced_key")
    codes = ", ".join(f"'{code}'" for code in sorted(asked)) or "''"
    found = connection.execute(
        text(
            "SELECT f.id FROM replaced_key k JOIN finding f ON f.unit_id = k.unit_id AND f.day = k.day"
            f" JOIN batch b ON b.id = f.batch_id AND b.kind = :kind WHERE f.closed_batch_id IS NULL AND f.code NOT IN ({codes})"
        ),
        {"kind": kind},
    )
    _close(connection, batch_id, list(found.scalars()))


def _not_yet_said(connection: Connection, batch_id: int, findings: Sequence[Finding]) -> list[Finding]:
    """The findings that do not stand there already, answered perhaps; those of other figures give way to the new ones."""
    units = sorted({item.unit_id for item in findings if item.unit_id is not None and item.day is not None})
    said: dict[tuple[Any, ...], tuple[int, str]] = {}
    for start in range(0, len(units), 2000):
        ids = ", ".join(str(unit_id) for unit_id in units[start : start + 2000])
        rows = connection.execute(
            select(finding.c.id, finding.c.code, finding.c.unit_id, finding.c.day, finding.c.figures).where(
                text(f"unit_id IN ({ids}) AND day IS NOT NULL AND closed_batch_id IS NULL")
            )
        )
        said |= {(code, unit, day): (number, _plain(values)) for number, code, unit, day, values in rows}
    fresh, gone = [], []
    for item in findings:
        before = said.get((item.code, item.unit_id, item.day))
        if before is not None and before[1] == _plain(item.values):
            continue
        if before is not None:
            gone.append(before[0])
        fresh.append(item)
    _close(connection, batch_id, gone)
    return fresh


def _plain(values: dict[str, Any] | None) -> str:
    return json.dumps(values or {}, sort_keys=True, default=str)


def _close(connection: Connection, batch_id: int, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), 2000):
        part = ", ".join(str(number) for number in ids[start : start + 2000])
        connection.execute(
            text(f"UPDATE finding SET closed_batch_id = :batch WHERE id IN ({part}) AND closed_batch_id IS NULL"),
            {"batch": batch_id},
        )
