"""Whose roster of the working group came in when, and who is on it: invented people, plainly so, whom nobody can call."""

from datetime import date, datetime, time, timedelta
from typing import Final

from monitor.campaign import Campaign
from monitor.demo.filings import FIRST_HOUR, LAST_HOUR
from monitor.demo.scenario import World, load_world
from monitor.filings.roster import STAGE, stage
from monitor.filings.roster_load import Filed
from monitor.rosters import Member
from monitor.workdays import Calendar

_NAMES: Final = "甲乙丙丁戊己庚辛壬癸"
_CITY: Final[tuple[tuple[str, str, str], ...]] = (
    ("leader", "局领导", "副局长"),
    ("lead", "教师工作处", "处长"),
    ("member", "组织人事处", "副处长"),
    ("member", "发展规划处", "处长"),
    ("member", "计划财务处", "副处长"),
    ("member", "教育信息中心", "主任"),
    ("contact", "教师工作处", "科员"),
)
_UNIVERSITY: Final[tuple[tuple[str, str, str], ...]] = (
    ("leader", "学校办公室", "副校长"),
    ("lead", "人事处", "处长"),
    ("member", "发展规划处", "副处长"),
    ("member", "财务处", "副处长"),
    ("member", "信息化中心", "主任"),
    ("contact", "人事处", "科员"),
)
REASON: Final = "名单中没有财务部门人员，请补充后重新报送。"


def roster_story(campaign: Campaign) -> list[Filed]:
    """The rosters of the demonstration, one of every city and university that has one; [] where none are asked for.

    Raises:
        DemoError: the campaign's divisions are not those that the scenario tells of.
    """
    owed = stage(campaign)
    if owed is None or owed.due is None:
        return []
    world = load_world(campaign)
    cities = world.cities if "city" in owed.who else []
    universities = [row.code for row in world.institutions] if "university" in owed.who else []
    codes = [code for code in (*cities, *universities) if code not in (*owed.exempt, *world.scenario.rosters.missing)]
    return [_filed(world, code, place, owed.due) for place, code in enumerate(codes)]


def _filed(world: World, code: str, place: int, due: date) -> Filed:
    told = world.scenario.rosters
    people = _people(world, code, place)
    if code in told.draft:
        return Filed(code, people[:2], None)
    moment = told.electronic[code].replace(tzinfo=world.campaign.timezone) if code in told.electronic else None
    electronic = moment or _before(world, code, due)
    paper = None if code in told.paper_missing else told.paper.get(code, electronic.date())
    waits = code in told.not_accepted or code in told.returned
    return Filed(
        code,
        people,
        electronic,
        paper,
        accepted=paper is not None and not waits,
        reason=REASON if code in told.returned else "",
    )


def _people(world: World, code: str, place: int) -> list[Member]:
    """The people on one roster: 演示甲, 演示乙 …, numbers that no telephone has, addresses that no mail reaches."""
    posts = _CITY if code in world.places else _UNIVERSITY
    if code in world.scenario.rosters.no_finance:
        posts = tuple(post for post in posts if "财务" not in post[1])
    return [
        Member(
            duty,
            f"{world.scenario.mark}{_NAMES[number]}",
            department,
            post,
            f"0571-{place * 10 + number + 1:08}",
            "",
            f"yanshi{place * 10 + number + 1:04}@example.cn",
        )
        for number, (duty, department, post) in enumerate(posts)
    ]


def _before(world: World, code: str, due: date) -> datetime:
    """A moment in office hours of the last working days up to the due day."""
    random, calendar = world.scenario.random(f"{STAGE} {code}"), Calendar()
    day = calendar.nth_before(calendar.last_on_or_before(due), int(random.choice([0, 1, 2], p=[0.5, 0.3, 0.2])))
    seconds = int(random.uniform(FIRST_HOUR, LAST_HOUR) * 3600)
    return datetime.combine(day, time(), world.campaign.timezone) + timedelta(seconds=seconds)
