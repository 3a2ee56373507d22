"""Days and months beyond the published working days: answered for in the years next to them, else told in words."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.__main__ import main
from monitor.campaign import PROJECT
from monitor.workdays import LAST_YEAR
from tests.databases import Databases


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def office(databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A campaign whose report day moves to a working day, with the figures of one school; a folder to write into."""
    text = (PROJECT / "config.toml").read_text(encoding="utf-8").replace('"data/', f'"{PROJECT}/data/')
    text = text.replace('weekend = "keep"', 'weekend = "next_workday"')
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("MONITOR_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("MONITOR_DATABASE_URL", databases.new())
    assert _run("init").exit_code == 0
    for name, content in {
        "units": "单位代码,单位名称,单位类别,学段,上级单位代码\n3301060001,西湖一小,学校,小学,330106\n",
        "collection": "统计日期,单位代码,应采集人数,已录入人数,已报送人数\n2016-11-08,3301060001,10,5,5\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        assert _run("import", str(tmp_path / f"{name}.csv")).exit_code == 0
    return tmp_path


FAR = {
    "status": ["status", "--as-of", "2099-01-01"],
    "status --json": ["status", "--as-of", "2099-01-01", "--json"],
    "bulletin": ["report", "bulletin", "--as-of", "2099-01-01", "--out", "b.docx"],
    "summary": ["report", "summary", "--month", "2099-01", "--out", "s.xlsx"],
    "monthly": ["report", "monthly", "--unit", "330100", "--month", "2099-01", "--out", "m.xlsx"],
    "all": ["report", "monthly", "--all", "--month", "2099-01", "--out", "all.zip"],
}


@pytest.mark.parametrize("name", FAR)
def test_far_beyond_ends_in_words(office: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(office)
    result = _run(*FAR[name])
    assert isinstance(result.exception, SystemExit), result.exception  # no trace
    assert result.exit_code in (1, 2) and result.stdout == "" and result.stderr
    assert not list(office.glob("*.docx")) + list(office.glob("*.xlsx")) + list(office.glob("*.zip"))


def test_the_next_january_is_answered_for(office: Path) -> None:
    day = date(LAST_YEAR + 1, 1, 5).isoformat()
    found = _run("status", "--unit", "3301060001", "--as-of", day, "--json")
    assert found.exit_code == 0, found.stderr
    document = json.loads(found.stdout)
    assert (document["as_of"], document["status"], document["working_days_left"]) == (day, "overdue", 0)
    assert document["figures"]["expected"] == 10
    written = office / "b.docx"
    result = _run("report", "bulletin", "--as-of", date(LAST_YEAR, 12, 30).isoformat(), "--out", str(written))
    assert result.exit_code == 0 and written.stat().st_size > 0, result.stderr
