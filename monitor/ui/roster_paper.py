"""The roster as a form to be printed, signed and sealed: a workbook, a document, a PDF. Filled in when it is asked for: nobody on it is kept in between."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from monitor.access.who import Who
from monitor.documents import roster, templates
from monitor.documents.formats import MEDIA, TEMPLATES
from monitor.documents.roster import RosterForm
from monitor.i18n import _
from monitor.store import clock, read, rosters
from monitor.ui import downloads, runtime
from monitor.units import Unit


def links(who: Who, unit: Unit, *, blank: bool = False) -> None:
    """The form of a unit's roster in each format; a blank one, to be filled in elsewhere, in those that can be."""
    name = _("{unit} working-group roster").format(unit=unit.name)
    with st.container(horizontal=True):
        for kind, label in _labels(blank).items():
            downloads.link(
                label, who, f"{name}.{kind}", MEDIA[kind], _producer(who, unit.code, kind), key=f"roster-{kind}"
            )


def _labels(blank: bool) -> dict[str, str]:
    if blank:
        return {"xlsx": _("Blank form (Excel)"), "docx": _("Blank form (Word)")}
    return {
        "xlsx": _("Download form (Excel)"), "docx": _("Download form (Word)"), "pdf": _("Download form (PDF)"),
    }  # fmt: skip


_MAKE: Final = {"xlsx": roster.xlsx, "docx": roster.docx, "pdf": roster.pdf}


def _producer(who: Who, code: str, kind: str) -> Callable[[], bytes]:
    store, scope = runtime.store(), who.scope

    def produce() -> bytes:
        with store.connect() as connection:
            unit = read.unit(connection, scope, code)
            people = rosters.members(connection, scope, unit.id)
            day = clock.now(connection, store.campaign).date()
            in_use = templates.chosen(connection, store.campaign, templates.ROSTER)
        form = RosterForm(unit.name, unit.code, day, people) if people else roster.blank(unit.name, unit.code, day)
        return _MAKE[kind](store.campaign, form, in_use.content(TEMPLATES[kind]))

    return produce
