"""Charts: frames in, alt.Chart or its specification out. Nothing is drawn here, and no figure is computed but the shape of a line.

What each chart shows is said in words by its `*_words` function: the text alternative.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any, Final

import altair as alt
import numpy as np
import pandas as pd

from monitor.i18n import _, language
from monitor.ui import specs, theme, words
from monitor.ui.theme import STATUSES

_ROW: Final = 26  # pixels of a bar with its gap
_NARROW: Final = 320  # pixels of a plot that has no room for the word beside the sign
_ROOMY: Final = 700  # pixels of a burn-up beside whose deadline a sentence has room
_PAST: Final = timedelta(days=21)  # how far after the deadline a forecast is drawn


# ---- units against where they should be --------------------------------------------------------------------------


def bullet_table(members: pd.DataFrame) -> pd.DataFrame:
    """What the bullet chart shows: name, status, completion, due (ratios), approved, should_be, ahead; the furthest
    ahead first. Units without a completion are left out."""
    shown = members[members["denominator"] > 0].sort_values(["completion", "code"], ascending=[False, True])
    return pd.DataFrame(
        {
            "name": shown["name"],
            "status": [STATUSES[key].label for key in shown["status"]],
            "completion": shown["completion"].astype(float),
            "due": (shown["should_be"] / shown["denominator"]).astype(float),
            "approved": shown["approved"].astype(int),
            "should_be": shown["should_be"].astype(int),
            "ahead": shown["ahead"].astype(int),
        }
    ).reset_index(drop=True)


def bullet(table: pd.DataFrame) -> alt.LayerChart:
    """Each unit's completion as a bar, with a tick where it should be today; status in colour and in words."""
    table = table.assign(
        said=[f"{words.percent(row.completion)}  {row.status}" for row in table.itertuples()],
        brief=[
            f"{words.percent(rate)} {str(status)[:1]}"
            for rate, status in zip(table["completion"], table["status"], strict=True)
        ],
        full=1.0,
        end=np.maximum(table["completion"], table["due"]),
    )
    top = max(1.0, float(table["completion"].max()) if len(table) else 1.0)
    order = table["name"].tolist()
    y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False, labelPadding=6))
    x = alt.X(
        "completion:Q",
        title=None,
        scale=alt.Scale(domain=[0, top * 1.32], nice=False),
        axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1.0], grid=False),
    )
    tips = [
        alt.Tooltip("name:N", title=_("Unit")),
        alt.Tooltip("status:N", title=_("Status")),
        alt.Tooltip("completion:Q", title=_("Completion"), format=".1%"),
        alt.Tooltip("due:Q", title=_("Due today"), format=".1%"),
        alt.Tooltip("approved:Q", title=_("Approved"), format=","),
        alt.Tooltip("ahead:Q", title=_("Ahead of schedule"), format="+,"),
    ]
    base = alt.Chart(table).encode(y=y)
    whole = base.mark_bar(color=theme.FAINT, height=16).encode(x=alt.X("full:Q"), tooltip=tips)
    bars = base.mark_bar(height=10).encode(
        x=x, color=alt.Color("status:N", scale=theme.status_scale(), legend=None), tooltip=tips
    )
    ticks = base.mark_tick(thickness=2.5, height=20, color=theme.QUIET, opacity=1).encode(x="due:Q", tooltip=tips)
    said = base.mark_text(align="left", dx=6, style=theme.SAID).encode(
        x=alt.X("full:Q") if top <= 1 else alt.X("end:Q"),
        text=theme.where_narrow(_NARROW, "brief", "said"),
        tooltip=tips,
    )
    name = (
        alt.Chart(
            table.head(1).assign(due_said=_("due today {rate}").format(rate=words.percent(table["due"].median())))
        )
        .mark_text(dy=-20, style=theme.SAID)
        .encode(x="due:Q", y=y, text="due_said:N")
    )
    return theme.finish(alt.layer(whole, bars, ticks, said, name), height=max(_ROW * len(table), _ROW) + 10)  # type: ignore[no-any-return]


def bullet_words(table: pd.DataFrame) -> str:
    """The bullet chart in words."""
    if table.empty:
        return _("No unit has figures yet.")
    by_rate = table.sort_values("completion", ascending=False)
    first, last = by_rate.iloc[0], by_rate.iloc[-1]
    return _(
        "Completion of {count} units against what is due today ({due}): from {first} {high} to {last} {low}; {short} are below."
    ).format(
        count=len(table),
        due=words.percent(table["due"].median()),
        first=first["name"],
        high=words.percent(first["completion"]),
        last=last["name"],
        low=words.percent(last["completion"]),
        short=int((table["ahead"] < 0).sum()),
    )


# ---- burn-up -----------------------------------------------------------------------------------------------------


