"""Batches: what a file brought, loaded in one transaction, kept with what its undo needs.

A batch is a file. Rows say which batch they came from; rows that a batch replaced are kept as they were, so that an
undo takes away the batch's rows and puts the old ones back. The roll-up, the baseline, the findings, the audit line and
the data version change in the same transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, func, insert, select, text

from monitor.campaign import Campaign
from monitor.figures import LEVELS
from monitor.i18n import _
from monitor.store import audit, bulk, meta, roster_loads
from monitor.store.engine import Store
from monitor.store.register import change_register
from monitor.store.rollup import Effect, touch
from monitor.store.schema import EPOCH, batch, batch_day, batch_row, day_number, finding
from monitor.store.shapes import ALIAS_ROWS, ROSTER_ROWS, SHAPES, UNIT_ROWS, LoadRefused, Shape, last_table_day
from monitor.store.state import PARTS
from monitor.store.undo import undo


@dataclass(frozen=True)
class NewBatch:
    """A file about to be loaded. `by` is an account's name, or "" for the command line."""

    kind: str
    file: str
    sha256: str
    by: str
    rows: int


@dataclass(frozen=True)
class Tables:
    """What a file says, one row a key, predecessors added up. Days are dates, levels names of figures.LEVELS.

    collection: unit_id, day, expected (null: carried), entered, submitted, numbered (null: carried)
    review: unit_id, day, level, pending, approved, returned
    statistics: unit_id, year, staff, teachers
    units: columns of register.unit_table
    rosters: unit_id and rosters.CELLS, the people of a unit in their order; came_on: the day on which they came in, None
        for now
    """

    collection: pl.DataFrame | None = None
    review: pl.DataFrame | None = None
    statistics: pl.DataFrame | None = None
    units: pl.DataFrame | None = None
    rosters: pl.DataFrame | None = None
    came_on: date | None = None


@dataclass(frozen=True)
class Finding:
    """Something to look at in figures that were loaded all the same. grade: must_fix, explain or note."""

    code: str
    grade: str
    message: str
    unit_id: int | None = None
    day: date | None = None
    row: int | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Loaded:
    """The result, in rows. batch_id is None where nothing changed; `loaded` includes `corrected`."""

    batch_id: int | None
    loaded: int
    unchanged: int
    corrected: int


def compare(connection: Connection, tables: Tables) -> dict[str, pl.DataFrame]:
    """What the tables would change: by table name, every row with `change` (new, corrected, unchanged) and the
    figures before it as <figure>_before (null for a new row). Of rosters unit_id and change only."""
    result = {}
    for shape in SHAPES:
        frame: pl.DataFrame | None = getattr(tables, shape.table)
        if frame is not None and not frame.is_empty():
            _stage(connection, shape, frame)
            compared = bulk.frame(connection, f"SELECT * FROM staged_{shape.table}")
            result[shape.table] = _shown(compared, shape)
    if tables.rosters is not None and not tables.rosters.is_empty():
        result[ROSTER_ROWS] = roster_loads.compare(connection, tables.rosters)
    return result


def load(
    store: Store,
    new: NewBatch,
    tables: Tables,
    findings: list[Finding],
    on_progress: Callable[[str], None] | None = None,
    *,
    expected_version: int | None = None,
) -> Loaded:
    """Load one file in one transaction.

    Raises:
        LoadRefused: the data version is no longer `expected_version`: somebody else loaded since the file was checked.
    """
    tell = on_progress or (lambda _message: None)
    with store.begin() as connection:
        if expected_version is not None and meta.data_version(connection) != expected_version:
            raise LoadRefused(_("Somebody else has loaded data meanwhile. Check the file again, then load it."))
        batch_id = (connection.execute(select(func.max(batch.c.id))).scalar() or 0) + 1
        tell(_("Writing figures"))
        counts = _write(connection, store.campaign, batch_id, tables, new.by)
        if counts[0] == 0:
            audit.append(connection, new.by, "import_unchanged", {"file": new.file, "sha256": new.sha256})
            return Loaded(None, 0, counts[1], 0)
        loaded = Loaded(batch_id, *counts)
        _record(connection, new, loaded, tables, findings)
        meta.raise_data_version(connection)
    return loaded


