"""Leaves one by one, as they are known now and as they were first loaded: what a change is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import polars as pl
from sqlalchemy import Connection, select, text

from monitor.campaign import Campaign
from monitor.figures import LEVELS, QUEUE, SECTORS
from monitor.store import bulk
from monitor.store.read.common import chunks, days_of, within
from monitor.store.schema import EPOCH, FOREVER, batch_row, day_number, day_of
from monitor.store.scope import Scope


def leaves_below(connection: Connection, scope: Scope, units: Iterable[int], sector: str) -> pd.DataFrame:
    """The leaves that make up units: unit, leaf. A unit merged into another is a leaf of its own here: it has its own
    figures and its own closing."""
    rows: list[Any] = []
    for part in chunks(sorted(set(units))):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        rows += connection.execute(
            text(
                "SELECT a.ancestor_id, u.id FROM unit_ancestor a JOIN unit u ON u.id = a.unit_id"
                f" WHERE a.ancestor_id IN ({ids}) AND u.head_id IS NOT NULL AND u.sector = :sector AND {within(scope)}"
            ),
            {"sector": sector},
        ).fetchall()
    return pd.DataFrame([tuple(row) for row in rows], columns=["unit", "leaf"])


def bounds(connection: Connection, leaves: Sequence[int]) -> tuple[dict[int, date], dict[int, date]]:
    """The opening and closing days of units that have them."""
    opened: dict[int, date] = {}
    closed: dict[int, date] = {}
    for part in chunks(leaves):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        for unit_id, first, last in connection.execute(
            text(f"SELECT id, opened, closed FROM unit WHERE id IN ({ids}) AND COALESCE(opened, closed) IS NOT NULL")
        ):
            opened |= {unit_id: day_of(first)} if first else {}
            closed |= {unit_id: day_of(last)} if last else {}
    return opened, closed


def leaf_history(
    connection: Connection,
    campaign: Campaign,
    scope: Scope,
    leaves: Sequence[int],
    since: date,
    until: date,
    sector: str,
    denominator: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leaves' figures from `since` to `until`, as they are known now and as they were first loaded.

    Both frames: unit, day, approved, denominator; a row for `since` and for every day on which a figure of the leaf was
    given or may have changed, days in between carry the day before.
    """
    window = (day_number(since), day_number(until))
    seen = _ask(connection, scope, leaves, sector)
    frozen = _denominators(connection, campaign, denominator)
    current = _stands(_Tables(connection, "collection", "review"), seen, window, frozen)
    changed = _corrected_leaves(connection, until)
    if not changed:
        original = current
    else:
        _original_tables(connection, changed)
        of_changed = seen.filter(pl.col("unit_id").is_in(changed))
        _keep_asked(connection, of_changed)
        restored = _stands(_Tables(connection, "original_collection", "original_review"), of_changed, window, frozen)
        original = pl.concat([current.filter(~pl.col("unit_id").is_in(changed)), restored])
    return _frame(current), _frame(original)


def _ask(connection: Connection, scope: Scope, leaves: Sequence[int], sector: str) -> pl.DataFrame:
    """The leaves that the scope holds: unit_id, opened, closed, final (place of its final level); kept in asked_leaf."""
    bulk.temporary(connection, "wanted_leaf", {"unit_id": "INTEGER"}, "unit_id")
    bulk.insert(connection, "wanted_leaf", ("unit_id",), ((int(leaf),) for leaf in sorted(set(leaves))))
    bulk.analyze(connection, "wanted_leaf")
    final = " ".join(f"WHEN '{level}' THEN {number}" for number, level in enumerate(LEVELS))
    known = f"'{sector}'" if sector in SECTORS else "''"
    seen = bulk.frame(
        connection,
        f"SELECT u.id AS unit_id, COALESCE(u.opened, {EPOCH}) AS opened, COALESCE(u.closed, {FOREVER}) AS closed,"
        f" CASE u.final_level {final} END AS final FROM wanted_leaf w JOIN unit u ON u.id = w.unit_id"
        f" WHERE u.sector = {known} AND {within(scope)}",
    )
    _keep_asked(connection, seen)
    return seen


