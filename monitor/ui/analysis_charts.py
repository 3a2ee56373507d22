"""Charts of the page 分析: frames in, alt.Chart out, and each in words."""

from datetime import date
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from monitor.i18n import _
from monitor.measures.funnel import LIMITS, limits
from monitor.ui import theme, words
from monitor.ui.words import verbatim

_POINTS = 60  # sizes at which the limits are drawn
_FEW = 15  # units of a group in which those far above have their names, too
_LABEL = (0.2, 0.06)  # the room that a name takes, in shares of the plot's width and height


def funnel_table(members: pd.DataFrame) -> pd.DataFrame:
    """What the funnel plot shows: name, size (denominator), completion, the limits (ratios), group_rate, named, place, label
    (the name of a named unit, in a small group of each beyond the limits, where it finds room); the lowest first. `members`: progress.table and progress.ranked of one group."""
    found = members[["name", "completion", *LIMITS, "group_rate"]].astype(
        dict.fromkeys(("completion", *LIMITS, "group_rate"), float)
    )
    found["size"] = members["denominator"].astype(float)
    found["named"] = members["named"].fillna(False).astype(bool)
    # Ratios of whole numbers: a unit on the limit itself is inside.
    found["place"] = np.select(
        [found["named"], found["completion"] < found["lower_95"], found["completion"] > found["upper_998"]],
        [_("below the 99.8% limit: named"), _("below the 95% limit: watched"), _("above the 99.8% limit")],
        default=_("within what chance allows"),
    )
    found = found.sort_values(["completion", "name"]).reset_index(drop=True)
    return found.assign(label=_labels(found))


def _labels(table: pd.DataFrame) -> list[str]:
    """Names beside the points of named units, the lowest first, in a small group also of those far above, the highest
    first; none that would lie upon another. All are in the table."""
    across, up = np.log(table["size"].to_numpy()), table["completion"].to_numpy()
    across = (across - across.min()) / max(float(np.ptp(across)), 1e-9)
    up = up / max(1.0, float(up.max()))
    written: list[tuple[float, float]] = []
    said = [""] * len(table)
    # Within the limits a name would lie on their lines.
    above = (table["completion"] > table["upper_998"]) & (len(table) <= _FEW)
    for at in [*np.flatnonzero(table["named"]), *np.flatnonzero(above)[::-1]]:
        x, y = across[at], up[at]
        if all(abs(x - other) > _LABEL[0] or abs(y - height) > _LABEL[1] for other, height in written):
            said[at] = str(table["name"].iloc[at])
            written.append((x, y))
    return said


def funnel(table: pd.DataFrame) -> alt.LayerChart:
    """Completion against size, the limits around the pooled rate, the named units with their names."""
    top = max(1.0, float(table["completion"].max())) * 1.02
    low = max(0.0, float(min(table["completion"].min(), table["lower_998"].min())) - 0.05)
    x = alt.X(
        "size:Q",
        title=_("Expected (people)"),
        scale=alt.Scale(type="log", nice=False, domain=[table["size"].min() / 1.06, table["size"].max() * 1.25]),
        axis=alt.Axis(format=",d", tickCount=6, grid=False, labelOverlap="greedy"),
    )
    y = alt.Y("rate:Q", title=None, scale=alt.Scale(domain=[low, top], nice=False), axis=alt.Axis(format=".0%"))
    edges = _edges(table)
    lines = (
        alt.Chart(edges)
        .mark_line(color=theme.QUIET, strokeWidth=1.2)
        .encode(x=x, y=y, detail="limit:N", strokeDash=alt.StrokeDash("share:N", legend=None, scale=alt.Scale(domain=["95%", "99.8%"], range=[[3, 3], [1, 0]])))
    )  # fmt: skip
    middle = (
        alt.Chart(pd.DataFrame({"rate": [float(table["group_rate"].iloc[0])]}))
        .mark_rule(color=theme.ACCENT)
        .encode(y=y)
    )
    shown = table.assign(rate=table["completion"])
    colours = [
        theme.STATUSES["behind"].color,
        theme.STATUSES["at_risk"].color,
        theme.STATUSES["on_track"].color,
        theme.QUIET,
    ]
    names = [
        _("below the 99.8% limit: named"),
        _("below the 95% limit: watched"),
        _("above the 99.8% limit"),
        _("within what chance allows"),
    ]
    tips = [
        alt.Tooltip("name:N", title=_("Unit")), alt.Tooltip("completion:Q", title=_("Completion"), format=".1%"),
        alt.Tooltip("size:Q", title=_("Expected"), format=","), alt.Tooltip("lower_998:Q", title=_("99.8% limit, lower (%)"), format=".1%"),
    ]  # fmt: skip
    points = alt.Chart(shown).mark_point(filled=True, size=60, opacity=0.9).encode(
        x=x, y=y, tooltip=tips,
        color=alt.Color("place:N", title=None, scale=alt.Scale(domain=names, range=colours), legend=alt.Legend(orient="top", columns=2)),
        shape=alt.Shape("place:N", title=None, scale=alt.Scale(domain=names, range=["triangle-down", "diamond", "triangle-up", "circle"]), legend=alt.Legend(orient="top", columns=2)),
    )  # fmt: skip
    said = (
        alt.Chart(shown[shown["label"] != ""])
        .mark_text(align="left", dx=7, style=theme.SAID)
        .encode(x=x, y=y, text="label:N")
    )
    return theme.finish(alt.layer(lines, middle, points, said), height=380)  # type: ignore[no-any-return]


