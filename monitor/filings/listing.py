"""The list of who has filed a month's report: for the screen, as CSV, as a workbook."""

import io
from datetime import datetime
from typing import Any, Final

import pandas as pd

from monitor.campaign import Campaign
from monitor.filings.deadline import last_day
from monitor.filings.standing import state_of
from monitor.i18n import _

_WIDTHS: Final = (16, 30, 14, 10, 20, 14)
_PAPER_A4: Final = 9


def listing(campaign: Campaign, found: pd.DataFrame, month: str) -> pd.DataFrame:
    """`standing.standing` as people read it, one row a unit: code, name, state, days late, when filed, last day on time.

    Moments are written in the campaign's time zone; what there is not is empty.
    """
    due = last_day(campaign, month).isoformat()
    rows = [
        (
            row["code"],
            row["name"],
            state_of(row).words,
            row["days_late"] or None,
            written(campaign, row["submitted_at"]),
            due,
        )
        for row in found.to_dict("records")
    ]
    heads = [_("Code"), _("Unit"), _("Filing state"), _("Days late"), _("Filed at"), _("Due by the end of")]
    return pd.DataFrame(rows, columns=heads).astype({heads[3]: "Int64"})


def written(campaign: Campaign, moment: datetime | None) -> str:
    """A moment in the campaign's time zone, to the minute; "" for none."""
    return "" if moment is None else moment.astimezone(campaign.timezone).strftime("%Y-%m-%d %H:%M")


def workbook(listed: pd.DataFrame, title: str, note: str) -> bytes:
    """The list as a workbook: title, a line of what it counts, the table, ready to be printed. Nothing in it is a formula."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet()
        looks = _looks(book)
        last = len(listed.columns) - 1
        sheet.merge_range(0, 0, 0, last, title, looks["title"])
        sheet.merge_range(1, 0, 1, last, note, looks["note"])
        for place, (name, width) in enumerate(zip(listed.columns, _WIDTHS, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(2, place, name, looks["head"])
        for number, row in enumerate(listed.itertuples(index=False), 3):
            for place, value in enumerate(row):
                _write(sheet, number, place, value, looks)
        sheet.freeze_panes(3, 0)
        sheet.autofilter(2, 0, max(3, len(listed) + 2), last)
        _for_printing(sheet)
    return buffer.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    cell = {"border": 1, "valign": "vcenter"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "note": book.add_format({"align": "left", "valign": "vcenter", "text_wrap": True}),
        "head": book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#EEF2F6"}),
        "text": book.add_format(cell),
        "number": book.add_format({**cell, "align": "right"}),
    }


def _write(sheet: Any, row: int, place: int, value: Any, looks: dict[str, Any]) -> None:
    if pd.isna(value) or value == "":
        sheet.write_blank(row, place, None, looks["text"])
    elif isinstance(value, str):
        sheet.write_string(row, place, value, looks["text"])
    else:
        sheet.write_number(row, place, int(value), looks["number"])


def _for_printing(sheet: Any) -> None:
    sheet.set_row(0, 30)
    sheet.set_row(1, 32)
    sheet.set_paper(_PAPER_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.set_footer("&C&P / &N")
