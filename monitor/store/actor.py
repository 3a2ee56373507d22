"""Who acts: what those who write need to know of an account. monitor.access.who.Who is one."""

from typing import Protocol

from monitor.store.scope import Scope
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
