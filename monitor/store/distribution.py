"""Beyond one server: the same tables spread over several by Citus, an extension of PostgreSQL.

Figures of a unit lie together (distributed by unit_id); the tree, which every read joins, lies whole on every server
(reference tables); the rest stays on the first server. What each table is stands in the schema. Where the extension is
not there, nothing happens.
"""

from sqlalchemy import Connection, text

from monitor.store.schema import EVERYWHERE, SPREAD, metadata


def distribute(connection: Connection) -> list[str]:
    """Distribute the tables that are not distributed yet; their names. Part of the transaction that made them."""
    if connection.dialect.name != "postgresql" or not _has_citus(connection):
        return []
    done = set(connection.execute(text("SELECT CAST(logicalrelid AS text) FROM pg_dist_partition")).scalars())
    # Reference tables first, in the order of their foreign keys.
    tables = [table for table in metadata.sorted_tables if table.name not in done and SPREAD in table.info]
    tables.sort(key=lambda table: table.info[SPREAD] != EVERYWHERE)
    for table in tables:
        if table.info[SPREAD] == EVERYWHERE:
            connection.execute(text("SELECT create_reference_table(:name)"), {"name": table.name})
        else:
            statement = text("SELECT create_distributed_table(:name, :column)")
            connection.execute(statement, {"name": table.name, "column": table.info[SPREAD]})
    return [table.name for table in tables]


def _has_citus(connection: Connection) -> bool:
    # By what is called, not by the extension's name: databases descended from it carry other names.
    wanted = text(
        "SELECT count(*) FROM pg_proc WHERE proname IN ('create_distributed_table', 'create_reference_table')"
    )
    return int(connection.execute(wanted).scalar_one()) >= 2
