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

from monitor.documents.archive import settled
from monitor.documents.heights import fit_rows
from monitor.documents.monthly import Form
from monitor.documents.placeholders import Placeholder, known
from monitor.documents.rows import laid_out
from monitor.documents.spelling import names_in, only_name, replaced
from monitor.documents.template import TemplateError, margins, open_book, problems_of
from monitor.filings.source import Value, written

UNKNOWN = "—"
"""What stands for a computed value that is not known."""

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
    for sheet in book.worksheets:
        _fill_sheet(sheet, form)
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
    match placeholder.kind:
        case "ratio":
            return f"{value:.1%}"
        case "points":
            return f"{value:+.1f}"
        case "change":
            return f"{value:+,}" if value else "0"
        case "decimal":
            return f"{value:,.1f}"
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
    cell.value = value  # gives a day a format of openpyxl's choice
    cell.number_format = FORMATS[placeholder.kind] if kept in ("General", "@") else kept


def _write_blank(cell: Any, placeholder: Placeholder) -> None:
    cell.value = shown(placeholder, None) or None
    if cell.value:
        cell.alignment = _centred(cell.alignment)


def _write_text(cell: Any, text: str) -> None:
    text = ILLEGAL_CHARACTERS_RE.sub("", re.sub(r"\r\n?", "\n", text))
    cell.value = text or None
    if text:
        # openpyxl takes a leading = for a formula; the quote prefix keeps a spreadsheet from doing so on editing.
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@\t"


def _centred(alignment: Alignment) -> Alignment:
    return Alignment(horizontal="center", vertical=alignment.vertical, wrap_text=alignment.wrap_text)


def _shown(name: str, values: Mapping[str, Value]) -> str:
    return shown(known()[name], values[name])
