"""The pages: one entry a page, everything that the shell has to know of it. The pages are files in pages/."""

from dataclasses import dataclass
from typing import Final

from monitor.access.roles import ROLES
from monitor.campaign import PROJECT
from monitor.i18n import _
from monitor.i18n import marked as _marked

FOLDER: Final = PROJECT / "pages"

_EVERYONE: Final = frozenset(ROLES)
_REPORTING: Final = frozenset(
    {"administrator", "province_schools", "province_universities", "city", "university", "observer"}
)


@dataclass(frozen=True)
class Page:
    """A page of the program.

    Attributes:
        key: its name in the code, its file in pages/ and its address.
        message: its title, untranslated.
        icon: a Material symbol.
        section: the heading that it stands under, untranslated.
        roles: who may open it.
        sector: the sector that it is about; None: any.
        listed: whether the menu has it.
    """

    key: str
    message: str
    icon: str
    section: str
    roles: frozenset[str] = _EVERYONE
    sector: str | None = None
    listed: bool = True

    @property
    def title(self) -> str:
        """Its title in the language in use."""
        return _(self.message)

    @property
    def heading(self) -> str:
        """Its section's heading in the language in use."""
        return _(self.section)

    @property
    def file(self) -> str:
        """Its file."""
        return str(FOLDER / f"{self.key}.py")

    def open_to(self, role: str) -> bool:
        """Whether an account of this role may open it."""
        return role in self.roles and (self.sector is None or self.sector in ROLES[role].sectors)


_OFFICES: Final = _REPORTING | {"county"}
_WATCHING: Final = _OFFICES - {"university"}
_CHASING: Final = frozenset(role.key for role in ROLES.values() if "chase" in role.actions)

_PROGRESS: Final = _marked("Progress")
_FILING: Final = _marked("Filing")
_DATA: Final = _marked("Data")
_ADMINISTRATION: Final = _marked("Administration")

REGISTRY: Final = (
    Page("home", _marked("Home"), ":material/home:", _PROGRESS),
    Page("overview", _marked("Overview"), ":material/dashboard:", _PROGRESS),
    Page("wall", _marked("Wall display"), ":material/tv:", _PROGRESS, _WATCHING, listed=False),
    Page("cities", _marked("Cities"), ":material/location_city:", _PROGRESS, sector="schools"),
    Page("universities", _marked("Universities"), ":material/school:", _PROGRESS, sector="universities"),
    Page("lagging", _marked("Lagging units"), ":material/running_with_errors:", _PROGRESS),
    Page("analysis", _marked("Analysis"), ":material/query_stats:", _PROGRESS),
    Page("whatif", _marked("What if"), ":material/alt_route:", _PROGRESS),
    Page("monthly", _marked("Monthly report"), ":material/description:", _FILING, _REPORTING),
    Page("filings", _marked("Filing calendar"), ":material/event_available:", _FILING, _REPORTING),
    Page("roster", _marked("Working-group rosters"), ":material/groups:", _FILING, _REPORTING),
    Page("milestones", _marked("Milestones"), ":material/flag:", _FILING, _OFFICES),
    Page("bulletin", _marked("Bulletins"), ":material/campaign:", _FILING),
    Page("chase", _marked("Chase list"), ":material/notifications_active:", _FILING, _CHASING),
    Page("quality", _marked("Data quality"), ":material/rule:", _DATA),
    Page("reconciliation", _marked("Reconciliation"), ":material/balance:", _DATA),
    Page("intake", _marked("Import data"), ":material/upload_file:", _ADMINISTRATION, frozenset({"administrator"})),
    Page("templates", _marked("Form templates"), ":material/draft:", _ADMINISTRATION, frozenset({"administrator"})),
    Page("account", _marked("My account"), ":material/person:", _ADMINISTRATION),
    Page("help", _marked("Help"), ":material/help:", _ADMINISTRATION),
)
"""Every page, in the order of the menu."""

START: Final = REGISTRY[0]
"""The page at the root, for everyone."""

PAGES: Final = {page.key: page for page in REGISTRY}
"""Every page by its key."""


def pages_of(role: str) -> list[Page]:
    """The pages that an account of this role may open, in the order of the menu."""
    return [page for page in REGISTRY if page.open_to(role)]


def not_open() -> str:
    """What is said to whoever asks for a page that is not for the account."""
    return _(
        "This page is not for your account. Choose another in the menu; if your work needs it, ask the administrator."
    )
