"""Every figure of every November form of the demonstration, against the tables themselves counted school by school.

The count knows the tables, the tree and the definitions, and nothing of the program. Of the tables only those around the two
report days are loaded, to keep it short; what a school said last stands.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from monitor.campaign import Campaign
from monitor.documents import batch, formats, reports, templates
from monitor.intake.load import import_file
from monitor.store import Scope, Store
from monitor.store.setup import load_register_files
from tests.databases import Databases
from tests.demo.conftest import Demo, demo, placed, read_table  # noqa: F401
from tests.documents.reading import docx_rows, pdf_text, sheet_rows, sheet_texts

OCTOBER, NOVEMBER = date(2016, 10, 25), date(2016, 11, 25)
CHOSEN = (
    "units-",
    "statistics-",
    "collection-2016-10-24_",
    "review-2016-10-24_",
    "collection-2016-11-25",
    "review-2016-11-25",
)
FIGURES = ("应采集人数", "已录入人数", "已报送人数", "已赋号人数")
PLACES = ("待审核人数", "审核通过人数", "退回人数")
LEVELS = ("学校", "县级", "市级", "省级")
TYPES = ("幼儿园", "小学", "初中", "普通高中", "完全中学", "九年一贯制", "十二年一贯制", "中等职业", "特殊教育", "其他")
SAMPLED = ("330100", "330900", "4133010335", "4133012792")
OF_CITY, OF_UNIVERSITY = LEVELS[:3], (LEVELS[0], LEVELS[3])


@dataclass
class Count:
    """What stands behind a form on a day: people by figure, records by level and place, schools."""

    people: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*FIGURES, "通过", "退回"), 0))
    levels: dict[tuple[str, str], int] = field(default_factory=dict)
    schools: list[int] = field(default_factory=lambda: [0, 0, 0])

    def add(self, figures: dict[str, int], records: dict[tuple[str, str], int], final: str) -> None:
        """One school more."""
        approved, expected = records.get((final, "审核通过人数"), 0), figures.get("应采集人数", 0)
        for name in FIGURES:
            self.people[name] += figures.get(name, 0)
        self.people["通过"] += approved
        self.people["退回"] += records.get((final, "退回人数"), 0)
        for key, number in records.items():
            self.levels[key] = self.levels.get(key, 0) + number
        self.schools[0] += 1
        self.schools[1] += figures.get("已录入人数", 0) > 0
        self.schools[2] += approved >= expected > 0

    def row(self) -> list[Any]:
        """The cells of a row of the third section."""
        return [*self.schools, *self.five(), self.completion()]

    def five(self) -> list[int]:
        """Expected, entered, submitted, numbered, approved."""
        return [*(self.people[name] for name in FIGURES), self.people["通过"]]

    def completion(self) -> Any:
        """Approved of expected."""
        return rate(self.people["通过"], self.people["应采集人数"])


def rate(part: int, base: int) -> Any:
    return pytest.approx(part / base, rel=1e-12) if base else "—"


@pytest.fixture(scope="module")
def counted(demo: Demo, placed: pl.DataFrame) -> dict[tuple[str, str, date], Count]:  # noqa: F811
    """By unit that files, school type ("" for all) and report day."""
    paths = [path for path in demo.files if path.name.startswith(CHOSEN)]
    said: dict[str, dict[date, dict[str, int]]] = {}
    reviewed: dict[tuple[str, str], dict[date, dict[str, int]]] = {}
    for path in paths:
        if path.name.startswith("collection"):
            for row in read_table(path).iter_rows(named=True):
                figures = {name: row[name] for name in FIGURES if row[name] is not None}
                said.setdefault(row["单位代码"], {})[row["统计日期"]] = figures
        elif path.name.startswith("review"):
            for row in read_table(path).iter_rows(named=True):
                key = row["单位代码"], row["审核级次"]
                reviewed.setdefault(key, {})[row["统计日期"]] = {name: row[name] for name in PLACES}
    dates = {row["单位代码"]: (row["启用日期"], row["停用日期"]) for row in demo.register.iter_rows(named=True)}
    found: dict[tuple[str, str, date], Count] = {}
    for leaf in placed.iter_rows(named=True):
        code = leaf["单位代码"]
        opened, closed = dates.get(code, (None, None))
        unit = code if leaf["city"] == "universities" else leaf["city"]
        for day in (OCTOBER, NOVEMBER):
            if (opened and opened > day) or (closed and closed <= day):
                continue
            records = {
                (level, name): number
                for level in LEVELS
                for name, number in last(reviewed.get((code, level), {}), day).items()
            }
            for school_type in ("", leaf["school_type"]):
                count = found.setdefault((unit, school_type, day), Count())
                count.add(last(said.get(code, {}), day), records, leaf["final"])
    return found


def last(days: dict[date, dict[str, int]], until: date) -> dict[str, int]:
    """What was said last, up to a day."""
    known = [day for day in days if day <= until]
    return days[max(known)] if known else {}


@pytest.fixture(scope="module")
def filled(databases: Databases, demo: Demo, campaign: Campaign) -> Iterator[Store]:  # noqa: F811
    """A store with the chosen tables."""
    with databases.store() as store:
        load_register_files(store)
        for path in demo.files:
            if path.name.startswith(CHOSEN):
                assert not [result.refused for result in import_file(store, campaign, path) if result.refused]
        yield store


@pytest.fixture(scope="module")
def forms(filled: Store, campaign: Campaign) -> dict[str, bytes]:
    """Every form of November, as workbooks, by the unit's code."""
    with filled.connect() as connection:
        in_use = templates.chosen(connection, campaign)
    made = batch.files(filled, campaign, Scope.all(), "2016-11", ["xlsx"], in_use)
    return {Path(file.name).name.partition("_")[0]: file.content for file in made}


