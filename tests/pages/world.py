"""A small campaign for tests: the province of tests.access.tree with figures that tell a story each.

S1 (county K1, city C1) is done early, S2 (county K2, city C2) has not begun, S3 (run by city C1) has more approved than
expected; university U1 is on its way, U2 stopped a week before the last day.
"""

from datetime import date, timedelta

import polars as pl

from monitor.store import Store, loads
from monitor.store.register import load_register
from tests.access.tree import plant
from tests.images import remembered

FIRST = date(2016, 10, 17)
LAST = date(2016, 11, 11)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
EXPECTED = {"S1": 60, "S2": 40, "S3": 30, "U1": 200, "U2": 100}


def approved(code: str, day: date) -> int:
    """How many are approved by the end of a day."""
    gone = (day - FIRST).days + 1
    return {
        "S1": min(4 * gone, 60),
        "S2": 0,
        "S3": min(2 * gone, 31),
        "U1": 3 * gone,
        "U2": 2 * min(gone, len(DAYS) - 10),
    }[code]


@remembered
def fill(store: Store) -> None:
    """Put units and figures into the store, one batch a kind of table."""
    plant(store)
    with store.connect() as connection:
        register = load_register(connection)
    ids = {code: unit.id for code in EXPECTED if (unit := register.resolve(code))}
    collection, review = [], []
    for code, unit_id in ids.items():
        levels = register.unit(unit_id).chain
        for day in DAYS:
            done = approved(code, day)
            collection.append((unit_id, day, EXPECTED[code], done, done, done))
            review += [(unit_id, day, level, 0, done, 0) for level in levels]
    figures = pl.DataFrame(collection, ["unit_id", "day", "expected", "entered", "submitted", "numbered"], orient="row")
    places = pl.DataFrame(review, ["unit_id", "day", "level", "pending", "approved", "returned"], orient="row")
    loads.load(store, loads.NewBatch("collection", "采集表.csv", "1", "", len(figures)), loads.Tables(figures), [])
    loads.load(store, loads.NewBatch("review", "审核表.csv", "2", "", len(places)), loads.Tables(None, places), [])
