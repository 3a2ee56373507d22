"""The project's own draft of the monthly report form, drawn as an .xlsx template.

`python -m monitor.documents.drafts FILE.{xlsx,docx}` writes it. The files under data/templates/ are what is used: an
office may put its own form in their place, drawn in its office program, without touching this module.
"""

import io
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.page import PageMargins

from monitor.atomic import write_bytes
from monitor.documents.archive import settled
from monitor.documents.draft_content import BODY, CLOSING, HEADING, LAST, LOOKS, SECTIONS, WIDTHS, Entry, Line
from monitor.documents.placeholders import known
from monitor.documents.spelling import only_name
from monitor.documents.xlsx import FORMATS

DRAWN = datetime(2016, 10, 1)

# Family and character set tell a machine that lacks a font to take another Chinese one.
CHINESE = 134
THIN, MEDIUM = Side(style="thin"), Side(style="medium")


def monthly() -> bytes:
    """The template of the monthly report; the same bytes each time."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "月报表"
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    row = _draw(sheet, HEADING, 1)
    top = row
    for title, lines in SECTIONS:
        first = row
        row = _draw(sheet, lines, row)
        _put(sheet, Entry("A", title, "section", rows=row - first), first, boxed=True)
    _frame(sheet, top, row - 1)
    last = _draw(sheet, CLOSING, row) - 1
    _set_up_page(sheet, last)
    book.properties.creator = ""
    book.properties.title = "月报表（附件3）"
    buffer = io.BytesIO()
    book.save(buffer)
    return settled(buffer.getvalue(), DRAWN)


def _draw(sheet: Any, lines: Sequence[Line], row: int) -> int:
    for line in lines:
        sheet.row_dimensions[row].height = line.height
        for entry in line.entries:
            _put(sheet, entry, row, line.boxed)
        row += 1
    return row


def _put(sheet: Any, entry: Entry, row: int, boxed: bool) -> None:
    first, _colon, last = entry.span.partition(":")
    font, size, horizontal, wrapped = LOOKS[entry.look]
    area = sheet[f"{first}{row}:{last or first}{row + entry.rows - 1}"]
    for cell in (cell for cells in area for cell in cells):
        cell.font = Font(name=font, size=size, charset=CHINESE, family=3 if font == BODY else 2)
        cell.alignment = Alignment(
            horizontal=horizontal,
            vertical="center",
            wrap_text=wrapped,
            # A name or a number that is too long for its cell is printed smaller rather than cut or shown as ####.
            shrink_to_fit=not wrapped,
            indent=1 if entry.look == "text" else 0,
        )
    if boxed:
        _box(area)
    area[0][0].value = entry.text
    if entry.look == "number":
        area[0][0].number_format = _padded(FORMATS[known()[str(only_name(entry.text))].kind])
    if last or entry.rows > 1:
        sheet.merge_cells(f"{first}{row}:{last or first}{row + entry.rows - 1}")


def _box(area: Any) -> None:
    """A thin line around a merged cell: each of its cells has the sides that lie outside, as spreadsheets keep them."""
    for cells in area:
        for cell in cells:
            cell.border = Border(
                left=THIN if cell is cells[0] else None,
                right=THIN if cell is cells[-1] else None,
                top=THIN if cells is area[0] else None,
                bottom=THIN if cells is area[-1] else None,
            )


def _padded(number_format: str) -> str:
    """The format with a blank behind the number, so that it does not touch the line; LibreOffice loses some indents."""
    return ";".join(f"{part}_ " for part in number_format.split(";"))


def _frame(sheet: Any, top: int, bottom: int) -> None:
    """A stronger line around the table."""
    for row in sheet[f"A{top}:{LAST}{bottom}"]:
        for cell in row:
            old = cell.border
            cell.border = Border(
                left=MEDIUM if cell.column == 1 else old.left,
                right=MEDIUM if cell.column == len(WIDTHS) else old.right,
                top=MEDIUM if cell.row == top else old.top,
                bottom=MEDIUM if cell.row == bottom else old.bottom,
            )
    # openpyxl takes the lines around a merged cell from its first cell.
    for area in sheet.merged_cells.ranges:
        first, last = (sheet.cell(*corner).border for corner in (area.top[0], area.bottom[-1]))
        sheet.cell(*area.top[0]).border = Border(left=first.left, top=first.top, right=last.right, bottom=last.bottom)


def _set_up_page(sheet: Any, last: int) -> None:
    sheet.print_area = f"A1:{LAST}{last}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.4, bottom=0.5, header=0.2, footer=0.25)
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.sheet_view.showGridLines = False


if __name__ == "__main__":
    from monitor.documents import drafts_docx

    target = Path(sys.argv[1])
    write_bytes(target, drafts_docx.monthly() if target.suffix == ".docx" else monthly())