def _edges(table: pd.DataFrame) -> pd.DataFrame:
    """The limits at sizes from the smallest unit's to the largest one's: size, rate, limit, share."""
    sizes = np.unique(np.geomspace(max(table["size"].min(), 1), table["size"].max(), _POINTS).round().astype(np.int64))
    rate, people = float(table["group_rate"].iloc[0]), table["size"].sum()
    found = limits(sizes, np.full(len(sizes), min(rate, 1.0)), np.full(len(sizes), people, dtype=np.int64))
    parts: list[Any] = [
        pd.DataFrame(
            {"size": sizes, "rate": counts / sizes, "limit": name, "share": "95%" if "95" in name else "99.8%"}
        )
        for name, counts in found.items()
    ]
    edges: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return edges


def funnel_words(table: pd.DataFrame) -> str:
    """The funnel plot in words."""
    named = table[table["named"]]
    watched = int((~table["named"] & (table["completion"] < table["lower_95"])).sum())
    said = _("The group's completion is {rate}. Below the 99.8% limit: {count} of {total}").format(
        rate=words.percent(table["group_rate"].iloc[0]), count=len(named), total=len(table)
    )
    if len(named):
        names = _(", ").join(
            f"{verbatim(row.name_)} {words.percent(row.completion)}"
            for row in named.head(5).rename(columns={"name": "name_"}).itertuples()
        )
        more = _(" and {count} more").format(count=len(named) - 5) if len(named) > 5 else ""
        said = _("{said}: {names}{more}").format(said=said, names=names, more=more)
    if not watched:
        return _("{said}.").format(said=said)
    return _("{said}; between the 95% and 99.8% limits: {watched}.").format(said=said, watched=watched)


# ---- change ------------------------------------------------------------------------------------------------------


def parts() -> dict[str, str]:
    """The parts of a change (measures.change.PARTS) in words."""
    return {
        "approvals": _("New approvals"),
        "returns": _("Returns"),
        "corrections": _("Corrections of past days"),
        "opened_closed": _("Units opened or closed"),
        "denominator": _("Change of the number expected"),
    }


def waterfall(table: pd.DataFrame) -> alt.LayerChart:
    """The parts of a change one after the other, and their sum. `table`: part, people."""
    end = table["people"].cumsum()
    total = _("Remaining work fell by")
    shown = pd.DataFrame(
        {
            "part": [*table["part"], total],
            "from": [*(end - table["people"]), 0],
            "to": [*end, int(end.iloc[-1])],
            "people": [*table["people"], int(end.iloc[-1])],
        }
    )
    shown["kind"] = [
        total if part == total else "+" if people >= 0 else "-"
        for part, people in zip(shown["part"], shown["people"], strict=True)
    ]
    shown["said"] = [words.signed(people) for people in shown["people"]]
    shown["edge"] = shown[["from", "to"]].max(axis=1)
    y = alt.Y("part:N", sort=shown["part"].tolist(), title=None, axis=alt.Axis(domain=False, ticks=False))
    ends = [*shown["from"], *shown["to"]]
    room = (max(ends) - min(ends)) * 0.2 or 1  # for the number behind the longest bar
    x = alt.X(
        "from:Q",
        title=None,
        scale=alt.Scale(domain=[min(ends), max(ends) + room], nice=False),
        axis=alt.Axis(format=",d", tickCount=4, labelOverlap="greedy"),
    )
    colours = alt.Scale(domain=["+", "-", total], range=[theme.TEAL, theme.DEADLINE, theme.ACCENT])
    bars = (
        alt.Chart(shown)
        .mark_bar(height=16)
        .encode(
            x=x,
            x2="to:Q",
            y=y,
            color=alt.Color("kind:N", scale=colours, legend=None),
            tooltip=[alt.Tooltip("part:N", title=_("Part")), alt.Tooltip("people:Q", title=_("People"), format="+,")],
        )
    )
    said = alt.Chart(shown).mark_text(align="left", dx=6, style=theme.SAID).encode(x="edge:Q", y=y, text="said:N")
    return theme.finish(alt.layer(bars, said), height=28 * len(shown) + 20)  # type: ignore[no-any-return]


def change_words(whole: pd.Series, since: date, until: date) -> str:
    """A change in words: the sum, and the parts that are not nothing."""
    names = parts()
    said = _("From {since} to {until}, the remaining work of {unit} fell by {total}").format(
        since=words.day(since), until=words.day(until), unit=verbatim(whole["name"]), total=words.whole(whole["total"])
    )
    found = [f"{names[key]} {words.signed(whole[key])}" for key in names if whole[key]]
    return _("{said}: {parts}").format(said=said, parts=_(", ").join(found)) if found else said
