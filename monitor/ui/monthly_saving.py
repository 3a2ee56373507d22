"""Monthly reports save themselves: what a tab has on its screen, compared on every run with what is kept.

Compared, not told by on_change: whatever comes in while a run of the page works ends that run, and a callback with it,
which is then never called again. What such a run left behind, the next one finds, whichever page it opens.
"""

from dataclasses import dataclass, field

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from monitor.access.who import Who
from monitor.filings import life
from monitor.filings.fields import FieldError
from monitor.filings.gather import NoReport
from monitor.filings.life import Conflict, Entry, Refused
from monitor.i18n import _
from monitor.store.filings import Filing
from monitor.store.scope import OutOfScope
from monitor.store.trouble import explained
from monitor.ui import runtime


@dataclass
class Typed:
    """A field on the screen. given: the text that it was given, or that was saved last; version: of that text; refused:
    what was typed since and could not be saved, with the reason in `error` or what somebody else wrote in `theirs`;
    again: whether to try once more by itself."""

    given: str = ""
    version: int = 0
    refused: str | None = None
    error: str = ""
    theirs: Entry | None = None
    again: bool = False

    @property
    def answered(self) -> str:
        """The text that the page has answered, saved or refused."""
        return self.given if self.refused is None else self.refused


@dataclass
class Draft:
    """What a tab knows of a draft: its fields on the screen, and what others changed of them since."""

    unit: str
    month: str
    fields: dict[str, Typed] = field(default_factory=dict)
    told: dict[str, Entry] = field(default_factory=dict)

    def box(self, key: str) -> str:
        """The name of the field's widget."""
        return f"monthly-{self.unit}-{self.month}-{key}"

    @property
    def unsaved(self) -> list[str]:
        """The fields whose text could not be saved."""
        return [key for key, one in self.fields.items() if one.refused is not None]


def draft(unit: str, month: str) -> Draft:
    """What this tab knows of the draft."""
    found: Draft = st.session_state.setdefault(f"_monthly-{unit}-{month}", Draft(unit, month))
    return found


def show(here: Draft, key: str, entry: Entry | None) -> Typed:
    """Put the field on the screen as it is kept, unless something newer or refused stands there."""
    box, one = here.box(key), here.fields.setdefault(key, Typed())
    version = entry.version if entry else 0
    if one.refused is not None:
        st.session_state.setdefault(box, one.refused)
    elif box not in st.session_state or version > one.version:
        if box in st.session_state and entry is not None:
            here.told[key] = entry
        st.session_state[box] = one.given = text(entry)
        one.version = version
    return one


def text(entry: Entry | None) -> str:
    """What is kept of a field, as it is typed."""
    return "" if entry is None or entry.value is None else str(entry.value)


def keep(who: Who) -> None:
    """Save every field whose text on the screen is not the one that was saved or refused last."""
    for here in [one for one in st.session_state.values() if isinstance(one, Draft)]:
        for key, one in here.fields.items():
            on_screen = st.session_state.get(here.box(key), one.answered)
            if on_screen != one.answered or one.again:
                _write(who, here, key, on_screen)


def _write(who: Who, here: Draft, key: str, typed: str) -> None:
    one, here.told = here.fields[key], {}
    one.refused, one.error, one.theirs, one.again = typed, "", None, True
    try:
        saved: Filing = life.save_field(runtime.store(), who, here.unit, here.month, key, typed, one.version)
    except Conflict as told:
        one.theirs, one.again = told.theirs, False
    except (FieldError, Refused, NoReport) as told:
        one.error, one.again = _("Not saved. {reason}").format(reason=told), False
    except OutOfScope:
        one.error, one.again = _("Not saved. This report is not for your account."), False
    except SQLAlchemyError as error:
        words = _("Not saved: the database does not answer. Keep this page open and try again in a moment.")
        trouble = explained(error)
        one.error = _("Not saved. {reason}").format(reason=trouble) if trouble else words
    else:
        entry = life.entries(saved).get(key)
        one.refused, one.again = None, False
        one.given, one.version = typed, entry.version if entry else 0


def take_theirs(here: Draft, key: str) -> None:
    """Two people wrote into one field: the other's text stands."""
    one = here.fields[key]
    if one.theirs is not None:
        one.version = one.theirs.version
        st.session_state[here.box(key)] = one.given = text(one.theirs)
        one.refused = one.theirs = None


def take_mine(here: Draft, key: str) -> None:
    """Two people wrote into one field: this tab's text stands, as one that has seen the other's."""
    one = here.fields[key]
    if one.theirs is not None:
        one.version, one.again = one.theirs.version, True
