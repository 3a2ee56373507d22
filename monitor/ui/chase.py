"""Pieces of the page 催办: what is to be chased today, its texts, sending, and what became of it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zlib import crc32

import pandas as pd
import streamlit as st

from monitor.chase import channels, lists, sending
from monitor.chase.obligations import STAGES, stage_word
from monitor.filings.listing import written
from monitor.i18n import _
from monitor.personal import holds_resident_id
from monitor.progress import View
from monitor.store import chases, clock
from monitor.ui import data, downloads, figures, runtime, state
from monitor.ui.header import Asked
from monitor.ui.media import XLSX
from monitor.ui.words import verbatim
from monitor.units import Unit
from monitor.workbooks import workbook

STATES: Final[dict[str, Callable[[], str]]] = {
    "draft": lambda: _("to be sent"),
    "sending": lambda: _("unclear"),
    "sent": lambda: _("sent"),
    "done": lambda: _("done"),
    "dismissed": lambda: _("not chased"),
    "dropped": lambda: _("lapsed"),
}
"""What the screen calls the states of a chase, those to be looked after first."""

_CHANNELS: Final = {"mail": lambda: _("mail"), "robot": lambda: _("group robot"), "by_hand": lambda: _("by hand")}
_SIGNS: Final = {"draft": "○", "sending": "▲", "sent": "●", "done": "✔", "dismissed": "–", "dropped": "—"}
_WIDTHS: Final = (20, 26, 14, 12, 80, 18)
_LONGEST: Final = 200
_NAMED: Final = 10


@dataclass(frozen=True)
class Desk:
    """What the page shows: the office whose list it is, this moment, its entries (chases.listed); live: whether the page
    looks at the newest figures, by which alone the list is made and sent."""

    asked: Asked
    office: Unit
    at: datetime
    entries: pd.DataFrame
    live: bool

    @property
    def shown(self) -> pd.DataFrame:
        """The entries that the address asks for, the most pressing first."""
        found = self.of_matter
        return _pressing_first(found[found["state"] == (state.get("status") or "draft")])

    @property
    def of_matter(self) -> pd.DataFrame:
        """The entries about the matter that the address asks for, in whatever state; without one all."""
        asked = state.get("matter")
        return self.entries[self.entries["obligation"] == asked] if asked in self.matters else self.entries

    @property
    def matters(self) -> dict[str, str]:
        """What the entries are about, by the key of the obligation, with its title."""
        titles = {
            key: str(facts["title"])
            for key, facts in zip(self.entries["obligation"], self.entries["facts"], strict=True)
        }
        return dict(sorted(titles.items()))


def _pressing_first(found: pd.DataFrame) -> pd.DataFrame:
    order = list(STAGES)
    places = found["stage"].map(lambda stage: order.index(stage) if stage in order else len(order))
    return (
        found.assign(_place=places).sort_values(["_place", "code", "id"]).drop(columns="_place").reset_index(drop=True)
    )


def opened(asked: Asked) -> Desk:
    """The list of the account's own office."""
    office = asked.who.unit
    if office is None:
        st.info(_("This account has no unit and chases nobody."))
        st.stop()
    with runtime.store().connect() as connection:
        found = chases.listed(connection, asked.who.scope, superior=office.id)
        at = clock.now(connection, runtime.campaign())
    return Desk(asked, office, at, found, live=asked.reader.as_of == data.days()[1])


# ---- the answer, and making the list -----------------------------------------------------------------------------


def answer(desk: Desk) -> None:
    """How much there is to chase, in words; the button that makes the list."""
    counts = desk.entries["state"].value_counts()
    told = st.session_state.pop("chase-told", "")
    if told:
        st.success(told, icon=":material/check:")
    if kept := st.session_state.pop("chase-kept", ""):
        st.warning(kept)
    with st.container(border=True, key="headline"):
        drafts = desk.entries[desk.entries["state"] == "draft"]
        if len(drafts):
            title = _("{count} to be chased, {units} units").format(
                count=len(drafts), units=drafts["unit_id"].nunique()
            )
        else:
            title = (
                _("The list has not been made yet")
                if desk.entries.empty and not told
                else _("Nothing waits to be chased")
            )
        st.header(title, anchor=False)
        by_stage = drafts.groupby(["stage"]).size()
        said = [
            _("{stage} {count}").format(stage=stage_word(str(key)), count=int(count)) for key, count in by_stage.items()
        ]
        if said:
            st.markdown(_(", ").join(said))
        if counts.get("sending"):
            st.warning(
                _("{count} may or may not have arrived: check them under “unclear”.").format(
                    count=int(counts["sending"])
                )
            )
        if not desk.live:
            st.caption(_("The list is made and sent by the newest figures; this is another day."))
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(_("Make the list"), type="primary" if desk.entries.empty else "secondary",
                         icon=":material/refresh:", key="chase-refresh"):  # fmt: skip
                _refresh(desk)
            st.caption(
                _(
                    "Made from what the units owe as of {moment}. Making it again never chases the same item twice."
                ).format(moment=written(runtime.campaign(), desk.at))
            )


