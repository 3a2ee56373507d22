"""Milestones of the demonstration: plans written, training held, in time, late, or not at all."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from monitor.campaign import Campaign
from monitor.demo.scenario import World, load_world
from monitor.filings.milestone_load import Told
from monitor.filings.milestones import ELSEWHERE, Report, shown_stages
from monitor.sections import Stage
from monitor.workdays import Calendar

_NOTES: Final = {
    "work_plan": "工作方案已印发（演示）。",
    "local_training": "培训已完成（演示）。",
    "provincial_training": "省级培训已举办（演示）。",
}
_PEOPLE_A_SCHOOL: Final = 2
_SCHOOLS_A_SESSION: Final = 40


def milestone_story(campaign: Campaign, schools: Mapping[str, int]) -> list[Told]:
    """What the units of the demonstration report of their milestones.

    schools: code of a city or county → schools of which it reports itself, those directly below it.

    Raises:
        DemoError: the campaign's divisions are not those that the scenario tells of.
    """
    world = load_world(campaign)
    kinds = {"province": [campaign.root], "city": world.cities, "county": [county.code for county in world.counties]}
    kinds["university"] = [row.code for row in world.institutions]
    story = []
    for stage in shown_stages(campaign):
        if stage.key in ELSEWHERE or stage.due is None:
            continue
        missing = (*world.scenario.milestones.missing.get(stage.key, []), *stage.exempt)
        for kind in dict.fromkeys((*stage.who, *stage.from_below)):
            codes = [code for code in kinds.get(kind, []) if code not in missing]
            story += [_told(world, stage, kind, code, schools.get(code, 0)) for code in codes]
    return story


def _told(world: World, stage: Stage, kind: str, code: str, schools: int) -> Told:
    done = _done(world, stage, kind, code)
    moment = datetime.combine(done, time(16, 30), world.campaign.timezone)
    note = _NOTES.get(stage.key, f"{stage.title}已完成（演示）。")
    # What was done in time has been accepted since; what is late still waits for the province.
    judged = kind in stage.who and kind != "province" and stage.due is not None and done <= stage.due
    accepted = moment + timedelta(days=3) if judged else None
    if not stage.from_below:
        return Told(code, stage.key, Report(done, note), moment, accepted)
    reached = int(schools * world.scenario.milestones.share.get(code, 1))
    sessions = max(1, -(-reached // _SCHOOLS_A_SESSION))
    return Told(code, stage.key, Report(done, note, sessions, reached * _PEOPLE_A_SCHOOL, reached), moment, accepted)


def _done(world: World, stage: Stage, kind: str, code: str) -> date:
    told = world.scenario.milestones
    if kind == "province":
        return told.trained_by_province
    if code in told.done.get(stage.key, {}):
        return told.done[stage.key][code]
    assert stage.due is not None
    # Who is above others is done when they are: counties in the weeks before, cities in the last days.
    most = 3 if kind in stage.who else 9
    least = 0 if kind in stage.who else 3
    random, calendar = world.scenario.random(f"milestone {stage.key} {code}"), Calendar()
    last = calendar.last_on_or_before(stage.due)
    back = int(random.integers(least, most + 1))
    return calendar.nth_before(last, back) if back else last
