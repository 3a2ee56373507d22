"""Rows as they cross between the database and polars."""

import sqlite3
from typing import Any

import polars as pl

from monitor.store import Store, bulk

SCHEMA = {"unit_id": pl.Int64, "figure": pl.Int64, "word": pl.String}
ROWS = [(1, 7, "primary"), (2, None, 'a "word", and more'), (70_000, -3, "高校"), (70_001, 2**40, "%s")]


def written(connection: Any) -> str:
    """A table with the rows, and the query for them."""
    bulk.temporary(connection, "crossing", {"unit_id": "INTEGER", "figure": "BIGINT", "word": "TEXT"}, "unit_id")
    bulk.insert_frame(connection, "crossing", pl.DataFrame(ROWS, SCHEMA, orient="row"))
    return "SELECT unit_id, figure, word FROM crossing"


def test_rows_come_back_as_they_went(store: Store) -> None:
    with store.begin(keep=False) as connection:
        sql = written(connection)
        found = bulk.frame(connection, sql, ("word",))
        assert found.schema == SCHEMA
        assert sorted(found.rows()) == ROWS
        none = bulk.frame(connection, f"{sql} WHERE unit_id < 0", ("word",))
        assert none.schema == SCHEMA and none.is_empty()


def test_more_rows_than_one_text_holds(empty_store: Store) -> None:
    if not empty_store.is_sqlite:
        return  # PostgreSQL writes several texts in any case: the test above
    with empty_store.begin(keep=False) as connection:
        sql = written(connection)
        driver: Any = connection.connection.driver_connection
        before = driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 60)
        try:
            found = bulk.frame(connection, sql, ("word",))
        finally:
            driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)
        assert sorted(found.rows()) == ROWS
