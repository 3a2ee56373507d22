"""Who acts in the tests of filings: accounts of the small campaign, and a clock that stands."""

from datetime import datetime
from typing import Any

import pytest

from monitor.access.roles import ROLES
from monitor.access.who import Who
from monitor.campaign import Campaign
from monitor.filings import life
from monitor.filings.fields import fields_of
from monitor.filings.report import Report, report
from monitor.store import Scope, Store, read

MONTH = "2016-11"
FULL = {
    "text": "按方案推进",
    "count": "3",
    "person": "（演示）填报人",
    "phone": "0571-88000000",
}
"""Something for a field of each kind."""


def at(monkeypatch: pytest.MonkeyPatch, campaign: Campaign, moment: str) -> None:
    """Let the clock stand at a moment in the campaign's time zone, such as 2016-11-24T10:00."""
    standing = datetime.fromisoformat(moment).replace(tzinfo=campaign.timezone)
    monkeypatch.setattr(Campaign, "now", lambda _self: standing)


def person(store: Store, role: str, code: str | None = None, name: str = "") -> Who:
    """An account of a role, without a session."""
    with store.connect() as connection:
        unit = read.unit(connection, Scope.all(), code or store.campaign.root)
    rule = ROLES[role]
    scope = Scope.all() if rule.kind is None else Scope(frozenset({unit.id}), rule.sectors)
    return Who(name or role, f"{rule.title}（演示）", role, unit, scope)


def shown(store: Store, who: Who, code: str, month: str = MONTH) -> Report:
    """The report as this account sees it."""
    with store.connect() as connection:
        return report(connection, store.campaign, who.scope, code, month)


def fill_in(store: Store, who: Who, code: str, month: str = MONTH, **others: Any) -> None:
    """Fill in every field of a draft; `others` in place of the usual."""
    sector = "universities" if code.startswith("U") else "schools"
    before = life.entries(shown(store, who, code, month).filing)
    for field in fields_of(sector):
        typed = others.get(field.key, "（演示）审核人" if field.key == "reviewer" else FULL[field.kind])
        entry = before.get(field.key)
        life.save_field(store, who, code, month, field.key, typed, entry.version if entry else 0)
