"""Campaigns of any size, written straight into a store on PostgreSQL: what the benchmarks of a country measure on.

Loading 75 days of 510,000 schools through the intake would take hours and measure the same day 75 times. Here the
leaves are written by the database itself, day after day as they would have come, and the roll-up is made by the
rebuild that `doctor` uses; after that the store is as if every table had been loaded.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from sqlalchemy import text

from monitor.campaign import PROJECT, Campaign, load_campaign
from monitor.store import Store, bulk, meta, migrate
from monitor.store.rollup import rebuild
from monitor.store.schema import day_number
from monitor.units import DERIVED, SOURCE, closure, derive

LAST = date(2016, 11, 25)
"""The day of the newest tables: the 25th, on which the monthly reports are due."""

_TYPES = ("primary", "junior", "kindergarten")
_DAY_AT_ONCE = 2  # connections that write leaves side by side: one a kind of table


@dataclass(frozen=True)
class Size:
    """How large a campaign is: provinces (more than one hang under a root "0"), and what is below them in all."""

    provinces: int
    cities: int
    counties: int
    schools: int
    universities: int
    days: int

    @property
    def root(self) -> str:
        """The code of the unit above all."""
        return "0" if self.provinces > 1 else "01"

    def told(self) -> str:
        """The size in words."""
        return (
            f"{self.provinces} provinces, {self.cities} cities, {self.counties:,} counties, {self.schools:,} schools,"
            f" {self.universities:,} universities, {self.days} days"
        )


def country(schools: int, days: int) -> Size:
    """China with so many schools, days of tables."""
    return Size(31, 340, 2900, schools, 2600, days)


def province(schools: int, days: int) -> Size:
    """One of the provinces of `country`: its first, which is as large there as here."""
    whole = country(schools, days)
    return Size(1, *(-(-number // 31) for number in (whole.cities, whole.counties, schools, whole.universities)), days)


@contextmanager
def campaign_of(root: str) -> Iterator[tuple[Path, Campaign]]:
    """The project's campaign with another root: its file, and what it says."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        said = (PROJECT / "config.toml").read_text(encoding="utf-8")
        path.write_text(said.replace('root = "330000"', f'root = "{root}"'), encoding="utf-8")
        (Path(folder) / "data").symlink_to(PROJECT / "data")
        yield path, load_campaign(path)


def units(size: Size, campaign: Campaign) -> pl.DataFrame:
    """The register: SOURCE and DERIVED columns, ids in the order of the tree."""
    tops = [f"{number:02}" for number in range(1, size.provinces + 1)]
    above = dict.fromkeys(tops, size.root if size.provinces > 1 else None)
    rows: list[tuple[str, str, str, str | None, str | None]] = []  # code, name, kind, school type, code above
    if size.provinces > 1:
        rows.append((size.root, "演示全国", "province", None, None))
    rows += [(code, f"演示省{code}", "province", None, above[code]) for code in tops]
    offices = tops
    for kind, number in (("city", size.cities), ("county", size.counties)):
        # Dealt out in turn, so that the first province has as many here as it has by itself.
        below = [
            (f"{offices[n % len(offices)]}{n // len(offices):02}", offices[n % len(offices)]) for n in range(number)
        ]
        rows += [(code, f"演示{code}", kind, None, office) for code, office in below]
        offices = [code for code, _office in below]
    rows += [
        (f"{offices[n % len(offices)]}{n // len(offices):04}", f"演示学校{n}", "school", _TYPES[n % 3], offices[n % len(offices)])
        for n in range(size.schools)
    ]  # fmt: skip
    rows += [
        (f"{tops[n % len(tops)]}U{n // len(tops):03}", f"演示大学{n}", "university", "university", tops[n % len(tops)])
        for n in range(size.universities)
    ]
    # By code is the order of the tree: a code begins with that of the unit above, but for the root, which is first.
    rows.sort(key=lambda row: "" if row[0] == "0" else row[0])
    ids = {row[0]: number for number, row in enumerate(rows, 1)}
    source = pl.DataFrame(
        {
            "id": list(ids.values()),
            "code": list(ids),
            "name": [row[1] for row in rows],
            "kind": [row[2] for row in rows],
            "school_type": [row[3] or "other" for row in rows],
            "parent_id": [ids[row[4]] if row[4] else None for row in rows],
        }
    )
    empty = {name: pl.lit(None, kind).alias(name) for name, kind in SOURCE.items() if name not in source.columns}
    return derive(source.with_columns(empty.values()).select(*SOURCE), campaign.review_levels)


def fill(store: Store, size: Size, tell: Callable[[str], None] = print) -> None:
    """Make the campaign in an empty store on PostgreSQL: register, leaves, roll-up, batches, findings."""
    migrate(store)
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("register", lambda: _write_register(store, size)),
        ("leaves", lambda: _write_leaves(store, size)),
        ("batches", lambda: _write_batches(store, size)),
        ("roll-up", lambda: _write_rollup(store)),
        ("statistics of the tables", lambda: _look_after(store)),
    )
    for name, step in steps:
        start = time.perf_counter()
        step()
        tell(f"  {name:26}{time.perf_counter() - start:8.1f} s")


def _write_register(store: Store, size: Size) -> None:
    found = units(size, store.campaign)
    with store.begin() as connection:
        flat = found.with_columns(pl.col("chain").list.join(","))
        bulk.insert_frame(connection, "unit", flat.select(*SOURCE, *DERIVED))
        bulk.insert_frame(connection, "unit_ancestor", closure(found))
    with store.begin() as connection:
        bulk.analyze(connection, "unit", "unit_ancestor")


