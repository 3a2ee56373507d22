"""The roster as a form to be printed, signed and sealed. Filled in when it is asked for: nobody on it is kept in between."""

from collections.abc import Callable

import streamlit as st

from monitor.access.who import Who
from monitor.campaign import Campaign
from monitor.documents import roster
from monitor.documents.roster import RosterForm
from monitor.i18n import _
from monitor.store import clock, read, rosters
from monitor.ui import downloads, runtime
from monitor.ui.media import PDF, XLSX
from monitor.units import Unit


def links(who: Who, unit: Unit) -> None:
    """The form of a unit's roster, as a workbook and as a PDF."""
    name = _("{unit} working-group roster").format(unit=unit.name)
    with st.container(horizontal=True):
        for kind, media, make in (("xlsx", XLSX, roster.xlsx), ("pdf", PDF, roster.pdf)):
            label = _("Download form (Excel)") if kind == "xlsx" else _("Download form (PDF)")
            downloads.link(label, who, f"{name}.{kind}", media, _producer(who, unit.code, make), key="roster")


def _producer(who: Who, code: str, make: Callable[[Campaign, RosterForm], bytes]) -> Callable[[], bytes]:
    store, scope = runtime.store(), who.scope

    def produce() -> bytes:
        with store.connect() as connection:
            unit = read.unit(connection, scope, code)
            people = rosters.members(connection, scope, unit.id)
            day = clock.now(connection, store.campaign).date()
        return make(store.campaign, RosterForm(unit.name, unit.code, day, people))

    return produce
