"""Monthly reports of the demonstration that are written out: invented texts, and what the office did with them."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from monitor.campaign import Campaign
from monitor.demo.filings import filing_story
from monitor.demo.scenario import World, load_world
from monitor.filings.load import Written
from monitor.store.filings import ACCEPTED, RETURNED, SUBMITTED
from monitor.workdays import Calendar

_SURNAMES: Final = "甲乙丙丁戊己庚辛"
_PROBLEMS: Final = (
    "部分学校信息采集人员更换，需再次培训。",
    "个别教师证件材料不全，补充材料需要时间。",
    "系统高峰时段响应较慢，建议错峰录入。",
    "民办学校人员流动较大，应采集人数仍在核对。",
)
_NEXT: Final = (
    "加快审核进度，每周通报各地各校完成情况。",
    "对进度靠后的单位逐一督促，确保按期完成。",
    "完成剩余人员的采集，同步开展数据质量核查。",
)
_USE: Final = ("系统运行平稳，账号已全部发放。", "系统使用正常，已建立日报制度。", "系统运行正常，设专人答疑。")
_BEGUN: Final = ("working_group", "work_plan", "funds", "training_sessions", "training_people", "system_use")
"""What a report that was begun holds."""


def written_reports(campaign: Campaign) -> list[Written]:
    """The reports of all cities, and of some universities, that filed or began one; the same every time.

    Raises:
        DemoError: as filing_story.
    """
    world = load_world(campaign)
    lives = world.scenario.filings.lives
    first = campaign.reports.first_month
    found = []
    for code, month, filed in filing_story(campaign):
        chance = world.scenario.random(f"report {code}").uniform()
        if code not in world.places and code not in lives.drafts and chance >= lives.universities:
            continue
        fields = _fields(world, code, month)
        if filed is not None:
            steps = _first(world, code, filed) if month == first else _second(world, code, filed)
            found.append(Written(code, month, fields, _filler(world, code), filed - timedelta(minutes=20), steps))
        elif month != first and code in lives.drafts:
            begun = {key: fields[key] for key in _BEGUN}
            at = datetime.combine(world.scenario.last_day - timedelta(days=1), time(16, 40), campaign.timezone)
            found.append(Written(code, month, begun, _filler(world, code), at, ()))
    return found


def _first(world: World, code: str, filed: datetime) -> tuple[tuple[str, datetime, str, str | None], ...]:
    """The first month's: accepted, but for those of the story."""
    rule, filler, office = world.scenario.filings, _filler(world, code), _office(world, code)
    steps: list[tuple[str, datetime, str, str | None]] = [(SUBMITTED, filed, filler, None)]
    last = filed
    if code in rule.returned:
        told, zone = rule.returned[code], world.campaign.timezone
        steps.append((RETURNED, told.at.replace(tzinfo=zone), office, told.reason))
        if told.again is None:
            return tuple(steps)
        last = told.again.replace(tzinfo=zone)
        steps.append((SUBMITTED, last, filler, None))
    if code not in rule.lives.waiting:
        steps.append((ACCEPTED, _accepted(world, last), office, None))
    return tuple(steps)


def _second(world: World, code: str, filed: datetime) -> tuple[tuple[str, datetime, str, str | None], ...]:
    """The second month's: with the office since they came."""
    return ((SUBMITTED, filed, _filler(world, code), None),)


def _accepted(world: World, filed: datetime) -> datetime:
    """In the morning of the day on which the office accepts, or of the working day after it came."""
    day: date = max(world.scenario.filings.lives.accepted, Calendar().after(filed.date(), 1))
    return datetime.combine(day, time(10, 15), world.campaign.timezone)


def _fields(world: World, code: str, month: str) -> dict[str, Any]:
    """Invented texts and numbers; they grow from month to month."""
    random: np.random.Generator = world.scenario.random(f"report fields {code}")
    city = code in world.places
    counties, people = int(random.integers(3, 6)), int(random.integers(60, 400))
    factor = 1 if month == world.campaign.reports.first_month else 2
    mark = world.scenario.mark
    names = [f"（{mark}）{sign}" for sign in random.permutation(list(_SURNAMES))]
    training = (
        {"training_counties": counties, "training_schools": people * factor}
        if city
        else {"training_departments": int(random.integers(8, 20))}
    )
    return {
        "working_group": f"组长{names[0]}，牵头部门为{'教师工作处' if city else '人事处'}，成员含发展规划、财务、信息化等部门人员。",
        "work_plan": f"2016年10月印发（{mark}文号）〔2016〕{int(random.integers(1, 90))}号。",
        "funds": f"已安排专项经费 {int(random.integers(3, 40))} 万元，由{'市、县两级' if city else '学校'}保障。",
        "training_sessions": int(random.integers(1, 5)) * factor,
        "training_people": people * factor,
        **training,
        "system_use": str(random.choice(_USE)),
        "security": "已落实信息安全责任人，签订保密承诺，制定应急预案，未发生信息泄露。",
        "problems": str(random.choice(_PROBLEMS)),
        "next_month": str(random.choice(_NEXT)),
        "filler": names[1],
        "reviewer": names[2],
        "head": names[0],
        "phone": "0571-00000000",
    }


def _filler(world: World, code: str) -> str:
    return f"{'市级' if code in world.places else '高校'}填报员（{world.scenario.mark}）"


def _office(world: World, code: str) -> str:
    return f"省级（{'中小学' if code in world.places else '高校'}）（{world.scenario.mark}）"
