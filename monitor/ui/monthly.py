"""Pieces of the page 月报: which month and unit, who has filed, the filled form."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zlib import crc32

import pandas as pd
import streamlit as st

from monitor import i18n
from monitor.documents import preview, reports, templates, xlsx
from monitor.documents.template import TemplateError
from monitor.figures import SECTORS
from monitor.filings import standing
from monitor.filings.deadline import end_of_day, last_day, months
from monitor.filings.gather import NoReport
from monitor.filings.listing import listing, workbook, written
from monitor.filings.source import written as written_day
from monitor.filings.state import STATES, SUBMITTED
from monitor.i18n import _
from monitor.store import Scope
from monitor.ui import data, downloads, figures, filing_states, runtime, state
from monitor.ui.header import Asked
from monitor.ui.media import XLSX

_RESTING: Final = timedelta(days=31)
_NAMED: Final = 6
_LISTED: Final = 560
_SHORT: Final = 15  # a list as long as this is shown whole, a longer one scrolls

_STYLE: Final = """<style>
.st-key-form { max-width: 1060px; }
.st-key-form table { font-size: .8125rem; line-height: 1.35; }
.st-key-form [data-testid="stHtml"] { overflow-x: auto; }
.st-key-form table { min-width: 520px; }
.st-key-form table td { overflow-wrap: anywhere; }
</style>"""


@dataclass(frozen=True)
class Report:
    """What the page shows: a month, the moment that its filing states are of, and all filers of the scope.

    filers: filings.standing; unit: code of the unit whose form is shown, "" for none.
    """

    asked: Asked
    month: str
    at: datetime
    filers: pd.DataFrame
    unit: str

    @property
    def row(self) -> pd.Series:
        """The unit whose form is shown."""
        return self.filers[self.filers["code"] == self.unit].iloc[0]

    @property
    def sector(self) -> str:
        """The sector of the list: that of the unit whose form is shown."""
        return str(self.row["sector"]) if self.unit else self.asked.sector

    @property
    def listed(self) -> pd.DataFrame:
        """The filers of the sector."""
        return self.filers[self.filers["sector"] == self.sector]


def opened(asked: Asked) -> Report:
    """The month and the unit that the address asks for, with their widgets; or the end of the page, where there is
    nothing to report on."""
    st.html(_STYLE)
    campaign = runtime.campaign()
    reported = months(campaign, asked.reader.as_of)
    if not reported:
        st.info(
            _("The first monthly report is that of {month}.").format(month=month_word(campaign.reports.first_month))
        )
        st.stop()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=170):
            month = state.choose("month", _("Month"), reported[::-1], month_word)
        at = _moment(asked)
        with runtime.store().connect() as connection:
            filers = standing.standing(connection, campaign, asked.who.scope, month, at)
        if filers.empty:
            st.info(_("No unit that files monthly reports belongs to this account."))
            st.stop()
        with st.container(width=360):
            unit = _pick_unit(asked, filers)
    return Report(asked, month, at, filers, unit)


def month_word(month: str) -> str:
    """A month as it is written in a sentence."""
    year, number = month.split("-")
    return _("{year}-{month:02d}").format(year=int(year), month=int(number))


def _moment(asked: Asked) -> datetime:
    """The moment that filing states are of: the end of the day that is asked for; without one, now.

    A campaign into which nothing has been loaded for a month rests: its now is the end of its newest day.
    """
    campaign = runtime.campaign()
    now = campaign.now()
    if state.get("day") or now.date() - asked.reader.as_of > _RESTING:
        return end_of_day(campaign, asked.reader.as_of)
    return now


def _pick_unit(asked: Asked, filers: pd.DataFrame) -> str:
    """The unit whose form is shown: the one of the address; else the first of the sector."""
    codes, names = filers["code"].tolist(), dict(zip(filers["code"], filers["name"], strict=True))
    current = asked.unit.code
    if current not in names:
        if asked.unit.kind not in ("province", "city") and state.get("unit"):
            st.info(_("{unit} files no monthly report.").format(unit=asked.unit.name))
        own = filers[filers["sector"] == asked.sector]
        current = str((own if len(own) else filers)["code"].iloc[0])
    if len(codes) > 1:
        st.session_state["state-unit"] = current
        st.selectbox(
            _("Unit"), codes, format_func=lambda code: _("{label}: {choice}").format(label=_("Unit"), choice=names[code]),
            key="state-unit", label_visibility="collapsed", on_change=lambda: state.put(unit=st.session_state["state-unit"], sector=None),
        )  # fmt: skip
    return current


# ---- who has filed -----------------------------------------------------------------------------------------------


def answer(report: Report) -> None:
    """Who has filed, in words: how many, and who has not or was late."""
    counted = standing.counts(report.listed)
    with st.container(border=True, key="headline"):
        st.header(
            _("{month}, {sector}: {filed} of {owed} have filed").format(
                month=month_word(report.month),
                sector=SECTORS[report.sector],
                owed=counted["owed"],
                filed=sum(counted[key] for key in SUBMITTED),
            ),
            anchor=False,
        )
        lines = [filing_states.counted(key, counted[key]) + _said(report, key) for key in STATES if counted[key]]
        st.markdown("  \n".join(lines))


def _said(report: Report, key: str) -> str:
    """Who is in a state that is to be looked after."""
    return " " + _names(report.listed[report.listed["state"] == key]) if key in ("missing", "late") else ""


def _names(found: pd.DataFrame) -> str:
    """Units by name, the latest first; beyond some, how many more."""
    ordered = found.sort_values(["days_late", "code"], ascending=[False, True]).head(_NAMED)
    said = [
        _("{name} ({state})").format(name=row["name"], state=standing.state_of(row).words)
        if row["state"] == "late"
        else str(row["name"])
        for row in ordered.to_dict("records")
    ]
    more = _(" and {count} more").format(count=len(found) - _NAMED) if len(found) > _NAMED else ""
    return _(", ").join(said) + more


_ORDERS: Final[dict[str, list[str]]] = {
    "state": ["_weight", "days_late", "code"],
    "code": ["code"],
    "filed": ["submitted_at", "code"],
}


def filers(report: Report) -> None:
    """The list of filers with its filters and downloads; a click on a name shows that unit's form."""
    shown = _filtered(report)
    title = _("Who has filed")
    count = f"{len(shown)}" if len(shown) == len(report.listed) else _("{count} of {total}").format(
        count=len(shown), total=len(report.listed)
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(f"{title} :gray[{count}]", anchor=False, width="stretch")
        _downloads(report, shown)
    if shown.empty:
        st.info(_("Nothing matches these filters."))
    else:
        _list(report, shown)


def _filtered(report: Report) -> pd.DataFrame:
    found = report.listed
    with st.grid("auto", min_column_width=180, gap="small"):
        asked = state.search(_("Search"), _("Name or code"))
        if asked:
            hit = found["name"].str.lower().str.contains(asked, regex=False) | found["code"].str.startswith(asked)
            found = found[hit]
        present = [key for key in STATES if key in set(report.listed["state"])]
        chosen = state.choose("filing", _("Status"), present, filing_states.choice, _("All"))
        found = found[found["state"] == chosen] if chosen else found
        if report.sector == "universities":
            found = _at_place(report, found)
        orders = {"state": _("Not filed first"), "code": _("By code"), "filed": _("By the moment of filing")}
        order = state.choose("sort", _("Order"), list(_ORDERS), orders)
    weighed = found.assign(_weight=[filing_states.ORDER[key] for key in found["state"]])
    weighed["submitted_at"] = pd.to_datetime(weighed["submitted_at"], utc=True)
    keys = _ORDERS[order]
    index = weighed.sort_values(keys, ascending=[key != "days_late" for key in keys], na_position="last").index
    return found.loc[index]


def _at_place(report: Report, found: pd.DataFrame) -> pd.DataFrame:
    """Universities in one city."""
    names = report.asked.reader.places()
    places = [code for code in names if code in set(report.listed["place_code"])]
    chosen = state.choose("place", _("City"), places, names, _("All"))
    return found[found["place_code"] == chosen] if chosen else found


def _downloads(report: Report, shown: pd.DataFrame) -> None:
    campaign = runtime.campaign()
    listed = listing(campaign, shown, report.month)
    file = _("{month} who has filed {sector}").format(month=month_word(report.month), sector=SECTORS[report.sector])
    title = _("{title}: who has filed, {month}").format(title=campaign.reports.title, month=month_word(report.month))
    note = _("{counts}. As of {moment}. Issued from the monitor of {issuer}.").format(
        counts=filing_states.counts_in_words(standing.counts(shown)),
        moment=written(campaign, report.at),
        issuer=campaign.campaign.issuer,
    )
    who = report.asked.who
    downloads.link(_("Download xlsx"), who, f"{file}.xlsx", XLSX, lambda: workbook(listed, title, note), key="filers")
    figures.download(who, listed, file, key="filers")


def _list(report: Report, shown: pd.DataFrame) -> None:
    campaign = runtime.campaign()
    codes = shown["code"].tolist()
    labels = [filing_states.label(row) for row in shown.to_dict("records")]
    table = pd.DataFrame(
        {
            "name": [f"{name} ›" for name in shown["name"]],
            "state": [[label] for label in labels],
            "filed": [written(campaign, moment)[5:] or "—" for moment in shown["submitted_at"]],
        }
    )
    options = dict(zip(labels, (filing_states.COLORS[key] for key in shown["state"]), strict=True))
    # What the list holds is part of its key: a row that was clicked is the same row only in the same list.
    key = f"filers-{crc32(repr((codes, report.month)).encode()):08x}"
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "name": st.column_config.ButtonColumn(
                _("Unit"), type="tertiary", alignment="left", key=f"{key}-click",
                on_click=state.clicked_row(f"{key}-click", codes, keep=True), help=_("Click a name to see its form"), width=196,
            ),
            "state": st.column_config.MultiselectColumn(
                _("Filing state"), options=list(options), color=list(options.values()), width=96
            ),
            "filed": st.column_config.TextColumn(_("Filed at"), width=90),
        },
        height="content" if len(table) <= _SHORT else _LISTED,
        row_height=32,
        key=key,
        alt=_("Who has filed, with state and moment"),
    )  # fmt: skip


