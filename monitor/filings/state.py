"""Where a unit stands with a month's report: exactly one state (docs/definitions.md, filing state)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from monitor.campaign import Campaign
from monitor.filings.deadline import last_day, report_day
from monitor.i18n import _
from monitor.sections import Stage


class Filer(Protocol):
    """What has to be known of a unit: units.Unit is one."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def opened(self) -> date | None: ...
    @property
    def closed(self) -> date | None: ...


@dataclass(frozen=True)
class State:
    """A state: its key, one of STATES, and for `late` by how many days."""

    key: str
    days: int = 0

    @property
    def words(self) -> str:
        """What the screen and the tables call it."""
        if self.key != "late":
            return word(self.key)
        return _("late by {days} days").format(days=self.days) if self.days != 1 else _("late by one day")


STATES: Final = ("missing", "late", "not_due", "on_time", "exempt", "not_required")
"""Every state, those to be looked after first."""

SUBMITTED: Final = ("on_time", "late")
"""The states of those who have filed."""

OWED: Final = ("missing", "late", "not_due", "on_time")
"""The states of those who have to file."""

_WORDS: Final[dict[str, Callable[[], str]]] = {
    "not_due": lambda: _("not due yet"),
    "on_time": lambda: _("on time"),
    "late": lambda: _("late"),
    "missing": lambda: _("not filed"),
    "exempt": lambda: _("exempt"),
    "not_required": lambda: _("not required"),
}


def word(key: str) -> str:
    """A state without its days."""
    return _WORDS[key]()


def state(campaign: Campaign, unit: Filer, month: str, submitted_at: datetime | None, at: datetime) -> State:
    """Where a unit stands with the report of a month (YYYY-MM), as it was known at the moment `at`.

    submitted_at: its first submission, an aware moment; None without one. What was submitted after `at` was not known.
    A unit has to file where its kind does, from the campaign's first month on, and where it is open on the report day.

    Raises:
        ValueError: a moment without a time zone.
        CalendarNotCovered: as deadline.last_day.
    """
    for moment in (submitted_at, at):
        if moment is not None and moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
    if not _required(campaign, unit, month):
        return State("not_required")
    if unit.code in campaign.reports.exempt:
        return State("exempt")
    return against(campaign, last_day(campaign, month), submitted_at, at)


def against(campaign: Campaign, last: date | None, submitted_at: datetime | None, at: datetime) -> State:
    """Where something stands that has to be there by the end of the day `last` (None: whenever), as known at `at`."""
    due = None if last is None else campaign.end_of(last)
    if submitted_at is None or submitted_at > at:
        return State("not_due" if due is None or at < due else "missing")
    if due is None or last is None or submitted_at < due:
        return State("on_time")
    return State("late", (submitted_at.astimezone(campaign.timezone).date() - last).days)


def stage_state(campaign: Campaign, stage: Stage, unit: Filer, done_at: datetime | None, at: datetime) -> State:
    """Where a unit stands with a stage of the campaign that was done at `done_at`, as it was known at `at`.

    A stage is required of the kinds in its `who` that are open on its due day (without one: on the day of `at`).
    """
    day = stage.due or at.astimezone(campaign.timezone).date()
    opened = unit.opened is None or unit.opened <= day
    closed = unit.closed is not None and unit.closed <= day
    if unit.kind not in stage.who or not opened or closed:
        return State("not_required")
    if unit.code in stage.exempt:
        return State("exempt")
    return against(campaign, stage.due, done_at, at)


def _required(campaign: Campaign, unit: Filer, month: str) -> bool:
    reports, day = campaign.reports, report_day(campaign, month)
    opened = unit.opened is None or unit.opened <= day
    closed = unit.closed is not None and unit.closed <= day
    return unit.kind in reports.who and month >= reports.first_month and opened and not closed
