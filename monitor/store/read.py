"""What is read of units and figures. Every function takes the scope of the account that asks: no scope, no rows.

Frames are pandas, small (tens to a few hundred rows; a province's schools at most), days are datetime64.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd
import polars as pl
from sqlalchemy import Connection, select, text

from monitor.campaign import Campaign
from monitor.figures import FIGURES, LEVELS, QUEUE
from monitor.store import bulk
from monitor.store.rollup import state_sql
from monitor.store.schema import EPOCH, FOREVER, RUNNING_FIGURES, batch_row, day_number, day_of
from monitor.store.scope import OutOfScope, Scope
from monitor.units import SOURCE, Unit

_UNIT_COLUMNS = (
    *SOURCE, "sector", "shown_parent_id", "head_id", "foot_id", "reporting", "final_level", "chain",
)  # fmt: skip
_FIGURE_LIST = ", ".join(RUNNING_FIGURES)


# ---- units -------------------------------------------------------------------------------------------------------


def _within(scope: Scope, table: str = "u") -> str:
    """The condition that a unit lies in the scope, as SQL. Ids and sectors come from accounts, never from a page."""
    if scope.sees_nothing:
        return "1 = 0"
    sectors = ", ".join(f"'{sector}'" for sector in sorted(scope.sectors) if sector in ("schools", "universities"))
    condition = f"({table}.sector IN ({sectors}) OR {table}.kind = 'province')"
    if not scope.everything:
        roots = ", ".join(str(int(root)) for root in sorted(scope.roots))
        condition += (
            f" AND EXISTS (SELECT 1 FROM unit_ancestor w WHERE w.unit_id = {table}.id AND w.ancestor_id IN ({roots}))"
        )
    return condition


def _open_on(day: date, table: str = "u") -> str:
    number = day_number(day)
    return f"COALESCE({table}.opened, {EPOCH}) <= {number} AND COALESCE({table}.closed, {FOREVER}) > {number}"


def _units(connection: Connection, where: str, values: dict[str, Any] | None = None) -> list[Unit]:
    columns = ", ".join(f"u.{name}" for name in _UNIT_COLUMNS)
    rows = connection.execute(text(f"SELECT {columns} FROM unit u WHERE {where} ORDER BY u.code"), values or {})
    return [_unit(row) for row in rows.mappings()]


def _unit(row: Any) -> Unit:
    values = dict(row)
    for name in ("opened", "closed"):
        values[name] = None if values[name] is None else day_of(values[name])
    return Unit(**{**values, "reporting": bool(values["reporting"]), "chain": tuple(values["chain"].split(","))})


def unit(connection: Connection, scope: Scope, code: str) -> Unit:
    """The unit that `code`, own or former, stands for today.

    Raises:
        OutOfScope: there is no such unit in the scope.
    """
    found = _units(connection, "u.code = :code", {"code": code}) or _units(
        connection, "u.id IN (SELECT unit_id FROM unit_alias WHERE alias = :code)", {"code": code}
    )
    for _turn in range(12):
        if not found or found[0].successor_id is None:
            break
        found = _units(connection, "u.id = :id", {"id": found[0].successor_id})
    if not found:
        raise OutOfScope(code)
    return unit_by_id(connection, scope, found[0].id)


def unit_by_id(connection: Connection, scope: Scope, unit_id: int) -> Unit:
    """The unit with this id.

    Raises:
        OutOfScope: there is no such unit in the scope.
    """
    found = _units(connection, f"u.id = :id AND {_within(scope)}", {"id": unit_id})
    if not found:
        raise OutOfScope(str(unit_id))
    return found[0]


def root(connection: Connection, campaign: Campaign, scope: Scope) -> Unit | None:
    """The highest unit of the scope: the campaign's root, or the account's own unit; None when nothing can be seen."""
    if scope.sees_nothing:
        return None
    if scope.everything:
        found = _units(connection, "u.code = :code", {"code": campaign.root})
    else:
        found = _units(connection, f"u.id IN ({', '.join(str(int(r)) for r in sorted(scope.roots))})")
    return found[0] if found else None


def children(connection: Connection, scope: Scope, unit_id: int, as_of: date, sector: str | None = None) -> list[Unit]:
    """The units directly below, under today's tree, that are open on the day; of one sector where it is named."""
    where = f"u.shown_parent_id = :id AND {_within(scope)} AND {_open_on(as_of)}"
    return _units(connection, where + (" AND u.sector = :sector" if sector else ""), {"id": unit_id, "sector": sector})


