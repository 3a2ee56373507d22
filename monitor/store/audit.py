"""The audit log: append-only, each entry chained to the one before by hash, so that tampering shows."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from monitor.store.schema import audit

_START = "0" * 64


def append(connection: Connection, actor: str, action: str, detail: dict[str, Any] | None = None) -> None:
    """Add an entry. `actor` is an account's name, or "" for the command line; `detail` holds no personal data."""
    last = connection.execute(select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)).first()
    entry = {
        "id": (last.id if last else 0) + 1,
        "at": datetime.now(UTC),
        "actor": actor,
        "action": action,
        "detail": detail,
        "previous": last.hash if last else _START,
    }
    connection.execute(insert(audit).values(**entry, hash=_digest(entry)))


def broken_at(connection: Connection) -> int | None:
    """The id of the first entry that does not follow from the one before it; None when the chain holds."""
    previous, expected = _START, 1
    for row in connection.execute(select(audit).order_by(audit.c.id)).mappings():
        entry = dict(row)
        digest = entry.pop("hash")
        if entry["previous"] != previous or entry["id"] != expected or _digest(entry) != digest:
            return int(entry["id"])
        previous, expected = digest, expected + 1
    return None


def _digest(entry: dict[str, Any]) -> str:
    at = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps({**entry, "at": at}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
