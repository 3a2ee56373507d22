"""Pieces of the page 报送情况: who stands where with what has to be filed, and whom to ask for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zlib import crc32

import pandas as pd
import streamlit as st

from monitor.chase.obligations import FILING, stage_of
from monitor.filings import calendar, roster
from monitor.filings.calendar import Period
from monitor.filings.listing import listing, workbook, written
from monitor.filings.roster import STAGE as ROSTER
from monitor.filings.state import STATES, SUBMITTED
from monitor.i18n import _
from monitor.store import chases
from monitor.ui import (
    chase,
    downloads,
    figures,
    filing_chart,
    filing_states,
    month_files,
    monthly,
    navigation,
    runtime,
    state,
    state_table,
)
from monitor.ui.header import Asked
from monitor.ui.media import XLSX
from monitor.ui.picture import Picture, noted
from monitor.ui.words import day as day_in_words
from monitor.ui.words import scope as scope_in_words
from monitor.ui.words import sector as sector_word
from monitor.ui.words import verbatim

_NAMED: Final = 6
_OPEN: Final = "_filings_open"


@dataclass(frozen=True)
class Shown:
    """What the page shows: the period that is looked at, all periods, and the filers of the sector.

    standing: where they stand, by the key of the period (calendar.matrix); at: the moment that this was known.
    """

    asked: Asked
    at: datetime
    periods: list[Period]
    period: Period
    sector: str
    standing: dict[str, pd.DataFrame]

    @property
    def listed(self) -> pd.DataFrame:
        """The filers, as they stand with the period."""
        return self.standing[self.period.key]


def opened(asked: Asked) -> Shown:
    """The period that the address asks for, with its widget; or the end of the page, where nothing is to be filed."""
    campaign, at = runtime.campaign(), monthly.moment(asked)
    _open_clicked()
    periods = calendar.periods(campaign, calendar.until(campaign, at, asked.reader.as_of))
    if not periods:
        st.info(_("Nothing has to be filed yet."))
        st.stop()
    with runtime.store().connect() as connection:
        found = calendar.matrix(connection, campaign, asked.who.scope, periods, at)
    # An account of one unit sees its own, whatever sector it is of.
    sectors = {str(one) for frame in found.values() for one in frame["sector"]}
    sector = asked.sector if asked.sector in sectors or not sectors else min(sectors)
    with st.container(width=300):
        titles = {period.key: period.title for period in periods}
        key = state.choose("period", _("Period"), [period.key for period in reversed(periods)], titles)
    chosen = next(period for period in periods if period.key == key)
    standing = {name: frame[frame["sector"] == sector] for name, frame in found.items()}
    if standing[key].empty:
        st.info(_("No unit that files this belongs to this account."))
        st.stop()
    return Shown(asked, at, periods, chosen, sector, standing)


def answer(shown: Shown) -> None:
    """How many have filed, in words and numbers; who has not or was late."""
    counted = calendar.counts(shown.listed)
    with st.container(border=True, key="headline"):
        st.header(
            _("{period}, {sector}: {filed} of {owed} have filed").format(
                period=shown.period.title,
                sector=sector_word(shown.sector),
                owed=counted["owed"],
                filed=sum(counted[key] for key in SUBMITTED),
            ),
            anchor=False,
        )
        said = {key: (filing_states.counted(key, counted[key]), _said(shown, key)) for key in STATES if counted[key]}
        named = [f"{badge}{names}" for badge, names in said.values() if names.strip()]
        plain = " ".join(badge for badge, names in said.values() if not names.strip())
        st.markdown("  \n".join([*named, *([plain] if plain else [])]))
        st.markdown(f":small[:gray[{_about(shown)}]]")


def _about(shown: Shown) -> str:
    campaign = runtime.campaign()
    lives = shown.listed["life"].value_counts()
    said = [_("As of {moment}").format(moment=written(campaign, shown.at))]
    if shown.period.due:
        said.insert(0, _("due by the end of {day}").format(day=day_in_words(shown.period.due, year=True)))
    said += [f"{filing_states.life_label(str(key))} {int(count)}" for key, count in lives.items()]
    return "  |  ".join(said)


def _said(shown: Shown, key: str) -> str:
    """Who is in a state that is to be looked after."""
    return " " + _names(shown.listed[shown.listed["state"] == key]) if key in ("missing", "late") else ""


def _names(found: pd.DataFrame) -> str:
    """Units by name, the latest first; beyond some, how many more."""
    ordered = found.sort_values(["days_late", "code"], ascending=[False, True]).head(_NAMED)
    said = [
        _("{name} ({state})").format(name=verbatim(row["name"]), state=calendar.state_of(row).words)
        if row["state"] == "late"
        else verbatim(row["name"])
        for _index, row in ordered.iterrows()
    ]
    more = _(" and {count} more").format(count=len(found) - _NAMED) if len(found) > _NAMED else ""
    return _(", ").join(said) + more


# ---- whom to ask -----------------------------------------------------------------------------------------------------


def chasing(shown: Shown) -> None:
    """Who is to be asked for it and whether that was done: as a list; the texts and the sending are on the page 催办."""
    asked = _asked(shown)
    if asked.empty or len(shown.listed) == 1:
        return
    with st.expander(_("To be chased: {count} units").format(count=len(asked)), icon=":material/campaign:"):
        told = _told(shown)
        by_state = asked.groupby(pd.Series({unit: told.get(unit, "") for unit in asked.index}), sort=False)
        words = {"": _("not on the chase list"), **{key: word() for key, word in chase.STATES.items()}}
        lines = [
            _("{state} ({count}): {names}").format(state=words[str(key)], count=len(found), names=_names(found))
            for key, found in by_state
        ]
        st.markdown("  \n".join(lines))
        with st.container(horizontal=True, vertical_alignment="center"):
            page = navigation.PAGES["chase"]
            if page.open_to(shown.asked.who.role):
                query = {"matter": f"{FILING}:{shown.period.key}"}
                st.page_link(
                    page.file, label=_("Chase them on the page “Chase list”"), icon=page.icon, query_params=query
                )
            _download(shown, asked, _("{period} not filed {sector}"))


def _asked(shown: Shown) -> pd.DataFrame:
    """The filers that are to be asked for it at the moment looked at."""
    campaign, due = runtime.campaign(), shown.period.due
    if due is None:
        return shown.listed.head(0)
    today = shown.at.astimezone(campaign.timezone).date()
    return shown.listed[[stage_of(campaign, row, due, today) is not None for row in shown.listed.to_dict("records")]]


def _told(shown: Shown) -> dict[int, str]:
    """How far the chase for it is, by unit: the state of its newest entry on the account's own list."""
    office = shown.asked.who.unit
    if office is None:
        return {}
    with runtime.store().connect() as connection:
        found = chases.listed(connection, shown.asked.who.scope, superior=office.id)
    found = found[found["obligation"] == f"{FILING}:{shown.period.key}"].drop_duplicates("unit_id")
    return dict(zip(found["unit_id"], found["state"], strict=True))