def children_of(
    connection: Connection, scope: Scope, units: Iterable[int], as_of: date, sector: str
) -> dict[int, list[Unit]]:
    """What `children` gives, for several units at once: by unit, only units that have children."""
    result: dict[int, list[Unit]] = {}
    for part in _chunks(sorted(set(units))):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        where = f"u.shown_parent_id IN ({ids}) AND u.sector = :sector AND {_within(scope)} AND {_open_on(as_of)}"
        for child in _units(connection, where, {"sector": sector}):
            result.setdefault(child.shown_parent_id or 0, []).append(child)
    return result


def path(connection: Connection, scope: Scope, unit_id: int) -> list[Unit]:
    """From the highest unit that the scope shows down to the unit itself."""
    above = connection.execute(
        text("SELECT ancestor_id FROM unit_ancestor WHERE unit_id = :id ORDER BY depth DESC"), {"id": unit_id}
    ).scalars()
    steps = [_units(connection, f"u.id = :id AND {_within(scope)}", {"id": step}) for step in above]
    return [found[0] for found in steps if found]


def descendants(
    connection: Connection, scope: Scope, unit_id: int, kind: str, as_of: date, sector: str | None = None
) -> list[Unit]:
    """All units of a kind below a unit that are open on the day."""
    where = (
        "u.id IN (SELECT unit_id FROM unit_ancestor WHERE ancestor_id = :id) AND u.kind = :kind"
        f" AND u.successor_id IS NULL AND {_within(scope)} AND {_open_on(as_of)}"
    )
    sector_too = " AND u.sector = :sector" if sector else ""
    return _units(connection, where + sector_too, {"id": unit_id, "kind": kind, "sector": sector})


# ---- days and batches --------------------------------------------------------------------------------------------


def snapshot_days(connection: Connection) -> list[date]:
    """The days that have tables, oldest first."""
    rows = connection.execute(
        text(
            "SELECT DISTINCT d.day FROM batch_day d JOIN batch b ON b.id = d.batch_id WHERE b.undone_at IS NULL"
            " ORDER BY d.day"
        )
    )
    return [day_of(row[0]) for row in rows]


def newest_day(connection: Connection) -> date | None:
    """The newest day that has a table."""
    days = snapshot_days(connection)
    return days[-1] if days else None


def source_batches(connection: Connection, as_of: date) -> pd.DataFrame:
    """The batches behind the newest snapshot on or before the day: id, kind, file, day, loaded_at, loaded_by."""
    rows = connection.execute(
        text(
            "SELECT b.id, b.kind, b.file, d.day, b.loaded_at, b.loaded_by FROM batch_day d JOIN batch b"
            " ON b.id = d.batch_id WHERE b.undone_at IS NULL AND d.day = (SELECT MAX(x.day) FROM batch_day x"
            " JOIN batch y ON y.id = x.batch_id WHERE y.undone_at IS NULL AND x.day <= :day) ORDER BY b.id"
        ),
        {"day": day_number(as_of)},
    )
    frame = pd.DataFrame([tuple(row) for row in rows], columns=["id", "kind", "file", "day", "loaded_at", "loaded_by"])
    return frame.assign(day=_days(frame["day"]), loaded_at=pd.to_datetime(frame["loaded_at"], utc=True))


# ---- figures -----------------------------------------------------------------------------------------------------


def figures(
    connection: Connection, campaign: Campaign, scope: Scope, units: Iterable[int], days: Sequence[date], sector: str
) -> pd.DataFrame:
    """Figures of units at the end of given days, carried from the newest before where a day has none.

    Columns: unit, day, the names of figures.FIGURES (integers; `numbered` 0 where unknown), numbered_known. Units
    outside the scope have no rows.
    """
    wanted = sorted(set(units))
    if not wanted or not days or scope.sees_nothing or sector not in scope.sectors:
        return _figure_frame([])
    rows = []
    on_days = " UNION ALL ".join(f"SELECT {day_number(day)} AS day" for day in sorted(set(days)))
    for part in _chunks(wanted):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        visible = f"u.id IN ({ids}) AND {_within(scope)}"
        rolled = (
            f"SELECT u.id AS unit_id, d.day, {', '.join(f'COALESCE(r.{name}, 0)' for name in RUNNING_FIGURES)}"
            f" FROM unit u CROSS JOIN ({on_days}) d LEFT JOIN rollup r ON r.unit_id = u.id AND r.school_type = :sector"
            " AND r.day = (SELECT MAX(day) FROM rollup WHERE unit_id = u.id AND school_type = :sector AND day <= d.day)"
            f" WHERE {visible} AND (u.foot_id = u.id OR NOT u.reporting)"
        )
        rows += connection.execute(text(rolled), {"sector": sector}).fetchall()
        leaves = (
            f"(SELECT u.id AS unit_id, d.day FROM unit u CROSS JOIN ({on_days}) d WHERE {visible}"
            " AND u.sector = :sector AND u.reporting AND (u.foot_id IS NULL OR u.foot_id <> u.id))"
        )
        rows += connection.execute(
            text(f"SELECT unit_id, day, {_FIGURE_LIST} FROM ({state_sql(leaves)}) s"),
            {"sector": sector, "baseline_day": day_number(campaign.baseline_day)},
        ).fetchall()
    return _figure_frame(rows)


