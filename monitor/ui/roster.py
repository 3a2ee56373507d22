"""Pieces of the page 工作组名单: whose roster is in, on paper and electronically; the list to choose one from.

Nothing here is cached: what the lists hold are states and counts, what the form holds are people.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zlib import crc32

import pandas as pd
import streamlit as st

from monitor.access.who import Who
from monitor.filings import roster as life
from monitor.filings.listing import written
from monitor.filings.standing import counts
from monitor.filings.state import STATES, SUBMITTED, State
from monitor.i18n import _
from monitor.store import clock
from monitor.ui import figures, filing_states, guard, moments, navigation, runtime, state, state_table, words
from monitor.ui.words import verbatim

_NAMED: Final = 6


@dataclass(frozen=True)
class Page:
    """What the page shows: the moment that states are of, the units of the sector with their states, the unit chosen.

    found: filings.roster.standing; code: "" where none is chosen.
    """

    who: Who
    at: datetime
    sector: str
    found: pd.DataFrame
    code: str

    @property
    def row(self) -> pd.Series:
        """The row of the unit chosen."""
        return self.found[self.found["code"] == self.code].iloc[0]


def opened(who: Who) -> Page:
    """The beginning of the page; or its end, where there is nothing to see."""
    campaign = runtime.campaign()
    with st.container(horizontal=True, vertical_alignment="bottom", key="header"):
        st.title(navigation.PAGES["roster"].title, anchor=False)
        sector = moments.sector(who)
    owed = life.stage(campaign)
    if owed is None:
        st.info(_("This campaign asks for no rosters."))
        st.stop()
    with runtime.store().connect() as connection:
        at = moments.moment(clock.now(connection, campaign))
        everyone = life.standing(connection, campaign, who.scope, at)
    found = everyone[everyone["sector"] == sector]
    if found.empty:
        st.info(_("No unit that files a roster belongs to this account."))
        st.stop()
    due = words.day(owed.due, year=True) if owed.due else "—"
    st.caption(
        _("{title}, on paper and electronically, by the end of {due}  |  as of {moment}").format(
            title=owed.called, due=due, moment=written(campaign, at)
        )
    )
    return Page(who, at, sector, found, _chosen(who, everyone, found))


def _chosen(who: Who, everyone: pd.DataFrame, found: pd.DataFrame) -> str:
    """The unit that the address asks for; without one the only one there is."""
    asked = state.get("unit")
    if asked and asked not in set(everyone["code"]):
        guard.out_of_scope(who, unit=asked)
    codes = found["code"].tolist()
    if asked in codes:
        return asked
    return codes[0] if len(codes) == 1 else ""


# ---- whose is in -------------------------------------------------------------------------------------------------


def answer(page: Page) -> None:
    """Whose roster is in, in words: how many, and who is late or missing."""
    counted = counts(page.found)
    with st.container(border=True, key="headline"):
        st.header(
            _("{sector}: {filed} of {owed} rosters are in, {accepted} accepted").format(
                sector=words.sector(page.sector),
                owed=counted["owed"],
                filed=sum(counted[key] for key in SUBMITTED),
                accepted=int(page.found["accepted_at"].notna().sum()),
            ),
            anchor=False,
        )
        lines = [filing_states.counted(key, counted[key]) + _said(page, key) for key in STATES if counted[key]]
        st.markdown("  \n".join(lines))


def _said(page: Page, key: str) -> str:
    """Who is in a state that is to be looked after, and what is missing of theirs."""
    if key not in ("missing", "late"):
        return ""
    found = page.found[page.found["state"] == key].sort_values(["days_late", "code"], ascending=[False, True])
    said = [
        _("{name} ({state})").format(name=verbatim(row["name"]), state=_wanting(row))
        for row in found.head(_NAMED).to_dict("records")
    ]
    more = _(" and {count} more").format(count=len(found) - _NAMED) if len(found) > _NAMED else ""
    return " " + _(", ").join(said) + more


def _wanting(row: Any) -> str:
    if row["state"] == "late":
        return life.state_of(row).words
    missing = [word for kind, word in _copies().items() if row[kind] == "missing"]
    return _("{copies} missing").format(copies=_(", ").join(missing))


def _copies() -> dict[str, str]:
    return {"electronic": _("electronic copy"), "paper": _("paper copy")}


def units(page: Page) -> None:
    """The list of units with both copies; a click on a name shows its roster."""
    campaign = runtime.campaign()
    shown = _filtered(page)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        count = f"{len(shown)}" if len(shown) == len(page.found) else f"{len(shown)} / {len(page.found)}"
        st.subheader(f"{_('Rosters')} :gray[{count}]", anchor=False, width="stretch")
        listed = listing(shown)
        file = _("Rosters {sector} {day}").format(sector=words.sector(page.sector), day=f"{page.at:%Y-%m-%d}")
        figures.download(page.who, listed, file, key="rosters")
    if shown.empty:
        st.info(_("Nothing matches these filters."))
        return
    codes = shown["code"].tolist()
    rows = shown.to_dict("records")
    labels = {kind: [_label(row, kind) for row in rows] for kind in ("", "electronic", "paper")}
    table = pd.DataFrame(
        {
            "name": state_table.names(shown["name"]),
            "state": [[label] for label in labels[""]],
            "electronic": [[label] for label in labels["electronic"]],
            "electronic_at": [written(campaign, moment) or "—" for moment in shown["electronic_at"]],
            "paper": [[label] for label in labels["paper"]],
            "paper_on": [day.isoformat() if day else "—" for day in shown["paper_on"]],
            "stage": [stage_word(row) for row in rows],
            "members": shown["members"].tolist(),
        }
    )
    key = f"rosters-{crc32(repr(codes).encode()):08x}"
    columns = {
        "state": _chips(_("Both copies"), rows, ""),
        "electronic": _chips(_("Electronic"), rows, "electronic"),
        "electronic_at": st.column_config.TextColumn(_("Received at"), width=130),
        "paper": _chips(_("Paper"), rows, "paper"),
        "paper_on": st.column_config.TextColumn(_("Received on"), width=96),
        "stage": st.column_config.TextColumn(_("Handling"), width=110),
        "members": st.column_config.NumberColumn(_("People"), width=64),
    }
    state_table.show(
        table, columns, key=key, click=state.clicked_row(f"{key}-click", codes, keep=True),
        hint=_("Click a name to see its roster"), alt=_("Rosters: who has filed, on paper and electronically"),
    )  # fmt: skip


def _chips(title: str, rows: list[Any], kind: str) -> Any:
    return state_table.chips(title, {_label(row, kind): filing_states.COLORS[_key(row, kind)] for row in rows}, 104)


def _key(row: Any, kind: str) -> str:
    return str(row[kind or "state"])


def _label(row: Any, kind: str) -> str:
    return f"{filing_states.SIGNS[_key(row, kind)]} {life.state_of(row, kind).words}"


def badge(row: Any, kind: str = "") -> str:
    """A state in a row, as Markdown on its colour."""
    return filing_states.badge_of(State(_key(row, kind), life.state_of(row, kind).days))


def stage_word(row: Any) -> str:
    """How far the province is with a roster."""
    for name, word in (
        ("accepted_at", _("accepted")), ("returned_at", _("returned")), ("checked_at", _("checked")),
        ("electronic_at", _("to be checked")),
    ):  # fmt: skip
        if pd.notna(row[name]):
            return word
    return _("draft") if row["members"] else "—"


def _filtered(page: Page) -> pd.DataFrame:
    found = page.found
    with st.grid("auto", min_column_width=180, gap="small"):
        asked = state.search(_("Search"), _("Name or code"))
        if asked:
            hit = found["name"].str.lower().str.contains(asked, regex=False) | found["code"].str.startswith(asked)
            found = found[hit]
        present = [key for key in STATES if key in set(page.found["state"])]
        chosen = state.choose("filing", _("Status"), present, filing_states.choice, _("All"))
        found = found[found["state"] == chosen] if chosen else found
    weight = found["state"].map(filing_states.ORDER)
    return found.assign(_weight=weight).sort_values(["_weight", "days_late", "code"], ascending=[True, False, True])


def listing(found: pd.DataFrame) -> pd.DataFrame:
    """The list as a table to be downloaded: states and days, nothing of the people."""
    campaign = runtime.campaign()
    rows = found.to_dict("records")
    return pd.DataFrame(
        {
            _("Code"): found["code"].tolist(),
            _("Unit"): found["name"].tolist(),
            _("Both copies"): [life.state_of(row).words for row in rows],
            _("Electronic copy"): [life.state_of(row, "electronic").words for row in rows],
            _("Received at"): [written(campaign, moment) for moment in found["electronic_at"]],
            _("Paper copy"): [life.state_of(row, "paper").words for row in rows],
            _("Received on"): [day.isoformat() if day else "" for day in found["paper_on"]],
            _("Handling"): [stage_word(row) for row in rows],
            _("People"): found["members"].tolist(),
        }
    )
