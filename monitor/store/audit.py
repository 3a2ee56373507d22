"""The audit log: append-only, each entry chained to the one before by hash, so that tampering shows.

The number and hash of the last entry are kept beside the log, in `meta`: without this anchor the newest entries could
be cut off and the rest would still be a chain. Who may write the whole database can make log and anchor anew; `head` is
what an office writes down elsewhere to be safe from that, too.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from monitor.store import meta
from monitor.store.schema import audit

_START = "0" * 64
_HEAD = "audit_head"


def append(connection: Connection, actor: str, action: str, detail: dict[str, Any] | None = None) -> None:
    """Add an entry. `actor` is an account's name, or "" for the command line; `detail` holds no personal data."""
    # From the anchor on, not from the last entry: what was cut off before stays missing for good.
    number, _colon, previous = head(connection).partition(":")
    last = connection.execute(select(func.max(audit.c.id))).scalar() or 0
    mine = max(last, int(number or 0)) + 1
    entry = {
        "id": mine,
        "at": datetime.now(UTC),
        "actor": actor,
        "action": action,
        "detail": detail,
        "previous": previous,
    }
    digest = _digest(entry)
    connection.execute(insert(audit).values(**entry, hash=digest))
    meta.put(connection, _HEAD, _anchor(mine, digest))


def head(connection: Connection) -> str:
    """Number and hash of the last entry, as it was written down beside the log: "12:9f86…"; "" where that is gone."""
    return meta.get(connection, _HEAD) or ""


def newest_moment(connection: Connection) -> datetime | None:
    """The latest moment that stands in the log; None where it is empty."""
    return connection.execute(select(audit.c.at).order_by(audit.c.at.desc()).limit(1)).scalar()


def broken_at(connection: Connection) -> int | None:
    """The id of the first entry that does not follow from the one before it, or is missing; None when the chain holds
    up to the entry that the anchor names."""
    previous, expected = _START, 1
    for row in connection.execute(select(audit).order_by(audit.c.id)).mappings():
        entry = dict(row)
        digest = entry.pop("hash")
        if entry["previous"] != previous or entry["id"] != expected or _digest(entry) != digest:
            return int(entry["id"])
        previous, expected = digest, expected + 1
    return None if head(connection) == _anchor(expected - 1, previous) else expected


def _anchor(number: int, digest: str) -> str:
    return f"{number}:{digest}"


def _digest(entry: dict[str, Any]) -> str:
    at = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps({**entry, "at": at}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