# A unit's figures on day n of D: a share of what it expects that rises at the unit's own speed, each stage some days
# behind the one before it.
_SHARE = "LEAST(expected, expected * GREATEST({n}, 0) * (60 + id * 37 % 80) / ({days} * 100))"
_LEAVES = "(SELECT id, sector, id % 60 + 20 AS expected FROM unit WHERE reporting ORDER BY id) u"


def _collection(n: int, days: int, day: int) -> str:
    entered, submitted, numbered = (_SHARE.format(n=n - lag, days=days) for lag in (-6, -3, 1))
    return (
        "INSERT INTO collection (unit_id, day, expected, entered, submitted, numbered, batch_id)"
        f" SELECT id, {day}, expected, {entered}, {submitted}, {numbered}, {2 * n + 1} FROM {_LEAVES}"
    )


def _review(n: int, days: int, day: int) -> str:
    submitted, first, final = (_SHARE.format(n=n - lag, days=days) for lag in (-3, -1, 1))
    last = "CASE sector WHEN 'universities' THEN 3 ELSE 1 END"
    return (
        "INSERT INTO review (unit_id, level, day, pending, approved, returned, batch_id)"
        f" SELECT id, 0, {day}, {submitted} - {first}, {first}, 0, {2 * n + 2} FROM {_LEAVES}"
        f" UNION ALL SELECT id, {last}, {day}, {first} - {final}, {final}, 0, {2 * n + 2} FROM {_LEAVES}"
    )


def day_of(size: Size, n: int) -> date:
    """The n-th day of the tables (0: the first; size.days: the one after the last)."""
    return LAST - timedelta(days=size.days - 1 - n)


def _write_leaves(store: Store, size: Size) -> None:
    def write(table: str, statement: Callable[[int, int, int], str]) -> None:
        with store.engine.begin() as connection:
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
            key = connection.execute(
                text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
                {"name": f"pk_{table}"},
            ).scalar_one()
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}"))
            for n in range(size.days):
                connection.execute(text(statement(n, size.days, day_number(day_of(size, n)))))
            connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} {key}"))

    with ThreadPoolExecutor(_DAY_AT_ONCE) as pool:
        for done in [pool.submit(write, "collection", _collection), pool.submit(write, "review", _review)]:
            done.result()


def _write_batches(store: Store, size: Size) -> None:
    frozen = day_number(store.campaign.baseline_day)
    with store.begin() as connection:
        for n in range(size.days):
            day = day_number(day_of(size, n))
            for number, kind in ((2 * n + 1, "collection"), (2 * n + 2, "review")):
                connection.execute(
                    text(
                        "INSERT INTO batch (id, kind, file, sha256, loaded_at, loaded_by, rows, loaded, unchanged,"
                        " corrected) VALUES (:id, :kind, :file, :file, :at, '', 1, 1, 0, 0)"
                    ),
                    {"id": number, "kind": kind, "file": f"{kind}-{day}.csv", "at": f"{day_of(size, n)}T10:00:00.000000+00:00"},
                )  # fmt: skip
                connection.execute(text(f"INSERT INTO batch_day (batch_id, day) VALUES ({number}, {day})"))
        newest = f"SELECT unit_id, expected, batch_id FROM collection WHERE day = {frozen}"
        connection.execute(text(f"INSERT INTO baseline (unit_id, expected, batch_id) {newest}"))
        connection.execute(
            text(
                "INSERT INTO statistics (unit_id, year, staff, batch_id)"
                " SELECT id, 2015, id % 60 + 21, 1 FROM unit WHERE reporting"
            )
        )
        connection.execute(
            text(
                "INSERT INTO finding (id, batch_id, code, grade, unit_id, day, message)"
                " SELECT row_number() OVER (ORDER BY id), :batch, 'jump', 'explain', id, :day, '演示' FROM unit"
                " WHERE reporting AND id % 50 = 0"
            ),
            {"batch": 2 * size.days, "day": day_number(LAST)},
        )
        meta.put(
            connection, meta.DEMONSTRATION, "world"
        )  # what is filed today is filed on the day of the newest tables
        meta.raise_data_version(connection)


def _write_rollup(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        rebuild(connection, store.campaign.baseline_day)


def _look_after(store: Store) -> None:
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))


# ---- one more day, as the intake would hand it over --------------------------------------------------------------


def next_day(store: Store, size: Size) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Collection and review rows of the day after the last, of every school and university."""
    with store.connect() as connection:
        leaves = bulk.frame(connection, "SELECT id, sector FROM unit WHERE reporting ORDER BY id", ("sector",))
    ids = leaves["id"].to_numpy()
    expected = ids % 60 + 20
    day = pl.lit(day_of(size, size.days))

    def share(lag: int) -> np.ndarray:
        found: np.ndarray = np.minimum(
            expected, expected * (size.days - lag) * (60 + ids * 37 % 80) // (size.days * 100)
        )
        return found

    entered, submitted, first, final = (share(lag) for lag in (-6, -3, -1, 1))
    collection = pl.DataFrame(
        {"unit_id": ids, "expected": expected, "entered": entered, "submitted": submitted, "numbered": final}
    ).with_columns(day=day)
    last = leaves["sector"].replace_strict({"universities": "province", "schools": "county"})
    review = [
        pl.DataFrame({"unit_id": ids, "level": level, "pending": before - done, "approved": done, "returned": done * 0})
        for level, before, done in ((["school"] * len(ids), submitted, first), (last, first, final))
    ]
    return collection.select("unit_id", "day", "expected", "entered", "submitted", "numbered"), pl.concat(
        review
    ).with_columns(day=day).select("unit_id", "day", "level", "pending", "approved", "returned")
