"""China's working days: public holidays off, make-up Saturdays and Sundays on (the `chinesecalendar` package)."""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import cache

import chinese_calendar
from chinese_calendar.constants import holidays

from monitor.i18n import _

FIRST_YEAR: int = min(holidays).year
LAST_YEAR: int = max(holidays).year
GUESSED_YEARS = 2  # after the last published one, counted Monday to Friday


class CalendarNotCovered(ValueError):
    """A day lies in a year whose public holidays the calendar package does not know (yet)."""

    def __init__(self, day: date) -> None:
        super().__init__(
            _(
                "The working-day calendar knows {first} to {last}, not {day}. Update the package chinesecalendar."
            ).format(first=FIRST_YEAR, last=LAST_YEAR, day=day.isoformat())
        )


def published(day: date) -> bool:
    """Whether the public holidays of the day's year are known."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


@cache
def _working_days() -> list[date]:
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR + GUESSED_YEARS, 12, 31)
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return [day for day in days if (chinese_calendar.is_workday(day) if day.year <= LAST_YEAR else day.weekday() < 5)]


class Calendar:
    """Questions about working days. Every method raises CalendarNotCovered for a day it cannot answer for.

    A program that is opened in January, when the package does not know the new year yet, must still say what is owed:
    the years right after the published ones count Monday to Friday. A campaign's own days have to be published ones
    (monitor.campaign sees to that).
    """

    def __init__(self) -> None:
        self._days = _working_days()

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked."""
        at = self._until(day)
        return at > 0 and self._days[at - 1] == day

    def count(self, after: date, until: date) -> int:
        """Working days from the day after `after` to `until`, inclusive; 0 where there are none."""
        return max(0, self._until(until) - self._until(after))

    def last_on_or_before(self, day: date) -> date:
        """The newest working day that is not after `day`."""
        return self._at(self._until(day) - 1, day)

    def nth_before(self, day: date, n: int) -> date:
        """The n-th working day before the working day `day`; 0 is `day` itself."""
        return self._at(self._until(day) - 1 - n, day)

    def after(self, day: date, n: int) -> date:
        """The n-th working day after `day`."""
        return self._at(self._until(day) + n - 1, day + timedelta(days=2 * n))

    def between(self, first: date, last: date) -> list[date]:
        """The working days from `first` to `last`, both inclusive, in order."""
        self._check(first), self._check(last)
        return self._days[bisect_left(self._days, first) : bisect_right(self._days, last)]

    def _until(self, day: date) -> int:
        self._check(day)
        return bisect_right(self._days, day)

    def _at(self, index: int, asked: date) -> date:
        if not 0 <= index < len(self._days):
            raise CalendarNotCovered(asked)
        return self._days[index]

    @staticmethod
    def _check(day: date) -> None:
        if not FIRST_YEAR <= day.year <= LAST_YEAR + GUESSED_YEARS:
            raise CalendarNotCovered(day)
