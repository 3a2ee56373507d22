"""Findings that are open."""

from collections.abc import Iterable
from datetime import date

import pandas as pd
from sqlalchemy import Connection, text

from monitor.store.read.common import chunks, within
from monitor.store.schema import day_number
from monitor.store.scope import Scope


def finding_counts(connection: Connection, scope: Scope, units: Iterable[int], as_of: date) -> pd.DataFrame:
    """Open findings of units and all below them, of days up to `as_of`: unit, must_fix, explain, note."""
    counts: dict[int, dict[str, int]] = {}
    for part in chunks(sorted(set(units))):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        rows = connection.execute(
            text(
                "SELECT a.ancestor_id, f.grade, COUNT(*) FROM finding f JOIN unit_ancestor a ON a.unit_id = f.unit_id"
                f" JOIN unit u ON u.id = f.unit_id WHERE a.ancestor_id IN ({ids}) AND {within(scope)}"
                " AND f.closed_batch_id IS NULL AND f.answered_at IS NULL AND COALESCE(f.day, 0) <= :day"
                " GROUP BY a.ancestor_id, f.grade"
            ),
            {"day": day_number(as_of)},
        )
        for unit_id, grade, count in rows:
            counts.setdefault(unit_id, {})[grade] = count
    grades = ("must_fix", "explain", "note")
    rows_out = [(unit_id, *(found.get(grade, 0) for grade in grades)) for unit_id, found in counts.items()]
    return pd.DataFrame(rows_out, columns=["unit", *grades])
