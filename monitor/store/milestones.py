"""Milestones: what units report of the stages of the campaign, with their evidence and their history.

Reads take a scope. Nothing that was reported is lost: every correction and withdrawal leaves what it replaced in
milestone_event.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, and_, delete, func, insert, select, text, update

from monitor.store import meta
from monitor.store.filings import RETURNED
from monitor.store.read.common import all_of, of_sectors, open_on, shown_on, within
from monitor.store.schema import milestone, milestone_event, milestone_file, unit, unit_ancestor
from monitor.store.scope import OutOfScope, Scope
from monitor.units import KINDS

COUNTS: Final = ("sessions", "people", "schools")
_REACHED: Final = ("schools", "sessions", "people")
CONTENT: Final = ("done_on", "note", *COUNTS)
"""What a unit reports of a stage."""

_UNIT: Final = (
    "code",
    "name",
    "kind",
    "sector",
    "level",
    "ownership",
    "place_code",
    "opened",
    "closed",
    "shown_parent_id",
)
NO_VERDICT: Final = {"verdict": None, "verdict_at": None, "reason": None}
"""What stands in a report that has not been judged yet."""

_STATE: Final = ("version", *CONTENT, "reported_at", "reported_by", *NO_VERDICT)
_FILE: Final = ("id", "name", "media_type", "size", "added_at", "added_by")


# ---- reading -----------------------------------------------------------------------------------------------------


def standing(connection: Connection, scope: Scope, stage: str, kinds: Sequence[str]) -> pd.DataFrame:
    """All units of some kinds in the scope, whenever they are open, with what they report of a stage.

    Columns: unit (id), code, name, kind, sector, level, ownership, place_code, opened, closed, shown_parent_id; version
    (0 without a report), done_on (date or None), note, sessions, people, schools (numbers or None), reported_at, reported_by,
    verdict (accepted, returned, None), verdict_at, reason, files (how many). In the order of the codes; units merged into another are left out.
    """
    files = (
        select(milestone_file.c.unit_id, func.count().label("files"))
        .where(milestone_file.c.stage == stage)
        .group_by(milestone_file.c.unit_id)
        .subquery()
    )
    listed = all_of(scope, kinds)
    own = and_(milestone.c.unit_id == listed.c.id, milestone.c.stage == stage)
    query = (
        select(
            listed.c.id,
            *(listed.c[name] for name in _UNIT),
            *(milestone.c[name] for name in _STATE),
            func.coalesce(files.c.files, 0),
        )
        .select_from(listed.outerjoin(milestone, own).outerjoin(files, files.c.unit_id == listed.c.id))
        .order_by(listed.c.code)
    )
    rows = [tuple(row) for row in connection.execute(query)]
    found = pd.DataFrame(rows, columns=["unit", *_UNIT, *_STATE, "files"], dtype=object)
    found["version"] = [value or 0 for value in found["version"]]
    found["note"] = [value or "" for value in found["note"]]
    return found.astype({"unit": "int64", "version": "int64", "files": "int64"})


def reached(
    connection: Connection, scope: Scope, stage: str, below: Sequence[str], units: Sequence[int], day: date
) -> pd.DataFrame:
    """What units of the kinds `below` report of a stage, added up for the units above them (`reported`), beside what there is.

    Index unit; columns counties (units of the kinds below that have reported by the day), counties_total (those open that
    day), schools (reached, of all reports), schools_total (schools open that day), sessions, people.
    """
    found = reported(connection, scope, stage, below, units, day)
    found.insert(1, "counties_total", 0)
    found.insert(3, "schools_total", 0)
    for part, condition in _in_scope(connection, scope, units):
        totals = (
            select(unit_ancestor.c.ancestor_id, unit.c.kind, func.count())
            .select_from(unit_ancestor.join(unit, unit.c.id == unit_ancestor.c.unit_id))
            .where(
                unit_ancestor.c.ancestor_id.in_(part), unit_ancestor.c.depth > 0, text(condition),
                unit.c.successor_id.is_(None), unit.c.kind.in_([*below, "school"]), text(open_on(day, "unit")),
            )
            .group_by(unit_ancestor.c.ancestor_id, unit.c.kind)
        )  # fmt: skip
        for above, kind, count in connection.execute(totals):
            found.loc[above, "schools_total" if kind == "school" else "counties_total"] += count
    return found


def _in_scope(connection: Connection, scope: Scope, units: Sequence[int]) -> list[tuple[list[int], str]]:
    """Units, and what says which of those below them lie in the scope: below a unit of the scope it need not be asked of
    each school."""
    own = select(unit.c.id).where(unit.c.id.in_(list(units)), text(within(scope, "unit")))
    inside = list(connection.execute(own).scalars())
    outside = [one for one in units if one not in inside]
    parts = ((inside, of_sectors(scope, "unit")), (outside, within(scope, "unit")))
    return [(part, condition) for part, condition in parts if part]


def reported(
    connection: Connection, scope: Scope, stage: str, below: Sequence[str], units: Sequence[int], day: date
) -> pd.DataFrame:
    """What units of the kinds `below` report of a stage, added up for the units above them, the units' own report included.

    Index unit; columns counties, schools, sessions, people (`reached`). Reports of what was done after the day do not count.
    """
    result = pd.DataFrame(0, index=pd.Index(list(units), name="unit", dtype="int64"), columns=["counties", *_REACHED])
    done = and_(milestone.c.stage == stage, milestone.c.done_on <= day, milestone.c.unit_id == unit.c.id)
    reports = (
        select(unit_ancestor.c.ancestor_id, unit_ancestor.c.depth, *(milestone.c[name] for name in COUNTS))
        .select_from(unit_ancestor.join(unit, unit.c.id == unit_ancestor.c.unit_id).join(milestone, done))
        .where(
            unit_ancestor.c.ancestor_id.in_(list(units)), text(within(scope, "unit")), unit.c.successor_id.is_(None),
            (unit_ancestor.c.depth == 0) | unit.c.kind.in_(list(below)),
        )
    )  # fmt: skip
    for above, depth, *counts in connection.execute(reports):
        result.loc[above, "counties"] += int(depth > 0)
        for name, value in zip(COUNTS, counts, strict=True):
            result.loc[above, name] += value or 0
    return result


def schools_apart(connection: Connection, unit_id: int, kinds: Sequence[str], day: date) -> int:
    """How many schools below a unit, listed on the day, are not directly below a unit of some kinds."""
    offices = all_of(Scope(frozenset({unit_id})), [kind for kind in KINDS if kind not in (*kinds, "school")])
    one = unit.alias("u")
    query = (
        select(func.count())
        .select_from(one.join(offices, offices.c.id == one.c.shown_parent_id))
        .where(one.c.kind == "school", one.c.successor_id.is_(None), text(shown_on(day)))
    )
    return connection.execute(query).scalar_one()


def history(connection: Connection, scope: Scope, unit_id: int, stage: str) -> pd.DataFrame:
    """What became of a unit's report of a stage, the newest first: at (UTC), actor, event, detail (a dict or None)."""
    query = (
        select(*(milestone_event.c[name] for name in ("at", "actor", "event", "detail")))
        .join(unit, unit.c.id == milestone_event.c.unit_id)
        .where(milestone_event.c.unit_id == unit_id, milestone_event.c.stage == stage, text(within(scope, "unit")))
        .order_by(milestone_event.c.id.desc())
    )
    rows = [tuple(row) for row in connection.execute(query)]
    return pd.DataFrame(rows, columns=["at", "actor", "event", "detail"], dtype=object)