def by_school_type(
    connection: Connection, campaign: Campaign, scope: Scope, unit_id: int, as_of: date
) -> pd.DataFrame:
    """A unit's figures on a day by school type: school_type and the names of figures.FIGURES; only types it has."""
    found = unit_by_id(connection, scope, unit_id)
    if found.reporting and found.foot_id != found.id:
        frame = figures(connection, campaign, scope, [unit_id], [as_of], found.sector)
        return frame.assign(school_type=found.school_type)[["school_type", *FIGURES]]
    sectors = ", ".join(f"'{sector}'" for sector in sorted(scope.sectors) if sector in ("schools", "universities"))
    rows = connection.execute(
        text(
            f"SELECT r.school_type, {', '.join(f'r.{name}' for name in FIGURES)} FROM rollup r WHERE r.unit_id = :id"
            " AND r.school_type NOT IN ('schools', 'universities') AND EXISTS (SELECT 1 FROM unit u"
            f" WHERE u.school_type = r.school_type AND u.sector IN ({sectors}))"
            " AND r.day = (SELECT MAX(x.day) FROM rollup x WHERE x.unit_id = r.unit_id"
            " AND x.school_type = r.school_type AND x.day <= :day)"
        ),
        {"id": unit_id, "day": day_number(as_of)},
    )
    return pd.DataFrame([tuple(row) for row in rows], columns=["school_type", *FIGURES])


def first_days(connection: Connection, scope: Scope, units: Iterable[int], sector: str) -> pd.Series:
    """The day of each unit's first figures (datetime64, indexed by unit); units without any are left out."""
    result: dict[int, int] = {}
    for part in _chunks(sorted(set(units))):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        own = " UNION ALL ".join(
            f"SELECT u.id AS unit_id, MIN(t.day) AS day FROM unit u JOIN unit m ON m.head_id = u.id"
            f" JOIN {table} t ON t.unit_id = m.id {level} WHERE u.id IN ({ids}) AND {_within(scope)}"
            " AND u.sector = :sector AND t.day >= COALESCE(m.opened, 0) GROUP BY u.id"
            for table, level in (("collection", ""), ("review", "AND t.level IN (0, 1, 2, 3)"))
        )
        rolled = (
            "SELECT r.unit_id, MIN(r.day) FROM rollup r JOIN unit u ON u.id = r.unit_id"
            f" WHERE u.id IN ({ids}) AND NOT u.reporting AND {_within(scope)} AND r.school_type = :sector"
            " AND r.reported > 0 GROUP BY r.unit_id"
        )
        rows = connection.execute(
            text(f"SELECT unit_id, MIN(day) FROM ({own} UNION ALL {rolled}) t GROUP BY unit_id"), {"sector": sector}
        )
        result |= {row[0]: row[1] for row in rows if row[1] is not None}
    return _days(pd.Series(result, dtype="int64")).rename("first_day")


def panel(
    connection: Connection, campaign: Campaign, scope: Scope, units: Iterable[int], as_of: date, sector: str
) -> pd.DataFrame:
    """Every calendar day of each unit from its first figures to `as_of`: the frame that the measures take.

    Columns: unit, day, the names of figures.FIGURES, numbered_known. Days without a table carry the day before. Units
    without figures by `as_of`, or outside the scope, have no rows.
    """
    wanted = list(units)
    if not scope.sees_nothing and sector not in scope.sectors:
        return _figure_frame([])
    first = first_days(connection, scope, wanted, sector)
    first = first[first <= pd.Timestamp(as_of)]
    if first.empty:
        return _figure_frame([])
    days = [day for day in _event_days(connection, campaign) if day <= as_of]
    known = figures(connection, campaign, scope, first.index, days, sector)
    grid = pd.MultiIndex.from_product(
        [sorted(first.index), pd.date_range(first.min(), pd.Timestamp(as_of))], names=["unit", "day"]
    )
    dense = known.set_index(["unit", "day"]).reindex(grid.union(known.set_index(["unit", "day"]).index))
    dense = dense.groupby(level="unit").ffill().reindex(grid).fillna(0).astype("int64").reset_index()
    return dense[dense["day"] >= dense["unit"].map(first)].reset_index(drop=True)


