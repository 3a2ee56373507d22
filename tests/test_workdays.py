"""China's working days, against the calendar as it was published."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.workdays import FIRST_YEAR, GUESSED_YEARS, LAST_YEAR, Calendar, CalendarNotCovered, published

calendar = Calendar()
days = st.dates(date(2016, 1, 1), date(2017, 12, 31))

# The state council's arrangement for autumn 2016: National Day off 10-01 to 10-07, made up on 10-08 and 10-09.
OFF_2016 = {date(2016, 10, n) for n in range(1, 8)}
MADE_UP_2016 = {date(2016, 10, 8), date(2016, 10, 9)}


def _worked(day: date) -> bool:
    return day in MADE_UP_2016 or (day.weekday() < 5 and day not in OFF_2016)


def test_autumn_2016_day_by_day() -> None:
    day = date(2016, 10, 1)
    while day <= date(2016, 12, 30):
        assert calendar.is_workday(day) == _worked(day), day
        day += timedelta(days=1)


def test_counts() -> None:
    assert calendar.count(date(2016, 9, 30), date(2016, 10, 31)) == 18
    assert calendar.count(date(2016, 10, 31), date(2016, 12, 16)) == 34
    assert calendar.count(date(2016, 11, 27), date(2016, 12, 16)) == 15
    assert calendar.count(date(2016, 12, 16), date(2016, 12, 16)) == 0
    assert calendar.count(date(2016, 12, 20), date(2016, 12, 16)) == 0


@given(days, days)
def test_count_is_a_count(first: date, last: date) -> None:
    span = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    assert calendar.count(first, last) == sum(calendar.is_workday(day) for day in span)


@given(days, st.integers(0, 30))
def test_steps_lead_there_and_back(day: date, n: int) -> None:
    last = calendar.last_on_or_before(day)
    assert last <= day
    assert calendar.count(last, day) == 0
    before = calendar.nth_before(last, n)
    assert calendar.count(before, last) == n
    assert calendar.is_workday(before)
    if n:
        after = calendar.after(day, n)
        assert calendar.is_workday(after)
        assert calendar.count(day, after) == n


@given(days, days)
def test_between_is_every_working_day(first: date, last: date) -> None:
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert calendar.between(first, last) == [day for day in span if calendar.is_workday(day)]


def test_the_years_right_after_the_published_ones_count_monday_to_friday() -> None:
    eve = date(LAST_YEAR, 12, 31)
    first = eve + timedelta(days=1)
    guessed = [first + timedelta(days=n) for n in range((date(LAST_YEAR + GUESSED_YEARS, 12, 31) - eve).days)]
    worked = [day for day in guessed if day.weekday() < 5]
    assert calendar.between(first, guessed[-1]) == worked
    assert calendar.count(eve, guessed[-1]) == len(worked)
    assert calendar.after(eve, 3) == worked[2] and calendar.nth_before(worked[2], 2) == worked[0]
    assert published(eve) and not published(first)


@pytest.mark.parametrize("day", [date(FIRST_YEAR - 1, 6, 1), date(LAST_YEAR + GUESSED_YEARS + 1, 6, 1)])
def test_years_without_a_calendar_are_said_so(day: date) -> None:
    with pytest.raises(CalendarNotCovered, match="chinesecalendar"):
        calendar.is_workday(day)
    with pytest.raises(CalendarNotCovered):
        calendar.count(day, day)
