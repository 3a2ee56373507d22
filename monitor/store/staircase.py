"""Staircases: what touched reporting units add to the sums, step by step, out of the rows that their tables gave.

A figure of a unit stands from the day of one row to the day of the next, from the unit's opening to its closing. What
it rises or falls by on a day is a step; the steps of all units under one parent add up to those of the parent. The rows
are read in one go per table and worked through as columns: tens of thousands of units take a fraction of a second.

store.state says the same in SQL, for the figures of a few units on a few days; tests hold the two against each other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl
from sqlalchemy import Connection, text

from monitor.figures import LEVELS, QUEUE
from monitor.store import bulk
from monitor.store.schema import EPOCH, FOREVER, ROLLUP_FIGURES
from monitor.store.shapes import last_table_day
from monitor.store.state import PARTS

STEP_KEYS: Final = ("foot_id", "school_type", "sector", "day")
_CELL: Final = ("cell", "day")
_COLLECTION_FIGURES: Final = ("expected", "entered", "submitted", "numbered")
_HEAD: Final = ("expected", "entered", "approved", "numbered_known", "alive")
_COUNTED: Final = ("numbered_known", "total", "started", "complete")  # made of what stands of a whole reporting unit
_DAY: Final = 100_000_000
"""A key and a day make one number, key * _DAY + day: columns of numbers sort several times faster than pairs."""

_FINAL: Final = " ".join(f"WHEN '{level}' THEN {n}" for n, level in enumerate(LEVELS))
_IN_CHAIN: Final = [f"CASE WHEN m.chain LIKE '%{level}%' THEN {1 << n} ELSE 0 END" for n, level in enumerate(LEVELS)]
_MEMBER_COLUMNS: Final = {
    "unit_id": ("INTEGER", "m.id"),
    "head_id": ("INTEGER", "m.head_id"),
    "foot_id": ("INTEGER", "h.foot_id"),
    "school_type": ("VARCHAR(16)", "h.school_type"),
    "sector": ("VARCHAR(16)", "h.sector"),
    "from_day": ("INTEGER", "t.from_day"),
    "opened": ("INTEGER", f"COALESCE(m.opened, {EPOCH})"),
    "closed": ("INTEGER", f"COALESCE(m.closed, {FOREVER})"),
    "shown": ("INTEGER", "CASE WHEN h.successor_id IS NULL THEN 1 ELSE 0 END"),
    "final": ("INTEGER", f"CASE m.final_level {_FINAL} END"),
    "levels": ("INTEGER", " + ".join(_IN_CHAIN)),
}
_MEMBERS: Final = f"""
INSERT INTO rollup_member SELECT {", ".join(sql for _kind, sql in _MEMBER_COLUMNS.values())}
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
WHERE {wanted} AND r.unit_id = m.unit_id AND r.level = {level} AND r.day >= {begin}"""
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
    the steps that they make (a change of one table leaves those of the other).

    A member's `cell` is a number for its foot, school type and sector together: what is summed into one.
    """

    members: pl.DataFrame
    collection: pl.DataFrame
    review: pl.DataFrame
    collection_steps: pl.DataFrame
    review_steps: pl.DataFrame

    @classmethod
    def read(cls, connection: Connection, foot: str = "foot_id", parts: Collection[str] = PARTS) -> "Rows":
        """What a change of `parts` can concern of it, for the units in rollup_touched. `foot`: under which unit the
        steps are summed (head_id: each reporting unit for itself)."""
        members = _members(connection, foot)
        whole = "review" in parts or "unit" in parts
        with bulk.by_key(connection):
            collection = _read_collection(connection)
            review = _read_review(connection, members, whole)
        steps = _collection_steps(collection, members), _review_steps(review, members)
        return cls(members, collection, review, *steps)

    def again(self, connection: Connection, parts: Collection[str], written: Mapping[str, pl.DataFrame]) -> "Rows":
        """As it is now that `parts` have changed: read anew where that may be more than the rows `written` (by table,
        with its key and figures)."""
        if "unit" in parts:
            return Rows.read(connection)
        result = self
        if "collection" in parts:
            rows = self._collection_with(written["collection"])
            if rows is None:
                with bulk.by_key(connection):
                    rows = _read_collection(connection)
            result = replace(result, collection=rows, collection_steps=_collection_steps(rows, self.members))
        if "review" in parts:
            rows = self._review_with(written["review"])
            result = replace(result, review=rows, review_steps=_review_steps(rows, self.members))
        return result

    def _collection_with(self, written: pl.DataFrame) -> pl.DataFrame | None:
        """The rows with those written; None where these change what later ones carry, or what they carry is not here."""
        key = ["unit_id", "day"]
        kept = self.collection.join(written, on=key, how="anti")
        later = kept.join(self.members.select("unit_id", "from_day"), on="unit_id").filter(
            pl.col("day") >= pl.col("from_day")
        )
        unsaid = written.filter(pl.col("expected").is_null() | pl.col("numbered").is_null())
        if later.height or unsaid.join(self.collection, on=key, how="semi").height:
            return None
        rows = pl.concat([kept, written.select(kept.columns)])
        if unsaid.is_empty():
            return rows
        return rows.sort(key).with_columns(pl.col("expected", "numbered").forward_fill().over("unit_id"))

    def _review_with(self, written: pl.DataFrame) -> pl.DataFrame:
        """The rows with those written, of levels in their units' chains."""
        mask = pl.col("level").replace_strict({n: 1 << n for n in range(len(LEVELS))}, return_dtype=pl.Int64)
        chains = written.join(self.members.select("unit_id", "levels"), on="unit_id")
        chains = chains.filter(pl.col("levels") // mask % 2 == 1)
        kept = self.review.join(written, on=["unit_id", "level", "day"], how="anti")
        return pl.concat([kept, chains.select(kept.columns)])


def _members(connection: Connection, foot: str) -> pl.DataFrame:
    """The units that count for the touched ones, kept in rollup_member as well."""
    kinds = {name: kind for name, (kind, _sql) in _MEMBER_COLUMNS.items()}
    bulk.temporary(connection, "rollup_member", kinds, "unit_id")
    connection.execute(text(_MEMBERS))
    bulk.analyze(connection, "rollup_member")
    words = ("school_type", "sector")
    members = bulk.frame(connection, f"SELECT {', '.join(_MEMBER_COLUMNS)} FROM rollup_member", words)
    cell = pl.col(foot)
    for name in words:
        known = members[name].unique().to_list() or [""]
        cell = cell * len(known) + pl.col(name).replace_strict(known, range(len(known)), return_dtype=pl.Int64)
    return members.with_columns(pl.col(foot).alias("foot_id"), cell=cell, start=pl.max_horizontal("opened", "from_day"))


def _read_collection(connection: Connection) -> pl.DataFrame:
    sql = _COLLECTION.format(expected=_carried("expected"), numbered=_carried("numbered"), begin=_BEFORE_COLLECTION)
    return bulk.frame(connection, sql)


def _read_review(connection: Connection, members: pl.DataFrame, whole: bool) -> pl.DataFrame:
    """The rows of all levels; not `whole`: those of the final ones, of others only that the day has some."""
    used = members["levels"].unique().to_list()
    first = members.select(pl.col("from_day").min()).item() or EPOCH
    later = whole or last_table_day(connection) >= first
    parts = []
    for level in [n for n in range(len(LEVELS)) if any(mask >> n & 1 for mask in used)] or [0]:
        wanted, begin = f"m.levels / {1 << level} % 2 = 1", _BEFORE_REVIEW.format(level=level)
        if not later:
            wanted += f" AND m.final = {level}"
        elif not whole:
            begin = f"CASE WHEN m.final = {level} THEN {begin} ELSE m.from_day END"
        parts.append(_REVIEW.format(wanted=wanted, level=level, begin=begin))
    return bulk.frame(connection, " UNION ALL ".join(parts))


def steps(connection: Connection, rows: Rows, baseline_day: int, parts: Collection[str] = PARTS) -> pl.DataFrame:
    """The steps of the touched units: STEP_KEYS and the names of ROLLUP_FIGURES, summed over the units under one foot.

    Before the day from which it is touched a unit counts as nothing. Figures that a change of `parts` cannot change may
    be left at 0: they are the same before it and after it.
    """
    members, collection, review = rows.members, rows.collection_steps, rows.review_steps
    counting = [collection, review.filter(pl.col("level") == pl.col("final")).drop("pending", "returned")]
    added = [_summed(collection, _COLLECTION_FIGURES)]
    if "review" in parts or "unit" in parts:
        added += _of_levels(review)
    if "unit" in parts:
        added += _of_the_unit(connection, members, baseline_day)
        counting.append(_steady(members.with_columns(alive=pl.lit(1, pl.Int64)), "alive"))
    own = [frame.filter("own").select("cell", "head_id", "day") for frame in (collection, review)]
    added += [_counted(counting), *_marked(pl.concat(own), _bounds(connection, members, baseline_day))]
    whole = _summed(pl.concat(added, how="diagonal"))
    missing = [pl.lit(0, pl.Int64).alias(name) for name in ROLLUP_FIGURES if name not in whole.columns]
    cells = members.select("cell", *STEP_KEYS[:3]).unique("cell")
    return cells.join(whole, on="cell").drop("cell").with_columns(missing)


def _summed(frame: pl.DataFrame, names: Collection[str] = ()) -> pl.DataFrame:
    """The figures (all, or those named) summed by cell and day."""
    names = names or [name for name in frame.columns if name not in _CELL]
    return frame.group_by(_CELL).agg(pl.col(name).sum() for name in names)


def _collection_steps(rows: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    stairs = _staircase(rows, members, ("unit_id",))
    return _step(
        stairs.with_columns(numbered_known=pl.col("numbered").is_not_null().cast(pl.Int64)),
        ("unit_id",),
        (*_COLLECTION_FIGURES, "numbered_known"),
    )


def _review_steps(rows: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    return _step(_staircase(rows, members, ("unit_id", "level")), ("unit_id", "level"), QUEUE)


def _staircase(rows: pl.DataFrame, members: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Rows placed on the days from which they stand, within the time in which the unit counts, the last of a day alone;
    where the unit closes, a row of nothing. `own`: the row is of that day itself."""
    known = members.select("unit_id", "head_id", "shown", "final", "start", "closed", "cell")
    stair = pl.col("unit_id") if len(keys) == 1 else pl.col("unit_id") * len(LEVELS) + pl.col("level")
    rows = rows.join(known, on="unit_id").filter(
        (pl.col("day") < pl.col("closed")) & (pl.col("start") < pl.col("closed"))
    )
    rows = rows.sort(stair * _DAY + pl.col("day")).with_columns(
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


def _of_levels(review: pl.DataFrame) -> list[pl.DataFrame]:
    """The queues of each level, and what is approved and returned at the units' own final ones."""
    final = pl.col("level") == pl.col("final")
    sums = review.group_by(*_CELL, "level", at_end=final.fill_null(False)).agg(pl.col(place).sum() for place in QUEUE)
    found = [sums.filter("at_end").select(*_CELL, "approved", "returned")]
    for number, level in enumerate(LEVELS):
        places = {place: f"{place}_{level}" for place in QUEUE}
        found.append(sums.filter(pl.col("level") == number).select(*_CELL, *places).rename(places))
    return found


def _steady(members: pl.DataFrame, name: str) -> pl.DataFrame:
    """Steps of a figure that is the same for all of a unit's time: up at its start, down at its closing."""
    counts = members.filter(pl.col("start") < pl.col("closed"))
    closing = counts.filter(pl.col("closed") < FOREVER)
    kept = ("cell", "head_id", "shown")
    return pl.concat([counts.select(*kept, name, day="start"), closing.select(*kept, -pl.col(name), day="closed")])


def _of_the_unit(connection: Connection, members: pl.DataFrame, baseline_day: int) -> list[pl.DataFrame]:
    """Steps of the baseline and of the statistics."""
    frozen = members.join(_baselines(connection), on="unit_id")
    frozen = frozen.with_columns(start=pl.max_horizontal("start", pl.lit(baseline_day)))
    staff = bulk.frame(
        connection,
        "SELECT s.unit_id, s.staff AS statistics FROM rollup_member m JOIN statistics s ON s.unit_id = m.unit_id"
        " AND s.year = (SELECT MAX(x.year) FROM statistics x WHERE x.unit_id = m.unit_id)",
    )
    stands = {"baseline": frozen, "statistics": members.join(staff, on="unit_id")}
    return [_summed(_steady(frame, name), (name,)) for name, frame in stands.items()]


def _baselines(connection: Connection) -> pl.DataFrame:
    return bulk.frame(
        connection,
        "SELECT b.unit_id, b.expected AS baseline FROM rollup_member m JOIN baseline b ON b.unit_id = m.unit_id",
    )


def _counted(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Steps of what is counted by reporting unit (1 or 0) and follows from its own sums."""
    names = [name for name in _HEAD if any(name in frame.columns for frame in frames)]
    parts = [
        frame.select("cell", "head_id", "shown", "day", *(n for n in names if n in frame.columns)) for frame in frames
    ]
    steps = pl.concat(parts, how="diagonal").with_columns(pl.col(names).fill_null(0))
    steps = steps.with_columns(at=pl.col("head_id") * _DAY + pl.col("day")).sort("at")
    begins = (pl.col("head_id") != pl.col("head_id").shift(1)).fill_null(True)
    sums = {name: pl.col(name).cum_sum() for name in names}
    before = {name: pl.when(begins).then(total - pl.col(name)).forward_fill() for name, total in sums.items()}
    ends = (pl.col("at") != pl.col("at").shift(-1)).fill_null(True)
    stands = steps.with_columns((total - before[name]).alias(name) for name, total in sums.items()).filter(ends)
    flags = {
        "numbered_known": pl.col("numbered_known") > 0,
        "total": (pl.col("alive") > 0) & (pl.col("shown") == 1) if "alive" in names else pl.lit(False),
        "started": pl.col("entered") > 0,
        "complete": (pl.col("expected") > 0) & (pl.col("approved") >= pl.col("expected")),
    }
    stands = stands.with_columns(flag.cast(pl.Int64).alias(name) for name, flag in flags.items())
    return _summed(_step(stands, ("head_id",), _COUNTED), _COUNTED)


def _bounds(connection: Connection, members: pl.DataFrame, baseline_day: int) -> pl.DataFrame:
    """Days that bound a unit: something opens or closes, or its baseline begins to count: cell, head_id, day."""
    real = members.filter(pl.col("opened") < pl.col("closed"))
    kept = ("cell", "head_id", "from_day")
    days = [
        real.select(*kept, day="opened"),
        real.filter(pl.col("closed") < FOREVER).select(*kept, day="closed"),
    ]
    if (real["from_day"] <= baseline_day).any():
        frozen = real.join(_baselines(connection), on="unit_id").filter(
            pl.lit(baseline_day).is_between(pl.col("opened"), pl.col("closed"), closed="left")
        )
        days.append(frozen.select(*kept, day=pl.lit(baseline_day, pl.Int64)))
    return pl.concat(days).filter(pl.col("day") >= pl.col("from_day")).select("cell", "head_id", "day").unique()


def _marked(own: pl.DataFrame, bounds: pl.DataFrame) -> list[pl.DataFrame]:
    """reported, events: units with figures of their own on the day; units for which the day is one to remember."""
    own = own.unique()
    also = bounds.join(own, on=["head_id", "day"], how="anti")
    return [
        own.group_by(_CELL).agg(pl.len().cast(pl.Int64).alias(name) for name in ("reported", "events")),
        also.group_by(_CELL).agg(pl.len().cast(pl.Int64).alias("events")),
    ]
