"""The forecast: when a unit will be done, how sure that is, and how likely it makes the deadline."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from monitor.i18n import _
from monitor.measures.outlook import Outlook, outlook
from monitor.measures.panel import Floats, Integers, Panel, rise, stretch
from monitor.measures.settings import Settings, WorkingDays

LOOK_BACK = 40  # working days of the past that a forecast looks at
QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def reason_text(reason: str | None, settings: Settings) -> str:
    """The sentence for a reason why there is no forecast; empty for None."""
    sentences = {
        "nothing_expected": _("the head count to complete is zero"),
        "nothing_left": _("nothing is left to approve"),
        "no_approval_in_window": _("no net approvals in the last {days} working days").format(
            days=settings.pace_window
        ),
        "short_history": _("figures of fewer than {days} working days").format(days=settings.min_history),
        "no_data": _("no figures yet"),
    }
    return sentences[reason] if reason else ""


def increments(panel: Panel, calendar: WorkingDays, days: int) -> Floats:
    """What was approved on each of the last working days: units × `days`, the newest last.

    NaN for days before there were two figures to compare. What a day off brings counts to the next working day; what
    days off after the last working day brought counts to it, because that is how the pace counts it.
    """
    table = np.full((len(panel.units), days), np.nan)
    worked = calendar.between(panel.origin, panel.as_of)[-days:]
    if not worked:
        return table
    starts = [panel.column(calendar.nth_before(worked[0], 1)), *(panel.column(day) for day in worked[:-1])]
    ends = [*starts[1:], panel.last]
    for place, (start, end, day) in enumerate(zip(starts, ends, worked, strict=True), start=days - len(worked)):
        # A unit whose first figures came after the working day before starts from what stood on its first day.
        risen = panel.at("approved", end) - panel.at("approved", np.maximum(start, panel.first))
        table[:, place] = np.where(panel.first < panel.column(day), risen, np.nan)
    return table


def coming_days(as_of: date, years: int, calendar: WorkingDays) -> list[date]:
    """The working days after `as_of`, for `years` years. Years whose holidays are not published yet: Monday to
    Friday."""
    last = (pd.Timestamp(as_of) + pd.DateOffset(years=years)).date()
    days: list[date] = []
    year = as_of + timedelta(days=1)
    while year <= last:
        end = min(date(year.year, 12, 31), last)
        try:
            days += calendar.between(year, end)
        except ValueError:
            days += [day.date() for day in pd.bdate_range(year, end)]
        year = end + timedelta(days=1)
    return days


def reasons(panel: Panel, calendar: WorkingDays, settings: Settings) -> np.ndarray:
    """Why a unit has no forecast, the first that holds; None where it has one (docs/definitions.md, forecast)."""
    denominator, approved = panel.now("denominator"), panel.now("approved")
    window = stretch(panel, calendar, settings.pace_window)
    worked = panel.worked(calendar)
    history = worked[panel.last] - worked[panel.first]
    found = np.full(len(panel.units), None, dtype=object)
    # The last to be written is the first that holds.
    found[history < settings.min_history] = "short_history"
    found[rise(panel, "approved", window) <= 0] = "no_approval_in_window"  # unknown on the first day: short history
    found[approved >= denominator] = "nothing_left"
    found[~(denominator > 0)] = "nothing_expected"
    return found


def forecast(
    panel: Panel, deadline: date, calendar: WorkingDays, settings: Settings, asked: date | None = None
) -> pd.DataFrame:
    """The finish of every unit (docs/definitions.md, forecast).

    Returns, by unit: p10, p50, p90 (days; missing where there is no forecast, or the day lies beyond the horizon),
    probability (of finishing by the end of the deadline day, unrounded; NaN without a forecast), late (working days
    from the deadline to p50, negative before it; nullable integer) and none_reason (None where there is a forecast).

    `asked`: a further day; the column probability_asked then holds the probability of finishing by its end.

    The answer follows from the unit's own figures alone: nothing is drawn at random, and which other units are in the
    panel makes no difference.
    """
    left = calendar.count(panel.as_of, deadline)
    why_not, rows, view = _views(panel, left, calendar, settings)
    coming = coming_days(panel.as_of, settings.forecast_horizon_years, calendar)
    dates = np.array([*coming, None], dtype="datetime64[s]")
    steps = {name: view.days(share, len(coming)) for name, share in QUANTILES.items()}
    frame = pd.DataFrame(index=pd.Index(panel.units, name="unit"))
    for name in QUANTILES:
        column = np.full(len(panel.units), np.datetime64("NaT"), dtype="datetime64[s]")
        column[rows] = dates[steps[name] - 1]
        frame[name] = column
    late = steps["p50"] - left + calendar.count(deadline, panel.as_of)
    frame["probability"] = _spread(view.done_within(left), rows, len(frame))
    frame["late"] = pd.array(_spread(np.where(steps["p50"] <= len(coming), late, np.nan), rows, len(frame))).astype(
        "Int64"
    )
    frame["none_reason"] = pd.Series(why_not, index=frame.index, dtype=object)
    if asked is not None:
        frame["probability_asked"] = _spread(view.done_within(calendar.count(panel.as_of, asked)), rows, len(frame))
    return frame


def chances(panel: Panel, deadline: date, calendar: WorkingDays, settings: Settings) -> tuple[np.ndarray, Floats]:
    """The none_reason and the probability of forecast() alone, as arrays over the panel's units."""
    left = calendar.count(panel.as_of, deadline)
    why_not, rows, view = _views(panel, left, calendar, settings)
    return why_not, _spread(view.done_within(left), rows, len(panel.units))


def _views(panel: Panel, left: int, calendar: WorkingDays, settings: Settings) -> tuple[np.ndarray, Integers, Outlook]:
    """The reasons of all units, the rows of those without one, and their outlook."""
    why_not = reasons(panel, calendar, settings)
    rows = np.flatnonzero(pd.isna(why_not))
    done = panel.now("approved")[rows]
    remaining = panel.now("denominator")[rows] - done
    recent = increments(panel, calendar, LOOK_BACK)[rows]
    return why_not, rows, outlook(remaining, recent, done, settings.pace_window, left)


def _spread(values: Floats, rows: Integers, length: int) -> Floats:
    """Values of some rows as a column of all."""
    column = np.full(length, np.nan)
    column[rows] = values
    return column
