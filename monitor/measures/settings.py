"""What the measures need to know of the campaign: windows and thresholds, and the calendar, by shape and not by
class."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Settings(Protocol):
    """The section [measures] of config.toml; monitor.campaign.Measures is one. Days are working days, shares 0 to 1."""

    @property
    def pace_window(self) -> int: ...
    @property
    def stalled_after(self) -> int: ...
    @property
    def min_history(self) -> int: ...
    @property
    def on_track_from(self) -> float: ...
    @property
    def behind_below(self) -> float: ...
    @property
    def min_stage_share(self) -> float: ...
    @property
    def forecast_horizon_years(self) -> int: ...


class WorkingDays(Protocol):
    """What is asked of monitor.workdays.Calendar."""

    def is_workday(self, day: date, /) -> bool: ...
    def count(self, after: date, until: date, /) -> int: ...
    def last_on_or_before(self, day: date, /) -> date: ...
    def nth_before(self, day: date, n: int, /) -> date: ...
    def between(self, first: date, last: date, /) -> list[date]: ...


@dataclass(frozen=True)
class Setup:
    """The settings of one assessment: the deadline, the calendar and the thresholds that go with them."""

    deadline: date
    calendar: WorkingDays
    settings: Settings
