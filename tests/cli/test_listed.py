"""Who is listed below a unit on a day: what is listed adds up to the unit, whatever opened, closed or merged when."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.office import load_table, run
from tests.databases import Databases

FIRST, CHANGE, LAST = date(2016, 10, 24), date(2016, 11, 7), date(2016, 11, 18)
EXPECTED = {"3303020001": 30, "3303020002": 50, "3303039999": 90, "3303040001": 70}
GONE = ("3303020001", "3303020002")
"""Schools of the county 330302, both merged into 3303039999 of the new county 330399; 330304 closes over its school."""
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def _there(code: str, day: date) -> bool:
    return day < CHANGE if code in GONE else day >= CHANGE or code != "3303039999"


def _approved(code: str, day: date) -> int:
    return min(EXPECTED[code], (day - FIRST).days + int(code[-1]))


def _figures(folder: Path, name: str, days: list[date]) -> None:
    rows = [[day, code, EXPECTED[code], _approved(code, day)] for day in days for code in EXPECTED if _there(code, day)]
    header = "统计日期 单位代码 应采集人数 已录入人数 已报送人数"
    load_table(folder, f"collection-{name}", header, [[*row, row[-1]] for row in rows])
    header = "统计日期 单位代码 审核级次 待审核人数 审核通过人数 退回人数"
    load_table(folder, f"review-{name}", header, [[row[0], row[1], "县级", 0, row[3], 0] for row in rows])


@pytest.fixture
def merged(databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Figures first, then the register's change, then the figures after it."""
    monkeypatch.setenv("MONITOR_DATABASE_URL", databases.new())
    run("init")
    units = "单位代码 单位名称 单位类别 学段 上级单位代码 启用日期 停用日期 并入单位代码"
    schools = [[code, f"学校{code}", "学校", "小学", code[:6], "", "", ""] for code in EXPECTED if code != "3303039999"]
    load_table(tmp_path, "before", units, schools)
    _figures(tmp_path, "before", [day for day in DAYS if day < CHANGE])
    new = [["330399", "新区（演示）", "县", "", "330300", CHANGE, "", ""]]
    new += [["3303039999", "新学校", "学校", "小学", "330399", CHANGE, "", ""]]
    old = [["330302", "", "县", "", "", "", CHANGE, "330399"], ["330304", "", "县", "", "", "", CHANGE, ""]]
    old += [[code, "", "学校", "", "", "", CHANGE, "3303039999"] for code in GONE]
    load_table(tmp_path, "change", units, new + old)
    _figures(tmp_path, "after", [day for day in DAYS if day >= CHANGE])


@pytest.mark.parametrize("day", [FIRST, CHANGE - timedelta(days=1), CHANGE, LAST])
def test_the_listed_add_up(merged: None, day: date) -> None:
    there = [code for code in EXPECTED if _there(code, day)]
    totals = (sum(EXPECTED[code] for code in there), sum(_approved(code, day) for code in there))
    found = json.loads(run("status", "--unit", "330300", "--as-of", day.isoformat(), "--json"))
    assert (found["figures"]["expected"], found["figures"]["approved"]) == totals
    listed = {child["unit"]["code"]: child["figures"] for child in found["children"]}
    assert tuple(sum(row[name] for row in listed.values()) for name in ("expected", "approved")) == totals
    kept = {
        name: sum(row["institutions"][name] for row in listed.values()) for name in ("total", "started", "complete")
    }
    assert kept == found["figures"]["institutions"]
    assert "330302" not in listed and listed["330304"]["expected"] == EXPECTED["3303040001"]
    new = [code for code in there if code != "3303040001"]
    assert listed["330399"]["expected"] == sum(EXPECTED[code] for code in new)
    below = json.loads(run("status", "--unit", "330399", "--as-of", day.isoformat(), "--json"))["children"]
    assert [child["unit"]["code"] for child in below] == ["3303039999"]
    assert below[0]["figures"]["approved"] == sum(_approved(code, day) for code in new)


def test_who_has_nothing_to_show_before_it_opens_is_not_listed(merged: None, tmp_path: Path) -> None:
    header = "单位代码 单位名称 单位类别 上级单位代码 启用日期"
    load_table(tmp_path, "later", header, [["330398", "更新区（演示）", "县", "330300", CHANGE]])
    for day, listed in ((CHANGE - timedelta(days=1), False), (CHANGE, True)):
        found = json.loads(run("status", "--unit", "330300", "--as-of", day.isoformat(), "--json"))
        assert ("330398" in [child["unit"]["code"] for child in found["children"]]) is listed
