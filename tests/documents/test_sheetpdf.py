"""A workbook as it is printed: pages, hidden parts, repeated titles, faces, formats."""

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from pypdf import PdfReader

from monitor.documents import sheetpdf
from tests.documents.reading import pdf_text
from tests.documents.test_pdf import fonts_of

DAY = date(2016, 11, 25)


def converted(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return sheetpdf.convert(buffer.getvalue(), "表", DAY)


def test_what_is_hidden_or_outside_the_print_area_is_not_printed() -> None:
    book: Any = Workbook()
    sheet = book.active
    for row in range(1, 5):
        sheet.append([f"甲{row}", f"乙{row}", f"丙{row}"])
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[2].hidden = True
    sheet.print_area = "A1:C3"
    book.create_sheet("另").append(["第二页"])
    hidden = book.create_sheet("藏")
    hidden.append(["不见"])
    hidden.sheet_state = "hidden"
    made = converted(book)
    assert pdf_text(made) == "甲1丙1甲3丙3第二页"
    assert len(PdfReader(io.BytesIO(made)).pages) == 2


def test_numbers_in_their_formats_and_page_numbers() -> None:
    book: Any = Workbook()
    sheet = book.active
    for column, (value, number_format) in enumerate(
        ((0.6389, "0.0%"), (-1234, "+#,##0;-#,##0;0"), (98_500, '#,##0"*"')), 1
    ):
        sheet.cell(1, column, value).number_format = number_format
    sheet.oddHeader.center.text = "机密&&内部"
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    text = pdf_text(converted(book))
    for part in ("63.9%", "-1,234", "98,500*", "机密&内部", "第1页，共1页"):
        assert part in text


def test_title_rows_are_repeated_on_each_page_and_landscape_is_kept() -> None:
    book: Any = Workbook()
    sheet = book.active
    sheet.append(["表头"])
    for row in range(100):
        sheet.append([f"第{row}行"])
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    made = converted(book)
    pages = PdfReader(io.BytesIO(made)).pages
    assert len(pages) > 2 and pdf_text(made).count("表头") == len(pages)
    assert pages[0].mediabox.width > pages[0].mediabox.height


@pytest.mark.parametrize(
    ("name", "bold", "font"),
    [
        ("仿宋_GB2312", False, "FandolFang-Regular"), ("FangSong", False, "FandolFang-Regular"), ("楷体", False, "FandolKai-Regular"),
        ("黑体", False, "NotoSansCJKsc-Medium"), ("Microsoft YaHei", False, "NotoSansCJKsc-Medium"), ("方正小标宋简体", False, "NotoSerifCJKsc-Bold"),
        ("宋体", False, "NotoSerifSC-Regular"), ("宋体", True, "NotoSerifCJKsc-Bold"), ("仿宋", True, "NotoSansCJKsc-Medium"),
    ],
)  # fmt: skip
def test_faces_stand_in_for_those_that_are_named(name: str, bold: bool, font: str) -> None:
    book: Any = Workbook()
    book.active["A1"] = "字"
    book.active["A1"].font = Font(name=name, bold=bold)
    assert fonts_of(converted(book)) == {font: True}


def test_a_line_that_is_too_long_is_set_smaller_and_stays_one_line() -> None:
    book: Any = Workbook()
    sheet = book.active
    sheet["A1"] = "九" * 12
    sheet["A1"].alignment = Alignment(shrink_to_fit=True)
    sheet["A2"] = "九" * 12
    sheet["A2"].alignment = Alignment(wrap_text=True)
    lines = PdfReader(io.BytesIO(converted(book))).pages[0].extract_text().split("\n")
    assert lines[0].count("九") == 12 and max(line.count("九") for line in lines[1:] if line) < 8
