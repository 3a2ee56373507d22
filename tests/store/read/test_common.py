"""Days and frames of the reads, against the standard library."""

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd

from monitor.figures import FIGURES
from monitor.store.read.common import days_of, figure_frame
from monitor.store.schema import RUNNING_FIGURES, day_number


def test_day_numbers_are_days_across_leap_years_and_turns_of_the_year() -> None:
    days = [date(2015, 12, 25) + timedelta(days=number) for number in range(800)]
    numbers = pd.Series([day_number(day) for day in days], index=range(5, 805), name="day")
    found = days_of(numbers)
    assert [moment.date() for moment in found] == days
    assert found.index.equals(numbers.index) and found.name == "day" and found.dtype == "datetime64[ns]"


def test_a_day_that_is_not_known_stays_unknown() -> None:
    found = days_of(pd.Series([20161125, None, 20160229]))
    assert found[0] == pd.Timestamp(2016, 11, 25) and pd.isna(found[1]) and found[2] == pd.Timestamp(2016, 2, 29)
    assert days_of(pd.Series([], dtype=object)).empty


def test_rows_of_either_database_make_the_same_frame() -> None:
    """PostgreSQL gives sums as decimals, SQLite as whole numbers."""
    numbers = list(range(100, 100 + len(RUNNING_FIGURES)))
    whole, decimal = (figure_frame([(7, 20161125, *map(kind, numbers))]) for kind in (int, Decimal))
    pd.testing.assert_frame_equal(whole, decimal)
    row = whole.iloc[0]
    assert row["unit"] == 7 and row["day"] == pd.Timestamp(2016, 11, 25)
    given = dict(zip(RUNNING_FIGURES, numbers, strict=True))
    assert {name: row[name] for name in FIGURES} == {name: given[name] for name in FIGURES}


def test_no_rows_make_an_empty_frame_with_its_columns() -> None:
    empty = figure_frame([])
    assert empty.empty and list(empty) == list(figure_frame([(1, 20161125, *([0] * len(RUNNING_FIGURES)))]))
    assert empty["day"].dtype == "datetime64[ns]"
