"""The campaign: config.toml read and checked. The one place that reads it.

Everything that would differ in another province, or in the next census of schools, comes from here.
"""

import os
import tomllib
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from monitor import mistakes
from monitor.i18n import _
from monitor.sections import (
    Bulletin,
    Chase,
    Data,
    Directory,
    Evidence,
    Head,
    Intake,
    Logging,
    Measures,
    Reports,
    ReviewLevels,
    Roster,
    Section,
    Security,
    Stage,
)
from monitor.workdays import CalendarNotCovered, published

PROJECT = Path(__file__).resolve().parent.parent

COLLECTION = "collection"
"""Key of the stage that the figures measure."""


class ConfigError(Exception):
    """config.toml cannot be used; the message names the line and the remedy."""


class Campaign(Section):
    """The whole of config.toml. `base` is the folder that its paths are relative to."""

    campaign: Head
    data: Data
    stages: list[Stage] = Field(min_length=1)
    reports: Reports
    roster: Roster = Roster()
    evidence: Evidence = Evidence()
    review_levels: ReviewLevels
    measures: Measures = Measures()
    intake: Intake = Intake()
    bulletin: Bulletin = Bulletin()
    security: Security = Security()
    logging: Logging = Logging()
    directory: Directory = Directory()
    chase: Chase = Chase()
    base: Path = PROJECT

    @field_validator("stages")
    @classmethod
    def _stages_fit(cls, stages: list[Stage], info: ValidationInfo) -> list[Stage]:
        keys = [stage.key for stage in stages]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(_("two stages have the key {key}; give each its own").format(key=key))
        head = info.data.get("campaign")
        measured = next((stage for stage in stages if stage.key == COLLECTION), None)
        if measured is None or measured.due is None:
            raise ValueError(_("a stage with the key {key} and a due date is missing; add it").format(key=COLLECTION))
        for stage in stages:
            if head and stage.due and stage.due < head.start:
                raise ValueError(
                    _("stage {key} is due before the campaign starts ({start})").format(key=stage.key, start=head.start)
                )
        if head and not head.start <= head.baseline_day <= measured.due:
            raise ValueError(
                _("baseline_day in [campaign] must lie between start and the due date of the stage {key}").format(
                    key=COLLECTION
                )
            )
        for day in (head.start if head else measured.due, measured.due):
            if not published(day):
                raise CalendarNotCovered(day)
        return stages

    # What is asked for most stands at the top level too, so that callers read `campaign.deadline`.
    @property
    def title(self) -> str:
        """Name of the campaign."""
        return self.campaign.title

    @property
    def root(self) -> str:
        """Code of the unit at the top of the tree."""
        return self.campaign.root

    @property
    def start(self) -> date:
        """First day that a table may carry."""
        return self.campaign.start

    @property
    def deadline(self) -> date:
        """Day by whose end collection and review are complete: the due date of the stage `collection`."""
        due = self.stage(COLLECTION).due
        assert due is not None  # checked when the campaign was read
        return due

    @property
    def collecting_from(self) -> date:
        """First day of collecting: where the schedule begins."""
        return self.stage(COLLECTION).start or self.start

    def stage(self, key: str) -> Stage:
        """The stage with this key.

        Raises:
            KeyError: the campaign has none.
        """
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise KeyError(key)

    @property
    def baseline_day(self) -> date:
        """Day whose head count is frozen as the baseline."""
        return self.campaign.baseline_day

    @property
    def denominator(self) -> str:
        """What the completion is measured against: live, baseline or statistics."""
        return self.campaign.denominator

    @cached_property
    def timezone(self) -> ZoneInfo:
        """The time zone in which the campaign's days begin and end."""
        return ZoneInfo(self.campaign.timezone)

    def path(self, name: str) -> Path:
        """A file named in config.toml, relative to its folder."""
        return self.base / name

    def now(self) -> datetime:
        """This moment in the campaign's time zone."""
        return datetime.now(self.timezone)

    def today(self) -> date:
        """Today in the campaign's time zone, wherever the server stands."""
        return self.now().date()

    def end_of(self, day: date) -> datetime:
        """The first moment after `day` in the campaign's time zone."""
        return datetime.combine(day + timedelta(days=1), time(), self.timezone)


def load_campaign(path: str | Path | None = None) -> Campaign:
    """Read and check the campaign from `path`, MONITOR_CONFIG, or the project's config.toml.

    Raises:
        ConfigError: the file is missing, is not TOML, or says something that cannot be; with line and remedy.
    """
    source = Path(path or os.environ.get("MONITOR_CONFIG") or PROJECT / "config.toml").resolve()
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            _("Cannot read {path}: {reason}").format(path=source, reason=mistakes.not_read(error))
        ) from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}\n{mistakes.unreadable(error, text)}") from error
    try:
        return Campaign.model_validate({**content, "base": source.parent})
    except ValidationError as error:
        raise ConfigError(f"{source}\n{mistakes.explained(error, text)}") from error
