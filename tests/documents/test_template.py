"""What is found in a template before anything is filled in."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from monitor.documents.template import MAX_BYTES, MAX_UNPACKED, TemplateError, inspect, open_book


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_cell(content: bytes, cell: str, value: str) -> bytes:
    book = load_workbook(io.BytesIO(content))
    book.active[cell] = value
    return saved(book)


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, part)
    return buffer.getvalue()


def test_the_committed_template_is_fit(template: bytes) -> None:
    found = inspect(template)
    assert found.problems == found.missing == ()
    assert found.fit
    assert {"figures.expected", "each_type.name", "only.schools"} <= set(found.used)
    assert "forecast.p50" in {item.name for item in found.unused}
    assert not {item.name for item in found.unused} & set(found.used)


@pytest.mark.parametrize(
    ("value", "code", "says"),
    [
        ("{{figures.expcted}}", "unknown", "{{figures.expcted}}，是否应为 {{figures.expected}}？"),
        ("共{{人数}}人", "unknown", "未知的占位符 {{人数}}。"),
        ("{{}}", "unknown", "{{}}"),
        ("{{unit.name", "broken", "花括号不成对"),
        ("=SUM(C10:C20)", "formula", "不能有公式"),
    ],
)
def test_a_problem_names_its_cell(template: bytes, value: str, code: str, says: str) -> None:
    found = inspect(with_cell(template, "M3", value))
    assert [(problem.code, problem.cell) for problem in found.problems] == [(code, "月报表!M3")]
    assert says in found.problems[0].message
    assert not found.fit


def test_every_problem_is_told_at_once(template: bytes) -> None:
    content = with_cell(with_cell(template, "M3", "{{a}}{{b}}"), "M4", "=1+1")
    assert [problem.code for problem in inspect(content).problems] == ["unknown", "unknown", "formula"]


def test_a_form_without_what_every_report_needs(template: bytes) -> None:
    book = load_workbook(io.BytesIO(template))
    for row in book.active.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and ("manual.filler" in cell.value or cell.value == "{{figures.entered}}"):
                cell.value = "空"
    found = inspect(saved(book))
    assert [item.name for item in found.missing] == ["figures.entered", "manual.filler"]
    assert found.problems == ()
    assert not found.fit


def test_two_groups_in_a_row(template: bytes) -> None:
    found = inspect(with_cell(with_cell(template, "M3", "{{each_type.name}}"), "N3", "{{each_level.name}}"))
    assert [(problem.code, problem.cell) for problem in found.problems] == [("two_groups", "月报表!3")]


def test_placeholders_where_nothing_is_filled_in(template: bytes) -> None:
    book = load_workbook(io.BytesIO(template))
    sheet = book.active
    sheet["M3"].comment = Comment("{{unit.name}}", "")
    sheet.oddHeader.left.text = "{{each_type.name}}"
    sheet.title = "{{month}}"
    assert [problem.code for problem in inspect(saved(book)).problems] == ["misplaced"] * 3


def test_placeholders_of_print_headers_count(template: bytes) -> None:
    book = load_workbook(io.BytesIO(template))
    book.active.oddHeader.right.text = "{{unit.code}} {{no.such}}"
    found = inspect(saved(book))
    assert "unit.code" in found.used
    assert [problem.code for problem in found.problems] == ["unknown"]


def test_every_sheet_is_looked_at(template: bytes) -> None:
    book = load_workbook(io.BytesIO(template))
    book.create_sheet("填表说明")["B2"] = "{{no.such}}"
    assert [problem.cell for problem in inspect(saved(book)).problems] == ["填表说明!B2"]


def _renamed_document(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return buffer.getvalue()


def _bomb(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (MAX_UNPACKED + 1))
    return buffer.getvalue()


def _far_cell(content: bytes) -> bytes:
    return with_cell(content, "XFD1048576", "x")


def _torn(content: bytes) -> bytes:
    """With a part that no longer unpacks, though the directory is whole."""
    name = "xl/drawings/drawing9.xml"
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"<xdr:sp>" * 100)
    torn = bytearray(buffer.getvalue())
    with zipfile.ZipFile(io.BytesIO(torn)) as archive:
        found = archive.getinfo(name)
    begin = found.header_offset + 30 + len(name)
    torn[begin : begin + found.compress_size] = b"\xff" * found.compress_size
    return bytes(torn)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda content: b"", "not_xlsx"),
        (lambda content: b"\xd0\xcf\x11\xe0" + b"0" * 600, "not_xlsx"),
        (lambda content: content[:-500], "not_xlsx"),
        (_torn, "not_xlsx"),
        (_renamed_document, "damaged"),
        (lambda content: b"0" * (MAX_BYTES + 1), "too_large"),
        (_bomb, "too_large"),
        (_far_cell, "too_large"),
        (lambda content: with_part(content, "xl/vbaProject.bin", b"x"), "macros"),
        (lambda content: with_part(content, "xl/drawings/drawing9.xml", b"<xdr:sp>"), "shapes"),
        (lambda content: with_part(content, "xl/x.xml", b'<?xml version="1.0"?><!DOCTYPE x>'), "damaged"),
    ],
)
def test_files_that_are_no_template(template: bytes, spoil: Callable[[bytes], bytes], code: str) -> None:
    spoilt = spoil(template)
    assert [problem.code for problem in inspect(spoilt).problems] == [code]
    with pytest.raises(TemplateError) as refused:
        open_book(spoilt)
    assert str(refused.value) == refused.value.problems[0].message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert [problem.code for problem in inspect(tmp_path / "none.xlsx").problems] == ["unreadable"]


def test_an_empty_workbook_lacks_everything() -> None:
    found = inspect(saved(Workbook()))
    assert found.used == found.problems == ()
    assert "unit.name" in {item.name for item in found.missing}
