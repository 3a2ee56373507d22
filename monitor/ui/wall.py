"""The wall display (大屏): one screen without a menu, dark, with figures that can be read across a room; it looks for
newer data by itself. What stands on it is what 总览 says: nothing is computed here.
"""

from html import escape
from typing import Any, Final
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from monitor.access.who import Who
from monitor.i18n import _
from monitor.measures.status import lags
from monitor.ui import guard, header, navigation, runtime, state, tables, tilemap, wall_style, words
from monitor.ui.data import Reader
from monitor.ui.header import Asked
from monitor.ui.theme import STATUSES, filled

EVERY: Final = 15.0
"""Seconds after which the display looks for newer data."""

_NAMED: Final = 8  # units that are listed beside the map
_LISTED: Final = 24  # units in the middle where there is no map of them
_LONG: Final = 7  # characters of a name that has to be written smaller


def show(who: Who) -> None:
    """The display; what an address asks for amiss, and a store without figures, is told as on every page."""
    st.html(wall_style.SHELL)
    st.title(navigation.PAGES["wall"].title, anchor=False)  # the display lies upon it; a refusal stands below it
    if who.scope.sees_nothing:
        header.no_unit()
    waiting = st.empty()
    waiting.markdown(_("Reading the figures …"))
    try:
        _shown(who)
    finally:
        waiting.empty()


@guard.fragment(run_every=EVERY, watching=True)
def _shown(who: Who) -> None:
    day = state.day(who)
    if day is None:
        header.no_data(who)
    reader = Reader(who, day)
    unit = state.unit(who, reader)
    if unit is None:
        header.no_unit()
    usual = "universities" if unit.kind == "university" else "schools"
    st.html(tilemap.STYLE + wall_style.STYLE + drawn(Asked(who, reader, unit, state.sector(who, default=usual))))


def drawn(asked: Asked) -> str:
    """The display as HTML."""
    row = asked.reader.standing(asked.unit, asked.sector)
    kind, members = tables.main_kind(asked.reader.members(asked.unit, asked.sector))
    parts = [
        _head(asked),
        f'<section class="left">{_completion(row)}{_countdown(asked, row)}{_forecast(row)}</section>',
        f'<section class="middle">{_middle(asked, members)}</section>',
        f'<section class="right">{_behind(asked, members, kind)}</section>',
        f'<section class="foot">{_moved(asked, row)}</section>',
    ]
    return f'<div class="wall">{"".join(parts)}</div>'


# ---- its parts ---------------------------------------------------------------------------------------------------


def _head(asked: Asked) -> str:
    campaign = runtime.campaign()
    now = campaign.now()
    looked = _("As of {day}  |  {scope}  |  refreshed {time}").format(
        day=asked.reader.as_of.isoformat(), scope=asked.scope, time=f"{now:%H:%M}"
    )
    back = urlencode(state.link(asked.unit, sector=asked.sector if state.get("sector") else None))
    return (
        f"<header><strong>{escape(campaign.campaign.called)}</strong><p>{escape(looked)}</p>"
        f'<a href="./overview?{escape(back, quote=True)}" target="_self">{escape(_("Overview"))} ›</a></header>'
    )


def chip(status: str, said: str = "") -> str:
    """A status on its colour: sign, word and what is said of it."""
    shown = STATUSES[status]
    return f'<b class="chip" style="background:{shown.color}">{escape(f"{shown.label} {said}".strip())}</b>'


def _completion(row: pd.Series) -> str:
    whole = float(row["denominator"])
    due = float(row["should_be"]) / whole if whole else None
    share = filled(row["completion"])
    mark = f'<i style="left:{min(due, 1.0):.1%}"></i>' if due is not None else ""
    said = _("due today {rate}").format(rate=words.percent(due))
    return (
        f'<article><h2>{escape(_("Completion"))} {chip(str(row["status"]))}</h2><p class="huge">{words.percent(row["completion"])}</p>'
        f'<div class="bar"><span style="width:{share:.1%};background:{STATUSES[str(row["status"])].color}"></span>{mark}</div>'
        f"<p>{escape(said)}</p></article>"
    )


def _countdown(asked: Asked, row: pd.Series) -> str:
    deadline, left = runtime.campaign().deadline, int(row["working_days_left"])
    days = (deadline - asked.reader.as_of).days
    said = _("Deadline {day}").format(day=words.day(deadline))
    if days > 0:
        said = _("{deadline}, in {days} days").format(deadline=said, days=days)
    return (
        f'<article><h2>{escape(_("Working days left"))}</h2><p class="huge">{left}</p><p>{escape(said)}</p></article>'
    )


