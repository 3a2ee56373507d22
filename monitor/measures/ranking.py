"""Places by completion, what would lift a unit past the next, and what each unit contributes to its group."""

import numpy as np
import pandas as pd

from monitor.measures.panel import Floats, Integers


def ranking(figures: pd.DataFrame, group: pd.Series | None = None) -> pd.DataFrame:
    """The places of units within their groups (docs/definitions.md, ranking).

    `figures`: one row a unit (index: unit id), columns approved and denominator. `group`: a key for each unit of the
    index (missing: one group of all). Returns the same index, nullable integers: place = 1 + units of the group with
    a higher completion (equal completions share a place), of (units of the group that have a completion), to_next
    (the fewest further approvals of this unit that lift its completion above the next higher one) and next_unit (who
    that is; of several with that completion the one with the lowest id). Empty: all four for units without a
    completion, except `of`; to_next and next_unit for the first.
    """
    approved, whole, key = _columns(figures, group)
    rated = np.flatnonzero(whole > 0)
    a, d = approved[rated], whole[rated]
    # Quotients of integers below 2**26, correctly rounded, are equal exactly where the fractions are, and in their
    # order; ties are still told by cross-multiplication, so that equality never rests on a float.
    order = np.lexsort((figures.index.to_numpy()[rated], -(a / d), key[rated]))
    rated, a, d = rated[order], a[order], d[order]
    k = key[rated]
    new_group = np.r_[True, k[1:] != k[:-1]] if len(k) else np.zeros(0, dtype=bool)
    new_place = new_group | (np.r_[True, a[1:] * d[:-1] != a[:-1] * d[1:]] if len(k) else new_group)
    position = np.arange(len(k))
    group_start = np.maximum.accumulate(np.where(new_group, position, 0))
    place_start = np.maximum.accumulate(np.where(new_place, position, 0))
    above = place_start - 1  # the last of those with the next higher completion
    has_above = place_start > group_start
    head = place_start[np.maximum(above, 0)]  # the first of them
    lift = a[head] * d // d[head] - a + 1
    count = np.bincount(key[whole > 0], minlength=int(key.max()) + 1 if len(key) else 0)
    units = figures.index.to_numpy()[rated]
    return pd.DataFrame(
        {
            "place": _spread(place_start - group_start + 1, rated, len(key)),
            "of": pd.array(count[key] if len(key) else [], dtype="Int64"),
            "to_next": _spread(np.where(has_above, lift, -1), rated, len(key)),
            "next_unit": _spread(np.where(has_above, units[head], -1), rated, len(key)),
        },
        index=figures.index,
    )


def contributions(figures: pd.DataFrame, group: pd.Series | None = None) -> pd.DataFrame:
    """What each unit adds to the completion of its group (docs/definitions.md, ranking).

    `figures`, `group` as in ranking(). Returns the same index with approved and group_denominator (integers: the unit
    contributes approved / group_denominator, and these fractions add up to the group's completion exactly),
    contribution (that quotient; NaN where the group's denominator is 0) and basis_points (hundredths of a percentage
    point as whole numbers that add up to the group's completion rounded to them; empty where that is).
    """
    approved, whole, key = _columns(figures, group)
    groups = int(key.max()) + 1 if len(key) else 0
    total = np.zeros(groups, dtype=np.int64)
    np.add.at(total, key, np.maximum(whole, 0))
    mine = total[key]
    points = np.full(len(key), -1, dtype=np.int64)
    rated = np.flatnonzero(mine > 0)
    points[rated] = _largest_remainders(approved[rated], mine[rated], key[rated], groups)
    frame = pd.DataFrame({"approved": approved, "group_denominator": mine}, index=figures.index)
    frame["contribution"] = np.divide(approved, mine, out=np.full(len(key), np.nan), where=mine > 0)
    return frame.assign(basis_points=_spread(points[rated], rated, len(key)))


def _largest_remainders(part: Integers, whole: Integers, key: Integers, groups: int) -> Integers:
    """part / whole in basis points, rounded so that a group's add up to its rounded sum: the largest remainders round
    up."""
    floor, rest = np.divmod(part * 10_000, whole)
    group_part, group_floor = np.zeros(groups, dtype=np.int64), np.zeros(groups, dtype=np.int64)
    group_whole = np.ones(groups, dtype=np.int64)
    np.add.at(group_part, key, part)
    np.add.at(group_floor, key, floor)
    group_whole[key] = whole
    missing = (2 * group_part * 10_000 + group_whole) // (2 * group_whole) - group_floor
    order = np.lexsort((np.arange(len(key)), -rest, key))
    k = key[order]
    start = np.searchsorted(k, k)
    floor[order] += np.arange(len(k)) - start < missing[k]
    return floor


def _columns(figures: pd.DataFrame, group: pd.Series | None) -> tuple[Integers, Integers, Integers]:
    """approved, denominator (−1 where unknown) and the group as 0, 1, 2 …"""
    approved = figures["approved"].to_numpy(dtype=np.int64, na_value=0)
    whole = figures["denominator"].to_numpy(dtype=np.float64, na_value=-1.0)
    whole = np.where(np.isnan(whole), -1, whole).astype(np.int64)
    if group is None:
        return approved, whole, np.zeros(len(figures), dtype=np.int64)
    keys, _ = pd.factorize(group.reindex(figures.index), use_na_sentinel=False)
    return approved, whole, keys.astype(np.int64)


def _spread(values: Integers | Floats, rows: Integers, length: int) -> pd.api.extensions.ExtensionArray:
    """Values of some rows as a nullable column of all; −1 is empty."""
    column = np.full(length, np.nan)
    column[rows] = np.where(values < 0, np.nan, values)
    return pd.Series(column).astype("Int64").array
