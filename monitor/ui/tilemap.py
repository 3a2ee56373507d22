"""The province as tiles, one a county, arranged as on the map and grouped by city: its status or a rate at a glance.

The arrangement is data (config.toml, [data] layout). Tiles are links: a click, or Enter, opens the unit.
"""

from collections.abc import Mapping
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from monitor.divisions import Place, read_layout
from monitor.i18n import _
from monitor.ui import figures, runtime, state, theme, words
from monitor.ui.header import Asked
from monitor.ui.picture import Picture
from monitor.ui.theme import ACCENT, STATUSES
from monitor.ui.tile_chart import borders, tile_chart

RATES: Final = ("completion", "collection", "review")
_LONG: Final = 4  # characters of a name that a tile has room for; a longer one is shortened, the tile says it in full
_SHORT: Final = 2  # characters that are left of a name, at least
STYLE: Final = """<style>
.tiles { overflow-x: auto; }
.tiles nav { display: grid; gap: 0; min-width: 31rem; }
.tiles a { display: flex; flex-direction: column; justify-content: center; text-align: center; text-decoration: none;
  min-height: 2.45rem; padding: .1rem 0; margin: 1px; font-size: .75rem; line-height: 1.15; color: #fff; overflow-wrap: anywhere; }
.tiles a.rate { color: inherit; }
.tiles a.city { font-weight: 700; box-shadow: inset 0 0 0 2px #fff9; }
.tiles a.rate.city { box-shadow: inset 0 0 0 2px color-mix(in srgb, currentColor 55%, transparent); }
.tiles a.none { color: inherit; border: 1px dashed color-mix(in srgb, currentColor 45%, transparent); }
.tiles a:hover, .tiles a:focus-visible { outline: 3px solid currentColor; outline-offset: -3px; }
.tiles small { font-variant-numeric: tabular-nums; font-size: .6875rem; font-weight: 400; white-space: nowrap; letter-spacing: -.03em; }
.tiles small i { font-style: normal; }
.tiles .short { display: none; }
@media (min-width: 1700px) { .tiles a { font-size: .875rem; min-height: 2.9rem; } .tiles small { font-size: .75rem; } }
@media (max-width: 640px) {
  .tiles nav { min-width: 0; } .tiles .long, .tiles small i { display: none; } .tiles .short { display: inline; }
  .tiles a { font-size: .6875rem; letter-spacing: -.02em; padding: 0; min-height: 2.1rem; }
}
.tiles .edge-n { border-top: 2px solid } .tiles .edge-s { border-bottom: 2px solid }
.tiles .edge-w { border-left: 2px solid } .tiles .edge-e { border-right: 2px solid }
.tiles div.cell { border-color: color-mix(in srgb, currentColor 55%, transparent); display: grid; min-width: 0; grid-template-columns: minmax(0, 1fr); }
</style>"""


def show(asked: Asked) -> None:
    """The tiles of the unit's counties, with the choice of what colours them; nothing where the data hold no
    places, and where there is but one."""
    layout = places()
    units = placed(asked, layout)
    if len(units) < 2:
        return
    by = chosen()
    said, told = alternative(asked, units), legend(units, by)
    st.html(STYLE + f'<div class="tiles">{tiles(units, layout, by, asked)}</div>')
    st.caption(told)
    table, headers = as_table(units)
    figures.fold(
        asked.who, table, headers, alt=said, file=asked.file(_("tile map")), key="tiles",
        shown=lambda: Picture(
            figures.kept(asked, f"tiles-{by}", lambda: tile_chart(units, layout, by)), _("Counties on the map"), f"{asked.note}\n{told}"
        ),
    )  # fmt: skip


