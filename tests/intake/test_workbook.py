"""xlsx and xls: everything that a spreadsheet says besides its cells."""

from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.intake.books import xls, xlsx
from tests.intake.conftest import DAY, HEADER, ONE, THREE, TWO, Office, codes, found

HEAD = [*HEADER]
FIGURES = {(ONE, DAY): (100, 90, 80, None), (TWO, DAY): (60, 50, 40, None)}


def rows(*codes_: str) -> list[list[object]]:
    figures: dict[str, list[object]] = {ONE: [100, 90, 80], TWO: [60, 50, 40], THREE: [30, 20, 10]}
    return [[DAY, code, None, *figures[code]] for code in codes_]


def test_a_plain_workbook(office: Office) -> None:
    result = office.take(xlsx([HEAD, *rows(ONE, TWO)]), "table.xlsx")
    assert (result.kind, result.rows, result.loaded, result.findings) == ("collection", 2, 2, [])
    assert office.collection() == FIGURES


@pytest.mark.parametrize("build", [xlsx, xls], ids=["xlsx", "xls"])
def test_title_blank_rows_notes_and_signatures(office: Office, build: Any) -> None:
    cells = [
        ["全省采集进度表"], ["填报单位：", "演示"], [], HEAD, [], *rows(ONE), [], *rows(TWO), [],
        ["注：本表按日填报"], ["填报人：", None, "甲", None, "审核人：", "乙"], ["联系电话：", None, None, "0571", 88888888], ["2016年11月25日"],
    ]  # fmt: skip
    result = office.take(build(cells), "table.xlsx")
    assert (codes(result), result.rows) == ([], 2)
    assert office.collection() == FIGURES


@pytest.mark.parametrize("build", [xlsx, xls], ids=["xlsx", "xls"])
def test_a_table_that_begins_further_right_and_down(office: Office, build: Any) -> None:
    cells = [[], [], [], *[[None, None, *row] for row in [HEAD, *rows(ONE), [DAY, TWO, None, "约300", 50, 40]]]]
    result = office.take(build(cells), "table.xls")
    assert [(item.row, item.cell, item.column) for item in result.refused] == [(6, "F6", "应采集人数")]


def test_a_header_of_two_lines_with_merged_cells(office: Office) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        for area in ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:F2"):
            book.active.merge_cells(area)  # type: ignore[union-attr]

    cells = [
        ["采集进度（截至2016年11月25日）"],
        ["统计日期", "单位代码", "单位名称", "采集情况"],
        [None, None, None, "应采集人数", "已录入人数", "已报送人数"],
    ]
    assert codes(office.take(xlsx([*cells, *rows(ONE, TWO)], after=merge), "table.xlsx")) == []
    assert office.collection() == FIGURES


def test_a_header_split_over_two_lines(office: Office) -> None:
    cells = [
        ["单位", "单位", "应采集", "已录入", "已报送"],
        ["代码", "名称", "人数", "人数", "（人）"],
        [ONE, None, 100, 90, 80],
        [TWO, None, 60, 50, 40],
    ]
    assert codes(office.take(xlsx(cells), "table.xlsx", date=date(2016, 11, 25))) == []
    assert office.collection() == FIGURES


def test_every_visible_sheet_is_read_and_all_or_nothing(office: Office) -> None:
    book = xlsx([HEAD, *rows(ONE)], [["说明"], ["本表由各地填报"]], [HEAD, *rows(TWO)], names=["一", "说明", "二"])
    assert office.take(book, "table.xlsx").loaded == 2
    assert office.collection() == FIGURES
    wrong = [[DAY, THREE, None, 30, 20, "十"]]
    result = office.take(xlsx([HEAD, [DAY, THREE, None, 30, 20, 10]], [HEAD, *wrong], names=["一", "二"]), "wrong.xlsx")
    assert (result.loaded, codes(result)) == (0, ["duplicate_differs", "duplicate_differs", "count_not_a_number"])
    assert "二" in result.refused[-1].message
    assert office.collection() == FIGURES


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_ignored(office: Office, state: str) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book.worksheets[1].sheet_state = state

    result = office.take(xlsx([HEAD, *rows(ONE, TWO)], [HEAD, *rows(THREE)], after=hide), "table.xlsx")
    assert (result.rows, result.findings) == (2, [])
    assert office.collection() == FIGURES


def test_hidden_sheets_of_xls_are_ignored(office: Office) -> None:
    office.take(xls([HEAD, *rows(ONE, TWO)], [HEAD, *rows(THREE)], hidden=[1]), "table.xls")
    assert office.collection() == FIGURES


