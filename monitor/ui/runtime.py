"""The campaign and the store that this process serves: opened once, shared by every run of every page."""

import os
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError

from monitor.access import sessions
from monitor.campaign import Campaign, load_campaign
from monitor.store import Store, meta, migrate, open_store


def campaign() -> Campaign:
    """The campaign."""
    return store().campaign


def store() -> Store:
    """The store."""
    key = os.environ.get("MONITOR_CONFIG"), os.environ.get("MONITOR_DATABASE_URL")
    with _opening:
        if key not in _opened:
            _opened[key] = open_store(key[1], load_campaign(key[0]))
        return _opened[key]


_opening = Lock()
_opened: dict[tuple[str | None, str | None], Store] = {}


def answers() -> bool:
    """Whether the store answers. Blocks."""
    try:
        with store().connect() as connection:
            meta.data_version(connection)
    except SQLAlchemyError:
        return False
    return True


def close() -> None:
    """Give every connection back: the process ends, or a test does."""
    with _opening:
        while _opened:
            _opened.popitem()[1].close()


def prepare() -> None:
    """Make the store ready to be served: its tables up to date, the key of its sessions drawn.

    Raises:
        ConfigError: config.toml cannot be used.
    """
    migrate(store())
    sessions.ensure_key(store())
