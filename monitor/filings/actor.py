"""Who files, and who judges what was filed."""

from monitor.store.actor import Actor
from monitor.units import Unit


def stands_for(actor: Actor, unit: Unit) -> bool:
    """Whether the account is one of this very unit: its scope begins there."""
    return actor.unit is not None and actor.unit.id == unit.id and unit.id in actor.scope.roots


def oversees(actor: Actor, unit: Unit) -> bool:
    """Whether the account accepts and returns what this unit files: an office above it, in its sector."""
    return actor.may("accept") and not stands_for(actor, unit) and unit.sector in actor.scope.sectors
