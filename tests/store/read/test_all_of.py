"""Who of a scope has to file: the way down the offices finds what the closure of the whole tree says."""

import random
from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import select, text

from monitor.store import Scope, Store
from monitor.store.read.common import all_of, within
from monitor.store.register import change_register, unit_table

_KINDS = ("province", "city", "county", "university", "school")
_SECTORS = (frozenset({"schools"}), frozenset({"universities"}), frozenset({"schools", "universities"}))
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
    return rows


def _row(code: str, kind: str, above: str | None) -> dict[str, Any]:
    return {"code": code, "name": f"单位{code}", "kind": kind, "parent_code": above, "school_type": _TYPES.get(kind)}


def _subsets(of: Sequence[str]) -> list[tuple[str, ...]]:
    return [chosen for count in (1, 2, len(of)) for chosen in combinations(of, count)]


@pytest.mark.parametrize("seed", range(3))
def test_every_scope_finds_its_own(store: Store, seed: int) -> None:
    with store.begin() as connection:
        change_register(connection, store.campaign, unit_table(_country(seed)))
    found_any = 0
    with store.connect() as connection:
        ids = [int(row[0]) for row in connection.execute(text("SELECT id FROM unit"))]
        pairs = random.Random(seed).sample(list(combinations(ids, 2)), 15)
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
            for kinds in _subsets(_KINDS):
                found = [row.id for row in connection.execute(select(all_of(scope, kinds).c.id))]
                assert sorted(found) == sorted(unit for unit, kind in seen if kind in kinds), (scope, kinds)
                found_any += len(found)
    assert found_any > 1000


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
