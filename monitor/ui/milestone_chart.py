"""The picture of the milestones: each unit's stages against their dates, as bars on a calendar."""

import re
from datetime import date
from typing import Any, Final

import altair as alt
import pandas as pd

from monitor.filings.milestones import state_of
from monitor.filings.state import STATES, word
from monitor.i18n import _
from monitor.ui import charts, filing_states, theme, words

MOST: Final = 60
"""Bars of one picture: beyond that it is no picture any more."""

_LANE: Final = 19
_DAYS: Final = 56
"""Room for the days below the lanes: a picture of one or two lanes has none to spare."""


def gantt_table(table: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """What the picture shows: name, stage, start, end, due (datetime64), state (label with its sign), key, said.

    A bar runs from the stage's start to the day on which it was done; of what is not done to `as_of`. Stages that begin
    only later have no bar, but their due day.
    """
    rows = []
    for row in table.to_dict("records"):
        done = row["done_on"]
        end = (
            done
            if done is not None
            else max(min(as_of, row["due"]) if row["state"] == "not_due" else as_of, row["start"])
        )
        share = f" {words.percent(row['share'])}" if row["share"] is not None else ""
        day = f" {done:%m-%d}" if done is not None else ""
        said = f"{filing_states.SIGNS[row['state']]} {state_of(row).words}{day}{share}"
        rows.append((row["name"], plain(row["title"]), row["start"], end, row["due"], row["state"], said))
    frame = pd.DataFrame(rows, columns=["name", "stage", "start", "end", "due", "key", "said"])
    frame["state"] = [filing_states.choice(key) for key in frame["key"]]
    for name in ("start", "end", "due"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def plain(title: str) -> str:
    """A stage's title without what stands in brackets."""
    return re.sub(r"[（(][^）)]*[）)]", "", title).strip() or title


def gantt(frame: pd.DataFrame, as_of: date) -> alt.LayerChart:
    """One bar a unit and stage, coloured and named by its state, with a tick on the due day and a line on `as_of`."""
    shown = frame.head(MOST).copy()
    first = shown["name"] != shown["name"].shift()
    # The unit stands beside its first stage; the number in front keeps lanes of the same name apart.
    shown["lane"] = [
        f"{number:03}|{name + '　' if head else ''}{stage}"
        for number, (name, stage, head) in enumerate(zip(shown["name"], shown["stage"], first, strict=True))
    ]
    y = alt.Y(
        "lane:N", sort=shown["lane"].tolist(), title=None,
        axis=alt.Axis(domain=False, ticks=False, labelPadding=6, labelOverlap=False, labelFlush=False, labelExpr="split(datum.label, '|')[1]"),
    )  # fmt: skip
    low, high = shown["start"].min(), max(shown["due"].max(), shown["end"].max(), pd.Timestamp(as_of))
    scale = alt.Scale(domain=[charts.iso(low), charts.iso(high + (high - low) * 0.22)])
    axis = alt.Axis(format=_("%m-%d"), tickCount=6, grid=True, labelOverlap=True)
    x = alt.X("start:T", title=None, scale=scale, axis=axis)
    colours = alt.Scale(
        domain=[filing_states.choice(key) for key in STATES], range=[filing_states.COLORS[key] for key in STATES]
    )
    tips = [
        alt.Tooltip("name:N", title=_("Unit")), alt.Tooltip("stage:N", title=_("Stage")),
        alt.Tooltip("said:N", title=_("State")), alt.Tooltip("due:T", title=_("Due by the end of"), format="%Y-%m-%d"),
    ]  # fmt: skip
    base = alt.Chart(shown).encode(y=y)
    bars = base.mark_bar(height=9, cornerRadius=2).encode(
        x=x, x2="end:T", color=alt.Color("state:N", scale=colours, legend=None), tooltip=tips
    )
    due = base.mark_tick(thickness=2.5, height=16, color=theme.QUIET, opacity=1).encode(
        x=alt.X("due:T", scale=scale, axis=axis), tooltip=tips
    )
    said = base.transform_calculate(at="max(datum.end, datum.due)").mark_text(
        align="left", dx=7, style=theme.SAID
    ).encode(x=alt.X("at:T", scale=scale, axis=axis), text="said:N")  # fmt: skip
    today = pd.DataFrame({"day": [pd.Timestamp(as_of)]})
    line = alt.Chart(today).mark_rule(color=theme.ACCENT, strokeDash=[4, 3]).encode(x=alt.X("day:T", scale=scale))
    return theme.finish(alt.layer(line, bars, due, said), height=_LANE * len(shown) + _DAYS)  # type: ignore[no-any-return]


def gantt_words(frame: pd.DataFrame) -> str:
    """The picture in words: for each stage how many units have which state."""
    if frame.empty:
        return _("No unit has anything to do.")
    parts = []
    for stage, found in frame.groupby("stage", sort=False):
        counted = found["key"].value_counts()
        said = _(", ").join(
            _("{count} {state}").format(count=counted[key], state=word(key)) for key in STATES if counted.get(key)
        )
        parts.append(
            _("{stage}, due {day}: {counts}").format(stage=stage, day=words.day(found["due"].iloc[0]), counts=said)
        )
    return _("; ").join(parts)


def as_table(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The picture's figures as a table, with its headers."""
    heads = {
        "name": _("Unit"),
        "stage": _("Stage"),
        "start": _("Begins"),
        "due": _("Due by the end of"),
        "said": _("State"),
    }
    shown = frame.assign(start=frame["start"].dt.strftime("%Y-%m-%d"), due=frame["due"].dt.strftime("%Y-%m-%d"))
    return shown, heads
