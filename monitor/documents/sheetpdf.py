"""A filled workbook as a PDF: what is printed is the very form, whichever template it was filled into.

The sheets are set by Typst cell by cell (sheet.typ): merged cells, lines, sizes, alignment, number formats, print area,
paper, margins, scale, repeated title rows, page header and footer are those of the workbook; the faces are the open
ones that stand in for those that it names (data/fonts/README.md).
"""

import io
import re
from datetime import date
from pathlib import Path
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.worksheet.cell_range import CellRange

from monitor.documents import pdf
from monitor.documents.cells import text_of
from monitor.documents.heights import DEFAULT_HEIGHT, DEFAULT_SIZE, column_width, width_of

SOURCE: Final = Path(__file__).with_name("sheet.typ")
_WIDTH: Final = 5.25  # points of a column's width of 1
_SHORT_SIDE, _LONG_SIDE = 595.28, 841.89  # points of A4
_LINES: Final = {None: 0.0, "hair": 0.25, "medium": 1.2, "thick": 1.8, "double": 1.2}
_THIN: Final = 0.6
_INDENT: Final = 6.0
_TAIL: Final = 3.0
_FACES: Final = (
    ("title", "小标宋"), ("fangsong", "仿宋|fangsong"), ("kai", "楷|kai"),
    ("hei", "黑|hei|yahei|等线|dengxian|sans|arial|calibri|helvetica"),
)  # fmt: skip
_BOLD: Final = {"song": "title", "fangsong": "hei", "kai": "hei"}


def convert(workbook: bytes, title: str, day: date) -> bytes:
    """The visible sheets of a workbook as a PDF; the same workbook gives the same bytes.

    Raises:
        PdfError: it cannot be set.
    """
    book = load_workbook(io.BytesIO(workbook))
    sheets = [_sheet(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    source = "#set document(title: data.title)\n" + SOURCE.read_text(encoding="utf-8")
    return pdf.render(source, {"title": title, "sheets": sheets}, day=day)


def _sheet(sheet: Any) -> dict[str, Any]:
    area = _area(sheet)
    columns = [column for column in range(area.min_col, area.max_col + 1) if not _hidden(sheet, column)]
    rows = [row for row in range(area.min_row, area.max_row + 1) if not sheet.row_dimensions[row].hidden]
    landscape = sheet.page_setup.orientation == "landscape"
    margins = {name: getattr(sheet.page_margins, name) * 72 for name in ("left", "right", "top", "bottom")}
    widths = [column_width(sheet, column) * _WIDTH for column in columns]
    heights = [float(sheet.row_dimensions[row].height or DEFAULT_HEIGHT) for row in rows]
    scale = _scale(sheet, widths, heights, margins, landscape)
    return {
        "landscape": landscape,
        "margins": margins,
        "centred": bool(sheet.print_options.horizontalCentered),
        "widths": [width * scale for width in widths],
        "heights": [height * scale for height in heights],
        "repeated": _repeated(sheet, rows),
        "header": _margin(sheet.oddHeader),
        "footer": _margin(sheet.oddFooter),
        "cells": _cells(sheet, columns, rows, widths, scale),
    }


def _area(sheet: Any) -> CellRange:
    if sheet.print_area:
        return CellRange(sheet.print_area.split(",")[0].rpartition("!")[2])
    return CellRange(min_col=1, min_row=1, max_col=sheet.max_column, max_row=sheet.max_row)


def _hidden(sheet: Any, column: int) -> bool:
    return any(
        entry.hidden and (entry.min or 0) <= column <= (entry.max or 0) for entry in sheet.column_dimensions.values()
    )


def _scale(sheet: Any, widths: list[float], heights: list[float], margins: dict[str, float], landscape: bool) -> float:
    """How much smaller than drawn it is printed; never larger."""
    across, down = (_LONG_SIDE, _SHORT_SIDE) if landscape else (_SHORT_SIDE, _LONG_SIDE)
    wide = (across - margins["left"] - margins["right"]) / sum(widths)
    high = (down - margins["top"] - margins["bottom"]) / sum(heights)
    set_up = sheet.page_setup
    if sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage:
        # A number of pages that is not given is one, 0 is any.
        sides = [side for side, pages in ((wide, set_up.fitToWidth), (high, set_up.fitToHeight)) if pages in (None, 1)]
        return min([1.0, *sides])
    return min((set_up.scale or 100) / 100, wide)


def _repeated(sheet: Any, rows: list[int]) -> int:
    """How many rows at the top of the sheet are repeated on each page."""
    found = re.search(r"\$?(\d+):\$?(\d+)", sheet.print_title_rows or "")
    return sum(1 for row in rows if row <= int(found[2])) if found else 0


def _margin(item: Any) -> list[str]:
    """The parts of a page header or footer; "&P" and "&N" stand for the page and how many there are."""
    text = "　".join(part.text for part in (item.left, item.center, item.right) if part.text)
    return [piece.replace("&&", "&") for piece in re.split(r"(&P|&N)", text) if piece]


def _cells(sheet: Any, columns: list[int], rows: list[int], widths: list[float], scale: float) -> list[dict[str, Any]]:
    merged = {area.min_row * 100_000 + area.min_col: area for area in sheet.merged_cells.ranges}
    covered = {(row, column) for area in sheet.merged_cells.ranges for row, column in area.cells}
    found = []
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            area = merged.get(row * 100_000 + column)
            if area is None and (row, column) in covered:
                continue
            last_row, last_column = (area.max_row, area.max_col) if area else (row, column)
            span = (
                sum(1 for each in columns if column <= each <= last_column),
                sum(1 for each in rows if row <= each <= last_row),
            )
            last = sheet.cell(min(last_row, rows[-1]), min(last_column, columns[-1]))
            found.append(_cell(sheet.cell(row, column), last, (x, y), span, sum(widths[x : x + span[0]]), scale))
    return found


def _cell(
    cell: Any, last: Any, place: tuple[int, int], span: tuple[int, int], width: float, scale: float
) -> dict[str, Any]:
    alignment, font = cell.alignment, cell.font
    number = isinstance(cell.value, (int, float))
    indent = (alignment.indent or 0) * _INDENT * scale
    # A blank at the end of a number's format keeps it off the line.
    tail = _TAIL * scale if number and cell.number_format.endswith("_ ") else 0
    size, text, room = (font.size or DEFAULT_SIZE) * scale, text_of(cell), width * scale - 2.4 - indent - tail
    across = alignment.horizontal
    down = alignment.vertical
    return {
        "x": place[0], "y": place[1], "columns": span[0], "rows": span[1],
        "text": text.strip() if number else text, "face": _face(font), "size": size,
        "across": across if across in ("left", "center", "right") else "right" if number else "left",
        "down": down if down in ("top", "center") else "bottom",
        # Measuring takes time: only what may be too wide is measured.
        "fits": bool(alignment.wrap_text) or width_of(text) * size * 0.6 < room,
        "indent": indent, "tail": tail, "room": room,
        "lines": [
            _line(cell.border.left), _line(cell.border.top), _line(last.border.right), _line(last.border.bottom),
        ],
    }  # fmt: skip


def _line(side: Any) -> float:
    style = side.style if side is not None else None
    return _LINES.get(style, _THIN)


def _face(font: Any) -> str:
    name = (font.name or "").lower()
    face = next((face for face, pattern in _FACES if re.search(pattern, name)), "song")
    return _BOLD.get(face, face) if font.bold else face
