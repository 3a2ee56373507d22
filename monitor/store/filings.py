"""Filings: what units have handed in, and who would have to."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, and_, func, insert, select, text

from monitor.store.read.common import within
from monitor.store.schema import filing, unit
from monitor.store.scope import Scope

MONTHLY = "monthly"
SUBMITTED = "submitted"

_UNIT_COLUMNS = ("code", "name", "kind", "sector", "level", "ownership", "place_code", "opened", "closed")


def record(connection: Connection, form: str, submissions: Iterable[tuple[int, str, datetime]]) -> int:
    """Record submissions: unit id, period (YYYY-MM), moment. The first of a unit and period counts, whichever comes
    first here; later ones change nothing. How many were new.

    Raises:
        ValueError: a moment without a time zone.
    """
    first: dict[tuple[int, str], datetime] = {}
    for unit_id, period, moment in submissions:
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        key = unit_id, period
        first[key] = min(first.get(key, moment), moment)
    rows = connection.execute(select(filing.c.unit_id, filing.c.period).where(filing.c.form == form))
    known = {(row.unit_id, row.period) for row in rows}
    new = [(key, moment) for key, moment in first.items() if key not in known]
    start = connection.execute(select(func.max(filing.c.id))).scalar() or 0
    if new:
        connection.execute(
            insert(filing),
            [
                {"id": start + number, "unit_id": unit_id, "form": form, "period": period, "content": None,
                 "submitted_at": moment, "state": SUBMITTED}
                for number, ((unit_id, period), moment) in enumerate(new, 1)
            ],
        )  # fmt: skip
    return len(new)


def filers(connection: Connection, scope: Scope, form: str, period: str, kinds: Sequence[str]) -> pd.DataFrame:
    """All units of some kinds in the scope, whenever they are open, with what they filed for a period.

    Columns: unit (id), code, name, kind, sector, level, ownership, place_code, opened, closed (dates or None),
    submitted_at (aware datetime in UTC, or None); in the order of the codes. Units merged into another are left out.
    """
    filed = and_(filing.c.unit_id == unit.c.id, filing.c.form == form, filing.c.period == period)
    query = (
        select(unit.c.id, *(unit.c[name] for name in _UNIT_COLUMNS), filing.c.submitted_at)
        .select_from(unit.outerjoin(filing, filed))
        .where(unit.c.kind.in_(kinds), unit.c.successor_id.is_(None), text(within(scope, "unit")))
        .order_by(unit.c.code)
    )
    rows = [tuple(row) for row in connection.execute(query)]
    return pd.DataFrame(rows, columns=["unit", *_UNIT_COLUMNS, "submitted_at"], dtype=object).astype({"unit": "int64"})