def _refresh(desk: Desk) -> None:
    who, store = desk.asked.who, runtime.store()
    with st.spinner(_("Checking what every unit owes …")), store.begin() as connection:
        view = View.at(connection, store.campaign, who.scope, desk.asked.reader.as_of)
        made = lists.refresh(view, desk.office, who.scope.sectors, desk.at, who.name)
    st.session_state["chase-told"] = (
        _("{drafted} drafted, {closed} closed because nothing is owed any more.").format(
            drafted=made.drafted, closed=made.closed
        )
        if made.drafted or made.closed
        else _("Nothing has changed since the list was made.")
    )
    st.rerun()


# ---- the list ----------------------------------------------------------------------------------------------------


def listed(desk: Desk) -> None:
    """The entries of one state, to be picked; what is done with those picked."""
    counts = desk.entries["state"].value_counts()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=220):
            state.choose("status", _("State"), list(STATES), lambda key: f"{STATES[key]()} {int(counts.get(key, 0))}")
        with st.container(width=340):
            state.choose("matter", _("Matter"), list(desk.matters), desk.matters, _("All"))
        _download(desk)
    shown = desk.shown
    if shown.empty:
        st.caption(_("There is nothing in this state. “Make the list” checks what the units owe now."))
        return
    picked = st.dataframe(
        _table(desk, shown), hide_index=True, height=figures.tall(len(shown), 12, 440), row_height=figures.ROW,
        column_config={_("Unit"): st.column_config.TextColumn(width=210, pinned=figures.on_phone()), _("Matter"): st.column_config.TextColumn(width=230)},
        on_select="rerun", selection_mode="multi-row", key=f"chase-list-{_mark(shown)}",
        alt=_("What is to be chased, one row per item"),
    )  # fmt: skip
    rows = picked["selection"]["rows"]
    chosen = shown.iloc[[row for row in rows if row < len(shown)]]
    _texts(desk, chosen if len(chosen) else shown.head(1))
    _actions(desk, chosen)


def _mark(shown: pd.DataFrame) -> int:
    """A selection counts for the rows that it was made on."""
    return crc32(",".join(str(one) for one in shown["id"]).encode())


def _table(desk: Desk, shown: pd.DataFrame) -> pd.DataFrame:
    campaign = runtime.campaign()
    return pd.DataFrame(
        {
            _("Unit"): shown["name"],
            _("Matter"): [facts["title"] for facts in shown["facts"]],
            _("Stage"): [stage_word(stage) for stage in shown["stage"]],
            _("State"): [f"{_SIGNS[key]} {STATES[key]()}" for key in shown["state"]],
            _("Through"): [_CHANNELS[name]() if name in _CHANNELS else "" for name in shown["channel"]],
            _("Drafted"): [written(campaign, moment) for moment in shown["created_at"]],
            _("Told at"): [written(campaign, moment) for moment in shown["sent_at"]],
        }
    )


def _texts(desk: Desk, chosen: pd.DataFrame) -> None:
    """The texts of the entries picked, ready to be copied; of one entry its history as well."""
    text = "\n\n".join(chosen["text"])
    st.caption(
        _("The text, to be copied into a message:")
        if len(chosen) == 1
        else _("The texts of {count} entries:").format(count=len(chosen))
    )
    st.code(text, language=None, wrap_lines=True, height=220 if len(chosen) > 2 else "content")
    if len(chosen) != 1:
        return
    with runtime.store().connect() as connection:
        told = chases.history(connection, desk.asked.who.scope, int(chosen["id"].iloc[0]))
    lines = [
        f"{written(runtime.campaign(), row['at'])}　{row['actor'] or _('command line')}　"
        + _happened(row["action"], row["detail"])
        + (f"：{row['detail']}" if row["detail"] else "")
        for row in told.to_dict("records")
    ]
    with st.expander(_("History"), icon=":material/history:"):
        st.text("\n".join(lines))


def _happened(action: str, detail: str | None) -> str:
    """A step in the history of a chase. That sending began is not yet that it is unclear: that has its reason."""
    if action == "draft":
        return _("drafted")
    return _("sending begun") if action == "sending" and not detail else STATES[action]()


# ---- what is done ------------------------------------------------------------------------------------------------


