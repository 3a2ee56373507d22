"""What the database itself says of its health, and what was begun in it and never ended."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text

from monitor.store.engine import Store
from monitor.store.schema import account, chase, chase_event


def intact(store: Store) -> bool:
    """Whether the pages of the database hold together (SQLite; PostgreSQL looks after its own)."""
    if not store.is_sqlite:
        return True
    with store.connect() as connection:
        return connection.execute(text("PRAGMA quick_check(1)")).scalar() == "ok"


def its_time(store: Store) -> datetime | None:
    """The clock of the database's own machine; None where that is ours."""
    if store.is_sqlite:
        return None
    with store.connect() as connection:
        found: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return found


def file_of(store: Store) -> Path | None:
    """The file of an embedded store; None for a server, or in memory."""
    name = store.engine.url.database
    return Path(name) if store.is_sqlite and name and name != ":memory:" else None


def unfinished(store: Store, before: datetime) -> int:
    """Chases whose sending was begun before this moment and neither succeeded nor failed: whoever sent them is gone."""
    with store.connect() as connection:
        newest = select(func.max(chase_event.c.at)).where(chase_event.c.chase_id == chase.c.id).scalar_subquery()
        asked = select(func.count()).select_from(chase).where(chase.c.state == "sending", newest < before)
        return int(connection.execute(asked).scalar_one())


def can_administer(store: Store) -> bool:
    """Whether an account is there that may look after the others."""
    with store.connect() as connection:
        wanted = select(account.c.name).where(account.c.role == "administrator", account.c.disabled.is_(False)).limit(1)
        return connection.execute(wanted).first() is not None
