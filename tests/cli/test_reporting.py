"""`report monthly` and `template check` as they are typed."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from monitor.__main__ import main
from monitor.campaign import Campaign
from monitor.documents import reports, templates, xlsx
from monitor.documents.placeholders import known
from monitor.documents.spelling import braced
from monitor.filings.source import dig
from monitor.store import Scope, Store
from monitor.store.schema import audit
from tests.databases import Databases, address
from tests.documents import small_store as small
from tests.documents.reading import docx_rows, pdf_text


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Store]:
    with databases.store() as store:
        small.fill(store)
        yield store


@pytest.fixture(autouse=True)
def _at_the_small_store(database: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", address(database))


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
    assert entry.detail == {"document": "monthly", "unit": small.CITY, "month": "2016-11", "format": "xlsx"}


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


@pytest.mark.parametrize("name", ["月报.doc", "月报"])
def test_other_formats_are_refused_and_xlsx_is_named(tmp_path: Path, name: str) -> None:
    done = report(tmp_path / name)
    assert done.exit_code == 2
    assert "月报.xlsx" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", ["docx", "pdf"])
def test_a_form_as_document_and_pdf(tmp_path: Path, format: str) -> None:
    out = tmp_path / f"月报.{format}"
    assert report(out).exit_code == 0
    approved = f"{small.total(small.of_city(), 'approved', small.DAYS[-1]):,}"
    text = pdf_text(out.read_bytes()) if format == "pdf" else str(docx_rows(out.read_bytes()))
    assert "填报单位（盖章）：演示市" in text and approved in text


def test_all_forms_of_a_month_as_an_archive_and_in_a_folder(tmp_path: Path, database: Store) -> None:
    out = tmp_path / "全部.zip"
    done = run("report", "monthly", "--all", "--month", "2016-11", "--format", "xlsx", "--format", "pdf", "--out", out)
    assert (done.exit_code, done.stdout) == (0, "") and "3/3" in done.stderr
    units = (("设区市", small.CITY, "演示市"), ("设区市", small.OTHER_CITY, "演示二市"),
             ("高等学校", small.UNIVERSITY, f"演示单位{small.UNIVERSITY}"))  # fmt: skip
    names = [f"{folder}/{code}_{name}_2016年11月_月报表_未报送" for folder, code, name in units]
    with zipfile.ZipFile(out) as archive:
        assert sorted(archive.namelist()) == sorted(f"{name}.{format}" for name in names for format in ("xlsx", "pdf"))
        report(tmp_path / "one.xlsx")
        assert archive.read(f"{names[0]}.xlsx") == (tmp_path / "one.xlsx").read_bytes()
    assert run("report", "monthly", "--all", "--month", "2016-11", "--out", tmp_path / "全部").exit_code == 0
    found = sorted(str(path.relative_to(tmp_path / "全部")) for path in (tmp_path / "全部").rglob("*.xlsx"))
    assert found == sorted(f"{name}.xlsx" for name in names)


@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        (
            ["--all", "--unit", small.CITY, "--month", "2016-11", "--out", "a.zip"],
            2,
            "请在 --unit 代码 和 --all 中选择一个",
        ),
        (["--month", "2016-11", "--out", "a.zip"], 2, "请在 --unit 代码 和 --all 中选择一个"),
        (["--all", "--month", "2016-11", "--out", "a.xlsx"], 2, "以 .zip 结尾的文件名或文件夹"),
        (["--all", "--month", "2016-12", "--out", "a.zip"], 1, "2016-12 没有月报表"),
    ],
)
def test_all_forms_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], exit_code: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("report", "monthly", *arguments)
    assert done.exit_code == exit_code and says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_summary_workbook(tmp_path: Path) -> None:
    out = tmp_path / "汇总.xlsx"
    assert run("report", "summary", "--month", "2016-11", "--out", out).exit_code == 0
    book = load_workbook(out)
    assert book.sheetnames == ["设区市", "高等学校"]
    values = [cell.value for row in book["设区市"].iter_rows() for cell in row]
    assert values.count(small.total(small.of_city(), "entered", small.DAYS[-1])) == 2  # the city and the sum
    assert run("report", "summary", "--month", "2016-11", "--out", tmp_path / "a.pdf").exit_code == 2
    assert run("report", "summary", "--month", "2016-09", "--out", out).exit_code == 2
    assert run("report", "summary", "--month", "2016-12", "--out", out).exit_code == 1


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    done = report(tmp_path / "none" / "a.xlsx")
    assert done.exit_code == 2
    assert "不存在" in done.stderr


def test_a_template_that_cannot_be_filled(tmp_path: Path, campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "monthly.xlsx"
    broken.write_bytes(_with(campaign, "{{figures.expcted}}"))
    monkeypatch.setattr(templates, "shipped", lambda _campaign, _kind, _form: broken)
    done = report(tmp_path / "a.xlsx")
    assert done.exit_code == 1
    assert "{{figures.expcted}}" in done.stderr and "{{figures.expected}}" in done.stderr


def test_the_shipped_template_passes_its_check(campaign: Campaign) -> None:
    done = run("template", "check", templates.shipped(campaign, "xlsx"))
    assert done.exit_code == 0
    assert "可以使用" in done.stdout
    for name, placeholder in known().items():
        assert f"{{{{{name}}}}}  {placeholder.meaning}\n" in done.stdout


def test_a_template_with_unknown_and_missing_placeholders(tmp_path: Path, campaign: Campaign) -> None:
    path = tmp_path / "own.xlsx"
    path.write_bytes(_with(campaign, "{{figures.expcted}}"))
    done = run("template", "check", path)
    assert done.exit_code == 1
    assert "月报表!M3：未知的占位符 {{figures.expcted}}，是否应为 {{figures.expected}}？" in done.stdout
    Workbook().save(path)
    done = run("template", "check", path)
    assert done.exit_code == 1
    listed, _head, answer = done.stdout.partition("不能使用")  # the answer stands last, below the long list
    assert "可用的占位符" in listed and "缺少" in answer and "{{manual.reviewer}}  审核人" in answer


def test_what_is_no_template_gets_a_short_answer(tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    path.write_text("月报表", encoding="utf-8")
    done = run("template", "check", path)
    assert done.exit_code == 1 and "不能使用" in done.stdout and "可用的占位符" not in done.stdout


def test_a_template_that_is_not_there(tmp_path: Path) -> None:
    assert run("template", "check", tmp_path / "none.xlsx").exit_code == 2


def _with(campaign: Campaign, text: str) -> bytes:
    book = load_workbook(templates.shipped(campaign, "xlsx"))
    book.active["M3"] = text  # type: ignore[index]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
