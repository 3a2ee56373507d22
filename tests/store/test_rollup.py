"""The roll-up against figures counted one by one, through loads, corrections, mergers, moves and undo in any order."""

import copy
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.store import Scope, Store, read, rollup
from monitor.store.loads import NewBatch, Tables, load, undo
from monitor.store.read import standing
from monitor.store.read.days import days_of_reporting, reporting
from monitor.store.register import load_register, unit_table
from tests.databases import Databases
from tests.store.world import LEVELS, Place, World

DAYS = [date(2016, 10, 28) + timedelta(days=n) for n in range(6)]
TYPES = ("primary", "junior")
START = [
    Place("33", "province"),
    Place("3301", "city", "33"),
    Place("3302", "city", "33"),
    Place("330101", "county", "3301"),
    Place("330102", "county", "3301"),
    Place("330201", "county", "3302"),
    *(Place(f"33010{c}{n}", "school", f"33010{c}", TYPES[n % 2]) for c in (1, 2) for n in (1, 2, 3)),
    Place("3302011", "school", "330201", "primary"),
    Place("33019", "school", "3301", "junior"),  # run by the city
    Place("4133", "university", "33", "university"),
]
SCHOOLS = [place.code for place in START if place.kind in ("school", "university")]

small = st.integers(0, 9)
figures = st.tuples(st.none() | small, small, small, st.none() | small)
keys = st.tuples(st.sampled_from(SCHOOLS), st.sampled_from(DAYS))
collection = st.dictionaries(keys, figures, min_size=1, max_size=8)
review = st.dictionaries(
    st.tuples(st.sampled_from(SCHOOLS), st.sampled_from(LEVELS), st.sampled_from(DAYS)),
    st.tuples(small, small, small),
    min_size=1,
    max_size=8,
)
school = st.sampled_from(SCHOOLS[:-1])
day = st.sampled_from(DAYS)
tree = st.one_of(
    st.tuples(st.just("open"), school, day),
    st.tuples(st.just("close"), school, day),
    st.tuples(st.just("merge"), school, school, day),
    st.tuples(st.just("move"), school, st.sampled_from(["330101", "330102", "330201", "3302", "33"])),
    st.tuples(st.just("merge"), st.just("330102"), st.sampled_from(["330101", "330201"]), day),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("collection"), collection),
        st.tuples(st.just("review"), review),
        st.tuples(st.just("tree"), tree),
        st.just(("undo",)),
        st.just(("again",)),
    ),
    min_size=1,
    max_size=8,
)


def _rows(places: list[Place]) -> pl.DataFrame:
    return unit_table(
        [
            {
                "code": place.code,
                "name": f"演示{place.code}",
                "kind": place.kind,
                "parent_code": place.parent,
                "school_type": place.school_type,
                "opened": place.opened,
                "closed": place.closed,
                "successor_code": place.successor,
            }
            for place in places
        ]
    )


