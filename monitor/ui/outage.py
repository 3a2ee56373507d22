"""What a page shows while the database does not answer: so in words, and by itself the page again once it does."""

import secrets
from datetime import date
from typing import Final

import streamlit as st

from monitor.i18n import _
from monitor.ui import runtime

_EVERY: Final = 5  # seconds between looking whether it answers
_GONE: Final = "_outage"


def bring_back() -> None:
    """The first run of a page after it was gone: what stood in its fields is given to the browser again, which forgot it
    with the fields, while Streamlit believes that it still knows."""
    if st.session_state.pop(_GONE, False):
        for key, value in st.session_state.items():
            # Buttons and uploads are not given a value; what they hold is of other kinds.
            if isinstance(value, str | int | float | date) and not isinstance(value, bool):
                st.session_state[key] = value


def show(words: str) -> None:
    """The words, in the place of the page or of the part of it that could not be drawn."""
    st.error(words, icon=":material/error:")
    st.session_state[_GONE] = True
    _wait(f"outage-{secrets.token_hex(4)}", [])


@st.fragment(run_every=_EVERY)
def _wait(key: str, looked: list[bool]) -> None:
    """The page runs anew as soon as it can: nobody has to know when. `looked`: something, after the first time."""
    st.caption(_("This page comes back by itself. What you have typed is kept as long as you leave it open."))
    pressed = st.button(_("Try again now"), icon=":material/refresh:", key=key)
    first = not looked
    looked.append(True)
    if not first and (pressed or runtime.answers()):
        st.rerun()
