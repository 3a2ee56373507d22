"""The picture of who has filed what: units against what has to be filed, each place coloured, signed and named by its state."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

import altair as alt
import pandas as pd

from monitor.filings.calendar import Period
from monitor.filings.state import STATES
from monitor.i18n import _
from monitor.ui import filing_states, theme

MOST: Final = 40
"""Rows of one picture: beyond that it is no picture any more."""

_ROW: Final = 24
_CELL: Final = 96  # pixels that a place needs for its word and day


def filing_table(
    found: pd.DataFrame, periods: Sequence[Period], standing: Mapping[str, pd.DataFrame], zone: ZoneInfo
) -> pd.DataFrame:
    """What the picture shows: unit (id), name, period (its short name), key (of filings.state.STATES), state (with its
    sign), day (month and day on which it was filed, "" before), said. One row a unit of `found` and period, in their order."""
    known = {key: frame.to_dict("index") for key, frame in standing.items()}
    rows = [
        (unit, name, period.short, *_place(known[period.key].get(unit), zone))
        for unit, name in found["name"].items()
        for period in periods
    ]
    frame = pd.DataFrame(rows, columns=["unit", "name", "period", "key", "state", "day"])
    return frame.assign(said=(frame["state"] + " " + frame["day"]).str.strip())


def _place(row: Mapping[Hashable, Any] | None, zone: ZoneInfo) -> tuple[str, str, str]:
    """Where a unit stands with a period: the state's key, its label, the day."""
    if row is None:
        return "not_required", filing_states.choice("not_required"), ""
    key, moment = str(row["state"]), pd.to_datetime(row["submitted_at"], utc=True)
    day = "" if pd.isna(moment) else f"{moment.tz_convert(zone):%m-%d}"
    return key, filing_states.label(row) if key == "late" else filing_states.choice(key), day


def filing_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Rows are units, columns what has to be filed; `table`: of filing_table, no more than MOST units."""
    # Two units may have one name: the number in front keeps their rows apart.
    lanes = {unit: f"{number:03}|{name}" for number, (unit, name) in enumerate(_units(table).items())}
    brief = [filing_states.SIGNS[key] for key in table["key"]]
    shown = table.assign(lane=table["unit"].map(lanes), sign=brief)
    y = alt.Y(
        "lane:N", sort=list(lanes.values()), title=None, scale=alt.Scale(paddingInner=0.14),
        axis=alt.Axis(domain=False, ticks=False, labelPadding=6, labelOverlap=False, labelFlush=False, labelExpr="split(datum.label, '|')[1]"),
    )  # fmt: skip
    periods = list(dict.fromkeys(table["period"]))
    count = len(periods)
    x = alt.X(
        "period:N", sort=periods, title=None, scale=alt.Scale(paddingInner=0.03),
        axis=alt.Axis(orient="top", domain=False, ticks=False, labelFontWeight="bold", labelOverlap=False,
                      labelExpr=f"width < {_CELL * count} ? slice(datum.label, -3) : datum.label"),
    )  # fmt: skip
    colour = alt.Color(
        "key:N", legend=None, scale=alt.Scale(domain=list(STATES), range=[filing_states.COLORS[key] for key in STATES])
    )
    tips = [
        alt.Tooltip("name:N", title=_("Unit")), alt.Tooltip("period:N", title=_("Period")),
        alt.Tooltip("state:N", title=_("State")), alt.Tooltip("day:N", title=_("Filed at")),
    ]  # fmt: skip
    base = alt.Chart(shown).encode(x=x, y=y)
    return theme.finish(  # type: ignore[no-any-return]
        alt.layer(
            base.mark_rect(cornerRadius=2).encode(color=colour, tooltip=tips),
            base.mark_text(color="#ffffff").encode(
                text=theme.where_narrow(_CELL * count, "sign", "said"), tooltip=tips
            ),
        ),
        height=_ROW * max(len(lanes), 1) + 26,
    )


def most_telling(table: pd.DataFrame) -> pd.DataFrame:
    """As much of a filing_table as a picture holds: where there are more units, those with most missing, then late, first."""
    units = _units(table).index
    if len(units) <= MOST:
        return table
    counted = pd.crosstab(table["unit"], table["key"]).reindex(index=units, columns=["missing", "late"], fill_value=0)
    kept = counted.sort_values(["missing", "late"], ascending=False, kind="stable").index[:MOST]
    place = {unit: number for number, unit in enumerate(kept)}
    shown = table[table["unit"].isin(kept)]
    return shown.sort_values("unit", key=lambda units: units.map(place), kind="stable").reset_index(drop=True)


def _units(table: pd.DataFrame) -> pd.Series:
    return table.drop_duplicates("unit").set_index("unit")["name"]


def filing_words(table: pd.DataFrame) -> str:
    """The picture in words: for each period how many units have which state."""
    parts = []
    for period, found in table.groupby("period", sort=False):
        counted = found["key"].value_counts()
        said = _(", ").join(f"{filing_states.choice(key)} {counted[key]}" for key in STATES if counted.get(key))
        parts.append(_("{period}: {counts}").format(period=period, counts=said))
    return _("; ").join(parts)


def as_table(table: pd.DataFrame) -> pd.DataFrame:
    """The same as a table: a row a unit, a column a period."""
    wide = table.pivot(index="unit", columns="period", values="said")
    wide = wide.reindex(index=_units(table).index, columns=list(dict.fromkeys(table["period"])))
    wide.insert(0, _("Unit"), _units(table))
    return wide.reset_index(drop=True).rename_axis(columns=None)
