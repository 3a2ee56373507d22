"""Looking back: since when a status holds, and how past forecasts of this campaign did (回测)."""

from datetime import date

import numpy as np
import pandas as pd

from monitor.measures.forecast import forecast, reasons
from monitor.measures.pace import per_day
from monitor.measures.panel import Floats, Panel, rise, stretch
from monitor.measures.settings import Settings, WorkingDays
from monitor.measures.status import Question, status_of

BINS = 10


def status_history(
    panel: Panel, deadline: date, calendar: WorkingDays, settings: Settings, days: int | None = None
) -> pd.DataFrame:
    """The status of every unit on every working day up to `as_of` (and on `as_of`), as the figures known now make it
    out.

    `days` limits it to the last so many working days. Returns a frame of units (rows) × days (columns, datetime64):
    codes of measures.status.STATUSES, missing before a unit's first figures.
    """
    worked = calendar.between(panel.origin, panel.as_of)[-days if days else None :]
    asked = sorted({*worked, panel.as_of})
    table = np.full((len(panel.units), len(asked)), None, dtype=object)
    for place, day in enumerate(asked):
        then = panel.until(day)
        table[np.isin(panel.units, then.units), place] = status_of(then, Question(day, deadline, calendar, settings))
    return pd.DataFrame(table, index=pd.Index(panel.units, name="unit"), columns=pd.to_datetime(asked))


def status_since(history: pd.DataFrame) -> pd.Series:
    """Since when each unit has had the status that it has on the last day of status_history(); day by unit."""
    same = history.eq(history.iloc[:, -1], axis=0).to_numpy()
    run = same[:, ::-1].cumprod(axis=1).sum(axis=1)
    days = history.columns.to_numpy()
    return pd.Series(days[len(days) - np.maximum(run, 1)], index=history.index, name="since")


def backtest(panel: Panel, deadline: date, calendar: WorkingDays, settings: Settings, every: int = 1) -> pd.DataFrame:
    """What was forecast on past working days, beside what has come of it by `as_of` (docs/definitions.md, looking
    back).

    Every `every`-th working day before `as_of` is looked at, the newest first. Returns one row a forecast that was
    made: unit, made_on, p10, p50, p90 (days), probability (then given for finishing by the end of `as_of`), naive
    (whether carrying on at the mean of the window would have finished by then), finished_on (the first day with
    nothing left; missing while there is something left) and finished (by `as_of`).
    """
    worked = [day for day in calendar.between(panel.origin, panel.as_of) if day < panel.as_of][::-1][::every]
    left = panel.series("denominator") - panel.series("approved")
    rows = [_made_on(panel, day, left, deadline, calendar, settings) for day in worked]
    columns = ["unit", "made_on", "p10", "p50", "p90", "probability", "naive", "finished_on", "finished"]
    return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)


def _made_on(
    panel: Panel, day: date, left: Floats, deadline: date, calendar: WorkingDays, settings: Settings
) -> pd.DataFrame:
    then = panel.until(day)
    made = pd.isna(reasons(then, calendar, settings))
    given = forecast(then, deadline, calendar, settings, asked=panel.as_of)[made]
    later = left[np.isin(panel.units, then.units[made]), then.width :] <= 0
    window = stretch(then, calendar, settings.pace_window)
    mean = per_day(rise(then, "approved", window), window.days)[made]
    remaining = (then.now("denominator") - then.now("approved"))[made]
    first = np.datetime64(panel.origin, "D") + then.width + later.argmax(axis=1)
    finished = later.any(axis=1)
    return pd.DataFrame(
        {
            "unit": given.index,
            "made_on": pd.Timestamp(day),
            **{name: given[name].to_numpy() for name in ("p10", "p50", "p90")},
            "probability": given["probability_asked"].to_numpy(),
            "naive": remaining <= mean * calendar.count(day, panel.as_of),
            "finished_on": np.where(finished, first, np.datetime64("NaT")).astype("datetime64[s]"),
            "finished": finished,
        }
    )


def reliability(predicted: pd.Series, happened: pd.Series, bins: int = BINS) -> pd.DataFrame:
    """The reliability table: did what was given 70 % happen in 70 % of the cases?

    `predicted`: probabilities; `happened`: booleans, same index. Returns one row a bin that holds a case: low, high
    (the bin), cases, predicted (mean) and happened (share).
    """
    place = np.minimum((predicted * bins).astype(int), bins - 1)
    grouped = pd.DataFrame({"predicted": predicted, "happened": happened.astype(float)}).groupby(place)
    table = grouped.mean().assign(cases=grouped.size())
    table["low"], table["high"] = table.index / bins, (table.index + 1) / bins
    return table[["low", "high", "cases", "predicted", "happened"]].reset_index(drop=True)


def hindsight(table: pd.DataFrame, as_of: date) -> dict[str, float]:
    """backtest() up to `as_of` in a few numbers (NaN without a forecast).

    cases; brier and brier_naive (mean squared error of the probability and of carrying on at the mean pace: lower is
    better); within: of the forecasts whose outcome is certain by now (finished, or p90 past) the share that finished
    between p10 and p90.
    """
    happened = table["finished"].astype(float)
    # While a unit is not finished its forecast is wrong for certain only once its latest day has passed.
    decided = table["finished"] | (table["p90"] <= pd.Timestamp(as_of))
    inside = (table["finished_on"] >= table["p10"]) & ~(table["finished_on"] > table["p90"])
    return {
        "cases": float(len(table)),
        "brier": float(((table["probability"] - happened) ** 2).mean()),
        "brier_naive": float(((table["naive"].astype(float) - happened) ** 2).mean()),
        "decided": float(decided.sum()),
        "within": float(inside[decided].mean()) if decided.any() else float("nan"),
    }