def test_documents_and_pdfs_hold_the_same_figures(filled: Store, forms: dict[str, bytes], campaign: Campaign) -> None:
    for code in SAMPLED:
        form = reports.monthly_form(filled, campaign, Scope.all(), code, 2016, 11)
        rows = sheet_texts(forms[code])
        first = next(number for number, row in enumerate(rows) if row[0].startswith("填报单位"))
        document = formats.write(form, "docx", templates.shipped(campaign, "docx"))
        assert docx_rows(document) == rows[first:]
        in_pdf = pdf_text(formats.write(form, "pdf", templates.shipped(campaign, "xlsx")))
        assert all(re.sub(r"\s", "", text) in in_pdf for row in rows for text in row)


def test_every_figure_of_every_form(
    campaign: Campaign, forms: dict[str, bytes], counted: dict[tuple[str, str, date], Count]
) -> None:
    assert len(forms) == 118
    # Schools that the province runs file no report.
    assert set(forms) == {unit for unit, _type, _day in counted} - {campaign.campaign.root}
    for code, content in forms.items():
        rows = sheet_rows(content)
        for expected in expected_rows(code, counted):
            assert expected in rows, (code, expected)
        _change(rows, counted[code, "", OCTOBER], counted[code, "", NOVEMBER])
        listed = [row[0] for row in rows if len(row) == 10 and row[0] in TYPES]
        assert listed == [name for name in TYPES if (code, name, NOVEMBER) in counted]


def expected_rows(code: str, counted: dict[tuple[str, str, date], Count]) -> list[list[Any]]:
    """The rows of a form that hold figures; a section's title stands before the first of its rows."""
    now, then = counted[code, "", NOVEMBER], counted[code, "", OCTOBER]
    people = now.people
    rows: list[list[Any]] = [["合计", *now.row()]]
    rows += [[name, *counted[code, name, NOVEMBER].row()] for name in TYPES if (code, name, NOVEMBER) in counted]
    for level in OF_UNIVERSITY if len(code) > 6 else OF_CITY:
        rows.append([level, *(now.levels.get((level, place), 0) for place in PLACES)])
    reviewed = rate(people["通过"] + people["退回"], people["已报送人数"])
    collected = rate(people["已报送人数"], people["应采集人数"])
    rows.append(["采集率", collected, "审核率", reviewed, "完成率", now.completion()])
    rows.append(["上月（截至2016年10月25日）", *then.five(), then.completion()])
    rise = (people["通过"] / people["应采集人数"] - then.people["通过"] / then.people["应采集人数"]) * 100
    differences = [one - other for one, other in zip(now.five(), then.five(), strict=True)]
    rows.append(["增减（完成率为百分点）", *differences, pytest.approx(rise, rel=1e-9, abs=1e-9)])
    return rows


def _change(rows: list[list[Any]], then: Count, now: Count) -> None:
    """The parts of the change add up to what the work left fell by."""
    at = next(number for number, row in enumerate(rows) if "新增通过" in row)
    *parts, total = rows[at + 1]
    left = [count.people["应采集人数"] - count.people["通过"] for count in (then, now)]
    assert sum(parts) == total == left[0] - left[1]
