"""What the screen and the papers call the states of a filing's life and the figures that may be put right."""

from collections.abc import Callable
from typing import Final

from monitor.figures import LEVEL_NAMES
from monitor.i18n import _

_LIVES: Final[dict[str, Callable[[], str]]] = {
    "draft": lambda: _("still a draft"),
    "submitted": lambda: _("submitted, to be accepted"),
    "returned": lambda: _("returned for correction"),
    "accepted": lambda: _("accepted by the province"),
}
_FIGURES: Final[dict[str, Callable[[], str]]] = {
    "institutions.total": lambda: _("Institutions, total"),
    "institutions.started": lambda: _("Institutions that have started"),
    "institutions.complete": lambda: _("Institutions that are complete"),
    "figures.expected": lambda: _("People expected"),
    "figures.entered": lambda: _("People entered"),
    "figures.submitted": lambda: _("People submitted"),
    "figures.numbered": lambda: _("People numbered"),
    "figures.approved": lambda: _("People approved"),
}
_PLACES: Final[dict[str, Callable[[], str]]] = {
    "pending": lambda: _("records pending"),
    "approved": lambda: _("records approved"),
    "returned": lambda: _("records returned"),
}


def life_word(state: str) -> str:
    """A state of store.filings.STATES."""
    return _LIVES[state]()


def figure_word(name: str) -> str:
    """A figure of override.PATHS."""
    if name in _FIGURES:
        return _FIGURES[name]()
    _levels, level, place = name.split(".")
    return _("{level}: {place}").format(level=LEVEL_NAMES[level], place=_PLACES[place]())
