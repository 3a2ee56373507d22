"""Row heights for text that was filled in: a spreadsheet does not fit rows to merged cells by itself."""

import math
import unicodedata
from collections.abc import Iterable
from copy import copy
from typing import Any

from openpyxl.utils import get_column_letter

MAX_HEIGHT = 409.0
"""Points; no spreadsheet makes a row higher."""

SMALLEST_SIZE = 6.0
DEFAULT_WIDTH, DEFAULT_HEIGHT, DEFAULT_SIZE = 8.43, 15.0, 11.0
LINE = 1.35
"""Height of a line, in sizes of its font."""


def fit_rows(sheet: Any, cells: Iterable[Any]) -> None:
    """Raise the rows of `cells` until their text shows, where it wraps within its (merged) cell; rows never shrink.

    What is too long for the highest row there can be is set in a smaller size.
    """
    for cell in cells:
        if cell.alignment.wrap_text:
            _fit(sheet, cell)


def _fit(sheet: Any, cell: Any) -> None:
    first, last = _rows_of(sheet, cell)
    others = sum(_row_height(sheet, row) for row in range(first, last))
    text, width, size = str(cell.value), _width(sheet, cell), cell.font.size or DEFAULT_SIZE
    while size > SMALLEST_SIZE and _height(text, width, size) > others + MAX_HEIGHT:
        size -= 1
    if size != (cell.font.size or DEFAULT_SIZE):
        font = copy(cell.font)
        font.size = size
        cell.font = font
    needed = _height(text, width, size) - others
    if needed > _row_height(sheet, last):
        sheet.row_dimensions[last].height = min(needed, MAX_HEIGHT)


def width_of(text: str) -> int:
    """Columns that a text takes, a Chinese character two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def _height(text: str, width: float, size: float) -> float:
    room = max(width * DEFAULT_SIZE / size - 2, 2)
    lines = sum(max(math.ceil(width_of(line) / room), 1) for line in text.split("\n"))
    return lines * size * LINE + 4


def _rows_of(sheet: Any, cell: Any) -> tuple[int, int]:
    area = _area(sheet, cell)
    return (area.min_row, area.max_row) if area else (cell.row, cell.row)


def _width(sheet: Any, cell: Any) -> float:
    area = _area(sheet, cell)
    columns = range(area.min_col, area.max_col + 1) if area else (cell.column,)
    return sum(column_width(sheet, column) for column in columns)


def _area(sheet: Any, cell: Any) -> Any:
    return next((area for area in sheet.merged_cells.ranges if cell.coordinate in area), None)


def column_width(sheet: Any, column: int) -> float:
    """The width of a column, in characters."""
    for letter, dimension in sheet.column_dimensions.items():
        if letter == get_column_letter(column) or (dimension.min or 0) <= column <= (dimension.max or 0):
            return float(dimension.width)
    return float(sheet.sheet_format.defaultColWidth or DEFAULT_WIDTH)


def _row_height(sheet: Any, row: int) -> float:
    return float(sheet.row_dimensions[row].height or sheet.sheet_format.defaultRowHeight or DEFAULT_HEIGHT)
