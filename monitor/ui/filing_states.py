"""How filing states look: sign and colour, never without their word."""

from collections.abc import Mapping
from typing import Any, Final

from monitor.filings.standing import state_of
from monitor.filings.state import STATES, State, word
from monitor.filings.words import life_word
from monitor.i18n import _
from monitor.ui.theme import STATUSES

SIGNS: Final[Mapping[str, str]] = {
    "missing": "✖", "late": "▲", "not_due": "○", "on_time": "✔", "exempt": "—", "not_required": "–"
}  # fmt: skip
COLORS: Final[Mapping[str, str]] = {
    "missing": STATUSES["overdue"].color,
    "late": STATUSES["at_risk"].color,
    "not_due": STATUSES["not_started"].color,
    "on_time": STATUSES["on_track"].color,
    "exempt": STATUSES["complete"].color,
    "not_required": "#6b7480",
}
_BADGES: Final[Mapping[str, str]] = {
    "missing": "red", "late": "orange", "not_due": "gray", "on_time": "green", "exempt": "blue", "not_required": "gray"
}  # fmt: skip


def label(row: Any) -> str:
    """The state in a row of filings.standing: sign, word and days."""
    return f"{SIGNS[row['state']]} {state_of(row).words}"


def choice(key: str) -> str:
    """A state as a filter offers it, whatever the days."""
    return f"{SIGNS[key]} {word(key)}"


def badge(row: Any) -> str:
    """The state in a row of filings.standing, as Markdown on its colour."""
    return f":{_BADGES[row['state']]}-badge[{label(row)}]"


_LIVES: Final[Mapping[str, tuple[str, str]]] = {
    "draft": ("gray", "✎"), "submitted": ("blue", "➤"), "returned": ("orange", "↩"), "accepted": ("green", "✔")
}  # fmt: skip


def life_label(state: str | None) -> str:
    """A state of store.filings.STATES with its sign; "—" where nothing was filled in."""
    return f"{_LIVES[state][1]} {life_word(state)}" if state else "—"


def life_badge(state: str) -> str:
    """A state of store.filings.STATES, as Markdown on its colour."""
    return f":{_LIVES[state][0]}-badge[{life_label(state)}]"


def badge_of(found: State) -> str:
    """A state as Markdown on its colour."""
    return f":{_BADGES[found.key]}-badge[{SIGNS[found.key]} {found.words}]"


def counted(key: str, count: int) -> str:
    """How many units have a state, as Markdown on its colour."""
    return f":{_BADGES[key]}-badge[{choice(key)} {count}]"


def counts_in_words(counts: Mapping[str, int]) -> str:
    """How many units have which state: standing.counts as a sentence."""
    said = [_("{count} {state}").format(count=counts[key], state=word(key)) for key in STATES if counts[key]]
    return _("{count} units have to file: ").format(count=counts["owed"]) + _(", ").join(said)


ORDER: Final = {key: place for place, key in enumerate(STATES)}
"""Places of the states, those to be looked after first."""
