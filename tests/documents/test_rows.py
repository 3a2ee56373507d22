"""Rows repeated, left out and moved, with what hangs on them."""

import io
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from monitor.documents.readers import Item
from monitor.documents.rows import laid_out

KINDS = {
    "plain": "固定",
    "each_type": "{{each_type.name}}",
    "each_level": "{{each_level.name}}",
    "schools": "甲{{only.schools}}",
    "universities": "乙{{only.universities}}",
}


def items(group: str, count: int) -> tuple[Item, ...]:
    return tuple({f"{group}.name": f"{group} {number}"} for number in range(count))


def sheet_of(kinds: list[str]) -> Any:
    sheet: Any = Workbook().active
    for number, kind in enumerate(kinds, 1):
        sheet.cell(number, 1).value = KINDS[kind]
        sheet.cell(number, 2).value = number
        sheet.cell(number, 2).font = Font(size=number + 5)
        sheet.row_dimensions[number].height = number + 10
    return sheet


def reread(sheet: Any) -> Any:
    buffer = io.BytesIO()
    sheet.parent.save(buffer)
    return load_workbook(buffer).active


def expected_rows(kinds: list[str], sector: str, types: int, levels: int) -> list[int]:
    times = {"plain": 1, "each_type": types, "each_level": levels, "schools": 0, "universities": 0, sector: 1}
    rows: list[int] = []
    for number, kind in enumerate(kinds, 1):
        rows += [number] * times[kind]
    return rows


@given(
    kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=8),
    sector=st.sampled_from(["schools", "universities"]),
    types=st.integers(0, 3),
    levels=st.integers(0, 3),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_rows_go_where_they_belong(kinds: list[str], sector: str, types: int, levels: int, data: st.DataObject) -> None:
    sheet = sheet_of(kinds)
    first = data.draw(st.integers(1, len(kinds)))
    last = data.draw(st.integers(first, len(kinds)))
    sheet.merge_cells(start_row=first, end_row=last, start_column=4, end_column=5)
    sheet.cell(first, 4).value = "标签"
    sheet.print_area = f"A1:E{len(kinds)}"
    expected = expected_rows(kinds, sector, types, levels)
    groups = {"each_type": items("each_type", types), "each_level": items("each_level", levels)}

    rows = laid_out(sheet, sector, groups)

    assert [row.template for row in rows] == expected
    for group, count in (("each_type", types), ("each_level", levels)):
        named = [row.item[f"{group}.name"] for row in rows if kinds[row.template - 1] == group and row.item]
        assert named == [f"{group} {number}" for number in range(count)] * kinds.count(group)
    shown = reread(sheet)
    for number, old in enumerate(expected, 1):
        assert shown.cell(number, 1).value == KINDS[kinds[old - 1]]
        assert (shown.cell(number, 2).value, shown.cell(number, 2).font.size) == (old, old + 5)
        assert shown.row_dimensions[number].height == old + 10
    inside = [number for number, old in enumerate(expected, 1) if first <= old <= last]
    spans = [(number, number) for number in inside] if first == last else [(inside[0], inside[-1])] if inside else []
    assert sorted(area.coord for area in shown.merged_cells.ranges) == sorted(f"D{a}:E{b}" for a, b in spans)
    assert [shown.cell(a, 4).value for a, _b in spans] == ["标签"] * len(spans)
    if expected:
        assert shown.print_area == f"'Sheet'!$A$1:$E${len(expected)}"


def test_what_hangs_on_rows_moves_with_them() -> None:
    sheet = sheet_of(["plain", "each_type", "plain", "schools"])
    validation = DataValidation(type="whole", sqref="B3")
    sheet.data_validations.append(validation)
    sheet.conditional_formatting.add("B2:B2", CellIsRule(operator="greaterThan", formula=["1"]))
    sheet.row_breaks.append(Break(3))

    laid_out(sheet, "universities", {"each_type": items("each_type", 3)})

    shown = reread(sheet)
    assert [str(rule.sqref) for rule in shown.data_validations.dataValidation] == ["B5"]
    assert [str(area.sqref) for area in shown.conditional_formatting] == ["B2:B4"]
    assert [pagebreak.id for pagebreak in shown.row_breaks.brk] == [5]


def test_a_merged_cell_of_which_one_cell_is_left_is_none() -> None:
    sheet = sheet_of(["schools", "universities"])
    sheet.merge_cells("A1:A2")
    sheet["C1"].value, sheet["D2"].value = "{{only.schools}}", "{{only.universities}}"
    laid_out(sheet, "universities", {})
    assert list(reread(sheet).merged_cells.ranges) == []


def test_a_sheet_without_marks_is_left_as_it_is() -> None:
    sheet = sheet_of(["plain", "plain"])
    before = sheet["B2"]
    rows = laid_out(sheet, "schools", {"each_type": items("each_type", 2)})
    assert [row.template for row in rows] == [1, 2]
    assert sheet["B2"] is before
