"""Where a unit should be today."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from monitor.measures.panel import Floats, Panel
from monitor.measures.settings import WorkingDays

CURVES = ("linear",)


def progress_due(
    day: date, start: date, deadline: date, calendar: WorkingDays, curve: str = "linear"
) -> tuple[int, int]:
    """The share of the work that should be done by the end of a day, as (working days gone, working days in all).

    `start` is the first day of the work; `linear` spreads it evenly over the working days from `start` to the deadline,
    both inclusive. Raises ValueError for another curve. A campaign without a working day is due at once: (1, 1).
    """
    if curve not in CURVES:
        raise ValueError(f"unknown curve {curve!r}; known: {', '.join(CURVES)}")
    eve = start - timedelta(days=1)
    total = calendar.count(eve, deadline)
    return (min(calendar.count(eve, day), total), total) if total else (1, 1)


def should_be(denominator: Floats, gone: int, total: int) -> Floats:
    """How many people should be finished: the due share of the denominator, to the nearest whole person (half up).

    NaN where the denominator is unknown. Exact: on the deadline it is the denominator itself.
    """
    known = np.where(np.isnan(denominator), 0, denominator).astype(np.int64)
    due = (2 * known * gone + total) // (2 * total)
    return np.where(np.isnan(denominator), np.nan, due.astype(np.float64))


def schedule(panel: Panel, start: date, deadline: date, calendar: WorkingDays, curve: str = "linear") -> pd.DataFrame:
    """Where every unit should be at `as_of`: should_be and ahead = approved − should_be (nullable integers, by
    unit)."""
    due = should_be(panel.now("denominator"), *progress_due(panel.as_of, start, deadline, calendar, curve))
    columns = {"should_be": due, "ahead": panel.now("approved") - due}
    return pd.DataFrame(columns, index=pd.Index(panel.units, name="unit")).astype("Int64")


def curve_points(
    first: date, last: date, start: date, deadline: date, calendar: WorkingDays, curve: str = "linear"
) -> pd.DataFrame:
    """The curve for a chart: day and share (0 to 1) for every calendar day from `first` to `last`."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    shares = [gone / total for gone, total in (progress_due(day, start, deadline, calendar, curve) for day in days)]
    return pd.DataFrame({"day": pd.to_datetime(days), "share": shares})