def files(connection: Connection, scope: Scope, unit_id: int, stage: str) -> pd.DataFrame:
    """The evidence of a unit for a stage, without its content: id, name, media_type, size (bytes), added_at, added_by."""
    query = (
        select(*(milestone_file.c[name] for name in _FILE))
        .join(unit, unit.c.id == milestone_file.c.unit_id)
        .where(milestone_file.c.unit_id == unit_id, milestone_file.c.stage == stage, text(within(scope, "unit")))
        .order_by(milestone_file.c.id)
    )
    return pd.DataFrame([tuple(row) for row in connection.execute(query)], columns=list(_FILE), dtype=object)


def content(connection: Connection, scope: Scope, file_id: int) -> bytes:
    """The content of a file of evidence.

    Raises:
        OutOfScope: there is no such file, or it is not for this account.
    """
    query = (
        select(milestone_file.c.content)
        .join(unit, unit.c.id == milestone_file.c.unit_id)
        .where(milestone_file.c.id == file_id, text(within(scope, "unit")))
    )
    found = connection.execute(query).first()
    if found is None:
        raise OutOfScope(str(file_id))
    return bytes(found.content)


# ---- writing: inside a transaction that writes -------------------------------------------------------------------


def state(connection: Connection, unit_id: int, stage: str) -> dict[str, Any]:
    """A unit's report of a stage as it stands; {} where there never was one."""
    query = select(milestone).where(milestone.c.unit_id == unit_id, milestone.c.stage == stage)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else {}


