"""The status of a unit, and the sentence that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from monitor.i18n import _
from monitor.measures.forecast import chances, reason_text
from monitor.measures.pace import per_day, required_pace
from monitor.measures.panel import Floats, Panel, rise, stretch
from monitor.measures.settings import Settings, WorkingDays
from monitor.numbers import day_written, decimal, percent, whole

STATUSES = ("complete", "overdue", "not_started", "stalled", "on_track", "at_risk", "behind")
"""Every status, in the order in which they are tried."""


LAGGING = ("overdue", "stalled", "behind", "not_started")
"""The statuses of those who are behind, the worst first."""


@dataclass(frozen=True)
class Question:
    """What a status depends on besides a unit's own figures."""

    as_of: date
    deadline: date
    calendar: WorkingDays
    settings: Settings

    @property
    def working_days_left(self) -> int:
        """W."""
        return self.calendar.count(self.as_of, self.deadline)


def gains(panel: Panel, calendar: WorkingDays, settings: Settings) -> pd.DataFrame:
    """What was approved since the end of the working day from which a standstill counts (config: stalled_after).

    Returns, by unit: gained (NaN without that much history) and stalled (with that much history, and nothing gained).
    """
    gained = _gained(panel, calendar, settings)
    return pd.DataFrame({"gained": gained, "stalled": gained <= 0}, index=pd.Index(panel.units, name="unit"))


def _gained(panel: Panel, calendar: WorkingDays, settings: Settings) -> Floats:
    newest = calendar.last_on_or_before(panel.as_of)
    since = panel.column(calendar.nth_before(newest, settings.stalled_after))
    return np.where(panel.first <= since, panel.now("approved") - panel.at("approved", max(since, -1)), np.nan)


def lags(table: pd.DataFrame) -> pd.Series:
    """Who is called lagging, wherever lagging units are listed or counted: those with a status of LAGGING.

    Whether a lagging unit may be named for its rate besides is what measures.funnel says. The index stays.
    """
    return table["status"].isin(LAGGING)


def statuses(table: Mapping[str, Any] | pd.DataFrame, question: Question) -> np.ndarray:
    """The status of every row, the first that holds (docs/definitions.md, status).

    `table`: columns expected, entered, approved, left (denominator − approved), stalled, pace, required_pace,
    probability, none_reason (None where there is a forecast). Returns an array of STATUSES.
    """
    settings = question.settings
    expected, entered, approved, left, pace, required, probability = (
        pd.Series(table[name]).to_numpy(dtype=np.float64, na_value=np.nan)
        for name in ("expected", "entered", "approved", "left", "pace", "required_pace", "probability")
    )
    work_left = (left > 0) | (approved < expected)
    has_forecast = pd.isna(np.asarray(table["none_reason"], dtype=object))
    return np.select(
        [
            (approved >= expected) & (expected > 0),
            work_left & (question.working_days_left == 0),
            entered == 0,
            np.asarray(table["stalled"], dtype=bool),
            np.where(has_forecast, probability >= settings.on_track_from, pace >= required),
            has_forecast & (probability >= settings.behind_below),
        ],
        ["complete", "overdue", "not_started", "stalled", "on_track", "at_risk"],
        default="behind",
    ).astype(object)


def status_of(panel: Panel, question: Question) -> np.ndarray:
    """The status of every unit of a panel, without all that is said of it besides: for looking at many days."""
    calendar, settings = question.calendar, question.settings
    why_not, probability = chances(panel, question.deadline, calendar, settings)
    window = stretch(panel, calendar, settings.pace_window)
    approved = panel.now("approved")
    left = panel.now("denominator") - approved
    table = {
        "expected": panel.now("expected"),
        "entered": panel.now("entered"),
        "approved": approved,
        "left": left,
        "stalled": _gained(panel, calendar, settings) <= 0,
        "pace": per_day(rise(panel, "approved", window), window.days),
        "required_pace": required_pace(left, question.working_days_left),
        "probability": probability,
        "none_reason": why_not,
    }
    return statuses(table, question)


def sentences(table: pd.DataFrame, question: Question) -> list[str]:
    """The sentence of every row: why it has its status. Every number in it is one of the row's.

    `table`: the columns of statuses(), status, gained, window, late and p50.
    """
    speak = _Speaker(question)
    columns = [_plain(table[name]) for name in _Row._fields]
    return [speak.of(row) for row in map(_Row._make, zip(*columns, strict=True))]