class Played:
    """The same steps taken in a store and in a world."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.world = World(store.campaign.baseline_day)
        self.past: list[tuple[int, World]] = []
        self.last: Tables | None = None
        self._units(START)

    def take(self, step: Any) -> None:
        """One step in both."""
        if step[0] == "collection":
            self._collection(step[1])
        elif step[0] == "review":
            self._review(step[1])
        elif step[0] == "tree":
            self._tree(*step[1])
        elif step[0] == "again" and self.last is not None:
            assert self._load("again", self.last) is None, "the same content again is no batch"
        elif step[0] == "undo" and self.past:
            batch, self.world = self.past.pop()
            self.last = None
            undo(self.store, batch, "")

    def _load(self, kind: str, tables: Tables) -> int | None:
        return load(self.store, NewBatch(kind, kind, "", "", 1), tables, []).batch_id

    def _written(self, kind: str, tables: Tables, after: World) -> None:
        batch = self._load(kind, tables)
        if batch is not None:
            self.past.append((batch, self.world))
            self.world = after
        self.last = tables

    def _ids(self) -> dict[str, int]:
        with self.store.connect() as connection:
            register = load_register(connection)
        return dict(zip(register.units["code"].to_list(), register.units["id"].to_list(), strict=True))

    def _collection(self, rows: dict[tuple[str, date], tuple[Any, ...]]) -> None:
        after, ids = copy.deepcopy(self.world), self._ids()
        for (code, on), row in rows.items():
            old = after.collection.setdefault(code, {}).get(on, (None,) * 4)
            kept = tuple(new if new is not None else was for new, was in zip(row, old, strict=True))
            after.collection[code][on] = kept  # type: ignore[assignment]
        after.freeze(max(on for _code, on in rows))
        names = ("unit_id", "day", "expected", "entered", "submitted", "numbered")
        frame = pl.DataFrame([(ids[code], on, *row) for (code, on), row in rows.items()], names, orient="row")
        self._written("collection", Tables(collection=frame), after)

    def _review(self, rows: dict[tuple[str, str, date], tuple[int, int, int]]) -> None:
        after, ids = copy.deepcopy(self.world), self._ids()
        rows = {key: row for key, row in rows.items() if key[1] in after.chain(key[0])}
        if not rows:
            return
        for (code, level, on), row in rows.items():
            after.review.setdefault(code, {}).setdefault(level, {})[on] = row
        after.freeze(max(key[2] for key in rows))
        names = ("unit_id", "level", "day", "pending", "approved", "returned")
        frame = pl.DataFrame([(ids[key[0]], key[1], key[2], *row) for key, row in rows.items()], names, orient="row")
        self._written("review", Tables(review=frame), after)

    def _tree(self, what: str, code: str, *rest: Any) -> None:
        after = copy.deepcopy(self.world)
        place = after.units[code]
        if what == "open":
            place.opened = rest[0]
        elif what == "close":
            place.closed = rest[0]
        elif what == "move":
            place.parent = rest[0]
        else:
            into, on = rest
            if after.today(into) == code or place.successor:
                return
            place.successor, place.closed = into, on
        tables = Tables(units=_rows([place]))
        self._written("units", tables, after)

    def _units(self, places: list[Place]) -> None:
        self._load("units", Tables(units=_rows(places)))
        self.world.units = {place.code: copy.copy(place) for place in places}

    def check(self) -> None:
        """Every figure of every unit on every day."""
        shown = [code for code, place in self.world.units.items() if not place.successor]
        ids = self._ids()
        with self.store.connect() as connection:
            for sector in ("schools", "universities"):
                found = read.figures(
                    connection, self.store.campaign, Scope.all(), [ids[code] for code in shown], DAYS, sector
                ).set_index(["unit", "day"])
                for code in shown:
                    for on in DAYS:
                        expected = self.world.figures(code, on, sector)
                        if (ids[code], on.isoformat()) not in found.index:
                            assert not any(expected.values()), (code, on, sector, expected)
                            continue
                        row = found.loc[(ids[code], on.isoformat())]
                        got = {name: int(row[name]) for name in expected}
                        assert got == expected, (code, on, sector)
        self._check_leaves(ids)
        self._check_days(list(ids.values()))
        with self.store.begin(keep=False) as connection:
            assert rollup.differences(connection, self.store.campaign.baseline_day) == []

    def _check_days(self, ids: list[int]) -> None:
        """Reporting units day by day: their rows read at once, against the state of each on each day."""
        campaign = self.store.campaign
        with self.store.connect() as connection:
            for sector in ("schools", "universities"):
                alone = reporting(connection, Scope.all(), ids, sector)
                first = standing.first_days(connection, Scope.all(), alone, sector)
                first = first[first <= pd.Timestamp(DAYS[-1])]
                if first.empty:
                    continue
                at_once = days_of_reporting(connection, first, campaign.baseline_day, DAYS[-1])
                asked = (connection, campaign, Scope.all(), first, DAYS[-1], sector)
                pd.testing.assert_frame_equal(at_once, standing._days_from_states(*asked))

    def _check_leaves(self, ids: dict[str, int]) -> None:
        """The figures of each school by itself, on every day from its first figures on."""
        schools = [code for code in SCHOOLS if self.world.is_leaf(code) and code != SCHOOLS[-1]]
        for name in ("expected", "baseline"):
            with self.store.connect() as connection:
                found, _first = read.leaf_history(
                    connection, self.store.campaign, Scope.all(), [ids[code] for code in schools], DAYS[1], DAYS[-1],
                    "schools", name,
                )  # fmt: skip
            for code in schools:
                rows = found[found["unit"] == ids[code]].sort_values("day")
                for on in DAYS[1:] if len(rows) else []:
                    past = rows[rows["day"] <= pd.Timestamp(on)]
                    if past.empty:
                        continue
                    expected = self.world.leaf(code, [code], on)
                    got = (int(past["approved"].iloc[-1]), int(past["denominator"].iloc[-1]))
                    assert got == (expected["approved"], expected[name]), (code, on, name)


def _play(store: Store, taken: list[Any]) -> None:
    played = Played(store)
    for step in taken:
        played.take(step)
    played.check()
    while played.past:  # everything back: as if nothing had been
        played.take(("undo",))
    played.check()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_any_order_of_steps(databases_of: Callable[[str], Databases], taken: list[Any]) -> None:
    with databases_of("sqlite").store() as store:
        _play(store, taken)


@pytest.mark.postgresql
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_any_order_of_steps_on_postgresql(databases_of: Callable[[str], Databases], taken: list[Any]) -> None:
    with databases_of("postgresql").store() as store:
        _play(store, taken)
