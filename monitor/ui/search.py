"""The search below the menu: type a name, its pinyin or a code, and jump to the unit."""

from typing import Any, Final

import streamlit as st

from monitor import search
from monitor.access.who import Who
from monitor.i18n import _
from monitor.store import read
from monitor.ui import kept, navigation, runtime, state
from monitor.ui.words import verbatim
from monitor.units import KINDS

_LONGEST: Final = 40


def show(who: Who, here: str) -> None:
    """The field, and what it finds: each a link to the unit's page. `here`: the page that is open."""
    if who.scope.sees_nothing:
        return
    typed = st.text_input(
        _("Find a unit"), placeholder=_("Name, pinyin or code"), key="find", max_chars=_LONGEST,
        label_visibility="collapsed", icon=":material/search:",
    )  # fmt: skip
    if not typed:
        return
    with st.spinner(_("Looking through the register …")):
        found = search.find(_index(*kept.version(), kept.hashed(who.scope), who), typed)
    if not found:
        st.caption(_("No unit in your scope matches."))
    # Streamlit shows every link to the page that is open as chosen: here only the unit that is shown is (page.css).
    with st.container(key="found"):
        for one in found:
            page = navigation.PAGES["universities" if one.kind == "university" else "cities"]
            if page.open_to(who.role):
                shown = here == page.key and state.get("unit") == one.code
                st.page_link(page.file, label=_label(one, shown=shown), query_params=state.link(one.code))


def _label(one: search.Entry, *, shown: bool = False) -> str:
    """A unit's name, and where it is unless that stands in its name: the menu is narrow."""
    name = f"**{verbatim(one.name)}**" if shown else verbatim(one.name)
    return name if one.over in one.name else f"{name} :gray[{verbatim(one.over)}]"


# Shared, not copied: nothing in it can be changed, and a province's is large.
@st.cache_resource(max_entries=32, show_spinner=False)
def _index(store: str, version: int, scope: tuple[Any, ...], _who: Who) -> list[search.Entry]:
    ranks = {kind: rank for rank, kind in enumerate(KINDS)}
    with runtime.store().connect() as connection:
        known = read.names(connection, _who.scope)
    return [search.entry(code, name, kind, over, ranks[kind], former) for code, name, kind, over, former in known]