# ---- the matrix ------------------------------------------------------------------------------------------------------

_ORDERS: Final[dict[str, list[str]]] = {
    "state": ["_weight", "days_late", "code"],
    "code": ["code"],
    "filed": ["submitted_at", "code"],
}


def board(shown: Shown) -> pd.DataFrame:
    """Units × periods, with filters and downloads; a click on a name opens that unit's report. The units that are listed."""
    found = _filtered(shown)
    total = len(shown.listed)
    count = f"{total}" if len(found) == total else _("{count} of {total}").format(count=len(found), total=total)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(f"{_('Who has filed')} :gray[{count}]", anchor=False, width="stretch")
        _download(shown, found, _("{period} who has filed {sector}"))
    if found.empty:
        st.info(_("Nothing matches these filters."))
    else:
        _matrix(shown, found)
    return found


def picture(shown: Shown, found: pd.DataFrame) -> None:
    """The same as a picture that can be taken along. `found`: the units as board's filters leave and order them."""
    if len(found) < 2:
        return
    campaign, title = runtime.campaign(), _("Filing calendar, {sector}").format(sector=sector_word(shown.sector))
    table = filing_chart.filing_table(found, shown.periods, shown.standing, campaign.timezone)
    st.subheader(title, anchor=False)
    drawn = filing_chart.most_telling(table)
    cut = ""
    if len(found) > filing_chart.MOST:
        cut = _(
            "The picture shows {most} of {all} units, those first that filed late or not at all; the table has all."
        ).format(most=filing_chart.MOST, all=len(found))
        st.caption(cut)
    spec = figures.of_table("filings", drawn, lambda: filing_chart.filing_chart(drawn))
    listed = filing_chart.as_table(table)
    note = noted(
        scope_in_words([shown.asked.unit.name, sector_word(shown.sector)]),
        shown.at.astimezone(campaign.timezone).date(),
    )
    figures.chart(
        shown.asked.who, Picture(spec, title, f"{note}\n{cut}".rstrip()), listed,
        {str(name): str(name) for name in listed}, alt=filing_chart.filing_words(table), file=shown.asked.file(title), key="filings",
    )  # fmt: skip


