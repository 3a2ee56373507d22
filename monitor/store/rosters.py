"""Rosters of working groups: who is on them, where each unit stands, what became of them.

The people are in roster_member and nowhere else: no event, no audit line, no row kept for an undo, no finding has a word
of them, so that an erasure empties one table. Who may read them is decided here (`Scope.contacts`): the unit itself, and
whoever stands above all units. Everybody else has counts and states.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, and_, delete, func, insert, select, text, update

from monitor.rosters import CELLS, Member
from monitor.store import meta
from monitor.store.engine import Store
from monitor.store.read.common import all_of, within
from monitor.store.read.contacts import CURRENT, may_read
from monitor.store.schema import roster, roster_event, roster_member, unit
from monitor.store.scope import OutOfScope, Scope

RETURNED: Final = "returned"
"""The event of a return; its detail holds the reason, which an erasure takes away."""

STATES: Final = ("version", "electronic_at", "paper_on", "checked_at", "accepted_at", "returned_at", "erased_at")
_UNIT: Final = ("code", "name", "kind", "sector", "level", "ownership", "place_code", "opened", "closed")
_CELLS: Final = tuple(roster_member.c[name] for name in CELLS)


# ---- reading -----------------------------------------------------------------------------------------------------


def members(connection: Connection, scope: Scope, unit_id: int) -> list[Member]:
    """The people on a unit's roster, in its order.

    Raises:
        OutOfScope: they are not for this account.
    """
    allowed = connection.execute(select(unit.c.id).where(unit.c.id == unit_id, may_read(scope))).first()
    if allowed is None:
        raise OutOfScope(str(unit_id))
    return all_members(connection, unit_id)


def all_members(connection: Connection, unit_id: int) -> list[Member]:
    """The people on a unit's roster, whoever asks: for those who write it, in a transaction that writes."""
    rows = connection.execute(
        select(*_CELLS)
        .where(roster_member.c.unit_id == unit_id, roster_member.c.replaced_by == CURRENT)
        .order_by(roster_member.c.seq)
    )
    return [Member(**{name: value or "" for name, value in row.items()}) for row in rows.mappings()]


def standing(connection: Connection, scope: Scope, kinds: Sequence[str]) -> pd.DataFrame:
    """All units of some kinds in the scope, whenever they are open, and how far their rosters are.

    Columns: unit (id), code, name, kind, sector, level, ownership, place_code, opened, closed; version (0 without a
    roster), electronic_at, checked_at, accepted_at, returned_at, erased_at (aware datetimes or None), paper_on (date or
    None), members (how many people). In the order of the codes; units merged into another are left out.
    """
    counted = (
        select(roster_member.c.unit_id, func.count().label("members"))
        .where(roster_member.c.replaced_by == CURRENT)
        .group_by(roster_member.c.unit_id)
        .subquery()
    )
    listed = all_of(scope, kinds)
    query = (
        select(
            listed.c.id,
            *(listed.c[name] for name in _UNIT),
            *(roster.c[name] for name in STATES),
            func.coalesce(counted.c.members, 0),
        )
        .select_from(
            listed.outerjoin(roster, roster.c.unit_id == listed.c.id).outerjoin(
                counted, counted.c.unit_id == listed.c.id
            )
        )
        .order_by(listed.c.code)
    )
    columns = ["unit", *_UNIT, *STATES, "members"]
    found = pd.DataFrame([tuple(row) for row in connection.execute(query)], columns=columns, dtype=object)
    found["version"] = [value or 0 for value in found["version"]]
    return found.astype({"unit": "int64", "version": "int64", "members": "int64"})


def reason(connection: Connection, scope: Scope, unit_id: int) -> str:
    """Why a unit's roster was returned; "" where it was not, or where its people may not be read."""
    query = select(roster.c.reason).join(unit, unit.c.id == roster.c.unit_id)
    found = connection.execute(query.where(roster.c.unit_id == unit_id, may_read(scope))).scalar()
    return found or ""


def history(connection: Connection, scope: Scope, unit_id: int) -> pd.DataFrame:
    """What became of a unit's roster, the newest first: at (UTC), actor, event, detail (a dict or None).

    Reasons of returns (detail["reason"]) only where the people may be read.
    """
    personal = connection.execute(select(unit.c.id).where(unit.c.id == unit_id, may_read(scope))).first()
    query = (
        select(roster_event.c.at, roster_event.c.actor, roster_event.c.event, roster_event.c.detail)
        .join(unit, unit.c.id == roster_event.c.unit_id)
        .where(roster_event.c.unit_id == unit_id, text(within(scope, "unit")))
        .order_by(roster_event.c.id.desc())
    )
    rows = [
        (*row[:3], row[3] if personal or "reason" not in (row[3] or {}) else None) for row in connection.execute(query)
    ]
    return pd.DataFrame(rows, columns=["at", "actor", "event", "detail"], dtype=object)


# ---- writing: inside a transaction that writes -------------------------------------------------------------------


def version(connection: Connection, unit_id: int) -> int:
    """A number that every change of a unit's roster raises; 0 where it never had one."""
    return connection.execute(select(roster.c.version).where(roster.c.unit_id == unit_id)).scalar() or 0


def state(connection: Connection, unit_id: int) -> dict[str, Any]:
    """A unit's row of the table roster; {} where it never had one."""
    row = connection.execute(select(roster).where(roster.c.unit_id == unit_id)).mappings().first()
    return dict(row) if row else {}