def _event_days(connection: Connection, campaign: Campaign) -> list[date]:
    """Days on which figures may change: those with tables, openings, closings, and the day of the baseline."""
    rows = connection.execute(
        text("SELECT opened FROM unit WHERE opened IS NOT NULL UNION SELECT closed FROM unit WHERE closed IS NOT NULL")
    )
    tables = snapshot_days(connection)
    if not tables:
        return []
    dates = {day_of(row[0]) for row in rows} | {campaign.baseline_day}
    return sorted({*tables, *(day for day in dates if day >= tables[0])})


# ---- leaves, for what changed ------------------------------------------------------------------------------------


def leaves_below(connection: Connection, scope: Scope, units: Iterable[int], sector: str) -> pd.DataFrame:
    """The leaves that make up units: unit, leaf. A unit merged into another is a leaf of its own here: it has its own
    figures and its own closing."""
    rows: list[Any] = []
    for part in _chunks(sorted(set(units))):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        rows += connection.execute(
            text(
                "SELECT a.ancestor_id, u.id FROM unit_ancestor a JOIN unit u ON u.id = a.unit_id"
                f" WHERE a.ancestor_id IN ({ids}) AND u.head_id IS NOT NULL AND u.sector = :sector AND {_within(scope)}"
            ),
            {"sector": sector},
        ).fetchall()
    return pd.DataFrame([tuple(row) for row in rows], columns=["unit", "leaf"])