def _write(connection: Connection, campaign: Campaign, batch_id: int, tables: Tables, by: str) -> tuple[int, int, int]:
    """(written, unchanged, corrected) rows of all tables."""
    written = unchanged = corrected = 0
    if tables.rosters is not None and not tables.rosters.is_empty():
        kept, counts = roster_loads.write(connection, campaign, batch_id, tables.rosters, tables.came_on, by)
        _keep(connection, batch_id, [(ROSTER_ROWS, unit, None, None, before) for unit, before in kept])
        return counts
    if tables.units is not None:
        change = change_register(connection, campaign, tables.units)
        _keep(connection, batch_id, [(UNIT_ROWS, unit, None, None, row) for unit, row in change.before])
        _keep(connection, batch_id, [(ALIAS_ROWS, unit, None, None, {"alias": name}) for name, unit in change.aliases])
        written, unchanged, corrected = change.new + change.changed, change.unchanged, change.changed
    staged = []
    for shape in SHAPES:
        frame: pl.DataFrame | None = getattr(tables, shape.table)
        if frame is None or frame.is_empty():
            continue
        new, same, replaced = _stage(connection, shape, frame)
        written, unchanged, corrected = written + new + replaced, unchanged + same, corrected + replaced
        if new + replaced:
            staged.append((shape, replaced))
    if staged:
        shapes = [shape for shape, _count in staged]
        freezing = _touch_staged(connection, campaign, shapes)
        effect = Effect(
            connection, campaign.baseline_day, days=_staged_days(connection, shapes), parts=_parts(shapes, freezing)
        )
        for shape, replaced in staged:
            _store(connection, batch_id, shape, replaced)
        if freezing:
            _freeze_baseline(connection, campaign, batch_id)
        effect.apply()
    return written, unchanged, corrected


def _stage(connection: Connection, shape: Shape, frame: pl.DataFrame) -> tuple[int, int, int]:
    """Put the rows into staged_<table> beside what the store has for their keys; count (new, unchanged, corrected)."""
    names = (*shape.key, *shape.figures)
    if "level" in shape.key:
        frame = frame.with_columns(pl.col("level").replace_strict({name: n for n, name in enumerate(LEVELS)}))
    kinds = dict.fromkeys(shape.key, "INTEGER") | dict.fromkeys(shape.figures, "BIGINT")
    bulk.temporary(connection, f"incoming_{shape.table}", kinds, ", ".join(shape.key))
    bulk.insert_frame(connection, f"incoming_{shape.table}", frame.select(*names))
    bulk.analyze(connection, f"incoming_{shape.table}")
    value = {name: f"COALESCE(i.{name}, t.{name})" if name in shape.carried else f"i.{name}" for name in shape.figures}
    same = " AND ".join(
        f"({value[name]} = t.{name} OR ({value[name]} IS NULL AND t.{name} IS NULL))" for name in shape.figures
    )
    columns = kinds | {f"{name}_before": "BIGINT" for name in shape.figures} | {"batch_before": "INTEGER"}
    bulk.temporary(connection, f"staged_{shape.table}", {**columns, "change": "INTEGER"}, ", ".join(shape.key))
    connection.execute(
        text(
            f"INSERT INTO staged_{shape.table} SELECT {', '.join(f'i.{name}' for name in shape.key)},"
            f" {', '.join(value.values())}, {', '.join(f't.{name}' for name in shape.figures)}, t.batch_id,"
            f" CASE WHEN t.unit_id IS NULL THEN 0 WHEN {same} THEN 2 ELSE 1 END"
            f" FROM incoming_{shape.table} i LEFT JOIN {shape.table} t"
            f" ON {' AND '.join(f't.{name} = i.{name}' for name in shape.key)}"
        )
    )
    bulk.analyze(connection, f"staged_{shape.table}")
    counts: dict[int, int] = dict(
        connection.execute(text(f"SELECT change, COUNT(*) FROM staged_{shape.table} GROUP BY change")).all()
    )
    return counts.get(0, 0), counts.get(2, 0), counts.get(1, 0)