# ---- the form ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """A filled form: the workbook, what the screen shows of it, the day of its figures; or why there is none."""

    content: bytes = b""
    html: str = ""
    figures_day: date | None = None
    refusal: str = ""


def form(report: Report) -> None:
    """The form of the chosen unit: figures as of, deadline, filing state; the download; the form itself."""
    who, row = report.asked.who, report.row
    with st.spinner(_("Filling in the form")):
        filled = _filled(
            *data.version(), i18n.language(), _plain(who.scope), report.unit, report.month, _templates().stamp
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(
            _("{unit}, {month}").format(unit=row["name"], month=month_word(report.month)), anchor=False, width="stretch"
        )
        if filled.content:
            year, number = (int(part) for part in report.month.split("-"))
            file = f"{row['name']}_{year}年{number}月_月报表.xlsx"
            # The very workbook that is on the screen.
            downloads.link(_("Download form"), who, file, XLSX, lambda: filled.content, key="form")
    _due(report, row, filled.figures_day)
    if filled.refusal:
        st.info(filled.refusal)
        return
    with st.container(border=True, key="form"):
        st.html(filled.html)
    st.caption(_("Template: {file}. Fields that people fill in are blank.").format(file=_templates().names["xlsx"][0]))


def _due(report: Report, row: pd.Series, figures_day: date | None) -> None:
    """Filing state, deadline and the day of the figures, in a line."""
    campaign = runtime.campaign()
    filed = written(campaign, row["submitted_at"])
    parts = [
        filing_states.badge(row) + (" " + _("filed {moment}").format(moment=filed) if filed else ""),
        _("to be filed by the end of {day}").format(day=written_day(last_day(campaign, report.month))),
        _("figures as of {day}").format(day=written_day(figures_day) if figures_day else "—"),
    ]
    st.markdown(" &nbsp; ".join(f":small[{part}]" for part in parts))
    if report.at != end_of_day(campaign, report.asked.reader.as_of):
        st.caption(_("Filing states as of {moment}").format(moment=written(campaign, report.at)))


def _plain(scope: Scope) -> tuple[bool, tuple[int, ...], tuple[str, ...]]:
    return scope.everything, tuple(sorted(scope.roots)), tuple(sorted(scope.sectors))


def _templates() -> templates.Chosen:
    """The templates in use."""
    with runtime.store().connect() as connection:
        return templates.chosen(connection, runtime.campaign())


@st.cache_data(max_entries=128, show_spinner=False)
def _filled(
    store: str,
    version: int,
    language: str,
    scope: tuple[bool, tuple[int, ...], tuple[str, ...]],
    code: str,
    month: str,
    stamp: tuple[int, ...],
) -> Filled:
    everything, roots, sectors = scope
    try:
        content, day = _rendered(Scope(frozenset(roots), frozenset(sectors), everything), code, month)
    except NoReport as error:
        return Filled(refusal=str(error))
    except TemplateError as error:
        return Filled(refusal=_("The template of the form cannot be filled: {reason}").format(reason=error))
    return Filled(content, preview.html(content), day)


def _rendered(scope: Scope, code: str, month: str) -> tuple[bytes, date]:
    campaign = runtime.campaign()
    year, number = (int(part) for part in month.split("-"))
    made = reports.monthly_form(runtime.store(), campaign, scope, code, year, number)
    return xlsx.render(made, _templates().content("xlsx")), made.figures_day
