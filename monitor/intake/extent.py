"""How far the cells of a worksheet reach, from its XML, before it is read.

The reader makes room for every cell between the first and the farthest one: a single value in the last cell of a sheet would
take hundreds of gigabytes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import polars as pl

from monitor.i18n import _
from monitor.intake.elements import Measure
from monitor.intake.problems import FileRefused, letters
from monitor.intake.refused_sheets import MAX_COLUMNS, sheet_damaged, sheet_too_large

_MAX_DEPTH: Final = 1_048_576
_MANY_CELLS: Final = 17_000_000
"""Cells that may all have a value; of more the values are counted. A sheet as long as there can be has room for 16 full
columns; a teacher export has 10."""
_COUNTED_FROM: Final = 8_000_000
"""Cells from which on values are counted on the way, so that a sheet that will not do is refused before its end."""
_OF_CELL, _OF_VALUE = 32, 40
"""Bytes that the reader takes for a cell and for a value besides, all at once; measured, texts aside."""
_ROOM: Final = _MANY_CELLS * (_OF_CELL + _OF_VALUE)
"""With the texts of a sheet as long as there can be, and the program itself, that stays below 1.5 GiB."""
_REPEATED_FROM: Final = _MANY_CELLS * len('<c r="A1"><v>1</v></c>')
"""Bytes of a sheet in which more values than that can be written, if many stand in one place."""
_WIDTHS: Final[tuple[int, ...]] = (*range(8, 27), 32, 40, 52, 64, 78, 104, 156, 208, 416, 702, 1014, 1404, MAX_COLUMNS)
_ROW_NUMBER: Final = re.compile(rb'\br="(\d+)"')

# The patterns below are of Rust's engine (polars): three times as fast as Python's, and other threads run meanwhile. The blanks
# are those of XML: what is no blank to the reader must be none here.
_BLANK: Final = r"[ \t\r\n]"
_CELL: Final = r"<(?:(?:[^/<> \t\r\n][^<> \t\r\n]*)?:)?c"
_NAME: Final = "[A-Za-z][A-Za-z0-9:_.-]*"
_ATTRIBUTE: Final = rf"""{_BLANK}+{_NAME}=(?:"[^"'<>]*"|'[^"'<>]*')"""
_FURTHER: Final = (
    rf"(?:{_ATTRIBUTE})*(?:[^/> \t\r\n]|{_BLANK}*/[^>]|{_BLANK}+(?:[^A-Za-z/> \t\r\n]|r{_BLANK}*=|{_NAME}[^A-Za-z0-9:_.=-]"
    rf"""|{_NAME}=(?:[^"']|"[^"'<>]*['<>]|'[^"'<>]*["<>])))"""
)
"""What follows the place of a cell up to something unusual: the place once more (the reader believes the last), a bracket."""
_EMPTY: Final = rf"{_CELL}(?:{_ATTRIBUTE})*{_BLANK}*(?:/>|>{_BLANK}*</(?:[A-Za-z0-9_]+:)?c{_BLANK}*>)"
"""A cell without a value. The reader makes no room for it. No quotation mark stands in a value: so nothing that begins in the
value of another element's attribute, where it is no cell, can take a place along that is one."""


def _right_of(width: int) -> str:
    """Names of the columns right of so many, as a pattern."""
    if width < 26:
        return f"[{_upper_lower(letters(width), 'Z')}]|[A-Za-z]{{2,}}"
    if width < 702:
        first, second = list(letters(width))
        further = f"[{_upper_lower(chr(ord(first) + 1), 'Z')}][A-Za-z]|" if first < "Z" else ""
        return f"[{_upper_lower(first, first)}][{_upper_lower(second, 'Z')}]|{further}[A-Za-z]{{3,}}"
    if width == 702:
        return "[A-Za-z]{3,}"
    first, second, third = list(letters(width))
    one, two = _upper_lower(first, first), _upper_lower(second, second)
    return (
        f"[{one}][{two}][{_upper_lower(third, 'Z')}]|[{one}][{_upper_lower(chr(ord(second) + 1), 'Z')}][A-Za-z]"
        f"|[{_upper_lower(chr(ord(first) + 1), 'Z')}][A-Za-z]{{2}}|[A-Za-z]{{4,}}"
    )


def _upper_lower(first: str, last: str) -> str:
    return f"{first}-{last}{first.lower()}-{last.lower()}"


def _below(depth: int) -> str:
    """Numbers of rows below so many, as a pattern: by half more, so that few patterns do for all sheets."""
    digits = max(len(str(depth + 1)) - 2, 0)
    marks = (10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100) if digits else (depth + 1,)
    text = str(next(mark for mark in marks if mark * 10**digits > depth) * 10**digits)
    longer = f"[0-9]{{{len(text) + 1},}}"
    if len(text) == 1:
        return f"{longer}|[{text}-9]"
    higher = f"|[{int(text[0]) + 1}-9][0-9]{{{len(text) - 1}}}" if text[0] < "9" else ""
    return f"{longer}{higher}|{text[0]}[{text[1]}-9][0-9]{{{len(text) - 2}}}"


_VALUE: Final = rf"""{_BLANK}*={_BLANK}*(?:[^"' \t\r\n]|["'](?:"""
_OTHER: Final = rf"[/>]|{_BLANK}+(?:[^r \t\r\n]|r(?:[^= \t\r\n]|{_BLANK}+[^= \t\r\n]"
_UNPLACED: Final = (
    rf"""{_CELL}(?:{_OTHER}|{_VALUE}[^A-Za-z]|[A-Za-z]+(?:[^A-Za-z0-9]|[0-9]+(?:[^0-9"']|["']{_FURTHER})))))))"""
)
"""Cells not written as spreadsheet programs write them, their place first and once."""
_PLACE: Final = rf"""r{_BLANK}*={_BLANK}*["']"""
"""Not only in a cell: the end of a piece may have torn a tag with a bracket in it."""


@lru_cache(512)
def _quick(width: int, depth: int) -> str:
    """Finds every place beyond, whatever it is written in, every cell without one, and some that is neither.

    Two thirds of the time that it would take to find nothing but those: few letters of each cell are looked at.
    """
    beyond = rf"(?:{_right_of(width)})[0-9]|[A-Za-z]+(?:[^A-Za-z0-9]|{_below(depth)})"
    return rf"""[<:]c(?:{_OTHER})))|r{_VALUE}[^A-Za-z0-9]|{beyond}|[A-Za-z0-9]+[^A-Za-z0-9"']))"""


@dataclass
class Extent:
    """What the pieces of a worksheet said so far. `width` is a place in the table of widths.

    `unusual`: its cells are not written as spreadsheet programs write them; then nothing but each element tells its extent.
    """

    width: int = 0
    depth: int = 0
    values: int = 0
    size: int = 0
    unusual: bool = False
    exactly: Measure | None = None

    @property
    def cells(self) -> int:
        """How many cells the reader would make room for, at most (half more, where cells lie about their rows)."""
        return self.depth * _WIDTHS[self.width]

    def measure(self, piece: bytes, rows: int) -> None:
        """Take in one piece of the XML; `rows` have ended so far.

        Raises:
            FileRefused: there are more rows than a sheet has, or too many cells with values.
        """
        if rows > _MAX_DEPTH:
            raise FileRefused(
                "file_too_many_rows",
                _("The file has more than {rows} rows. Split it and upload the parts.").format(rows=_MAX_DEPTH),
            )
        self.size += len(piece)
        if self.unusual:
            return
        mark = piece.rfind(b"<row ")
        last = _ROW_NUMBER.search(piece, mark if mark >= 0 else max(piece.rfind(b":row "), 0))
        number = int(last.group(1)[:9]) if last else 0
        self.unusual = bool(last) and number < self.depth  # rows that go back
        self.depth = max(self.depth, rows, number)
        self._widen(piece)
        if self.cells > _COUNTED_FROM:
            self.values += _values(piece)
            self._check_room()

    def _widen(self, piece: bytes) -> None:
        """Up to the farthest cell of the piece that has a value; or its cells are unusual."""
        text = pl.Series([piece], dtype=pl.Binary).cast(pl.String, strict=False)
        if text.null_count():  # not in UTF-8
            self.unusual = True
        elif _has(text, _quick(_WIDTHS[self.width], self.depth)):
            self.unusual |= _has(text, _UNPLACED) or _has(text, f"{_PLACE}[A-Za-z]+(?:{_below(self.depth)})")
            text = text.str.replace_all(_EMPTY, "")
            while not self.unusual and _has(text, f"{_PLACE}(?:{_right_of(_WIDTHS[self.width])})[0-9]"):
                if self.width + 1 == len(_WIDTHS):
                    self.unusual = True
                else:
                    self.width += 1

    def check(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        """That the sheet can be read, now that all of it is measured. `pieces` gives its XML once more, for sheets with room
        for very many cells, and for unusual ones.

        Raises:
            FileRefused: a value stands far away from all others, there are too many cells with values, or too many columns;
                or the sheet is unusual and damaged, or too long to be measured.
        """
        if self.unusual:
            self.exactly = Measure.of(pieces())
            self.depth, self.values = self.exactly.depth, self.exactly.values
            self.width = next(place for place, width in enumerate(_WIDTHS) if width >= self.exactly.width)
        elif self.cells > _MANY_CELLS or self.size > _REPEATED_FROM:
            self.values = sum(map(_values, pieces()))
            if self.values > 2 * max(self.cells, _MANY_CELLS):  # many in one place
                raise sheet_damaged()
        if self.depth > _MAX_DEPTH or (self.cells > _MANY_CELLS and self.values * 8 < self.cells):
            raise FileRefused(
                "file_far_cell",
                _(
                    "There is a value far away from the table, near row {row}. Delete the rows below the table and the columns"
                    " to its right, save the file and upload it again."
                ).format(row=self.depth),
            )
        self._check_room()

    def _check_room(self) -> None:
        full = self.values * 8 >= self.cells
        if self.cells > _MANY_CELLS and full and _OF_CELL * self.cells + _OF_VALUE * self.values > _ROOM:
            rows, columns = self.depth // 10_000 * 10_000, _WIDTHS[self.width]
            raise sheet_too_large(_("more than {rows} rows of {columns} columns").format(rows=rows, columns=columns))


def _has(text: pl.Series, pattern: str) -> bool:
    return bool(text.str.contains(pattern)[0])


def _values(piece: bytes) -> int:
    return (piece.count(b"</v>") or piece.count(b":v>") // 2) + piece.count(b"<is>") + piece.count(b":is>") // 2
