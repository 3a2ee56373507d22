"""Offices and schools found on the way down the offices, against what the closure of the whole tree says."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import combinations, product
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from monitor.filings.milestones import schools_of
from monitor.sections import Stage
from monitor.store import Scope, Store, milestones, read
from monitor.store.read.common import all_of, within
from monitor.store.register import change_register, unit_table
from monitor.units import Unit

_KINDS = ("province", "city", "county", "university", "school")
_SECTORS = (frozenset({"schools"}), frozenset({"universities"}), frozenset({"schools", "universities"}))
_ASKED = (("city", "university"), ("county",), ("province", "city", "county"), ("city", "school"))
_TYPES = {"school": "primary", "university": "university"}


def _country(seed: int) -> list[dict[str, Any]]:
    """Three provinces with what may stand below them anywhere; some offices merged into others of their kind, also of
    another province."""
    draw = random.Random(seed)
    rows = [_row("0", "province", None), *(_row(f"P{number}", "province", "0") for number in range(3))]

    def some(kind: str, count: int, above: Sequence[str]) -> None:
        places = [row["code"] for row in rows if row["kind"] in above and row["code"] != "0"]
        rows.extend(_row(f"{kind[:3]}{number}", kind, draw.choice(places)) for number in range(count))

    some("city", 6, ("province",))
    some("county", 14, ("city", "province"))
    some("university", 6, ("province",))
    some("school", 25, ("county", "city", "province"))
    for kind in ("city", "county", "university"):
        of_kind = [row for row in rows if row["kind"] == kind]
        gone = draw.sample(of_kind, 2)
        for row in gone:
            successor = draw.choice([one for one in of_kind if one not in gone])
            row |= {"closed": date(2016, 11, 1), "successor_code": successor["code"]}
    for row in draw.sample([row for row in rows if row["kind"] == "school"], 8):
        row[draw.choice(["opened", "closed"])] = draw.choice([date(2016, 11, 10), date(2016, 11, 20)])
    return rows


def _row(code: str, kind: str, above: str | None) -> dict[str, Any]:
    return {"code": code, "name": f"单位{code}", "kind": kind, "parent_code": above, "school_type": _TYPES.get(kind)}


@pytest.mark.parametrize("seed", range(2))
def test_every_scope_finds_its_own(store: Store, seed: int) -> None:
    with store.begin() as connection:
        change_register(connection, store.campaign, unit_table(_country(seed)))
    found_any = 0
    with store.connect() as connection:
        ids = [int(row[0]) for row in connection.execute(text("SELECT id FROM unit WHERE kind <> 'school' OR id < 20"))]
        pairs = random.Random(seed).sample(list(combinations(ids, 2)), 8)
        scopes = [
            Scope(frozenset(roots), sectors) for roots in [(), *((one,) for one in ids), *pairs] for sectors in _SECTORS
        ]
        for scope in [*scopes, Scope.all(), Scope(frozenset(ids[:1]), frozenset())]:
            seen = [
                (row.id, row.kind)
                for row in connection.execute(
                    text(f"SELECT u.id, u.kind FROM unit u WHERE u.successor_id IS NULL AND {within(scope)}")
                )
            ]
            for kinds in _ASKED:
                found = [row.id for row in connection.execute(select(all_of(scope, kinds).c.id))]
                assert sorted(found) == sorted(unit for unit, kind in seen if kind in kinds), (scope, kinds)
                found_any += len(found)
    assert found_any > 500


def test_the_way_looks_up_what_is_below_and_walks_through_nothing_else(empty_store: Store) -> None:
    """Read from the plan: only the scope's own units and those found below them are looked up, each by an index."""
    if not empty_store.is_sqlite:
        return  # its plan depends on how much there is: benchmarks/country.py --blocks counts it
    with empty_store.begin() as connection:
        change_register(connection, empty_store.campaign, unit_table(_country(0)))
        listed = select(all_of(Scope(frozenset({2}), frozenset({"schools"})), ["city", "county"]))
        question = str(listed.compile(empty_store.engine, compile_kwargs={"literal_binds": True}))
        steps = [str(row[3]) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {question}"))]
    looks = [step for step in steps if "unit" in step.split()]
    assert len(looks) == 2 and all(step.startswith("SEARCH") for step in looks), steps
    assert "ix_unit_office_below" in looks[1]


_DAYS = (date(2016, 11, 9), date(2016, 11, 15), date(2016, 11, 25))


@pytest.mark.parametrize("seed", range(2))
def test_units_of_a_kind_below_a_unit(empty_store: Store, seed: int) -> None:
    with empty_store.begin() as connection:
        change_register(connection, empty_store.campaign, unit_table(_country(seed)))
    with empty_store.connect() as connection:
        units = {unit.id: unit for unit in _listed(connection)}
        root = Scope(frozenset({min(unit.id for unit in units.values() if unit.code == "P1")}), frozenset({"schools"}))
        at_or_below = connection.execute(text("SELECT unit_id, ancestor_id FROM unit_ancestor")).all()
        own = {row[0] for row in connection.execute(text(f"SELECT u.id FROM unit u WHERE {within(root)}"))}
        scopes = ((Scope.all(), set(units)), (root, own), (Scope.nothing(), set[int]()))
        offices = [unit.id for unit in units.values() if unit.kind in ("province", "city", "county")]
        for day in _DAYS[::2]:
            open_heads = {one for one in units if units[one].head_id is not None and _open(units[one], day)}
            holding = {over for one, over in at_or_below if one in open_heads and one != over}
            shown = {one for one in units if _open(units[one], day) or one in holding}
            for unit, kind, (scope, seen) in product(offices, _KINDS, scopes):
                below = {one for one, over in at_or_below if over == unit} & shown & seen
                expected = sorted(units[one].code for one in below if units[one].kind == kind)
                # What was merged into an office that is not open yet keeps it listed as well: tests/cli/test_listed.py.
                found = read.descendants(connection, scope, unit, kind, day)
                assert [one.code for one in found] == expected, (unit, kind, day)


@pytest.mark.parametrize("seed", range(2))
def test_schools_that_are_below_none_who_reports_its_part(empty_store: Store, seed: int) -> None:
    with empty_store.begin() as connection:
        change_register(connection, empty_store.campaign, unit_table(_country(seed)))
        units = [unit for unit in _listed(connection) if unit.kind != "university"]
    counted = 0
    with empty_store.connect() as connection:
        for day, unit in product(_DAYS, units):
            schools = read.descendants(connection, Scope.all(), unit.id, "school", day)
            for kinds in ([], ["county"], ["city", "county"]):
                stage = Stage.model_construct(key="x", from_below=kinds)
                apart = {
                    one.id for kind in kinds if kind != unit.kind
                    for one in read.descendants(connection, Scope.all(), unit.id, kind, day)
                }  # fmt: skip
                expected = sum(school.shown_parent_id not in apart for school in schools)
                if unit.kind != "school":  # a school that is closed reports of itself all the same
                    assert schools_of(connection, unit, stage, day) == expected, (unit.code, kinds, day)
                    counted += expected
    assert counted > 100


@pytest.mark.parametrize("seed", range(2))
def test_what_there_is_to_reach_whoever_asks(empty_store: Store, seed: int) -> None:
    with empty_store.begin() as connection:
        change_register(connection, empty_store.campaign, unit_table(_country(seed)))
    with empty_store.connect() as connection:
        units = {unit.id: unit for unit in _listed(connection)}
        above = connection.execute(text("SELECT unit_id, ancestor_id FROM unit_ancestor WHERE depth > 0")).all()
        asked = [unit.id for unit in units.values() if unit.kind in ("province", "city", "county")]
        roots = [(one,) for one in asked] + list(combinations(asked[:6], 2))
        for held, sectors, day in product(roots, _SECTORS, _DAYS[1:]):
            scope = Scope(frozenset(held), sectors)
            seen = {row[0] for row in connection.execute(text(f"SELECT u.id FROM unit u WHERE {within(scope)}"))}
            found = milestones.reached(connection, scope, "training", ["county"], asked, day)
            expected = Counter(
                (over, units[unit].kind)
                for unit, over in above
                if unit in seen and unit in units and _open(units[unit], day)
            )
            for one in asked:
                assert found.loc[one, "schools_total"] == expected[one, "school"], (scope, one, day)
                assert found.loc[one, "counties_total"] == expected[one, "county"], (scope, one, day)


def _listed(connection: Connection) -> list[Unit]:
    ids = connection.execute(text("SELECT id FROM unit WHERE successor_id IS NULL")).scalars().all()
    return read.units_by_id(connection, Scope.all(), ids)


def _open(unit: Unit, day: date) -> bool:
    return (unit.opened or date.min) <= day < (unit.closed or date.max)
