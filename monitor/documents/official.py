"""An official document (公文) as GB/T 9704-2012 lays it out: what stands in it, and the measures of its page.

What it says is `Paper`; `official_docx` and `official_pdf` draw it, both with the measures given here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

# Section 5 of the standard: A4, 天头 37 mm, 订口 28 mm, 版心 156 mm × 225 mm; 22 lines of 28 characters of size 3.
PAGE_WIDTH, PAGE_HEIGHT = 210, 297
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
TEXT_WIDTH, TEXT_HEIGHT = PAGE_WIDTH - LEFT - RIGHT, PAGE_HEIGHT - TOP - BOTTOM
LINES, CHARACTERS = 22, 28
POINTS_PER_MM: Final = 72 / 25.4

BODY_SIZE, TITLE_SIZE, HEAD_SIZE, PAGE_NUMBER_SIZE, TABLE_SIZE = 16, 22, 42, 14, 10.5
"""Points: size 3, size 2, the issuer's mark above the red line, size 4, size 5."""
LINE: Final = TEXT_HEIGHT * POINTS_PER_MM / LINES
"""From line to line, in points."""
CHARACTER: Final = TEXT_WIDTH * POINTS_PER_MM / CHARACTERS
"""From character to character, in points: a little less than the size."""

RED: Final = "E60012"
"""Of the issuer's mark and the line under it."""

BODY, HEADING1, HEADING2 = "text", "heading1", "heading2"
_DIGITS: Final = "零一二三四五六七八九"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body: its role (BODY, HEADING1, HEADING2) and its words, the heading's number in them."""

    role: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """A table on a page of its own, after the body. widths: of the columns, in parts of their sum; numeric: which of
    them stand to the right."""

    title: str
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Columns that hold numbers but for dashes. What was published keeps the minus that it was written with."""
        return tuple(
            all(cell == "—" or cell.lstrip("-−")[:1].isdigit() for cell in column)
            for column in zip(*self.rows, strict=True)
        ) or (False,) * len(self.columns)


@dataclass(frozen=True)
class Paper:
    """An official document. head: the issuer's mark, "" where the paper has it printed; number: the document number."""

    head: str
    number: str
    title: str
    addressees: str
    body: tuple[Paragraph, ...]
    signed: str
    dated: date
    sheets: tuple[Sheet, ...] = ()

    @property
    def annex_note(self) -> tuple[str, ...]:
        """The note under the body that names what is attached, line by line."""
        if len(self.sheets) == 1:
            return (f"附件：{self.sheets[0].title}",)
        return tuple(
            f"{'附件：' if number == 1 else '　　　'}{number}．{sheet.title}"
            for number, sheet in enumerate(self.sheets, 1)
        )

    def annex_mark(self, number: int) -> str:
        """What stands above the title of a sheet."""
        return "附件" if len(self.sheets) == 1 else f"附件{number}"


def numbered(paragraphs: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """The paragraphs with their headings numbered."""
    found = marks([paragraph.role for paragraph in paragraphs])
    return tuple(Paragraph(each.role, mark + each.text) for each, mark in zip(paragraphs, found, strict=True))


def marks(roles: Sequence[str]) -> list[str]:
    """The number of each heading, "" for text: 一、二、… and within each （一）（二）…"""
    found: list[str] = []
    first = second = 0
    for role in roles:
        if role == HEADING1:
            first, second = first + 1, 0
        elif role == HEADING2:
            second += 1
        found.append({HEADING1: f"{chinese(first)}、", HEADING2: f"（{chinese(second)}）"}.get(role, ""))
    return found


def chinese(number: int) -> str:
    """A number from 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def day_in_full(day: date) -> str:
    """The date of the document (成文日期): Arabic figures, no leading noughts."""
    return f"{day.year}年{day.month}月{day.day}日"


def width(text: str) -> float:
    """How wide a text is, in characters of the body: Latin letters and figures take half."""
    return sum(0.5 if character.isascii() else 1 for character in text)


def head_size(head: str) -> int:
    """The size of the issuer's mark, in points: as large as fits into one line, at most HEAD_SIZE."""
    return min(HEAD_SIZE, int(TEXT_WIDTH * POINTS_PER_MM / (width(head) + 0.5)))


def signature_indents(paper: Paper) -> tuple[float, float]:
    """How far from the right, in characters, the signature and the date end (section 7.3.5.1: the date four characters
    from the right, the signature centred above it; a longer signature two characters from the right, the date centred
    below it)."""
    signed, dated = width(paper.signed), width(day_in_full(paper.dated))
    if signed <= dated + 4:
        return 4 + (dated - signed) / 2, 4.0
    return 2.0, 2 + (signed - dated) / 2
