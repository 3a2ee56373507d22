"""Who lags by more than chance allows: control limits around a group's completion."""

from itertools import pairwise

import numpy as np
import pandas as pd

from monitor.measures.panel import Flags, Floats, Integers
from monitor.measures.ranking import _columns

LIMITS = {"lower_998": 0.001, "lower_95": 0.025, "upper_95": 0.975, "upper_998": 0.999}
"""The limits of the funnel, and the share of chance results below each."""

_AT_ONCE = 2_000_000  # probabilities held in memory at a time


def funnel(figures: pd.DataFrame, group: pd.Series | None = None) -> pd.DataFrame:
    """Limits around each group's pooled completion for a unit of this size (docs/definitions.md, funnel).

    `figures`: one row a unit (index: unit id), columns approved and denominator. `group`: a key for each unit
    (missing: one group). Returns the same index with lower_998, lower_95, upper_95, upper_998 (ratios within 0 to 1;
    NaN for units without a completion), group_rate (pooled, not capped) and named.

    The limits are exact: those of the binomial distribution of a unit whose people are each approved with the group's
    rate. `named` says that the unit lies below lower_998, not merely lower_95: to be named as lagging in an official
    document is serious, and among 90 counties that do not differ at all two would fall below the 95 % limit every day
    by chance alone, while below the 99.8 % limit there would be one in ten days. Between the two a unit is watched,
    not named.
    """
    approved, whole, key = _columns(figures, group)
    groups = int(key.max()) + 1 if len(key) else 0
    done, people = np.zeros(groups), np.zeros(groups)
    np.add.at(done, key, np.where(whole > 0, approved, 0))
    np.add.at(people, key, np.maximum(whole, 0))
    rated = np.flatnonzero(whole > 0)
    rate = np.divide(done, people, out=np.full(groups, np.nan), where=people > 0)[key]
    counts = limits(whole[rated], rate[rated], people[key][rated])
    frame = pd.DataFrame(index=figures.index)
    for name in LIMITS:
        limit = np.full(len(frame), np.nan)
        limit[rated] = counts[name] / whole[rated]
        frame[name] = limit
    frame["group_rate"] = rate
    named = np.zeros(len(frame), dtype=bool)
    named[rated] = approved[rated] < counts["lower_998"]
    return frame.assign(named=named)


def limits(size: Integers, rate: Floats, people: Floats) -> dict[str, Integers]:
    """The limits as numbers of people approved, for units of `size` in groups of `people` with the pooled `rate`.

    Below a lower limit, and above an upper one, lies at most the share of chance results that LIMITS gives.
    """
    # A group that is done (or has not begun) to the last person would leave no room for chance at all.
    inside = np.clip(rate, 0.5 / np.maximum(people, 1), 1 - 0.5 / np.maximum(people, 1))
    found = {name: np.zeros(len(size), dtype=np.int64) for name in LIMITS}
    for part in _parts(size, inside):
        for name, values in _quantiles(size[part], inside[part]).items():
            found[name][part] = values
    return found


def _reach(size: Integers, rate: Floats) -> tuple[Integers, Integers]:
    """The numbers of people beyond which a binomial has no weight worth counting."""
    middle, spread = size * rate, np.sqrt(size * rate * (1 - rate))
    low = np.maximum(np.floor(middle - 9 * spread - 20), 0).astype(np.int64)
    return low, np.minimum(np.ceil(middle + 9 * spread + 20), size).astype(np.int64)


def _parts(size: Integers, rate: Floats) -> list[slice]:
    """Slices of rows that together need a bounded number of probabilities."""
    low, high = _reach(size, rate)
    bucket = np.cumsum(high - low + 1) // _AT_ONCE
    edges = [0, *np.flatnonzero(np.diff(bucket)) + 1, len(size)]
    return [slice(int(a), int(b)) for a, b in pairwise(edges) if b > a]


def _quantiles(size: Integers, rate: Floats) -> dict[str, Integers]:
    """For every limit the smallest number whose cumulative probability reaches it: all rows end to end in one array."""
    low, high = _reach(size, rate)
    width = high - low + 1
    start = np.r_[0, np.cumsum(width)[:-1]]
    row = np.repeat(np.arange(len(size)), width)
    number = np.arange(len(row)) - start[row] + low[row]
    log = _log_factorial(size)[row] - _log_factorial(number) - _log_factorial(size[row] - number)
    log += number * np.log(rate)[row] + (size[row] - number) * np.log1p(-rate)[row]
    running = np.cumsum(np.exp(log))
    below = running - np.r_[0.0, running][start][row]
    found = {}
    for name, share in LIMITS.items():
        short: Flags = below < share - 1e-12
        found[name] = np.minimum(low + np.add.reduceat(short.astype(np.int64), start), size)
    return found


def _log_factorial(number: Integers) -> Floats:
    """ln n!, by Stirling's series above a small table."""
    small = np.r_[0.0, np.cumsum(np.log(np.arange(1, 16)))]
    n = np.maximum(number, 16).astype(np.float64)
    series = n * np.log(n) - n + 0.5 * np.log(2 * np.pi * n) + 1 / (12 * n) - 1 / (360 * n**3) + 1 / (1260 * n**5)
    return np.where(number < 16, small[np.minimum(number, 15)], series)
