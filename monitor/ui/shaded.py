"""The shaded map of a province, from the boundaries that its office has had approved (monitor.boundaries)."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import altair as alt
import pandas as pd

from monitor import boundaries
from monitor.boundaries import Shape
from monitor.i18n import _
from monitor.ui import state, theme, words
from monitor.ui.theme import ACCENT, STATUSES

_HEIGHT: Final = 560
_HALF: Final = 0.55  # of the accent: from there on white is easier to read on it than black


def shaded(units: pd.DataFrame, shapes: Mapping[str, Shape], by: str) -> alt.LayerChart:
    """Each county in its own outline, coloured by its status or a rate, with its sign; the names of the cities above them.

    units: code, name, kind, over (the name of its city), status, completion, why and the rate `by`, of whom `shapes` has
    an outline.
    """
    plane = boundaries.drawn({str(code): shapes[str(code)] for code in units["code"]})
    features, signs = [], []
    for row in units.to_dict("records"):
        polygons = plane[str(row["code"])]
        if not polygons:
            continue
        shown = _shown(row, by)
        features.append(
            {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": polygons}, "properties": shown}
        )
        x, y = boundaries.middle(polygons)
        signs.append({"x": x, "y": y, "city": row["over"], **shown})
    fields = ("name", "status", "rate", "href", "fill")
    counties = alt.Chart(alt.InlineData(values=features, format=alt.JsonDataFormat(type="json"))).transform_calculate(
        **{name: f"datum.properties.{name}" for name in fields}
    )
    tips = [
        alt.Tooltip("name:N", title=_("Unit")),
        alt.Tooltip("status:N", title=_("Status")),
        alt.Tooltip("rate:N", title=_("Completion")),
    ]
    drawn = alt.layer(
        counties.mark_geoshape(stroke="#ffffff", strokeWidth=0.8, cursor="pointer").encode(
            color=alt.Color("fill:N", scale=None), href="href:N", tooltip=tips
        ),
        _texts(pd.DataFrame(signs), 11, "sign").encode(color=alt.Color("ink:N", scale=None)),
        _texts(_cities(pd.DataFrame(signs)), 14, "name", stroke=True),
        _texts(_cities(pd.DataFrame(signs)), 14, "name"),
    ).project("identity", reflectY=True)  # fmt: skip
    return theme.finish(drawn, height=_HEIGHT)  # type: ignore[no-any-return]


def _shown(row: Mapping[Any, Any], by: str) -> dict[str, Any]:
    status, value = STATUSES[str(row["status"])], row[by or "completion"]
    share = theme.filled(value)
    known = pd.notna(row["completion"])
    return {
        "name": str(row["name"]),
        "status": status.label,
        "sign": status.sign,
        "rate": words.percent(row["completion"]),
        "href": "./cities?" + urlencode(state.link(str(row["code"]))),
        "fill": (_mixed(share) if by else status.color) if known else theme.QUIET,
        "ink": "#1d2733" if by and share < _HALF else "#ffffff",
    }


def _mixed(share: float) -> str:
    """So much of the accent on white: the same on a light and on a dark page."""
    parts = (int(ACCENT[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (part - 255) * (0.1 + 0.9 * share)):02x}" for part in parts)


def _cities(signs: pd.DataFrame) -> pd.DataFrame:
    """Where the names of the cities stand: in the middle of their counties."""
    return signs.groupby("city", sort=False)[["x", "y"]].mean().rename_axis("name").reset_index()


def _texts(table: pd.DataFrame, size: int, field: str, *, stroke: bool = False) -> alt.Chart:
    dy = 0 if field == "sign" else -9
    mark: dict[str, Any] = {"fontSize": size, "dy": dy, "tooltip": None}
    if field == "name":
        mark |= {"fontWeight": "bold", "color": "#ffffff" if stroke else "#1d2733"}
    if stroke:
        mark |= {"stroke": "#ffffff", "strokeWidth": 3}
    drawn: alt.Chart = alt.Chart(table).mark_text(**mark)
    return drawn.encode(longitude="x:Q", latitude="y:Q", text=f"{field}:N")