def _keep_asked(connection: Connection, leaves: pl.DataFrame) -> None:
    bulk.temporary(connection, "asked_leaf", {"unit_id": "INTEGER", "final": "INTEGER"}, "unit_id")
    bulk.insert_frame(connection, "asked_leaf", leaves.select("unit_id", "final").sort("unit_id"))
    bulk.analyze(connection, "asked_leaf")


def _denominators(connection: Connection, campaign: Campaign, name: str) -> tuple[int, pl.DataFrame] | None:
    """A denominator that stands from one day on: (day number, frame of unit_id, denominator); None for `expected`,
    which the tables give."""
    if name == "baseline":
        sql = "SELECT b.unit_id, b.expected AS denominator FROM asked_leaf a JOIN baseline b ON b.unit_id = a.unit_id"
        return day_number(campaign.baseline_day), bulk.frame(connection, sql)
    if name == "statistics":
        sql = (
            "SELECT s.unit_id, s.staff AS denominator FROM asked_leaf a JOIN statistics s ON s.unit_id = a.unit_id"
            " AND s.year = (SELECT MAX(x.year) FROM statistics x WHERE x.unit_id = a.unit_id)"
        )
        return EPOCH, bulk.frame(connection, sql)
    return None


@dataclass(frozen=True)
class _Tables:
    """Tables to read leaves from, by name: those of the store, or the figures as they were first loaded."""

    connection: Connection
    collection: str
    review: str

    def begins(self) -> pl.DataFrame:
        """The day of each leaf's first figures: unit_id, begins."""
        first = [f"(SELECT MIN(c.day) FROM {self.collection} c WHERE c.unit_id = a.unit_id)"]
        first += [
            f"(SELECT MIN(r.day) FROM {self.review} r WHERE r.unit_id = a.unit_id AND r.level = {number})"
            for number in range(len(LEVELS))
        ]
        columns = ", ".join(f"{sql} AS day_{place}" for place, sql in enumerate(first))
        found = bulk.frame(self.connection, f"SELECT a.unit_id, {columns} FROM asked_leaf a")
        days = [f"day_{place}" for place in range(len(first))]
        return found.select("unit_id", begins=pl.min_horizontal(days)).drop_nulls()

    def expected(self, since: int, until: int) -> pl.DataFrame:
        """unit_id, day, denominator: rows of the days, and the newest before."""
        carried = (
            f"COALESCE(c.expected, (SELECT x.expected FROM {self.collection} x WHERE x.unit_id = c.unit_id"
            " AND x.day < c.day AND x.expected IS NOT NULL ORDER BY x.day DESC LIMIT 1))"
        )
        return self._rows(self.collection, "", f"{carried} AS denominator", since, until)

    def approved(self, since: int, until: int) -> pl.DataFrame:
        """unit_id, day, approved at the leaf's final level: likewise."""
        return self._rows(self.review, "level = a.final AND ", "c.approved", since, until)

    def _rows(self, table: str, where: str, figure: str, since: int, until: int) -> pl.DataFrame:
        newest = (
            f"SELECT MAX(y.day) FROM {table} y WHERE y.unit_id = a.unit_id AND {where and 'y.' + where}y.day <= {since}"
        )
        with bulk.by_key(self.connection):
            return bulk.frame(
                self.connection,
                f"SELECT c.unit_id, c.day, {figure} FROM asked_leaf a CROSS JOIN {table} c WHERE c.unit_id = a.unit_id"
                f" AND {where and 'c.' + where}c.day >= COALESCE(({newest}), {since}) AND c.day <= {until}",
            )


