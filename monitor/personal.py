"""Resident ID numbers (18 digits with a check digit, GB 11643): found, so that they can be refused, and hidden."""

import re
import unicodedata
from typing import Final

import polars as pl

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_DATE: Final = r"(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
CANDIDATE: Final = rf"[1-9]\d{{5}}{_DATE}\d{{3}}[\dXx]"
"""Pattern of what may be an ID number; the check digit decides."""

_FOUND: Final = re.compile(rf"(?<!\d)(?={CANDIDATE}(?!\d))\d{{17}}[\dXx]")
_PHONE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_ANYBODYS: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|[\u2e80-\u9fff\uf900-\ufaff·]+|[\d\uff10-\uff19]{7,}[\dXx]?")
_GAPS: Final = re.compile(r"(?<=\d)[\s.·_-]+(?=[\dXx])")
_CROSSES: Final = str.maketrans(dict.fromkeys("×✕ХхΧχ", "X"))  # what is typed, or read from a picture, for an X
HIDDEN: Final = "（已隐去）"


def is_resident_id(text: str) -> bool:
    """Whether these 18 characters are an ID number with a valid check digit."""
    if not re.fullmatch(CANDIDATE, text):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return _CHECKS[total % 11] == text[17].upper()


def _ascii(text: str) -> str:
    """Digits of every script and width as 0 to 9, without signs that nobody sees."""
    if text.isascii():
        return text
    tidy = unicodedata.normalize("NFKC", text).translate(_CROSSES)
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in tidy
        if unicodedata.category(sign) != "Cf"
    )


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


def masked(text: str) -> str:
    """The text of an error for a log, without what could be anybody's: Chinese characters, long numbers, mail addresses."""
    return _ANYBODYS.sub(HIDDEN, text)


def suspicious(column: str) -> pl.Expr:
    """Whether a cell of a text column deserves `holds_resident_id`: 17 digits in it, gaps and full width aside."""
    return pl.col(column).str.contains(r"(?:[\p{Nd}\p{No}][\s.·_\p{Cf}-]*){17}").fill_null(False)
