"""Several processes on one store, and several people in one process: nobody is shown stale figures, nobody is held up."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import text

from monitor.access import sessions
from monitor.filings.roster_load import Filed, record_all
from monitor.store import Store, loads
from monitor.store.register import load_register
from tests.attacks.client import request, tab
from tests.databases import Databases
from tests.filings.people import COMPLETE
from tests.pages.conftest import UNITS
from tests.pages.world import LAST, fill
from tests.ui.server import serving
from tests.ui.support import cookie_of, make_account

SLOW = 3
"""People whose page waits for the store at the same time."""


def _load(store: Store, day: date, approved: int) -> None:
    """A day of university U1, which expects 200 people."""
    with store.connect() as connection:
        unit = load_register(connection).resolve("U1")
    assert unit is not None
    figures = pl.DataFrame(
        [(unit.id, day, 200, approved, approved, approved)],
        ["unit_id", "day", "expected", "entered", "submitted", "numbered"], orient="row",
    )  # fmt: skip
    places = pl.DataFrame(
        [(unit.id, day, level, 0, approved, 0) for level in unit.chain],
        ["unit_id", "day", "level", "pending", "approved", "returned"], orient="row",
    )  # fmt: skip
    loads.load(store, loads.NewBatch("collection", f"{day}.csv", f"c{day}", "", 1), loads.Tables(figures, places), [])


def test_what_one_process_loads_the_next_page_of_another_shows(store: Store, tmp_path: Path) -> None:
    fill(store)
    cookie = cookie_of(store, make_account(store, "university", UNITS["university"]))
    with (
        serving(store, tmp_path) as one,
        serving(store, tmp_path) as other,
        tab(one, "universities", cookie) as here,
        tab(other, "universities", cookie) as there,
    ):
        # What is shown is kept, in both; then a third process (this one) loads, twice.
        for shown in (here.run(), here.run(), there.run(), there.run()):
            assert not shown.failed and "39.0%" in shown.said  # 78 of 200, tests/pages/world.py
        for number, approved in enumerate((101, 163), 1):
            day = LAST + timedelta(days=number)
            _load(store, day, approved)
            for shown in (here.run(), there.run()):
                assert not shown.failed and day.isoformat() in shown.said
                assert f"{approved / 200:.1%}" in shown.said and "39.0%" not in shown.said


@pytest.fixture
def world(databases_of: Callable[[str], Databases]) -> Iterator[Store]:
    """The small campaign on PostgreSQL, where one table can be held while the others are read."""
    with databases_of("postgresql").store() as opened:
        fill(opened)
        record_all(opened, [Filed("C1", COMPLETE, datetime(2016, 10, 9, 2, tzinfo=UTC))], "tester")
        sessions.ensure_key(opened)
        yield opened


@contextmanager
def _held(store: Store, table: str) -> Iterator[None]:
    """Whoever reads the table waits."""
    with store.begin() as connection:
        connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield


@pytest.mark.postgresql
def test_slow_queries_and_exports_hold_up_nobody_else(world: Store, tmp_path: Path) -> None:
    slow = cookie_of(world, make_account(world, "city", UNITS["city"]))
    quick = cookie_of(world, make_account(world, "university", UNITS["university"]))
    with serving(world, tmp_path) as server, ThreadPoolExecutor(2 * SLOW) as people:
        with tab(server, "roster", slow) as here:
            links = [line for line in here.run().said.splitlines() if line.startswith("./download/")]
        form = next(link.removeprefix(".") for link in links if link.endswith(".xlsx"))

        def look() -> bool:
            with tab(server, "roster", slow) as there:
                return not there.run().failed

        with _held(world, "roster_member"):
            waiting = [people.submit(look) for _ in range(SLOW)]
            waiting += [people.submit(request, server, "GET", form, cookie=slow) for _ in range(SLOW)]
            for page in ("universities", "overview", "account"):
                with tab(server, page, quick) as here:
                    shown = here.run()
                    assert not shown.failed and "退出" in shown.said
            assert request(server, "GET", "/readyz").status == 200
            assert not any(one.done() for one in waiting)
        assert all(one.result() is True for one in waiting[:SLOW])
        assert [one.result().status for one in waiting[SLOW:]] == [200] * SLOW
