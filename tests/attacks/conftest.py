"""The small campaign, served by a real process, with an account of each role; and a client that keeps to no rule."""

from collections.abc import Iterator

import pytest

from monitor.access import passwords, sessions
from monitor.access.roles import ROLES
from monitor.store import Store
from tests.databases import Databases
from tests.pages.conftest import UNITS, open_page
from tests.pages.world import fill
from tests.ui.server import Server, serving
from tests.ui.support import make_account, visit

__all__ = ["open_page", "visit"]


@pytest.fixture(autouse=True)
def _settled() -> Iterator[None]:
    yield
    sessions.settle()


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[Store]:
    """The store of tests.pages.world with an account of each role: "city-c1", "county-k1", "observer" …"""
    with databases.store() as opened:
        fill(opened)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(passwords, "ROUNDS", 4)
            for role in ROLES:
                make_account(opened, role, UNITS.get(role))
            sessions.ensure_key(opened)
        yield opened


@pytest.fixture(scope="module")
def server(world: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program, serving that store."""
    with serving(world, tmp_path_factory.mktemp("server")) as running:
        yield running