def hide_columns(*names: str) -> Any:
    def hide(book: openpyxl.Workbook) -> None:
        for name in names:
            book.active.column_dimensions[name].hidden = True  # type: ignore[union-attr]

    return hide


def test_hidden_columns_are_ignored(office: Office) -> None:
    head = [*HEAD, "已赋号人数", "已录入人数"]
    cells = [[*row, 5, 7] for row in rows(ONE, TWO)]
    result = office.take(xlsx([head, *cells], after=hide_columns("G", "H")), "table.xlsx")
    assert result.findings == []
    assert office.collection() == FIGURES


def test_a_required_column_that_is_only_there_hidden_is_read_with_a_note(office: Office) -> None:
    result = office.take(xlsx([HEAD, *rows(ONE, TWO)], after=hide_columns("D")), "table.xlsx")
    assert (codes(result), found(result)) == ([], ["hidden_column_read"])
    assert "应采集人数" in result.findings[0].message
    assert office.collection() == FIGURES


def test_a_hidden_column_of_xls(office: Office) -> None:
    head = [*HEAD, "已录入人数"]
    office.take(xls([head, *[[*row, 7] for row in rows(ONE, TWO)]], hidden_columns=[6]), "table.xls")
    assert office.collection() == FIGURES


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_hidden_rows_are_read_with_a_note(office: Office, kind: str) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book.active.row_dimensions[3].hidden = True  # type: ignore[union-attr]

    cells = [HEAD, *rows(ONE, TWO)]
    content = xlsx(cells, after=hide) if kind == "xlsx" else xls(cells, hidden_rows=[2])
    result = office.take(content, "table.xlsx")
    assert [(item.code, item.row, item.grade) for item in result.findings] == [("hidden_rows_read", 3, "note")]
    assert office.collection() == FIGURES


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_blank_date_that_belongs_to_a_merged_cell(office: Office, kind: str) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book.active.merge_cells("A2:A3")  # type: ignore[union-attr]

    cells = [HEAD, *rows(ONE), [None, *rows(TWO)[0][1:]]]
    content = xlsx(cells, after=merge) if kind == "xlsx" else xls(cells, merges=[(1, 2, 0, 0)])
    assert codes(office.take(content, "table.xlsx")) == []
    assert office.collection() == FIGURES
    result = office.take(xlsx([HEAD, *rows(ONE), [None, *rows(TWO)[0][1:]]]), "blank.xlsx")
    assert [(item.code, item.cell) for item in result.refused] == [("date_blank", "A3")]


def test_merged_codes_are_read_but_merged_figures_are_not_repeated(office: Office) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        for area in ("B2:B3", "C2:C3", "E2:E3"):
            book.active.merge_cells(area)  # type: ignore[union-attr]

    head = ["统计日期", "单位代码", "单位名称", "审核级次", "待审核人数", "审核通过人数", "退回人数"]
    cells = [head, [DAY, ONE, "演示第一小学", "学校", 1, 9, 0], [DAY, None, None, "县级", None, 7, 0]]
    result = office.take(xlsx([*cells], after=merge), "review.xlsx")
    assert [(item.code, item.cell) for item in result.refused] == [("count_missing", "E3")]


@pytest.mark.parametrize(
    "value", [datetime(2016, 11, 25), datetime(2016, 11, 25, 18, 30), 42699, "2016年11月25日", 20161125]
)
def test_real_dates_and_serials(office: Office, value: object) -> None:
    office.take(xlsx([HEAD, *[[value, *row[1:]] for row in rows(ONE, TWO)]]), "table.xlsx")
    assert office.collection() == FIGURES


