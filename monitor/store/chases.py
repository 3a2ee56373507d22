"""Chases as rows: what a unit was asked for, by the unit directly above it, and what became of that.

A chase is seen by the two units that it is between, and by those who see everything: nobody else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, text, true, update

from monitor.store.read.common import within
from monitor.store.schema import chase, chase_event, unit
from monitor.store.scope import OutOfScope, Scope

OPEN: Final = ("draft", "sending", "sent")
"""The states of a chase whose matter is not closed."""

_COLUMNS: Final = (
    "id", "unit_id", "obligation", "stage", "round", "superior_id", "state", "facts", "text", "channel", "created_at",
    "sent_at", "closed_at",
)  # fmt: skip


@dataclass(frozen=True)
class NewChase:
    """A chase to be drafted. `facts` are the figures that its text is made of."""

    unit_id: int
    superior_id: int
    obligation: str
    stage: str
    round: int
    facts: Mapping[str, Any]
    text: str


def listed(
    connection: Connection, scope: Scope, *, superior: int | None = None, states: Sequence[str] = ()
) -> pd.DataFrame:
    """Chases that the scope may see, the newest first: those of one superior, or in some states, where named.

    Columns: id, unit_id, obligation, stage, round, superior_id, state, facts, text, channel, created_at, sent_at,
    closed_at, and code, name, kind, sector of the unit.
    """
    query = (
        select(*(chase.c[name] for name in _COLUMNS), unit.c.code, unit.c.name, unit.c.kind, unit.c.sector)
        .join(unit, unit.c.id == chase.c.unit_id)
        .where(_between(scope), text(within(scope, "unit")))
        .order_by(chase.c.id.desc())
    )
    if superior is not None:
        query = query.where(chase.c.superior_id == superior)
    if states:
        query = query.where(chase.c.state.in_(states))
    rows = [tuple(row) for row in connection.execute(query)]
    return pd.DataFrame(rows, columns=[*_COLUMNS, "code", "name", "kind", "sector"], dtype=object)


def one(connection: Connection, scope: Scope, chase_id: int) -> dict[str, Any]:
    """One chase, its columns as in `listed`.

    Raises:
        OutOfScope: there is none, or it is between others.
    """
    query = (
        select(chase, unit.c.code, unit.c.name, unit.c.kind, unit.c.sector)
        .join(unit, unit.c.id == chase.c.unit_id)
        .where(chase.c.id == chase_id, _between(scope), text(within(scope, "unit")))
    )
    found = connection.execute(query).mappings().first()
    if found is None:
        raise OutOfScope(str(chase_id))
    return dict(found)


def some(connection: Connection, scope: Scope, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Those of some chases that the scope may see: id, unit_id, obligation, stage."""
    query = (
        select(chase.c.id, chase.c.unit_id, chase.c.obligation, chase.c.stage)
        .join(unit, unit.c.id == chase.c.unit_id)
        .where(chase.c.id.in_(ids), _between(scope), text(within(scope, "unit")))
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def history(connection: Connection, scope: Scope, chase_id: int) -> pd.DataFrame:
    """What became of a chase, the oldest first: at, actor, action, detail.

    Raises:
        OutOfScope: as `one`.
    """
    one(connection, scope, chase_id)
    rows = connection.execute(
        select(chase_event.c.at, chase_event.c.actor, chase_event.c.action, chase_event.c.detail)
        .where(chase_event.c.chase_id == chase_id)
        .order_by(chase_event.c.seq)
    )
    return pd.DataFrame([tuple(row) for row in rows], columns=["at", "actor", "action", "detail"], dtype=object)


def of_superior(connection: Connection, superior_id: int) -> list[dict[str, Any]]:
    """Every chase of one superior, with the sector of the unit, the oldest first: what a new list is held against."""
    rows = connection.execute(
        select(chase, unit.c.sector)
        .join(unit, unit.c.id == chase.c.unit_id)
        .where(chase.c.superior_id == superior_id)
        .order_by(chase.c.id)
    )
    return [dict(row) for row in rows.mappings()]


def sent_since(connection: Connection, moment: datetime) -> dict[int, int]:
    """How many chases were sent since a moment, by unit."""
    rows = connection.execute(
        select(chase.c.unit_id, func.count())
        .where(chase.c.sent_at >= moment, chase.c.state.in_(("sending", "sent", "done")))
        .group_by(chase.c.unit_id)
    )
    return {row[0]: row[1] for row in rows}


# ---- writing -----------------------------------------------------------------------------------------------------


def add(connection: Connection, new: Iterable[NewChase], actor: str, at: datetime) -> int:
    """Draft chases; how many."""
    start = connection.execute(select(func.max(chase.c.id))).scalar() or 0
    rows = [
        {"id": start + number, "unit_id": one.unit_id, "superior_id": one.superior_id, "obligation": one.obligation,
         "stage": one.stage, "round": one.round, "state": "draft", "facts": dict(one.facts), "text": one.text,
         "created_at": at}
        for number, one in enumerate(new, 1)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(chase), rows)
        events = [{"chase_id": row["id"], "seq": 1, "at": at, "actor": actor, "action": "draft"} for row in rows]
        connection.execute(insert(chase_event), events)
    return len(rows)


def rewrite(connection: Connection, chase_id: int, facts: Mapping[str, Any], words: str) -> None:
    """Give a draft the facts of today."""
    connection.execute(
        update(chase).where(chase.c.id == chase_id, chase.c.state == "draft").values(facts=dict(facts), text=words)
    )


def move(
    connection: Connection,
    chase_id: int,
    before: Sequence[str],
    state: str,
    actor: str,
    at: datetime,
    *,
    channel: str | None = None,
    detail: str | None = None,
) -> bool:
    """Bring a chase from one of the states `before` to `state`, with a line in its history; whether it was in one.

    Two who want the same at once: only one of them gets True.
    """
    values: dict[str, Any] = {"state": state}
    if state == "sending":
        values |= {"channel": channel, "sent_at": at}
    elif state == "draft":
        values |= {"channel": None, "sent_at": None}
    elif state == "sent":
        values |= {"channel": channel, "sent_at": at} if channel else {"sent_at": at}
    else:
        values["closed_at"] = at
    moved = connection.execute(
        update(chase).where(chase.c.id == chase_id, chase.c.state.in_(before)).values(**values)
    ).rowcount
    if moved:
        last = connection.execute(
            select(func.max(chase_event.c.seq)).where(chase_event.c.chase_id == chase_id)
        ).scalar_one()
        connection.execute(
            insert(chase_event).values(chase_id=chase_id, seq=last + 1, at=at, actor=actor, action=state, detail=detail)
        )
    return bool(moved)


def _between(scope: Scope) -> ColumnElement[bool]:
    """Whether a chase is to or from one of the units that the scope stands for."""
    if scope.everything:
        return true()
    roots = sorted(scope.roots)
    return and_(true(), or_(chase.c.unit_id.in_(roots), chase.c.superior_id.in_(roots)))
