"""The invented schools: how many where, their names and codes, and how many people work in them."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from monitor.demo.scenario import Change, TypeSize, World

DIGITS = "零一二三四五六七八九"
SCHEMA = {
    "code": pl.String,
    "name": pl.String,
    "school_type": pl.String,
    "parent": pl.String,
    "run_by": pl.String,
    "scope": pl.Int64,
    "staff": pl.Int64,
    "teachers": pl.Int64,
    "opened": pl.Date,
    "closed": pl.Date,
    "successor": pl.String,
}


@dataclass(frozen=True)
class _Block:
    """Schools of one type under one parent."""

    parent: str
    run_by: str
    count: int


def institutions(world: World) -> pl.DataFrame:
    """Every school and university of the demonstration, in the order of the tables.

    Columns: code, name, school_type (keys of monitor.figures.SCHOOL_TYPES), parent (the code written in the first
    register table), run_by (county, city, province), scope (people to be collected), staff and teachers (of the
    statistics), opened, closed (null = open all the time), successor (code of the school it was merged into, or null).
    """
    frames = [_of_type(world, size) for size in world.scenario.types]
    schools = pl.concat([*frames]).sort("parent", "serial")
    schools = schools.with_columns(
        code=pl.col("parent") + (pl.int_range(pl.len()).over("parent") + 1).cast(pl.String).str.zfill(4),
    ).sort("code")
    schools = _with_changes(world, schools)
    return pl.concat([schools.select(*SCHEMA), _universities(world)])


def _of_type(world: World, size: TypeSize) -> pl.DataFrame:
    random = world.scenario.random(f"schools {size.key}")
    blocks = _blocks(world, size, random)
    count = sum(block.count for block in blocks)
    weights = random.lognormal(0, size.spread, count).clip(0, 6)
    scope = apportion(size.scope, weights, size.least)
    staff = apportion(size.staff, scope * random.lognormal(0, 0.04, count), size.least)
    teachers = np.minimum(apportion(size.teachers, staff * random.lognormal(0, 0.03, count), 1), staff)
    rows = [
        (
            block.parent,
            block.run_by,
            f"{world.scenario.mark}{world.places[block.parent].name}{size.name.format(n=numeral(n))}",
            n,
        )
        for block in blocks
        for n in range(1, block.count + 1)
    ]
    frame = pl.DataFrame(rows, schema=["parent", "run_by", "name", "serial"], orient="row")
    return frame.with_columns(
        school_type=pl.lit(size.key),
        scope=scope,
        staff=staff,
        teachers=teachers,
        serial=pl.col("serial") + size.serial * 1000,
    )


def _blocks(world: World, size: TypeSize, random: np.random.Generator) -> list[_Block]:
    people = np.array([county.population for county in world.counties], dtype=float)
    cities = world.cities
    city_people = [sum(c.population for c in world.counties if c.parent == city) for city in cities]
    city_run = round(size.members * size.city_run)
    county_run = size.members - city_run - size.province_run
    by_county = apportion(county_run, people * random.lognormal(0, 0.08, len(people)), 0)
    by_city = apportion(city_run, np.array(city_people, dtype=float), 0)
    blocks = [_Block(world.campaign.root, "province", size.province_run)]
    blocks += [_Block(city, "city", int(count)) for city, count in zip(cities, by_city, strict=True)]
    blocks += [
        _Block(county.code, "county", int(count)) for county, count in zip(world.counties, by_county, strict=True)
    ]
    return [block for block in blocks if block.count]


def _universities(world: World) -> pl.DataFrame:
    rule, random = world.scenario.universities, world.scenario.random("universities")
    rows = world.institutions
    classes = np.array([rule.weights.get(row.level + row.ownership, 1.0) for row in rows])
    scope = apportion(rule.scope, classes * random.lognormal(0, rule.spread, len(rows)), rule.least)
    staff = apportion(rule.staff, scope * random.lognormal(0, 0.03, len(rows)), rule.least)
    teachers = np.minimum(apportion(rule.teachers, staff * random.lognormal(0, 0.03, len(rows)), 1), staff)
    frame = pl.DataFrame(
        {
            "code": [row.code for row in rows],
            "name": [row.name for row in rows],
            "parent": [row.parent for row in rows],
            "scope": scope,
            "staff": staff,
            "teachers": teachers,
        }
    )
    none = {name: pl.lit(None, dtype) for name, dtype in SCHEMA.items() if name in ("opened", "closed", "successor")}
    return frame.with_columns(school_type=pl.lit("university"), run_by=pl.lit("province"), **none).select(*SCHEMA)


def _with_changes(world: World, schools: pl.DataFrame) -> pl.DataFrame:
    """`schools` with the openings, closings and mergers of the scenario: the last schools of the type in the county."""
    opened: dict[str, date] = {}
    closed: dict[str, date] = {}
    successor: dict[str, str] = {}
    for change in world.scenario.opened:
        opened |= dict.fromkeys(_last(schools, change), change.day)
    for change in world.scenario.closed:
        closed |= dict.fromkeys(_last(schools, change), change.day)
    for change in world.scenario.merged:
        leaving = _last(schools, change)
        closed |= dict.fromkeys(leaving, change.day)
        successor |= dict(zip(leaving, _codes(schools, change)[: change.count], strict=True))
    code = pl.col("code")
    return schools.with_columns(
        opened=code.replace_strict(opened, default=None, return_dtype=pl.Date),
        closed=code.replace_strict(closed, default=None, return_dtype=pl.Date),
        successor=code.replace_strict(successor, default=None, return_dtype=pl.String),
    )


def _last(schools: pl.DataFrame, change: Change) -> list[str]:
    return _codes(schools, change)[-change.count :]


def _codes(schools: pl.DataFrame, change: Change) -> list[str]:
    here = (pl.col("parent") == change.county) & (pl.col("school_type") == change.school_type)
    return schools.filter(here)["code"].sort().to_list()


def apportion(total: int, weights: np.ndarray, least: int) -> np.ndarray:
    """`total` divided into whole parts in the ratio of `weights`, none under `least`; the parts add up exactly."""
    free = total - least * len(weights)
    exact = weights / weights.sum() * free
    parts = np.floor(exact).astype(np.int64)
    remainder = np.argsort(parts - exact, kind="stable")[: free - int(parts.sum())]
    parts[remainder] += 1
    whole: np.ndarray = parts + least
    return whole


def numeral(n: int) -> str:
    """`n` (1 to 999) in Chinese numerals, as names of schools write them: 三, 十二, 二十, 一百零五."""
    hundreds, rest = divmod(n, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones else "")
