"""A filled form as a piece of HTML: what the page shows is the very workbook that is downloaded."""

import io
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import Any

from openpyxl import load_workbook

from monitor.documents.heights import column_width
from monitor.filings.source import written

_NUMBER = re.compile(r"[#0][#0,]*(?:\.(0+))?(%?)")
_HEADINGS = ("黑体", "方正小标宋简体")
_BASE_SIZE = 12


def html(workbook: bytes) -> str:
    """The first sheet of a filled form as an HTML table, all text escaped; colours are those of the page around it."""
    sheet: Any = load_workbook(io.BytesIO(workbook)).worksheets[0]
    widths = [column_width(sheet, number) for number in range(1, sheet.max_column + 1)]
    columns = "".join(f'<col style="width:{width / sum(widths):.1%}">' for width in widths)
    rows = "".join(f"<tr>{_row(sheet, number)}</tr>" for number in range(1, sheet.max_row + 1))
    style = "border-collapse:collapse;width:100%;table-layout:fixed;font-variant-numeric:tabular-nums"
    return f'<table style="{style}"><colgroup>{columns}</colgroup><tbody>{rows}</tbody></table>'


def number_text(value: float, number_format: str) -> str:
    """A number as its format shows it: thousands, decimals, per cent, sign, blanks and words around it."""
    sections = number_format.split(";")
    which = 1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0
    # _x is a blank as wide as x, words stand in quotation marks.
    section = re.sub(r"_.", "", sections[which]).replace('"', "")
    match = _NUMBER.search(section)
    if match is None:
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    # Spreadsheets round the decimal number that one sees, and a half away from nought.
    number = Decimal(str(abs(value) if which == 1 else value)) * (100 if match[2] else 1)
    number = number.quantize(Decimal(1).scaleb(-len(match[1] or "")), ROUND_HALF_UP)
    text = f"{number:{',' if ',' in match[0] else ''}f}"
    return section[: match.start()] + text + match[2] + section[match.end() :]


def _row(sheet: Any, number: int) -> str:
    cells = []
    for column in range(1, sheet.max_column + 1):
        cell = sheet.cell(number, column)
        area = next((area for area in sheet.merged_cells.ranges if cell.coordinate in area), None)
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
    return f'<td{spans} style="{style}">{_text(cell)}</td>'


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, date):
        return written(value)
    if isinstance(value, (int, float)):
        return escape(number_text(value, cell.number_format))
    return escape(str(value)).replace("\n", "<br>")