def _forecast(row: pd.Series) -> str:
    if pd.isna(row["p50"]):
        return f"<article><h2>{escape(_('Likely finish'))}</h2><p>{escape(str(row['why']))}</p></article>"
    said = _("{likely} likely to finish in time").format(likely=words.percent(row["probability"]))
    return (
        f'<article><h2>{escape(_("Likely finish"))}</h2><p class="large">{escape(words.day(row["p50"]))}</p>'
        f"<p>{escape(said)}</p></article>"
    )


def _middle(asked: Asked, members: pd.DataFrame) -> str:
    """The tile map; where there is none, the lowest units as bars."""
    layout = tilemap.places()
    units = tilemap.placed(asked, layout) if asked.sector == "schools" else pd.DataFrame()
    if len(units) > 1:
        places = [layout[str(code)] for code in units["code"]]
        rows, columns = (max(one) - min(one) + 1 for one in zip(*places, strict=True))
        return f'<div class="tiles" style="--rows:{rows};--columns:{columns}">{tilemap.tiles(units, layout, "", asked)}</div><p>{escape(tilemap.legend(units, ""))}</p>'
    if members.empty:
        return f"<p>{escape(_('No unit below this one.'))}</p>"
    lowest = members.sort_values(["completion", "code"], na_position="first").head(_LISTED)
    title = words.title(str(members["kind"].iloc[0]))
    if len(members) > len(lowest):
        title = _("{title}: the {count} lowest").format(title=title, count=len(lowest))
    return f'<h2>{escape(title)}</h2><ol class="columns">{_rows(lowest)}</ol>'


def _behind(asked: Asked, members: pd.DataFrame, kind: str) -> str:
    """Who lags, the worst first: status, name, completion, by how many people behind. Of a province its cities, and below
    them the counties."""
    if members.empty:
        return ""
    counted = " ".join(chip(key, str(count)) for key, count in words.counts(members))
    below = asked.reader.ranked_widely(asked.unit, "county", asked.sector) if kind == "city" else pd.DataFrame()
    told = _lagging(members, kind, _NAMED if below.empty else _NAMED // 2)
    return f'<p class="chips">{counted}</p>{told}' + ("" if below.empty else _lagging(below, "county", _NAMED // 2))


def _lagging(members: pd.DataFrame, kind: str, most: int) -> str:
    """A heading that counts those who lag, and the worst of them."""
    late = members[lags(members)].assign(_weight=lambda frame: [STATUSES[key].weight for key in frame["status"]])
    late = late.sort_values(["_weight", "completion", "code"])
    title = _("Lagging: {count} of {kinds}").format(count=len(late), kinds=words.kind(kind, len(members)))
    rows = f"<ol>{_rows(late.head(most))}</ol>" if len(late) else f"<p>{escape(_('No unit is lagging.'))}</p>"
    return f"<h2>{escape(title)}</h2>{rows}"


def _rows(units: pd.DataFrame) -> str:
    return "".join(_row(row) for row in units.to_dict("records"))


def _row(row: dict[Any, Any]) -> str:
    status = STATUSES[str(row["status"])]
    share = filled(row["completion"])
    behind, long = "", " long" if len(str(row["name"])) > _LONG else ""
    if pd.notna(row["ahead"]) and row["ahead"] < 0:
        behind = _("{count} behind").format(count=words.whole(-row["ahead"]))
    return (
        f'<li><span class="name{long}"><em style="background:{status.color}">{status.sign}</em>{escape(str(row["name"]))}</span>'
        f"<b>{words.percent(row['completion'])}</b><small>{escape(behind)}</small>"
        f'<span class="bar"><span style="width:{share:.1%};background:{status.color}"></span></span></li>'
    )


def _moved(asked: Asked, row: pd.Series) -> str:
    """What moved since the working day before."""
    day = asked.reader.rises(asked.unit, asked.sector).get("day")
    names = {"approved": _("Approved"), "submitted": _("Submitted"), "entered": _("Entered"), "expected": _("Expected")}
    needed = _("{count} per day needed").format(count=words.whole(row["required_pace"]))
    today = words.signed(day["approved"]) if day is not None else "—"
    shown = [_figure(_("Approved today"), today, needed)]
    for name, word in names.items():
        rise = "" if day is None else _("{rise} since the day before").format(rise=words.signed(day[name]))
        shown.append(_figure(word, words.whole(row[name]), rise))
    return f"<dl>{''.join(shown)}</dl>"


def _figure(name: str, value: str, line: str) -> str:
    return f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd><dd>{escape(line)}</dd></div>"


def link(asked: Asked) -> None:
    """The way from a page of figures to the display of the same unit."""
    page = navigation.PAGES["wall"]
    if page.open_to(asked.who.role):
        sector = asked.sector if state.get("sector") else None
        st.page_link(page.file, label=page.title, icon=page.icon, query_params=state.link(asked.unit, sector=sector))
