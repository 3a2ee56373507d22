"""What the tables of the store are made of: days and moments as they are stored, kinds of tables."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, TypeDecorator
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def day_number(day: date) -> int:
    """20161125 for 2016-11-25."""
    return day.year * 10000 + day.month * 100 + day.day


def day_of(number: int) -> date:
    """2016-11-25 for 20161125."""
    return date(number // 10000, number // 100 % 100, number % 100)


class Day(TypeDecorator[date]):
    """A calendar day, stored as the number 20161125."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | int | None, dialect: Dialect) -> int | None:
        return day_number(value) if isinstance(value, date) else value

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:
        return None if value is None else day_of(value)

    def coerce_compared_value(self, op: Any, value: Any) -> "Day":
        return self


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, stored as ISO text with microseconds, so that it reads and sorts alike everywhere."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


EPOCH = 10101
"""The day from which a unit without an opening date counts (0001-01-01, as a number)."""
FOREVER = 99991231
"""The day on which a unit without a closing date closes (as a number)."""


def count(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable, server_default=None if nullable else "0")


SPREAD = "spread"
"""Key in a table's `info`: how it is laid over several servers (store/distribution.py); without it, it is on the first."""
EVERYWHERE = "everywhere"
"""Every server has all of the table."""


def big_table(name: str, *columns: Any, spread: str = "unit_id") -> Table:
    return Table(name, metadata, *columns, sqlite_with_rowid=False, info={SPREAD: spread})
