"""Units, as an account may see them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, text

from monitor.campaign import Campaign
from monitor.store.read.common import all_of, chunks, open_on, shown_on, within
from monitor.store.schema import day_of
from monitor.store.scope import OutOfScope, Scope
from monitor.units import DERIVED, KINDS, SOURCE, Unit

_UNIT_COLUMNS = (*SOURCE, *DERIVED)

# Offices before the schools that they run themselves.
_ORDER = "CASE u.kind " + " ".join(f"WHEN '{kind}' THEN {rank}" for rank, kind in enumerate(KINDS)) + " END"


def names(connection: Connection, scope: Scope) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    """Every unit that counts today: code, name, kind, name of the unit above it (""), and its former codes and names."""
    if scope.sees_nothing:
        return []
    former: dict[int, list[str]] = {}
    for unit_id, alias in connection.execute(text("SELECT unit_id, alias FROM unit_alias")):
        former.setdefault(unit_id, []).append(alias)
    merged = text("SELECT successor_id, code, name FROM unit WHERE successor_id IS NOT NULL")
    for unit_id, code, name in connection.execute(merged):
        former.setdefault(unit_id, []).extend((code, name))
    rows = connection.execute(
        text(
            "SELECT u.id, u.code, u.name, u.kind, COALESCE(p.name, '') FROM unit u LEFT JOIN unit p"
            f" ON p.id = u.shown_parent_id WHERE u.successor_id IS NULL AND {within(scope)} ORDER BY {_ORDER}, u.code"
        )
    )
    return [(row[1], row[2], row[3], row[4], tuple(former.get(row[0], ()))) for row in rows]


def _units(connection: Connection, where: str, values: dict[str, Any] | None = None) -> list[Unit]:
    columns = ", ".join(f"u.{name}" for name in _UNIT_COLUMNS)
    sql = f"SELECT {columns} FROM unit u WHERE {where} ORDER BY {_ORDER}, u.code"
    rows = connection.execute(text(sql), values or {})
    return [_unit(row) for row in rows.mappings()]


def _unit(row: Any) -> Unit:
    values = dict(row)
    for name in ("opened", "closed"):
        values[name] = None if values[name] is None else day_of(values[name])
    return Unit(**{**values, "reporting": bool(values["reporting"]), "chain": tuple(values["chain"].split(","))})


def unit(connection: Connection, scope: Scope, code: str) -> Unit:
    """The unit that `code`, own or former, stands for today.

    Raises:
        OutOfScope: there is no such unit in the scope.
    """
    found = _units(connection, "u.code = :code", {"code": code}) or _units(
        connection, "u.id IN (SELECT unit_id FROM unit_alias WHERE alias = :code)", {"code": code}
    )
    for _turn in range(12):
        if not found or found[0].successor_id is None:
            break
        found = _units(connection, "u.id = :id", {"id": found[0].successor_id})
    if not found:
        raise OutOfScope(code)
    return unit_by_id(connection, scope, found[0].id)


def unit_by_id(connection: Connection, scope: Scope, unit_id: int) -> Unit:
    """The unit with this id.

    Raises:
        OutOfScope: there is no such unit in the scope.
    """
    found = _units(connection, f"u.id = :id AND {within(scope)}", {"id": unit_id})
    if not found:
        raise OutOfScope(str(unit_id))
    return found[0]


def units_by_id(connection: Connection, scope: Scope, ids: Iterable[int]) -> list[Unit]:
    """Those of some units that the scope holds, in the order of their codes."""
    found: list[Unit] = []
    for part in chunks(sorted(set(ids))):
        found += _units(connection, f"u.id IN ({', '.join(str(int(one)) for one in part)}) AND {within(scope)}")
    return sorted(found, key=lambda unit: unit.code)


def root(connection: Connection, campaign: Campaign, scope: Scope) -> Unit | None:
    """The highest unit of the scope: the campaign's root, or the account's own unit; None when nothing can be seen."""
    if scope.sees_nothing:
        return None
    if scope.everything:
        found = _units(connection, "u.code = :code", {"code": campaign.root})
    else:
        found = _units(connection, f"u.id IN ({', '.join(str(int(r)) for r in sorted(scope.roots))})")
    return found[0] if found else None


def has_units(connection: Connection) -> bool:
    """Whether the register holds anything at all: a store that was never made ready holds nothing."""
    return connection.execute(text("SELECT 1 FROM unit LIMIT 1")).first() is not None


def children(connection: Connection, scope: Scope, unit_id: int, as_of: date, sector: str | None = None) -> list[Unit]:
    """The units directly below, under today's tree, that are listed on the day (shown_on); of one sector where it is named."""
    where = f"u.shown_parent_id = :id AND {within(scope)} AND {shown_on(as_of)}"
    return _units(connection, where + (" AND u.sector = :sector" if sector else ""), {"id": unit_id, "sector": sector})


def children_of(
    connection: Connection, scope: Scope, units: Iterable[int], as_of: date, sector: str
) -> dict[int, list[Unit]]:
    """What `children` gives, for several units at once: by unit, only units that have children."""
    result: dict[int, list[Unit]] = {}
    for part in chunks(sorted(set(units))):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        where = f"u.shown_parent_id IN ({ids}) AND u.sector = :sector AND {within(scope)} AND {shown_on(as_of)}"
        for child in _units(connection, where, {"sector": sector}):
            result.setdefault(child.shown_parent_id or 0, []).append(child)
    return result


def merged_into(
    connection: Connection, scope: Scope, units: Iterable[int], as_of: date, sector: str
) -> dict[int, list[Unit]]:
    """Units that were merged into offices with units below, by the office, until they close: what they reported for
    themselves counts in the office, and in nothing that `children` lists. Only offices that have such units."""
    result: dict[int, list[Unit]] = {}
    for part in chunks(sorted(set(units))):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        where = (
            f"u.foot_id IN ({ids}) AND u.successor_id IS NOT NULL AND u.head_id = u.id AND u.sector = :sector"
            f" AND {within(scope)} AND {open_on(as_of)}"
        )
        for unit in _units(connection, where, {"sector": sector}):
            result.setdefault(unit.foot_id or 0, []).append(unit)
    return result


def path(connection: Connection, scope: Scope, unit_id: int) -> list[Unit]:
    """From the highest unit that the scope shows down to the unit itself."""
    above = connection.execute(
        text("SELECT ancestor_id FROM unit_ancestor WHERE unit_id = :id ORDER BY depth DESC"), {"id": unit_id}
    ).scalars()
    steps = [_units(connection, f"u.id = :id AND {within(scope)}", {"id": step}) for step in above]
    return [found[0] for found in steps if found]


def descendants(
    connection: Connection, scope: Scope, unit_id: int, kind: str, as_of: date, sector: str | None = None
) -> list[Unit]:
    """All units of a kind below a unit that are listed on the day (shown_on)."""
    below = "SELECT unit_id FROM unit_ancestor WHERE ancestor_id = :id"
    if kind != "school":  # on the way down the offices: not by looking at each school whether it is one
        ids = connection.execute(select(all_of(Scope(frozenset({unit_id})), [kind]).c.id)).scalars().all()
        below = ", ".join(str(int(one)) for one in ids) or "NULL"
    where = f"u.id IN ({below}) AND u.kind = :kind AND u.successor_id IS NULL AND {within(scope)} AND {shown_on(as_of)}"
    sector_too = " AND u.sector = :sector" if sector else ""
    return _units(connection, where + sector_too, {"id": unit_id, "kind": kind, "sector": sector})