def before_any_data() -> tuple[str, str]:
    """Status and sentence of a unit that no table has mentioned yet."""
    return "not_started", _("no figures yet")


class _Row(NamedTuple):
    """What a sentence is made of; None where there is no figure."""

    status: str
    expected: float
    approved: float
    left: float | None
    gained: float | None
    pace: float | None
    window: float | None
    required_pace: float | None
    p50: date | None
    late: float
    probability: float
    none_reason: str | None


def _plain(column: pd.Series) -> list[Any]:
    """A column as Python objects, None where it is empty; pandas' own ways take longer than all measures."""
    if column.dtype == object:
        return column.tolist()
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.to_numpy().astype("datetime64[D]").astype(object).tolist()
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return [None if value != value else value for value in values.tolist()]


class _Speaker:
    """Puts rows into words."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.settings = question.settings
        self.deadline = self._day(question.deadline)

    def of(self, row: _Row) -> str:
        speakers = {
            "complete": self._complete,
            "overdue": self._overdue,
            "not_started": self._not_started,
            "stalled": self._stalled,
        }
        return speakers.get(row.status, self._under_way)(row)

    def _complete(self, row: _Row) -> str:
        if row.approved > row.expected:
            return _("{approved} approved, more than the {expected} expected; check the number expected").format(
                approved=whole(row.approved), expected=whole(row.expected)
            )
        return _("all {approved} approved").format(approved=whole(row.approved))

    def _overdue(self, row: _Row) -> str:
        if row.left is not None and row.left > 0:
            gap = _("the deadline {deadline} has been reached and {left} are still not approved")
        else:
            gap = _("the deadline {deadline} has been reached; {approved} of {expected} expected are approved")
        said = gap.format(
            deadline=self.deadline,
            left=whole(row.left or 0),
            approved=whole(row.approved),
            expected=whole(row.expected),
        )
        if row.p50 is not None:
            said += self._finish(row.p50)
        return said

    def _not_started(self, row: _Row) -> str:
        if row.expected > 0:
            return _("none of the {expected} expected has been entered").format(
                expected=whole(row.expected)
            ) + self._required(row)
        return _("nobody is expected and nobody has been entered")

    def _stalled(self, row: _Row) -> str:
        days = self.settings.stalled_after
        if row.gained is not None and row.gained < 0:
            said = _("approvals fell by {fallen} within {days} working days").format(
                days=days, fallen=whole(-row.gained)
            )
        else:
            said = _("no new approvals for {days} working days").format(days=days)
        if row.left is not None and row.left > 0:
            said += _(", {left} left").format(left=whole(row.left))
        return said + self._required(row)

    def _under_way(self, row: _Row) -> str:
        if row.pace is None:
            said = _("first day with figures, no pace yet")
        else:
            said = _("at {pace} per working day over the last {window} working days").format(
                pace=decimal(row.pace), window=whole(row.window or 0)
            )
        if row.none_reason:
            said += _(", no forecast: {reason}").format(reason=reason_text(row.none_reason, self.settings))
        elif row.p50 is None:
            said += _(", not finished within {years} years").format(years=self.settings.forecast_horizon_years)
        else:
            said += self._finish(row.p50) + self._margin(row)
        return said + self._required(row)

    def _finish(self, day: date) -> str:
        return _(", expected to finish on {day}").format(day=self._day(day))

    def _margin(self, row: _Row) -> str:
        if row.late > 0:
            said = _(", {days} working days after the deadline") if row.late > 1 else _(", one working day late")
        elif row.late < 0:
            said = _(", {days} working days before the deadline") if row.late < -1 else _(", one working day early")
        else:
            said = _(", just in time for the deadline")
        said = said.format(days=whole(abs(row.late)))
        if row.status == "at_risk":
            said += _(", likelihood of making it {probability}").format(probability=percent(row.probability))
        return said

    def _required(self, row: _Row) -> str:
        if not row.required_pace:
            return ""
        return _("; {required} per working day needed").format(required=whole(row.required_pace))

    def _day(self, day: date) -> str:
        return day_written(day, year=day.year != self.question.as_of.year)
