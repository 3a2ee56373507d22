"""Pieces of the page 月报: which month and unit, where the report stands and what comes next, its form, its history."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from monitor import i18n
from monitor.campaign import Campaign
from monitor.documents import formats, preview, reports, templates
from monitor.documents.monthly import Form
from monitor.documents.template import TemplateError
from monitor.filings import calendar, checks, gather, life, standing
from monitor.filings.deadline import end_of_day, last_day, months
from monitor.filings.gather import NoReport
from monitor.filings.listing import written
from monitor.filings.report import Report, report
from monitor.filings.source import Source
from monitor.filings.words import figure_word, life_word
from monitor.i18n import _
from monitor.numbers import whole
from monitor.store import Scope, clock
from monitor.store.filings import ACCEPTED, RETURNED, SUBMITTED
from monitor.ui import downloads, filing_states, kept, runtime, state
from monitor.ui.header import Asked
from monitor.ui.words import day as day_in_words
from monitor.ui.words import verbatim
from monitor.units import Unit

_STYLE: Final = """<style>
.st-key-form { max-width: 1060px; }
.st-key-form table { font-size: .8125rem; line-height: 1.35; }
.st-key-form [data-testid="stHtml"] { overflow-x: auto; }
.st-key-form table { min-width: 520px; }
.st-key-form table td { overflow-wrap: anywhere; }
</style>"""

FORM, FILL, HISTORY = "form", "fill", "history"
_SAID: Final = "_monthly_said"


@dataclass(frozen=True)
class Desk:
    """What the page shows: a month, the moment that its states are of, and whose report.

    filers: filings.standing; unit: code of the unit; live: whether the page looks at now, so that something can be done.
    """

    asked: Asked
    month: str
    at: datetime
    filers: pd.DataFrame
    unit: str
    live: bool

    @property
    def row(self) -> pd.Series:
        """The unit in the list of filers."""
        return self.filers[self.filers["code"] == self.unit].iloc[0]

    @property
    def own(self) -> bool:
        """Whether the account fills this report in."""
        who = self.asked.who
        return self.live and who.may("file") and who.unit is not None and who.unit.code == self.unit


def opened(asked: Asked) -> Desk:
    """The month and the unit that the address asks for, with their widgets; or the end of the page, where there is
    nothing to report on."""
    st.html(_STYLE)
    campaign = runtime.campaign()
    at = moment(asked)
    reported = months(campaign, calendar.until(campaign, at, asked.reader.as_of))
    if not reported:
        first = month_word(campaign.reports.first_month)
        st.info(_("The first monthly report is that of {month}.").format(month=first))
        st.stop()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=170):
            month = state.choose("month", _("Month"), reported[::-1], month_word)
        with runtime.store().connect() as connection:
            filers = standing.standing(connection, campaign, asked.who.scope, month, at)
        if filers.empty:
            st.info(_("No unit that files monthly reports belongs to this account."))
            st.stop()
        with st.container(width=360):
            unit = _pick_unit(asked, filers)
    return Desk(asked, month, at, filers, unit, not state.get("day"))


def month_word(month: str) -> str:
    """A month as it is written in a sentence."""
    year, number = month.split("-")
    return _("{year}-{month:02d}").format(year=int(year), month=int(number))


def moment(asked: Asked) -> datetime:
    """The moment that filing states are of: the end of the day that is asked for; without one, now."""
    campaign = runtime.campaign()
    if state.get("day"):
        return end_of_day(campaign, asked.reader.as_of)
    with runtime.store().connect() as connection:
        return clock.now(connection, campaign)


def _pick_unit(asked: Asked, filers: pd.DataFrame) -> str:
    """The unit whose report is shown: the one of the address; else the first of the sector, one that waits first."""
    codes, names = filers["code"].tolist(), dict(zip(filers["code"], filers["name"], strict=True))
    current = asked.unit.code
    if current not in names:
        if asked.unit.kind not in ("province", "city") and state.get("unit"):
            st.info(_("{unit} files no monthly report.").format(unit=verbatim(asked.unit.name)))
        own = filers[filers["sector"] == asked.sector]
        own = own if len(own) else filers
        waiting = own[own["life"] == SUBMITTED]
        current = str((waiting if len(waiting) and asked.who.may("accept") else own)["code"].iloc[0])
    if len(codes) > 1:
        st.session_state["state-unit"] = current
        st.selectbox(
            _("Unit"), codes, format_func=lambda code: _("{label}: {choice}").format(label=_("Unit"), choice=names[code]),
            key="state-unit", label_visibility="collapsed", on_change=lambda: state.put(unit=st.session_state["state-unit"], sector=None),
        )  # fmt: skip
    return current


# ---- the report ------------------------------------------------------------------------------------------------------


def read(desk: Desk) -> Report:
    """The report; or the end of the page, where there is none, with the reason."""
    scope = desk.asked.who.scope
    try:
        with st.spinner(_("Filling in the form …")), runtime.store().connect() as connection:
            at = None if desk.live else desk.at
            return report(connection, runtime.campaign(), scope, desk.unit, desk.month, _kept, at)
    except NoReport as error:
        st.header(_title(desk), anchor=False)
        _where(desk, None)
        st.info(verbatim(error))
        st.stop()


def _kept(
    connection: Connection, campaign: Campaign, scope: Scope, unit: Unit, month: str, as_of: date | None
) -> Source:
    """gather.gather, kept until the data change."""
    return _gathered(*kept.version(), i18n.language(), _plain(scope), unit.code, month, as_of, _unit=unit)


@st.cache_data(max_entries=256, show_spinner=False)
def _gathered(
    store: str, version: int, language: str, scope: tuple[bool, tuple[int, ...], tuple[str, ...]], code: str,
    month: str, as_of: date | None, _unit: Unit,
) -> Source:  # fmt: skip
    everything, roots, sectors = scope
    with runtime.store().connect() as connection:
        seen = Scope(frozenset(roots), frozenset(sectors), everything)
        return gather.gather(connection, runtime.campaign(), seen, _unit, month, as_of)


def _plain(scope: Scope) -> tuple[bool, tuple[int, ...], tuple[str, ...]]:
    return scope.everything, tuple(sorted(scope.roots)), tuple(sorted(scope.sectors))


def views(desk: Desk, found: Report) -> str:
    """Which side of the report is looked at: for who fills it in the fields first, for others the form."""
    words = {FILL: _("Fill in"), FORM: _("Form"), HISTORY: _("History")}
    offered = [FILL, FORM, HISTORY] if desk.own and found.open else [FORM, HISTORY]
    return state.switch("view", _("View"), offered, words.__getitem__)


def _title(desk: Desk) -> str:
    return _("{unit}, {month}").format(unit=verbatim(desk.row["name"]), month=month_word(desk.month))


def headline(desk: Desk, found: Report) -> None:
    """Whose report, where it stands, and in a sentence what comes next."""
    with st.container(border=True, key="headline"):
        st.header(_title(desk), anchor=False)
        _where(desk, found)
        st.markdown(f"**{next_step(desk, found)}**")
        _said()


def _where(desk: Desk, found: Report | None) -> None:
    """Filing state, deadline and the day of the figures, in a line."""
    campaign, row = runtime.campaign(), desk.row
    filed = written(campaign, row["submitted_at"])
    figures_day = found.source.figures_day if found else None
    badges = [filing_states.badge(row)]
    if found is not None and found.filing.id is not None:
        badges.append(filing_states.life_badge(found.state))
    parts = [
        " ".join(badges) + (" " + _("filed {moment}").format(moment=filed) if filed else ""),
        _("due by the end of {day}").format(day=day_in_words(last_day(campaign, desk.month), year=True)),
        _("figures as of {day}").format(day=day_in_words(figures_day, year=True)),
    ]
    st.markdown(" &nbsp; ".join(f":small[{part}]" for part in parts))
    if not desk.live:
        st.caption(_("Filing states as of {moment}").format(moment=written(campaign, desk.at)))


def next_step(desk: Desk, found: Report) -> str:
    """What comes next, and for whom."""
    if found.state == ACCEPTED:
        return _("The province has accepted this report. Nothing is left to be done.")
    if found.state == SUBMITTED:
        mine = life.may_judge(desk.asked.who, found.unit)
        return _("Please review it, then accept or return it.") if mine else _("Waiting for the province.")
    if not desk.own:
        return (
            _("Returned; the unit corrects it and submits it again.")
            if found.state == RETURNED
            else _("Not submitted yet: what is shown is the draft and may still change.")
        )
    lacking = checks.missing(found)
    if lacking:
        return _("Next: fill in what is missing ({count}), then submit.").format(count=len(lacking))
    return _("Everything is filled in. Next: check it and submit.")


def say(message: str) -> None:
    """Words for the next run of the page: what was done."""
    st.session_state[_SAID] = message


def _said() -> None:
    message = st.session_state.pop(_SAID, None)
    if message:
        st.success(message, icon=":material/check_circle:")


# ---- what is to be noticed -------------------------------------------------------------------------------------------


def notices(found: Report) -> None:
    """Why it was returned, what the tables say differently since, what is worth a second look."""
    last = found.events[-1] if found.events else None
    if found.state == RETURNED and last is not None:
        told = _("Returned by {who} on {moment}: {reason}").format(
            who=verbatim(last.actor_title),
            moment=written(runtime.campaign(), last.at),
            reason=verbatim(last.reason),
        )
        st.error(told, icon=":material/reply:")
    if found.moved:
        names = _(", ").join(
            _("{figure} {before} → {now}").format(
                figure=figure_word(one.name), before=whole(one.submitted), now=whole(one.now)
            )
            for one in found.moved
        )
        st.warning(
            _("The tables were corrected after this report was submitted; the report keeps its figures. Since then: {figures}").format(figures=names),
            icon=":material/history:",
        )  # fmt: skip
    for remark in checks.remarks(found):
        st.info(verbatim(remark.message), icon=":material/info:")


def overrides(found: Report) -> None:
    """The figures that the filer put in place of computed ones."""
    if not found.overrides:
        return
    st.markdown(_("**Figures corrected by the filer**"))
    rows = [
        {
            _("Figure"): figure_word(one.name),
            _("In the tables"): whole(one.computed),
            _("Correct it"): whole(one.value),
            _("Reason"): one.reason,
        }
        for one in found.overrides
    ]
    st.table(pd.DataFrame(rows).set_index(_("Figure")))


# ---- the form and the history ----------------------------------------------------------------------------------------


def form(desk: Desk, found: Report) -> None:
    """The form as it is printed, and its downloads."""
    made = reports.form_of(found)
    try:
        with st.spinner(_("Filling in the form …")), runtime.store().connect() as connection:
            in_use = templates.chosen(connection, runtime.campaign())
            drawn = _drawn(made, in_use.content("xlsx"), i18n.language())
    except TemplateError as error:
        st.error(_("The template of the form cannot be filled: {reason}").format(reason=verbatim(error)))
        return
    _downloads(desk, made, in_use)
    overrides(found)
    with st.container(border=True, key="form"):
        st.html(drawn)
    template = in_use.names["xlsx"][0]
    st.caption(_("Template: {file}. Fields that nobody has filled in are blank.").format(file=verbatim(template)))


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs={Form: pickle.dumps})
def _drawn(made: Form, template: bytes, language: str) -> str:
    """The form as HTML: of the same figures and words it is the same, however often the page runs."""
    return preview.html(formats.write(made, "xlsx", template))


def _downloads(desk: Desk, made: Form, in_use: templates.Chosen) -> None:
    """The form in each format, made when it is asked for."""
    year, number = (int(part) for part in desk.month.split("-"))
    labels = {"xlsx": _("Download form"), "docx": _("Download as Word"), "pdf": _("Download as PDF")}
    with st.container(horizontal=True, gap="small"):
        for format, label in labels.items():
            file = f"{desk.row['name']}_{year}年{number}月_月报表.{format}"
            write = partial(formats.write, made, format, in_use.content(formats.TEMPLATES[format]))
            downloads.link(label, desk.asked.who, file, formats.MEDIA[format], write, key="form")


def history(desk: Desk, found: Report) -> None:
    """What became of the report: when, what, who, why; the newest first."""
    events = [event for event in found.events if event.at <= desk.at or desk.live]
    if not events:
        st.info(_("Nothing has been submitted yet."))
        return
    campaign = runtime.campaign()
    rows = [
        {
            _("When"): written(campaign, event.at),
            _("What"): _happened(event.state),
            _("Who"): event.actor_title or _("recorded from a list"),
            _("Filled in by / reviewed by"): _signed(event.content),
            _("Reason"): event.reason or "—",
        }
        for event in reversed(events)
    ]
    st.table(pd.DataFrame(rows).set_index(_("When")))
    if found.filing.saved_at and found.open:
        st.caption(_("Draft saved {moment}").format(moment=written(campaign, found.filing.saved_at)))


def _happened(led_to: str) -> str:
    """What led to a state."""
    words = {SUBMITTED: _("submitted to the province"), RETURNED: _("returned by the province")}
    return words.get(led_to) or life_word(led_to)


def _signed(content: Mapping[str, Any] | None) -> str:
    manual = (content or {}).get("manual", {})
    return f"{manual['filler']} / {manual['reviewer']}" if manual.get("filler") else "—"
