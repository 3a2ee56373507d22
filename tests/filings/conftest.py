"""The small campaign, on the day before its monthly reports are due."""

import pytest

from monitor.store import Store
from tests.filings.accounts import at
from tests.pages.world import fill


@pytest.fixture
def small(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The small campaign, on the day before the report is due."""
    fill(store)
    at(monkeypatch, store.campaign, "2016-11-24T10:00")
    return store


@pytest.fixture
def embedded(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The same, on the embedded database only."""
    fill(empty_store)
    at(monkeypatch, empty_store.campaign, "2016-11-24T10:00")
    return empty_store
