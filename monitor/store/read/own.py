"""What a unit's own tables said before and on a day: what the intake checks a new table against.

Of units themselves, not of what was merged into them. `keys` are frames of unit_id and day (Date).
"""

from collections.abc import Sequence

import polars as pl
from sqlalchemy import Connection

from monitor.figures import LEVELS, QUEUE
from monitor.store import bulk

_ASKED = "asked"


def collection_before(connection: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """The newest collection figures strictly before the days: keys, collection_day (Date), expected, entered, submitted,
    numbered (null: never known)."""
    _ask(connection, keys)
    return _days(
        _frame(
            connection,
            f"SELECT p.unit_id, p.day, c.day AS collection_day, {_carried('expected')} AS expected, c.entered,"
            f" c.submitted, {_carried('numbered')} AS numbered"
            f" FROM {_ASKED} p LEFT JOIN collection c ON c.unit_id = p.unit_id AND c.day ="
            " (SELECT MAX(x.day) FROM collection x WHERE x.unit_id = p.unit_id AND x.day < p.day)",
        )
    )


def approved_before(connection: Connection, keys: pl.DataFrame, levels: Sequence[str]) -> pl.DataFrame:
    """What stood as approved strictly before the days: keys, review_day (Date), approved_<level> (null: never known),
    and expected."""
    _ask(connection, keys)
    numbers = [LEVELS.index(level) for level in levels]
    joins = " ".join(
        f"LEFT JOIN review r{n} ON r{n}.unit_id = p.unit_id AND r{n}.level = {n} AND r{n}.day ="
        f" (SELECT MAX(x.day) FROM review x WHERE x.unit_id = p.unit_id AND x.level = {n} AND x.day < p.day)"
        for n in numbers
    )
    found = _frame(
        connection,
        f"SELECT p.unit_id, p.day, {', '.join(f'r{n}.day AS day_{n}' for n in numbers)},"
        f" {', '.join(f'r{n}.approved AS approved_{LEVELS[n]}' for n in numbers)}, {_newest('expected')} AS expected"
        f" FROM {_ASKED} p {joins}",
    )
    days = [f"day_{n}" for n in numbers]
    return _days(found.with_columns(review_day=pl.max_horizontal(days)).drop(days))


def collection_after(connection: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """The unit's next own day after each day that has one: keys, next_day, and what the table of that day says itself."""
    names = ("expected", "entered", "submitted", "numbered")
    figures = ", ".join(f"c.{name}" for name in names)
    join = "JOIN collection c ON c.unit_id = q.unit_id AND c.day = q.next_day"
    return _after(connection, keys, "collection", figures, join)


def review_after(connection: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """The unit's next day with a review after each day that has one: keys, next_day, approved_<level> (null: not in that day's
    table)."""
    numbers = range(len(LEVELS))
    joins = " ".join(
        f"LEFT JOIN review r{n} ON r{n}.unit_id = q.unit_id AND r{n}.level = {n} AND r{n}.day = q.next_day"
        for n in numbers
    )
    return _after(
        connection, keys, "review", ", ".join(f"r{n}.approved AS approved_{LEVELS[n]}" for n in numbers), joins
    )


def _after(connection: Connection, keys: pl.DataFrame, table: str, figures: str, joins: str) -> pl.DataFrame:
    _ask(connection, keys)
    after = f"SELECT MIN(x.day) FROM {table} x WHERE x.unit_id = p.unit_id AND x.day > p.day"
    asked = f"(SELECT p.unit_id, p.day, ({after}) AS next_day FROM {_ASKED} p) q"
    return _days(
        _frame(
            connection,
            f"SELECT q.unit_id, q.day, q.next_day, {figures} FROM {asked} {joins} WHERE q.next_day IS NOT NULL",
        )
    )


def collection_on(connection: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """The collection figures of the days themselves (null: none): keys, collection_day, expected (carried from before
    where the day does not say it), entered, submitted, numbered (likewise)."""
    _ask(connection, keys)
    return _days(
        _frame(
            connection,
            f"SELECT p.unit_id, p.day, c.day AS collection_day, {_carried('expected')} AS expected, c.entered,"
            f" c.submitted, {_carried('numbered')} AS numbered"
            f" FROM {_ASKED} p LEFT JOIN collection c ON c.unit_id = p.unit_id AND c.day = p.day",
        )
    )


def review_on(connection: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """The review figures of the days themselves: keys and <place>_<level> (null: none)."""
    _ask(connection, keys)
    numbers = range(len(LEVELS))
    columns = ", ".join(f"r{n}.{place} AS {place}_{LEVELS[n]}" for n in numbers for place in QUEUE)
    joins = " ".join(
        f"LEFT JOIN review r{n} ON r{n}.unit_id = p.unit_id AND r{n}.level = {n} AND r{n}.day = p.day" for n in numbers
    )
    return _days(_frame(connection, f"SELECT p.unit_id, p.day, {columns} FROM {_ASKED} p {joins}"))


def _ask(connection: Connection, keys: pl.DataFrame) -> None:
    bulk.temporary(connection, _ASKED, {"unit_id": "INTEGER", "day": "INTEGER"}, "unit_id, day")
    bulk.insert_frame(connection, _ASKED, keys.select("unit_id", "day").unique().sort("unit_id", "day"))
    bulk.analyze(connection, _ASKED)


def _frame(connection: Connection, sql: str) -> pl.DataFrame:
    with bulk.by_key(connection):
        return bulk.frame(connection, sql)


def _newest(name: str) -> str:
    return (
        f"(SELECT x.{name} FROM collection x WHERE x.unit_id = p.unit_id AND x.day < p.day AND x.{name} IS NOT NULL"
        " ORDER BY x.day DESC LIMIT 1)"
    )


def _carried(name: str) -> str:
    return f"COALESCE(c.{name}, {_newest(name)})"


def _days(found: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in found.columns if name == "day" or name.endswith("_day")]
    return found.with_columns(bulk.day_column(name) for name in names)
