"""The list of batches."""

from datetime import date

import polars as pl

from monitor.store import Scope, Store, loads, read
from monitor.store.read.history import batches, newest
from monitor.store.undo import undo
from tests.access.tree import plant


def _load(store: Store, number: int, findings: list[loads.Finding]) -> int:
    with store.connect() as connection:
        unit = read.unit(connection, Scope.all(), "S1").id
    row = {
        "unit_id": unit,
        "day": date(2016, 11, number),
        "expected": 9,
        "entered": number,
        "submitted": 0,
        "numbered": 0,
    }
    new = loads.NewBatch("collection", f"{number}.csv", f"hash{number}", "tester", 1)
    loaded = loads.load(store, new, loads.Tables(pl.DataFrame(row)), findings)
    assert loaded.batch_id is not None
    return loaded.batch_id


def test_an_empty_store_has_none(store: Store) -> None:
    with store.connect() as connection:
        assert batches(connection).empty and newest(connection) is None


def test_batches_with_their_findings_the_newest_first(store: Store) -> None:
    plant(store)
    graded = [loads.Finding("jump", grade, "x") for grade in ("explain", "must_fix", "explain", "note")]
    ids = [_load(store, 1, []), _load(store, 2, graded), _load(store, 3, graded[:1])]
    undo(store, ids[2], "other")
    with store.connect() as connection:
        found, last, one = batches(connection), newest(connection), batches(connection, most=1)
    assert list(found["id"]) == ids[::-1] and last == ids[1] and list(one["id"]) == ids[2:]
    assert found[["must_fix", "explain", "note"]].values.tolist() == [[0, 0, 0], [1, 2, 1], [0, 0, 0]]
    assert list(found["file"]) == ["3.csv", "2.csv", "1.csv"] and set(found["loaded_by"]) == {"tester"}
    assert list(found["undone_at"].isna()) == [False, True, True] and found["undone_by"].iloc[0] == "other"
    assert str(found["loaded_at"].dt.tz) == "UTC"