def _shown(staged: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """A staged table as the screen wants it: days as dates, levels by name, changes in words."""
    words = pl.col("change").replace_strict({0: "new", 1: "corrected", 2: "unchanged"}, return_dtype=pl.String)
    frame = staged.drop("batch_before").with_columns(words)
    if "day" in shape.key:
        frame = frame.with_columns(bulk.day_column("day"))
    if "level" in shape.key:
        frame = frame.with_columns(pl.col("level").replace_strict(dict(enumerate(LEVELS)), return_dtype=pl.String))
    return frame


def _touch_staged(connection: Connection, campaign: Campaign, shapes: list[Shape]) -> bool:
    """Mark the reporting units that staged rows change, from the first day that changes. Whether the load freezes any
    baseline: it does so when the tables have come as far as the baseline day."""
    parts = []
    for shape in shapes:
        day = "MIN(s.day)" if "day" in shape.key else str(EPOCH)
        parts.append(
            f"SELECT m.head_id AS unit_id, {day} AS day FROM staged_{shape.table} s JOIN unit m ON m.id = s.unit_id"
            " WHERE s.change < 2 AND m.head_id IS NOT NULL GROUP BY m.head_id"
        )
    last = max([last_table_day(connection), *_staged_days(connection, shapes)])
    unfrozen = _unfrozen(campaign, shapes) if last >= day_number(campaign.baseline_day) else []
    touch(connection)
    connection.execute(
        text(
            "INSERT INTO rollup_touched SELECT unit_id, MIN(day) FROM"
            f" ({' UNION ALL '.join([*parts, *unfrozen])}) t GROUP BY unit_id"
        )
    )
    return any(connection.execute(text(f"SELECT 1 FROM ({sql}) t LIMIT 1")).first() for sql in unfrozen)


def _unfrozen(campaign: Campaign, shapes: list[Shape]) -> list[str]:
    """SQL for the reporting units whose baseline is known, or is about to be, but not frozen: unit_id, day."""
    frozen_on = day_number(campaign.baseline_day)
    tables = ["collection", *(f"staged_{shape.table}" for shape in shapes if shape.table == "collection")]
    return [
        f"SELECT m.head_id AS unit_id, {frozen_on} AS day FROM unit m WHERE m.head_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM baseline b WHERE b.unit_id = m.id) AND EXISTS"
        f" (SELECT 1 FROM {table} c WHERE c.unit_id = m.id AND c.day <= {frozen_on} AND c.expected IS NOT NULL)"
        for table in tables
    ]


def _staged_days(connection: Connection, shapes: list[Shape]) -> list[int]:
    """The days (numbers) of staged rows that change something."""
    return [
        day
        for shape in shapes
        if "day" in shape.key
        for day in connection.execute(text(f"SELECT DISTINCT day FROM staged_{shape.table} WHERE change < 2")).scalars()
    ]


def _parts(shapes: list[Shape], freezing: bool) -> frozenset[str]:
    """What the staged rows may change of a unit's figures (store.state)."""
    named = frozenset(shape.table for shape in shapes)
    return PARTS if freezing or not named <= PARTS else named


def _store(connection: Connection, batch_id: int, shape: Shape, replaced: int) -> None:
    """Move the staged rows that change something into their table; keep what they replace."""
    key, figures = ", ".join(shape.key), ", ".join(shape.figures)
    if replaced:
        befores = ", ".join(f"{name}_before" for name in shape.figures)
        rows = connection.execute(
            text(f"SELECT {key}, {befores}, batch_before FROM staged_{shape.table} WHERE change = 1 ORDER BY {key}")
        )
        _keep(connection, batch_id, [_kept(shape, row) for row in rows])
    connection.execute(
        text(
            f"INSERT INTO {shape.table} ({key}, {figures}, batch_id)"
            f" SELECT {key}, {figures}, {batch_id} FROM staged_{shape.table} WHERE change < 2"
            f" ON CONFLICT ({key}) DO UPDATE SET batch_id = excluded.batch_id,"
            f" {', '.join(f'{name} = excluded.{name}' for name in shape.figures)}"
        )
    )


def _kept(shape: Shape, row: Any) -> tuple[str, int, int | None, int | None, dict[str, Any]]:
    values = dict(zip(shape.key, row[: len(shape.key)], strict=True))
    before = dict(zip((*shape.figures, "batch_id"), row[len(shape.key) :], strict=True))
    return shape.table, values["unit_id"], values.get("level"), values.get("day", values.get("year")), before


def _keep(connection: Connection, batch_id: int, rows: list[tuple[str, int, int | None, int | None, Any]]) -> None:
    """Write rows of (table, unit, level, day number, row before) into batch_row."""
    if not rows:
        return
    start = connection.execute(select(func.max(batch_row.c.seq)).where(batch_row.c.batch_id == batch_id)).scalar() or 0
    names = ("batch_id", "seq", "table_name", "unit_id", "level", "day", "before")
    connection.execute(
        insert(batch_row),
        [dict(zip(names, (batch_id, start + place, *row), strict=True)) for place, row in enumerate(rows, 1)],
    )


def _freeze_baseline(connection: Connection, campaign: Campaign, batch_id: int) -> None:
    """Freeze the head count of the baseline day for touched units that have none frozen yet.

    Once frozen, a later correction of that day does not move it.
    """
    connection.execute(
        text(
            "INSERT INTO baseline (unit_id, expected, batch_id)"
            " SELECT c.unit_id, c.expected, :batch FROM rollup_touched t JOIN unit m ON m.head_id = t.unit_id"
            " JOIN collection c ON c.unit_id = m.id AND c.day = (SELECT MAX(day) FROM collection"
            "  WHERE unit_id = m.id AND day <= :day AND expected IS NOT NULL)"
            " WHERE NOT EXISTS (SELECT 1 FROM baseline b WHERE b.unit_id = m.id)"
        ),
        {"batch": batch_id, "day": day_number(campaign.baseline_day)},
    )


def _record(connection: Connection, new: NewBatch, loaded: Loaded, tables: Tables, findings: list[Finding]) -> None:
    """The batch itself: its row, its days, its findings in place of those it answers, its audit line."""
    batch_id = loaded.batch_id
    counts = {"rows": new.rows, "loaded": loaded.loaded, "unchanged": loaded.unchanged, "corrected": loaded.corrected}
    connection.execute(
        insert(batch).values(
            id=batch_id, kind=new.kind, file=new.file, sha256=new.sha256, loaded_at=datetime.now(UTC),
            loaded_by=new.by, **counts,
        )
    )  # fmt: skip
    frames = [frame for frame in (tables.collection, tables.review) if frame is not None]
    days = sorted({day for frame in frames for day in frame["day"].unique().to_list()})
    if days:
        connection.execute(insert(batch_day), [{"batch_id": batch_id, "day": day} for day in days])
    for name in ("collection", "review"):
        if getattr(tables, name) is not None and not getattr(tables, name).is_empty():
            _close_findings(connection, batch_id, name, new.kind)
    start = connection.execute(select(func.max(finding.c.id))).scalar() or 0
    columns = ("id", "batch_id", "code", "grade", "unit_id", "day", "row", "message", "figures")
    if findings:
        rows = [
            (start + place, batch_id, f.code, f.grade, f.unit_id, f.day, f.row, f.message, f.values or None)
            for place, f in enumerate(findings, 1)
        ]
        connection.execute(insert(finding), [dict(zip(columns, row, strict=True)) for row in rows])
    audit.append(connection, new.by, "import", {"batch": batch_id, "file": new.file, "sha256": new.sha256, **counts})


def _close_findings(connection: Connection, batch_id: int | None, table: str, kind: str) -> None:
    """New figures answer the findings of the figures that they replace."""
    connection.execute(
        text(
            "UPDATE finding SET closed_batch_id = :batch WHERE closed_batch_id IS NULL AND batch_id IN"
            " (SELECT id FROM batch WHERE kind = :kind AND undone_at IS NULL AND id <> :batch)"
            f" AND EXISTS (SELECT 1 FROM staged_{table} s WHERE s.unit_id = finding.unit_id AND s.day = finding.day"
            " AND s.change = 1)"
        ),
        {"batch": batch_id, "kind": kind},
    )


__all__ = ["Finding", "LoadRefused", "Loaded", "NewBatch", "Tables", "compare", "load", "undo"]
