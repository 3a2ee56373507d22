"""Taking a batch back, exactly."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select, text, update

from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.store import audit, bulk, meta, roster_loads
from monitor.store.engine import Store
from monitor.store.register import restore_register
from monitor.store.rollup import Effect, touch
from monitor.store.schema import EPOCH, batch, batch_day, batch_row, day_number, finding
from monitor.store.shapes import ALIAS_ROWS, ROSTER_ROWS, SHAPES, UNIT_ROWS, LoadRefused, Shape


def undo(store: Store, batch_id: int, by: str) -> None:
    """Take a batch back exactly: figures, units, baseline, findings, roll-up, rosters. The newest batch first.

    A roster that its unit has written itself since, or that was erased, stays as it is.

    Raises:
        LoadRefused: there is no such batch, it is undone already, or a newer one has to be undone first.
    """
    with store.begin() as connection:
        _check_undo(connection, batch_id)
        _touch_undone(connection, store.campaign, batch_id)
        effect = Effect(connection, store.campaign.baseline_day)
        for shape in SHAPES:
            _take_back(connection, batch_id, shape)
        connection.execute(text("DELETE FROM baseline WHERE batch_id = :batch"), {"batch": batch_id})
        effect.apply()
        rows = connection.execute(select(batch_row).where(batch_row.c.batch_id == batch_id).order_by(batch_row.c.seq))
        kept = rows.mappings().all()
        units = [(row["unit_id"], row["before"]) for row in kept if row["table_name"] == UNIT_ROWS]
        aliases = [(row["before"]["alias"], row["unit_id"]) for row in kept if row["table_name"] == ALIAS_ROWS]
        before = [(row["unit_id"], row["before"]) for row in kept if row["table_name"] == ROSTER_ROWS]
        roster_loads.take_back(connection, batch_id, before, by)
        if units:
            restore_register(connection, store.campaign, units, aliases)
        _forget_findings(connection, batch_id)
        connection.execute(update(finding).where(finding.c.closed_batch_id == batch_id).values(closed_batch_id=None))
        connection.execute(text("DELETE FROM batch_row WHERE batch_id = :batch"), {"batch": batch_id})
        connection.execute(
            update(batch).where(batch.c.id == batch_id).values(undone_at=datetime.now(UTC), undone_by=by)
        )
        audit.append(connection, by, "undo", {"batch": batch_id})
        meta.raise_data_version(connection)


def _forget_findings(connection: Connection, batch_id: int) -> None:
    """The findings of the batch go with the figures that they are about, and what was said of them."""
    connection.execute(
        text("DELETE FROM finding_answer WHERE finding_id IN (SELECT id FROM finding WHERE batch_id = :batch)"),
        {"batch": batch_id},
    )
    connection.execute(text("DELETE FROM finding WHERE batch_id = :batch"), {"batch": batch_id})


def _check_undo(connection: Connection, batch_id: int) -> None:
    found = connection.execute(select(batch).where(batch.c.id == batch_id)).mappings().first()
    if found is None:
        raise LoadRefused(_("There is no batch {number}.").format(number=batch_id))
    if found["undone_at"] is not None:
        raise LoadRefused(_("Batch {number} has been undone already.").format(number=batch_id))
    last = connection.execute(select(func.max(batch.c.id)).where(batch.c.undone_at.is_(None))).scalar()
    if last != batch_id:
        raise LoadRefused(_("Batches are undone from the newest back: undo batch {last} first.").format(last=last))


def _touch_undone(connection: Connection, campaign: Campaign, batch_id: int) -> None:
    """Mark the reporting units whose rows came from the batch."""
    days = [row[0] for row in connection.execute(select(batch_day.c.day).where(batch_day.c.batch_id == batch_id))]
    touch(connection)
    parts = [f"SELECT m.head_id AS unit_id, {EPOCH} AS day FROM statistics s JOIN unit m ON m.id = s.unit_id"
             " WHERE s.batch_id = :batch",
             f"SELECT m.head_id, {day_number(campaign.baseline_day)} FROM baseline b JOIN unit m ON m.id = b.unit_id"
             " WHERE b.batch_id = :batch"]  # fmt: skip
    if days:
        wanted = ", ".join(str(day_number(day)) for day in days)
        for table in ("collection", "review"):
            parts.append(
                f"SELECT m.head_id, s.day FROM unit m JOIN {table} s ON s.unit_id = m.id AND s.day IN ({wanted})"
                " WHERE s.batch_id = :batch"
            )
    connection.execute(
        text(
            f"INSERT INTO rollup_touched SELECT unit_id, MIN(day) FROM ({' UNION ALL '.join(parts)}) t"
            " WHERE unit_id IS NOT NULL GROUP BY unit_id"
        ),
        {"batch": batch_id},
    )


def _take_back(connection: Connection, batch_id: int, shape: Shape) -> None:
    days = "" if "day" not in shape.key else " AND day IN (SELECT day FROM batch_day WHERE batch_id = :batch)"
    connection.execute(text(f"DELETE FROM {shape.table} WHERE batch_id = :batch{days}"), {"batch": batch_id})
    rows = connection.execute(
        select(batch_row).where(batch_row.c.batch_id == batch_id, batch_row.c.table_name == shape.table)
    ).mappings()
    names = (*shape.key, *shape.figures, "batch_id")
    restored = [tuple({**row["before"], **_key_of(shape, row)}[name] for name in names) for row in rows.all()]
    bulk.insert(connection, shape.table, names, restored)


def _key_of(shape: Shape, row: Any) -> dict[str, int]:
    return {"unit_id": row["unit_id"], "level": row["level"], "day": row["day"], "year": row["day"]}
