"""Bringing the tables up to date (Alembic), at every start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

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


def migrate(store: Store, revision: str = "head") -> None:
    """Create the tables, or bring them to `revision` (down as well as up). All or nothing.

    Raises:
        NewerStore: they are those of a newer program.
    """
    with store.connect() as reading:
        if _refused_or_current(reading, store, revision):
            return
    with store.engine.connect() as connection:
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