def last_reason(connection: Connection, unit_id: int) -> str | None:
    """The reason of the last return; None without one."""
    query = select(roster_event.c.detail).where(roster_event.c.unit_id == unit_id, roster_event.c.event == RETURNED)
    detail = connection.execute(query.order_by(roster_event.c.id.desc()).limit(1)).scalar()
    return (detail or {}).get("reason")


def change(
    connection: Connection, unit_id: int, at: datetime, by: str, event: str, detail: dict[str, Any] | None = None, **values: Any
) -> None:  # fmt: skip
    """Set columns of a unit's roster, raise its version, and write the event into its history."""
    known = version(connection, unit_id)
    fresh = {**values, "version": known + 1, "changed_at": at, "changed_by": by}
    if known:
        connection.execute(update(roster).where(roster.c.unit_id == unit_id).values(**fresh))
    else:
        connection.execute(insert(roster).values(unit_id=unit_id, **fresh))
    record_event(connection, unit_id, at, by, event, detail)
    meta.raise_filings_version(connection)


def record_event(
    connection: Connection, unit_id: int, at: datetime, by: str, event: str, detail: dict[str, Any] | None = None
) -> None:
    """Write into a roster's history. `detail` holds numbers, days and the reason of a return, nothing of people."""
    number = (connection.execute(select(func.max(roster_event.c.id))).scalar() or 0) + 1
    connection.execute(
        insert(roster_event).values(id=number, unit_id=unit_id, at=at, actor=by, event=event, detail=detail)
    )


def write(connection: Connection, unit_id: int, people: Sequence[Member]) -> bool:
    """Put these people in the place of those on a unit's roster; whether that changes anything.

    What batches have replaced of this unit before is let go: what a unit writes itself, no undo takes back.
    """
    if list(people) == all_members(connection, unit_id):
        return False
    forget(connection, [unit_id])
    _insert(connection, unit_id, people, None)
    return True


def write_batch(connection: Connection, unit_id: int, people: Sequence[Member], batch_id: int) -> None:
    """Put a batch's people in the place of those on a unit's roster, which stay for the undo of the batch."""
    connection.execute(
        update(roster_member)
        .where(roster_member.c.unit_id == unit_id, roster_member.c.replaced_by == CURRENT)
        .values(replaced_by=batch_id)
    )
    _insert(connection, unit_id, people, batch_id)


def take_back(connection: Connection, unit_id: int, batch_id: int) -> bool:
    """Put the people back whom a batch replaced; whether there was still anything of the batch to take back.

    Where the unit has written its roster since, or it was erased, it stays as it is.
    """
    own = and_(
        roster_member.c.unit_id == unit_id,
        roster_member.c.replaced_by == CURRENT,
        roster_member.c.batch_id == batch_id,
    )
    if connection.execute(select(roster_member.c.seq).where(own).limit(1)).first() is None:
        return False
    with _Overwriting(connection):
        connection.execute(delete(roster_member).where(own))
        connection.execute(
            update(roster_member)
            .where(roster_member.c.unit_id == unit_id, roster_member.c.replaced_by == batch_id)
            .values(replaced_by=CURRENT)
        )
    return True


def _insert(connection: Connection, unit_id: int, people: Sequence[Member], batch_id: int | None) -> None:
    if people:
        rows = [
            {**asdict(member), "mobile": member.mobile or None, "unit_id": unit_id, "replaced_by": CURRENT, "seq": seq,
             "batch_id": batch_id}
            for seq, member in enumerate(people, 1)
        ]  # fmt: skip
        connection.execute(insert(roster_member), rows)


def forget(connection: Connection, units: Iterable[int]) -> int:
    """Delete the people on the rosters of units, those kept for an undo as well; how many lines there were.

    The whole table, which is small, is written anew, so that its pages in the file hold nothing of them either.
    """
    gone = sorted(set(units))
    kept = [dict(row) for row in connection.execute(select(roster_member)).mappings()]
    left = [row for row in kept if row["unit_id"] not in gone]
    if len(left) < len(kept):
        with _Overwriting(connection):
            connection.execute(delete(roster_member))
        if left:
            connection.execute(insert(roster_member), left)
    return len(kept) - len(left)


def forget_words(connection: Connection, unit_id: int) -> None:
    """Delete what people wrote about a unit's roster: the reasons of its returns."""
    with _Overwriting(connection):
        connection.execute(update(roster).where(roster.c.unit_id == unit_id).values(reason=None))
        returned = and_(roster_event.c.unit_id == unit_id, roster_event.c.event == RETURNED)
        connection.execute(update(roster_event).where(returned).values(detail=None))


def settle(store: Store) -> None:
    """After an erasure: nothing of what was deleted stays in the files of the database."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if store.is_sqlite:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.exec_driver_sql("VACUUM FULL roster_member")
            connection.exec_driver_sql("VACUUM FULL roster_event")
            connection.exec_driver_sql("VACUUM FULL roster")


class _Overwriting:
    """SQLite leaves what is deleted in the file until its place is needed; in here it is overwritten at once."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def __enter__(self) -> None:
        self._set("ON")

    def __exit__(self, *_of: object) -> None:
        self._set("OFF")

    def _set(self, value: str) -> None:
        if self.connection.dialect.name == "sqlite":
            self.connection.exec_driver_sql(f"PRAGMA secure_delete = {value}")
