"""The proof view of the page 通报: every number of the bulletin with where it came from."""

from typing import Final

import pandas as pd
import streamlit as st

from monitor.bulletins import proof
from monitor.bulletins.life import Desk
from monitor.bulletins.proof import Number
from monitor.i18n import _
from monitor.store import Scope, read
from monitor.store.scope import OutOfScope
from monitor.ui import kept, runtime, state
from monitor.ui.bulletin import Shown

_LISTED: Final = 560
_PART, _EDITED, _STALE, _TABLES = "text", "edited", "stale", "tables"


def show(desk: Desk, shown: Shown) -> None:
    """The numbers, narrowed down by part and search; each with a link to the page that it is from."""
    every = list(proof.numbers(shown.content))
    stale = {entry.was.identity: entry for entry in shown.outdated.figures} if shown.outdated else {}
    parts = {
        _PART: [number for number in every if not number.annex],
        _TABLES: [number for number in every if number.annex],
        _EDITED: [number for number in every if number.figure.edit],
        _STALE: [number for number in every if number.figure.identity in stale],
    }
    words = {
        _PART: _("Text"), _TABLES: _("Tables"), _EDITED: _("Changed by hand"), _STALE: _("Out of date"),
    }  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=220):
            chosen = state.choose("part", _("Numbers"), list(parts), lambda key: f"{words[key]} {len(parts[key])}")
        with st.container(width=280):
            asked = state.search(_("Search"), _("Number, unit or measure"))
    rows = [_row(shown, number, stale.get(number.figure.identity)) for number in parts[chosen]]
    table = pd.DataFrame(rows, columns=_columns())
    if asked:
        hit = table.astype(str).apply(lambda column: column.str.lower().str.contains(asked, regex=False)).any(axis=1)
        table = table[hit]
    st.caption(_("{count} numbers; the links open the page that shows the same number.").format(count=len(table)))
    if table.empty:
        st.info(_("There is no such number in this bulletin."))
        return
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(table) <= 15 else _LISTED,
        column_config={
            _("Page"): st.column_config.LinkColumn(display_text=_("open ↗"), width=90),
            _("Sentence"): st.column_config.TextColumn(width=240),
            _("Unrounded"): st.column_config.TextColumn(width=110),
        },
        alt=_("Every number of the bulletin with its source"),
    )


def _columns() -> list[str]:
    return [
        _("Where"), _("As written"), _("Page"), _("Measure"), _("Unit"), _("As of"), _("Unrounded"), _("Remark"),
        _("Sentence"), _("Made from"),
    ]  # fmt: skip


def _row(shown: Shown, number: Number, stale: object) -> tuple[str, ...]:
    figure = number.figure
    names, files = _names(*kept.version()), _files(*kept.version())
    root = runtime.campaign().root
    page = proof.page_of(figure, shown.content.sector, root)
    where = (
        _("sentence {number}").format(number=number.place)
        if not number.annex
        else _("annex {annex}, row {number}").format(annex=number.annex, number=number.place)
    )
    return (
        where,
        figure.shown,
        f"/{page}" if page else "",
        proof.measure_word(figure),
        names.get(figure.unit, figure.unit) or "—",
        figure.day.isoformat(),
        "—" if figure.raw is None else str(figure.raw),
        _remark(number, stale),
        number.words,
        proof.origin_word(figure, files),
    )


def _remark(number: Number, stale: object) -> str:
    said = []
    edit = number.figure.edit
    if edit:
        said.append(
            _("changed by hand by {who}, {at}; computed: {was}").format(who=edit.by, at=edit.at, was=edit.was)
            if edit.was
            else _("written by {who}, {at}").format(who=edit.by, at=edit.at)
        )
    if stale is not None:
        said.append(_("out of date"))
    return _("; ").join(said)


@st.cache_data(max_entries=4, show_spinner=False)
def _names(store: str, version: int) -> dict[str, str]:
    """The names of the units that bulletins speak of, by code."""
    opened = runtime.store()
    with opened.connect() as connection:
        try:
            root = read.unit(connection, Scope.all(), opened.campaign.root)
        except OutOfScope:
            return {}
        day = read.newest_day(connection) or opened.campaign.today()
        kinds = ("city", "county", "university")
        below = [read.descendants(connection, Scope.all(), root.id, kind, day) for kind in kinds]
    return {unit.code: unit.name for unit in (root, *(unit for units in below for unit in units))}


@st.cache_data(max_entries=4, show_spinner=False)
def _files(store: str, version: int) -> dict[int, str]:
    with runtime.store().connect() as connection:
        return read.batch_files(connection)
