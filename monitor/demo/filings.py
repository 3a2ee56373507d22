"""Who filed which month's report when: on time, late, or not at all."""

from datetime import date, datetime, time, timedelta

import numpy as np

from monitor.campaign import Campaign
from monitor.demo.scenario import Filings, World, load_world
from monitor.workdays import Calendar

FIRST_HOUR, LAST_HOUR = 8.5, 17.5


def filing_story(campaign: Campaign) -> list[tuple[str, str, datetime | None]]:
    """Filings of the demonstration's first two months: unit code, month as YYYY-MM, moment in the campaign's time zone.

    One entry a month for every city and university that files reports; None: not filed by the demonstration's last day.

    Raises:
        DemoError: the campaign's divisions are not those that the scenario tells of.
    """
    world = load_world(campaign)
    rule, units = world.scenario.filings, _who(world)
    year, month = (int(part) for part in campaign.reports.first_month.split("-"))
    first = date(year, month, campaign.reports.day)
    second = date(year + month // 12, month % 12 + 1, campaign.reports.day)
    story = [(code, _month(first), _first_month(world, rule, code, first)) for code in units]
    return story + [(code, _month(second), _second_month(world, rule, code, second)) for code in units]


def _who(world: World) -> list[str]:
    reports = world.campaign.reports
    cities = world.cities if "city" in reports.who else []
    universities = [row.code for row in world.institutions] if "university" in reports.who else []
    return [code for code in (*cities, *universities) if code not in reports.exempt]


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _first_month(world: World, rule: Filings, code: str, due: date) -> datetime | None:
    if code in rule.missing:
        return None
    if code in rule.at:
        return rule.at[code].replace(tzinfo=world.campaign.timezone)
    return _before(world, code, due)


def _second_month(world: World, rule: Filings, code: str, due: date) -> datetime | None:
    if code in rule.missing or code in rule.at:
        return None
    random = _random(world, code, due)
    early = code in rule.early.cities if code in world.places else random.uniform() < rule.early.universities
    return _before(world, code, due, at_least=1) if early else None


def _before(world: World, code: str, due: date, at_least: int = 0) -> datetime:
    """A moment in office hours of the last working days up to the due day, or up to `at_least` days before it: the
    demonstration's clock stands somewhere on the due day of its second month, and nothing comes from its future."""
    random, calendar = _random(world, code, due), Calendar()
    ahead = max(int(random.choice([0, 1, 2, 3], p=[0.5, 0.3, 0.15, 0.05])), at_least)
    day = calendar.nth_before(calendar.last_on_or_before(due), ahead)
    seconds = int(random.uniform(FIRST_HOUR, LAST_HOUR) * 3600)
    return datetime.combine(day, time(), world.campaign.timezone) + timedelta(seconds=seconds)


def _random(world: World, code: str, due: date) -> np.random.Generator:
    return world.scenario.random(f"filing {code} {due}")
