"""The small campaign of the tests of pages with findings about its figures."""

from datetime import date, timedelta

import polars as pl

from monitor.store import Store, loads
from monitor.store.loads import Finding
from monitor.store.register import load_register
from tests.pages.world import LAST, fill

NEXT = LAST + timedelta(days=3)
FOUND = [  # code, grade, unit, day
    *(("entered_over_expected", "explain", "S1", NEXT - timedelta(days=n)) for n in range(3)),
    ("figure_fell", "explain", "S1", NEXT),
    ("queue_unbalanced", "must_fix", "S2", NEXT),
    ("submitted_over_entered", "must_fix", "S3", NEXT - timedelta(days=1)),
    ("old_unit", "note", "K1", None),
    ("queue_unbalanced", "must_fix", "U1", NEXT),
    ("total_differs", "explain", None, NEXT),
]
BELOW = {"C1": {"K1", "S1", "S3"}, "C2": {"S2"}, "K1": {"K1", "S1"}, "K2": {"S2"}, "S1": {"S1"}, "U1": {"U1"}}
"""Which of the units that findings are about are at or below a unit."""


def ids(store: Store) -> dict[str, int]:
    """The units by code."""
    with store.connect() as connection:
        units = load_register(connection).units
    return dict(zip(units["code"].to_list(), units["id"].to_list(), strict=True))


def load(store: Store, file: str, rows: dict[str, int], found: list[Finding], day: date = NEXT) -> int:
    """A collection table of (code, entered) with findings; its batch."""
    known = ids(store)
    names = ["unit_id", "day", "expected", "entered", "submitted", "numbered"]
    frame = pl.DataFrame([(known[c], day, 50, n, n, n) for c, n in rows.items()], names, orient="row")
    new = loads.NewBatch("collection", file, file, "admin", len(frame))
    batch = loads.load(store, new, loads.Tables(frame), found).batch_id
    assert batch is not None
    return batch


def findings(store: Store) -> list[Finding]:
    """FOUND as the intake hands them over."""
    known = ids(store)
    return [
        Finding(code, grade, f"{unit} 单位{unit}：说明 {code}。", known.get(str(unit)), day, 5)
        for code, grade, unit, day in FOUND
    ]


def fill_with_findings(store: Store) -> int:
    """Units, figures, and a batch with findings; its number."""
    fill(store)
    return load(store, "问题表.csv", {"S1": 61, "S2": 3, "S3": 31, "U1": 90}, findings(store))
