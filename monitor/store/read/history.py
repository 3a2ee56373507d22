"""All batches that were ever loaded, for those who look after the store."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, case, func, select

from monitor.store.schema import batch, batch_day, batch_row, finding, finding_answer

_GRADES = ("must_fix", "explain", "note")
_COLUMNS = ("id", "kind", "file", "sha256", "loaded_at", "loaded_by", "rows", "loaded", "unchanged", "corrected")


def batches(connection: Connection, most: int = 500) -> pd.DataFrame:
    """The newest batches, the newest first.

    Columns: id, kind, file, sha256, loaded_at (UTC), loaded_by ("" for the command line), rows, loaded, unchanged,
    corrected, first_day, last_day (datetime64, NaT without), days, must_fix, explain, note (findings of each grade),
    undone_at (NaT where it stands), undone_by.
    """
    graded = [
        func.coalesce(func.sum(case((finding.c.grade == grade, 1), else_=0)), 0).label(grade) for grade in _GRADES
    ]
    counted = select(finding.c.batch_id, *graded).group_by(finding.c.batch_id).subquery()
    daily = (
        select(
            batch_day.c.batch_id,
            func.min(batch_day.c.day).label("first"),
            func.max(batch_day.c.day).label("last"),
            func.count().label("days"),
        )
        .group_by(batch_day.c.batch_id)
        .subquery()
    )
    query = (
        select(
            *(batch.c[name] for name in _COLUMNS),
            daily.c.first,
            daily.c.last,
            func.coalesce(daily.c.days, 0),
            *(func.coalesce(counted.c[grade], 0) for grade in _GRADES),
            batch.c.undone_at,
            batch.c.undone_by,
        )
        .select_from(
            batch.outerjoin(counted, counted.c.batch_id == batch.c.id).outerjoin(daily, daily.c.batch_id == batch.c.id)
        )
        .order_by(batch.c.id.desc())
        .limit(most)
    )
    rows = [tuple(row) for row in connection.execute(query)]
    found = pd.DataFrame(rows, columns=[*_COLUMNS, "first_day", "last_day", "days", *_GRADES, "undone_at", "undone_by"])
    return found.assign(
        first_day=pd.to_datetime(found["first_day"]),
        last_day=pd.to_datetime(found["last_day"]),
        loaded_at=pd.to_datetime(found["loaded_at"], utc=True),
        undone_at=pd.to_datetime(found["undone_at"], utc=True),
    )


def newest(connection: Connection) -> int | None:
    """The batch that would be undone next: the newest that stands; None where there is none."""
    return connection.execute(select(func.max(batch.c.id)).where(batch.c.undone_at.is_(None))).scalar()


@dataclass(frozen=True)
class TakenBack:
    """What the undo of a batch takes back. replaced: rows that are put back as they were; findings: that go, explained:
    of these have an explanation, that goes as well; reopened: older findings that are open again."""

    replaced: int
    findings: int
    explained: int
    reopened: int


def taken_back(connection: Connection, batch_id: int) -> TakenBack:
    """What the undo of a batch would take back besides the rows that it wrote."""

    def count(column: Any, *conditions: Any) -> int:
        return int(connection.execute(select(func.count(column)).where(*conditions)).scalar() or 0)

    own = finding.c.batch_id == batch_id
    said = select(finding_answer.c.finding_id).where(finding_answer.c.finding_id == finding.c.id).exists()
    return TakenBack(
        count(batch_row.c.seq, batch_row.c.batch_id == batch_id, batch_row.c.before.is_not(None)),
        count(finding.c.id, own),
        count(finding.c.id, own, said),
        count(finding.c.id, finding.c.closed_batch_id == batch_id, finding.c.answered_at.is_(None)),
    )
