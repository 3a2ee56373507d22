"""Who files: what has to be known of an account here. monitor.access.who.Who is one."""

from typing import Protocol

from monitor.store import Scope
from monitor.units import Unit


class Actor(Protocol):
    """An account: its name and how it is shown, the unit that it stands for, what it may see and do."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def unit(self) -> Unit | None: ...
    @property
    def scope(self) -> Scope: ...
    def may(self, action: str) -> bool: ...


def stands_for(actor: Actor, unit: Unit) -> bool:
    """Whether the account is one of this very unit: its scope begins there."""
    return actor.unit is not None and actor.unit.id == unit.id and unit.id in actor.scope.roots


def oversees(actor: Actor, unit: Unit) -> bool:
    """Whether the account accepts and returns what this unit files: an office above it, in its sector."""
    return actor.may("accept") and not stands_for(actor, unit) and unit.sector in actor.scope.sectors
