"""Leaves one by one, as they are known now and as they were first loaded: what a change is made of."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select, text

from monitor.campaign import Campaign
from monitor.figures import QUEUE
from monitor.store import bulk
from monitor.store.read.common import chunks, figure_frame, within
from monitor.store.read.standing import event_days
from monitor.store.schema import FOREVER, RUNNING_FIGURES, batch_row, day_number, day_of
from monitor.store.scope import Scope
from monitor.store.state import state_sql

_FIGURE_LIST = ", ".join(RUNNING_FIGURES)


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

    Both frames: unit, day, approved, denominator; a row for every day on which a figure was given or may have
    changed, days in between carry the day before.
    """
    days = [day for day in event_days(connection, campaign) if since < day <= until]
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
    for part in chunks(list(leaves)):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        points = (
            f"(SELECT u.id AS unit_id, d.day FROM unit u CROSS JOIN ({on_days}) d WHERE u.id IN ({ids})"
            f" AND u.sector = :sector AND {within(scope)} AND d.day >= {begins})"
        )
        sql = state_sql(points, member="m.id = p.unit_id", collection=collection, review=review)
        rows += connection.execute(
            text(f"SELECT unit_id, day, {_FIGURE_LIST} FROM ({sql}) s"),
            {"sector": sector, "baseline_day": day_number(campaign.baseline_day)},
        ).fetchall()
    return figure_frame(rows)


def _corrected_leaves(connection: Connection, leaves: Sequence[int], until: date) -> list[int]:
    """Leaves of which a figure up to the day was replaced by a later batch."""
    found = connection.execute(
        text("SELECT DISTINCT unit_id FROM batch_row WHERE table_name IN ('collection', 'review') AND day <= :day"),
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
