"""Migrations taken back and made again on a store with something in every table, on both databases: all is as before but what
a migration says that taking it back loses."""

from importlib import import_module
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner
from sqlalchemy import func, inspect, select, text

from monitor.__main__ import main
from monitor.store import Store, audit, migrate, rollup
from monitor.store.migrate import earlier_revisions, lost_by, newest_revision, revision_of
from monitor.store.schema import metadata
from tests.databases import address
from tests.store.filled import fill_every_table

Rows = dict[str, list[dict[str, Any]]]


def rows(store: Store) -> Rows:
    with store.connect() as connection:
        return {
            table.name: sorted((dict(row._mapping) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def without(found: Rows, lost: set[str]) -> Rows:
    """The rows without the tables and columns that are lost."""
    return {
        table: sorted(
            ({name: value for name, value in row.items() if f"{table}.{name}" not in lost} for row in kept), key=repr
        )
        for table, kept in found.items()
        if table not in lost
    }


def _holds(found: Rows, name: str) -> bool:
    table, column = name.split(".")
    return any(row[column] is not None for row in found[table])


def test_down_to_each_state_and_up_again(store: Store) -> None:
    fill_every_table(store)
    with store.connect() as connection:
        states = earlier_revisions(connection)
        assert states[-1] == newest_revision() and len(states) > 10
    lost_in_all: set[str] = set()
    for state in reversed(states[:-1]):
        fill_every_table(store)
        before = rows(store)
        assert all(before.values()), "a table is empty"
        with store.connect() as connection:
            lost = lost_by(connection, state)
        migrate(store, state)
        with store.connect() as connection:
            assert revision_of(connection) == state
            there = inspect(connection)
            tables = set(there.get_table_names())
            gone = {name for name in metadata.tables if name not in tables}
            gone |= {
                f"{table}.{column.name}" for table in tables & set(metadata.tables)
                for column in metadata.tables[table].columns
                if column.name not in {one["name"] for one in there.get_columns(table)}
            }  # fmt: skip
        held = {name for name in gone if "." not in name or _holds(before, name)}
        assert set(lost) == held, f"{state}: what goes is not what the migrations say"
        migrate(store)
        after = rows(store)
        assert without(after, gone) == without(before, gone), state
        with store.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            assert compare_metadata(context, metadata) == []
            assert audit.broken_at(connection) is None
        with store.begin(keep=False) as connection:
            assert rollup.differences(connection, store.campaign.baseline_day) == []
        lost_in_all |= gone
    assert {"bulletin", "roster", "account.language"} <= lost_in_all


def test_a_migration_that_fails_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_every_table(store)
    migrate(store, "0009")
    with store.connect() as connection:
        kept = connection.execute(text("SELECT * FROM audit ORDER BY id")).all()

    def broken(*_anything: Any) -> None:
        raise OSError("gone")

    monkeypatch.setattr(import_module("monitor.store.migrate"), "distribute", broken)
    with pytest.raises(OSError, match="gone"):
        migrate(store)
    with store.connect() as connection:
        assert revision_of(connection) == "0009"
        assert connection.execute(text("SELECT * FROM audit ORDER BY id")).all() == kept
        assert "assertion" not in inspect(connection).get_table_names()
    monkeypatch.undo()
    migrate(store)


def test_the_command_says_what_would_be_lost(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_every_table(empty_store)
    monkeypatch.setenv("MONITOR_DATABASE_URL", address(empty_store))
    before = rows(empty_store)
    run = lambda *words: CliRunner().invoke(main, ["init", "--tables", *words])  # noqa: E731
    refused = run("0005")
    assert refused.exit_code == 1 and "bulletin（2 行）" in refused.output and "--lose" in refused.output
    assert rows(empty_store) == before
    assert run("0099").exit_code == 2 and run("nonsense").exit_code == 2
    assert run(newest_revision()).exit_code == 0 and rows(empty_store) == before
    assert run("0005", "--lose").exit_code == 0
    with empty_store.connect() as connection:
        assert revision_of(connection) == "0005"
        assert connection.execute(select(func.count()).select_from(metadata.tables["unit"])).scalar_one() > 0
