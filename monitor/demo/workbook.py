"""A table as a workbook, the same bytes every time."""

from datetime import datetime
from pathlib import Path

import polars as pl
import xlsxwriter

WIDTHS = {"统计日期": 12, "单位代码": 14, "单位名称": 32}
WRITTEN = datetime(2016, 1, 1)  # stands in the properties of every workbook, so that they do not differ from run to run


def write_workbook(path: Path, frame: pl.DataFrame) -> None:
    """Write `frame` as the one sheet of a workbook: header, dates as dates, codes as text."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.set_properties({"created": WRITTEN})
        sheet = book.add_worksheet()
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {
            name: book.add_format({"num_format": "yyyy-mm-dd"})
            for name, kind in frame.schema.items()
            if kind == pl.Date
        }
        for column, name in enumerate(frame.columns):
            sheet.set_column(column, column, WIDTHS.get(name, 12), formats.get(name))
            sheet.write_string(0, column, name, head)
        sheet.freeze_panes(1, 0)
        for row, values in enumerate(frame.iter_rows(), 1):
            sheet.write_row(row, 0, values)
