"""Batches: what a file brought, loaded in one transaction, kept with what its undo needs.

A batch is a file. Rows say which batch they came from; rows that a batch replaced are kept as they were, so that an
undo takes away the batch's rows and puts the old ones back. The roll-up, the baseline, the findings, the audit line and
the data version change in the same transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, func, insert, select, text

from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.store import audit, bulk, meta, roster_loads
from monitor.store.engine import Store
from monitor.store.findings import Finding, StillHolds
from monitor.store.findings import record as record_findings
from monitor.store.register import change_register
from monitor.store.rollup import Effect, touch
from monitor.store.schema import EPOCH, batch, batch_day, batch_row, day_number
from monitor.store.shapes import (
    ALIAS_ROWS,
    ROSTER_ROWS,
    SHAPES,
    UNIT_ROWS,
    LoadRefused,
    first_table_day,
    last_table_day,
)
from monitor.store.staging import CORRECTED, NEW, UNCHANGED, Staged, stage, write
from monitor.store.staging import replaced as replaced_rows
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

    A column `lines` may say of how many rows of the file one is the sum.

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
class Loaded:
    """The result, in rows of the file. batch_id is None where nothing changed; `loaded` includes `corrected`."""

    batch_id: int | None
    loaded: int
    unchanged: int
    corrected: int


def compare(connection: Connection, tables: Tables) -> dict[str, pl.DataFrame]:
    """What the tables would change: by table name, every row with `change` (new, corrected, unchanged), `lines` (rows of the
    file that were added up for it) and the figures before it as <figure>_before (null for a new row). Of rosters unit_id and
    change only."""
    result = {item.shape.table: item.shown() for item in _staged(connection, tables)}
    if tables.rosters is not None and not tables.rosters.is_empty():
        result[ROSTER_ROWS] = roster_loads.compare(connection, tables.rosters)
    return result


def _staged(connection: Connection, tables: Tables) -> list[Staged]:
    frames = [(shape, getattr(tables, shape.table)) for shape in SHAPES]
    return [stage(connection, shape, frame) for shape, frame in frames if frame is not None and not frame.is_empty()]


def load(
    store: Store,
    new: NewBatch,
    tables: Tables,
    findings: list[Finding],
    on_progress: Callable[[str], None] | None = None,
    *,
    expected_version: int | None = None,
    still_holds: StillHolds | None = None,
) -> Loaded:
    """Load one file in one transaction. `still_holds` decides which earlier findings it closes (store.findings).

    Raises:
        LoadRefused: the data version is no longer `expected_version`: somebody else loaded since the file was checked.
    """
    tell = on_progress or (lambda _message: None)
    with store.begin() as connection:
        if expected_version is not None and meta.data_version(connection) != expected_version:
            raise LoadRefused(_("Somebody else has loaded data meanwhile. Check the file again, then load it."))
        batch_id = (connection.execute(select(func.max(batch.c.id))).scalar() or 0) + 1
        tell(_("Writing figures"))
        counts, staged = _write(connection, store.campaign, batch_id, tables, new.by)
        if counts[0] == 0:
            audit.append(connection, new.by, "import_unchanged", {"file": new.file, "sha256": new.sha256})
            return Loaded(None, 0, counts[1], 0)
        loaded = Loaded(batch_id, *counts)
        _record(connection, new, loaded, tables)
        record_findings(connection, batch_id, new.kind, findings, staged, still_holds)
        meta.raise_data_version(connection)
        _gather_statistics(connection, batch_id, tables)
    return loaded


def _gather_statistics(connection: Connection, batch_id: int, tables: Tables) -> None:
    """Let PostgreSQL know how large its tables are now: whenever the number of loads has doubled, and after registers.
    Until then it would plan for tables of the size that they had long ago."""
    if batch_id & (batch_id - 1) == 0:
        bulk.analyze(connection, "collection", "review", "statistics", "baseline", "rollup")
    if tables.units is not None:
        bulk.analyze(connection, "unit", "unit_ancestor")


def _write(
    connection: Connection, campaign: Campaign, batch_id: int, tables: Tables, by: str
) -> tuple[tuple[int, int, int], list[Staged]]:
    """(written, unchanged, corrected) rows of all tables; the rows of figures among them that change something."""
    touch(connection)  # nothing yet
    written = unchanged = corrected = 0
    if tables.rosters is not None and not tables.rosters.is_empty():
        kept, counts = roster_loads.write(connection, campaign, batch_id, tables.rosters, tables.came_on, by)
        _keep(connection, batch_id, [(ROSTER_ROWS, unit, None, None, before) for unit, before in kept])
        return counts, []
    if tables.units is not None:
        change = change_register(connection, campaign, tables.units)
        _keep(connection, batch_id, [(UNIT_ROWS, unit, None, None, row) for unit, row in change.before])
        _keep(connection, batch_id, [(ALIAS_ROWS, unit, None, None, {"alias": name}) for name, unit in change.aliases])
        written, unchanged, corrected = change.new + change.changed, change.unchanged, change.changed
    staged = _staged(connection, tables)
    for item in staged:
        new, same, replaced = (item.count(change) for change in (NEW, UNCHANGED, CORRECTED))
        written, unchanged, corrected = written + new + replaced, unchanged + same, corrected + replaced
    staged = [item for item in staged if not item.changing.is_empty()]
    if staged:
        freezing = _touch_staged(connection, campaign, staged)
        effect = Effect(connection, campaign.baseline_day, parts=_parts(staged, freezing))
        for item in staged:
            _keep(connection, batch_id, replaced_rows(item))
            write(connection, batch_id, item)
        if freezing:
            _freeze_baseline(connection, campaign, batch_id)
        effect.apply({item.shape.table: item.changing.select(*item.shape.key, *item.shape.figures) for item in staged})
    return (written, unchanged, corrected), staged


def _touch_staged(connection: Connection, campaign: Campaign, staged: list[Staged]) -> bool:
    """Mark the reporting units that staged rows change, from the first day that changes. Whether the load freezes any
    baseline: it does so when the tables have come as far as the baseline day."""
    days = [pl.col("day") if "day" in item.shape.key else pl.lit(EPOCH, pl.Int64) for item in staged]
    changed = pl.concat(item.changing.select("unit_id", day=day) for item, day in zip(staged, days, strict=True))
    last = max([last_table_day(connection), *(day for item in staged for day in item.days)])
    unfrozen = changed.clear()
    if last >= day_number(campaign.baseline_day):
        unfrozen = _unfrozen(connection, campaign, staged)
    touch(connection)
    bulk.insert_frame(connection, "rollup_touched", _heads(connection, pl.concat([changed, unfrozen])))
    return not unfrozen.is_empty()


def _heads(connection: Connection, changed: pl.DataFrame) -> pl.DataFrame:
    """The reporting units that changed units (unit_id, day) count for: unit_id, from_day, in the order of the ids."""
    # Nearly all units count for themselves: only the others are asked for.
    others = bulk.frame(
        connection, "SELECT id AS unit_id, head_id, 1 AS other FROM unit WHERE head_id IS NULL OR head_id <> id"
    )
    head = pl.when(pl.col("other").is_null()).then("unit_id").otherwise("head_id")
    found = changed.join(others, on="unit_id", how="left").select(unit_id=head, from_day="day").drop_nulls("unit_id")
    return found.group_by("unit_id").agg(pl.col("from_day").min()).sort("unit_id")


def _unfrozen(connection: Connection, campaign: Campaign, staged: list[Staged]) -> pl.DataFrame:
    """The units whose baseline is known, or is about to be, but not frozen: unit_id, day (the baseline's)."""
    frozen_on = day_number(campaign.baseline_day)
    waiting = (
        "SELECT m.id AS unit_id, 1 AS waits FROM unit m LEFT JOIN baseline b ON b.unit_id = m.id"
        " WHERE m.head_id IS NOT NULL AND b.unit_id IS NULL"
    )
    units = [pl.DataFrame(schema={"unit_id": pl.Int64})]
    about = [
        item.rows.filter((pl.col("day") <= frozen_on) & pl.col("expected").is_not_null()).select("unit_id")
        for item in staged
        if item.shape.table == "collection"
    ]
    if any(frame.height for frame in about):
        units.append(pl.concat(about).join(bulk.frame(connection, waiting), on="unit_id", how="semi"))
    if first_table_day(connection) <= frozen_on:
        known = (
            " AND EXISTS (SELECT 1 FROM collection c WHERE c.unit_id = m.id"
            f" AND c.day <= {frozen_on} AND c.expected IS NOT NULL)"
        )
        units.append(bulk.frame(connection, waiting + known).select("unit_id"))
    return pl.concat(units).unique().with_columns(day=pl.lit(frozen_on, pl.Int64))


def _parts(staged: list[Staged], freezing: bool) -> frozenset[str]:
    """What the staged rows may change of a unit's figures (store.state)."""
    named = frozenset(item.shape.table for item in staged)
    return PARTS if freezing or not named <= PARTS else named


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


def _record(connection: Connection, new: NewBatch, loaded: Loaded, tables: Tables) -> None:
    """The batch itself: its row, its days, its audit line."""
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
    audit.append(connection, new.by, "import", {"batch": batch_id, "file": new.file, "sha256": new.sha256, **counts})


__all__ = ["Finding", "LoadRefused", "Loaded", "NewBatch", "Tables", "compare", "load", "undo"]