@pytest.mark.parametrize("value", [datetime(2016, 11, 25), 42699 - 1462])
def test_the_1904_system(office: Office, value: object) -> None:
    def old_mac(book: openpyxl.Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904

    office.take(xlsx([HEAD, *[[value, *row[1:]] for row in rows(ONE, TWO)]], after=old_mac), "table.xlsx")
    assert office.collection() == FIGURES


@pytest.mark.parametrize("date1904", [False, True])
def test_serials_in_xls(office: Office, date1904: bool) -> None:
    serial = 42699 - (1462 if date1904 else 0)
    office.take(xls([HEAD, *[[serial, *row[1:]] for row in rows(ONE, TWO)]], date1904=date1904), "table.xls")
    assert office.collection() == FIGURES


def test_codes_as_numbers(office: Office) -> None:
    office.take(xlsx([HEAD, *[[row[0], int(str(row[1])), *row[2:]] for row in rows(ONE, TWO)]]), "table.xlsx")
    assert office.collection() == FIGURES


def test_cached_values_of_formulas_are_read_and_errors_refused(office: Office) -> None:
    import xlsxwriter

    path = office.folder / "formulas.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        for row, cells in enumerate(rows(ONE, TWO), 1):
            sheet.write_row(row, 0, cells)
        sheet.write_formula(1, 3, "=50+50", None, 100)
        sheet.write_formula(2, 4, "=ZZ9*1", None, 50)
    office.take(path)
    assert office.collection() == FIGURES
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, rows(ONE)[0])
        sheet.write_formula(1, 3, "=A1/0", None, "#DIV/0!")
        sheet.write_formula(1, 4, "=#REF!", None, "#REF!")
    result = office.take(path)
    assert [(item.code, item.cell) for item in result.refused] == [("cell_error", "D2"), ("cell_error", "E2")]
    assert "#DIV/0!" in result.refused[0].message and "#REF!" in result.refused[1].message


def test_collection_and_review_in_one_workbook(office: Office) -> None:
    head = ["统计日期", "单位代码", "审核级次", "待审核人数", "审核通过人数", "退回人数"]
    review = [[DAY, ONE, "学校", 5, 75, 0], [DAY, ONE, "县级", 15, 50, 10]]
    result = office.take(xlsx([HEAD, *rows(ONE)], [head, *review]), "both.xlsx")
    assert (result.rows, result.loaded, codes(result), found(result)) == (3, 3, [], [])
    assert office.review() == {(ONE, DAY, "school"): (5, 75, 0), (ONE, DAY, "county"): (15, 50, 10)}


def test_a_sheet_with_a_header_and_nothing_below_is_skipped(office: Office) -> None:
    result = office.take(
        xlsx([HEAD[1:], *[row[1:] for row in rows(ONE, TWO)]], [HEAD]), "t.xlsx", date=date(2016, 11, 25)
    )
    assert (codes(result), result.rows) == ([], 2)


def test_hidden_rows_without_data_are_not_spoken_of(office: Office) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        for row in (5, 6):
            book.active.row_dimensions[row].hidden = True  # type: ignore[union-attr]

    assert office.take(xlsx([HEAD, *rows(ONE, TWO), [], ["注：演示"]], after=hide), "t.xlsx").findings == []


# ---- several tables in one sheet, headers of several lines --------------------------------------------------------

UNDATED = HEAD[1:]
LEVELS = ["单位代码", "单位名称", "审核级次", "待审核人数", "审核通过人数", "退回人数"]


def undated(*codes_: str) -> list[list[object]]:
    return [row[1:] for row in rows(*codes_)]


@pytest.mark.parametrize("build", [xlsx, xls], ids=["xlsx", "xls"])
def test_tables_below_one_another_each_with_its_day(office: Office, build: Any) -> None:
    cells = [
        ["西湖区（截至2016年11月24日）"], UNDATED, *undated(ONE), ["合计", None, 100, 90, 80], ["填报日期：2016年11月26日"], [],
        ["余杭区（截至2016年11月25日）"], UNDATED, *undated(TWO), ["合计", None, 60, 50, 40],
    ]  # fmt: skip
    result = office.take(build(cells), "a.xlsx")
    assert (codes(result), found(result), result.rows) == ([], [], 2)
    assert office.collection() == {(ONE, "2016-11-24"): (100, 90, 80, None), (TWO, DAY): (60, 50, 40, None)}


def test_tables_of_two_kinds_below_one_another(office: Office) -> None:
    review = [[ONE, None, "学校", 70, 10, 0], [ONE, None, "县级", "?", 1, 0]]
    cells = [["截至2016年11月25日"], UNDATED, *undated(ONE), [], ["审核进度"], LEVELS, *review]
    result = office.take(xlsx(cells), "a.xlsx", accept_valid=True)
    assert [(item.row, item.cell, item.column) for item in result.refused] == [(8, "D8", "待审核人数")]
    assert office.collection() == {(ONE, DAY): (100, 90, 80, None)}
    assert office.review() == {(ONE, DAY, "school"): (70, 10, 0)}
    assert not result.refused[0].message.startswith("工作表")


def test_a_second_header_of_two_lines_with_headings_above(office: Office) -> None:
    head = [["学校", None, "信息采集", None, None], ["单位代码", "备注", "应采集人数", "已报送人数", "已录入人数"]]
    cells = [["截至2016年11月25日"], UNDATED, *undated(ONE), [], *head, [TWO, None, 60, 40, 50]]
    assert codes(office.take(xlsx(cells), "a.xlsx")) == []
    assert office.collection() == FIGURES


