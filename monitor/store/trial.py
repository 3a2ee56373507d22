"""Trials: files loaded one after the other into a copy of the store that goes, while others read and write the store.

A load within a transaction that is taken back would do as well, but whoever wants to write would have to wait for its end:
files of a country take minutes to read. Of SQLite the copy is a file without a name, gone with its connection
however that ends; of PostgreSQL it is temporary tables, which hide those of the store from the one connection that has them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, StaticPool, text

from monitor.store import bulk
from monitor.store.engine import Store, single_connection, sqlite_engine
from monitor.store.schema import rollup

_WRITTEN: Final = (
    "unit", "unit_alias", "unit_ancestor", "collection", "review", "statistics", "baseline", "rollup", "batch", "batch_day",
    "batch_row", "finding", "finding_answer", "audit", "meta", "roster", "roster_member", "roster_event",
)  # fmt: skip
"""The tables that a load writes."""


@contextmanager
def trial(store: Store) -> Iterator[Store]:
    """A store in which files are loaded as in this one, as it is now, and of which nothing is kept. Nobody waits for it."""
    engine = _copy_of(store) if store.is_sqlite else single_connection(store)
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            if not store.is_sqlite:
                _hide_tables(connection)
            yield _Trial(store, connection)
            transaction.rollback()
    finally:
        engine.dispose()


def _copy_of(store: Store) -> Any:
    copy = sqlite3.connect("", check_same_thread=False)
    with store.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.backup(copy)
    return sqlite_engine("sqlite://", creator=lambda: copy, poolclass=StaticPool)


def _hide_tables(connection: Connection) -> None:
    """Temporary tables with the rows of those that a load writes, under their names."""
    schema = connection.execute(text("SELECT current_schema()")).scalar_one()
    for name in _WRITTEN:
        connection.execute(text(f"CREATE TEMPORARY TABLE {name} (LIKE {name} INCLUDING ALL)"))
        if name != rollup.name:  # nothing that is said of a file is read from the sums
            connection.execute(text(f'INSERT INTO {name} SELECT * FROM "{schema}".{name}'))
    bulk.analyze(connection, *_WRITTEN)


class _Trial(Store):
    """What happens on one connection, in one transaction that is taken back; its own transactions are savepoints in it."""

    def __init__(self, store: Store, connection: Connection) -> None:
        super().__init__(store.engine, store.campaign)
        self._connection = connection

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with self.begin(keep=False) as connection:
            yield connection

    @contextmanager
    def begin(self, *, keep: bool = True) -> Iterator[Connection]:
        with self._connection.begin_nested() as savepoint:
            yield self._connection
            if not keep:
                savepoint.rollback()
