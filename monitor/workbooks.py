"""A table as a workbook to be sent around and printed: title, a line of what it is, the table. Nothing in it is a formula."""

import io
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

_PAPER_A4: Final = 9


def workbook(
    table: pd.DataFrame,
    title: str,
    note: str,
    widths: Sequence[int],
    *,
    rates: Collection[str] = (),
    landscape: bool = True,
) -> bytes:
    """The table as .xlsx, ready to be printed. `widths` of its columns, in characters; wide ones (over 40) wrap.
    `rates`: the columns that hold ratios; they are numbers that are shown in percent. All other numbers are counts."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet()
        looks = _looks(book)
        last = len(table.columns) - 1
        sheet.merge_range(0, 0, 0, last, title, looks["title"])
        sheet.merge_range(1, 0, 1, last, note, looks["note"])
        for place, (name, width) in enumerate(zip(table.columns, widths, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(2, place, str(name), looks["head"])
        texts = [looks["long" if width > 40 else "text"] for width in widths]
        numbers = [looks["rate" if name in rates else "number"] for name in table.columns]
        for number, row in enumerate(table.itertuples(index=False), 3):
            for place, value in enumerate(row):
                _write(sheet, number, place, value, texts[place], numbers[place])
        sheet.freeze_panes(3, 0)
        sheet.autofilter(2, 0, max(3, len(table) + 2), last)
        _for_printing(sheet, landscape)
    return buffer.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    cell = {"border": 1, "valign": "vcenter"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "note": book.add_format({"align": "left", "valign": "vcenter", "text_wrap": True}),
        "head": book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#EEF2F6"}),
        "text": book.add_format(cell),
        "long": book.add_format({**cell, "text_wrap": True}),
        "number": book.add_format({**cell, "align": "right", "num_format": "#,##0"}),
        "rate": book.add_format({**cell, "align": "right", "num_format": "0.0%"}),
    }


def _write(sheet: Any, row: int, place: int, value: Any, text: Any, number: Any) -> None:
    if pd.isna(value) or value == "":
        sheet.write_blank(row, place, None, text)
    elif isinstance(value, str):
        sheet.write_string(row, place, value, text)
    elif isinstance(value, date):
        sheet.write_string(row, place, value.isoformat()[:10], text)
    else:
        sheet.write_number(row, place, value, number)


def _for_printing(sheet: Any, landscape: bool) -> None:
    sheet.set_row(0, 30)
    sheet.set_row(1, 32)
    sheet.set_paper(_PAPER_A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.set_footer("&C&P / &N")
