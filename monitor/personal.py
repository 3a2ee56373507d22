"""Resident ID numbers (18 digits with a check digit, GB 11643): found, so that they can be refused, and hidden."""

import re
from typing import Final

import polars as pl

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_DATE: Final = r"(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
CANDIDATE: Final = rf"[1-9]\d{{5}}{_DATE}\d{{3}}[\dXx]"
"""Pattern of what may be an ID number; the check digit decides."""

_FOUND: Final = re.compile(rf"(?<!\d)(?={CANDIDATE}(?!\d))\d{{17}}[\dXx]")
_PHONE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_GAPS: Final = re.compile(r"(?<=\d)[\s\u3000-]+(?=[\dXx])")
HIDDEN: Final = "（已隐去）"


def is_resident_id(text: str) -> bool:
    """Whether these 18 characters are an ID number with a valid check digit."""
    if not re.fullmatch(CANDIDATE, text):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return _CHECKS[total % 11] == text[17].upper()


def _ascii(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if "\uff10" <= c <= "\uff5a" else c for c in text)


def holds_resident_id(text: str) -> bool:
    """Whether an ID number stands anywhere in the text, also in full-width digits or with spaces between."""
    tidy = _ascii(text)
    return any(is_resident_id(match) for form in (tidy, _GAPS.sub("", tidy)) for match in _FOUND.findall(form))


def shown(text: str, limit: int = 30) -> str:
    """A cell as a message may repeat it: no ID number, no mobile number, not too long."""
    if holds_resident_id(text) or _PHONE.search(_ascii(text)):
        return HIDDEN
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def suspicious(column: str) -> pl.Expr:
    """Whether a cell of a text column deserves `holds_resident_id`: 17 digits in it, gaps and full width aside."""
    return pl.col(column).str.contains(r"(?:[0-9０-９][\s\u3000-]*){17}").fill_null(False)
