"""Rosters as a batch writes and takes them back: a unit's people as a whole, those replaced kept beside them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

import polars as pl
from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.rosters import CELLS, Member
from monitor.store import rosters

_RESTORED = (
    "electronic_at", "electronic_by", "checked_at", "checked_by", "accepted_at", "accepted_by", "returned_at", "returned_by",
)  # fmt: skip
_MOMENTS = tuple(name for name in _RESTORED if name.endswith("_at"))


def compare(connection: Connection, table: pl.DataFrame) -> pl.DataFrame:
    """What a table of rosters would change, one row a person and nothing of the person: unit_id, change."""
    changes = {unit_id: _change(connection, unit_id, people) for unit_id, people in _by_unit(table)}
    return table.select("unit_id", change=pl.col("unit_id").replace_strict(changes, return_dtype=pl.String))


def write(
    connection: Connection, campaign: Campaign, batch_id: int, table: pl.DataFrame, came_on: date | None, by: str
) -> tuple[list[tuple[int, dict[str, Any] | None]], tuple[int, int, int]]:
    """Write the rosters that differ from those there are. By unit where it stood before (None: it had no roster), without
    a word of people; and (written, unchanged, corrected) rows."""
    now = datetime.now(UTC)
    # Of a day alone noon is taken: neither the day before nor the day after, wherever the server stands.
    moment = now if came_on is None else datetime.combine(came_on, time(12), campaign.timezone)
    kept = []
    counts = dict.fromkeys(("new", "unchanged", "corrected"), 0)
    for unit_id, people in _by_unit(table):
        change = _change(connection, unit_id, people)
        counts[change] += len(people)
        if change != "unchanged":
            before = rosters.state(connection, unit_id)
            kept.append((unit_id, _as_kept(before)))
            rosters.write_batch(connection, unit_id, people, batch_id)
            _imported(connection, unit_id, before, moment, by, {"members": len(people), "batch": batch_id})
    return kept, (counts["new"] + counts["corrected"], counts["unchanged"], counts["corrected"])


def _imported(
    connection: Connection, unit_id: int, before: dict[str, Any], moment: datetime, by: str, detail: dict[str, Any]
) -> None:
    """An imported roster is a submission: the first one counts, and what was checked before is to be checked again."""
    fresh: dict[str, Any] = dict.fromkeys(name for name in _RESTORED if not name.startswith("electronic"))
    if not before.get("electronic_at"):
        fresh |= {"electronic_at": moment, "electronic_by": by}
    rosters.change(connection, unit_id, datetime.now(UTC), by, "imported", detail, reason=None, **fresh)


def take_back(
    connection: Connection, batch_id: int, before: Iterable[tuple[int, dict[str, Any] | None]], by: str
) -> None:
    """Put rosters back as they were before the batch, where it is still the batch's people that are on them."""
    for unit_id, values in before:
        if not rosters.take_back(connection, unit_id, batch_id):
            continue
        known = dict.fromkeys(_RESTORED) if values is None else _as_was(values)
        said = rosters.last_reason(connection, unit_id) if known["returned_at"] else None
        now = datetime.now(UTC)
        rosters.change(connection, unit_id, now, by, "import_undone", {"batch": batch_id}, reason=said, **known)


def _change(connection: Connection, unit_id: int, people: list[Member]) -> str:
    there = rosters.all_members(connection, unit_id)
    if not there:
        return "new"
    submitted = rosters.state(connection, unit_id).get("electronic_at") is not None
    return "unchanged" if there == people and submitted else "corrected"


def _by_unit(table: pl.DataFrame) -> list[tuple[int, list[Member]]]:
    groups = table.group_by("unit_id", maintain_order=True)
    return [(int(str(key[0])), [Member(*line) for line in part.select(CELLS).iter_rows()]) for key, part in groups]


def _as_kept(before: dict[str, Any]) -> dict[str, Any] | None:
    if not before:
        return None
    return {name: before[name].isoformat() if name in _MOMENTS and before[name] else before[name] for name in _RESTORED}


def _as_was(kept: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(kept[name]) if name in _MOMENTS and kept[name] else kept[name]
        for name in _RESTORED
    }
