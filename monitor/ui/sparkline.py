"""A sparkline: a unit's way so far as a picture no larger than a word, for tables that are written as HTML."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any, Final

import pandas as pd

from monitor.i18n import _
from monitor.ui import words
from monitor.ui.theme import QUIET

WIDTH: Final = 72
HEIGHT: Final = 28
_EDGE: Final = 2.5  # pixels kept free for the width of the line and the point at its end


def image(trend: Any, schedule: pd.DataFrame, as_of: date, colour: str) -> str:
    """The completion day by day as an <img>, with what it shows in words; a dash where there is nothing to draw.

    trend: percent, one a day, the last of `as_of` (progress.trends). schedule: of the campaign (day, share); dashed
    behind the line is what should have been reached on the same days.
    """
    if not isinstance(trend, list) or not trend:
        return "—"
    rates = [float(rate) for rate in trend]
    said = _("From {first} to {last} in {days} days; dashed: the schedule").format(
        first=words.percent(rates[0] / 100), last=words.percent(rates[-1] / 100), days=len(rates)
    )
    drawn = b64encode(drawing(rates, due(schedule, as_of, len(rates)), colour).encode()).decode()
    alt = escape(said, quote=True)
    return f'<img src="data:image/svg+xml;base64,{drawn}" alt="{alt}" title="{alt}" width="{WIDTH}" height="{HEIGHT}">'


def due(schedule: pd.DataFrame, as_of: date, days: int) -> list[float]:
    """What should be reached on each of so many days up to `as_of`, in percent: nothing before the schedule, all after."""
    share = schedule.set_index("day")["share"]
    wanted = pd.date_range(end=pd.Timestamp(as_of), periods=days)
    return [float(value) * 100 for value in share.reindex(share.index.union(wanted)).ffill().fillna(0).loc[wanted]]


def drawing(rates: Sequence[float], should_be: Sequence[float], colour: str) -> str:
    """The line on the schedule, as many days of each, as SVG. Whoever is behind is drawn on the scale of the schedule:
    the same for all of a list."""
    top, last = max(1.0, *rates, *should_be), max(len(rates), 2) - 1

    def points(values: Sequence[float]) -> str:
        places = (
            (_EDGE + day / last * (WIDTH - 2 * _EDGE), HEIGHT - _EDGE - value / top * (HEIGHT - 2 * _EDGE))
            for day, value in enumerate(values)
        )
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)

    across, up = points(rates).rsplit(" ", 1)[-1].split(",")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" fill="none">'
        f'<polyline points="{points(should_be)}" stroke="{QUIET}" stroke-width="1" stroke-dasharray="2 2"/>'
        f'<polyline points="{points(rates)}" stroke="{colour}" stroke-width="1.6"/>'
        f'<circle cx="{across}" cy="{up}" r="2.2" fill="{colour}"/></svg>'
    )
