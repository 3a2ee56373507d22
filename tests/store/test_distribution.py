"""The store keeps the rules by which it can be spread over servers, and spreads itself where it can."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import JSON as JSON_TYPE
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

import monitor.store
from monitor.campaign import Campaign
from monitor.store import migrate, open_store
from monitor.store.distribution import distribute
from monitor.store.schema import EVERYWHERE, SPREAD, Day, Moment, metadata
from tests.databases import Databases

SPREAD_TABLES = [table for table in metadata.sorted_tables if table.info.get(SPREAD, EVERYWHERE) != EVERYWHERE]
SOURCES = sorted(Path(monitor.store.__file__).parent.rglob("*.py"))
PLAIN = (BigInteger, Boolean, Integer, JSON_TYPE, LargeBinary, String, Text, Day, Moment)


def _unique_keys(table: Table) -> list[list[str]]:
    keys = [[column.name for column in table.primary_key]]
    keys += [[column.name for column in one.columns] for one in table.constraints if isinstance(one, UniqueConstraint)]
    keys += [[column.name for column in one.columns] for one in table.indexes if isinstance(one, Index) and one.unique]
    return keys


def test_what_grows_with_units_and_days_is_spread_by_unit() -> None:
    assert {table.name for table in SPREAD_TABLES} == {"collection", "review", "statistics", "baseline", "rollup"}
    assert {table.info[SPREAD] for table in SPREAD_TABLES} == {"unit_id"}


@pytest.mark.parametrize("table", SPREAD_TABLES, ids=lambda table: table.name)
def test_every_unique_key_begins_with_the_unit_and_nothing_points_across_servers(table: Table) -> None:
    assert all(key[0] == "unit_id" for key in _unique_keys(table))
    assert not table.foreign_keys
    assert not any(key.references(table) for other in metadata.sorted_tables for key in other.foreign_key_constraints
                   if key.referred_table is table)  # fmt: skip


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_columns_are_of_types_that_every_database_has(table: Table) -> None:
    for column in table.columns:
        assert type(column.type) in PLAIN, column


@pytest.mark.postgresql
def test_no_sequence_hands_out_numbers(campaign: Campaign, databases_of: Callable[[str], Databases]) -> None:
    store = open_store(databases_of("postgresql").new(), campaign)
    migrate(store)
    with store.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM pg_sequences")).scalar() == 0
    store.close()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_sql_is_everybodys(path: Path) -> None:
    """Words that only some databases understand, or that do not work on tables spread over servers."""
    source = re.sub(r"^\s*#.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    foreign = re.compile(
        r"DISTINCT\s+ON|pg_(try_)?advisory|nextval|\bSERIAL\b|\bILIKE\b|\bLATERAL\b|\w::\w+|\bjsonb?_|UNNEST|\bARRAY\["
        r"|SET\s+unit_id\s*=|GENERATED\s+(ALWAYS|BY)|SKIP\s+LOCKED|LISTEN\b|NOTIFY\b"
    )
    assert not foreign.search(source), foreign.search(source)


def _pretend(connection: Connection) -> None:
    """The three things of Citus that are used, as functions and a table that write down what they were asked."""
    for statement in (
        "CREATE TABLE pg_dist_partition (logicalrelid regclass, how text)",
        "CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE sql AS"
        " $$ INSERT INTO pg_dist_partition VALUES (name, 'everywhere') $$",
        "CREATE FUNCTION create_distributed_table(name regclass, field text) RETURNS void LANGUAGE sql AS"
        " $$ INSERT INTO pg_dist_partition VALUES (name, field) $$",
    ):
        connection.exec_driver_sql(statement)


@pytest.mark.postgresql
def test_init_spreads_the_tables_once_where_the_extension_is(
    campaign: Campaign, databases_of: Callable[[str], Databases]
) -> None:
    store = open_store(databases_of("postgresql").new(), campaign)
    with store.engine.begin() as connection:
        _pretend(connection)
    migrate(store)
    migrate(store)
    with store.begin() as connection:
        assert distribute(connection) == []
        found = connection.execute(text("SELECT CAST(logicalrelid AS text), how FROM pg_dist_partition")).all()
    assert {(name, how) for name, how in found} == {
        (table.name, table.info[SPREAD]) for table in metadata.sorted_tables if SPREAD in table.info
    }
    names = [name for name, _ in found]
    assert names.index("unit") < names.index("unit_alias") < names.index("collection")
    store.close()


def test_nothing_happens_elsewhere(store: monitor.store.Store) -> None:
    with store.begin() as connection:
        assert distribute(connection) == []
