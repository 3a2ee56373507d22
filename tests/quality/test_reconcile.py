"""The three denominators: gaps that add up exactly, counted one by one from what was loaded."""

from datetime import timedelta

import polars as pl
import pytest

from monitor.progress import View, unit_document
from monitor.quality.reconcile import GAPS, denominators, reporting
from monitor.store import Scope, Store, loads
from tests.pages.world import EXPECTED, FIRST, LAST, fill
from tests.quality.world import ids, load

STAFF = {"S1": 66, "S3": 30, "U1": 180}
ABOVE = {"S1": ("K1", "C1"), "S2": ("K2", "C2"), "S3": ("C1",), "U1": (), "U2": ()}
LATER = LAST + timedelta(days=20)


def _with_statistics(store: Store) -> dict[str, int]:
    """Figures of everybody, statistics of three, and S1 with ten fewer expected later; the units."""
    fill(store)
    known = ids(store)
    rows = [(known[code], 2016, staff, None) for code, staff in STAFF.items()]
    frame = pl.DataFrame(
        rows, {"unit_id": pl.Int64, "year": pl.Int64, "staff": pl.Int64, "teachers": pl.Int64}, orient="row"
    )
    loads.load(store, loads.NewBatch("statistics", "统计.csv", "3", "", 3), loads.Tables(statistics=frame), [])
    load(store, "减少.csv", {"S1": 50}, [], LATER)
    return known


def _expected(store: Store, unit: str, sector: str) -> dict[str, int]:
    frozen_before_change = FIRST <= store.campaign.baseline_day < LATER
    assert frozen_before_change
    codes = [
        c
        for c in EXPECTED
        if (c == unit or unit in (*ABOVE[c], store.campaign.root)) and (c[0] == "U") == (sector == "universities")
    ]
    live = sum({**EXPECTED, "S1": 50}[code] for code in codes)
    return {
        "live": live,
        "baseline": sum(EXPECTED[c] for c in codes),
        "statistics": sum(STAFF.get(c, 0) for c in codes),
    }


def test_gaps_of_every_unit_add_up_from_what_is_below_and_from_the_schools(store: Store) -> None:
    known = _with_statistics(store)
    with store.connect() as connection:
        view = View.at(connection, store.campaign, Scope.all(), LATER)
        for code, sector in (("root", "schools"), ("root", "universities"), ("C1", "schools"), ("K1", "schools"), ("S1", "schools"), ("U1", "universities")):  # fmt: skip
            unit = view.unit(store.campaign.root if code == "root" else code)
            found, leaves = denominators(view, unit, sector), reporting(view, unit, sector)
            assert found.iloc[0]["code"] == unit.code
            expected = _expected(store, unit.code, sector)
            assert found.iloc[0][list(expected)].to_dict() == expected
            below = found.iloc[1:] if len(found) > 1 else found
            for name in (*expected, *GAPS):
                assert below[name].sum() == leaves[name].sum() == found.iloc[0][name]
            listed = unit_document(view, unit, sector)["gaps"]
            assert {gap["unit"]: gap["live_minus_statistics"] for gap in listed} == below.set_index("code")[
                "live_minus_statistics"
            ].to_dict()
    assert len(known) > 9


@pytest.mark.parametrize("roots", [(), ("K2",)])
def test_nothing_outside_of_the_scope(roots: tuple[str, ...], empty_store: Store) -> None:
    known = _with_statistics(empty_store)
    scope = Scope(frozenset(known[code] for code in roots))
    with empty_store.connect() as connection:
        everyone = View.at(connection, empty_store.campaign, Scope.all(), LATER)
        view = View.at(connection, empty_store.campaign, scope, LATER)
        found = reporting(view, everyone.unit("C2"), "schools")
        assert found["code"].tolist() == (["S2"] if roots else [])
        assert reporting(view, everyone.unit("C1"), "schools").empty
