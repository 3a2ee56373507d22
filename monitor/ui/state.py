"""What a page shows, as its address says it: the one home of the parameters in the address.

The address is the only memory: a widget shows what the address says, a change of the widget changes the address, so
that a link opens what its sender saw and the browser's back button goes back.

    unit    code of a unit (a former code leads to the unit of today)
    day     YYYY-MM-DD, the day looked at; without it the newest snapshot
    sector  schools or universities, where the account sees both
    month, view   the month of a report, and which side of it is looked at
    type, status, level, ownership, place, stage, q, sort   what a list is narrowed down to, and its order
    since, deadline, more_<level>, exempt              what a change is counted from, what is supposed
    kind                                               which units a list is of (city, county, school, university)
    grade, rule, state, on, batch, about               the same of findings: `on` is their day
    gap                                                which of two gaps between denominators
    matter                                             what is chased (the key of an obligation)
    topic                                              the page of the guide
    p, item                                            the page of a long list, the row of it that is opened
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

import streamlit as st

from monitor.access.who import Who
from monitor.figures import SECTORS
from monitor.i18n import _
from monitor.store.scope import OutOfScope
from monitor.ui import data, guard
from monitor.ui.data import Reader
from monitor.ui.words import sector as sector_word
from monitor.ui.words import verbatim
from monitor.units import Unit

EVERYTHING: Final = ""
"""The choice that narrows nothing down: it is not written into the address."""

NARROWING: Final = (
    "type", "status", "by", "level", "ownership", "place", "stage", "q", "sort", "grade", "rule", "state", "on", "batch", "about",
    "gap", "matter",
)  # fmt: skip
"""What narrows a list down and orders it."""

PLACE: Final = ("p", "item")
"""Where one is in a list: no place in another one."""

_LONGEST: Final = 60  # characters of a search


def get(name: str) -> str:
    """A parameter of the address, "" where it is missing."""
    value = st.query_params.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def put(**values: str | None) -> None:
    """Write parameters into the address; None and "" take them out."""
    for name, value in values.items():
        if value:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def link(unit: Unit | str | None = None, **more: str | None) -> dict[str, str]:
    """The parameters of a link to a unit that keeps the day looked at."""
    code = unit.code if isinstance(unit, Unit) else unit
    values = {"unit": code, "day": get("day"), **more}
    return {name: value for name, value in values.items() if value}


# ---- day, sector, unit -------------------------------------------------------------------------------------------


def asked_day() -> date | None:
    """The day that the address asks for; None without one, and where it is none."""
    try:
        return date.fromisoformat(get("day"))
    except ValueError:
        return None


def day(who: Who) -> date | None:
    """The day that the address asks for; the newest snapshot without one; None where there is no snapshot at all.

    A day that is none, or that lies before the first snapshot or beyond what can be answered for, is told and left
    aside.
    """
    first, newest, last = data.days()
    if newest is None or first is None or last is None:
        return None
    asked = get("day")
    if not asked:
        return newest
    found = asked_day()
    if found is None or not first <= found <= last:
        st.warning(
            _(
                "The address asks for the day {day}; figures can be shown from {first} to {last}. The newest day is shown."
            ).format(day=verbatim(asked[:20]), first=first, last=last)
        )
        put(day=None)
        return newest
    return found


def sector(who: Who, default: str = "schools") -> str:
    """The sector that the address asks for; a refusal where the account does not see it."""
    asked = get("sector")
    if not asked:
        return default if default in who.scope.sectors or not who.scope.sectors else min(who.scope.sectors)
    if asked not in who.scope.sectors:
        guard.out_of_scope(who, sector=asked)
    return asked


def unit(who: Who, reader: Reader) -> Unit | None:
    """The unit that the address asks for, by its code of today; without one the highest that the account sees.

    A unit that does not exist, and one outside of the scope, are refused in the same words, and the refusal is
    audited. None where the account sees nothing.
    """
    asked = get("unit")
    if not asked:
        return reader.root()
    try:
        found = reader.unit(asked)
    except OutOfScope:
        guard.out_of_scope(who, unit=asked)
    if found.code != asked:
        put(unit=found.code)
    return found


# ---- widgets -----------------------------------------------------------------------------------------------------


def pick_day(current: date) -> None:
    """The picker of the day looked at."""
    first, newest, last = data.days()
    key = "state-day"
    st.session_state[key] = current

    def write() -> None:
        chosen = st.session_state[key]
        put(day=chosen.isoformat() if chosen and chosen != newest else None)

    st.date_input(
        _("As of"),
        key=key,
        min_value=first,
        max_value=last,
        format="YYYY-MM-DD",
        on_change=write,
        label_visibility="collapsed",
    )


def pick_sector(current: str) -> None:
    """The switch between the sectors."""
    key = "state-sector"
    st.session_state[key] = current

    def write() -> None:
        put(sector=st.session_state[key] if st.session_state[key] != "schools" else None)

    st.segmented_control(
        _("Sector"),
        list(SECTORS),
        format_func=sector_word,
        required=True,
        key=key,
        on_change=write,
        label_visibility="collapsed",
    )


def choose(
    name: str,
    label: str,
    options: Sequence[str],
    words: Callable[[str], str] | Mapping[str, str],
    everything: str | None = None,
) -> str:
    """A choice kept in the address under `name`: one of `options`, or "" for `everything` where that is offered.

    What the address says that is not offered counts as the first choice.
    """
    offered = [*([EVERYTHING] if everything is not None else []), *options]
    current = get(name) if get(name) in offered else offered[0]
    key = f"state-{name}"
    st.session_state[key] = current

    def write() -> None:
        chosen = st.session_state[key]
        put(**{name: None if chosen == offered[0] else chosen}, **dict.fromkeys(PLACE))

    def show(option: str) -> str:
        if option == EVERYTHING and everything is not None:
            said = everything
        else:
            said = words(option) if callable(words) else words.get(option, option)
        return _("{label}: {choice}").format(label=label, choice=said)

    st.selectbox(label, offered, format_func=show, key=key, on_change=write, label_visibility="collapsed")
    return current


def switch(name: str, label: str, options: Sequence[str], words: Callable[[str], str]) -> str:
    """A switch kept in the address under `name`: one of `options`; what is not offered counts as the first."""
    current = get(name) if get(name) in options else options[0]
    key = f"state-{name}"
    st.session_state[key] = current

    def write() -> None:
        chosen = st.session_state[key]
        put(**{name: None if chosen == options[0] else chosen})

    st.segmented_control(
        label, options, format_func=words, required=True, key=key, on_change=write, label_visibility="collapsed"
    )
    return current


def search(label: str, placeholder: str) -> str:
    """A search kept in the address as `q`, in lower case."""
    key = "state-q"
    st.session_state[key] = get("q")[:_LONGEST]
    st.text_input(
        label,
        key=key,
        placeholder=placeholder,
        max_chars=_LONGEST,
        icon=":material/search:",
        label_visibility="collapsed",
        on_change=lambda: put(q=st.session_state[key].strip()),
    )
    return get("q")[:_LONGEST].lower()


def go(code: str, *, keep: bool = False) -> None:
    """Ask for another unit; what narrowed the list down stays only where `keep` says so."""
    put(unit=code, **dict.fromkeys(PLACE if keep else (*NARROWING, *PLACE)))


def clicked(key: str, values: Sequence[str], then: Callable[[str], None]) -> Callable[[], None]:
    """What a click into a table's column of buttons does: `then` with the value of that row."""

    def write() -> None:
        click = st.session_state[key]
        if click is not None and click.row < len(values):
            then(values[click.row])

    return write


def clicked_row(key: str, codes: Sequence[str], *, keep: bool = False) -> Callable[[], None]:
    """What a click on a name in a table does: the address asks for the unit of that row."""
    return clicked(key, codes, lambda code: go(code, keep=keep))
