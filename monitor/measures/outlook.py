"""The distribution of a finish time, from what was done lately and how near the deadline is.

A unit may go on as it did (with more or less scatter, depending on how regular it was), may hurry as the deadline comes
near, or may slow down over the last records. The forecast is a mixture of these three log-normal finish times. How
likely each is, where it lies and how wide it is follow from a few traits of the unit's own history by the numbers in
COEFFICIENTS. They were fitted to simulated campaigns; `python benchmarks/forecast_calibration.py --fit` repeats that
and shows how well they do. Nothing is drawn at random.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from monitor.measures.panel import Floats, Integers

COEFFICIENTS: Final[dict[str, dict[str, float]]] = {
    "shift": {
        "one": 0.282,
        "turn": -0.043,
        "trend": 0.016,
        "falling": 0.293,
        "falling_far": 0.271,
        "share_left": 0.044,
        "scatter": -0.041,
        "naive": -0.063,
        "over": -0.033,
    },
    "spread": {
        "one": -1.278,
        "naive": -0.136,
        "turned": -0.061,
        "trended": 1.723,
        "falling": 1.74,
        "log_scatter": 0.18,
        "log_waves": 0.315,
        "history": -0.387,
        "share_left": -0.25,
        "over": 0.16,
    },
    "hurry": {
        "one": -2.192,
        "far": -1.0,
        "under": -0.3,
        "turn": 0.282,
        "trend": 3.862,
        "scatter": -0.43,
        "waves": 1.87,
        "share_left": 6.421,
        "days_left": 1.455,
    },
    "slow": {
        "one": -5.213,
        "turn": -1.001,
        "trend": -5.186,
        "share_left": -2.008,
        "log_waves": -0.413,
        "days_left": 0.351,
    },
    "near": {
        "one": 0.125,
        "gap": 0.09,
        "spread": 0.318,
    },
    "tail": {
        "shift": 0.317,
        "spread": 0.586,
    },
}
"""What each trait adds to: the shift and the (log) spread of going on, the (log) odds of hurrying and of slowing down
against going on, the place and (log) spread of a finish near the deadline, and those of a slow finish."""

MOST_HURRY = -0.5  # (log) odds: a unit's own pace always speaks louder than the hope that it will hurry


@dataclass(frozen=True)
class Outlook:
    """Working days to the finish, one row a unit: weight, middle and spread of each log-normal component."""

    weight: Floats
    middle: Floats
    spread: Floats

    def done_within(self, days: float | Floats | Integers) -> Floats:
        """The probability of being done within so many working days."""
        span = np.broadcast_to(np.asarray(days, dtype=np.float64), len(self.weight))
        log = np.log(np.maximum(span, 1e-9))[:, None]
        share: Floats = (self.weight * normal_share((log - self.middle) / self.spread)).sum(axis=1)
        return np.where(span > 0, share, 0.0)

    def days(self, share: float, most: int) -> Integers:
        """The working day, from 1, by whose end a unit is first done with this probability; most + 1 if later."""
        low, high = np.zeros(len(self.weight), dtype=np.int64), np.full(len(self.weight), most + 1, dtype=np.int64)
        # low is always too early, high late enough: halve what is between them until nothing is.
        for _ in range(most.bit_length() + 1):
            middle = (low + high) // 2
            enough = (self.done_within(middle) >= share) | (middle > most)
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return high


def outlook(remaining: Floats, increments: Floats, done: Floats, window: int, days_left: int) -> Outlook:
    """When units will be done that still have `remaining` to do.

    `increments`: what was done on each past working day (units × days, the newest last, NaN where there was no figure
    yet), with a positive sum over the last `window` days; `done`: what is done in all; `days_left`: working days to
    the deadline.
    """
    return mixture(traits(remaining, increments, done, window, days_left), COEFFICIENTS)


def mixture(trait: dict[str, Floats], weights: dict[str, dict[str, float]]) -> Outlook:
    """The outlook that follows from traits() by weights shaped like COEFFICIENTS."""
    ahead = trait["days_left"]
    on = trait["naive"] + _sum(weights["shift"], trait)
    # After the deadline there is none to hurry for.
    hurry = np.where(trait["past"] > 0, 0.0, np.exp(np.clip(_sum(weights["hurry"], trait), -6, MOST_HURRY)))
    slow = np.exp(np.clip(_sum(weights["slow"], trait), -6, 3))
    near, tail = weights["near"], weights["tail"]
    weight = np.stack([np.ones(len(on)), hurry, slow], axis=1)
    middle = [on, ahead + near["one"] + near["gap"] * np.clip(trait["gap"], -1, 1.5), on + tail["shift"]]
    spread = [
        np.exp(np.clip(_sum(weights["spread"], trait), -3, 1)),
        np.full(len(on), near["spread"]),
        np.full(len(on), tail["spread"]),
    ]
    return Outlook(weight / weight.sum(axis=1, keepdims=True), np.stack(middle, axis=1), np.stack(spread, axis=1))


def traits(remaining: Floats, increments: Floats, done: Floats, window: int, days_left: int) -> dict[str, Floats]:
    """What the forecast looks at, one value a unit; logarithms, so that only proportions count and not a unit's
    size."""
    recent, latest = _mean(increments[:, -window:]), np.maximum(_mean(increments[:, -max(window // 2, 1) :]), 0)
    ever = np.maximum(_mean(increments), 0.05 * recent)
    naive = np.log(remaining / recent)
    ahead = np.log(max(days_left, 0.5))
    gap = naive - ahead if days_left > 0 else np.zeros(len(remaining))
    turn = np.maximum(np.log((latest + 0.15 * recent) / (1.15 * recent)), -1.5)
    trend = np.clip(np.log(recent / ever), -1.5, 1.5)
    falling = np.minimum(trend, 0)
    waves = _waves(increments, recent, max(window // 2, 1))
    scatter = np.minimum(_deviation(increments[:, -window:]) / recent, 3)
    return {
        "one": np.ones(len(remaining)),
        "naive": naive,  # days at the recent pace
        "gap": gap,  # how far those miss the deadline
        "over": np.clip(gap, 0, 2.5),
        "under": np.clip(-gap, 0, 2.5),
        "far": np.maximum(gap - 1, 0),  # further than anybody can be expected to catch up
        "turn": turn,  # the second half of the window against all of it
        "trend": trend,  # the window against all that is known
        "falling": falling,
        "falling_far": falling * (naive - 2),
        "turned": np.abs(turn),
        "trended": np.abs(trend),
        "scatter": scatter,  # how irregular the days are
        "log_scatter": np.log(scatter + 0.08),
        "waves": waves,  # and how irregular spells of days are
        "log_waves": np.log(waves + 0.05),
        "history": np.log(_known(increments).sum(axis=1) / 40),
        "share_left": np.log(np.clip(remaining / (remaining + done), 0.005, 1)),
        "days_left": np.full(len(remaining), ahead),
        "past": np.full(len(remaining), float(days_left <= 0)),
    }


def _waves(increments: Floats, recent: Floats, length: int) -> Floats:
    """The scatter of the means of the last four spells of `length` days; a middling value where there is only one
    spell."""
    ends = range(increments.shape[1], 0, -length)[:4]
    spells = np.stack([_mean(increments[:, max(end - length, 0) : end]) for end in ends], axis=1)
    waves = _deviation(spells) / np.maximum(_mean(spells), 0.1 * recent)
    return np.minimum(np.where(_known(spells).sum(axis=1) >= 2, waves, 0.5), 1.7)


def _known(values: Floats) -> Integers:
    return (~np.isnan(values)).astype(np.int64)


def _mean(values: Floats) -> Floats:
    """Row means of what is known; NaN where nothing is."""
    known = _known(values).sum(axis=1)
    mean: Floats = np.divide(np.nansum(values, axis=1), known, out=np.full(len(values), np.nan), where=known > 0)
    return mean


def _deviation(values: Floats) -> Floats:
    """Row standard deviations of what is known."""
    deviation: Floats = np.sqrt(_mean((values - _mean(values)[:, None]) ** 2))
    return deviation


def _sum(weights: dict[str, float], trait: dict[str, Floats]) -> Floats:
    total: Floats = sum((weight * trait[name] for name, weight in weights.items()), np.zeros(len(trait["one"])))
    return total


def normal_share(z: Floats) -> Floats:
    """The standard normal distribution function, to seven decimals (there is none in numpy).

    Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 7.1.26.
    """
    x = np.abs(z) / np.sqrt(2)
    t = 1 / (1 + 0.3275911 * x)
    series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    share: Floats = 0.5 * (1 + np.sign(z) * (1 - series * np.exp(-x * x)))
    return share