def change(connection: Connection, unit_id: int, stage: str, at: datetime, by: str, event: str, **values: Any) -> None:
    """Set columns of a report, raise its version, and write it into the history as it stands then."""
    known = state(connection, unit_id, stage)
    fresh = {"note": known.get("note", ""), **values, "version": known.get("version", 0) + 1}
    fresh |= {"changed_at": at, "changed_by": by}
    if known:
        where = and_(milestone.c.unit_id == unit_id, milestone.c.stage == stage)
        connection.execute(update(milestone).where(where).values(**fresh))
    else:
        connection.execute(insert(milestone).values(unit_id=unit_id, stage=stage, **fresh))
    stands = state(connection, unit_id, stage)
    told = ("reason",) if event == RETURNED else CONTENT
    kept = {name: stands[name] for name in told if stands[name] not in (None, "")}
    if isinstance(kept.get("done_on"), date):
        kept["done_on"] = kept["done_on"].isoformat()
    record_event(connection, unit_id, stage, at, by, event, kept or None)
    meta.raise_filings_version(connection)


def record_event(
    connection: Connection, unit_id: int, stage: str, at: datetime, by: str, event: str, detail: dict[str, Any] | None
) -> None:
    """Write into the history of a report."""
    number = (connection.execute(select(func.max(milestone_event.c.id))).scalar() or 0) + 1
    row = {"id": number, "unit_id": unit_id, "stage": stage, "at": at, "actor": by, "event": event, "detail": detail}
    connection.execute(insert(milestone_event).values(**row))


def count_files(connection: Connection, unit_id: int, stage: str) -> int:
    """How many files of evidence there are."""
    query = select(func.count()).select_from(milestone_file)
    return connection.execute(
        query.where(milestone_file.c.unit_id == unit_id, milestone_file.c.stage == stage)
    ).scalar_one()


def add_file(connection: Connection, unit_id: int, stage: str, **values: Any) -> int:
    """Write a file of evidence (name, media_type, size, sha256, content, added_at, added_by); its id."""
    number = (connection.execute(select(func.max(milestone_file.c.id))).scalar() or 0) + 1
    connection.execute(insert(milestone_file).values(id=number, unit_id=unit_id, stage=stage, **values))
    return number


def remove_file(connection: Connection, unit_id: int, stage: str, file_id: int) -> str | None:
    """Delete a file of evidence; its name, None where there is no such file of this unit and stage."""
    own = and_(milestone_file.c.id == file_id, milestone_file.c.unit_id == unit_id, milestone_file.c.stage == stage)
    name = connection.execute(select(milestone_file.c.name).where(own)).scalar()
    connection.execute(delete(milestone_file).where(own))
    return name
