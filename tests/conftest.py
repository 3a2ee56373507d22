"""What all tests share: a store of each kind, a small campaign, and no way out to the network."""

import socket
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from monitor.campaign import Campaign, load_campaign
from monitor.store import Store
from tests.databases import KINDS, Databases, postgresql


def pytest_addoption(parser: pytest.Parser) -> None:
    """The kind of database that tests work on which need only one."""
    parser.addoption("--store", choices=KINDS, default=KINDS[0], help="the database that the tests work on")


LONG = (
    "tests/browser/",
    "tests/attacks/",
    "tests/store/test_rollup.py",
    "tests/documents/test_november.py",
    "tests/demo/",
)
"""Files that take longest, a few tests each: workers begin with them, so that none is left alone with one at the end."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long ones first. On another database than the ordinary run's: every test that works on a store of the kind that
    the run is about. (Those that prove themselves on both in each run have done so there.)"""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    if config.getoption("--store") == KINDS[0]:
        return
    others = [item for item in items if "databases" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if "databases" in getattr(item, "fixturenames", ())]


@pytest.fixture(autouse=True)
def _stay_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches beyond this machine, and none works on the store or the campaign of whoever runs it."""
    connect = socket.socket.connect

    def checked(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test wants to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked)
    for name in ("MONITOR_DATABASE_URL", "MONITOR_CONFIG", "MONITOR_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """The campaign of the project's own config.toml."""
    return load_campaign()


@pytest.fixture(scope="session")
def postgresql_uri() -> Iterator[str]:
    """A PostgreSQL server of this session's own (the packaged one), as an address to add a database name to."""
    with postgresql() as server:
        yield server.get_uri()


@pytest.fixture(scope="session")
def databases_of(
    campaign: Campaign, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[[str], Databases]:
    """`databases_of("postgresql")`: this session's databases of a kind."""

    @cache
    def of(kind: str) -> Databases:
        return Databases(
            kind, campaign, tmp_path_factory.mktemp(kind), lambda: str(request.getfixturevalue("postgresql_uri"))
        )

    return of


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, databases_of: Callable[[str], Databases]) -> Databases:
    """Databases of the kind that this run is about: for everything that has not to prove itself on both in each run."""
    return databases_of(request.config.getoption("--store"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request: pytest.FixtureRequest, databases_of: Callable[[str], Databases]) -> Iterator[Store]:
    """An empty store with its tables, once on each kind of database."""
    with databases_of(request.param).store() as opened:
        yield opened


@pytest.fixture
def sqlite_store(databases_of: Callable[[str], Databases]) -> Iterator[Store]:
    """An empty embedded store with its tables, for tests of what only a file has."""
    with databases_of("sqlite").store() as opened:
        yield opened


@pytest.fixture
def empty_store(databases: Databases) -> Iterator[Store]:
    """An empty store with its tables."""
    with databases.store() as opened:
        yield opened
