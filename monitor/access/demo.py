"""The accounts of the demonstration: one a role, invented, with a password that the sign-in page shows."""

import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from monitor.access import manage
from monitor.access.roles import ROLES
from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.store import Scope, Store, accounts, meta, read

_FLAG: Final = "demo"
PASSWORD: Final = "Yanshi-2016"  # noqa: S105 - shown on the sign-in page of the demonstration, and nowhere else

_NAMES: Final = {
    "administrator": "admin",
    "province_schools": "province-schools",
    "province_universities": "province-universities",
    "city": "city",
    "county": "county",
    "school": "school",
    "university": "university",
    "observer": "observer",
}


@dataclass(frozen=True)
class Offer:
    """An account that the sign-in page offers."""

    name: str
    role: str
    title: str
    password: str


def create_accounts(store: Store, campaign: Campaign) -> None:
    """Make one account a role, for the first city, county, school and university; again does nothing.

    Raises:
        AccountError: the store has accounts of its own: a password that everybody may read has no place there.
    """
    with store.connect() as connection:
        if meta.get(connection, _FLAG):
            return
        if accounts.any_at_all(connection):
            raise manage.AccountError(_("The store has accounts already; the demonstration needs a store of its own."))
        units = _units(connection, campaign)
    made = {}
    for role, name in _NAMES.items():
        code = units.get(ROLES[role].kind or "")
        if ROLES[role].kind in units or ROLES[role].kind in (None, "province"):
            title = _("{role} (demonstration)").format(role=ROLES[role].title)
            new = manage.add(store, name, role, PASSWORD, title=title, unit_code=code, must_change=False)
            made[name] = new.password
    with store.begin() as connection:
        meta.put(connection, _FLAG, json.dumps(made))


def _units(connection: Connection, campaign: Campaign) -> dict[str, str]:
    """Kind and code of the units that the demonstration's accounts stand for: the first of each, one in the other."""
    found: dict[str, str] = {}
    day = read.newest_day(connection) or campaign.today()
    everything = Scope.all()
    root = read.root(connection, campaign, everything)
    if root is None:
        return found
    above = root.id
    for kind in ("city", "county", "school"):
        inside = read.descendants(connection, everything, above, kind, day)
        if not inside:
            break
        found[kind], above = inside[0].code, inside[0].id
    universities = read.descendants(connection, everything, root.id, "university", day)
    if universities:
        found["university"] = universities[0].code
    return found


def offered(connection: Connection) -> list[Offer]:
    """The accounts to offer: none outside of the demonstration, none that has another password by now."""
    flag = meta.get(connection, _FLAG)
    if not flag:
        return []
    made: dict[str, str] = json.loads(flag)
    found = [accounts.find(connection, name) for name in made]
    return [
        Offer(account.name, account.role, account.title, PASSWORD)
        for account in found
        if account is not None and not account.disabled and account.password == made[account.name]
    ]