def _actions(desk: Desk, chosen: pd.DataFrame) -> None:
    """The buttons for the entries picked."""
    current = state.get("status") or "draft"
    if current not in ("draft", "sending", "sent") or not desk.live:
        return
    none, ids = chosen.empty, [int(one) for one in chosen["id"]]
    with st.container(horizontal=True, vertical_alignment="center"):
        if current == "draft":
            for name in channels.offered(runtime.campaign()):
                label = _("Send by {channel} ({count})").format(channel=_CHANNELS[name](), count=len(ids))
                if st.button(label, type="primary", icon=":material/send:", disabled=none, key=f"chase-send-{name}"):
                    _send(desk, ids, name)
        if current in ("draft", "sending") and st.button(
            _("I have told them ({count})").format(count=len(ids)),
            icon=":material/done:",
            disabled=none,
            key="chase-told-by-hand",
        ):
            _mark_as(desk, ids, "sent")
        if current == "sending" and st.button(
            _("It did not arrive"), icon=":material/undo:", disabled=none, key="chase-again"
        ):
            _mark_as(desk, ids, "draft")
        with (
            st.popover(_("Do not chase …"), icon=":material/block:", disabled=none),
            st.form("chase-dismiss", border=False),
        ):
            reason = st.text_input(_("Why not"), max_chars=_LONGEST)
            if st.form_submit_button(_("Do not chase these ({count})").format(count=len(ids))):
                if holds_resident_id(reason):
                    st.error(_("The text holds a resident ID number. Personal data is not taken in here; delete it."))
                else:
                    _mark_as(desk, ids, "dismissed", reason.strip())
    if none:
        st.caption(_("Tick rows at their left edge first."))


def _mark_as(desk: Desk, ids: list[int], wanted: str, reason: str = "") -> None:
    who = desk.asked.who
    changed = sending.mark(runtime.store(), who.scope, desk.office, ids, wanted, who.name, reason)
    st.session_state["chase-told"] = _("{count} entries: {state}.").format(count=changed, state=STATES[wanted]())
    st.rerun()


def _send(desk: Desk, ids: list[int], name: str) -> None:
    who, store = desk.asked.who, runtime.store()
    order = sending.Order(
        desk.office, name, who.name, who.scope, desk.at, desk.asked.reader.as_of, sending.going_on(desk.at)
    )
    bar = st.progress(0.0, _("Sending"))

    def tell(number: int, of: int) -> None:
        bar.progress(number / of, _("Sending {number} of {count}").format(number=number, count=of))

    result = sending.send(store, order, ids, tell)
    bar.empty()
    st.session_state["chase-told"] = _("{sent} sent.").format(sent=result.sent) if result.sent else ""
    st.session_state["chase-kept"] = not_sent(desk.entries.set_index("id")["name"], result.kept)
    st.rerun()


def not_sent(names: pd.Series, kept: Mapping[int, str]) -> str:
    """What was not sent, as Markdown: a line a reason, with the units that it is of."""
    if not kept:
        return ""
    of: dict[str, list[str]] = {}
    for entry, why in kept.items():
        of.setdefault(why, []).append(names[entry])
    lines = [f"- {_units(units)}：{verbatim(why)}" for why, units in of.items()]
    return "\n".join([_("Not sent ({count}):").format(count=len(kept)), "", *lines])


def _units(names: list[str]) -> str:
    counts = Counter(names)
    said = [
        verbatim(name) if count == 1 else _("{unit} ({count} entries)").format(unit=verbatim(name), count=count)
        for name, count in list(counts.items())[:_NAMED]
    ]
    more = _(" and {count} more").format(count=len(counts) - _NAMED) if len(counts) > _NAMED else ""
    return _(", ").join(said) + more


def _download(desk: Desk) -> None:
    """All entries about the matter as a workbook, those to be sent first."""
    listed = _pressing_first(desk.of_matter)
    if listed.empty:
        return
    order = list(STATES)
    shown = listed.assign(_place=listed["state"].map(order.index)).sort_values("_place", kind="stable")
    table = _table(desk, shown)[[_("Unit"), _("Matter"), _("Stage"), _("State")]]
    table[_("Text")] = list(shown["text"])
    table[_("Told at")] = [written(runtime.campaign(), moment) for moment in shown["sent_at"]]
    title, note = _("Chase list"), _("{unit}, as of {moment}").format(
        unit=desk.office.name, moment=written(runtime.campaign(), desk.at)
    )  # fmt: skip
    name = _("chase list-{unit}-{day}").format(unit=desk.office.name, day=desk.asked.reader.as_of.isoformat())
    downloads.link(
        _("Download Excel"), desk.asked.who, f"{name}.xlsx", XLSX,
        lambda: workbook(table, title, note, _WIDTHS), key=f"chase-{state.get('matter')}",
    )  # fmt: skip
