"""The roster as a form to be printed, signed and sealed: a workbook, a document, a PDF. Filled in when it is asked for: nobody on it is kept in between."""

from collections.abc import Callable

import streamlit as st

from monitor.access.who import Who
from monitor.campaign import Campaign
from monitor.documents import roster
from monitor.documents.formats import MEDIA
from monitor.documents.roster import RosterForm
from monitor.i18n import _
from monitor.store import clock, read, rosters
from monitor.ui import downloads, runtime
from monitor.units import Unit


def links(who: Who, unit: Unit) -> None:
    """The form of a unit's roster in each format."""
    name = _("{unit} working-group roster").format(unit=unit.name)
    with st.container(horizontal=True):
        for kind, label, make in (
            ("xlsx", _("Download form (Excel)"), roster.xlsx),
            ("docx", _("Download form (Word)"), roster.docx),
            ("pdf", _("Download form (PDF)"), roster.pdf),
        ):
            downloads.link(
                label, who, f"{name}.{kind}", MEDIA[kind], _producer(who, unit.code, make), key=f"roster-{kind}"
            )


def _producer(who: Who, code: str, make: Callable[[Campaign, RosterForm], bytes]) -> Callable[[], bytes]:
    store, scope = runtime.store(), who.scope

    def produce() -> bytes:
        with store.connect() as connection:
            unit = read.unit(connection, scope, code)
            people = rosters.members(connection, scope, unit.id)
            day = clock.now(connection, store.campaign).date()
        return make(store.campaign, RosterForm(unit.name, unit.code, day, people))

    return produce
