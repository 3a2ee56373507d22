"""A monthly report filled into an .xlsx template.

Figures go into their cells as numbers, with thousands separators and percentages as formats; a cell that the office has
given a format keeps it. Text is text: nothing that a person typed can become a formula.
"""

import io
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.styles import Alignment
from openpyxl.worksheet.cell_range import CellRange

from monitor.documents.archive import settled
from monitor.documents.heights import fit_rows
from monitor.documents.monthly import Form
from monitor.documents.placeholders import Placeholder, known
from monitor.documents.readers import PutRight
from monitor.documents.rows import laid_out
from monitor.documents.spelling import names_in, only_name, replaced
from monitor.documents.template import TemplateError, margins, open_book, problems_of, texts
from monitor.filings.source import Value, written
from monitor.numbers import in_percent, rounded

OVERRIDE_LINE = (
    "* {{each_override.name}}：填报数{{each_override.value}}，系统计算数{{each_override.computed}}，"
    "改填理由：{{each_override.reason}}"
)
"""A line of the form that says what was put right."""

UNKNOWN = "—"
"""What stands for a computed value that is not known."""

MARK = "*"
"""What stands behind a figure that the filer put in place of the computed one."""

FORMATS: Mapping[str, str] = {
    "count": "#,##0",
    "entry": "#,##0",
    "change": "+#,##0;-#,##0;0",
    "ratio": "0.0%",
    "points": "+0.0;-0.0;0.0",
    "decimal": "#,##0.0",
    "date": 'yyyy"年"m"月"d"日"',
}


def render(form: Form, template: bytes | Path) -> bytes:
    """Fill `form` into `template`; the finished workbook. The same form and template give the same bytes.

    Raises:
        TemplateError: the template holds an unknown or broken placeholder, or what cannot be filled in.
    """
    book = open_book(template)
    problems = problems_of(book)
    if problems:
        raise TemplateError(problems)
    written_out = [name for sheet in book.worksheets for _place, text in texts(sheet) for name in names_in(text)]
    for sheet in book.worksheets:
        _fill_sheet(sheet, form)
    if form.overrides and not any("each_override" in text for text in written_out):
        _append_overrides(book.worksheets[0], form)
    book.properties.title = form.title
    book.properties.creator = str(form.values["unit.name"] or "")
    book.properties.lastModifiedBy = ""
    buffer = io.BytesIO()
    book.save(buffer)
    return settled(buffer.getvalue(), datetime(form.report_day.year, form.report_day.month, form.report_day.day))


def shown(placeholder: Placeholder, value: Value) -> str:
    """A value as text within a sentence."""
    if value is None:
        return "" if placeholder.kind in ("entry", "mark") else UNKNOWN
    if isinstance(value, str):
        return value
    if not isinstance(value, (int, float)):
        return written(value)
    if isinstance(value, PutRight):
        return f"{value:,}{MARK}"
    match placeholder.kind:
        case "ratio":
            return f"{rounded(in_percent(value), 1)}%"
        case "points":
            return f"{rounded(value, 1):+}"
        case "change":
            return f"{value:+,}" if value else "0"
        case "decimal":
            return f"{rounded(value, 1):,}"
        case _:
            return f"{value:,}"


def _fill_sheet(sheet: Any, form: Form) -> None:
    typed = []
    for number, row in enumerate(laid_out(sheet, form.sector, form.groups), 1):
        values = form.values if row.item is None else {**form.values, **row.item}
        for cell in sheet[number]:
            if isinstance(cell, MergedCell) or not isinstance(cell.value, str) or not names_in(cell.value):
                continue
            _fill_cell(cell, values)
            if isinstance(cell.value, str):
                typed.append(cell)
    fit_rows(sheet, typed)
    for part in margins(sheet):
        if part.text:
            part.text = replaced(part.text, lambda name: _shown(name, form.values).replace("&", "&&"))
    # Where one stood while the template was drawn is nothing that a reader of the form should start from.
    sheet.sheet_view.topLeftCell = None


def _append_overrides(sheet: Any, form: Form) -> None:
    """What was put right, below a form whose template has no rows for it."""
    last, columns = sheet.max_row, sheet.max_column
    for number, item in enumerate(form.groups["each_override"], last + 1):
        cell = sheet.cell(number, 1)
        _write_text(cell, replaced(OVERRIDE_LINE, lambda name, item=item: _shown(name, item)))  # type: ignore[misc]
        cell.alignment = Alignment(horizontal="left", vertical="center", wrap_text=True)
        if columns > 1:
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=columns)
        fit_rows(sheet, [cell])
    if sheet.print_area:
        area = CellRange(sheet.print_area.split(",")[-1].rpartition("!")[2])
        area.expand(down=max(sheet.max_row - area.max_row, 0))
        sheet.print_area = area.coord


def _fill_cell(cell: Any, values: Mapping[str, Value]) -> None:
    name = only_name(cell.value)
    value = values[name] if name else None
    if name is None or isinstance(value, str):
        _write_text(cell, replaced(cell.value, lambda each: _shown(each, values)))
        return
    placeholder = known()[name]
    if value is None:
        _write_blank(cell, placeholder)
        return
    kept = cell.number_format
    cell.value = int(value) if isinstance(value, PutRight) else value  # gives a day a format of openpyxl's choice
    cell.number_format = FORMATS[placeholder.kind] if kept in ("General", "@") else kept
    if isinstance(value, PutRight):
        cell.number_format = _marked(cell.number_format)


def tidy(text: str) -> str:
    """What people typed, with the line ends of the documents and without what these cannot hold."""
    return str(ILLEGAL_CHARACTERS_RE.sub("", re.sub(r"\r\n?", "\n", text)))


def _marked(number_format: str) -> str:
    """The format with the mark behind the number, which stays a number."""
    return ";".join(f'{part.removesuffix("_ ")}"{MARK}"' for part in number_format.split(";"))


def _write_blank(cell: Any, placeholder: Placeholder) -> None:
    cell.value = shown(placeholder, None) or None
    if cell.value:
        cell.alignment = _centred(cell.alignment)


def _write_text(cell: Any, text: str) -> None:
    text = tidy(text)
    cell.value = text or None
    if text:
        # openpyxl takes a leading = for a formula; the quote prefix keeps a spreadsheet from doing so on editing.
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@\t"


def _centred(alignment: Alignment) -> Alignment:
    return Alignment(horizontal="center", vertical=alignment.vertical, wrap_text=alignment.wrap_text)


def _shown(name: str, values: Mapping[str, Value]) -> str:
    return shown(known()[name], values[name])
