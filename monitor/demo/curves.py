"""How far each group of schools is on each day: shares of the people at each stage, rising or level, never falling.

A group is a county, a city's own schools, the province's own schools, or one university.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from monitor.demo.scenario import Course, Scenario, World
from monitor.workdays import Calendar

Floats = NDArray[np.float64]

STAGES = ("entered", "submitted", "reviewed_first", "passed_first", "reviewed_final", "approved", "numbered")
"""Stages in order; people at a stage are part of those at the stage before."""

ENTRY_LEAD = 2.5  # working days from a record's entry to its submission
NUMBER_LAG = 1.0  # working days from the approval to the number
SUBMISSION_START = 1.0  # working day on which the first records are submitted
APPROVAL_START = 4.0
FIRST_RETURNS = 0.06  # of the records reviewed at the first level, when hardly any are reviewed; falls to 0
FINAL_RETURNS = 0.05


@dataclass(frozen=True)
class Groups:
    """Groups in the order of the first axis of every array here."""

    codes: list[str]
    courses: list[Course]

    def of(self, schools: pl.DataFrame) -> NDArray[np.int64]:
        """The group of every school: itself for a university, else what it hangs under."""
        place = {code: n for n, code in enumerate(self.codes)}
        own = zip(schools["code"].to_list(), schools["parent"].to_list(), schools["school_type"].to_list(), strict=True)
        return np.array([place[code if kind == "university" else parent] for code, parent, kind in own], dtype=np.int64)

    def stalled(self, scenario: Scenario) -> NDArray[np.int64]:
        """Place of the day after which nothing moves, of every group; the number of days where it never stalls."""
        days = [course.stalled_after for course in self.courses]
        return np.array([scenario.index(day) if day else len(scenario.days) for day in days], dtype=np.int64)


def groups(world: World) -> Groups:
    """Every group with where it stands on the last day."""
    scenario, random = world.scenario, world.scenario.random("courses")
    city = {course.code: course for course in scenario.cities}
    told = {course.code: course for course in scenario.counties}
    courses = [told.get(course.code, course) for course in scenario.cities]
    for county in world.counties:
        above, shift = city[county.parent], float(np.clip(random.normal(0, 0.045), -0.09, 0.09))
        near = {"code": county.code, "submitted": above.submitted + 0.7 * shift, "approved": above.approved + shift}
        courses.append(told.get(county.code, above.model_copy(update=near)))
    courses += _university_courses(world)
    return Groups([course.code for course in courses], courses)


def _university_courses(world: World) -> list[Course]:
    rule, random = world.scenario.universities, world.scenario.random("university courses")
    courses = []
    for row in world.institutions:
        code, shift, tempo = row.code, float(random.normal(0, 0.13)), float(random.uniform(0.85, 1.3))
        approved = float(np.clip(rule.approved + shift, 0.12, 0.98))
        submitted = float(np.clip(max(rule.submitted + 0.8 * shift, approved + 0.03), 0, 1.05))
        stalled = rule.stalled_after if code in rule.stalled else None
        if code in rule.not_started:
            submitted = approved = 0.0
        elif code in rule.done:
            submitted, approved = 1.4, 1.25
        courses.append(Course(code=code, submitted=submitted, approved=approved, tempo=tempo, stalled_after=stalled))
    return courses


def effort(scenario: Scenario, courses: list[Course], calendar: Calendar) -> Floats:
    """Work done by the end of each day, in working days: groups × days. Weekends count little, no two days alike."""
    random = scenario.random("effort")
    weight = np.array([1.0 if calendar.is_workday(day) else scenario.weekend_effort for day in scenario.days])
    common = random.lognormal(0, 0.12, len(weight))
    own = random.lognormal(0, 0.28, (len(courses), len(weight)))
    done = np.cumsum(weight * common * own, axis=1)
    done *= weight[weight == 1].size / done[:, -1:]
    for row, course in enumerate(courses):
        if course.stalled_after:
            at = scenario.index(course.stalled_after)
            done[row, at:] = done[row, at]
    return done


def stage_shares(done: Floats, courses: list[Course], last: float) -> dict[str, Floats]:
    """Share of the people that has reached each of STAGES: arrays groups × days, each at most the one before.

    `done` is the work done (effort), `last` the work that brings a group to where its course says.
    """
    target = {
        name: np.array([[getattr(course, name)] for course in courses])
        for name in ("submitted", "approved", "tempo", "school_lag")
    }

    def submitted(at: Floats) -> Floats:
        return _capped(target["submitted"] * _run(at, SUBMISSION_START, last) ** 0.9)

    def approved(at: Floats) -> Floats:
        return _capped(target["approved"] * _run(at, APPROVAL_START, last) ** target["tempo"])

    return _chain(done, target["school_lag"], submitted, approved)


def _capped(share: Floats) -> Floats:
    """Nobody is collected twice: shares end at 1."""
    return np.clip(share, 0, 1)


def _run(at: Floats, start: float, last: float) -> Floats:
    share: Floats = np.maximum((at - start) / (last - start), 0)
    return share


def _chain(
    done: Floats, school_lag: Floats, submitted: Callable[[Floats], Floats], approved: Callable[[Floats], Floats]
) -> dict[str, Floats]:
    def passed_first(at: Floats) -> Floats:
        return _less_returns(submitted(at - school_lag), FIRST_RETURNS)

    def passed_final(at: Floats) -> Floats:
        return _less_returns(np.minimum(approved(at), passed_first(at)), FINAL_RETURNS)

    return {
        "entered": submitted(done + ENTRY_LEAD),
        "submitted": submitted(done),
        "reviewed_first": submitted(done - school_lag),
        "passed_first": passed_first(done),
        "reviewed_final": np.minimum(approved(done), passed_first(done)),
        "approved": passed_final(done),
        "numbered": passed_final(done - NUMBER_LAG),
    }


def _less_returns(reviewed: Floats, returns: float) -> Floats:
    """Approved of `reviewed`: the part returned grows smaller as the work is done, so that approvals never fall."""
    return reviewed * (1 - returns * (1 - reviewed**2))


def working_days(scenario: Scenario, calendar: Calendar) -> int:
    """Working days of the window."""
    return len(calendar.between(scenario.first_day, scenario.last_day))
