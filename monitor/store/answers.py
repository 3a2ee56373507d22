"""Explanations of findings: given, changed, withdrawn. Each is kept; the newest stands in the finding itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from monitor.store import meta
from monitor.store.read.common import chunks
from monitor.store.read.findings import visible
from monitor.store.schema import finding, finding_answer
from monitor.store.scope import OutOfScope, Scope


class Stale(Exception):
    """One of the findings is not any more as it was seen: explained by somebody else, corrected, or undone."""


@dataclass(frozen=True)
class Said:
    """An explanation (answer None: its withdrawal), by whom, and when."""

    at: datetime
    actor: str
    actor_title: str
    answer: str | None


def explain(connection: Connection, scope: Scope, seen: Mapping[int, datetime | None], said: Said) -> None:
    """Write an explanation into findings, or withdraw it, all of them or none.

    `seen`: the findings (ids), each with the moment of the explanation that the writer has looked at (None: none).

    Raises:
        OutOfScope: one of them is about a unit outside of the scope, or is not there.
        Stale: one of them is not as it was seen.
    """
    for part in chunks(sorted(seen)):
        ids = ", ".join(str(int(number)) for number in part)
        rows = connection.execute(
            text(
                "SELECT f.id, f.answered_at, f.closed_batch_id FROM finding f LEFT JOIN unit u ON u.id = f.unit_id"
                f" WHERE f.id IN ({ids}) AND {visible(scope)}"
            ).columns(finding.c.id, finding.c.answered_at, finding.c.closed_batch_id)
        ).all()
        if len(rows) < len(part):
            raise OutOfScope(ids)
        if any(closed is not None or at != seen[number] for number, at, closed in rows):
            raise Stale(ids)
        _write(connection, list(part), said)
    meta.raise_answers_version(connection)


def _write(connection: Connection, ids: list[int], said: Said) -> None:
    gone = said.answer is None
    values = {
        "answer": said.answer,
        "answered_by": None if gone else said.actor,
        "answered_at": None if gone else said.at,
    }
    connection.execute(update(finding).where(finding.c.id == bindparam("number")).values(**values), [{"number": number} for number in ids])  # fmt: skip
    last: dict[int, int] = dict(
        connection.execute(
            select(finding_answer.c.finding_id, func.max(finding_answer.c.seq))
            .where(finding_answer.c.finding_id.in_(ids))
            .group_by(finding_answer.c.finding_id)
        ).all()
    )
    rows = [{"finding_id": number, "seq": last.get(number, 0) + 1, **vars(said)} for number in ids]
    connection.execute(insert(finding_answer), rows)