def burn_up_table(series: pd.DataFrame, schedule: pd.DataFrame) -> pd.DataFrame:
    """What the burn-up shows: day, entered, submitted, approved, denominator, and should_be by the schedule."""
    found = series[["day", "entered", "submitted", "approved", "denominator"]].merge(schedule, on="day", how="left")
    due = found["share"].where(found["share"].notna(), (found["day"] > schedule["day"].max()).astype(float))
    return found.assign(should_be=(due * found["denominator"]).round()).drop(columns="share")


def burn_up(
    series: pd.DataFrame, schedule: pd.DataFrame, row: pd.Series, as_of: date, deadline: date
) -> dict[str, Any]:
    """A unit's way to the deadline: entered, submitted and approved day by day, the schedule, and the forecast.

    `row`: the unit's denominator, approved, p10, p50, p90 (progress.table). Returns the specification of the chart.
    """
    whole = float(row["denominator"])
    last = pd.Timestamp(max(deadline, as_of) + _PAST)
    first = pd.Timestamp(min(schedule["day"].min(), series["day"].min()))
    top = max(whole, float(series[["entered", "approved"]].max().max())) * 1.1 or 1.0
    fan = _fan(row, as_of, last, whole)
    due = schedule.assign(people=schedule["share"] * whole)
    tables = {"due": due, **_lines(series), **_marks(whole, due, as_of, deadline, top)}
    if not fan.empty:
        tables |= {"fan": fan, "forecast": _forecast(fan, min(pd.Timestamp(max(deadline, as_of)), last))}
    # Below its line, the name of the approved is not in the way of the forecast that goes on from there.
    below = not fan.empty and float(row["approved"]) > top * 0.08
    return specs.filled(
        _burn_up(language(), fan=not fan.empty, below=below),
        tables,
        {"first": iso(first), "last": iso(last), "top": top},
    )


@cache
def _burn_up(_language: str, *, fan: bool, below: bool) -> dict[str, Any]:
    """The burn-up of any unit, its figures left open. The language is that in use: words stand in the chart itself."""
    return specs.made(lambda: _burn_up_chart(fan=fan, below=below))


def _burn_up_chart(*, fan: bool, below: bool) -> alt.LayerChart:
    x = alt.X(
        "day:T",
        title=None,
        scale=alt.Scale(domain=[specs.gap("first"), specs.gap("last")]),
        axis=alt.Axis(format=_("%m-%d"), tickCount=7, grid=False, labelOverlap=True),
    )
    scale, axis = alt.Scale(domain=[0, specs.gap("top")], nice=False), alt.Axis(format=",d", tickCount=5)
    y = alt.Y("people:Q", title=None, scale=scale, axis=axis)
    layers: list[Any] = []
    if fan:
        layers.append(
            _named("fan")
            .mark_area(color=theme.ACCENT, opacity=0.18, clip=True)
            .encode(x=x, y=alt.Y("low:Q", title=None, scale=scale, axis=axis), y2="high:Q")
        )
        layers.append(
            _named("fan")
            .mark_line(color=theme.ACCENT, strokeDash=[5, 3], strokeWidth=1.5, clip=True)
            .encode(x=x, y=alt.Y("middle:Q", title=None, scale=scale, axis=axis))
        )
    layers.append(_named("due").mark_line(color=theme.QUIET, strokeDash=[3, 3], strokeWidth=1.5).encode(x=x, y=y))
    for name, color, width in (("entered", theme.AMBER, 1.5), ("submitted", theme.TEAL, 1.5), ("approved", theme.ACCENT, 2.5)):  # fmt: skip
        layers += _line(name, color, width, x, y, dy=13 if below and name == "approved" else 0)
    if fan:
        layers.append(
            _named("forecast")
            .mark_text(align="left", dx=8, dy=15, color=theme.ACCENT)
            .encode(x=x, y=y, text=theme.where_narrow(_ROOMY, "brief", "said"))
        )
    layers += [
        _named("deadline").mark_rule(color=theme.DEADLINE, strokeWidth=1.5).encode(x=x),
        _named("deadline")
        .mark_text(color=theme.DEADLINE, align="right", dx=-5, baseline="top")
        .encode(x=x, y=y, text="said:N"),
        _named("expected").mark_rule(color=theme.QUIET, strokeWidth=1).encode(y=y),
        _named("expected").mark_text(style=theme.SAID, align="left", dy=-7, dx=2).encode(x=x, y=y, text="said:N"),
        _named("schedule").mark_text(style=theme.SAID, align="left", dx=8, dy=14).encode(x=x, y=y, text="said:N"),
    ]
    return theme.finish(alt.layer(*layers), height=306)  # type: ignore[no-any-return]


