"""Who is there: asked at the start of every run, of every page and of every fragment."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import streamlit as st

from monitor import i18n, logs
from monitor.access import sessions
from monitor.access.roles import ROLES
from monitor.access.who import Who
from monitor.i18n import _
from monitor.personal import shown
from monitor.store import audit
from monitor.ui import navigation, runtime, signin
from monitor.ui.turns import PAGES

_WHOSE = "_whose"
_LANGUAGE = "_language"
_REFUSED = "_refused"


def cookie() -> str | None:
    """The session cookie that the browser came with."""
    value = st.context.cookies.get(sessions.COOKIE)
    return value if isinstance(value, str) else None


def current(*, used: bool = True) -> Who | None:
    """Who is signed in; None when nobody is (any more). What another account left behind in this tab is dropped."""
    i18n.use(st.session_state.get(_LANGUAGE, i18n.DEFAULT))
    who = sessions.check(runtime.store(), cookie(), used=used)
    if who is not None and who.language is not None:
        i18n.use(who.language)
    if _whose(who) != st.session_state.get(_WHOSE):
        if _WHOSE in st.session_state:
            language = i18n.language()
            st.session_state.clear()
            st.session_state[_LANGUAGE] = language
        if who is not None:
            st.session_state[_WHOSE] = _whose(who)
    return who


def _whose(who: Who | None) -> tuple[Any, ...] | None:
    """What the state of a tab belongs to: one session of one account with one scope."""
    return None if who is None else (who.session, who.role, who.scope, who.must_change)


def require(page: str) -> Who:
    """The account, if it may open this page (a key of navigation.PAGES): the first line of every page.

    Otherwise the page ends here: with the sign-in, with the change of password that is due, or with a refusal.
    """
    who = current()
    if who is None:
        signin.show()
        st.stop()
    if who.must_change:
        signin.show_change(who)
        st.stop()
    if not navigation.PAGES[page].open_to(who.role):
        refuse(who, {"page": page}, navigation.not_open())
    return who


def out_of_scope(who: Who, **asked: str) -> NoReturn:
    """End the page: its address asks for something outside of the account's scope. `asked` says for what."""
    refuse(
        who,
        asked,
        _(
            "What the address asks for does not exist, or is not for your account. Check the address, or choose a page in the menu."
        ),
    )


def refuse(who: Who, asked: dict[str, str], message: str) -> NoReturn:
    """End the page with a refusal, written to the audit log once a tab."""
    told = st.session_state.setdefault(_REFUSED, set())
    # What an address says is anybody's: a personal number in it is not to be kept for good.
    entry = tuple(sorted((key, shown(value, len(value))[:100]) for key, value in asked.items()))
    if entry not in told:
        told.add(entry)
        with runtime.store().begin() as connection:
            audit.append(connection, who.name, "refused", dict(entry))
    st.error(message, icon=":material/block:")
    st.stop()


def fragment(
    *, run_every: float | None = None, watching: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """st.fragment that asks who is there each time it runs; what refreshes itself (seconds) does not count as use.

    `watching`: it is there to be watched. For an account that may only look, its refreshing is use: nobody touches the
    keyboard of a wall, and whoever gets at it can change nothing. The session still ends with its hours.
    """
    return lambda function: st.fragment(
        _checked(function, used=run_every is None, watching=watching), run_every=run_every
    )


def dialog(title: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """st.dialog that asks who is there each time it runs: a dialog is a fragment, too."""
    return lambda function: st.dialog(title)(_checked(function, used=True))


def _checked(function: Callable[..., Any], *, used: bool, watching: bool = False) -> Callable[..., Any]:
    """The function, run only for the very account that it was made for; otherwise the whole page runs anew."""

    @wraps(function)
    def checked(*arguments: Any, **named: Any) -> Any:
        with logs.timed("part", part=function.__name__.strip("_")), PAGES.turn():
            before = st.session_state.get(_WHOSE)
            if (
                current(used=used or (watching and _only_looks(before))) is None
                or st.session_state.get(_WHOSE) != before
            ):
                st.rerun()
            return function(*arguments, **named)

    return checked


def _only_looks(whose: tuple[Any, ...] | None) -> bool:
    """Whether a tab belongs to an account whose role allows no action."""
    return whose is not None and whose[1] in ROLES and not ROLES[whose[1]].actions
