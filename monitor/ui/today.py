"""The start page: what an account has to see to today (what is due, what came back, what to judge, what to chase), and the
ways to what people come for."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

import streamlit as st
from sqlalchemy import Connection

from monitor.access.who import Who
from monitor.chase.obligations import FILING, FINDINGS, MILESTONE, Obligation, besides_progress, stage_word
from monitor.filings import calendar, milestones
from monitor.filings.listing import written
from monitor.filings.roster import STAGE as ROSTER
from monitor.i18n import _
from monitor.numbers import day_written
from monitor.store import chases, meta, read
from monitor.store.filings import SUBMITTED
from monitor.ui import data, monthly, navigation, runtime
from monitor.ui.header import Asked
from monitor.ui.kept import Key, cached, view_of

_SHOWN: Final = 10
_SIGNS: Final = {
    "returned": ":material/reply:", "overdue": ":material/error:", "long_overdue": ":material/error:",
    "due_soon": ":material/schedule:",
}  # fmt: skip


@dataclass(frozen=True)
class Task:
    """One thing to see to: what, on which page. `pressing`: it is late or came back."""

    icon: str
    words: str
    page: str
    query: tuple[tuple[str, str], ...] = ()
    pressing: bool = False


def today(asked: Asked) -> None:
    """The tasks of the account, the pressing ones first, each a link to where it is done; or that there are none. They are
    those of now: where the page looks at another day, nothing is said of them."""
    if asked.reader.as_of != data.days()[1]:
        st.caption(_("What is to be done is listed for the newest day only; this is another day."))
        return
    at = monthly.moment(asked)
    found = sorted(_tasks(asked, at), key=lambda task: not task.pressing)
    with st.container(border=True, key="today", gap="xsmall"):
        pressing = sum(task.pressing for task in found)
        title = _("To do today: {count}").format(count=len(found)) if found else _("Nothing to do today")
        st.header(title + _(" ({count} urgent)").format(count=pressing) if pressing else title, anchor=False)
        # Side by side where there is room: where the unit stands comes below, and is to be seen as well.
        with st.grid("auto", min_column_width=330, gap="xsmall"):
            for task in found:
                page = navigation.PAGES[task.page]
                label = f"**{task.words}**" if task.pressing else task.words
                st.page_link(page.file, label=label, icon=task.icon, query_params=dict(task.query))
        if not found:
            st.caption(_("What is due, returned or waiting for you is listed here."))


def asked_for(asked: Asked) -> None:
    """What the office above has sent to the account's unit and is still owed: the texts themselves."""
    who = asked.who
    if who.unit is None or who.unit.kind == "province" or asked.reader.as_of != data.days()[1]:
        return
    with runtime.store().connect() as connection:
        told = chases.listed(connection, who.scope, states=("sent",))
    told = told[told["unit_id"] == who.unit.id]
    if told.empty:
        return
    label = _("Chased by the office above: {count} items").format(count=len(told))
    with st.expander(label, icon=":material/campaign:", key="asked-for"):
        for row in told.head(_SHOWN).to_dict("records"):
            st.caption(written(runtime.campaign(), row["sent_at"]))
            st.text(row["text"])


def shortcuts(who: Who) -> None:
    """What people come for, each a link to its page: those that the account may open."""
    offered = [
        (words, navigation.PAGES[key]) for key, words in _shortcuts(who) if navigation.PAGES[key].open_to(who.role)
    ]
    with st.container(horizontal=True, gap="small", key="shortcuts"):
        for words, page in offered:
            st.page_link(page.file, label=words, icon=page.icon)


def _shortcuts(who: Who) -> tuple[tuple[str, str], ...]:
    return (
        ("overview", _("See overall progress")),
        ("cities", _("See cities and counties")),
        ("universities", _("See universities")),
        ("lagging", _("Find lagging units")),
        ("monthly", _("File the monthly report") if who.may("file") else _("Read monthly reports")),
        ("filings", _("See who has filed")),
        ("bulletin", _("Read or write bulletins") if who.may("publish") else _("Read bulletins")),
        ("chase", _("Chase what is overdue")),
        ("intake", _("Import tables")),
        ("quality", _("Check data quality")),
    )


def _tasks(asked: Asked, at: datetime) -> list[Task]:
    who, key = asked.who, asked.reader.key
    with runtime.store().connect() as connection:
        step = Step(meta.filings_version(connection), meta.answers_version(connection), at.date())
        told = [*_asked_for(who, connection), *_to_chase(who, connection)]
    own = who.unit is not None and who.unit.kind != "province"
    owed = _owed_by(key, who.unit.id, step, at) if own and who.unit else []
    tasks = [task for one in owed if (task := _owed(one, at.date())) is not None]
    if who.may("accept"):
        tasks += [_waiting(*one) for one in _to_judge(key, step, at)]
    return [task for task in [*tasks, *told] if navigation.PAGES[task.page].open_to(who.role)]


