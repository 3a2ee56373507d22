"""Whom to call about a unit: the contacts on the roster of the unit responsible for it."""

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, and_, or_, select, text

from monitor.store.read.common import chunks, within
from monitor.store.schema import roster_member, unit, unit_ancestor
from monitor.store.scope import Scope

CURRENT: Final = 0
"""roster_member.replaced_by of the roster as it is."""

_PERSON: Final = ("person", "department", "post", "phone", "mobile", "email")
COLUMNS: Final = ("unit", "responsible", "responsible_name", "duty", *_PERSON)


def may_read(scope: Scope) -> Any:
    """The condition that the people of `unit` may be read: by the unit itself, or from above all units."""
    if not scope.contacts or scope.sees_nothing:
        return text("1 = 0")
    seen = text(within(scope, "unit"))
    if scope.everything:
        return seen
    above = unit.alias("above")
    root = (
        select(1)
        .select_from(unit_ancestor.join(above, above.c.id == unit_ancestor.c.ancestor_id))
        .where(
            unit_ancestor.c.unit_id == unit.c.id,
            unit_ancestor.c.ancestor_id.in_(sorted(scope.roots)),
            or_(above.c.id == unit.c.id, above.c.kind == "province"),
        )
    )
    return and_(seen, root.exists())


def contacts(connection: Connection, scope: Scope, units: Iterable[int]) -> pd.DataFrame:
    """The contacts (联络员) of the units responsible for some units: for each the nearest at or above it that has any.

    Columns: unit (id asked for), responsible (id), responsible_name, duty, person, department, post, phone, mobile
    ("" where unknown), email; one row a contact. Only where the scope may read the people of the responsible unit
    (Scope.contacts): the unit itself, the province, the administrator; no rows for anybody else. Personal data: never
    cache what this returns, never write it into an audit line.
    """
    found: list[tuple[object, ...]] = []
    for part in chunks(sorted(set(units))):
        rows = connection.execute(
            select(
                unit_ancestor.c.unit_id,
                unit_ancestor.c.depth,
                unit.c.id,
                unit.c.name,
                roster_member.c.duty,
                *(roster_member.c[name] for name in _PERSON),
            )
            .select_from(
                unit_ancestor.join(unit, unit.c.id == unit_ancestor.c.ancestor_id).join(
                    roster_member, roster_member.c.unit_id == unit.c.id
                )
            )
            .where(
                unit_ancestor.c.unit_id.in_(part),
                roster_member.c.replaced_by == CURRENT,
                roster_member.c.duty == "contact",
                may_read(scope),
            )
            .order_by(unit_ancestor.c.unit_id, unit_ancestor.c.depth, roster_member.c.seq)
        )
        nearest: dict[int, int] = {}
        for asked, depth, *rest in rows:
            if nearest.setdefault(asked, depth) == depth:
                found.append((asked, *(value or "" for value in rest)))
    frame = pd.DataFrame(found, columns=list(COLUMNS), dtype=object)
    return frame.astype({"unit": "int64", "responsible": "int64"})


def mail_of(connection: Connection, scope: Scope, unit_id: int) -> str:
    """The mail address of a unit's own contact, "" where there is none or the scope may not read it."""
    found = contacts(connection, scope, [unit_id])
    own = found[found["responsible"] == unit_id]
    return str(own["email"].iloc[0]) if len(own) else ""
