"""Since when units are complete, held against a count day by day."""

from datetime import date, timedelta

import pandas as pd
from hypothesis import given
from hypothesis import strategies as some

from monitor.measures.finish import completed_since

FIRST = date(2016, 10, 17)


def frame(unit: int, rows: list[tuple[int, int]]) -> pd.DataFrame:
    days = [pd.Timestamp(FIRST + timedelta(days=n)) for n in range(len(rows))]
    return pd.DataFrame(
        {"unit": unit, "day": days, "approved": [a for a, _w in rows], "denominator": [w for _a, w in rows]}
    )


def test_what_fell_back_is_complete_from_the_day_it_was_made_good() -> None:
    found = completed_since(
        pd.concat(
            [
                frame(1, [(9, 10), (10, 10), (8, 10), (11, 10), (10, 10)]),
                frame(2, [(10, 10), (9, 10)]),
                frame(3, [(0, 0)]),
            ]
        )
    )
    assert found["since"].tolist() == [date(2016, 10, 20), None, None]
    assert found["completion"].tolist() == [1.0, 0.9, None]


@given(some.lists(some.tuples(some.integers(0, 3), some.integers(0, 3)), min_size=1, max_size=12))
def test_every_day_since_is_complete_and_the_one_before_is_not(rows: list[tuple[int, int]]) -> None:
    since = completed_since(frame(7, rows))["since"].iloc[0]
    whole = [approved >= denominator > 0 for approved, denominator in rows]
    if since is None:
        assert not whole[-1]
    else:
        place = (since - FIRST).days
        assert all(whole[place:]) and (place == 0 or not whole[place - 1])
