"""How every page of figures begins: what is looked at, and where that comes from; or why there is nothing to see."""

from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from monitor.access.who import Who
from monitor.i18n import _
from monitor.ui import navigation, runtime, state, words
from monitor.ui.data import Reader
from monitor.ui.picture import noted
from monitor.ui.words import verbatim
from monitor.units import Unit


@dataclass(frozen=True)
class Asked:
    """What a page is asked for: who asks, the figures of the day, the unit, the sector."""

    who: Who
    reader: Reader
    unit: Unit
    sector: str

    @property
    def scope(self) -> str:
        """The unit and the sector in words."""
        return words.scope([self.unit.name, words.sector(self.sector)])

    @property
    def note(self) -> str:
        """What stands under the title of a picture of this page."""
        return noted(self.scope, self.reader.as_of)

    def file(self, name: str) -> str:
        """A name for a download of this page: what, of whom, of which day."""
        return f"{name}-{self.unit.name}-{self.reader.as_of.isoformat()}"


def opened(page: str, who: Who, sector: str | None = None) -> Asked:
    """The beginning of a page: title, day picker, breadcrumb, scope, source. What it asks for; or the end of the page,
    where there is nothing to see or it may not be seen.

    `sector`: the one that the page is about; None: what the address says.
    """
    # The title stands before anything can end the page: a refusal has one too.
    head = st.container(horizontal=True, vertical_alignment="bottom", key="header")
    with head:
        st.title(navigation.PAGES[page].title, anchor=False)
    if who.scope.sees_nothing:
        no_unit()
    day = state.day(who)
    if day is None:
        no_data(who)
    reader = Reader(who, day)
    unit = state.unit(who, reader)
    if unit is None:
        no_unit()
    chosen = sector or state.sector(who, default="universities" if unit.kind == "university" else "schools")
    asked = Asked(who, reader, unit, chosen)
    with head:
        if sector is None and len(who.scope.sectors) > 1 and unit.kind == "province":
            state.pick_sector(chosen)
        with st.container(width=220, horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(_("As of"), width="content")
            state.pick_day(day)
    _breadcrumb(asked)
    # A phone shows its first line, and the rest at a touch (page.css, page.js).
    with st.container(key="source"):
        st.caption(
            _("Scope: {scope}  |  Source: {source}").format(
                scope=verbatim(asked.scope), source=words.sources(reader.sources(), runtime.campaign().timezone)
            )
        )
    return asked


def _breadcrumb(asked: Asked) -> None:
    """The way from the highest unit that may be seen to this one, each step a link."""
    steps = asked.reader.path(asked.unit)
    if len(steps) < 2:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="breadcrumb"):
        for step in steps[:-1]:
            # Not a page link: one to the page that is open would leave the address as it is.
            keep = asked.sector == "universities"
            st.button(
                verbatim(step.name), key=f"crumb-{step.code}", type="tertiary", on_click=state.go, args=(step.code,),
                kwargs={"keep": keep},
            )  # fmt: skip
            st.markdown(":gray[›]", width="content")
        st.markdown(f"**{verbatim(asked.unit.name)}**", width="content")


# ---- nothing to see ----------------------------------------------------------------------------------------------


def no_data(who: Who) -> NoReturn:
    """An empty store: what to do next, by role."""
    st.header(_("There are no figures yet"), anchor=False)
    if who.may("import"):
        st.markdown(
            _(
                "Import the collection and review tables exported from {system}: completion, pace and forecast appear here as soon as the first table is loaded."
            ).format(system=runtime.campaign().campaign.system)
        )
        if "intake" in navigation.PAGES:
            intake = navigation.PAGES["intake"]
            st.page_link(intake.file, label=intake.title, icon=intake.icon)
        st.markdown(_("On the command line:"))
        st.code("python -m monitor import <FILE>…", language=None)
        st.markdown(_("To look around first, fill a store of its own with the demonstration campaign:"))
        st.code("MONITOR_DATABASE_URL=sqlite:///demo.db python -m monitor init --demo", language=None)
    else:
        st.markdown(
            _(
                "The administrator has not loaded any collection or review table. Once the first one is loaded, this page shows where your units stand. Nothing is left for you to do."
            )
        )
    st.stop()


def no_unit() -> NoReturn:
    """An account that stands for no unit sees none."""
    st.header(_("This account has no unit"), anchor=False)
    st.markdown(
        _("Without a unit it sees no figures. Please ask the administrator to assign your unit to the account.")
    )
    st.stop()
