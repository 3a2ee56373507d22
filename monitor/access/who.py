"""Who is asking: an account with the scope that its role and unit give it."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from monitor.access.roles import ACTIONS, ROLES
from monitor.campaign import Campaign
from monitor.store import Scope, read
from monitor.store.accounts import Account
from monitor.store.scope import OutOfScope
from monitor.units import Unit


@dataclass(frozen=True)
class Who:
    """The account that asks.

    Attributes:
        name: what it signs in with; what the audit log calls it.
        title: how it is shown.
        role: a key of ROLES.
        unit: the unit that it stands for, followed to the one that counts today; None without one.
        scope: what it may see; every read takes it.
        must_change: it has to change its password before anything else.
        session: key of its session, None outside one. Not a secret that opens anything.
        language: the one it chose to read; None: the program's own.
    """

    name: str
    title: str
    role: str
    unit: Unit | None
    scope: Scope
    must_change: bool = False
    session: str | None = field(default=None, repr=False)
    language: str | None = None

    def may(self, action: str) -> bool:
        """Whether the role allows this action (one of ACTIONS).

        Raises:
            ValueError: there is no such action.
        """
        if action not in ACTIONS:
            raise ValueError(action)
        return self.role in ROLES and action in ROLES[self.role].actions


def who_is(connection: Connection, campaign: Campaign, account: Account, session: str | None = None) -> Who:
    """The account with its unit and scope. What does not fit together sees nothing."""
    unit = _unit_of(connection, campaign, account)
    scope = _scope(account, unit)
    return Who(account.name, account.title, account.role, unit, scope, account.must_change, session, account.language)


def _unit_of(connection: Connection, campaign: Campaign, account: Account) -> Unit | None:
    role = ROLES.get(account.role)
    try:
        if role is not None and role.kind == "province":
            return read.unit(connection, Scope.all(), campaign.root)
        if account.unit_id is None:
            return None
        # By its code, because that follows a unit that was merged into another since the account was made.
        own = read.unit_by_id(connection, Scope.all(), account.unit_id)
        return read.unit(connection, Scope.all(), own.code)
    except OutOfScope:
        return None


def _scope(account: Account, unit: Unit | None) -> Scope:
    role = ROLES.get(account.role)
    if role is None:
        return Scope.nothing()
    contacts = "contacts" in role.actions
    if role.kind is None:
        return Scope(everything=True, contacts=contacts)
    if unit is None or unit.kind != role.kind:
        return Scope.nothing()
    return Scope(roots=frozenset({unit.id}), sectors=role.sectors, contacts=contacts)
