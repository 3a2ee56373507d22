"""Places, ties, what would lift a unit past the next, and contributions, in exact fractions."""

from collections import defaultdict
from fractions import Fraction

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.measures.ranking import contributions, ranking

UNITS = st.lists(
    st.tuples(
        st.integers(0, 60), st.sampled_from([None, 0, 1, 2, 3, 7, 40, 50, 10**7, 10**7 - 1]), st.sampled_from("abc")
    ),
    min_size=1,
    max_size=25,
)


def table(units: list[tuple[int, int | None, str]]) -> tuple[pd.DataFrame, pd.Series]:
    index = pd.Index([n * 37 % 1009 for n in range(len(units))], name="unit")
    frame = pd.DataFrame({"approved": [u[0] for u in units], "denominator": [u[1] for u in units]}, index=index)
    return frame, pd.Series([u[2] for u in units], index=index)


@given(UNITS)
@settings(max_examples=60, deadline=None)
def test_places_are_what_the_definition_says(units: list[tuple[int, int | None, str]]) -> None:
    frame, group = table(units)
    told = ranking(frame, group)
    rates = {
        unit: Fraction(int(row.approved), int(row.denominator))
        for unit, row in frame.iterrows()
        if not pd.isna(row.denominator) and row.denominator > 0
    }
    for unit in frame.index:
        peers = {other: rate for other, rate in rates.items() if group[other] == group[unit]}
        row = told.loc[unit]
        assert row["of"] == len(peers)
        if unit not in peers:
            assert row[["place", "to_next", "next_unit"]].isna().all()
            continue
        higher = {other: rate for other, rate in peers.items() if rate > peers[unit]}
        assert row["place"] == 1 + len(higher)
        if not higher:
            assert row[["to_next", "next_unit"]].isna().all()
            continue
        nearest = min(higher.values())
        assert row["next_unit"] == min(other for other, rate in higher.items() if rate == nearest)
        lifted = [
            Fraction(int(frame.approved[unit]) + more, int(frame.denominator[unit]))
            for more in (row["to_next"], row["to_next"] - 1)
        ]
        assert lifted[0] > nearest >= lifted[1]


@given(UNITS, st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_does_not_matter(units: list[tuple[int, int | None, str]], random: object) -> None:
    frame, group = table(units)
    shuffled = frame.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(ranking(shuffled, group).loc[frame.index], ranking(frame, group))


def test_ties_share_a_place_and_the_next_is_left_out() -> None:
    frame = pd.DataFrame({"approved": [50, 1, 49, 3], "denominator": [100, 2, 100, 0]}, index=[1, 2, 3, 4])
    told = ranking(frame)
    assert told["place"].tolist() == [1, 1, 3, pd.NA]
    assert told["of"].tolist() == [3, 3, 3, 3]
    assert told["to_next"].tolist() == [pd.NA, pd.NA, 2, pd.NA]
    assert told["next_unit"].tolist() == [pd.NA, pd.NA, 1, pd.NA]


def test_nearly_equal_completions_are_not_equal() -> None:
    big = 60_000_000
    told = ranking(pd.DataFrame({"approved": [big - 1, big - 2], "denominator": [big, big - 1]}, index=[1, 2]))
    assert told["place"].tolist() == [1, 2]


@given(UNITS)
@settings(max_examples=60, deadline=None)
def test_contributions_add_up(units: list[tuple[int, int | None, str]]) -> None:
    frame, group = table(units)
    told = contributions(frame, group)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for unit, row in frame.iterrows():
        sums[group[unit]][0] += int(row.approved)
        sums[group[unit]][1] += 0 if pd.isna(row.denominator) else int(row.denominator)
    for name, (approved, denominator) in sums.items():
        mine = told[group == name]
        assert (mine["group_denominator"] == denominator).all()
        if denominator == 0:
            assert mine["contribution"].isna().all()
            assert mine["basis_points"].isna().all()
            continue
        assert sum(Fraction(int(r.approved), int(r.group_denominator)) for r in mine.itertuples()) == Fraction(
            approved, denominator
        )
        rounded = int(Fraction(approved * 10_000, denominator) + Fraction(1, 2))
        assert mine["basis_points"].sum() == rounded
        exact = mine["contribution"] * 10_000
        assert ((mine["basis_points"] - exact).abs() < 1 + 1e-6).all()


def test_nobody_to_rank() -> None:
    empty = pd.DataFrame({"approved": [], "denominator": []}, dtype="Int64")
    assert ranking(empty).empty
    assert contributions(empty).empty