def _stands(
    tables: _Tables, leaves: pl.DataFrame, window: tuple[int, int], frozen: tuple[int, pl.DataFrame] | None
) -> pl.DataFrame:
    """unit_id, day (number), approved, denominator of leaves by themselves (not of what was merged into them): on the
    first day of the window, and on every later day on which they may change; only from a leaf's first figures on."""
    since, until = window
    approved = tables.approved(since, until).sort("day")
    given = tables.expected(since, until).sort("day")
    bounds = [leaves.select("unit_id", day=day) for day in ("opened", "closed")]
    extra = [pl.lit(since, pl.Int64), *([pl.lit(frozen[0], pl.Int64)] if frozen else [])]
    days = [*bounds, *(leaves.select("unit_id", day=day) for day in extra)]
    points = pl.concat([*days, *(frame.select("unit_id", "day") for frame in (approved, given))]).unique()
    points = points.filter(pl.col("day").is_between(since, until)).join(tables.begins(), on="unit_id")
    points = points.filter(pl.col("day") >= pl.col("begins")).sort("day")
    found = points.join_asof(approved, on="day", by="unit_id", check_sortedness=False)
    if frozen is None:
        found = found.join_asof(given, on="day", by="unit_id", check_sortedness=False)
    else:
        found = found.join(frozen[1], on="unit_id", how="left").with_columns(
            denominator=pl.when(pl.col("day") >= frozen[0]).then("denominator")
        )
    found = found.join(leaves, on="unit_id")
    is_open = (pl.col("opened") <= pl.col("day")) & (pl.col("closed") > pl.col("day"))
    return found.select(
        "unit_id",
        "day",
        *(pl.when(is_open).then(name).fill_null(0).alias(name) for name in ("approved", "denominator")),
    )


def _frame(stands: pl.DataFrame) -> pd.DataFrame:
    columns = {name: stands[name].to_numpy() for name in ("approved", "denominator")}
    days = days_of(pd.Series(stands["day"].to_numpy()))
    return pd.DataFrame({"unit": stands["unit_id"].to_numpy(), "day": days, **columns})


def _corrected_leaves(connection: Connection, until: date) -> list[int]:
    """Those of the leaves asked for (asked_leaf) of which a figure up to the day was replaced by a later batch."""
    found = connection.execute(
        text(
            "SELECT DISTINCT b.unit_id FROM asked_leaf a JOIN batch_row b ON b.unit_id = a.unit_id"
            " WHERE b.table_name IN ('collection', 'review') AND b.day <= :day"
        ),
        {"day": day_number(until)},
    ).scalars()
    return sorted(set(found))


def _original_tables(connection: Connection, leaves: Sequence[int]) -> None:
    """original_collection and original_review: the leaves' rows as each was first loaded."""
    shapes = {
        "collection": (("unit_id", "day"), ("expected", "entered", "submitted", "numbered")),
        "review": (("unit_id", "level", "day"), QUEUE),
    }
    bulk.temporary(connection, "corrected_leaf", {"id": "INTEGER"}, "id")
    bulk.insert(connection, "corrected_leaf", ("id",), ((unit_id,) for unit_id in leaves))
    for name, (key, names) in shapes.items():
        columns = (*key, *names)
        bulk.temporary(connection, f"original_{name}", dict.fromkeys(columns, "BIGINT"), ", ".join(key))
        now = connection.execute(
            text(f"SELECT {', '.join(columns)} FROM {name} WHERE unit_id IN (SELECT id FROM corrected_leaf)")
        )
        rows = {tuple(row[: len(key)]): tuple(row[len(key) :]) for row in now}
        replaced = connection.execute(
            select(batch_row)
            .where(batch_row.c.table_name == name, batch_row.c.unit_id.in_(text("SELECT id FROM corrected_leaf")))
            .order_by(batch_row.c.batch_id.desc())
        ).mappings()
        for row in replaced:  # the oldest comes last and stays
            rows[tuple(row[part] for part in key)] = tuple(row["before"][part] for part in names)
        bulk.insert(connection, f"original_{name}", columns, (place + figures for place, figures in rows.items()))


def reporting_below(connection: Connection, scope: Scope, unit_id: int, sector: str) -> pd.DataFrame:
    """The units at or below a unit that its figures are the sums of: unit, code, name, parent (name of the office
    above), ordered by code. What was merged into one of them is part of it."""
    rows = connection.execute(
        text(
            "SELECT u.id, u.code, u.name, p.name FROM unit_ancestor a JOIN unit u ON u.id = a.unit_id"
            " LEFT JOIN unit p ON p.id = u.shown_parent_id WHERE a.ancestor_id = :id AND u.head_id = u.id"
            f" AND u.sector = :sector AND {within(scope)} ORDER BY u.code"
        ),
        {"id": unit_id, "sector": sector},
    )
    found = pd.DataFrame([tuple(row) for row in rows], columns=["unit", "code", "name", "parent"])
    return found.fillna({"parent": ""})
