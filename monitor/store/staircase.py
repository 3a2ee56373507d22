"""Staircases: what touched reporting units add to the sums, step by step, out of the rows that their tables gave.

A figure of a unit stands from the day of one row to the day of the next, from the unit's opening to its closing. What
it rises or falls by on a day is a step; the steps of all units under one parent add up to those of the parent. The rows
are read in one go per table and worked through as columns: tens of thousands of units take a fraction of a second.

store.state says the same in SQL, for the figures of a few units on a few days; tests hold the two against each other.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import polars as pl
from sqlalchemy import Connection

from monitor.figures import LEVELS, QUEUE
from monitor.store import bulk
from monitor.store.schema import DAY_FIGURES, EPOCH, FOREVER, ROLLUP_FIGURES
from monitor.store.state import PARTS

STEP_KEYS: Final = ("foot_id", "school_type", "sector", "day")
_HEAD: Final = ("expected", "entered", "approved", "numbered_known", "alive")
_COUNTED: Final = ("numbered_known", "total", "started", "complete")  # made of what stands of a whole reporting unit
_ADDED: Final = tuple(name for name in ROLLUP_FIGURES if name not in (*_COUNTED, *DAY_FIGURES))

_MEMBERS: Final = f"""
SELECT m.id AS unit_id, m.head_id, h.foot_id, h.school_type, h.sector, t.from_day,
  COALESCE(m.opened, {EPOCH}) AS opened, COALESCE(m.closed, {FOREVER}) AS closed,
  CASE WHEN h.successor_id IS NULL THEN 1 ELSE 0 END AS shown,
  CASE m.final_level {" ".join(f"WHEN '{level}' THEN {n}" for n, level in enumerate(LEVELS))} END AS final,
  {" + ".join(f"CASE WHEN m.chain LIKE '%{level}%' THEN {1 << n} ELSE 0 END" for n, level in enumerate(LEVELS))} AS levels
FROM rollup_touched t JOIN unit h ON h.id = t.unit_id JOIN unit m ON m.head_id = t.unit_id"""

# Rows of a unit from the first day that changes on, and the newest before: it carries its figures into that day.
# CROSS JOIN, because SQLite would else read the big table from end to end.
_COLLECTION: Final = """
SELECT c.unit_id, c.day, {expected} AS expected, c.entered, c.submitted, {numbered} AS numbered
FROM rollup_member m CROSS JOIN collection c WHERE c.unit_id = m.unit_id AND c.day >= {begin}"""
_BEFORE_COLLECTION: Final = (
    "COALESCE((SELECT MAX(x.day) FROM collection x WHERE x.unit_id = m.unit_id AND x.day <= m.from_day), m.from_day)"
)
_REVIEW: Final = """
SELECT r.unit_id, r.level, r.day, r.pending, r.approved, r.returned
FROM rollup_member m CROSS JOIN review r
WHERE m.levels_{level} = 1 AND r.unit_id = m.unit_id AND r.level = {level} AND r.day >= {begin}"""
_BEFORE_REVIEW: Final = (
    "COALESCE((SELECT MAX(x.day) FROM review x WHERE x.unit_id = m.unit_id AND x.level = {level}"
    " AND x.day <= m.from_day), m.from_day)"
)


def _carried(name: str) -> str:
    return (
        f"COALESCE(c.{name}, (SELECT x.{name} FROM collection x WHERE x.unit_id = c.unit_id AND x.day < c.day"
        f" AND x.{name} IS NOT NULL ORDER BY x.day DESC LIMIT 1))"
    )


@dataclass(frozen=True)
class Rows:
    """What the tables say of the touched units: one row a member (a unit that counts for a touched one), its rows, and
    the steps that they make (a change of one table leaves those of the other)."""

    members: pl.DataFrame
    collection: pl.DataFrame
    review: pl.DataFrame
    collection_steps: pl.DataFrame
    review_steps: pl.DataFrame

    @classmethod
    def read(cls, connection: Connection, foot: str = "foot_id") -> "Rows":
        """All of it, for the units in rollup_touched. `foot`: under which unit the steps are summed (head_id: each
        reporting unit for itself)."""
        members = bulk.frame(connection, _MEMBERS, ("school_type", "sector"))
        members = members.with_columns(pl.col(foot).alias("foot_id"), start=pl.max_horizontal("opened", "from_day"))
        _keep_members(connection, members)
        with bulk.by_key(connection):
            collection = _read_collection(connection, _BEFORE_COLLECTION)
            review = _read_review(connection, members, _BEFORE_REVIEW)
        steps = _collection_steps(collection, members), _review_steps(review, members)
        return cls(members, collection, review, *steps)

    def again(self, connection: Connection, parts: Collection[str]) -> "Rows":
        """As it is now that `parts` may have changed."""
        if "unit" in parts:
            return Rows.read(connection)
        result = self
        with bulk.by_key(connection):  # what was before the first day that changed stays
            if "collection" in parts:
                rows = pl.concat([self._earlier(self.collection), _read_collection(connection, "m.from_day")])
                result = replace(result, collection=rows, collection_steps=_collection_steps(rows, self.members))
            if "review" in parts:
                rows = pl.concat([self._earlier(self.review), _read_review(connection, self.members, "m.from_day")])
                result = replace(result, review=rows, review_steps=_review_steps(rows, self.members))
        return result

    def _earlier(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows that were carried into the first day that changes."""
        known = rows.join(self.members.select("unit_id", "from_day"), on="unit_id")
        return known.filter(pl.col("day") < pl.col("from_day")).drop("from_day")


