"""The tile map as a chart, for the files of it: on the page the tiles are links (ui.tilemap)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import altair as alt
import pandas as pd

from monitor.divisions import Place
from monitor.ui import theme, words
from monitor.ui.theme import ACCENT, STATUSES

_TILE: Final = 52  # pixels
_LINE: Final = 4  # characters of a name in one line
_DEEPEST: Final = 0.7
_WEIGHTS: Final[Sequence[tuple[str, Literal["normal", "bold"]]]] = (("false", "normal"), ("true", "bold"))
"""Of names, by whether the tile is a city's."""

SIDES: Final = {"n": (-1, 0), "s": (1, 0), "w": (0, -1), "e": (0, 1)}
"""The neighbours of a tile: by how much row and column differ."""


def borders(places: Mapping[str, Place], cities: Mapping[str, str]) -> dict[str, list[str]]:
    """At which sides (keys of SIDES) a tile meets one of another city, or none. Both: by code."""
    city_at = {(place.row, place.column): cities[code] for code, place in places.items()}
    return {
        code: [
            side
            for side, step in SIDES.items()
            if city_at.get((place.row + step[0], place.column + step[1])) != cities[code]
        ]
        for code, place in places.items()
    }


def tile_chart(units: pd.DataFrame, layout: Mapping[str, Place], by: str) -> alt.LayerChart:
    """One square a unit with its name, sign and rate; bold lines between cities.

    units: code, name, kind, over (its city), status, completion and the rate `by` ("": coloured by status).
    """
    table = _table(units, layout, by)
    axis, scale = None, alt.Scale(zero=False, nice=False, padding=0)
    x, y = alt.X("x:Q", axis=axis, scale=scale), alt.Y("y:Q", axis=axis, scale=alt.Scale(reverse=True, zero=False, nice=False, padding=0))  # fmt: skip
    base = alt.Chart(table)
    tiles = base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(
        x=x, x2="x2:Q", y=y, y2="y2:Q",
        color=alt.Color("color:N", scale=None), opacity=alt.Opacity("depth:Q", scale=None),
    )  # fmt: skip
    middle = {"x": alt.X("middle:Q", axis=axis, scale=scale), "color": alt.Color("ink:N", scale=None)}
    names = [
        base.transform_filter(f"datum.bold == {bold}")
        .mark_text(fontSize=10, fontWeight=weight, lineBreak="\n", baseline="middle", lineHeight=11)
        .encode(y=alt.Y("name_y:Q", axis=axis), text="said:N", **middle)
        for bold, weight in _WEIGHTS
    ]
    rates = base.mark_text(fontSize=9, baseline="middle").encode(
        y=alt.Y("rate_y:Q", axis=axis), text="rate:N", **middle
    )
    lines = alt.Chart(_lines(table)).mark_rule(color="#1d2733", strokeWidth=1.6).encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    wide, high = table["x2"].max() - table["x"].min(), table["y2"].max() - table["y"].min()
    drawn = alt.layer(tiles, *names, rates, lines).properties(width=wide * _TILE)
    return theme.finish(drawn, height=high * _TILE)  # type: ignore[no-any-return]


def _table(units: pd.DataFrame, layout: Mapping[str, Place], by: str) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    places = {str(code): layout[str(code)] for code in units["code"]}
    edges = borders(places, dict(zip(units["code"].astype(str), units["over"], strict=True)))
    for row in units.to_dict("records"):
        place, status, value = places[str(row["code"])], STATUSES[str(row["status"])], row[by or "completion"]
        known = not pd.isna(row["completion"])
        depth = 1.0 if not by else _DEEPEST * theme.filled(value)
        name = str(row["name"])
        rows.append(
            {
                "x": place.column, "x2": place.column + 1, "y": place.row, "y2": place.row + 1,
                "middle": place.column + 0.5, "name_y": place.row + 0.36, "rate_y": place.row + 0.8,
                "said": "\n".join(name[at : at + _LINE] for at in range(0, len(name), _LINE)),
                "rate": f"{status.sign}{words.percent(value)}",
                "color": (ACCENT if by else status.color) if known else theme.QUIET,
                "depth": depth if known else 0.15,
                "ink": "#ffffff" if known and not by else "#1d2733",
                "bold": row["kind"] == "city",
                "edges": edges[str(row["code"])],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _lines(table: pd.DataFrame) -> pd.DataFrame:
    """The lines between cities: x, x2, y, y2."""
    corners = {
        "n": lambda row: (row["x"], row["x2"], row["y"], row["y"]),
        "s": lambda row: (row["x"], row["x2"], row["y2"], row["y2"]),
        "w": lambda row: (row["x"], row["x"], row["y"], row["y2"]),
        "e": lambda row: (row["x2"], row["x2"], row["y"], row["y2"]),
    }
    found = [corners[side](row) for row in table.to_dict("records") for side in row["edges"]]
    return pd.DataFrame(found, columns=["x", "x2", "y", "y2"])
