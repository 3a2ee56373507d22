"""Accounts for tests: bcrypt at its lowest cost, a few units."""

import pytest

from monitor.access import passwords


@pytest.fixture(autouse=True)
def _quick_bcrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "ROUNDS", 4)
    passwords._nobody.cache_clear()
