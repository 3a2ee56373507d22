"""Pieces of the page 推演: what is supposed, and the answer beside today. Nothing is stored: the address is all there is."""

from datetime import date, timedelta
from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor.figures import LEVELS
from monitor.i18n import _
from monitor.measures.whatif import Scenario
from monitor.ui import figures, panels, runtime, state, tables, words
from monitor.ui.header import Asked
from monitor.ui.theme import STATUSES

_FURTHEST: Final = timedelta(days=366)
_MOST: Final = 100_000  # further reviews a working day that may be supposed


def scenario(asked: Asked) -> Scenario:
    """What the address supposes, with its widgets."""
    members = asked.reader.members(asked.unit, asked.sector)
    with st.container(border=True), st.grid("auto", min_column_width=150, gap="small", vertical_alignment="bottom"):
        deadline = _deadline(asked)
        extra = {level: count for level in LEVELS if (count := _reviewers(asked, level))}
        exempt = _exempt(members)
    ids = frozenset(int(unit) for unit in members.index[members["code"].isin(exempt)]) if len(members) else frozenset()
    return Scenario(deadline, extra, None, ids)


def _deadline(asked: Asked) -> date | None:
    """The deadline supposed; None: the campaign's own."""
    own = runtime.campaign().deadline
    latest = own + _FURTHEST
    try:
        current = date.fromisoformat(state.get("deadline"))
    except ValueError:
        current = own
    current = current if asked.reader.as_of < current <= latest else own
    key = "state-deadline"
    st.session_state[key] = current

    def write() -> None:
        picked = st.session_state[key]
        state.put(deadline=picked.isoformat() if picked and picked != own else None)

    st.date_input(
        _("Deadline"), key=key, min_value=min(own, asked.reader.as_of + timedelta(days=1)), max_value=latest,
        format="YYYY-MM-DD", on_change=write,
    )  # fmt: skip
    return None if current == own else current


def _reviewers(asked: Asked, level: str) -> int:
    """How many more records a working day a review level is supposed to get through."""
    if level not in _levels(asked):
        return 0
    name, key = f"more_{level}", f"state-more-{level}"
    said = state.get(name)
    current = min(int(said), _MOST) if said.isascii() and said.isdigit() else 0
    st.session_state[key] = current

    def write() -> None:
        count = st.session_state[key] or 0
        state.put(**{name: str(count) if count else None})

    st.number_input(
        _("{level} review: extra per day").format(level=words.level(level)), key=key, min_value=0, max_value=_MOST,
        step=10, on_change=write,
    )  # fmt: skip
    return current


def _levels(asked: Asked) -> tuple[str, ...]:
    """The review levels that the records of a unit pass."""
    if not len(asked.reader.members(asked.unit, asked.sector)):
        return tuple(asked.unit.chain)
    return ("school", "province") if asked.sector == "universities" else ("school", "county", "city")


def _exempt(members: pd.DataFrame) -> list[str]:
    """The codes of the units that are supposed to be left out."""
    if members.empty:
        return []
    names = dict(zip(members["code"], members["name"], strict=True))
    key = "state-exempt"
    current = [code for code in state.get("exempt").split(",") if code in names]
    st.session_state[key] = current

    def write() -> None:
        state.put(exempt=",".join(st.session_state[key]) or None)

    st.multiselect(
        _("Units exempted"), list(names), key=key, format_func=lambda code: names[code], on_change=write,
        placeholder=_("none"),
    )  # fmt: skip
    return current


def answer(asked: Asked, supposed: Scenario) -> None:
    """Today and the scenario side by side: in words for the unit, in a table for those below."""
    with st.spinner(_("Calculating …")):
        found = asked.reader.supposed(asked.unit, asked.sector, supposed)
    own = found.iloc[0]
    if pd.isna(own["status"]):
        st.info(_("There are no figures up to this day."))
        return
    with st.container(border=True, key="headline"):
        st.markdown(_("Now: {said}").format(said=_said(own, "")))
        st.markdown(_("Scenario: {said}").format(said=_said(own, "then_")))
    if len(found) > 1:
        table = listing(found.iloc[1:])
        st.header(_("Side by side"), anchor=False)
        st.dataframe(
            table, hide_index=True, height=figures.tall(len(table)), row_height=figures.ROW,
            alt=_("Units today and in the scenario"),
            column_config=_columns(table),
        )  # fmt: skip
        figures.download(asked.who, table, asked.file(_("what if")), key="whatif")
    st.caption(
        _(
            "Nothing here is stored. Extra review capacity is shared among the units below in proportion to what waits there; it helps little where another stage is the bottleneck."
        )
    )


def _columns(table: pd.DataFrame) -> dict[str, Any]:
    """The unit stays in sight; what are numbers stand below one another."""
    text = st.column_config.TextColumn
    counted = (_("Rank"), _("Likelihood"), _("Completion"))
    return {_("Unit"): text(pinned=figures.on_phone(), width=190 if table[_("Unit")].str.len().max() > 8 else 110)} | {
        str(head): text(alignment="right") for head in table if str(head).startswith(counted)
    }


def _said(row: pd.Series, prefix: str) -> str:
    """A unit's standing in words: badge, sentence, and how likely the deadline is."""
    if pd.isna(row[f"{prefix}status"]):
        return _("exempted")
    said = f"{panels.badge(row[f'{prefix}status'])} {row[f'{prefix}why']}"
    # The sentence of a unit at risk says how likely it is already.
    if pd.notna(row[f"{prefix}probability"]) and row[f"{prefix}status"] != "at_risk":
        said += _("; likelihood of making the deadline {rate}").format(rate=words.percent(row[f"{prefix}probability"]))
    return said


def listing(found: pd.DataFrame) -> pd.DataFrame:
    """Units (outlook.supposed) side by side under the names of the screen; offices first, then by today's places."""
    kinds = found["kind"].map(tables.KINDS.index)
    found = found.assign(_kind=kinds).sort_values(["_kind", "place", "code"], na_position="last")
    columns: dict[str, Any] = {_("Unit"): found["name"].tolist()}
    # Both answers side by side, figure by figure: what is supposed is read against what is; what one asks for first.
    for name, head, say in (
        ("status", _("Status"), lambda key: "—" if pd.isna(key) else STATUSES[str(key)].label),
        ("probability", _("Likelihood"), words.percent),
        ("p50", _("Likely finish"), lambda day: words.day(day, year=True)),
        ("completion", _("Completion"), words.percent),
        ("place", _("Rank"), words.whole),
    ):
        for prefix, when in (("", _("now")), ("then_", _("scenario"))):
            columns[_("{head} ({when})").format(head=head, when=when)] = [
                say(value) for value in found[f"{prefix}{name}"]
            ]
    return pd.DataFrame(columns)
