"""The limits against the binomial distribution added up term by term."""

from fractions import Fraction
from math import comb

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.measures.funnel import LIMITS, funnel, limits

SIZES = st.lists(st.tuples(st.integers(1, 150), st.floats(0, 1.1)), min_size=2, max_size=12)


def chance_of_at_most(count: int, size: int, rate: Fraction) -> Fraction:
    return sum((comb(size, k) * rate**k * (1 - rate) ** (size - k) for k in range(count + 1)), Fraction(0))


@given(SIZES)
@settings(max_examples=20, deadline=None)
def test_limits_are_those_of_the_binomial(units: list[tuple[int, float]]) -> None:
    sizes = [size for size, _ in units]
    approved = [int(size * share) for size, share in units]
    frame = pd.DataFrame({"approved": approved, "denominator": sizes})
    told = funnel(frame)
    people = sum(sizes)
    half = Fraction(1, 2 * people)
    rate = min(max(Fraction(sum(approved), people), half), 1 - half)
    for size, done, row in zip(sizes, approved, told.to_dict("records"), strict=True):
        for name, share in LIMITS.items():
            count = round(row[name] * size)
            below = chance_of_at_most(count - 1, size, rate) if count else 0
            assert below < share + 1e-9
            assert chance_of_at_most(count, size, rate) >= share - 1e-9
        assert 0 <= row["lower_998"] <= row["lower_95"] <= row["upper_95"] <= row["upper_998"] <= 1
        assert row["named"] == (done < round(row["lower_998"] * size))


def test_large_units_have_narrow_limits_and_small_ones_wide() -> None:
    frame = pd.DataFrame({"approved": [8, 800, 80_000, 800_000], "denominator": [10, 1000, 100_000, 1_000_000]})
    told = funnel(frame)
    assert (told["group_rate"] == 0.8).all()
    width = told["upper_998"] - told["lower_998"]
    assert (width.diff().iloc[1:] < 0).all()
    # Far from the ends the limits are those of the normal distribution.
    normal = 0.8 - 3.0902 * np.sqrt(0.16 / frame["denominator"])
    assert np.allclose(told["lower_998"].iloc[2:], normal.iloc[2:], atol=2e-5)
    assert not told["named"].any()


def test_a_small_unit_below_the_rate_is_not_named_and_a_large_one_is() -> None:
    frame = pd.DataFrame({"approved": [7, 700, 9300], "denominator": [10, 1000, 10_000]})
    assert funnel(frame)["named"].tolist() == [False, True, False]


def test_by_chance_hardly_anybody_is_named() -> None:
    random = np.random.default_rng(5)
    sizes = random.integers(20, 400, 20_000)
    told = funnel(pd.DataFrame({"approved": random.binomial(sizes, 0.7), "denominator": sizes}))
    rated = told["named"].mean()
    assert 0.0002 < rated < 0.0015
    below_95 = (told["lower_95"] * sizes).round() > random.binomial(sizes, 0.7)
    assert 0.01 < below_95.mean() < 0.026


def test_each_group_has_its_own_limits_and_the_unrated_have_none() -> None:
    frame = pd.DataFrame({"approved": [50, 90, 0, 5], "denominator": [100, 100, 0, None]}, index=[4, 3, 2, 1])
    told = funnel(frame, pd.Series({4: "a", 3: "b", 2: "a", 1: "b"}))
    assert told.loc[[4, 3], "group_rate"].tolist() == [0.5, 0.9]
    assert told.loc[[2, 1], "lower_998"].isna().all()
    assert not told["named"].any()


def test_a_group_that_is_done_names_only_who_is_clearly_not() -> None:
    frame = pd.DataFrame({"approved": [9000, 999, 20, 60], "denominator": [8900, 1000, 60, 61]})
    assert funnel(frame)["named"].tolist() == [False, False, True, False]


def test_many_units_at_once_are_worked_in_parts() -> None:
    sizes = np.full(60, 3_000_000)
    together = limits(sizes, np.full(60, 0.5), np.full(60, 1e9))
    alone = limits(sizes[:1], np.full(1, 0.5), np.full(1, 1e9))
    for name in LIMITS:
        assert (together[name] == alone[name][0]).all()


def test_nobody() -> None:
    assert funnel(pd.DataFrame({"approved": [], "denominator": []}, dtype="Int64")).empty
