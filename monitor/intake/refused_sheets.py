"""Worksheets that are not read: what their users are told."""

from typing import Final

from monitor.i18n import _
from monitor.intake.problems import FileRefused

MAX_COLUMNS: Final = 2000
"""Columns of a file that may be a table."""


def sheet_damaged() -> FileRefused:
    """The answer to a workbook that cannot be read."""
    return FileRefused(
        "file_damaged",
        _("The workbook is damaged and cannot be read. Open it in Excel, save it again, and upload that."),
    )


def sheet_unusual() -> FileRefused:
    """The answer to a large sheet that is written as no spreadsheet program writes: to measure it would take too long."""
    return FileRefused(
        "file_damaged",
        _(
            "A sheet of the workbook is large and not written as Excel writes it, so it cannot be checked safely. Open the"
            " file in Excel or WPS, save it as .xlsx, and upload that."
        ),
    )


def sheet_too_large(size: str) -> FileRefused:
    """The answer to a sheet that is a table, but larger than one that can be held in memory."""
    return FileRefused(
        "file_too_large",
        _(
            "A sheet of the workbook is too large to be read as a workbook ({size}). Export it as csv, which is read in"
            " parts; or delete the columns that are not needed, or split it by city or county."
        ).format(size=size),
    )


def too_wide() -> FileRefused:
    """The answer to a table with far more columns than any that is read."""
    return FileRefused(
        "file_too_many_columns",
        _("The file has more than {columns} columns: this is not one of the tables.").format(columns=MAX_COLUMNS),
    )
