"""What a unit's figures are the sums of: what is listed below it adds up to it on every day, also where an office that
reported for itself was merged into one with schools. Against figures counted one by one (tests.store.world)."""

import copy
from datetime import date
from random import Random
from typing import Any

import polars as pl
import pytest

from monitor import progress
from monitor.progress import View
from monitor.quality import reconcile
from monitor.store import Scope
from monitor.store.loads import Tables
from tests.databases import Databases
from tests.store.test_rollup import DAYS, Played
from tests.store.world import Place, World

TYPES = ("primary", "junior")
OFFICES = [
    Place("33", "province"),
    Place("3301", "city", "33"),
    Place("3302", "city", "33"),
    Place("3303", "city", "33"),  # reports for itself
    *(Place(f"33010{n}", "county", "3301") for n in range(5)),
    Place("330201", "county", "3302"),
    *(Place(f"33010{c}{n}", "school", f"33010{c}", TYPES[n % 2]) for c in (1, 2) for n in (1, 2)),
    Place("33019", "school", "3301", "junior"),
]
BY_THEMSELVES = ["3303", "330100", "330103", "330104", "330201"]
"""Offices with no unit below them."""


class Merging(Played):
    """A campaign in which offices report for themselves until they are merged."""

    def __init__(self, store: Any, draw: Random) -> None:
        self.store, self.world, self.past, self.last = store, World(store.campaign.baseline_day), [], None
        self._units(OFFICES)
        reporting = [place.code for place in OFFICES if self.world.is_leaf(place.code)]
        self.take(
            ("collection", {(code, day): self._row(draw) for code in reporting for day in draw.sample(DAYS[:5], 2)})
        )
        levels = ("school", "county", "city")
        self.take(("review", {
            (code, level, day): (draw.randrange(9), draw.randrange(9), draw.randrange(9))
            for code in reporting for level in levels for day in draw.sample(DAYS[:5], 2)
        }))  # fmt: skip
        staff = [(unit, 2015, draw.randrange(30), None) for code, unit in self._ids().items() if code in reporting]
        names = ["unit_id", "year", "staff", "teachers"]
        self._load("statistics", Tables(statistics=pl.DataFrame(staff, names, orient="row")))
        for code in draw.sample(BY_THEMSELVES, 4):
            others = [one for one in OFFICES if one.kind == self.world.units[code].kind and one.code != code]
            self._tree("merge", code, draw.choice(others).code, draw.choice(DAYS[1:]))

    @staticmethod
    def _row(draw: Random) -> tuple[int, int, int, int | None]:
        return draw.randrange(1, 90), draw.randrange(20), draw.randrange(9), draw.choice([None, 3])


def _flat(document: dict[str, Any]) -> dict[str, int]:
    figures = document["figures"]
    flat = {name: figures[name] or 0 for name in ("expected", "entered", "submitted", "numbered", "approved")}
    flat |= {name: figures["institutions"][name] for name in ("total", "started", "complete")}
    flat |= {f"{place}_{level}": count for level, queue in figures["levels"].items() for place, count in queue.items()}
    return flat | {
        "baseline": document["denominators"]["baseline"],
        "statistics": document["denominators"]["statistics"],
    }


def _sum(rows: list[dict[str, int]]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in rows[0]}


def _kept(world: World, office: str, day: date) -> set[str]:
    """What was merged into an office with units below it, and has figures of its own until it closes."""
    found = set()
    for code, place in world.units.items():
        if place.successor and world.today(code) == office and not world.is_leaf(office):
            figures = {**world.leaf(code, [code], day), "total": 0}
            found |= {code} if any(figures.values()) else set()
    return found


@pytest.mark.parametrize("seed", range(6))
def test_what_is_listed_adds_up_with_what_was_merged(databases: Databases, seed: int) -> None:
    with databases.store() as store:
        played = Merging(store, Random(seed))
        world, seen = played.world, 0
        offices = [code for code, place in world.units.items() if not place.successor and not world.is_leaf(code)]
        for day in DAYS:
            for office in offices:
                found = progress.document(store, store.campaign, Scope.all(), office, day)
                whole, below = _flat(found), [_flat(child) for child in found["children"]]
                counted = world.figures(office, day, "schools")
                assert {name: whole[name] for name in counted if name in whole} == {
                    name: count for name, count in counted.items() if name in whole
                }
                assert _sum(below) == whole, (office, day)
                _check_gaps(found)
                merged = {child["unit"]["code"] for child in found["children"]} & {
                    code for code, place in world.units.items() if place.successor
                }
                kept = _kept(world, office, day)
                assert kept <= merged, (office, day)
                for code in merged:  # what has no tables yet is listed where the statistics know it
                    place = world.units[code]
                    assert place.closed is None or day < place.closed
                seen += len(kept)
        assert seen, "nothing was merged into an office with units below it"


def _check_gaps(found: dict[str, Any]) -> None:
    live = found["denominators"]["live"]
    for name in ("statistics", "baseline"):
        assert sum(gap[f"live_minus_{name}"] for gap in found["gaps"]) == live - found["denominators"][name]


def test_reconciliation_and_scopes(databases: Databases) -> None:
    """The page's table adds up as well, and an account sees what was merged into its own unit alone."""
    with databases.store() as store:
        played = Merging(store, Random(0))
        world = copy.deepcopy(played.world)
        held = [(office, day) for office in ("3301", "330101", "330102") for day in DAYS if _kept(world, office, day)]
        assert held
        ids = played._ids()
        with store.connect() as connection:
            for office, day in held:
                view = View(connection, store.campaign, Scope.all(), day)
                table = reconcile.denominators(view, view.unit(office), "schools")
                numbers = table[["live", "baseline", "statistics"]]
                assert numbers.iloc[1:].sum().tolist() == numbers.iloc[0].tolist()
                named = {row["code"] for row in table.to_dict("records") if row["name"].endswith("（已并入）")}
                assert _kept(world, office, day) <= named
                own = View(connection, store.campaign, Scope(frozenset({ids[office]})), day)
                assert own.merged([own.unit(office)], "schools") == view.merged([view.unit(office)], "schools")
                other = View(connection, store.campaign, Scope(frozenset({ids["3302"]})), day)
                assert other.merged([view.unit(office)], "schools") == {}
