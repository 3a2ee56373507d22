"""The bottleneck: the stage where records wait longest."""

import numpy as np
import pandas as pd

from monitor.figures import LEVELS
from monitor.measures.pace import per_day
from monitor.measures.panel import Flags, Floats, Panel, Stretch, rise, stretch
from monitor.measures.settings import Settings, WorkingDays

STAGES = ("entry", "submission", *(f"{level}_review" for level in LEVELS))
"""The stages in their order."""


class Stages:
    """What waits at every stage of every unit, and how fast it leaves: arrays of units × STAGES."""

    def __init__(self, panel: Panel, window: Stretch) -> None:
        self.panel = panel
        now = {name: panel.now(name) for name in ("expected", "entered", "submitted")}
        waiting = [now["expected"] - now["entered"], now["entered"] - now["submitted"]]
        risen = [rise(panel, "entered", window), rise(panel, "submitted", window)]
        in_play = [np.ones(len(panel.units), dtype=bool)] * 2
        for level in LEVELS:
            places = [panel.now(f"{place}_{level}") for place in ("pending", "approved", "returned")]
            waiting.append(places[0])
            risen.append(rise(panel, f"approved_{level}", window) + rise(panel, f"returned_{level}", window))
            in_play.append(np.any([place > 0 for place in places], axis=0))
        self.expected = now["expected"]
        self.waiting: Floats = np.stack(waiting, axis=1)
        self.risen: Floats = np.stack(risen, axis=1)
        self.days_used = window.days
        self.in_play: Flags = np.stack(in_play, axis=1)

    @property
    def outflow(self) -> Floats:
        """People that leave each stage per working day; may be negative as the figures say, NaN without a window."""
        return np.stack([per_day(column, self.days_used) for column in self.risen.T], axis=1)

    @property
    def stalled(self) -> Flags:
        """Something waits and nothing leaves."""
        return (self.waiting > 0) & (self.risen <= 0)

    @property
    def days(self) -> Floats:
        """Working days until what waits has left; NaN where nothing leaves, 0 where nothing waits."""
        leaves = self.risen > 0
        stock = np.maximum(self.waiting, 0) * self.days_used[:, None]
        quotient: Floats = np.divide(stock, self.risen, out=np.full(stock.shape, np.nan), where=leaves)
        return quotient

    def longest(self, min_share: float) -> pd.DataFrame:
        """The stage that holds a unit up: see bottleneck()."""
        counts = self.in_play & (self.waiting > 0) & (self.waiting >= min_share * self.expected[:, None])
        # Stalled stages, and on the first day all of them, have no days: they are told apart by their stock.
        stuck = counts & ~(self.risen > 0)
        size = np.where(stuck, self.waiting, np.where(counts & ~stuck.any(axis=1, keepdims=True), self.days, -1.0))
        at = size.argmax(axis=1)  # the first of equals is the earlier stage
        row = np.arange(len(at))
        found = size[row, at] > 0
        names = np.array([*STAGES, None], dtype=object)
        index = pd.Index(self.panel.units, name="unit")
        return pd.DataFrame(
            {
                "stage": pd.Series(names[np.where(found, at, len(STAGES))], index=index, dtype=object),
                "waiting": np.where(found, self.waiting[row, at], np.nan),
                "days": np.where(found, self.days[row, at], np.nan),
                "stalled": found & self.stalled[row, at],
            },
            index=index,
        ).astype({"waiting": "Int64"})


def bottleneck(panel: Panel, calendar: WorkingDays, settings: Settings) -> pd.DataFrame:
    """The bottleneck of every unit (docs/definitions.md, bottleneck).

    Returns, by unit: stage (one of STAGES, None where nothing waits), waiting (people there, nullable integer), days
    (working days until they have left at the outflow of the pace window; NaN when stalled or on the first day) and
    stalled.
    """
    window = stretch(panel, calendar, settings.pace_window)
    return Stages(panel, window).longest(settings.min_stage_share)


def stages(panel: Panel, calendar: WorkingDays, settings: Settings) -> pd.DataFrame:
    """All stages in play of every unit, long: unit, stage, waiting, outflow (per working day), days, stalled; in order.

    waiting is shown as the figures say, also where it is negative (more entered than expected). days as in
    bottleneck().
    """
    every = Stages(panel, stretch(panel, calendar, settings.pace_window))
    row, column = np.nonzero(every.in_play)
    return pd.DataFrame(
        {
            "unit": panel.units[row],
            "stage": np.array(STAGES, dtype=object)[column],
            "waiting": every.waiting[row, column],
            "outflow": every.outflow[row, column],
            "days": every.days[row, column],
            "stalled": every.stalled[row, column],
        }
    ).astype({"waiting": "Int64"})
