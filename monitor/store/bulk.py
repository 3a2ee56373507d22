"""Bulk writing by each driver's fast path: COPY on PostgreSQL, one executemany on SQLite's own cursor.

Both run inside the transaction of the connection they are given. Row objects and pandas.to_sql were measured ten times
slower.
"""

import io
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
from sqlalchemy import Connection, text

_ROWS_AT_ONCE = 100_000
_UNITS_A_TEXT = 20_000  # PostgreSQL: a text has room for 1 GB, so many units for some thousand rows each


def insert(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write `rows` (tuples in the order of `columns`, days as numbers) into `table`."""
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        driver.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
        return
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def insert_frame(connection: Connection, table: str, frame: pl.DataFrame) -> None:
    """Write a frame whose columns are named as the table's; dates become day numbers.

    On PostgreSQL the frame goes as one CSV text through COPY, so that no row becomes a Python object.
    """
    frame = with_day_numbers(frame)
    if connection.dialect.name == "sqlite":
        for part in frame.iter_slices(_ROWS_AT_ONCE):
            insert(connection, table, frame.columns, part.rows())
        return
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in frame.columns)
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN (FORMAT csv)') as copy:
        copy.write(frame.write_csv(include_header=False))


def with_day_numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every date column as day numbers (20161125)."""
    dates = [name for name, kind in frame.schema.items() if kind == pl.Date]

    def number(day: pl.Expr) -> pl.Expr:
        return day.dt.year() * 10000 + day.dt.month().cast(pl.Int32) * 100 + day.dt.day()

    return frame.with_columns(number(pl.col(name)).alias(name) for name in dates)


def day_column(name: str) -> pl.Expr:
    """A column of day numbers as dates."""
    number = pl.col(name)
    return pl.date(number // 10000, number // 100 % 100, number % 100).alias(name)


def temporary(connection: Connection, name: str, columns: dict[str, str], key: str = "") -> None:
    """An empty temporary table; one of that name left from earlier in the transaction is dropped."""
    body = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    if key:
        body += f", PRIMARY KEY ({key})"
    connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    compact = " WITHOUT ROWID" if key and connection.dialect.name == "sqlite" else ""
    connection.execute(text(f"CREATE TEMPORARY TABLE {name} ({body}){compact}"))


def analyze(connection: Connection, *tables: str) -> None:
    """Let PostgreSQL know how large temporary tables are: it would plan for a handful of rows."""
    if connection.dialect.name != "sqlite":
        for table in tables:
            connection.execute(text(f"ANALYZE {table}"))


@contextmanager
def by_key(connection: Connection) -> Iterator[None]:
    """Within it PostgreSQL looks rows up by their key instead of reading whole tables: for reads of many units' newest
    rows, a small part of the table, whatever it thinks of the table's size. SQLite does so by itself (CROSS JOIN)."""
    ways = () if connection.dialect.name == "sqlite" else ("seqscan", "hashjoin", "mergejoin")
    for way in ways:
        connection.execute(text(f"SET LOCAL enable_{way} = off"))
    yield
    for way in ways:
        connection.execute(text(f"SET LOCAL enable_{way} = on"))


def frame(connection: Connection, sql: str, words: Collection[str] = ()) -> pl.DataFrame:
    """The rows that `sql` (without bound values) gives: whole numbers, and text in the columns named in `words`. The first
    column is a number, of a unit as a rule.

    Days stay numbers. The database writes them as CSV text, and no row becomes a Python object: the drivers spend more on
    half a million rows, one by one, than the database on finding them.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        names = [column[0] for column in driver.execute(f"SELECT * FROM ({sql}) t LIMIT 0").description]
        lines = f"group_concat(printf({_line(names, words)}), char(10))"
        try:
            written = driver.execute(f"SELECT {lines} FROM ({sql}) t").fetchone()
        except sqlite3.DataError:  # longer than a text may be (1 GB)
            return pl.DataFrame(driver.execute(sql).fetchall(), schema=_schema(names, words), orient="row")
        parts = [written] if written[0] is not None else []
    else:
        names = [column[0] for column in driver.execute(f"SELECT * FROM ({sql}) t LIMIT 0", prepare=False).description]
        lines = f"string_agg(format({_line(names, words)}), chr(10))"
        grouped = f"SELECT {lines} FROM ({sql}) t GROUP BY {names[0]} / {_UNITS_A_TEXT}"
        parts = driver.execute(grouped, prepare=False).fetchall()
    if not parts:
        return pl.DataFrame(schema=_schema(names, words))
    csv = "\n".join(text for (text,) in parts).encode()
    return pl.read_csv(io.BytesIO(csv), has_header=False, schema=_schema(names, words))


def _line(names: Sequence[str], words: Collection[str]) -> str:
    """What printf and format make a line of CSV of; null becomes nothing."""
    fields = ",".join('"%s"' if name in words else "%s" for name in names)
    values = ", ".join(f"replace({name}, '\"', '\"\"')" if name in words else name for name in names)
    return f"'{fields}', {values}"


def _schema(names: Iterable[str], words: Collection[str]) -> dict[str, pl.DataType]:
    return {name: pl.String() if name in words else pl.Int64() for name in names}
