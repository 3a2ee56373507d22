"""The demonstration written as tables, in the formats that the intake reads, in the order in which they arrive."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from monitor.campaign import Campaign
from monitor.demo import frames, registers
from monitor.demo.filings import filing_story
from monitor.demo.scenario import Scenario, World, load_world
from monitor.demo.schools import institutions
from monitor.demo.simulate import Simulation, simulate
from monitor.demo.stories import Story, told
from monitor.demo.workbook import write_workbook
from monitor.i18n import _
from monitor.workdays import Calendar

FILINGS_FILE = "filings.csv"
"""Who filed which month's report when; no table of the intake, hence not among those that write_tables returns."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class _Table:
    """One file: its content, and when it arrives (day, then place among those of the day)."""

    name: str
    content: pl.DataFrame
    day: date
    place: int
    workbook: bool = False


def write_tables(campaign: Campaign, folder: Path, on_progress: Tell | None = None) -> list[Path]:
    """Write every table of the demonstration into `folder`, which exists; the same bytes every time.

    Returns:
        The files that the intake reads, in the order in which they are to be loaded: register, statistics, then
        register changes, collection and review tables by day, each correction after what it corrects. filings.csv lies
        beside them.

    Raises:
        DemoError: the campaign's divisions are not those that the scenario tells of.
    """
    tell = on_progress or (lambda _message: None)
    world = load_world(campaign)
    tell(_("Making up schools and figures"))
    schools = institutions(world)
    story = told(world.scenario, simulate(world, schools))
    tell(_("Writing tables"))
    tables = [*_registers(world, schools), *_days(world, story), *_supplement(world, story), *_correction(world, story)]
    paths = [_write(folder, table) for table in sorted(tables, key=lambda table: (table.day, table.place))]
    _write_filings(folder / FILINGS_FILE, campaign)
    return paths


def _registers(world: World, schools: pl.DataFrame) -> list[_Table]:
    scenario = world.scenario
    tables = [
        _Table(f"units-{scenario.register_day}", registers.first(world, schools), scenario.register_day, 0),
        _Table(
            f"statistics-{scenario.statistics_year}", registers.statistics(world, schools), scenario.register_day, 1
        ),
    ]
    changes = [*scenario.opened, *scenario.closed, *scenario.merged]
    for day in sorted({scenario.renamed.day, *(change.day for change in changes)}):
        tables.append(_Table(f"units-{day}", registers.changes(world, schools, day), day, 0))
    return tables


def _days(world: World, story: Story) -> list[_Table]:
    scenario = world.scenario
    daily = np.array([day >= scenario.daily_from for day in scenario.days])
    worked = np.array([Calendar().is_workday(day) for day in scenario.days])
    people = frames.moved(story.first, frames.COLLECTION.values(), daily | worked)
    collection = frames.collection(story.first, scenario.days, people)
    review = frames.review(world.campaign, story.first, scenario.days, frames.moved(story.first, frames.QUEUES, daily))
    tables = []
    for first, last in _spans(scenario):
        name = f"{first}" if first == last else f"{first}_{last}"
        within = pl.col(frames.DAY).is_between(first, last)
        content = collection.filter(within)
        workbook = first >= scenario.workbooks_from
        if workbook:
            content = frames.with_names(content, registers.names(world, story.first.schools, last))
        tables.append(_Table(f"collection-{name}", content, last, 1, workbook))
        tables.append(_Table(f"review-{name}", review.filter(within), last, 2))
    return tables


def _spans(scenario: Scenario) -> list[tuple[date, date]]:
    """First and last day of each table: a week to a table, later a day."""
    spans, first = [], scenario.first_day
    while first <= scenario.last_day:
        week_end = min(first + timedelta(6 - first.weekday()), scenario.daily_from - timedelta(1))
        last = first if first >= scenario.daily_from else week_end
        spans.append((first, last))
        first = last + timedelta(1)
    return spans


def _supplement(world: World, story: Story) -> list[_Table]:
    """The county reported apart: with names, and with a line for itself, under its code of that day, that adds up."""
    scenario = world.scenario
    rule, names = scenario.supplement, registers.names(world, story.truth.schools, scenario.supplement.day)
    arrives = next(last for first, last in _spans(scenario) if first <= rule.day <= last)
    collection = frames.collection(story.truth, scenario.days, story.truth.apart)
    review = frames.review(world.campaign, story.truth, scenario.days, story.truth.apart)
    place = world.places[rule.county]
    total = frames.with_total(frames.with_names(collection, names), place.code, place.name)
    return [
        _Table(f"collection-{rule.day}-{rule.county}", total, arrives, 3, workbook=True),
        _Table(f"review-{rule.day}-{rule.county}", frames.with_names(review, names), arrives, 4, workbook=True),
    ]


def _correction(world: World, story: Story) -> list[_Table]:
    scenario, rule = world.scenario, world.scenario.correction
    corrected = _only(story.truth, story.corrected, scenario.index(rule.day))
    content = frames.review(world.campaign, story.truth, scenario.days, corrected)
    names = registers.names(world, story.truth.schools, rule.day)
    return [_Table(f"review-{rule.day}-{rule.county}", frames.with_names(content, names), rule.day, 3, workbook=True)]


def _only(simulation: Simulation, schools: np.ndarray, day: int) -> np.ndarray:
    mask = np.zeros(simulation.present.shape, dtype=bool)
    mask[schools, day] = True
    return mask


def _write(folder: Path, table: _Table) -> Path:
    path = folder / f"{table.name}.{'xlsx' if table.workbook else 'csv'}"
    if table.workbook:
        write_workbook(path, table.content)
    else:
        table.content.write_csv(path)
    return path


def _write_filings(path: Path, campaign: Campaign) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["单位代码", "月份", "报送时间"])
        for code, month, filed in filing_story(campaign):
            rows.writerow([code, month, filed.isoformat(sep=" ", timespec="seconds") if filed else ""])
