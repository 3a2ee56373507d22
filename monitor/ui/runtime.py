"""The campaign and the store that this process serves: opened once, shared by every run of every page."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore, local
from typing import Final

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


# ---- turns -------------------------------------------------------------------------------------------------------

AT_ONCE: Final = 12
"""Runs of pages that go on at the same time. Python computes one at a time anyway: with everybody at once each would take
as long as all together, and hold its connections to the store for as long. The others wait for their turn, and a page
that waits for the store holds up none but itself."""

_turns = Semaphore(AT_ONCE)
_holding = local()


@contextmanager
def turn() -> Iterator[None]:
    """Within it this thread is one of AT_ONCE. Parts of a page that take a turn of their own share that of the page."""
    if getattr(_holding, "turn", False):
        yield
        return
    with _turns:
        _holding.turn = True
        try:
            yield
        finally:
            _holding.turn = False


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
