"""The days that have tables, and the files behind them."""

from datetime import date

import pandas as pd
from sqlalchemy import Connection, text

from monitor.store.read.common import days_of
from monitor.store.schema import day_number, day_of


def snapshot_days(connection: Connection) -> list[date]:
    """The days that have tables, oldest first."""
    rows = connection.execute(
        text(
            "SELECT DISTINCT d.day FROM batch_day d JOIN batch b ON b.id = d.batch_id WHERE b.undone_at IS NULL"
            " ORDER BY d.day"
        )
    )
    return [day_of(row[0]) for row in rows]


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