def test_a_second_header_that_lacks_a_column_is_not_read_by_the_first(office: Office) -> None:
    cells = [
        ["截至2016年11月25日"],
        UNDATED,
        *undated(ONE),
        [],
        ["单位代码", "单位名称", "已报送人数", "已录入人数", "备注"],
        [TWO, None, 40, 50, 60],
    ]
    (refusal,) = office.take(xlsx(cells), "a.xlsx").refused
    assert (refusal.row, refusal.code) == (None, "columns_missing")
    assert "第 5 行" in refusal.message and "应采集人数" in refusal.message


def test_a_header_of_two_lines_repeated_on_every_page(office: Office) -> None:
    head = [
        ["统计日期", "单位代码", "应采集人数", "已录入人数", None, "已报送人数"],
        [None, None, None, "人数", "占比", None],
    ]
    lines = [[DAY, ONE, 100, 90, "90%", 80], [DAY, TWO, 60, 50, "83%", 40]]
    result = office.take(xlsx([*head, lines[0], *head, lines[1]]), "a.xlsx")
    assert (codes(result), result.rows) == ([], 2)
    assert office.collection() == FIGURES


@pytest.mark.parametrize("below", [("人数", "占比"), ("占比", "人数"), ("比例(%)", "数量"), ("其中女", "合计")])
def test_a_line_below_the_header_that_divides_a_column(office: Office, below: tuple[str, str]) -> None:
    whole = below.index(next(word for word in below if word in ("人数", "数量", "合计")))
    head = [["统计日期", "单位代码", "应采集人数", "已录入人数", None, "已报送人数"], [None, None, None, *below, None]]
    cells: list[object] = ["7%", "7%"]
    cells[whole] = 90
    result = office.take(xlsx([*head, [DAY, ONE, 100, *cells, 80]]), "a.xlsx")
    assert (codes(result), office.collection()) == ([], {(ONE, DAY): (100, 90, 80, None)})


def test_a_sheet_that_lacks_a_column_is_told(office: Office) -> None:
    result = office.take(xlsx([HEAD, *rows(ONE)], [HEAD[:5], [DAY, TWO, None, 60, 50]], names=["甲", "乙"]), "a.xlsx")
    assert (codes(result), found(result), result.loaded) == ([], ["sheet_not_read"], 1)
    assert "乙" in result.findings[0].message and "已报送人数" in result.findings[0].message


def test_rows_of_two_sheets_are_named_with_their_sheet(office: Office) -> None:
    other = [DAY, ONE, None, 100, 91, 80]
    result = office.take(xlsx([HEAD, *rows(ONE)], [HEAD, other], names=["甲", "乙"]), "a.xlsx")
    assert codes(result) == ["duplicate_differs"] * 2
    assert all("甲!2、乙!2" in item.message for item in result.refused)


def test_figures_of_units_that_the_same_workbook_registers(office: Office) -> None:
    units = [["单位代码", "单位名称", "单位类别", "上级单位代码"], ["3301060099", "演示新校", "学校", "330106"]]
    book = xlsx(units, [HEAD, [DAY, "3301060099", None, 1, 1, 1]])
    tried = office.take(book, "a.xlsx", dry_run=True)
    assert office.collection() == {}
    result = office.take(book, "a.xlsx")
    assert (codes(result), result.loaded, tried.loaded) == ([], 2, 2)
    assert office.collection() == {("3301060099", DAY): (1, 1, 1, None)}


def test_a_telephone_number_or_a_date_below_the_codes(office: Office) -> None:
    foot = [["联系电话：", "0571-87000000", "填报人：演示"], [None, "20161126"]]
    assert (codes(office.take(xlsx([HEAD, *rows(ONE), *foot]), "a.xlsx"))) == []
    blank = office.take(xlsx([HEAD, *rows(TWO), [DAY, ONE]]), "a.xlsx")
    assert codes(blank) == ["count_missing"] * 3


def test_a_sheet_without_a_title_is_of_the_day_of_the_others(office: Office) -> None:
    title = ["截至2016年11月25日"]
    assert codes(office.take(xlsx([title, UNDATED, *undated(ONE)], [UNDATED, *undated(TWO)]), "a.xlsx")) == []
    assert office.collection() == FIGURES
    other = ["截至2016年11月24日"]
    book = xlsx([title, UNDATED, *undated(ONE)], [other, UNDATED, *undated(TWO)], [UNDATED, *undated(THREE)])
    assert codes(office.take(book, "a.xlsx")) == ["date_missing"]
