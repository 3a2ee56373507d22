"""The script that Streamlit runs: who is there, which pages are there for them, and the page that was asked for."""

import base64
import time
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import streamlit as st

from monitor import i18n, logs
from monitor.access import manage, sessions
from monitor.access.who import Who
from monitor.i18n import _
from monitor.ui import downloads, guard, guide, monthly_saving, navigation, outage, runtime, search, signin
from monitor.ui.turns import PAGES


def main() -> None:
    """Run the page that the address names, for whoever is signed in; the sign-in for everybody else."""
    with logs.timed("page", page=None, role=None, waited=None) as line:
        began = time.perf_counter()
        with PAGES.turn():
            line["waited"] = round((time.perf_counter() - began) * 1000)
            _run(line)


def _run(line: dict[str, Any]) -> None:
    """`line`: what is written down of the run."""
    who = guard.current()
    line["role"] = who.role if who else None
    outage.bring_back()
    st.set_page_config(
        page_title=runtime.campaign().title,
        page_icon=_icon(),
        layout="wide",
        initial_sidebar_state="collapsed" if who is None or who.must_change else 240,
    )
    if who is None:
        _only(signin.show)
    elif who.must_change:
        _only(lambda: signin.show_change(who))
    else:
        monthly_saving.keep(who)
        page = st.navigation(_menu(who), position="sidebar", expanded=True)
        st.logo(_brand(runtime.campaign().campaign.called_briefly, st.context.theme.type == "dark"), size="large")
        line["page"] = page.url_path or navigation.START.key
        downloads.turn_to(line["page"])
        _account(who, line["page"])
        page.run()


@cache
def _icon() -> str:
    """Our icon inside the page itself: a symbol of Streamlit's would be fetched from a foreign server."""
    drawing = Path(__file__).with_name("assets").joinpath("favicon.svg").read_bytes()
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}"


def _brand(title: str, dark: bool) -> str:
    """The program's name above the menu, as a drawing."""
    colour = "#7fb5e6" if dark else "#1f5f99"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{34 + sum(22 if east_asian_width(sign) in "FW" else 12 for sign in title)}" height="32">'
        f'<g fill="{colour}"><rect x="2" y="17" width="5" height="10"/><rect x="10" y="11" width="5" height="16"/>'
        f'<rect x="18" y="5" width="5" height="22"/><text x="32" y="24" font-size="21" font-weight="600"'
        f' font-family="PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif">{escape(title)}</text></g></svg>'
    )


def _only(show: Callable[[], None]) -> None:
    """One and the same page at every address: the address stays, so that it is what opens after signing in."""
    pages = [
        st.Page(show, title=_("Sign in"), url_path=page.key, default=page is navigation.START)
        for page in navigation.REGISTRY
    ]
    st.navigation(pages, position="hidden").run()


def _menu(who: Who) -> dict[str, list[st.Page]]:
    """The pages by section. Those that are not for this account are there too, hidden: their address is refused."""
    menu: dict[str, list[st.Page]] = {}
    for page in navigation.REGISTRY:
        shown = st.Page(
            page.file,
            title=page.title,
            icon=page.icon,
            url_path=page.key,
            default=page is navigation.START,
            visibility="visible" if page.listed and page.open_to(who.role) else "hidden",
        )
        menu.setdefault(page.heading, []).append(shown)
    return menu


def _account(who: Who, page: str) -> None:
    """Who is signed in, the language, help with this page, and the way out: always in sight at the bottom of the menu."""
    with st.sidebar, st.container(key="account"):
        search.show(who, page)
        unit = who.unit.name if who.unit else runtime.campaign().campaign.issuer
        st.text(f"{who.title}\n{unit}")  # as text: a name may hold what Markdown would read as its own
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            leaving = st.button(_("Sign out"), icon=":material/logout:", key="sign-out", type="tertiary")
            _language(who)
            guide.link(page)
    if leaving:
        sessions.end(runtime.store(), who)
        signin.leave()
        st.stop()


def _language(who: Who) -> None:
    """The switch between the languages, kept with the account."""
    here = i18n.language()
    others = [(key, word) for key, word in i18n.LANGUAGES.items() if key != here]
    for key, word in others:
        if st.button(word, icon=":material/translate:", key=f"language-{key}", type="tertiary"):
            manage.choose_language(runtime.store(), who.name, key)
            st.rerun()


main()
