"""Bringing the tables up to date (Alembic), at every start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from monitor.store import meta
from monitor.store.distribution import distribute
from monitor.store.engine import Store
from monitor.store.schema import DATA_VERSION

_SCRIPTS = Path(__file__).with_name("migrations")


def known_revisions() -> set[str]:
    """Every state of the tables that this program knows how to bring up to date."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}


def migrate(store: Store, revision: str = "head") -> None:
    """Create the tables, or bring them to `revision` (down as well as up). All or nothing."""
    with store.engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            config = Config()
            config.set_main_option("script_location", str(_SCRIPTS))
            config.attributes["connection"] = connection
            (command.upgrade if revision == "head" else command.downgrade)(config, revision)
            if revision == "head":
                distribute(connection)
                if meta.get(connection, DATA_VERSION) is None:
                    meta.put(connection, DATA_VERSION, "0")
