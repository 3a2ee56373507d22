"""Findings: how many are open, grouped for a page, one by one.

A finding is open, answered (explained, the figures stand) or closed (a later file has corrected the figures). Those
about a whole file have no unit: only who sees everything sees them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, text

from monitor.store.read.common import chunks, days_of, within
from monitor.store.schema import day_number
from monitor.store.scope import Scope

GRADES: Final = ("must_fix", "explain", "note")
_GRADE_ORDER: Final = "CASE f.grade WHEN 'must_fix' THEN 0 WHEN 'explain' THEN 1 ELSE 2 END"

OPEN: Final = "open"
ANSWERED: Final = "answered"
CLOSED: Final = "closed"
STATES: Final = {
    OPEN: "(f.closed_batch_id IS NULL AND f.answered_at IS NULL)",
    ANSWERED: "(f.closed_batch_id IS NULL AND f.answered_at IS NOT NULL)",
    CLOSED: "(f.closed_batch_id IS NOT NULL)",
}
"""The states of a finding, as SQL."""


def of_files(scope: Scope) -> str:
    """The condition that a finding `f` is about a whole file, and may be seen."""
    return "f.unit_id IS NULL" if scope.everything else "1 = 0"


def visible(scope: Scope) -> str:
    """The condition that a finding `f`, with its unit `u`, may be seen."""
    return f"((f.unit_id IS NOT NULL AND {within(scope)}) OR {of_files(scope)})"


@dataclass(frozen=True)
class Wanted:
    """Which findings: of days up to `as_of`; "" and None narrow nothing down.

    about: "units", about the unit `unit_id` and all below it; "unit", about this very unit; "files", about no unit but
    a whole file; "all", units and files. sector: of the units; state: one of STATES; on: about this day.
    """

    as_of: date
    unit_id: int | None = None
    about: str = "units"
    sector: str = ""
    state: str = ""
    grade: str = ""
    code: str = ""
    on: date | None = None
    batch_id: int | None = None

    def condition(self, scope: Scope) -> tuple[str, dict[str, Any]]:
        """As SQL over a finding `f` and its unit `u`, with its values."""
        values: dict[str, Any] = {"as_of": day_number(self.as_of)}
        parts = [f"({self._about(scope, values)})", "COALESCE(f.day, 0) <= :as_of"]
        if self.state:
            parts.append(STATES[self.state])
        for name in ("grade", "code", "batch_id"):
            if getattr(self, name) not in ("", None):
                parts.append(f"f.{name} = :{name}")
                values[name] = getattr(self, name)
        if self.on is not None:
            parts.append("f.day = :on_day")
            values["on_day"] = day_number(self.on)
        return " AND ".join(parts), values

    def _about(self, scope: Scope, values: dict[str, Any]) -> str:
        if self.about == "files":
            return of_files(scope)
        units = f"f.unit_id IS NOT NULL AND {within(scope)}"
        if self.unit_id is not None:
            values["unit_id"] = self.unit_id
            below = "SELECT 1 FROM unit_ancestor z WHERE z.unit_id = f.unit_id AND z.ancestor_id = :unit_id"
            units += " AND f.unit_id = :unit_id" if self.about == "unit" else f" AND EXISTS ({below})"
        if self.sector:
            values["sector"] = self.sector
            units += " AND u.sector = :sector"
        return units if self.about != "all" else f"({units}) OR {of_files(scope)}"


def finding_counts(connection: Connection, scope: Scope, units: Iterable[int], as_of: date) -> pd.DataFrame:
    """Open findings of units and all below them, of days up to `as_of`: unit, must_fix, explain, note."""
    counts: dict[int, dict[str, int]] = {}
    for part in chunks(sorted(set(units))):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        rows = connection.execute(
            text(
                "SELECT a.ancestor_id, f.grade, COUNT(*) FROM finding f JOIN unit_ancestor a ON a.unit_id = f.unit_id"
                f" JOIN unit u ON u.id = f.unit_id WHERE a.ancestor_id IN ({ids}) AND {within(scope)}"
                f" AND {STATES[OPEN]} AND COALESCE(f.day, 0) <= :day GROUP BY a.ancestor_id, f.grade"
            ),
            {"day": day_number(as_of)},
        )
        for unit_id, grade, count in rows:
            counts.setdefault(unit_id, {})[grade] = count
    rows_out = [(unit_id, *(found.get(grade, 0) for grade in GRADES)) for unit_id, found in counts.items()]
    return pd.DataFrame(rows_out, columns=["unit", *GRADES])


_TALLIES: Final = {
    "code": (("f.code",), ""),
    "day": (("f.day",), ""),
    "sector": (("u.sector",), ""),
    "child": (
        ("c.id", "c.code", "c.name"),
        " LEFT JOIN (unit_ancestor x JOIN unit c ON c.id = x.ancestor_id AND c.shown_parent_id = :parent)"
        " ON x.unit_id = f.unit_id",
    ),
}


def finding_tally(
    connection: Connection, scope: Scope, wanted: Wanted, by: str, parent: int | None = None
) -> pd.DataFrame:
    """Findings counted: key, grade, open, answered, closed, units (how many units the open ones are about).

    `by`: code; day (a number, null for none); sector (null: about files); child (id of the unit directly below `parent`
    that it is in, with its unit_code and unit_name; null, with "": about `parent` itself).
    """
    keys, join = _TALLIES[by]
    condition, values = wanted.condition(scope)
    if by == "child":
        values["parent"] = parent
    rows = connection.execute(
        text(
            f"SELECT {', '.join(keys)}, f.grade, {_sums()},"
            f" COUNT(DISTINCT CASE WHEN {STATES[OPEN]} THEN f.unit_id END)"
            f" FROM finding f LEFT JOIN unit u ON u.id = f.unit_id{join} WHERE {condition}"
            f" GROUP BY {', '.join(keys)}, f.grade ORDER BY {keys[-1]}"
        ),
        values,
    )
    names = ("key", "unit_code", "unit_name")[: len(keys)]
    found = pd.DataFrame([tuple(row) for row in rows], columns=[*names, "grade", *STATES, "units"])
    return found.fillna(dict.fromkeys(names[1:], ""))


def _sums() -> str:
    return ", ".join(f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS n_{name}" for name, condition in STATES.items())


_GROUPED: Final = (
    "f.code, f.grade, f.unit_id, CASE WHEN f.unit_id IS NULL THEN f.batch_id END, u.code, u.name, u.kind, p.name"
)


def finding_groups(
    connection: Connection, scope: Scope, wanted: Wanted, most: int, after: int = 0
) -> tuple[pd.DataFrame, int, int]:
    """Findings of one rule about one unit (or one file) as one row; (rows, how many rows there are, of how many
    findings). The gravest first; of a rule the most first.

    Columns: code, grade, unit (id, null for a file), batch (null for a unit), unit_code, unit_name ("" for a file),
    unit_kind, parent (name of the office above), open, answered, closed, first_day, last_day (datetime64, NaT for none), message (of the
    newest finding).
    """
    condition, values = wanted.condition(scope)
    tables = "finding f LEFT JOIN unit u ON u.id = f.unit_id LEFT JOIN unit p ON p.id = u.shown_parent_id"
    groups = f"FROM {tables} WHERE {condition} GROUP BY {_GROUPED}"
    total, findings = connection.execute(
        text(f"SELECT COUNT(*), COALESCE(SUM(n), 0) FROM (SELECT COUNT(*) AS n {groups}) t"), values
    ).one()
    rows = connection.execute(
        text(
            f"SELECT {_GROUPED}, {_sums()}, MIN(f.day), MAX(f.day), MAX(f.id) {groups}"
            f" ORDER BY {_GRADE_ORDER}, f.code, COUNT(*) DESC, u.code, MAX(f.id) LIMIT {int(most)} OFFSET {int(after)}"
        ),
        values,
    )
    names = [
        "code", "grade", "unit", "batch", "unit_code", "unit_name", "unit_kind", "parent", *STATES, "first_day",
        "last_day", "newest",
    ]  # fmt: skip
    found = pd.DataFrame([tuple(row) for row in rows], columns=names)
    messages = _messages(connection, found["newest"].tolist())
    found = found.fillna(dict.fromkeys(("unit_code", "unit_name", "parent"), "")).assign(
        message=[messages[number] for number in found["newest"]],
        **{name: days_of(found[name]) for name in ("first_day", "last_day")},
    )
    return found.drop(columns="newest"), int(total), int(findings)


def _messages(connection: Connection, ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in chunks(ids):
        listed = ", ".join(str(int(number)) for number in part)
        found |= dict(connection.execute(text(f"SELECT id, message FROM finding WHERE id IN ({listed})")).all())
    return found


def findings(connection: Connection, scope: Scope, wanted: Wanted, most: int) -> pd.DataFrame:
    """Findings one by one, the gravest first, then by rule, unit and day; no more than `most`.

    Columns: id, code, grade, unit_code, unit_name, parent ("" for a file), day (datetime64), batch, file, row, message, state, answer,
    answered_by (how that account is shown), answered_at (UTC), corrected_by (the file that corrected it).
    """
    condition, values = wanted.condition(scope)
    state = "CASE " + " ".join(f"WHEN {sql} THEN '{name}'" for name, sql in STATES.items()) + " END"
    said_by = "(SELECT actor_title FROM finding_answer s WHERE s.finding_id = f.id ORDER BY s.seq DESC LIMIT 1)"
    rows = connection.execute(
        text(
            "SELECT f.id, f.code, f.grade, u.code, u.name, p.name, f.day, f.batch_id, b.file, f.row, f.message,"
            f" {state}, f.answer, CASE WHEN f.answered_at IS NOT NULL THEN {said_by} END,"
            " f.answered_at, k.file FROM finding f LEFT JOIN unit u ON u.id = f.unit_id"
            " LEFT JOIN unit p ON p.id = u.shown_parent_id JOIN batch b ON b.id = f.batch_id"
            " LEFT JOIN batch k ON k.id = f.closed_batch_id"
            f" WHERE {condition} ORDER BY {_GRADE_ORDER}, f.code, u.code, f.day, f.id LIMIT {int(most)}"
        ),
        values,
    )
    names = [
        "id", "code", "grade", "unit_code", "unit_name", "parent", "day", "batch", "file", "row", "message", "state",
        "answer", "answered_by", "answered_at", "corrected_by",
    ]  # fmt: skip
    found = pd.DataFrame([tuple(row) for row in rows], columns=names)
    return found.fillna(dict.fromkeys(("unit_code", "unit_name", "parent"), "")).assign(
        day=days_of(found["day"]),
        row=found["row"].astype("Int64"),
        answered_at=pd.to_datetime(found["answered_at"], utc=True),
    )


def answers(connection: Connection, scope: Scope, ids: Iterable[int]) -> pd.DataFrame:
    """All that was ever said of findings: finding, at (UTC), actor_title, answer (null: withdrawn), oldest first."""
    rows: list[Any] = []
    for part in chunks(sorted(set(ids))):
        listed = ", ".join(str(int(number)) for number in part)
        rows += connection.execute(
            text(
                "SELECT s.finding_id, s.at, s.actor_title, s.answer FROM finding_answer s JOIN finding f"
                " ON f.id = s.finding_id LEFT JOIN unit u ON u.id = f.unit_id"
                f" WHERE f.id IN ({listed}) AND {visible(scope)} ORDER BY s.at, s.finding_id, s.seq"
            )
        ).fetchall()
    found = pd.DataFrame([tuple(row) for row in rows], columns=["finding", "at", "actor_title", "answer"])
    return found.assign(at=pd.to_datetime(found["at"], utc=True))
