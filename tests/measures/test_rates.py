"""Rates, balance and gaps against their definitions."""

import math

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.measures.rates import gaps, imbalance, rates

COUNT = st.integers(0, 500)
ROWS = st.lists(
    st.fixed_dictionaries(dict.fromkeys(("expected", "submitted", "approved", "returned", "denominator"), COUNT)),
    min_size=1,
    max_size=20,
)


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_rates_are_the_quotients(rows: list[dict[str, int]]) -> None:
    told = rates(pd.DataFrame(rows))
    for row, answer in zip(rows, told.to_dict("records"), strict=True):
        for name, part, whole in (
            ("collection", row["submitted"], row["expected"]),
            ("review", row["approved"] + row["returned"], row["submitted"]),
            ("completion", row["approved"], row["denominator"]),
        ):
            assert math.isnan(answer[name]) if whole == 0 else answer[name] == part / whole


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_a_sum_has_the_ratio_of_sums_and_lies_between_its_parts(rows: list[dict[str, int]]) -> None:
    frame = pd.DataFrame(rows)
    total = rates(frame.sum().to_frame().T).iloc[0]
    if frame["denominator"].sum():
        assert total["completion"] == frame["approved"].sum() / frame["denominator"].sum()
        with_people = frame[frame["denominator"] > 0]
        if len(with_people) == len(frame):
            parts = rates(frame)["completion"]
            assert parts.min() - 1e-12 <= total["completion"] <= parts.max() + 1e-12


def test_more_than_all_is_not_capped_and_unknown_is_empty() -> None:
    figures = pd.DataFrame(
        {
            "expected": [100, 0],
            "submitted": [104, 0],
            "approved": [103, 0],
            "returned": [2, 0],
            "denominator": [100, None],
        }
    )
    told = rates(figures)
    assert told.loc[0].to_dict() == {"collection": 1.04, "review": 105 / 104, "completion": 1.03}
    assert told.loc[1].isna().all()


def test_without_a_denominator_the_expected_count() -> None:
    figures = pd.DataFrame({"expected": [8], "submitted": [4], "approved": [2], "returned": [0]})
    assert rates(figures)["completion"].tolist() == [0.25]


def test_the_queue_balances_level_by_level() -> None:
    figures = pd.DataFrame(
        {
            "submitted": [100, 50],
            "pending_school": [10, 0],
            "approved_school": [85, 50],
            "returned_school": [5, 0],
            "pending_county": [20, 0],
            "approved_county": [60, 0],
            "returned_county": [4, 0],
            "pending_city": [0, 30],
            "approved_city": [0, 10],
            "returned_city": [0, 10],
        },
        index=pd.Index([7, 9]),
    )
    told = imbalance(figures, {7: ("school", "county"), 9: ("school", "city")})
    found = {(row.unit, row.level): (row.handed, row.held, row.difference) for row in told.itertuples()}
    assert found == {
        (7, "school"): (100, 100, 0),
        (7, "county"): (85, 84, 1),
        (9, "school"): (50, 50, 0),
        (9, "city"): (50, 50, 0),
    }
    assert set(imbalance(figures, ("school", "county"))["unit"]) == {7, 9}
    assert imbalance(figures.iloc[:0], {}).empty


@given(st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_gaps_add_up(rows: list[tuple[int, int, int]]) -> None:
    frame = pd.DataFrame(rows, columns=["expected", "baseline", "statistics"])
    told, total = gaps(frame), gaps(frame.sum().to_frame().T)
    assert told.sum().to_dict() == total.iloc[0].to_dict()
    assert told["live_minus_statistics"].tolist() == [e - s for e, _, s in rows]


def test_an_unknown_denominator_has_no_gap() -> None:
    told = gaps(pd.DataFrame({"expected": [5], "baseline": [None], "statistics": [3]}))
    assert told["live_minus_statistics"].tolist() == [2]
    assert told["live_minus_baseline"].isna().all()
