"""Numbers as they are written wherever a person reads them: on the screen, in sentences, in bulletins."""

import re
from typing import Any

import pandas as pd


def whole(number: Any) -> str:
    """A count with thousands separators; a dash where there is none."""
    return "—" if pd.isna(number) else f"{int(number):,}".replace("-", "−")


def signed(number: Any) -> str:
    """A difference with its sign."""
    if pd.isna(number):
        return "—"
    return f"+{int(number):,}" if number > 0 else whole(number)


def percent(rate: Any) -> str:
    """A ratio as a percentage with one decimal, never capped; a dash where there is none."""
    return "—" if pd.isna(rate) else f"{float(rate):.1%}".replace("-", "−")


def decimal(number: Any) -> str:
    """A number with at most one decimal; a dash where there is none."""
    return tenths(number).removesuffix(".0")


def tenths(number: Any) -> str:
    """A number with exactly one decimal, for columns in which the digits stand below one another."""
    return "—" if pd.isna(number) else f"{float(number):,.1f}".replace("-", "−")


def machine_readable(sentence: str) -> str:
    """A sentence with its numbers as programs write them: no separators, a plain minus."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", sentence).replace("−", "-")
