"""Pages in tests: run by Streamlit's AppTest, against a store of the test's own, signed in as any role.

A folder of tests that needs it writes in its conftest.py: from tests.ui.support import visit
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from monitor.access import manage, passwords, sessions
from monitor.access.roles import ROLES
from monitor.campaign import PROJECT
from monitor.store import Store, accounts
from monitor.ui import guard, navigation, runtime
from tests.databases import address

PASSWORD = "Correct-Horse-7"
MAIN = PROJECT / "monitor" / "ui" / "main.py"
SECONDS = 60


def make_account(store: Store, role: str, unit: str | None = None, name: str | None = None) -> str:
    """An account of the role with PASSWORD that need not be changed; its name. Made once."""
    name = (name or role.replace("_", "-") + (f"-{unit}" if unit else "")).lower()
    with store.connect() as connection:
        known = accounts.find(connection, name)
    if known is None:
        manage.add(store, name, role, PASSWORD, unit_code=unit, must_change=False)
    return name


def cookie_of(store: Store, name: str) -> str:
    """The cookie of a new session of the account."""
    sessions.ensure_key(store)
    with store.begin() as connection:
        ticket = sessions.ticket(connection, name, datetime.now(UTC), store.campaign.security)
    cookie = sessions.redeem(store, ticket)
    assert cookie
    return cookie


def forget() -> None:
    """Let go what pages have kept: what is put in place of a part of the program would not be asked."""
    st.cache_data.clear()
    st.cache_resource.clear()


_looked_at: list[tuple[str | None, ...]] = []


def _look_at(*now: str | None) -> None:
    """Let go what pages have kept of another store. Of the same one they keep it from visit to visit, as the program does
    from session to session: half of a page's time, and tests of many pages show that nothing kept is shown to others."""
    if [now] != _looked_at:
        forget()
        _looked_at[:] = [now]


@dataclass
class Visit:
    """Opens pages of one test."""

    monkeypatch: pytest.MonkeyPatch

    def __call__(
        self, store: Store, page: str | None = None, role: str | None = None, unit: str | None = None, **query: str
    ) -> AppTest:
        """The page (its key; None: the whole program from its start page), not run yet.

        Args:
            store: the store that it shows.
            page: a key of navigation.PAGES.
            role: signed in as an account of this role; None: not signed in.
            unit: code of the account's unit, for roles that need one.
            query: the parameters of the address.
        """
        self.monkeypatch.setenv("MONITOR_DATABASE_URL", address(store))
        _look_at(address(store), os.environ.get("MONITOR_CONFIG"))
        assert role is None or role in ROLES
        cookie = cookie_of(store, make_account(store, role, unit)) if role else None
        self.monkeypatch.setattr(guard, "cookie", lambda: cookie)
        file = navigation.PAGES[page].file if page else str(MAIN)
        app = AppTest.from_file(file, default_timeout=SECONDS)
        for name, value in query.items():
            app.query_params[name] = value
        return app


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """`visit(store, "overview", "city", "330100", as_of="2016-11-25").run()`."""
    monkeypatch.setattr(passwords, "ROUNDS", 4)
    yield Visit(monkeypatch)
    sessions.settle()
    runtime.close()
