"""Two schools become one while the campaign runs, as an office would send it: tables, then the register, then tables."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from monitor.__main__ import main
from tests.databases import Databases

UNITS = "单位代码,单位名称,单位类别,学段,上级单位代码,停用日期,并入单位代码\n"
HEAD = "统计日期,单位代码,应采集人数,已录入人数,已报送人数\n"
COUNTY = "330106"


@pytest.fixture(autouse=True)
def _store(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", databases.new())
    assert CliRunner().invoke(main, ["init"]).exit_code == 0


def _import(folder: Path, name: str, text: str) -> dict[str, Any]:
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["import", str(path), "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)["files"][0]
    return found


def _expected(code: str, day: str) -> tuple[int, int]:
    """(expected, institutions) of a unit as of a day."""
    result = CliRunner().invoke(main, ["status", "--unit", code, "--as-of", day, "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)["figures"]
    return figures["expected"], figures["institutions"]["total"]


def test_two_schools_become_one(tmp_path: Path) -> None:
    _import(tmp_path, "units", UNITS + f"A1,演示甲校,学校,小学,{COUNTY},,\nB1,演示乙校,学校,小学,{COUNTY},,\n")
    first = HEAD + "2016-11-01,A1,10,5,5\n2016-11-01,B1,20,6,6\n"
    _import(tmp_path, "first", first)
    assert _expected(COUNTY, "2016-11-01") == (30, 2)

    _import(tmp_path, "merged", UNITS + f"A1,演示甲校,学校,小学,{COUNTY},2016-11-10,B1\n")
    assert _expected("B1", "2016-11-01") == _expected("A1", "2016-11-01") == (30, 1), "shown under its successor"
    assert _expected(COUNTY, "2016-11-09") == (30, 1)
    assert _expected(COUNTY, "2016-11-10") == (20, 1), "not carried from its closing day"

    again = _import(tmp_path, "again", first)
    assert (again["loaded"], again["unchanged"], again["batch"]) == (0, 2, None), "the same again changes nothing"
    late = _import(tmp_path, "late", HEAD + "2016-11-01,A1,11,5,5\n")
    assert late["corrected"] == 1
    assert _expected("B1", "2016-11-01") == (31, 1), "a correction of its earlier day corrects its own figures alone"

    _import(tmp_path, "after", HEAD + "2016-11-11,A1,12,5,5\n2016-11-11,B1,21,6,6\n")
    assert _expected("B1", "2016-11-11") == (33, 1), "after its closing its rows are its successor's, added up"
    _import(tmp_path, "alone", HEAD + "2016-11-14,B1,34,6,6\n")
    assert _expected(COUNTY, "2016-11-14") == (34, 1)


def test_a_code_that_was_always_old_is_its_successors(tmp_path: Path) -> None:
    """A county that reports for itself, first under its old code, then under its new one: never both."""
    _import(tmp_path, "old", HEAD + "2016-10-27,330283,100,5,5\n")
    _import(tmp_path, "new", HEAD + "2016-10-28,330213,102,6,6\n")
    assert _expected("330213", "2016-10-27") == _expected("330283", "2016-10-27") == (100, 1)
    assert _expected("330213", "2016-10-28") == (102, 1)
