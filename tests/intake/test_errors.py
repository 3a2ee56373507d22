"""The marked workbook repeats the file, marks what is refused, and carries no formula and no ID number."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from monitor import i18n
from monitor.intake.errors import worth_a_workbook, write_workbook
from monitor.intake.load import import_files
from tests.intake.books import with_part, xlsx
from tests.intake.conftest import DAY, HEADER, ONE, THREE, TWO, Office, line, table


def marked(office: Office, content: str | bytes, name: str = "table.csv", **options: Any) -> openpyxl.Workbook:
    target = office.folder / "errors.xlsx"
    import_files(
        office.store,
        office.campaign,
        [office.path(content, name)],
        on_plan=lambda plan, results: write_workbook(target, plan, results),
        **options,
    )
    return openpyxl.load_workbook(target)


def test_the_file_is_repeated_with_marks_and_comments(office: Office) -> None:
    rows = [["进度表"], [], [*HEADER], [*line(ONE)], [DAY, TWO, None, "约300", 90, -1], ["注：演示"]]
    book = marked(office, xlsx(rows, names=["上报"]), "table.xlsx")
    sheet = book["上报"]
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row, 1):
            said = sheet.cell(number, place).value
            assert (str(said) if said is not None else None) == (str(value) if value not in (None, "") else None)
    assert isinstance(sheet["D4"].value, int) and isinstance(sheet["B4"].value, str)
    for cell, word in (("D5", "约300"), ("F5", "-1")):
        assert sheet[cell].fill.fgColor.rgb == "FFFFC7CE"
        assert word in sheet[cell].comment.text
    assert sheet["D4"].comment is None and sheet["D4"].fill.fgColor.rgb != "FFFFC7CE"
    listed = [[cell.value for cell in row] for row in book.worksheets[-1].iter_rows(min_row=2)]
    assert [(row[0], row[1], row[2]) for row in listed] == [("上报", 5, "D5"), ("上报", 5, "F5")]


def test_findings_are_marked_too(office: Office) -> None:
    sheet = marked(office, table(line(entered=90, submitted=95))).worksheets[0]
    assert sheet["F2"].fill.fgColor.rgb == "FFFFEB9C" and "95" in sheet["F2"].comment.text


def test_every_sheet_with_a_table_is_repeated(office: Office) -> None:
    bad = [[*HEADER], [DAY, TWO, None, "x", 1, 1]]
    book = marked(office, xlsx([[*HEADER], [*line(ONE)]], bad, names=["一", "二"]), "table.xlsx")
    assert book.sheetnames[:2] == ["一", "二"]
    assert book["二"]["D2"].comment is not None and book["一"]["D2"].comment is None


def test_no_formula_gets_through(office: Office) -> None:
    evil = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x")']
    rows = [(*line(ONE, entered="?"), word.replace('"', "'")) for word in evil]
    book = marked(office, table(*rows, header=(*HEADER, "备注")))
    values = [book.worksheets[0].cell(row, 7) for row in range(2, 2 + len(evil))]
    assert [cell.data_type for cell in values] == ["s"] * len(evil)
    with zipfile.ZipFile(office.folder / "errors.xlsx") as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")
        assert not [name for name in package.namelist() if "hyperlink" in name.lower()]


def test_an_id_number_is_not_repeated(office: Office) -> None:
    number = "11010519491231002X"
    marked(office, table((*line(ONE), f"电话 {number}"), header=(*HEADER, "备注")))
    with zipfile.ZipFile(office.folder / "errors.xlsx") as package:
        assert number.encode() not in b"".join(package.read(name) for name in package.namelist())


def test_an_unreadable_file_gets_a_list(office: Office) -> None:
    book = marked(office, b"%PDF-1.4", "a.pdf")
    assert "PDF" in str(book.worksheets[0]["G2"].value)


def test_a_clean_file_needs_none(office: Office) -> None:
    assert not worth_a_workbook(office.all(table(line())))
    assert worth_a_workbook(office.all(table(line(TWO, submitted=95)), "b.csv"))
    assert worth_a_workbook(office.all(table(line(TWO, submitted="?")), "c.csv"))
    assert not (Path(office.folder) / "errors.xlsx").exists()


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("first_day", [date(1899, 12, 30), date(1904, 1, 1)], ids=["1900", "1904"])
def test_a_corrected_workbook_can_be_read_again(office: Office, first_day: date, language: str) -> None:
    """Merged days, a hidden column of the same name, a hidden row and the date system come along; the list is no table."""
    rows = [
        ["统计日期", "单位代码", "应采集人数", "应采集人数", "已录入人数", "已报送人数"],
        [(date(2016, 11, 25) - first_day).days, ONE, 7, "约100", 90, 80],
        [None, TWO, 7, 100, 90, 80],
        [None, THREE, 7, 100, 90, 80],
    ]

    def shape(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.merge_cells("A2:A4")
        sheet.column_dimensions["C"].hidden = True
        sheet.row_dimensions[4].hidden = True
        book.epoch = CALENDAR_MAC_1904 if first_day.year == 1904 else CALENDAR_WINDOWS_1900

    with i18n.spoken(language):
        book = marked(office, xlsx(rows, after=shape), "table.xlsx")
    book.worksheets[0]["D2"] = 100
    book.save(office.folder / "corrected.xlsx")
    result = office.take((office.folder / "corrected.xlsx").read_bytes(), "corrected.xlsx")
    assert (result.loaded, [item.code for item in result.findings]) == (3, ["hidden_rows_read"])
    assert office.collection() == {(code, DAY): (100, 90, 80, None) for code in (ONE, TWO, THREE)}


def test_what_is_marked_is_to_be_seen(office: Office) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book.worksheets[0].column_dimensions["D"].hidden = True
        book.worksheets[0].row_dimensions[3].hidden = True

    rows = [[*HEADER], [*line(ONE)], [DAY, TWO, None, "x", 1, 1]]
    sheet = marked(office, xlsx(rows, after=hide), "table.xlsx").worksheets[0]
    assert not sheet.column_dimensions["D"].hidden and not sheet.row_dimensions[3].hidden


def test_merged_ranges_that_cannot_be_do_no_harm(office: Office) -> None:
    ranges = ("A2:B3", "B3:C3", "F2:XFD1048576", "H9:K99", "C2:C2")
    merges = "<mergeCells>" + "".join(f'<mergeCell ref="{one}"/>' for one in ranges) + "</mergeCells>"
    content = with_part(
        xlsx([[*HEADER], [*line(ONE)], [DAY, TWO, None, "x", 1, 1]]), "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"</sheetData>", b"</sheetData>" + merges.encode()),
    )  # fmt: skip
    sheet = marked(office, content, "table.xlsx").worksheets[0]
    assert sheet["D3"].value == "x" and {str(one) for one in sheet.merged_cells.ranges} == {"A2:B3", "F2:F3"}
