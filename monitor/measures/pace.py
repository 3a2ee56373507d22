"""Pace: how much a unit gets done per working day, and how much it would have to."""

from datetime import date

import numpy as np
import pandas as pd

from monitor.measures.panel import Floats, Panel, rise, stretch
from monitor.measures.settings import WorkingDays


def pace(panel: Panel, calendar: WorkingDays, window: int, name: str = "approved") -> pd.DataFrame:
    """Pace of a cumulative figure over the last `window` working days (docs/definitions.md, pace).

    Returns, by unit: pace (people per working day; negative where figures fell; NaN on the first day), window (the
    working days it rests on: fewer than asked for where the figures begin later) and first_day (of the unit's
    figures).
    """
    used = stretch(panel, calendar, window)
    first = np.datetime64(panel.origin, "D") + panel.first
    return pd.DataFrame(
        {
            "pace": per_day(rise(panel, name, used), used.days),
            "window": used.days,
            "first_day": first.astype("datetime64[s]"),
        },
        index=pd.Index(panel.units, name="unit"),
    )


def per_day(risen: Floats, days: np.ndarray) -> Floats:
    """What rose in a window per working day of it; NaN without a window."""
    quotient: Floats = np.divide(risen, days, out=np.full(len(risen), np.nan), where=days > 0)
    return quotient


def required_pace(left: Floats, working_days_left: int) -> Floats:
    """What has to be done per working day to be done by the deadline (docs/definitions.md, required pace).

    `left`: denominator − approved. Returns the quotient rounded up to whole people; 0 where nothing is left, NaN where
    something is left and no working day is, or where the denominator is unknown.
    """
    if working_days_left > 0:
        # Integers, not np.ceil of a quotient: a quotient may lie a hair above the whole number it should be.
        whole = np.where(np.isnan(left), 0, left).astype(np.int64)
        needed = -(-whole // working_days_left).astype(np.float64)
    else:
        needed = np.full(len(left), np.nan)
    return np.where(np.isnan(left), np.nan, np.where(left <= 0, 0.0, needed))


def working_days_left(as_of: date, deadline: date, calendar: WorkingDays) -> int:
    """W: working days from the day after `as_of` to the deadline, inclusive."""
    return calendar.count(as_of, deadline)
