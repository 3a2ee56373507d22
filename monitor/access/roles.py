"""The roles: what an account of each sees, and what it may do."""

from dataclasses import dataclass
from typing import Final

from monitor.i18n import _
from monitor.i18n import marked as _marked

ACTIONS: Final = frozenset(
    {"accounts", "import", "settings", "backup", "accept", "publish", "chase", "file", "report", "contacts", "explain"}
)
"""What a role may allow: manage accounts, import tables, change settings, make backups, accept or return monthly
reports and rosters, write and publish bulletins, chase units, file rosters and monthly reports, report milestones, read
the contact data of rosters (of its own unit, or above all units), explain findings about the figures of the units in scope."""

_SCHOOLS: Final = frozenset({"schools"})
_UNIVERSITIES: Final = frozenset({"universities"})
_BOTH: Final = _SCHOOLS | _UNIVERSITIES


@dataclass(frozen=True)
class Role:
    """A role. `kind` is the kind of unit that its accounts stand for; None: they see the whole campaign."""

    key: str
    message: str
    kind: str | None
    sectors: frozenset[str]
    actions: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """Its name in the language in use."""
        return _(self.message)


_KEEPING: Final = frozenset({"accounts", "import", "settings", "backup", "contacts"})
_OFFICE: Final = frozenset({"accept", "publish", "chase", "report", "contacts", "explain"})
_CITY: Final = frozenset({"file", "report", "chase", "contacts", "explain"})
_UNIVERSITY: Final = frozenset({"file", "report", "contacts", "explain"})

ROLES: Final[dict[str, Role]] = {
    role.key: role
    for role in (
        Role("administrator", _marked("Administrator"), None, _BOTH, _KEEPING),
        Role("province_schools", _marked("Province, schools"), "province", _SCHOOLS, _OFFICE),
        Role("province_universities", _marked("Province, universities"), "province", _UNIVERSITIES, _OFFICE),
        Role("city", _marked("City coordinator"), "city", _SCHOOLS, _CITY),
        Role("county", _marked("County coordinator"), "county", _SCHOOLS, frozenset({"report", "chase", "explain"})),
        Role("school", _marked("School filer"), "school", _SCHOOLS, frozenset({"report", "explain"})),
        Role("university", _marked("University filer"), "university", _UNIVERSITIES, _UNIVERSITY),
        Role("observer", _marked("Observer"), None, _BOTH),
    )
}  # fmt: skip
