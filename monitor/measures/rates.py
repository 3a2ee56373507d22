"""Rates, the balance of the queue, and the gaps between the three denominators."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from monitor.measures.panel import Floats, ratio

RATES = ("collection", "review", "completion")


def rates(figures: pd.DataFrame) -> pd.DataFrame:
    """The rates of units or of sums of units (docs/definitions.md, rates).

    `figures`: one row a unit, columns expected, submitted, approved, returned, optionally denominator (else expected).
    Returns the same index with collection = submitted / expected, review = (approved + returned) / submitted and
    completion = approved / denominator: unrounded, not capped, NaN where the denominator is 0 or unknown.
    """
    whole = figures["denominator"] if "denominator" in figures else figures["expected"]
    parts = {
        "collection": (_floats(figures["submitted"]), _floats(figures["expected"])),
        "review": (_floats(figures["approved"]) + _floats(figures["returned"]), _floats(figures["submitted"])),
        "completion": (_floats(figures["approved"]), _floats(whole)),
    }
    return pd.DataFrame({name: ratio(*pair) for name, pair in parts.items()}, index=figures.index)


def imbalance(figures: pd.DataFrame, chains: Mapping[int, Sequence[str]] | Sequence[str]) -> pd.DataFrame:
    """By how many records the queue of each leaf fails to balance, level by level (docs/definitions.md, balance).

    `figures`: one row a leaf (index: unit id), columns submitted and pending_, approved_, returned_ of the levels of
    its chain. `chains`: the levels of each unit in their order, or one chain for all. Returns a long frame unit,
    level, handed (what reached the level), held (pending + returned + approved there), difference = handed − held;
    one row a unit and level of its chain, also where it balances.
    """
    rows = []
    for chain, part in _by_chain(figures, chains):
        handed = part["submitted"]
        for level in chain:
            held = part[f"pending_{level}"] + part[f"returned_{level}"] + part[f"approved_{level}"]
            rows.append(
                pd.DataFrame(
                    {"unit": part.index, "level": level, "handed": handed, "held": held, "difference": handed - held}
                )
            )
            handed = part[f"approved_{level}"]
    empty = pd.DataFrame(columns=["unit", "level", "handed", "held", "difference"])
    return pd.concat(rows, ignore_index=True) if rows else empty


def gaps(figures: pd.DataFrame) -> pd.DataFrame:
    """The gaps between the three denominators: live minus statistics, live minus baseline (docs/definitions.md,
    denominators).

    `figures`: one row a unit, columns expected, baseline, statistics (the latter two may be missing values).
    Returns the same index with live_minus_statistics and live_minus_baseline as nullable integers, empty where that
    denominator is unknown. Over units whose denominators are all known the gaps add up to the gap of the sums.
    """
    live = figures["expected"].astype("Int64")
    return pd.DataFrame(
        {f"live_minus_{other}": live - figures[other].astype("Int64") for other in ("statistics", "baseline")},
        index=figures.index,
    )


def _by_chain(
    figures: pd.DataFrame, chains: Mapping[int, Sequence[str]] | Sequence[str]
) -> list[tuple[tuple[str, ...], pd.DataFrame]]:
    if not isinstance(chains, Mapping):
        return [(tuple(chains), figures)]
    chain_of = pd.Series([tuple(chains[unit]) for unit in figures.index], index=figures.index, dtype=object)
    return [(chain, figures[chain_of == chain]) for chain in dict.fromkeys(chain_of)]


def _floats(column: pd.Series) -> Floats:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)
