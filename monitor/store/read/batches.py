"""The days that have tables, and the files behind them."""

from collections.abc import Iterable
from datetime import date

import pandas as pd
from sqlalchemy import Connection, text

from monitor.figures import LEVELS
from monitor.store.read.common import chunks, days_of, within
from monitor.store.schema import day_number, day_of
from monitor.store.scope import Scope
from monitor.store.shapes import table_days


def snapshot_days(connection: Connection) -> list[date]:
    """The days that have tables, oldest first."""
    return [day_of(number) for number in table_days(connection)]


def newest_day(connection: Connection) -> date | None:
    """The newest day that has a table."""
    days = snapshot_days(connection)
    return days[-1] if days else None


def source_batches(connection: Connection, as_of: date) -> pd.DataFrame:
    """The batches behind the newest snapshot on or before the day: id, kind, file, day, loaded_at, loaded_by."""
    rows = connection.execute(
        text(
            "SELECT b.id, b.kind, b.file, d.day, b.loaded_at, b.loaded_by FROM batch_day d JOIN batch b"
            " ON b.id = d.batch_id WHERE b.undone_at IS NULL AND d.day = (SELECT MAX(x.day) FROM batch_day x"
            " JOIN batch y ON y.id = x.batch_id WHERE y.undone_at IS NULL AND x.day <= :day) ORDER BY b.id"
        ),
        {"day": day_number(as_of)},
    )
    frame = pd.DataFrame([tuple(row) for row in rows], columns=["id", "kind", "file", "day", "loaded_at", "loaded_by"])
    return frame.assign(day=days_of(frame["day"]), loaded_at=pd.to_datetime(frame["loaded_at"], utc=True))


def batches_behind(
    connection: Connection, scope: Scope, units: Iterable[int], as_of: date, sector: str
) -> dict[int, tuple[int, ...]]:
    """By unit, the batches that hold its figures of the day: the newest rows of all that it is made of."""
    newest = [_newest_batch("collection", "")] + [
        _newest_batch("review", f"AND level = {n} ") for n in range(len(LEVELS))
    ]
    found: dict[int, set[int]] = {}
    for part in chunks(sorted(set(units))):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        for batch_id in newest:
            rows = connection.execute(
                text(
                    f"SELECT DISTINCT a.ancestor_id, s.batch_id FROM (SELECT u.id, {batch_id} AS batch_id FROM unit u"
                    f" WHERE u.head_id IS NOT NULL AND u.sector = :sector AND {within(scope)}) s"
                    f" JOIN unit_ancestor a ON a.unit_id = s.id WHERE a.ancestor_id IN ({ids})"
                    " AND s.batch_id IS NOT NULL"
                ),
                {"sector": sector, "day": day_number(as_of)},
            )
            for unit_id, number in rows:
                found.setdefault(unit_id, set()).add(number)
    return {unit_id: tuple(sorted(batches)) for unit_id, batches in found.items()}


def _newest_batch(table: str, level: str) -> str:
    """The batch of a unit's newest row up to the day, as SQL."""
    return f"(SELECT batch_id FROM {table} WHERE unit_id = u.id {level}AND day <= :day ORDER BY day DESC LIMIT 1)"


def batch_files(connection: Connection) -> dict[int, str]:
    """The file of every batch."""
    return {row.id: row.file for row in connection.execute(text("SELECT id, file FROM batch"))}