def bounds(connection: Connection, leaves: Sequence[int]) -> tuple[dict[int, date], dict[int, date]]:
    """The opening and closing days of units that have them."""
    opened: dict[int, date] = {}
    closed: dict[int, date] = {}
    for part in _chunks(leaves):
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

    Both frames: unit, day, approved, denominator; a row for every day on which a figure was given or may have
    changed, days in between carry the day before.
    """
    days = [day for day in _event_days(connection, campaign) if since < day <= until]
    current = _leaf_states(connection, campaign, scope, leaves, [since, *days], sector, "collection", "review")
    changed = _corrected_leaves(connection, leaves, until)
    if not changed:
        original = current
    else:
        _original_tables(connection, changed)
        restored = _leaf_states(
            connection, campaign, scope, changed, [since, *days], sector, "original_collection", "original_review"
        )
        original = pd.concat([current[~current["unit"].isin(changed)], restored])
    columns = {"approved": "approved", denominator: "denominator"}
    return tuple(frame[["unit", "day", *columns]].rename(columns=columns) for frame in (current, original))  # type: ignore[return-value]


def _leaf_states(
    connection: Connection,
    campaign: Campaign,
    scope: Scope,
    leaves: Sequence[int],
    days: Sequence[date],
    sector: str,
    collection: str,
    review: str,
) -> pd.DataFrame:
    """Figures of leaves by themselves (not of what was merged into them), from the tables named; only from a leaf's
    first figures on."""
    low = "MIN" if connection.dialect.name == "sqlite" else "LEAST"
    begins = (
        f"{low}(COALESCE((SELECT MIN(day) FROM {collection} WHERE unit_id = u.id), {FOREVER}),"
        f" COALESCE((SELECT MIN(day) FROM {review} WHERE unit_id = u.id), {FOREVER}))"
    )
    on_days = " UNION ALL ".join(f"SELECT {day_number(day)} AS day" for day in sorted(set(days)))
    rows: list[Any] = []
    for part in _chunks(list(leaves)):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        points = (
            f"(SELECT u.id AS unit_id, d.day FROM unit u CROSS JOIN ({on_days}) d WHERE u.id IN ({ids})"
            f" AND u.sector = :sector AND {_within(scope)} AND d.day >= {begins})"
        )
        sql = state_sql(points, member="m.id = p.unit_id", collection=collection, review=review)
        rows += connection.execute(
            text(f"SELECT unit_id, day, {_FIGURE_LIST} FROM ({sql}) s"),
            {"sector": sector, "baseline_day": day_number(campaign.baseline_day)},
        ).fetchall()
    return _figure_frame(rows)


def _corrected_leaves(connection: Connection, leaves: Sequence[int], until: date) -> list[int]:
    """Leaves of which a figure up to the day was replaced by a later batch."""
    found = connection.execute(
        text(
            "SELECT DISTINCT unit_id FROM batch_row WHERE table_name IN ('collection', 'review') AND day <= :day"
        ),
        {"day": day_number(until)},
    ).scalars()
    return sorted(set(found) & set(leaves))


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


# ---- what intake asks --------------------------------------------------------------------------------------------


def before(connection: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """The newest figures strictly before given days, of units themselves (not of what was merged into them).

    `keys`: unit_id, day (Date). Result: those, day_before (Date, null: none), expected, entered, submitted, numbered,
    and <place>_<level> as they stood then (null: never known).
    """
    return _own_state(connection, keys, "<")


def on(connection: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """The figures of units at the end of given days, as `before`, with has_collection and has_review: whether the day
    has rows of its own."""
    state = _own_state(connection, keys, "<=")
    return state.with_columns(
        has_collection=(pl.col("collection_day") == pl.col("day")).fill_null(False),
        has_review=(pl.col("review_day") == pl.col("day")).fill_null(False),
    )


def _own_state(connection: Connection, keys: pl.DataFrame, compare: str) -> pl.DataFrame:
    bulk.temporary(connection, "asked", {"unit_id": "INTEGER", "day": "INTEGER"}, "unit_id, day")
    bulk.insert_frame(connection, "asked", keys.select("unit_id", "day").unique())
    bulk.analyze(connection, "asked")

    def newest(table: str, extra: str = "") -> str:
        return f"(SELECT MAX(day) FROM {table} WHERE unit_id = p.unit_id {extra} AND day {compare} p.day)"

    known = {
        name: f"(SELECT {name} FROM collection WHERE unit_id = p.unit_id AND day {compare} p.day"
        f" AND {name} IS NOT NULL ORDER BY day DESC LIMIT 1) AS {name}"
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
    review_day = newest("review", "AND level IN (0, 1, 2, 3)")
    found = bulk.frame(
        connection,
        f"SELECT p.unit_id, p.day, c.day AS collection_day, {review_day} AS review_day,"
        f" {known['expected']}, c.entered, c.submitted, {known['numbered']}, {levels}"
        f" FROM asked p LEFT JOIN collection c ON c.unit_id = p.unit_id AND c.day = {newest('collection')} {joins}",
    )
    numbers = {name: pl.Int64 for name in found.columns}
    return (
        found.cast(numbers)  # type: ignore[arg-type]
        .with_columns(bulk.day_column(name) for name in ("day", "collection_day", "review_day"))
        .with_columns(day_before=pl.max_horizontal("collection_day", "review_day"))
    )


# ---- findings ----------------------------------------------------------------------------------------------------


def finding_counts(connection: Connection, scope: Scope, units: Iterable[int], as_of: date) -> pd.DataFrame:
    """Open findings of units and all below them, of days up to `as_of`: unit, must_fix, explain, note."""
    counts: dict[int, dict[str, int]] = {}
    for part in _chunks(sorted(set(units))):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        rows = connection.execute(
            text(
                "SELECT a.ancestor_id, f.grade, COUNT(*) FROM finding f JOIN unit_ancestor a ON a.unit_id = f.unit_id"
                f" JOIN unit u ON u.id = f.unit_id WHERE a.ancestor_id IN ({ids}) AND {_within(scope)}"
                " AND f.closed_batch_id IS NULL AND f.answered_at IS NULL AND COALESCE(f.day, 0) <= :day"
                " GROUP BY a.ancestor_id, f.grade"
            ),
            {"day": day_number(as_of)},
        )
        for unit_id, grade, count in rows:
            counts.setdefault(unit_id, {})[grade] = count
    grades = ("must_fix", "explain", "note")
    rows_out = [(unit_id, *(found.get(grade, 0) for grade in grades)) for unit_id, found in counts.items()]
    return pd.DataFrame(rows_out, columns=["unit", *grades])


# ---- helpers -----------------------------------------------------------------------------------------------------


def _chunks(ids: Sequence[int], size: int = 2000) -> list[Sequence[int]]:
    """Ids in parts that a statement takes."""
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _days(numbers: pd.Series) -> pd.Series:
    return pd.to_datetime(numbers.astype("Int64").astype("string"), format="%Y%m%d").astype("datetime64[ns]")


def _figure_frame(rows: Sequence[Any]) -> pd.DataFrame:
    frame = pd.DataFrame([tuple(row) for row in rows], columns=["unit", "day", *RUNNING_FIGURES])
    frame = frame.astype(dict.fromkeys(("unit", *RUNNING_FIGURES), "int64"))
    return frame.assign(day=_days(frame["day"]))[["unit", "day", *FIGURES, "numbered_known"]]
