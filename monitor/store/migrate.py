"""Bringing the tables up to date (Alembic), at every start."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from monitor.i18n import _
from monitor.store import meta
from monitor.store.distribution import distribute
from monitor.store.engine import Store
from monitor.store.schema import DATA_VERSION

_SCRIPTS = Path(__file__).with_name("migrations")


class NewerStore(Exception):
    """The tables are those of a newer program; the message says what to do."""


def known_revisions() -> set[str]:
    """Every state of the tables that this program knows how to bring up to date."""
    return {script.revision for script in _scripts().walk_revisions()}


def newest_revision() -> str:
    """The state of the tables that this program works with."""
    return str(_scripts().get_current_head())


def revision_of(connection: Connection) -> str | None:
    """The state of a store's tables; None before there are any."""
    return MigrationContext.configure(connection).get_current_revision()


def earlier_revisions(connection: Connection) -> list[str]:
    """The states that a store's tables can be taken back to, the oldest first."""
    now = revision_of(connection)
    return sorted(known for known in known_revisions() if now is not None and known <= now)


def lost_by(connection: Connection, revision: str) -> dict[str, int]:
    """What taking the tables back to `revision` would lose: rows by table, by "table.column" where a column goes.

    Each migration says so itself (`loses`: tables that go, and columns; no columns: the whole table).
    """
    lost: dict[str, int] = {}
    now = revision_of(connection)
    for script in _scripts().walk_revisions():
        if now is None or not revision < script.revision <= now:
            continue
        for table, columns in getattr(script.module, "loses", {}).items():
            if not columns:
                lost[table] = _count(connection, table, "1 = 1")
            for column in columns:
                lost[f"{table}.{column}"] = _count(connection, table, f'"{column}" IS NOT NULL')
    return {
        name: count for name, count in lost.items() if count and (name.split(".")[0] not in lost or "." not in name)
    }


def _count(connection: Connection, table: str, where: str) -> int:
    return int(connection.execute(text(f'SELECT COUNT(*) FROM "{table}" WHERE {where}')).scalar_one())


def migrate(store: Store, revision: str = "head") -> None:
    """Create the tables, or bring them to `revision` (down as well as up). All or nothing.

    Raises:
        NewerStore: they are those of a newer program.
    """
    with store.connect() as reading:
        if _refused_or_current(reading, store, revision):
            return
    with store.engine.connect() as connection, _without_cascades(connection, store):
        connection = connection.execution_options(writes=True)
        with connection.begin():
            _refused_or_current(connection, store, revision)  # another process may have been faster
            config = _config()
            config.attributes["connection"] = connection
            (command.upgrade if revision == "head" else command.downgrade)(config, revision)
            if revision == "head":
                distribute(connection)
                if meta.get(connection, DATA_VERSION) is None:
                    meta.put(connection, DATA_VERSION, "0")
            if store.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise RuntimeError("a migration left rows behind that belong to nothing")


@contextmanager
def _without_cascades(connection: Connection, store: Store) -> Iterator[None]:
    """SQLite changes a table by making it anew and dropping the old one: rows that hang on it would go along."""
    driver: Any = connection.connection.driver_connection
    if store.is_sqlite:
        driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        if store.is_sqlite:
            driver.execute("PRAGMA foreign_keys=ON")


def _refused_or_current(connection: Connection, store: Store, revision: str) -> bool:
    """Whether there is nothing to do: a start waits for nobody's writing then."""
    now = revision_of(connection)
    if now is not None and now not in known_revisions():
        raise NewerStore(
            _(
                "The database is that of a newer version of this program (tables {found}, this version knows {known}). Install the newer version again, or take its tables back with it: python -m monitor init --tables {known}"
            ).format(found=now, known=newest_revision())
        )
    # On PostgreSQL it is looked whether the tables are to be distributed meanwhile.
    return revision == "head" and store.is_sqlite and now == newest_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config
