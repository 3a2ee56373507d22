"""Server-side time of a rerun of each page on the demonstration, beside an empty Streamlit page, in one run.

    python benchmarks/page_rerun.py [--database sqlite:///filled.db] [--runs 9]

Without --database the demonstration is filled into a store of its own first.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from monitor.access.demo import create_accounts
from monitor.campaign import load_campaign
from monitor.demo import fill
from monitor.store import Store, migrate, open_store
from monitor.store.setup import load_register_files
from monitor.ui.navigation import PAGES, START
from tests.ui.support import Visit


def empty() -> None:
    """A page with nothing but a word."""
    import streamlit as st

    st.write("empty")


def rerun(app: AppTest, runs: int) -> float:
    """Median milliseconds of a rerun, once warm."""
    app.run()
    assert not app.exception, app.exception
    spent = []
    for _turn in range(runs):
        start = time.perf_counter()
        app.run()
        spent.append(1000 * (time.perf_counter() - start))
    return statistics.median(spent)


def measure(store: Store, runs: int) -> None:
    """Print every page beside the empty one."""
    with pytest.MonkeyPatch.context() as patch:
        visit = Visit(patch)
        floor = rerun(AppTest.from_function(empty), runs)
        print(f"{'empty page':16}{floor:8.1f} ms")
        for key in PAGES:
            app = visit(store, None, "administrator")
            if PAGES[key] is not START:
                app._page_hash = calc_hash(key)  # what switch_page() does once the program has run
            spent = rerun(app, runs)
            print(f"{key:16}{spent:8.1f} ms   {spent / floor:6.1f} × the empty page")


def main() -> None:
    """Fill a store if none is given, then measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database")
    parser.add_argument("--runs", type=int, default=9)
    given = parser.parse_args()
    campaign = load_campaign()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(given.database or f"sqlite:///{folder}/store.db", campaign)
        migrate(store)
        if not given.database:
            load_register_files(store)
            fill(store, campaign)
            create_accounts(store, campaign)
        measure(store, given.runs)


if __name__ == "__main__":
    main()
