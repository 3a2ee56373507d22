"""An invented campaign for the audit of `status --json`: its units, what the tables said of them first and say now.

Schools that stand still, finish, fall back, begin late, open and close; figures corrected afterwards.
"""

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

from monitor.campaign import Campaign
from tests.cli.test_status import CALENDAR, _days, _divisions
from tests.store.world import Place, World

FIRST, LAST = date(2016, 10, 17), date(2016, 11, 25)
OPENS, CLOSES, PAUSES = date(2016, 11, 7), date(2016, 11, 16), date(2016, 11, 9)
KINDS = (
    "steady",
    "pausing",
    "halted",
    "quick",
    "over",
    "nobody",
    "late",
    "falling",
    "idle",
    "unread",
    "opened",
    "closed",
)
COUNTIES = {"330106": 14, "330108": 13, "330212": 12}
CITY_RUN = ("3301009001", "3301009002")
UNIVERSITIES = ("4133010335", "4133010336", "4133010337")
NAMES = {"school": "学校", "county": "县级", "city": "市级", "province": "省级"}


@dataclass
class Audit:
    """What the tables said: as they are known now, and as they were first loaded."""

    campaign: Campaign
    now: World
    then: World
    kinds: dict[str, str] = field(default_factory=dict)

    def figures(self, code: str, day: date) -> dict[str, int]:
        return _figures(self, code, day)

    def first(self, code: str) -> date:
        """The day of a unit's first figures."""
        return min(
            day
            for head, members in leaves(self, code).items()
            if sector_of(head) == sector_of(code)
            for member in members
            for day in self.now.collection.get(member, {})
            if day >= (self.now.units[member].opened or day)
        )

    def peers(self, code: str) -> list[str]:
        """Those whom a unit is ranked among: of its kind, under the same unit."""
        place = self.now.units[code]
        return [
            other
            for other, one in self.now.units.items()
            if not one.successor and one.kind == place.kind and self.now.above(other) == self.now.above(code)
        ]

    def __hash__(self) -> int:
        return id(self)


@cache
def leaves(audit: Audit, code: str) -> dict[str, list[str]]:
    """The reporting units of a unit that have tables; none of the others has anything to add."""
    found = audit.now.leaves(code)
    return {head: members for head, members in found.items() if any(one in audit.now.collection for one in members)}


@cache
def _leaf(audit: Audit, head: str, day: date) -> dict[str, int]:
    return audit.now.leaf(head, leaves(audit, head)[head], day)


@cache
def _figures(audit: Audit, code: str, day: date) -> dict[str, int]:
    total: dict[str, int] = {}
    for head in leaves(audit, code):
        if sector_of(head) == sector_of(code):
            for name, value in _leaf(audit, head, day).items():
                total[name] = total.get(name, 0) + value
    return total


def sector_of(code: str) -> str:
    return "universities" if code.startswith("41330") else "schools"


# ---- the tables ------------------------------------------------------------------------------------------------------


def invented(campaign: Campaign) -> Audit:
    """Schools of every kind in three counties and under a city, some universities, and what befell them."""
    dice = Random(11)
    worlds = []
    for _ in range(2):
        world = World(campaign.baseline_day)
        world.units = _divisions()
        worlds.append(world)
    audit = Audit(campaign, *worlds)
    for county, count in COUNTIES.items():
        for number in range(count):
            audit.kinds[f"{county}{number + 1:04d}"] = KINDS[number % len(KINDS)]
    audit.kinds |= dict.fromkeys(CITY_RUN, "steady") | dict.fromkeys(UNIVERSITIES, "pausing")
    for code, kind in audit.kinds.items():
        for world in worlds:
            if code not in UNIVERSITIES:
                parent = "330100" if code in CITY_RUN else code[:6]
                world.units[code] = Place(code, "school", parent, "primary")
                world.units[code].opened = OPENS if kind == "opened" else None
                world.units[code].closed = CLOSES if kind == "closed" else None
        _campaign_of(audit, code, kind, dice)
    return audit


def _campaign_of(audit: Audit, code: str, kind: str, dice: Random) -> None:
    """One unit's days, and the corrections of some of them."""
    expected = 0 if kind == "nobody" else dice.randint(30, 160)
    begins = {"late": date(2016, 11, 22), "opened": OPENS}.get(kind, FIRST)
    ends = CLOSES - timedelta(days=1) if kind == "closed" else LAST
    speed = expected / (22 if kind in ("quick", "over") else dice.choice((40, 46, 52, 80)))
    places = [0.0, 0.0, 0.0, 0.0]  # entered, submitted, approved at the school, approved at the end
    for day in _days(begins, ends):
        if CALENDAR.is_workday(day) or dice.random() < 0.2:
            for place in range(4):
                ahead = dice.uniform(0.6, 1.4) * (1.6, 1.4, 1.2, 1.0)[place]
                places[place] += speed * ahead if _works(kind, place, day, dice) else 0
            if kind == "falling" and day > PAUSES:
                places[3] = max(0.0, places[3] - speed)
        expected += dice.randint(-1, 2) if day == PAUSES and expected else 0
        top = expected * (1.05 if kind == "over" else 1)
        entered, submitted, passed, done = (min(math.floor(value), math.floor(top)) for value in places)
        submitted = min(entered, submitted)
        passed = min(submitted, passed)
        done = min(passed, done)
        returned = min(2, passed - done)
        if dice.random() < 0.9 or day in (begins, ends):
            _say(audit.now, code, day, (expected, entered, submitted, passed, done, returned))
            _say(audit.then, code, day, (expected, entered, submitted, passed, done, returned))
            if dice.random() < (0.4 if day == ends else 0.06) and passed:
                _say(audit.now, code, day, (expected + 1, entered, submitted, passed, max(0, done - 1), returned))


def _works(kind: str, place: int, day: date, dice: Random) -> bool:
    if kind == "idle" or (kind == "unread" and place == 3):
        return False
    if kind == "halted" and day > PAUSES:
        return place < 2
    return kind != "pausing" or dice.random() < 0.5


def _say(world: World, code: str, day: date, row: tuple[int, int, int, int, int, int]) -> None:
    expected, entered, submitted, passed, done, returned = row
    world.collection.setdefault(code, {})[day] = (expected, entered, submitted, None)
    first, last = world.chain(code)
    levels = world.review.setdefault(code, {})
    levels.setdefault(first, {})[day] = (submitted - passed, passed, 0)
    levels.setdefault(last, {})[day] = (passed - done - returned, done, returned)


def tables(world: World, rows: list[tuple[str, date]], folder: Path, name: str) -> list[str]:
    collection = ["统计日期,单位代码,应采集人数,已录入人数,已报送人数"]
    review = ["统计日期,单位代码,审核级次,待审核人数,审核通过人数,退回人数"]
    for code, day in rows:
        collection.append(f"{day},{code},{','.join(map(str, world.collection[code][day][:3]))}")
        review += [
            f"{day},{code},{NAMES[level]},{','.join(map(str, days[day]))}" for level, days in world.review[code].items()
        ]
    return [write(folder / f"{name}-c.csv", collection), write(folder / f"{name}-r.csv", review)]


def write(path: Path, lines: list[str]) -> str:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)