def as_table(units: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """The units of a map as a table, with its headers."""
    shown = units.assign(
        status=[STATUSES[key].label for key in units["status"]],
        **{name: (units[name].astype(float) * 100).round(2) for name in RATES},
    )
    headers = {
        "name": _("Unit"), "over": _("Superior unit"), "status": _("Status"), "completion": _("Completion (%)"),
        "collection": _("Collection (%)"), "review": _("Review (%)"),
    }  # fmt: skip
    return shown, headers


def chosen() -> str:
    """What colours the map: one of RATES, or "" for the status; with the heading and the choice."""
    names = {
        "": _("Status"),
        "completion": _("Completion"),
        "collection": _("Collection rate"),
        "review": _("Review rate"),
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Counties on the map"), anchor=False, width="stretch")
        with st.container(width=190):
            return state.choose("by", _("Colour"), list(RATES), names, names[""])


def places() -> Mapping[str, Place]:
    """Where the tile of each county and city lies, by code."""
    return read_layout(runtime.campaign())


def counties(asked: Asked) -> pd.DataFrame:
    """The unit's counties and, of the province, its cities; `over` names the city that each belongs to."""
    found = asked.reader.ranked_widely(asked.unit, "county", asked.sector)
    if found.empty or asked.unit.kind != "province":
        return found
    cities = asked.reader.members(asked.unit, asked.sector)
    cities = cities[cities["kind"] == "city"].assign(over=lambda frame: frame["name"])
    return pd.concat([cities, found])


def placed(asked: Asked, layout: Mapping[str, Place]) -> pd.DataFrame:
    """Those of `counties` that have a place."""
    found = counties(asked)
    return found if found.empty else found[[str(code) in layout for code in found["code"]]]


def tiles(units: pd.DataFrame, layout: Mapping[str, Place], by: str, asked: Asked) -> str:
    """The tiles as HTML: a navigation of links, each with its place in a grid."""
    rows = units.to_dict("records")
    at = [layout[str(row["code"])] for row in rows]
    top, left = min(place.row for place in at), min(place.column for place in at)
    width = max(place.column for place in at) - left + 1
    codes = [str(row["code"]) for row in rows]
    edges = borders(
        dict(zip(codes, at, strict=True)), {code: row["over"] for code, row in zip(codes, rows, strict=True)}
    )
    cells = []
    for place, row in zip(at, rows, strict=True):
        sides = " ".join(f"edge-{side}" for side in edges[str(row["code"])])
        position = f"grid-row:{place.row - top + 1};grid-column:{place.column - left + 1}"
        cells.append(f'<div class="cell {sides}" style="{position}">{_tile(row, by)}</div>')
    label = escape(alternative(asked, units), quote=True)
    return (
        f'<nav aria-label="{label}" style="grid-template-columns:repeat({width},minmax(0,1fr))">{"".join(cells)}</nav>'
    )


def _tile(row: Mapping[Any, Any], by: str) -> str:
    status, name = STATUSES[str(row["status"])], str(row["name"])
    value = row[by or "completion"]
    rate = words.percent(value)
    classes, colour = [], f"background:{status.color}"
    if by:
        classes.append("rate")
        colour = f"background:color-mix(in srgb, {ACCENT} {theme.filled(value) * 70:.0f}%, transparent)"
    if pd.isna(row["completion"]):
        classes, colour = [*classes, "none"], ""
    if row["kind"] == "city":
        classes.append("city")
    told = escape(_("{name}: {status}, completion {rate}. {why}").format(
        name=row["name"], status=status.word, rate=words.percent(row["completion"]), why=row["why"]), quote=True)  # fmt: skip
    address = escape(urlencode(state.link(str(row["code"]))), quote=True)
    return (
        f'<a class="{" ".join(classes)}" href="./cities?{address}" target="_self" style="{colour}" title="{told}"'
        f' aria-label="{told}"><span class="long">{escape(name if len(name) <= _LONG else short(name))}</span><span class="short">{escape(short(name))}</span>'
        f"<small>{status.sign}<i>{rate}</i></small></a>"
    )


def short(name: str) -> str:
    """A county's name without the word for its kind, where that leaves two characters: a tile says what it is."""
    if name.endswith(("自治县", "自治州")):
        return name[:2]
    return name[:-1] if len(name) > _SHORT and name[-1] in "市县区旗" else name


def legend(units: pd.DataFrame, by: str) -> str:
    """What the colours mean, in words: how many counties have which status; or that deeper is more; and what is bold,
    where cities are among the units."""
    said = _("The deeper the colour, the higher the rate. Signs are those of the status.") if by else _counted(units)
    return said + (_(" Bold: the city as a whole.") if (units["kind"] == "city").any() else "")


def _counted(units: pd.DataFrame) -> str:
    counted = _(", ").join(
        _("{label} {count}").format(label=STATUSES[key].label, count=count)
        for key, count in words.counts(units[units["kind"] == "county"])
    )
    return _("Counties: {counted}.").format(counted=counted)


def alternative(asked: Asked, units: pd.DataFrame) -> str:
    """The picture in words."""
    counties = units[units["kind"] == "county"]
    lowest = counties.dropna(subset=["completion"]).sort_values("completion").head(3)
    names = _(", ").join(
        _("{name} {rate}").format(name=name, rate=words.percent(rate))
        for name, rate in zip(lowest["name"], lowest["completion"], strict=True)
    )
    return _("{count} counties of {unit} arranged as on the map; lowest: {names}").format(
        count=len(counties), unit=asked.unit.name, names=names
    )
