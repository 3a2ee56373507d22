"""The tables of figures, as batches write and take them back."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from monitor.store.schema import FOREVER

UNIT_ROWS = "unit"
"""Rows of the register among the rows that a batch replaced (batch_row.table_name)."""
ALIAS_ROWS = "unit_alias"
"""Former names that a batch wrote down, likewise."""
ROSTER_ROWS = "roster"
"""Where units stood with their rosters before a batch, likewise; the people whom it replaced stay in roster_member."""


class LoadRefused(Exception):
    """The batch cannot be undone, or the store has moved on; the message says why and what to do."""


@dataclass(frozen=True)
class Shape:
    """One of the tables of figures: its key, its figures, and those where null means "as before"."""

    table: str
    key: tuple[str, ...]
    figures: tuple[str, ...]
    carried: tuple[str, ...] = ()


SHAPES = (
    Shape(
        "collection",
        ("unit_id", "day"),
        ("expected", "entered", "submitted", "numbered"),
        ("expected", "numbered"),
    ),
    Shape("review", ("unit_id", "level", "day"), ("pending", "approved", "returned")),
    Shape("statistics", ("unit_id", "year"), ("staff", "teachers"), ("teachers",)),
)


def table_days(connection: Connection) -> list[int]:
    """The days (numbers) that a batch in force has figures of, oldest first."""
    return list(connection.execute(text(f"SELECT DISTINCT d.day {_IN_FORCE} ORDER BY d.day")).scalars())


def first_table_day(connection: Connection) -> int:
    """The oldest day (number) that a batch in force has figures of; FOREVER before any."""
    found: int | None = connection.execute(text(f"SELECT MIN(d.day) {_IN_FORCE}")).scalar()
    return FOREVER if found is None else found


def last_table_day(connection: Connection) -> int:
    """The newest day (number) that a batch in force has figures of; 0 before any."""
    found: int | None = connection.execute(text(f"SELECT MAX(d.day) {_IN_FORCE}")).scalar()
    return found or 0


_IN_FORCE = "FROM batch_day d JOIN batch b ON b.id = d.batch_id WHERE b.undone_at IS NULL"