class Step(NamedTuple):
    """What the answers depend on besides the figures: what was filed, what was explained, and the day on which it is
    asked: what is due changes at midnight."""

    filed: int
    explained: int
    day: date


# ---- one's own ---------------------------------------------------------------------------------------------------


@cached
def _owed_by(key: Key, unit_id: int, step: Step, _at: datetime) -> list[Obligation]:
    """What the account's own unit owes; of its progress the page speaks anyway."""
    with view_of(key) as view:
        return besides_progress(view, [read.unit_by_id(view.connection, view.scope, unit_id)], _at)


def _owed(one: Obligation, today: date) -> Task | None:
    if one.kind == FINDINGS:
        said = _("Data quality: {must_fix} to be corrected, {explain} to be explained").format(
            must_fix=one.facts["must_fix"], explain=one.facts["explain"]
        )
        return Task(":material/rule:", said, "quality", (("state", "open"),))
    if one.kind not in (FILING, MILESTONE):
        return None
    page = "milestones" if one.kind == MILESTONE else "roster" if one.period == ROSTER else "monthly"
    said = _("{matter}: {stage}, due by {due}").format(
        matter=one.facts["title"], stage=stage_word(one.stage), due=_day(one.facts["due"], today)
    )
    query = (("month", one.period),) if page == "monthly" else ()
    return Task(_SIGNS[one.stage], said, page, query, pressing=one.stage != "due_soon")


def _day(iso: str, today: date) -> str:
    day = date.fromisoformat(iso)
    return day_written(day, year=day.year != today.year)


def _asked_for(who: Who, connection: Connection) -> list[Task]:
    """What the unit above has asked for and is still owed; the filings are told by themselves."""
    if who.unit is None or who.unit.kind == "province":
        return []
    told = chases.listed(connection, who.scope, states=("sent", "sending"))
    told = told[(told["unit_id"] == who.unit.id) & (told["obligation"] == "collection")]
    return [
        Task(":material/campaign:", _("The office above chases your progress: {stage}").format(stage=stage_word(stage)),
             "lagging", pressing=True)
        for stage in told["stage"].head(1)
    ]  # fmt: skip


# ---- other people's ----------------------------------------------------------------------------------------------


Waiting = tuple[int, str, str, tuple[tuple[str, str], ...]]
"""How many wait, for what, on which page with which address."""


@cached
def _to_judge(key: Key, step: Step, _at: datetime) -> list[Waiting]:
    """Reports, rosters and milestones that wait to be accepted."""
    found: list[Waiting] = []
    with view_of(key) as view:
        campaign = view.campaign
        for period in calendar.periods(campaign, calendar.until(campaign, _at, view.as_of)):
            standing = period.standing(view.connection, campaign, view.scope, _at)
            waiting = int((standing["life"] == SUBMITTED).sum())
            page, query = ("roster", ()) if period.key == ROSTER else ("monthly", (("month", period.key),))
            found += [(waiting, period.title, page, query)] if waiting else []
        table = milestones.reported_table(view.connection, campaign, view.scope, _at)
        for stage in milestones.shown_stages(campaign):
            of_stage = table[(table["stage"] == stage.key) & table["kind"].isin(set(stage.who) - {"province"})]
            codes = of_stage[of_stage["life"] == SUBMITTED]["code"]
            one = (("unit", str(codes.iloc[0])),) if len(codes) == 1 else ()
            found += [(len(codes), stage.called, "milestones", one)] if len(codes) else []
    return found


def _waiting(count: int, matter: str, page: str, query: tuple[tuple[str, str], ...]) -> Task:
    said = _("{matter}: {count} to review").format(count=count, matter=matter)
    return Task(":material/inbox:", said, page, query)


def _to_chase(who: Who, connection: Connection) -> list[Task]:
    if not who.may("chase") or who.unit is None:
        return []
    found = chases.listed(connection, who.scope, superior=who.unit.id)
    if found.empty:
        return [Task(":material/campaign:", _("Chase list: not made yet"), "chase")]
    found = found[found["state"].isin(("draft", "sending"))]
    unclear = int((found["state"] == "sending").sum())
    if found.empty:
        return [Task(":material/campaign:", _("Chase list: nothing waits"), "chase")]
    said = _("Chase list: {count} to be sent").format(count=len(found) - unclear)
    if unclear:
        said += _(", {count} unclear").format(count=unclear)
    return [Task(":material/campaign:", said, "chase", pressing=bool(unclear))]
