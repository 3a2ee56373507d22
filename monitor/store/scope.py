"""What an account may see. Every read that a page makes takes a scope: no scope, no rows."""

from dataclasses import dataclass
from typing import Final

SECTORS: Final = frozenset({"schools", "universities"})


@dataclass(frozen=True)
class Scope:
    """The units at or below `roots`, in `sectors`. Empty roots see nothing: the store fails closed.

    `contacts`: whether names and numbers of the people on rosters may be read as well, by the unit itself or by the
    office above all units (read.contacts). Only what an account gets from its role says so.
    """

    roots: frozenset[int] = frozenset()
    sectors: frozenset[str] = SECTORS
    everything: bool = False
    contacts: bool = False

    @classmethod
    def all(cls) -> "Scope":
        """The whole tree: administrators, observers, the command line."""
        return cls(everything=True)

    @classmethod
    def nothing(cls) -> "Scope":
        """No unit at all."""
        return cls()

    @property
    def sees_nothing(self) -> bool:
        """Whether no unit can be seen."""
        return not self.sectors or not (self.everything or self.roots)


class OutOfScope(Exception):
    """A unit was asked for that the scope does not hold (or that does not exist: the answer is the same)."""
