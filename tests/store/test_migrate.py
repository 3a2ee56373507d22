"""Migrations make the schema that the code speaks of, on both databases, and can be taken back."""

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from monitor.store import Store, migrate
from monitor.store.schema import metadata
from tests.databases import Databases


def test_migrations_make_the_schema(store: Store) -> None:
    with store.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_big_tables_are_compact_on_sqlite(databases_of: Callable[[str], Databases]) -> None:
    with databases_of("sqlite").store() as store, store.connect() as connection:
        made = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
    for name in ("collection", "review", "rollup", "unit_ancestor"):
        assert "WITHOUT ROWID" in made[name].upper()


def test_up_again_and_down(store: Store) -> None:
    migrate(store)  # a second time changes nothing
    with store.begin() as connection:
        connection.execute(text("UPDATE meta SET value = '7' WHERE key = 'data_version'"))
    migrate(store)
    with store.connect() as connection:
        assert connection.execute(text("SELECT value FROM meta WHERE key = 'data_version'")).scalar() == "7"
    migrate(store, "base")
    with store.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate(store)
