"""Filings: what units have handed in, what became of it, and who would have to. Every call takes a scope but that
which loads a list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, select, update

from monitor.store import meta
from monitor.store.read.common import all_of
from monitor.store.read.tree import unit_by_id
from monitor.store.schema import filing, filing_event
from monitor.store.scope import Scope

MONTHLY = "monthly"
DRAFT, SUBMITTED, RETURNED, ACCEPTED = STATES = ("draft", "submitted", "returned", "accepted")
"""The states of a filing's life."""

_UNIT_COLUMNS = ("code", "name", "kind", "sector", "level", "ownership", "place_code", "opened", "closed")


class Stale(Exception):
    """The filing was changed by somebody else since it was read; nothing was written."""


@dataclass(frozen=True)
class Filing:
    """One unit's filing for a period. content: the draft; submitted_at: its first submission; version 0: nothing yet."""

    unit_id: int
    form: str
    period: str
    content: Mapping[str, Any]
    submitted_at: datetime | None = None
    state: str = DRAFT
    version: int = 0
    saved_at: datetime | None = None
    saved_by: str | None = None
    id: int | None = None


@dataclass(frozen=True)
class Event:
    """What became of a filing: who (account, and how it was shown then), when, the state that it led to, why; content:
    what was submitted, frozen."""

    at: datetime
    actor: str
    actor_title: str
    state: str
    reason: str | None
    version: int
    content: Mapping[str, Any] | None = None


def find(connection: Connection, scope: Scope, unit_id: int, form: str, period: str) -> Filing:
    """The filing of a unit of the scope; an empty draft, version 0, where there is none yet.

    Raises:
        OutOfScope: there is no such unit in the scope.
    """
    unit_by_id(connection, scope, unit_id)
    key = (filing.c.unit_id == unit_id, filing.c.form == form, filing.c.period == period)
    row = connection.execute(select(filing).where(*key)).mappings().first()
    if row is None:
        return Filing(unit_id, form, period, {})
    return Filing(**{**row, "content": row["content"] or {}})


def events(connection: Connection, scope: Scope, found: Filing) -> list[Event]:
    """What became of a filing, oldest first.

    Raises:
        OutOfScope: its unit is not in the scope.
    """
    unit_by_id(connection, scope, found.unit_id)
    columns = [filing_event.c[name] for name in Event.__dataclass_fields__]
    query = select(*columns).where(filing_event.c.filing_id == found.id).order_by(filing_event.c.seq)
    return [Event(**row) for row in connection.execute(query).mappings()]


def save(
    connection: Connection, scope: Scope, found: Filing, content: Mapping[str, Any], by: str, at: datetime
) -> Filing:
    """Write the draft of a filing as it was found; the filing as it is now.

    Raises:
        OutOfScope: its unit is not in the scope.
        Stale: it is not any more as it was found.
    """
    unit_by_id(connection, scope, found.unit_id)
    return _write(connection, found, {"content": content, "saved_at": at, "saved_by": by})


def move(connection: Connection, scope: Scope, found: Filing, event: Event) -> Filing:
    """Bring a filing into the state of an event, which is added to its history; the first submission is remembered.

    Raises:
        OutOfScope: its unit is not in the scope.
        Stale: it is not any more as it was found.
    """
    unit_by_id(connection, scope, found.unit_id)
    first = event.at if event.state == SUBMITTED and found.submitted_at is None else found.submitted_at
    moved = _write(connection, found, {"state": event.state, "submitted_at": first})
    assert moved.id is not None
    _append(connection, [(moved.id, event, moved.version)])
    meta.raise_filings_version(connection)
    return moved


def _write(connection: Connection, found: Filing, values: Mapping[str, Any]) -> Filing:
    row = {**_row(found), **values, "version": found.version + 1}
    if found.id is None:
        known = connection.execute(
            select(filing.c.id).where(
                filing.c.unit_id == found.unit_id, filing.c.form == found.form, filing.c.period == found.period
            )
        ).first()
        if known is not None:
            raise Stale
        row["id"] = (connection.execute(select(func.max(filing.c.id))).scalar() or 0) + 1
        connection.execute(insert(filing).values(**row))
    else:
        asked = (filing.c.id == found.id, filing.c.version == found.version)
        if connection.execute(update(filing).where(*asked).values(**row)).rowcount != 1:
            raise Stale
    return Filing(**row)


def _row(found: Filing) -> dict[str, Any]:
    return {name: getattr(found, name) for name in Filing.__dataclass_fields__}


def _append(connection: Connection, added: Iterable[tuple[int, Event, int]]) -> None:
    rows = []
    for filing_id, event, version in added:
        last = connection.execute(
            select(func.max(filing_event.c.seq)).where(filing_event.c.filing_id == filing_id)
        ).scalar()
        values = {name: getattr(event, name) for name in Event.__dataclass_fields__}
        rows.append({**values, "filing_id": filing_id, "seq": (last or 0) + 1, "version": version})
    if rows:
        connection.execute(insert(filing_event), rows)


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
        numbered = list(enumerate(new, start + 1))
        rows_of = [
            _row(Filing(unit_id, form, period, {}, moment, SUBMITTED, 1, id=number))
            for number, ((unit_id, period), moment) in numbered
        ]
        connection.execute(insert(filing), rows_of)
        _append(
            connection, [(number, Event(moment, "", "", SUBMITTED, None, 1), 1) for number, (_key, moment) in numbered]
        )
        meta.raise_filings_version(connection)
    return len(new)


def filers(
    connection: Connection, scope: Scope, form: str, period: str, kinds: Sequence[str], at: datetime | None = None
) -> pd.DataFrame:
    """All units of some kinds in the scope, whenever they are open, with what they filed for a period.

    Columns: unit (id), code, name, kind, sector, level, ownership, place_code, opened, closed (dates or None),
    submitted_at (aware datetime in UTC, or None), life (one of STATES, as it was at `at`; None: nothing was filled in); in
    the order of the codes. Units merged into another are left out.
    """
    listed = all_of(scope, kinds)
    filed = and_(filing.c.unit_id == listed.c.id, filing.c.form == form, filing.c.period == period)
    query = (
        select(listed.c.id, *(listed.c[name] for name in _UNIT_COLUMNS), filing.c.submitted_at, _life(at))
        .select_from(listed.outerjoin(filing, filed))
        .order_by(listed.c.code)
    )
    rows = [tuple(row) for row in connection.execute(query)]
    columns = ["unit", *_UNIT_COLUMNS, "submitted_at", "life"]
    return pd.DataFrame(rows, columns=columns, dtype=object).astype({"unit": "int64"})


def _life(at: datetime | None) -> ColumnElement[Any]:
    """The state of a filing as it was at a moment: what the last event up to then led to. Of a draft only the last saving
    is known: before it, and before the first event, nothing was there."""
    if at is None:
        return filing.c.state
    last = (
        select(filing_event.c.state)
        .where(filing_event.c.filing_id == filing.c.id, filing_event.c.at <= at)
        .order_by(filing_event.c.seq.desc())
        .limit(1)
        .correlate(filing)
        .scalar_subquery()
    )
    return func.coalesce(last, case((and_(filing.c.state == DRAFT, filing.c.saved_at <= at), DRAFT)))
