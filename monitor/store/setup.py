"""Making a store ready for its campaign."""

from monitor.divisions import read_divisions
from monitor.store import audit, meta
from monitor.store.engine import Store
from monitor.store.register import change_register, unit_table


def load_register_files(store: Store) -> int:
    """Load the campaign's divisions and institutions (config.toml names the files); the number of new or changed units.

    Not a batch: it belongs to the installation and is not undone.

    Raises:
        ConfigError: a file cannot be used.
    """
    table = unit_table(read_divisions(store.campaign))
    with store.begin() as connection:
        change = change_register(connection, store.campaign, table)
        written = change.new + change.changed
        if written:
            audit.append(connection, "", "register", {"new": change.new, "changed": change.changed})
            meta.raise_data_version(connection)
    return written
