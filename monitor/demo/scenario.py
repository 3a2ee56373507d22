"""scenario.toml and counties.csv read and checked: the one place that reads them."""

import csv
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from monitor.campaign import Campaign
from monitor.divisions import read_divisions
from monitor.i18n import _

HERE = Path(__file__).resolve().parent

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class DemoError(Exception):
    """The demonstration cannot be made for this campaign; the message says why."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TypeSize(_Section):
    """[[types]]: how many schools of a type, and how many people."""

    key: str
    name: str
    serial: Count
    members: Count
    scope: Count
    staff: Count
    teachers: Count
    city_run: Share
    province_run: Count
    spread: float
    least: Count


class Universities(_Section):
    """[universities]: head counts by class, and how far they are."""

    scope: Count
    staff: Count
    teachers: Count
    spread: float
    least: Count
    weights: dict[str, float]
    submitted: float
    approved: float
    not_started: list[str]
    done: list[str]
    stalled: list[str]
    stalled_after: date


class Course(_Section):
    """[[cities]], [[counties]]: where the schools of a city or county stand on the last day."""

    code: str
    submitted: float
    approved: float
    tempo: float = 1.0
    school_lag: float = 1.5
    stalled_after: date | None = None


class Undercount(_Section):
    """[undercount]: a county whose schools of one type report too small an expected number."""

    county: str
    school_type: str
    share: Share


class TakenBack(_Section):
    """[taken_back]: approvals that a county withdraws."""

    county: str
    day: date
    schools: Count
    share: Share


class Correction(_Section):
    """[correction]: a table with wrong figures that is sent again."""

    county: str
    day: date
    schools: Count


class Supplement(_Section):
    """[supplement]: a county reported apart, under the code it had that day."""

    county: str
    day: date


class LeftOut(_Section):
    """[left_out]: units that the tables leave out."""

    county: str
    since: date = Field(alias="from")
    share_elsewhere: Share


class Renamed(_Section):
    """[renamed]: a county's schools move to its new code."""

    old: str
    new: str
    day: date


class Change(_Section):
    """[[opened]], [[closed]], [[merged]]: schools that begin or end within the window."""

    day: date
    county: str
    school_type: str
    count: Count


class Early(_Section):
    """[filings.early]: who has filed the second month's report by the last day."""

    cities: list[str]
    universities: Share


class Lives(_Section):
    """[filings.lives]: whose reports are written out, and what became of them."""

    universities: Share
    accepted: date
    waiting: list[str]
    drafts: list[str]


class Returned(_Section):
    """[filings.returned.<code>]: a first month's report that the office sent back, and whether it came again."""

    at: datetime
    reason: str
    again: datetime | None = None


class Filings(_Section):
    """[filings]: who filed the first month's report when."""

    missing: list[str]
    at: dict[str, datetime]
    lives: Lives
    returned: dict[str, Returned]
    early: Early


class Rosters(_Section):
    """[rosters]: whose roster came in when, and what is wrong with it."""

    missing: list[str]
    draft: list[str]
    paper_missing: list[str]
    no_finance: list[str]
    returned: list[str]
    not_accepted: list[str]
    electronic: dict[str, datetime]
    paper: dict[str, date]


class Milestones(_Section):
    """[milestones]: what was done when, and what was not."""

    trained_by_province: date
    missing: dict[str, list[str]]
    share: dict[str, Share]
    done: dict[str, dict[str, date]]


class Scenario(_Section):
    """The whole of scenario.toml."""

    seed: int
    mark: str
    register_day: date
    first_day: date
    last_day: date
    daily_from: date
    workbooks_from: date
    statistics_year: int
    weekend_effort: float
    types: list[TypeSize]
    universities: Universities
    cities: list[Course]
    counties: list[Course]
    undercount: Undercount
    taken_back: TakenBack
    correction: Correction
    supplement: Supplement
    left_out: LeftOut
    renamed: Renamed
    opened: list[Change]
    closed: list[Change]
    merged: list[Change]
    filings: Filings
    rosters: Rosters
    milestones: Milestones

    @property
    def days(self) -> list[date]:
        """Every calendar day of the window, in order."""
        return [self.first_day + timedelta(n) for n in range((self.last_day - self.first_day).days + 1)]

    def index(self, day: date) -> int:
        """Place of `day` among `days`."""
        return (day - self.first_day).days

    def random(self, topic: str) -> np.random.Generator:
        """Random numbers of one topic: what another topic draws does not change them."""
        return np.random.default_rng([self.seed, *topic.encode()])


@dataclass(frozen=True)
class Place:
    """A province, city or county as the data files name it."""

    code: str
    name: str
    parent: str
    population: int


@dataclass(frozen=True)
class Institution:
    """A university as the data files name it."""

    code: str
    name: str
    parent: str
    level: str
    ownership: str


@dataclass(frozen=True)
class World:
    """What the demonstration is built upon: the scenario, and the campaign's own divisions and institutions.

    `places` holds every division by code, `counties` those with a population, `institutions` all universities, both in
    the order of their codes.
    """

    campaign: Campaign
    scenario: Scenario
    places: dict[str, Place]
    counties: tuple[Place, ...]
    institutions: tuple[Institution, ...]

    @property
    def cities(self) -> list[str]:
        """Codes of the cities, in order."""
        return sorted({county.parent for county in self.counties})


def load_world(campaign: Campaign) -> World:
    """Read the scenario for `campaign`.

    Raises:
        DemoError: the campaign's divisions are not those that the scenario tells of.
        ConfigError: the campaign's divisions or institutions cannot be read.
    """
    scenario = Scenario.model_validate(tomllib.loads((HERE / "scenario.toml").read_text(encoding="utf-8")))
    with (HERE / "counties.csv").open(encoding="utf-8", newline="") as file:
        people = {row["code"]: int(row["population"]) for row in csv.DictReader(file)}
    places, institutions = {}, []
    for row in sorted(read_divisions(campaign), key=lambda row: str(row["code"])):
        code, name, parent = row["code"], row["name"], row["parent_code"] or ""
        if row["kind"] == "university":
            institutions.append(Institution(code, name, parent, row["level"] or "", row["ownership"] or ""))
        else:
            places[code] = Place(code, name, parent, people.get(code, 0))
    _check_known(scenario, people, places)
    counties = tuple(place for place in places.values() if place.population)
    return World(campaign, scenario, places, counties, tuple(institutions))


def _check_known(scenario: Scenario, people: dict[str, int], places: dict[str, Place]) -> None:
    told = {course.code for course in (*scenario.cities, *scenario.counties)} | people.keys()
    unknown = sorted(told - places.keys())
    if unknown:
        raise DemoError(
            _("The demonstration is about divisions that the campaign does not have: {codes}").format(
                codes=", ".join(unknown[:5])
            )
        )
