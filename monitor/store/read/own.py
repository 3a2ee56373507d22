"""What a unit's own tables said before and on a day: what the intake checks a new table against."""

import polars as pl
from sqlalchemy import Connection

from monitor.figures import LEVELS, QUEUE
from monitor.store import bulk


def before(connection: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """The newest figures strictly before given days, of units themselves (not of what was merged into them).

    `keys`: unit_id, day (Date). Result: those, day_before (Date, null: none), expected, entered, submitted, numbered,
    and <place>_<level> as they stood then (null: never known).
    """
    return _own_state(connection, keys, "<")


def on(connection: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """The figures that units were given on given days themselves (null: none), with has_collection and has_review:
    whether there are any. `expected` is carried from before where the day does not say it."""
    state = _own_state(connection, keys, "=")
    return state.with_columns(
        has_collection=pl.col("collection_day").is_not_null(), has_review=pl.col("review_day").is_not_null()
    )


def _own_state(connection: Connection, keys: pl.DataFrame, compare: str) -> pl.DataFrame:
    """The newest figures before the days asked for ("<"), or those of the days themselves ("=")."""
    bulk.temporary(connection, "asked", {"unit_id": "INTEGER", "day": "INTEGER"}, "unit_id, day")
    bulk.insert_frame(connection, "asked", keys.select("unit_id", "day").unique())
    bulk.analyze(connection, "asked")

    def newest(table: str, extra: str = "") -> str:
        if compare == "=":
            return "p.day"
        return f"(SELECT MAX(day) FROM {table} WHERE unit_id = p.unit_id {extra} AND day < p.day)"

    known = {
        name: f"COALESCE(c.{name}, (SELECT {name} FROM collection WHERE unit_id = p.unit_id AND day < p.day"
        f" AND {name} IS NOT NULL ORDER BY day DESC LIMIT 1)) AS {name}"
        for name in ("expected", "numbered")
    }
    levels = ", ".join(
        f"r{number}.{place} AS {place}_{level}" for number, level in enumerate(LEVELS) for place in QUEUE
    )
    joins = " ".join(
        f"LEFT JOIN review r{number} ON r{number}.unit_id = p.unit_id AND r{number}.level = {number}"
        f" AND r{number}.day = {newest('review', f'AND level = {number}')}"
        for number in range(len(LEVELS))
    )
    days = pl.max_horizontal(f"review_day_{number}" for number in range(len(LEVELS)))
    found = bulk.frame(
        connection,
        f"SELECT p.unit_id, p.day, c.day AS collection_day,"
        f" {', '.join(f'r{number}.day AS review_day_{number}' for number in range(len(LEVELS)))},"
        f" {known['expected']}, c.entered, c.submitted, {known['numbered']}, {levels}"
        f" FROM asked p LEFT JOIN collection c ON c.unit_id = p.unit_id AND c.day = {newest('collection')} {joins}",
    )
    numbers = dict.fromkeys(found.columns, pl.Int64)
    return (
        found.cast(numbers)  # type: ignore[arg-type]
        .with_columns(review_day=days)
        .drop(f"review_day_{number}" for number in range(len(LEVELS)))
        .with_columns(bulk.day_column(name) for name in ("day", "collection_day", "review_day"))
        .with_columns(day_before=pl.max_horizontal("collection_day", "review_day"))
    )
