"""Rows about to be written, beside what the store has for their keys: what is new, what is corrected, what stays."""

from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from sqlalchemy import Connection, text

from monitor.figures import LEVELS
from monitor.store import bulk
from monitor.store.shapes import Shape, table_days

NEW: Final = 0
CORRECTED: Final = 1
UNCHANGED: Final = 2
_WORDS: Final = {NEW: "new", CORRECTED: "corrected", UNCHANGED: "unchanged"}


@dataclass(frozen=True)
class Staged:
    """Rows of one table: its key and figures, lines (rows of the file that were added up for it), <figure>_before and
    batch_before (null for new rows), change.

    Days are numbers, levels places in figures.LEVELS.
    """

    shape: Shape
    rows: pl.DataFrame

    def count(self, change: int) -> int:
        """How many rows of the file are NEW, CORRECTED or UNCHANGED."""
        return int(self.rows.filter(pl.col("change") == change)["lines"].sum())

    @property
    def changing(self) -> pl.DataFrame:
        """The rows that change something."""
        return self.rows.filter(pl.col("change") != UNCHANGED)

    @property
    def days(self) -> list[int]:
        """The days (numbers) of the rows that change something."""
        return self.changing["day"].unique().to_list() if "day" in self.shape.key else []

    def shown(self) -> pl.DataFrame:
        """The rows as the screen wants them: days as dates, levels by name, changes in words."""
        frame = self.rows.drop("batch_before").with_columns(
            pl.col("change").replace_strict(_WORDS, return_dtype=pl.String)
        )
        if "day" in self.shape.key:
            frame = frame.with_columns(bulk.day_column("day"))
        if "level" in self.shape.key:
            frame = frame.with_columns(pl.col("level").replace_strict(dict(enumerate(LEVELS)), return_dtype=pl.String))
        return frame


def stage(connection: Connection, shape: Shape, frame: pl.DataFrame) -> Staged:
    """Set rows of a table (days as dates, levels by name) beside what the store has for their keys."""
    if "level" in shape.key:
        frame = frame.with_columns(pl.col("level").replace_strict({name: n for n, name in enumerate(LEVELS)}))
    if "lines" not in frame.columns:
        frame = frame.with_columns(lines=pl.lit(1, pl.Int64))
    frame = bulk.with_day_numbers(frame.select(*shape.key, *shape.figures, "lines")).cast(pl.Int64).sort(shape.key)
    before = {name: f"{name}_before" for name in shape.figures}
    rows = frame.join(_stored(connection, shape, frame), on=shape.key, how="left", maintain_order="left")
    rows = rows.with_columns(pl.coalesce(name, before[name]).alias(name) for name in shape.carried)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(before[name])) for name in shape.figures)
    change = (
        pl.when(pl.col("batch_before").is_null())
        .then(pl.lit(NEW))
        .when(same)
        .then(pl.lit(UNCHANGED))
        .otherwise(pl.lit(CORRECTED))
    )
    return Staged(shape, rows.with_columns(change=change))


def _stored(connection: Connection, shape: Shape, frame: pl.DataFrame) -> pl.DataFrame:
    """The store's rows for the keys of `frame`: the key, <figure>_before, batch_before."""
    keys = frame.select(shape.key)
    if "day" in shape.key:
        # A row is of a day that a batch in force has: where none has it, there is nothing to look up.
        keys = keys.filter(pl.col("day").is_in(table_days(connection)))
    bulk.temporary(connection, "asked_for", dict.fromkeys(shape.key, "INTEGER"), ", ".join(shape.key))
    bulk.insert_frame(connection, "asked_for", keys)
    bulk.analyze(connection, "asked_for")
    columns = [f"t.{name}" for name in shape.key] + [f"t.{name} AS {name}_before" for name in shape.figures]
    with bulk.by_key(connection):
        return bulk.frame(
            connection,
            f"SELECT {', '.join(columns)}, t.batch_id AS batch_before FROM asked_for a CROSS JOIN {shape.table} t"
            f" WHERE {' AND '.join(f't.{name} = a.{name}' for name in shape.key)}",
        )


def write(connection: Connection, batch_id: int, staged: Staged) -> None:
    """Put the rows that change something into their table."""
    shape = staged.shape
    columns = (*shape.key, *shape.figures)
    fresh, corrected = (
        staged.rows.filter(pl.col("change") == change).select(*columns, batch_id=pl.lit(batch_id, pl.Int64))
        for change in (NEW, CORRECTED)
    )
    bulk.insert_frame(connection, shape.table, fresh)
    if corrected.is_empty():
        return
    kinds = dict.fromkeys(shape.key, "INTEGER") | dict.fromkeys(shape.figures, "BIGINT") | {"batch_id": "INTEGER"}
    bulk.temporary(connection, "corrected_rows", kinds, ", ".join(shape.key))
    bulk.insert_frame(connection, "corrected_rows", corrected)
    bulk.analyze(connection, "corrected_rows")
    connection.execute(
        text(
            f"UPDATE {shape.table} SET {', '.join(f'{name} = c.{name}' for name in (*shape.figures, 'batch_id'))}"
            f" FROM corrected_rows c WHERE {' AND '.join(f'{shape.table}.{name} = c.{name}' for name in shape.key)}"
        )
    )


def replaced(staged: Staged) -> list[tuple[str, int, int | None, int | None, dict[str, Any]]]:
    """The rows that are corrected, as they were: (table, unit, level, day number or year, figures and batch)."""
    shape = staged.shape
    found = []
    for row in staged.rows.filter(pl.col("change") == CORRECTED).iter_rows(named=True):
        before = {name: row[f"{name}_before"] for name in shape.figures} | {"batch_id": row["batch_before"]}
        found.append((shape.table, row["unit_id"], row.get("level"), row.get("day", row.get("year")), before))
    return found