def _keep_members(connection: Connection, members: pl.DataFrame) -> None:
    marks = {f"levels_{n}": (pl.col("levels") // (1 << n) % 2) for n in range(len(LEVELS))}
    columns = ("unit_id", "from_day", *marks)
    bulk.temporary(connection, "rollup_member", dict.fromkeys(columns, "INTEGER"), "unit_id")
    bulk.insert_frame(connection, "rollup_member", members.with_columns(**marks).select(columns).sort("unit_id"))
    bulk.analyze(connection, "rollup_member")


def _read_collection(connection: Connection, begin: str) -> pl.DataFrame:
    sql = _COLLECTION.format(expected=_carried("expected"), numbered=_carried("numbered"), begin=begin)
    return bulk.frame(connection, sql)


def _read_review(connection: Connection, members: pl.DataFrame, begin: str) -> pl.DataFrame:
    used = members.select(pl.col("levels").unique())["levels"].to_list()
    levels = [n for n in range(len(LEVELS)) if any(mask >> n & 1 for mask in used)]
    parts = [_REVIEW.format(level=level, begin=begin.format(level=level)) for level in levels or [0]]
    return bulk.frame(connection, " UNION ALL ".join(parts))


def steps(connection: Connection, rows: Rows, baseline_day: int, parts: Collection[str] = PARTS) -> pl.DataFrame:
    """The steps of the touched units: STEP_KEYS and the names of ROLLUP_FIGURES, summed over the units under one foot.

    Before the day from which it is touched a unit counts as nothing. Figures that a change of `parts` cannot change may
    be left at 0: they are the same before it and after it.
    """
    members, collection, review = rows.members, rows.collection_steps, rows.review_steps
    final = review.filter(pl.col("level") == pl.col("final"))
    alive = _steady(members.with_columns(alive=pl.lit(1, pl.Int64)), "alive")
    own = pl.concat([frame.filter("own").select("head_id", "day") for frame in (collection, review)]).unique()
    added = [collection, final.select(*STEP_KEYS, "approved", "returned")]
    if "review" in parts or "unit" in parts:
        added += [_of_level(review, n, level) for n, level in enumerate(LEVELS)]
    if "unit" in parts:
        added += _of_the_unit(connection, members, baseline_day)
    heads = members.unique("head_id").select("head_id", "shown", *STEP_KEYS[:3])
    counted = _counted([collection, final, alive], heads)
    marked = _marked(own, _bounds(connection, members, baseline_day), heads)
    keep = {*STEP_KEYS, *_ADDED, *_COUNTED, *DAY_FIGURES}
    frames = [*(frame.drop("numbered_known", strict=False) for frame in added), counted, marked]
    whole = pl.concat([f.select(n for n in f.columns if n in keep) for f in frames], how="diagonal")
    missing = [pl.lit(0, pl.Int64).alias(name) for name in ROLLUP_FIGURES if name not in whole.columns]
    return (
        whole.group_by(STEP_KEYS)
        .agg(pl.col(n).sum() for n in whole.columns if n not in STEP_KEYS)
        .with_columns(missing)
    )


def _collection_steps(rows: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    stairs = _staircase(rows, members, ("unit_id",))
    return _step(
        stairs.with_columns(numbered_known=pl.col("numbered").is_not_null().cast(pl.Int64)).fill_null(0),
        ("unit_id",),
        ("expected", "entered", "submitted", "numbered", "numbered_known"),
    )


def _review_steps(rows: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    return _step(_staircase(rows, members, ("unit_id", "level")), ("unit_id", "level"), QUEUE)


def _staircase(rows: pl.DataFrame, members: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Rows placed on the days from which they stand, within the time in which the unit counts, the last of a day alone;
    where the unit closes, a row of nothing. `own`: the row is of that day itself."""
    known = members.select("unit_id", "head_id", "final", "start", "closed", *STEP_KEYS[:3])
    rows = rows.join(known, on="unit_id").filter(
        (pl.col("day") < pl.col("closed")) & (pl.col("start") < pl.col("closed"))
    )
    rows = rows.sort(*keys, "day").with_columns(
        own=pl.col("day") >= pl.col("start"), day=pl.max_horizontal("day", "start")
    )
    same = pl.all_horizontal((pl.col(key) == pl.col(key).shift(-1)) for key in (*keys, "day"))
    rows = rows.filter(~same.fill_null(False))
    ending = rows.filter(pl.col("closed") < FOREVER)
    if ending.is_empty():
        return rows
    figures = [name for name in rows.columns if name not in {*known.columns, *keys, "day", "own"}]
    ended = ending.unique(keys).with_columns(pl.lit(None, pl.Int64).alias(name) for name in figures)
    ended = ended.with_columns(day=pl.col("closed"), own=pl.lit(False))
    return pl.concat([rows, ended]).sort(*keys, "day")


def _step(rows: pl.DataFrame, keys: tuple[str, ...], names: Collection[str]) -> pl.DataFrame:
    """What each row of a sorted staircase adds to the one before it."""
    same = pl.all_horizontal((pl.col(key) == pl.col(key).shift(1)) for key in keys).fill_null(False)
    stands = {name: pl.col(name).fill_null(0) for name in names}
    return rows.with_columns(
        (stand - pl.when(same).then(stand.shift(1)).otherwise(0)).alias(name) for name, stand in stands.items()
    )


def _of_level(review: pl.DataFrame, number: int, level: str) -> pl.DataFrame:
    places = {place: f"{place}_{level}" for place in QUEUE}
    return review.filter(pl.col("level") == number).select(*STEP_KEYS, *places).rename(places)


def _steady(members: pl.DataFrame, name: str) -> pl.DataFrame:
    """Steps of a figure that is the same for all of a unit's time: up at its start, down at its closing."""
    counts = members.filter(pl.col("start") < pl.col("closed"))
    closing = counts.filter(pl.col("closed") < FOREVER)
    return pl.concat(
        [
            counts.select("head_id", *STEP_KEYS[:3], name, day="start"),
            closing.select("head_id", *STEP_KEYS[:3], -pl.col(name), day="closed"),
        ]
    )


def _of_the_unit(connection: Connection, members: pl.DataFrame, baseline_day: int) -> list[pl.DataFrame]:
    """Steps of the baseline and of the statistics."""
    frozen = members.join(_baselines(connection), on="unit_id")
    frozen = frozen.with_columns(start=pl.max_horizontal("start", pl.lit(baseline_day)))
    staff = bulk.frame(
        connection,
        "SELECT s.unit_id, s.staff AS statistics FROM rollup_member m JOIN statistics s ON s.unit_id = m.unit_id"
        " AND s.year = (SELECT MAX(x.year) FROM statistics x WHERE x.unit_id = m.unit_id)",
    )
    return [_steady(frozen, "baseline"), _steady(members.join(staff, on="unit_id"), "statistics")]


def _baselines(connection: Connection) -> pl.DataFrame:
    return bulk.frame(
        connection,
        "SELECT b.unit_id, b.expected AS baseline FROM rollup_member m JOIN baseline b ON b.unit_id = m.unit_id",
    )


def _counted(frames: list[pl.DataFrame], heads: pl.DataFrame) -> pl.DataFrame:
    """Steps of what is counted by reporting unit (1 or 0) and follows from its own sums."""
    parts = [frame.select("head_id", "day", *(name for name in _HEAD if name in frame.columns)) for frame in frames]
    parts[1] = parts[1].select("head_id", "day", "approved")
    stands = (
        pl.concat(parts, how="diagonal")
        .group_by("head_id", "day")
        .agg(pl.col(name).sum() for name in _HEAD)
        .sort("head_id", "day")
        .with_columns(pl.col(name).cum_sum().over("head_id") for name in _HEAD)
        .join(heads, on="head_id", how="left", maintain_order="left")
    )
    flags = {
        "numbered_known": pl.col("numbered_known") > 0,
        "total": (pl.col("alive") > 0) & (pl.col("shown") == 1),
        "started": pl.col("entered") > 0,
        "complete": (pl.col("expected") > 0) & (pl.col("approved") >= pl.col("expected")),
    }
    stands = stands.with_columns(flag.cast(pl.Int64).alias(name) for name, flag in flags.items())
    result = _step(stands, ("head_id",), _COUNTED).select(*STEP_KEYS, *_COUNTED)
    return result.filter(pl.any_horizontal(pl.col(name) != 0 for name in _COUNTED))


def _bounds(connection: Connection, members: pl.DataFrame, baseline_day: int) -> pl.DataFrame:
    """Days that bound a unit: something opens or closes, or its baseline begins to count."""
    real = members.filter(pl.col("opened") < pl.col("closed"))
    frozen = real.join(_baselines(connection), on="unit_id").filter(
        pl.lit(baseline_day).is_between(pl.col("opened"), pl.col("closed"), closed="left")
    )
    days = [
        real.select("head_id", "from_day", day="opened"),
        real.filter(pl.col("closed") < FOREVER).select("head_id", "from_day", day="closed"),
        frozen.select("head_id", "from_day", day=pl.lit(baseline_day, pl.Int64)),
    ]
    return pl.concat(days).filter(pl.col("day") >= pl.col("from_day")).select("head_id", "day").unique()


def _marked(own: pl.DataFrame, bounds: pl.DataFrame, heads: pl.DataFrame) -> pl.DataFrame:
    """reported, events: units with figures of their own on the day; units for which the day is one to remember."""
    either = pl.concat(
        [
            own.with_columns(reported=pl.lit(1, pl.Int64)),
            bounds.with_columns(reported=pl.lit(0, pl.Int64)),
        ]
    )
    either = either.group_by("head_id", "day").agg(pl.col("reported").max(), events=pl.lit(1, pl.Int64))
    return either.join(heads, on="head_id").select(*STEP_KEYS, "reported", "events")