def _named(table: str) -> alt.Chart:
    return alt.Chart(alt.NamedData(name=table))


def _line(name: str, color: str, width: float, x: alt.X, y: alt.Y, *, dy: int) -> list[Any]:
    """A count day by day, named at its end."""
    tips = [
        alt.Tooltip("name:N", title=_("Figure")),
        alt.Tooltip("day:T", title=_("Day"), format="%Y-%m-%d"),
        alt.Tooltip("people:Q", title=_("People"), format=","),
    ]
    return [
        _named(name).mark_line(color=color, strokeWidth=width, interpolate="linear").encode(x=x, y=y, tooltip=tips),
        _named(f"{name}-end")
        .mark_text(align="left", dx=5, dy=dy, color=color, fontWeight="bold")
        .encode(x=x, y=y, text="name:N"),
    ]


def _lines(series: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The three counts day by day, and the end of each with its name."""
    names = {"entered": _("Entered"), "submitted": _("Submitted"), "approved": _("Approved")}
    ends = _apart(
        {name: float(series[name].iloc[-1]) for name in names}, float(series["denominator"].max() or 1) * 0.065
    )
    found = {}
    for name, word in names.items():
        line = series[["day", name]].rename(columns={name: "people"}).assign(name=word)
        found[name] = line
        found[f"{name}-end"] = line.tail(1).assign(people=ends[name])
    return found


def _apart(heights: dict[str, float], gap: float) -> dict[str, float]:
    """Heights of labels, moved apart where they would overlap."""
    result: dict[str, float] = {}
    floor = float("-inf")
    for name in sorted(heights, key=lambda name: (heights[name], name == "entered", name == "submitted")):
        result[name] = floor = max(heights[name], floor + gap)
    return result


def _marks(whole: float, due: pd.DataFrame, as_of: date, deadline: date, top: float) -> dict[str, pd.DataFrame]:
    """The deadline, the number expected, and what the dashed line is: each with what is said of it and where."""
    # Between today and the deadline the lines of the past are not in the way of its name.
    ahead = due[due["day"] >= pd.Timestamp(as_of)]
    middle = (ahead if len(ahead) > 2 else due).iloc[[(len(ahead) if len(ahead) > 2 else len(due)) // 3]]
    deadline_said = _("Deadline {day}").format(day=words.day(deadline))
    expected_said = _("Expected {count}").format(count=words.whole(whole))
    return {
        "deadline": pd.DataFrame({"day": [pd.Timestamp(deadline)], "people": [top * 0.995], "said": [deadline_said]}),
        "expected": pd.DataFrame({"people": [whole], "said": [expected_said], "day": [due["day"].min()]}),
        "schedule": middle.assign(said=_("Schedule")),
    }


def _fan(row: pd.Series, as_of: date, last: pd.Timestamp, whole: float) -> pd.DataFrame:
    """The forecast as a fan: straight from today's approved to the number expected on the early, middle and late day."""
    if pd.isna(row["p50"]) or whole <= 0:
        return pd.DataFrame()
    begin, done = pd.Timestamp(as_of), float(row["approved"])
    days = pd.date_range(begin, last)
    gone = (days - begin).days.to_numpy(dtype=float)

    def rising(finish: Any) -> Any:
        if pd.isna(finish):
            return np.full(len(days), done)
        length = max((pd.Timestamp(finish) - begin).days, 1)
        return done + (whole - done) * np.minimum(gone / length, 1.0)

    return pd.DataFrame(
        {"day": days, "high": rising(row["p10"]), "middle": rising(row["p50"]), "low": rising(row["p90"])}
    )


def _forecast(fan: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """What the fan is, below its lower edge on this day."""
    low = float(fan.loc[fan["day"] == day, "low"].iloc[0])
    return pd.DataFrame(
        {"day": [day], "people": [low], "said": [_("Forecast; shaded: 80% likely")], "brief": [_("Forecast")]}
    )


def iso(day: pd.Timestamp) -> dict[str, int]:
    """A day as the ends of a scale are written."""
    return {"year": day.year, "month": day.month, "date": day.day}


def burn_up_words(row: pd.Series, deadline: date) -> str:
    """The burn-up in words."""
    said = _("{approved} of {expected} approved ({rate}); {should_be} due by the schedule").format(
        approved=words.whole(row["approved"]),
        expected=words.whole(row["denominator"]),
        rate=words.percent(row["completion"]),
        should_be=words.whole(row["should_be"]),
    )
    if pd.notna(row["p50"]):
        said += _("; expected to finish between {early} and {late}, most likely {middle}; deadline {deadline}").format(
            early=words.day(row["p10"]),
            late=words.day(row["p90"]),
            middle=words.day(row["p50"]),
            deadline=words.day(deadline),
        )
    return _("{said}.").format(said=said)
