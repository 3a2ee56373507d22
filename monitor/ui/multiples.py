"""Small multiples: the offices below a unit side by side, each on its way to the deadline, all on the same scale."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from monitor.i18n import _
from monitor.ui import charts, figures, runtime, theme, words
from monitor.ui.header import Asked
from monitor.ui.picture import Picture
from monitor.ui.theme import STATUSES

MOST: Final = 24
"""Offices of one picture: no city has more counties."""
_HEIGHT: Final = 92  # of the plot
_WHOLE: Final = 150  # on the page, where title and axis count
_ON_PAPER: Final = 196  # pixels of one picture's width where it does not follow its place
_COLUMNS: Final = 4
_CELL: Final = 205  # pixels that one picture needs at least


def show(asked: Asked, members: pd.DataFrame) -> None:
    """The way of each office day by day, the furthest behind first; nothing for schools, of which there are too many."""
    days, schedule = asked.reader.days_below(asked.unit, asked.sector), asked.reader.schedule()
    kind, ordered = _furthest_behind(members[members.index.isin(days["unit"])])
    if not 2 <= len(ordered) <= MOST:
        return
    with st.container(key="unprinted-multiples"):
        _drawn(asked, kind, ordered, days, schedule)


def _drawn(asked: Asked, kind: str, ordered: pd.DataFrame, days: pd.DataFrame, schedule: pd.DataFrame) -> None:
    title = _("{kinds}: trends compared").format(kinds=words.title(kind))
    st.subheader(title, anchor=False)
    deadline = runtime.campaign().deadline
    note = _("All on one scale; dashed: the schedule; right edge: the deadline {day}. Furthest behind first.").format(day=words.day(deadline))  # fmt: skip
    st.caption(note)
    whole = figures.kept(asked, f"multiples-{kind}", lambda: together(ordered, days, schedule, deadline))
    with st.grid("auto", min_column_width=_CELL, gap="small"):
        for place, (spec, name) in enumerate(zip(apart(whole), ordered["name"], strict=True)):
            figures.put(spec, alt=str(name), key=f"multiple-{place}")
    table = as_table(ordered, days)
    figures.fold(
        asked.who, table, {str(name): str(name) for name in table}, alt=in_words(ordered), file=asked.file(title), key="multiples",
        shown=lambda: Picture(whole, title, f"{asked.note}\n{note}"),
    )  # fmt: skip


def _furthest_behind(members: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """The offices among the members that have something to do, by how much of it they are behind, and their kind."""
    if members.empty:
        return "", members
    found = members[members["kind"].isin(("city", "county")) & (members["denominator"] > 0)]
    behind = (found["ahead"].astype(float) / found["denominator"]).rename("_behind")
    ordered = found.join(behind).sort_values(["_behind", "code"]).drop(columns="_behind")
    return (str(ordered["kind"].iloc[0]), ordered) if len(ordered) else ("", ordered)


def together(members: pd.DataFrame, days: pd.DataFrame, schedule: pd.DataFrame, deadline: date) -> Any:
    """All of them as one alt.ConcatChart. days: unit, day, completion (ratio); members by unit, in their order."""
    days = days[days["unit"].isin(members.index)]
    span = (min(schedule["day"].min(), days["day"].min()), max(pd.Timestamp(deadline), days["day"].max()))
    top = max(1.0, float(days["completion"].max())) * 1.12
    drawn = [
        _one(row, days[days["unit"] == unit], schedule, span, top).properties(width=_ON_PAPER)
        for unit, row in members.iterrows()
    ]
    return theme.finish(alt.concat(*drawn, columns=_COLUMNS, spacing=22))


def _one(
    row: pd.Series, days: pd.DataFrame, schedule: pd.DataFrame, span: tuple[pd.Timestamp, pd.Timestamp], top: float
) -> alt.LayerChart:
    status = STATUSES[str(row["status"])]
    x = alt.X(
        "day:T", title=None, scale=alt.Scale(domain=[charts.iso(day) for day in span]),
        axis=alt.Axis(format=_("%m-%d"), values=[charts.iso(day) for day in span], grid=False, labelFlush=True, ticks=False),
    )  # fmt: skip
    y = alt.Y(
        "completion:Q", title=None, scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(format=".0%", values=[0, 0.5, 1], domain=False, ticks=False),
    )  # fmt: skip
    tips = [
        alt.Tooltip("day:T", title=_("Day"), format="%Y-%m-%d"),
        alt.Tooltip("completion:Q", title=_("Completion"), format=".1%"),
    ]
    due = alt.Chart(schedule.rename(columns={"share": "completion"})[["day", "completion"]])
    way = alt.Chart(days[["day", "completion"]])
    end = alt.Chart(days[["day", "completion"]].tail(1).assign(said=words.percent(row["completion"])))
    rule = alt.Chart(pd.DataFrame({"day": [span[1]]}))
    title = alt.TitleParams(
        f"{row['name']}  {status.label}", anchor="start", fontSize=13, color=status.color, offset=4, limit=_CELL
    )
    return alt.layer(  # type: ignore[return-value]
        rule.mark_rule(color=theme.DEADLINE).encode(x=x),
        due.mark_line(color=theme.QUIET, strokeDash=[3, 3], strokeWidth=1.2).encode(x=x, y=y),
        way.mark_line(color=status.color, strokeWidth=2.5).encode(x=x, y=y, tooltip=tips),
        end.mark_point(color=status.color, filled=True, size=40).encode(x=x, y=y),
        end.mark_text(color=status.color, align="left", baseline="top", dx=3, dy=4, fontWeight="bold").encode(x=x, y=y, text="said:N"),
    ).properties(title=title, height=_HEIGHT)  # fmt: skip


def apart(whole: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The charts of a concatenation one by one, each as wide as its place."""
    found = []
    for one in whole["concat"]:
        named = {layer["data"]["name"] for layer in one["layer"]}
        data = {name: rows for name, rows in whole["datasets"].items() if name in named}
        alone = {name: value for name, value in one.items() if name != "width"}
        found.append(
            {"$schema": whole["$schema"], "config": whole["config"], "datasets": data, **alone, "height": _WHOLE}
        )
    return found


def as_table(members: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """The same day by day: a column a unit, the completion in percent, under the names of the screen."""
    wide = days[days["unit"].isin(members.index)].pivot(index="day", columns="unit", values="completion")
    percent = (wide.reindex(columns=members.index) * 100).round(2)
    percent.columns = pd.Index([_("{name} (%)").format(name=name) for name in members["name"]])
    return percent.rename_axis(_("Day")).reset_index()


def in_words(members: pd.DataFrame) -> str:
    """The picture in words: who is how far from the schedule."""
    said = [
        _("{name} {rate} ({ahead})").format(
            name=row["name"], rate=words.percent(row["completion"]), ahead=words.signed(row["ahead"])
        )
        for row in members.to_dict("records")
    ]
    return _("Completion, and in brackets approvals ahead of the schedule: {units}").format(units=_(", ").join(said))
