"""Bulletins as rows: drafts that change, published ones that do not, and the history of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from monitor.store.schema import bulletin, bulletin_event
from monitor.store.scope import Scope

DRAFT, PUBLISHED = "draft", "published"


@dataclass(frozen=True)
class Entry:
    """A bulletin without its content and files. number … published_by: None for a draft; withdrawn_by: number of the
    one that withdrew it, None while it stands."""

    id: int
    sector: str
    as_of: date
    state: str
    revision: int
    title: str
    created_at: datetime
    created_by: str
    number: str | None
    year: int | None
    serial: int | None
    withdraws_id: int | None
    sha256: str | None
    published_at: datetime | None
    published_by: str | None
    withdrawn_by: str | None = None


@dataclass(frozen=True)
class Event:
    """What was done to a bulletin, by whom, when."""

    at: datetime
    actor: str
    action: str
    detail: Mapping[str, Any]


class Moved(Exception):
    """The draft is another by now: somebody changed, published or deleted it in between."""


_COLUMNS = (
    "id", "sector", "as_of", "state", "revision", "created_at", "created_by", "number", "year", "serial",
    "withdraws_id", "sha256", "published_at", "published_by",
)  # fmt: skip


def entries(connection: Connection, scope: Scope, drafts: frozenset[str]) -> list[Entry]:
    """The bulletins that an account may read, the newest first: published ones of its sectors, and the drafts of the
    sectors in `drafts`, those whose bulletins it writes."""
    return [entry for entry in _entries(connection) if _readable(entry, scope, drafts)]


def entry(connection: Connection, scope: Scope, drafts: frozenset[str], number: int) -> Entry | None:
    """One bulletin by its id; None where there is none that may be read."""
    return next((found for found in entries(connection, scope, drafts) if found.id == number), None)


def _readable(entry: Entry, scope: Scope, drafts: frozenset[str]) -> bool:
    if scope.sees_nothing or entry.sector not in scope.sectors:
        return False
    return entry.state == PUBLISHED or entry.sector in drafts


def _entries(connection: Connection) -> list[Entry]:
    later = bulletin.alias("later")
    query: Select[Any] = (
        select(*(bulletin.c[name] for name in _COLUMNS), bulletin.c.content["title"].as_string(), later.c.number)
        .select_from(bulletin.outerjoin(later, later.c.withdraws_id == bulletin.c.id))
        .order_by(func.coalesce(bulletin.c.published_at, "9999"), bulletin.c.id)
    )
    found = []
    for row in connection.execute(query):
        *plain, title, withdrawn_by = row
        found.append(Entry(**dict(zip(_COLUMNS, plain, strict=True)), title=title or "", withdrawn_by=withdrawn_by))
    return found[::-1]


def content(connection: Connection, number: int) -> dict[str, Any]:
    """The content of a bulletin, whose right to be read was asked of `entry`."""
    found: dict[str, Any] = connection.execute(select(bulletin.c.content).where(bulletin.c.id == number)).scalar_one()
    return found


def file(connection: Connection, number: int, kind: str) -> bytes | None:
    """The docx or pdf that a bulletin was published with."""
    found: bytes | None = connection.execute(select(bulletin.c[kind]).where(bulletin.c.id == number)).scalar()
    return found


def history(connection: Connection, number: int) -> list[Event]:
    """What was done to a bulletin, the newest first."""
    rows = connection.execute(
        select(bulletin_event.c.at, bulletin_event.c.actor, bulletin_event.c.action, bulletin_event.c.detail)
        .where(bulletin_event.c.bulletin_id == number)
        .order_by(bulletin_event.c.seq.desc())
    )
    return [Event(row.at, row.actor, row.action, row.detail or {}) for row in rows]


# ---- writing -----------------------------------------------------------------------------------------------------


def add(connection: Connection, sector: str, as_of: date, document: Mapping[str, Any], by: str, at: datetime) -> int:
    """Write a new draft; its id."""
    number = (connection.execute(select(func.max(bulletin.c.id))).scalar() or 0) + 1
    connection.execute(
        insert(bulletin).values(
            id=number, sector=sector, as_of=as_of, state=DRAFT, revision=1, content=dict(document), created_at=at, created_by=by
        )
    )  # fmt: skip
    return number


def change(connection: Connection, number: int, revision: int, document: Mapping[str, Any]) -> int:
    """Write the content of a draft; its new revision.

    Raises:
        Moved: the draft is not at this revision any more.
    """
    changed = connection.execute(
        update(bulletin)
        .where(bulletin.c.id == number, bulletin.c.state == DRAFT, bulletin.c.revision == revision)
        .values(content=dict(document), revision=revision + 1)
    )
    if changed.rowcount != 1:
        raise Moved
    return revision + 1


def publish(connection: Connection, key: int, revision: int, **values: Any) -> None:
    """Freeze a draft. values: content, number, year, serial, withdraws_id, docx, pdf, sha256, published_at,
    published_by.

    Raises:
        Moved: the draft is not at this revision any more.
        sqlalchemy.exc.IntegrityError: the number is taken.
    """
    changed = connection.execute(
        update(bulletin)
        .where(bulletin.c.id == key, bulletin.c.state == DRAFT, bulletin.c.revision == revision)
        .values(state=PUBLISHED, **values)
    )
    if changed.rowcount != 1:
        raise Moved


def remove(connection: Connection, number: int, revision: int) -> None:
    """Delete a draft with its history.

    Raises:
        Moved: it is not at this revision any more.
    """
    here = bulletin.c.id == number, bulletin.c.state == DRAFT, bulletin.c.revision == revision
    if connection.execute(select(bulletin.c.id).where(*here)).first() is None:
        raise Moved
    connection.execute(delete(bulletin_event).where(bulletin_event.c.bulletin_id == number))
    connection.execute(delete(bulletin).where(*here))


def last_serial(connection: Connection, sector: str, year: int) -> int:
    """The highest number that a sector's bulletins have in a year; 0 before the first."""
    query = select(func.max(bulletin.c.serial)).where(bulletin.c.sector == sector, bulletin.c.year == year)
    return connection.execute(query).scalar() or 0


def number_taken(connection: Connection, number: str) -> bool:
    """Whether a bulletin has this document number."""
    return connection.execute(select(bulletin.c.id).where(bulletin.c.number == number)).first() is not None


def note(connection: Connection, number: int, actor: str, action: str, at: datetime, detail: Mapping[str, Any]) -> None:
    """Add to the history of a bulletin."""
    last = select(func.max(bulletin_event.c.seq)).where(bulletin_event.c.bulletin_id == number)
    seq = (connection.execute(last).scalar() or 0) + 1
    connection.execute(
        insert(bulletin_event).values(
            bulletin_id=number, seq=seq, at=at, actor=actor, action=action, detail=dict(detail)
        )
    )