def files(shown: Shown) -> None:
    """All of a month's reports as files, for those who see more than one."""
    if shown.period.key != roster.STAGE and len(shown.listed) > 1:
        month_files.offer(shown.asked.who, shown.period.key, shown.at)


def _filtered(shown: Shown) -> pd.DataFrame:
    found = shown.listed
    with st.grid("auto", min_column_width=180, gap="small"):
        asked = state.search(_("Search"), _("Name or code"))
        if asked:
            hit = found["name"].str.lower().str.contains(asked, regex=False) | found["code"].str.startswith(asked)
            found = found[hit]
        present = [key for key in STATES if key in set(shown.listed["state"])]
        chosen = state.choose("filing", _("Status"), present, filing_states.choice, _("All"))
        found = found[found["state"] == chosen] if chosen else found
        if shown.sector == "universities":
            found = _at_place(shown, found)
        orders = {"state": _("Not filed first"), "code": _("Unit code"), "filed": _("By time of filing")}
        order = state.choose("sort", _("Sort"), list(_ORDERS), orders)
    weighed = found.assign(_weight=[filing_states.ORDER[key] for key in found["state"]])
    weighed["submitted_at"] = pd.to_datetime(weighed["submitted_at"], utc=True)
    keys = _ORDERS[order]
    index = weighed.sort_values(keys, ascending=[key != "days_late" for key in keys], na_position="last").index
    return found.loc[index]


def _at_place(shown: Shown, found: pd.DataFrame) -> pd.DataFrame:
    """Universities in one city."""
    names = shown.asked.reader.places()
    places = [code for code in names if code in set(shown.listed["place_code"])]
    chosen = state.choose("place", _("City"), places, names, _("All"))
    return found[found["place_code"] == chosen] if chosen else found


def _download(shown: Shown, found: pd.DataFrame, name: str) -> None:
    campaign, who = runtime.campaign(), shown.asked.who
    listed = listing(campaign, found, shown.period.due)
    file = name.format(period=shown.period.title, sector=sector_word(shown.sector))
    note = _("{counts}. As of {moment}. Issued from the monitor of {issuer}.").format(
        counts=filing_states.counts_in_words(calendar.counts(found)),
        moment=written(campaign, shown.at),
        issuer=campaign.campaign.issuer,
    )
    downloads.link(
        _("Download Excel"), who, f"{file}.xlsx", XLSX, lambda: workbook(listed, file, note), key=f"filers-{name}"
    )
    figures.download(who, listed, file, key=f"filers-{name}")


def _matrix(shown: Shown, found: pd.DataFrame) -> None:
    codes = found["code"].tolist()
    table = pd.DataFrame({"name": state_table.names(found["name"])})
    columns: dict[str, Any] = {}
    for period in shown.periods:
        rows = shown.standing[period.key].reindex(found.index)
        labels = [filing_states.label(row) if isinstance(row["state"], str) else "—" for _index, row in rows.iterrows()]
        colours = {
            label: filing_states.COLORS.get(str(key), filing_states.COLORS["not_required"])
            for label, key in zip(labels, rows["state"], strict=True)
        }
        table[period.key] = [[label] for label in labels]
        columns[period.key] = state_table.chips(period.short, colours, 110)
    table["filed"] = [written(runtime.campaign(), moment)[5:] or "—" for moment in found["submitted_at"]]
    table["life"] = [filing_states.life_label(one) for one in found["life"]]
    # What the list holds is part of its key: a row that was clicked is the same row only in the same list.
    key = f"filers-{crc32(repr((codes, shown.period.key)).encode()):08x}"

    def click() -> None:
        clicked = st.session_state[f"{key}-click"]
        if clicked is not None and clicked.row < len(codes):
            st.session_state[_OPEN] = {"unit": codes[clicked.row], "period": shown.period.key}

    columns["filed"] = st.column_config.TextColumn(_("Filed at"), width=100)
    columns["life"] = st.column_config.TextColumn(_("Handling state"), width=140)
    hint, alt = _("Click a name to open its report"), _("Units and what they have filed, with state")
    state_table.show(table, columns, key=key, click=click, hint=hint, alt=alt)


def _open_clicked() -> None:
    """Go to the report, or the roster, whose name was clicked."""
    asked = st.session_state.pop(_OPEN, None)
    if asked:
        roster = asked["period"] == ROSTER
        page = navigation.PAGES["roster" if roster else "monthly"]
        st.switch_page(page.file, query_params=state.link(asked["unit"], month=None if roster else asked["period"]))
