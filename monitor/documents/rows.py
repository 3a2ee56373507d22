"""Rows of a template sheet repeated, left out and moved, with everything that hangs on them.

openpyxl moves values when rows are inserted, but neither merged cells nor heights nor the print area; so the sheet is
laid out anew, row by row, from what the template held.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange

from monitor.documents.readers import Item
from monitor.documents.spelling import names_in


@dataclass(frozen=True)
class Row:
    """A row of the form: the row of the template that it comes from, and its item where that row is repeated."""

    template: int
    item: Item | None = None


def laid_out(sheet: Any, sector: str, groups: Mapping[str, Sequence[Item]]) -> list[Row]:
    """Repeat and leave out the sheet's rows as its marks say; the rows that are there now, first row first.

    A row with {{each_…}} placeholders is there once for each item of its group (none: not at all), a row marked
    {{only.…}} for another sector is left out.
    """
    rows = [row for number in range(1, sheet.max_row + 1) for row in _rows_of(sheet, number, sector, groups)]
    if [row.template for row in rows] != list(range(1, sheet.max_row + 1)):
        _rebuild(sheet, rows)
    return rows


def _rows_of(sheet: Any, number: int, sector: str, groups: Mapping[str, Sequence[Item]]) -> list[Row]:
    names = [name for cell in sheet[number] if isinstance(cell.value, str) for name in names_in(cell.value)]
    if any(name.startswith("only.") and name != f"only.{sector}" for name in names):
        return []
    repeated = {name.partition(".")[0] for name in names} & groups.keys()
    if not repeated:
        return [Row(number)]
    return [Row(number, item) for item in groups[repeated.pop()]]


def _rebuild(sheet: Any, rows: Sequence[Row]) -> None:
    where: dict[int, list[int]] = {}
    for number, row in enumerate(rows, 1):
        where.setdefault(row.template, []).append(number)
    merged = [copy(area) for area in sheet.merged_cells.ranges]
    _keep_labels(sheet, merged, where)
    _move_cells(sheet, rows)
    _move_heights(sheet, rows)
    areas = [area for old in merged for area in _moved(old, where, alone=True)]
    # A merged cell of which one cell is left is none; Excel would offer to repair the file.
    sheet.merged_cells = MultiCellRange([area for area in areas if area.size["rows"] * area.size["columns"] > 1])
    _move_ranges(sheet, where)


def _keep_labels(sheet: Any, merged: Sequence[CellRange], where: Mapping[int, list[int]]) -> None:
    """A label merged over several rows stands in the first of them; where that row goes, the next one takes it."""
    for area in merged:
        kept = [number for number in range(area.min_row, area.max_row + 1) if number in where]
        if kept and kept[0] != area.min_row:
            first = sheet.cell(area.min_row, area.min_col)
            heir = Cell(sheet, row=kept[0], column=area.min_col, value=first.value)
            heir._style = copy(first._style)
            sheet._cells[kept[0], area.min_col] = heir


def _move_cells(sheet: Any, rows: Sequence[Row]) -> None:
    old: dict[int, list[Any]] = {}
    for (number, _column), cell in sorted(sheet._cells.items()):
        old.setdefault(number, []).append(cell)
    sheet._cells = {}
    for number, row in enumerate(rows, 1):
        for cell in old.get(row.template, ()):
            new = Cell(sheet, row=number, column=cell.column, value=cell.value)
            new._style = copy(cell._style)
            sheet._cells[number, cell.column] = new


def _move_heights(sheet: Any, rows: Sequence[Row]) -> None:
    old = dict(sheet.row_dimensions.items())
    sheet.row_dimensions.clear()
    for number, row in enumerate(rows, 1):
        if row.template in old:
            dimension = copy(old[row.template])
            dimension.index = number
            sheet.row_dimensions[number] = dimension


def _move_ranges(sheet: Any, where: Mapping[int, list[int]]) -> None:
    if sheet.print_area:
        areas = sheet.print_area.split(",")
        moved = [area for old in areas for area in _moved(CellRange(old.rpartition("!")[2]), where)]
        sheet.print_area = ",".join(area.coord for area in moved)
    for rule in sheet.data_validations.dataValidation:
        rule.sqref = MultiCellRange([area for old in rule.sqref.ranges for area in _moved(old, where)])
    formats = ConditionalFormattingList()
    for old_format in sheet.conditional_formatting:
        for area in (area for old in old_format.sqref.ranges for area in _moved(old, where)):
            for rule in old_format.rules:
                formats.add(area.coord, rule)
    sheet.conditional_formatting = formats
    for pagebreak in sheet.row_breaks.brk:
        pagebreak.id = where.get(pagebreak.id, [pagebreak.id])[-1]


def _moved(area: CellRange, where: Mapping[int, list[int]], alone: bool = False) -> list[CellRange]:
    """Where a range of the template is now. `alone`: a range within one row is there once for each repetition."""
    numbers = [number for row in range(area.min_row, area.max_row + 1) for number in where.get(row, ())]
    if not numbers:
        return []
    spans = [(number, number) for number in numbers] if alone and area.min_row == area.max_row else []
    return [
        CellRange(min_col=area.min_col, max_col=area.max_col, min_row=first, max_row=last)
        for first, last in spans or [(min(numbers), max(numbers))]
    ]
