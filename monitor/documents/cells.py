"""What a spreadsheet shows of a cell: the text of its value in its format."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from monitor.filings.source import written
from monitor.numbers import rounded

_NUMBER = re.compile(r"[#0][#0,]*(?:\.(0+))?(%?)")


def text_of(cell: Any) -> str:
    """A cell of openpyxl as it is shown; days as official papers write them."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, date):
        return written(value)
    if isinstance(value, (int, float)):
        return number_text(value, cell.number_format)
    return str(value)


def number_text(value: float, number_format: str) -> str:
    """A number as its format shows it: thousands, decimals, per cent, sign, blanks and words around it."""
    sections = number_format.split(";")
    which = 1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0
    # _x is a blank as wide as x, words stand in quotation marks.
    section = re.sub(r"_.", "", sections[which]).replace('"', "")
    match = _NUMBER.search(section)
    if match is None:
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    number = Decimal(str(abs(value) if which == 1 else value)) * (100 if match[2] else 1)
    number = rounded(number, len(match[1] or ""))
    text = f"{number:{',' if ',' in match[0] else ''}f}"
    return section[: match.start()] + text + match[2] + section[match.end() :]
