"""Rows grow with what was filled in."""

from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from monitor.documents.heights import MAX_HEIGHT, fit_rows, width_of


def sheet_with(text: str, wrapped: bool = True) -> Any:
    sheet: Any = Workbook().active
    sheet.column_dimensions["B"].width = 20
    sheet.column_dimensions["C"].width = 22
    sheet.row_dimensions[2].height = 20
    sheet.merge_cells("B2:C2")
    sheet["B2"].value = text
    sheet["B2"].font = Font(size=11)
    sheet["B2"].alignment = Alignment(wrap_text=wrapped)
    fit_rows(sheet, [sheet["B2"]])
    return sheet


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc 1", 5), ("教师信息", 8), ("（2016年）", 10)])
def test_a_chinese_character_takes_two_columns(text: str, columns: int) -> None:
    assert width_of(text) == columns


def test_text_that_fits_leaves_the_row_alone() -> None:
    # 42 columns of width, two of them margin: twenty Chinese characters fill the line.
    assert sheet_with("字" * 20).row_dimensions[2].height == 20
    assert sheet_with("字" * 200, wrapped=False).row_dimensions[2].height == 20


@pytest.mark.parametrize(("text", "lines"), [("字" * 21, 2), ("字" * 100, 5), ("一\n二\n三", 3), ("字" * 30 + "\n", 3)])
def test_each_line_needs_its_height(text: str, lines: int) -> None:
    assert sheet_with(text).row_dimensions[2].height == pytest.approx(lines * 11 * 1.35 + 4)


def test_no_row_is_higher_than_a_spreadsheet_takes() -> None:
    sheet = sheet_with("字" * 800)
    assert 350 < sheet.row_dimensions[2].height <= MAX_HEIGHT
    assert 6 < sheet["B2"].font.size < 11
    assert sheet_with("字" * 500)["B2"].font.size == 11
    assert sheet_with("字" * 9000).row_dimensions[2].height == MAX_HEIGHT


def test_a_text_over_several_rows_grows_the_last_of_them() -> None:
    sheet: Any = Workbook().active
    sheet.merge_cells("A1:A3")
    sheet["A1"].value = "字\n" * 9 + "字"
    sheet["A1"].alignment = Alignment(wrap_text=True)
    fit_rows(sheet, [sheet["A1"]])
    assert sheet.row_dimensions[3].height == pytest.approx(10 * 11 * 1.35 + 4 - 2 * 15)
    assert sheet.row_dimensions[1].height is None
