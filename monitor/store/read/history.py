"""All batches that were ever loaded, for those who look after the store."""

import pandas as pd
from sqlalchemy import Connection, case, func, select

from monitor.store.schema import batch, finding

_GRADES = ("must_fix", "explain", "note")
_COLUMNS = ("id", "kind", "file", "sha256", "loaded_at", "loaded_by", "rows", "loaded", "unchanged", "corrected")


def batches(connection: Connection, most: int = 500) -> pd.DataFrame:
    """The newest batches, the newest first.

    Columns: id, kind, file, sha256, loaded_at (UTC), loaded_by ("" for the command line), rows, loaded, unchanged,
    corrected, must_fix, explain, note (findings of each grade), undone_at (NaT where it stands), undone_by.
    """
    graded = [
        func.coalesce(func.sum(case((finding.c.grade == grade, 1), else_=0)), 0).label(grade) for grade in _GRADES
    ]
    counted = select(finding.c.batch_id, *graded).group_by(finding.c.batch_id).subquery()
    query = (
        select(
            *(batch.c[name] for name in _COLUMNS),
            *(func.coalesce(counted.c[grade], 0) for grade in _GRADES),
            batch.c.undone_at,
            batch.c.undone_by,
        )
        .select_from(batch.outerjoin(counted, counted.c.batch_id == batch.c.id))
        .order_by(batch.c.id.desc())
        .limit(most)
    )
    rows = [tuple(row) for row in connection.execute(query)]
    found = pd.DataFrame(rows, columns=[*_COLUMNS, *_GRADES, "undone_at", "undone_by"])
    return found.assign(
        loaded_at=pd.to_datetime(found["loaded_at"], utc=True), undone_at=pd.to_datetime(found["undone_at"], utc=True)
    )


def newest(connection: Connection) -> int | None:
    """The batch that would be undone next: the newest that stands; None where there is none."""
    return connection.execute(select(func.max(batch.c.id)).where(batch.c.undone_at.is_(None))).scalar()
