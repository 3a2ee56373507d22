"""A filled form as a piece of HTML: what the page shows is the very workbook that is downloaded."""

import io
from html import escape
from typing import Any

from openpyxl import load_workbook

from monitor.documents.cells import text_of
from monitor.documents.heights import column_width

_HEADINGS = ("黑体", "方正小标宋简体")
_BASE_SIZE = 12


def html(workbook: bytes) -> str:
    """The first sheet of a filled form as an HTML table, all text escaped; colours are those of the page around it."""
    sheet: Any = load_workbook(io.BytesIO(workbook)).worksheets[0]
    widths = [column_width(sheet, number) for number in range(1, sheet.max_column + 1)]
    columns = "".join(f'<col style="width:{width / sum(widths):.1%}">' for width in widths)
    areas = _areas(sheet)
    rows = "".join(f"<tr>{_row(sheet, number, areas)}</tr>" for number in range(1, sheet.max_row + 1))
    style = "border-collapse:collapse;width:100%;table-layout:fixed;font-variant-numeric:tabular-nums"
    return f'<table style="{style}"><colgroup>{columns}</colgroup><tbody>{rows}</tbody></table>'


def _areas(sheet: Any) -> dict[tuple[int, int], Any]:
    """The merged area of every cell that lies in one, by row and column."""
    return {cell: area for area in sheet.merged_cells.ranges for row in area.rows for cell in row}


def _row(sheet: Any, number: int, areas: dict[tuple[int, int], Any]) -> str:
    cells = []
    for column in range(1, sheet.max_column + 1):
        area = areas.get((number, column))
        cell = sheet.cell(number, column)
        if area is None:
            cells.append(_cell(cell, ""))
        elif (area.min_row, area.min_col) == (number, column):
            spans = f' colspan="{area.size["columns"]}" rowspan="{area.size["rows"]}"'
            cells.append(_cell(cell, spans))
    return "".join(cells)


def _cell(cell: Any, spans: str) -> str:
    size = (cell.font.size or _BASE_SIZE) / _BASE_SIZE
    styles = {
        "padding": "0.3em 0.5em",
        "text-align": cell.alignment.horizontal or ("left" if isinstance(cell.value, str) else "right"),
        "vertical-align": "middle",
        "border": "1px solid currentColor" if cell.border.top.style else "none",
        "font-size": f"{size:.2f}em",
        "font-weight": "600" if cell.font.name in _HEADINGS or cell.font.bold else "400",
        "overflow-wrap": "anywhere" if cell.alignment.wrap_text else "normal",
    }
    style = ";".join(f"{name}:{value}" for name, value in styles.items())
    return f'<td{spans} style="{style}">{escape(text_of(cell)).replace(chr(10), "<br>")}</td>'
