"""Opening the store: an embedded SQLite file by default, PostgreSQL where MONITOR_DATABASE_URL names one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError

from monitor.campaign import Campaign, load_campaign
from monitor.i18n import _
from monitor.store.schema import DATA_VERSION, meta

# A page holds two or three connections where one question is asked within another; pages run some at a time, and
# beside them downloads and long work (monitor/ui/runtime.py, monitor/ui/routes.py).
_POOL: Final[dict[str, Any]] = {"pool_size": 12, "max_overflow": 36}
_PATIENCE: Final = 60
"""Seconds that a writer waits for another one's end (SQLite; `?timeout=` in the address says otherwise)."""
_DRIVERS: Final = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")
_NETWORK: Final = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A server that is gone without a word is given up in seconds; the system would wait for it for hours."""


class Store:
    """A store: where it is, and connections to it."""

    def __init__(self, engine: Engine, campaign: Campaign) -> None:
        self.engine = engine
        self.campaign = campaign

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection to read from. What it sees does not change while it is held."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()  # nothing was written but perhaps temporary tables

    @contextmanager
    def begin(self, *, keep: bool = True) -> Iterator[Connection]:
        """A transaction that writes: all of it is kept when the block ends well, nothing when it raises.

        With `keep=False` nothing is kept in any case: a trial.
        """
        with self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin() as transaction:
                if not self.is_sqlite:
                    # Writers take turns, as SQLite's do: roll-up, undo and audit chain build on what stood before.
                    connection.execute(select(meta.c.value).where(meta.c.key == DATA_VERSION).with_for_update())
                yield connection
                if not keep:
                    transaction.rollback()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


class WrongAddress(ValueError):
    """What is given as the address of a store is none. The words do not repeat it: it may hold a password."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "MONITOR_DATABASE_URL is no address of a store. Write it as sqlite:////folder/file.db or as"
                " postgresql://user:password@host/database."
            )
        )


def database_url(campaign: Campaign, url: str | None = None) -> str:
    """The address of the store: `url`, MONITOR_DATABASE_URL, or the file that config.toml names.

    Raises:
        WrongAddress: it is no address, or that of another kind of database.
    """
    given = url or os.environ.get("MONITOR_DATABASE_URL")
    if given:
        try:
            parsed = make_url(given)
        except (ArgumentError, ValueError) as error:
            raise WrongAddress from error
        # PostgreSQL is spoken to with psycopg 3, whatever the address says of drivers.
        if parsed.drivername.partition("+")[0] in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.drivername not in _DRIVERS:
            raise WrongAddress
        return parsed.render_as_string(hide_password=False)
    return f"sqlite:///{campaign.path(campaign.data.database)}"


def open_store(url: str | None = None, campaign: Campaign | None = None) -> Store:
    """Open the store (see `database_url`); its tables are made and brought up to date by `migrate`."""
    campaign = campaign or load_campaign()
    address = make_url(database_url(campaign, url))
    if address.get_backend_name() == "sqlite":
        in_file = bool(address.database) and address.database != ":memory:"
        if in_file:
            Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
        seconds = float(str(address.query.get("timeout", _PATIENCE)))
        engine = sqlite_engine(address, connect_args={"timeout": seconds}, **(_POOL if in_file else {}))
    else:
        engine = _postgresql_engine(address, pool_pre_ping=True, **_POOL)
    return Store(engine, campaign)


def single_connection(store: Store) -> Engine:
    """An engine for one more connection to a PostgreSQL store, which nobody else gets afterwards."""
    return _postgresql_engine(store.engine.url, poolclass=NullPool)


def _postgresql_engine(address: URL, **options: Any) -> Engine:
    given = {name: value for name, value in _NETWORK.items() if name not in address.query}
    engine = create_engine(address, connect_args=given, **options)
    event.listen(engine, "begin", _begin_postgresql)
    engine.hide_parameters = True  # what people typed has no place in the words of an error
    return engine


def sqlite_engine(address: URL | str, **options: Any) -> Engine:
    """An engine for SQLite as the store uses it."""
    engine = create_engine(address, **options)
    _prepare_sqlite(engine)
    engine.hide_parameters = True
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: Any) -> None:
        # The driver would begin transactions by itself, too late and not for every statement: we begin them.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA cache_size=-16384")  # each connection has its own; the system keeps the file
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer asks for the one write lock at once: it waits its turn instead of failing half-way.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    # A page reads several times; all of its figures must be those of one moment.
    if not connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
