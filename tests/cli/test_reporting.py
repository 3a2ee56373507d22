"""`report monthly` and `template check` as they are typed."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from monitor.__main__ import main
from monitor.campaign import Campaign
from monitor.documents import monthly, reports, xlsx
from monitor.documents.placeholders import known
from monitor.documents.spelling import braced
from monitor.filings.source import dig
from monitor.store import Scope, Store, migrate, open_store
from monitor.store.schema import audit
from tests.documents import small_store as small


@pytest.fixture(scope="module")
def database(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}", campaign)
    migrate(store)
    small.fill(store)
    yield store
    store.close()


@pytest.fixture(autouse=True)
def _at_the_small_store(database: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def report(out: Path, code: str = small.CITY, month: str = "2016-11") -> Result:
    return run("report", "monthly", "--unit", code, "--month", month, "--out", out)


def test_a_filled_form_is_written(tmp_path: Path, database: Store) -> None:
    out = tmp_path / "月报.xlsx"
    done = report(out)
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"已生成：{out}" in done.stderr
    sheet = load_workbook(out).active
    assert sheet is not None
    values = {cell.value for row in sheet.iter_rows() for cell in row}
    assert "填报单位（盖章）：演示市" in values
    assert small.total(small.of_city(), "approved", small.DAYS[-1]) in values
    with database.connect() as connection:
        entry = connection.execute(select(audit.c.action, audit.c.detail).order_by(audit.c.id.desc())).first()
    assert entry is not None
    assert entry.action == "export"
    assert entry.detail == {"document": "monthly", "unit": small.CITY, "month": "2016-11"}


@pytest.mark.parametrize("code", [small.CITY, small.UNIVERSITY])
def test_every_figure_is_that_of_status_json(database: Store, campaign: Campaign, code: str) -> None:
    """Each cell that holds one placeholder, against the entry of `status --json` that its documentation names."""
    asked = run("status", "--unit", code, "--as-of", "2016-11-25", "--since", "2016-10-25", "--json")
    status = json.loads(asked.stdout)
    own_form: Any = Workbook()
    entries = {}
    for name, placeholder in known().items():
        entry = dig(status, placeholder.origin.split("."))
        if placeholder.kind in ("count", "change", "ratio", "decimal") and not isinstance(entry, dict | None):
            own_form.active.append([braced(name)])
            entries[name] = entry
    assert {
        "figures.numbered",
        "institutions.started",
        "levels.school.returned",
        "rates.review",
        "change.total",
    } <= set(entries)
    form = reports.monthly_form(database, campaign, Scope.all(), code, 2016, 11)
    buffer = io.BytesIO()
    own_form.save(buffer)
    sheet = load_workbook(io.BytesIO(xlsx.render(form, buffer.getvalue()))).active
    assert sheet is not None
    assert [row[0].value for row in sheet.iter_rows()] == [
        pytest.approx(entry, rel=1e-15) for entry in entries.values()
    ]


def test_the_same_question_gives_the_same_file(tmp_path: Path) -> None:
    report(tmp_path / "a.xlsx")
    report(tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("code", "month", "exit_code", "says"),
    [
        ("990999", "2016-11", 2, "没有代码为 990999 的单位"),
        (small.COUNTY, "2016-11", 2, "演示一区不报送月报表。"),
        (small.CITY, "2016-09", 2, "月报表从 2016-10 起报送。"),
        (small.CITY, "2016-12", 1, "2016年12月没有数据：最近一次数据为2016年11月24日。"),
        (small.CITY, "2016-13", 2, "“2016-13”不是月份，请写作 2016-11。"),
        (small.CITY, "201611", 2, "不是月份"),
    ],
)
def test_what_cannot_be_written(tmp_path: Path, code: str, month: str, exit_code: int, says: str) -> None:
    done = report(tmp_path / "a.xlsx", code, month)
    assert (done.exit_code, done.stdout) == (exit_code, "")
    assert says in done.stderr
    assert not (tmp_path / "a.xlsx").exists()


@pytest.mark.parametrize("name", ["月报.docx", "月报.pdf", "月报"])
def test_other_formats_are_refused_and_xlsx_is_named(tmp_path: Path, name: str) -> None:
    done = report(tmp_path / name)
    assert done.exit_code == 2
    assert "月报.xlsx" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    done = report(tmp_path / "none" / "a.xlsx")
    assert done.exit_code == 2
    assert "不存在" in done.stderr


def test_a_template_that_cannot_be_filled(tmp_path: Path, campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "monthly.xlsx"
    broken.write_bytes(_with(campaign, "{{figures.expcted}}"))
    monkeypatch.setattr(monthly, "template_path", lambda _campaign: broken)
    done = report(tmp_path / "a.xlsx")
    assert done.exit_code == 1
    assert "{{figures.expcted}}" in done.stderr and "{{figures.expected}}" in done.stderr


def test_the_shipped_template_passes_its_check(campaign: Campaign) -> None:
    done = run("template", "check", monthly.template_path(campaign))
    assert done.exit_code == 0
    assert "可以使用" in done.stdout
    for name, placeholder in known().items():
        assert f"{{{{{name}}}}}  {placeholder.meaning}\n" in done.stdout


def test_a_template_with_unknown_and_missing_placeholders(tmp_path: Path, campaign: Campaign) -> None:
    path = tmp_path / "own.xlsx"
    path.write_bytes(_with(campaign, "{{figures.expcted}}"))
    done = run("template", "check", path)
    assert done.exit_code == 1
    assert "月报表!M3 未知的占位符 {{figures.expcted}}，是否应为 {{figures.expected}}？" in done.stdout
    Workbook().save(path)
    done = run("template", "check", path)
    assert done.exit_code == 1
    missing = done.stdout.partition("可用的占位符")[0]
    assert "缺少" in missing and "{{manual.reviewer}}  审核人" in missing


def test_a_template_that_is_not_there(tmp_path: Path) -> None:
    assert run("template", "check", tmp_path / "none.xlsx").exit_code == 2


def _with(campaign: Campaign, text: str) -> bytes:
    book = load_workbook(monthly.template_path(campaign))
    book.active["M3"] = text  # type: ignore[index]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
