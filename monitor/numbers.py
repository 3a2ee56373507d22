"""Numbers and days as they are written wherever a person reads them: on the screen, in sentences, in bulletins.

The minus is the one of the keyboard, as in the tables that Streamlit writes and in what is copied into a spreadsheet.
"""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from monitor.i18n import _


def rounded(number: float | Decimal, places: int) -> Decimal:
    """A number rounded as spreadsheets round it: the decimal number that one sees, a half away from nought.

    Python rounds a half to the even neighbour, and another number where binary has no such half: 5 of 80 people would
    be 6.2 % in a sentence and 6.3 % in the workbook beside it.
    """
    seen = number if isinstance(number, Decimal) else Decimal(str(float(number)))
    return seen.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0  # + 0: no −0.0


def whole(number: Any) -> str:
    """A count with thousands separators; a dash where there is none."""
    return "—" if pd.isna(number) else f"{int(number):,}"


def signed(number: Any) -> str:
    """A difference with its sign."""
    if pd.isna(number):
        return "—"
    return f"+{int(number):,}" if number > 0 else whole(number)


def in_percent(rate: float) -> Decimal:
    """A ratio in percent, exactly."""
    return Decimal(str(float(rate))) * 100


def percent(rate: Any) -> str:
    """A ratio as a percentage with one decimal, never capped; a dash where there is none."""
    return "—" if pd.isna(rate) else f"{rounded(in_percent(rate), 1)}%"


def decimal(number: Any) -> str:
    """A number with at most one decimal; a dash where there is none."""
    return tenths(number).removesuffix(".0")


def tenths(number: Any) -> str:
    """A number with exactly one decimal, for columns in which the digits stand below one another."""
    return "—" if pd.isna(number) else f"{rounded(number, 1):,}"


def day_written(day: date, *, year: bool) -> str:
    """A day as it is written in a sentence, with its year or without it."""
    form = _("{year}-{month:02d}-{day:02d}") if year else _("{month:02d}-{day:02d}")
    return form.format(year=day.year, month=day.month, day=day.day)


def machine_readable(sentence: str) -> str:
    """A sentence with its numbers as programs write them: no separators."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", sentence)
