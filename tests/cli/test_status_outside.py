"""`status` of a unit that has no place among others on that day, or in that sector: an answer, or a plain refusal."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.__main__ import main
from tests.cli.office import load_table, run
from tests.databases import Databases

CLOSED, OPENED, ALWAYS = "3301060001", "3301060002", "3301060003"
CHANGE = "2016-11-09"
EXPECTED = {CLOSED: 80, OPENED: 40, ALWAYS: 20}
APPROVED = {CLOSED: 60, OPENED: 10, ALWAYS: 5}
DAYS = {CLOSED: "2016-11-08", OPENED: CHANGE, ALWAYS: "2016-11-08"}


@pytest.fixture
def schools(databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Three schools of a county: one closes on the day on which another opens."""
    monkeypatch.setenv("MONITOR_DATABASE_URL", databases.new())
    run("init")
    dates = {CLOSED: ("", CHANGE), OPENED: (CHANGE, ""), ALWAYS: ("", "")}
    register = [[code, f"学校{code[-1]}", "学校", "小学", "330106", *dates[code]] for code in EXPECTED]
    load_table(tmp_path, "units", "单位代码 单位名称 单位类别 学段 上级单位代码 启用日期 停用日期", register)
    figures = [[DAYS[code], code, count, count, count] for code, count in EXPECTED.items()]
    load_table(tmp_path, "collection", "统计日期 单位代码 应采集人数 已录入人数 已报送人数", figures)
    queue = [[DAYS[code], code, "县级", EXPECTED[code] - count, count, 0] for code, count in APPROVED.items()]
    load_table(tmp_path, "review", "统计日期 单位代码 审核级次 待审核人数 审核通过人数 退回人数", queue)


@pytest.mark.parametrize("day", ["2016-11-08", CHANGE, "2016-11-21"])
@pytest.mark.parametrize("code", EXPECTED)
def test_a_unit_counts_from_its_opening_to_its_closing_and_is_answered_for_on_every_day(
    schools: None, code: str, day: str
) -> None:
    there = {
        unit for unit in EXPECTED
        if DAYS[unit] <= day and (unit != CLOSED or day < CHANGE) and (unit != OPENED or day >= CHANGE)
    }  # fmt: skip
    found = json.loads(run("status", "--unit", code, "--as-of", day, "--json"))
    assert found["unit"]["code"] == code and found["as_of"] == day
    assert found["figures"]["expected"] == (EXPECTED[code] if code in there else 0)
    assert found["figures"]["approved"] == (APPROVED[code] if code in there else 0)
    assert found["figures"]["institutions"]["total"] == (1 if code in there else 0)
    better = [unit for unit in there if APPROVED[unit] / EXPECTED[unit] > APPROVED[code] / EXPECTED[code]]
    assert found["rank"]["of"] == len(there)
    assert found["rank"]["place"] == (1 + len(better) if code in there else None)
    assert found["funnel"]["named"] is False or code in there


def test_a_unit_that_is_not_open_takes_no_place_from_others(schools: None) -> None:
    found = json.loads(run("status", "--unit", "330106", "--as-of", "2016-11-21", "--json"))
    assert [child["unit"]["code"] for child in found["children"]] == [OPENED, ALWAYS]
    assert [child["rank"]["of"] for child in found["children"]] == [2, 2]


@pytest.mark.parametrize("code", ["330100", "330106"])
def test_an_office_has_nothing_in_a_sector_in_which_nothing_is_below_it(schools: None, code: str) -> None:
    found = json.loads(run("status", "--unit", code, "--sector", "universities", "--json"))
    assert found["sector"] == "universities" and found["figures"]["expected"] == 0
    assert found["rank"] == {"place": None, "of": 0, "to_next": None} and found["children"] == []


@pytest.mark.parametrize(("code", "sector"), [(ALWAYS, "universities"), ("4133010335", "schools")])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_unit_of_the_other_sector_is_wrong_use(schools: None, code: str, sector: str, form: list[str]) -> None:
    result = CliRunner().invoke(main, ["status", "--unit", code, "--sector", sector, *form])
    assert result.exit_code == 2 and result.stdout == "" and "--sector" in result.stderr
