"""A store with something in every table, whatever tables there are: those that nothing in the small campaign fills get rows made up
by the kinds of their columns."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Integer, LargeBinary, Table, func, insert, select

from monitor.store import Store
from monitor.store.schema import Day, Moment, metadata
from tests.pages.world import fill

ROWS = 2


def fill_every_table(store: Store) -> None:
    """The small campaign, and made-up rows in every table that is still empty."""
    with store.connect() as connection:
        empty = not connection.execute(select(func.count()).select_from(metadata.tables["unit"])).scalar_one()
    if empty:
        fill(store)
    with store.begin() as connection:
        for table in metadata.sorted_tables:
            if not connection.execute(select(func.count()).select_from(table)).scalar_one():
                for number in range(1, ROWS + 1):
                    values = {column.name: _value(connection, table, column, number) for column in table.columns}
                    connection.execute(insert(table).values(**values))


def _value(connection: Connection, table: Table, column: Column[Any], number: int) -> Any:
    for key in column.foreign_keys:
        return connection.execute(select(key.column).order_by(key.column).limit(1)).scalar_one()
    kind = column.type
    if isinstance(kind, Moment):
        return datetime(2016, 11, number, 8, 30, tzinfo=UTC)
    if isinstance(kind, Day):
        return date(2016, 11, number)
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, JSON):
        return {"演示": number}
    if isinstance(kind, LargeBinary):
        return bytes(range(number, 200))
    if isinstance(kind, Integer):
        return number
    return f"{column.name[: (getattr(kind, 'length', None) or 40) - 2]}{number}"
