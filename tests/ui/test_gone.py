"""What a tab held is let go when it is gone, without a collection of the garbage after each run."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg

from monitor.access import sessions
from monitor.store import Store
from tests.attacks.client import tab
from tests.pages.conftest import UNITS
from tests.pages.world import fill
from tests.ui.server import PATIENCE, WATCHED, Server, run_page, serving
from tests.ui.support import cookie_of, make_account

TABS = 5


def _look_around(server: Server, cookie: str, *, to_the_end: bool = True) -> None:
    with tab(server, "", cookie) as here:
        for page in ("", "cities", "lagging", "monthly"):
            assert not here.run(page=page).failed
        if not to_the_end:  # gone in the middle of a run
            asked = BackMsg()
            asked.rerun_script.page_name = "cities"
            here.connection.send(asked.SerializeToString())


def _held(file: Path, server: Server, enough: Callable[[dict[str, int]], bool]) -> dict[str, int]:
    """What the process holds, once it is little enough, or after much patience. A stranger comes and goes meanwhile:
    Streamlit looks for what is to be let go when another tab is gone."""
    end = time.monotonic() + PATIENCE
    while True:
        run_page(server, "")
        time.sleep(0.5)
        held: dict[str, int] = json.loads(file.read_text())
        if enough(held) or time.monotonic() > end:
            return held


def test_tabs_that_are_gone_leave_nothing_behind(empty_store: Store, tmp_path: Path) -> None:
    fill(empty_store)
    name = make_account(empty_store, "city", UNITS["city"])
    sessions.ensure_key(empty_store)
    cookie, file = cookie_of(empty_store, name), tmp_path / "held"
    with serving(empty_store, tmp_path, started=WATCHED, WATCHED=str(file)) as server:
        _look_around(server, cookie)
        before = _held(file, server, lambda held: held["sessions"] <= 2 and held["offers"] == 0)
        with tab(server, "cities", cookie) as open_one:
            assert not open_one.run().failed
            for number in range(TABS):
                _look_around(server, cookie, to_the_end=number % 2 == 0)
            after = _held(file, server, lambda held: held["sessions"] <= 3)
            assert 0 < after["offers"] <= 32  # what is open still offers its files
        after = _held(file, server, lambda held: held["sessions"] <= 2 and held["offers"] == 0)
    assert before["sessions"] <= 2 and after["sessions"] <= 2, (before, after)
    assert (before["offers"], after["offers"]) == (0, 0)
    assert after["polls"] <= before["polls"] + 1, (before, after)
