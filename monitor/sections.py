"""The tables of config.toml: which keys each has, what may stand there. What they say together is checked by Campaign."""

import re
from datetime import date, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from monitor import i18n
from monitor.i18n import _

Level = Literal["school", "county", "city", "province"]
Kind = Literal["province", "city", "county", "school", "university"]
Share = Annotated[float, Field(ge=0, le=1)]


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise ValueError(_("write a month as 2016-10, between quotation marks"))
    return text


def _variable(name: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        raise ValueError(_("write the name of an environment variable, in capitals, such as MONITOR_ROBOT_330100"))
    return name


Month = Annotated[str, AfterValidator(_month)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _called(name: str, in_english: str | None) -> str:
    """A name of the campaign in the language in use: the official one where no other is given."""
    return in_english if in_english and i18n.language() == "en" else name


class Head(Section):
    """[campaign]: who, what, from when to when. What ends in `_en` is what English pages say; papers are Chinese."""

    title: str
    title_en: str | None = None
    short_title: str
    short_title_en: str | None = None
    issuer: str
    system: str
    root: str
    timezone: str
    start: date
    baseline_day: date
    denominator: Literal["live", "baseline", "statistics"]

    @property
    def called(self) -> str:
        """The title in the language in use."""
        return _called(self.title, self.title_en)

    @property
    def called_briefly(self) -> str:
        """The short title in the language in use."""
        return _called(self.short_title, self.short_title_en)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(_("no such time zone; write for example Asia/Shanghai")) from error
        return name


class Data(Section):
    """[data]: where the files are, relative to config.toml."""

    divisions: str
    institutions: str
    layout: str | None = None
    boundaries: str | None = None
    boundaries_number: str = ""
    templates: str
    database: str


class Stage(Section):
    """One of [[stages]]: what has to be done, by whom, by when. `from_below`: who reports a part of it to those in `who`."""

    key: str
    title: str
    title_en: str | None = None
    who: list[Kind]
    start: date | None = None
    due: date | None = None
    exempt: list[str] = []
    from_below: list[Kind] = []

    @property
    def called(self) -> str:
        """The title in the language in use."""
        return _called(self.title, self.title_en)

    @field_validator("due")
    @classmethod
    def _due_after_start(cls, due: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("start")
        if due and start and due < start:
            raise ValueError(_("the due date must not be earlier than start ({start})").format(start=start))
        return due


class Department(Section):
    """One of [[roster.departments]]: a department that has to be on every roster, and the words that it is known by."""

    name: str
    words: list[str] = Field(min_length=1)


class Roster(Section):
    """[roster]: who has to be on a working group's roster."""

    lead: list[str] = []
    departments: list[Department] = []


class Evidence(Section):
    """[evidence]: bounds of the files that go with a milestone."""

    max_mb: Annotated[int, Field(ge=1, le=64)] = 10
    max_files: Annotated[int, Field(ge=1)] = 5


class Reports(Section):
    """[reports]: the monthly report."""

    title: str
    who: list[Kind]
    day: Annotated[int, Field(ge=1, le=28)]
    inclusive: bool = True
    weekend: Literal["keep", "next_workday", "previous_workday"] = "keep"
    first_month: Month
    exempt: list[str] = []


class ReviewLevels(Section):
    """[review_levels]: the levels that a record passes, by who runs the unit; the last is the final level."""

    county_school: list[Level] = Field(min_length=1)
    city_school: list[Level] = Field(min_length=1)
    province_school: list[Level] = Field(min_length=1)
    university: list[Level] = Field(min_length=1)

    @field_validator("*")
    @classmethod
    def _in_order(cls, levels: list[str]) -> list[str]:
        order = ("school", "county", "city", "province")
        if levels != [level for level in order if level in levels]:
            raise ValueError(_("levels must be written once each, in the order school, county, city, province"))
        return levels


class Measures(Section):
    """[measures]: windows and thresholds of the figures."""

    pace_window: Annotated[int, Field(ge=1)] = 10
    stalled_after: Annotated[int, Field(ge=1)] = 5
    min_history: Annotated[int, Field(ge=1)] = 5
    on_track_from: Share = 0.8
    behind_below: Share = 0.2
    min_stage_share: Share = 0.01
    forecast_horizon_years: Annotated[int, Field(ge=1)] = 2

    @field_validator("behind_below")
    @classmethod
    def _below_on_track(cls, share: float, info: ValidationInfo) -> float:
        if share > info.data.get("on_track_from", 1):
            raise ValueError(_("behind_below must not be greater than on_track_from"))
        return share


class Intake(Section):
    """[intake]: bounds and thresholds of the tables that are read."""

    stale_after_days: Annotated[int, Field(ge=1)] = 3
    jump_share: Share = 0.3
    jump_min: Annotated[int, Field(ge=0)] = 50
    max_file_mb: Annotated[int, Field(ge=1)] = 512
    max_unpacked_mb: Annotated[int, Field(ge=1)] = 4096
    max_rows: Annotated[int, Field(ge=1)] = 20_000_000
    synonyms: dict[str, dict[str, list[str]]] = {}


class Issue(Section):
    """[bulletin.schools], [bulletin.universities]: how a sector's bulletins are numbered, addressed and signed."""

    head: str = ""
    number: str = "〔{year}〕{n}号"
    addressees: str = ""
    signed: str = ""

    @field_validator("number")
    @classmethod
    def _numbered(cls, pattern: str) -> str:
        try:
            fits = pattern.format(year=2016, n=1) != pattern.format(year=2016, n=2)
        except (KeyError, IndexError, ValueError):
            fits = False
        if not fits:
            raise ValueError(_("write the number with {{year}} and {{n}}, for example 〔{{year}}〕{{n}}号").format())
        return pattern


class Bulletin(Section):
    """[bulletin]: whom the bulletins name, and how they are issued."""

    best: Annotated[int, Field(ge=1)] = 5
    below: Share = 0.5
    backlog_days: Annotated[int, Field(ge=1)] = 10
    reply_days: Annotated[int, Field(ge=1)] = 5
    schools: Issue = Issue()
    universities: Issue = Issue()

    def of(self, sector: str) -> Issue:
        """How the bulletins of a sector are issued."""
        return self.universities if sector == "universities" else self.schools


class Security(Section):
    """[security]: sessions and passwords."""

    session_idle_minutes: Annotated[int, Field(ge=1)] = 60
    session_hours: Annotated[int, Field(ge=1)] = 12
    max_failures: Annotated[int, Field(ge=1)] = 5
    lock_minutes: Annotated[int, Field(ge=1)] = 15
    min_password_length: Annotated[int, Field(ge=8)] = 10


class Logging(Section):
    """[logging]: what the program writes down of its own work."""

    lines: Literal["json", "none"] = "json"
    file: str = ""


class Directory(Section):
    """[directory]: sign-in through the office's own directory (OpenID Connect); off without its address."""

    server_metadata_url: str = ""
    client_id: str = ""
    redirect_uri: str = ""
    claim: Annotated[str, Field(min_length=1)] = "sub"
    title: str = ""

    @property
    def on(self) -> bool:
        """Whether there is a directory."""
        return bool(self.server_metadata_url)

    @field_validator("server_metadata_url", "redirect_uri")
    @classmethod
    def _safe(cls, address: str) -> str:
        if address and not re.match(r"https://[^/]+/|http://(127\.0\.0\.1|localhost)[:/]", address):
            raise ValueError(_("write an address that begins with https://"))
        return address

    @field_validator("redirect_uri")
    @classmethod
    def _led_back(cls, address: str, info: ValidationInfo) -> str:
        if info.data.get("server_metadata_url"):
            if not info.data.get("client_id"):
                raise ValueError(_("write client_id above it, since server_metadata_url is given"))
            if not address.endswith("/oauth2callback"):
                raise ValueError(_("write the address of this program, followed by /oauth2callback"))
        return address


class Robot(Section):
    """One of [[chase.robots]]: the robot of the group chat of one unit and those above it."""

    unit: str
    kind: Literal["wecom", "dingtalk"]
    key_variable: Annotated[str, AfterValidator(_variable)]
    endpoint: str = ""


class Mail(Section):
    """[chase.mail]: the office's mail server; without a host no mail is sent."""

    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    security: Literal["none", "starttls", "tls"] = "starttls"
    sender: str = ""
    user: str = ""

    @field_validator("sender")
    @classmethod
    def _sender_with_host(cls, sender: str, info: ValidationInfo) -> str:
        if info.data.get("host") and "@" not in sender:
            raise ValueError(_("write the address that mail is sent from, since host is given"))
        return sender


class Chase(Section):
    """[chase]: when units are asked for what is overdue, and through what."""

    remind_before: Annotated[int, Field(ge=0)] = 3
    escalate_after: Annotated[int, Field(ge=1)] = 3
    findings_after: Annotated[int, Field(ge=0)] = 3
    again_after: Annotated[int, Field(ge=1)] = 5
    quiet_from: time = time(18)
    quiet_until: time = time(8, 30)
    rest_on_days_off: bool = True
    most_per_unit: Annotated[int, Field(ge=1)] = 3
    most_per_day: Annotated[int, Field(ge=1)] = 300
    mail: Mail = Mail()
    robots: list[Robot] = []

    @field_validator("quiet_until")
    @classmethod
    def _quiet_ends(cls, until: time, info: ValidationInfo) -> time:
        if until >= info.data.get("quiet_from", time.max):
            raise ValueError(
                _("quiet_until must be earlier in the day than quiet_from: the time between is for sending")
            )
        return until
