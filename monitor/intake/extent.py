"""How far the cells of a worksheet reach, from its XML, before it is read.

The reader makes room for every cell between the first and the farthest one: a single value in the last cell of a sheet would
take hundreds of gigabytes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from monitor.i18n import _
from monitor.intake.problems import FileRefused, letters

MAX_COLUMNS: Final = 2000
"""Columns of a file that may be a table."""
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
_VALUE: Final = rb'\d+"[^>]*(?<!/)>\s*<(?:\w+:)?(?:v|is|f)\b'
_WIDTHS: Final[tuple[int, ...]] = (*range(8, 27), 32, 40, 52, 64, 78, 104, 156, 208, 416, 702, 1014, 1404, MAX_COLUMNS)


def _right_of(width: int) -> str:
    """Names of the columns right of so many, as a pattern."""
    if width < 26:
        return f"[{letters(width)}-Z]|[A-Z]{{2,3}}"
    if width < 702:
        first, second = list(letters(width))
        further = f"[{chr(ord(first) + 1)}-Z][A-Z]|" if first < "Z" else ""
        return f"{first}[{second}-Z]|{further}[A-Z]{{3}}"
    if width == 702:
        return "[A-Z]{3}"
    first, second, third = list(letters(width))
    return f"{first}{second}[{third}-Z]|{first}[{chr(ord(second) + 1)}-Z][A-Z]|[{chr(ord(first) + 1)}-Z][A-Z]{{2}}"


_BEYOND: Final = [(width, re.compile(b'r="(?:' + _right_of(width).encode() + b")" + _VALUE)) for width in _WIDTHS]
"""For widths of a sheet: the cells with a value that lie beyond."""
_WINDOW: Final = 2 * MAX_COLUMNS
_ROW_NUMBER: Final = re.compile(rb'\br="(\d+)"')


@dataclass
class Extent:
    """What the pieces of a worksheet said so far. `width` is a place in the table of widths."""

    width: int = 0
    depth: int = 0
    values: int = 0

    @property
    def cells(self) -> int:
        """How many cells the reader would make room for, at most."""
        return self.depth * _BEYOND[self.width][0]

    def measure(self, piece: bytes, rows: int) -> None:
        """Take in one piece of the XML; `rows` have ended so far.

        Raises:
            FileRefused: there are far too many columns, or more rows than a sheet has, or too many cells with values.
        """
        if rows > _MAX_DEPTH:
            raise FileRefused(
                "file_too_many_rows",
                _("The file has more than {rows} rows. Split it and upload the parts.").format(rows=_MAX_DEPTH),
            )
        at = 0
        while match := _BEYOND[self.width][1].search(piece, at):
            if self.width + 1 == len(_BEYOND):
                raise too_wide()
            self.width, at = self.width + 1, match.start()
        mark = b"<row" if piece.find(b"<row") >= 0 else b":row "
        # Cells need not say their place: then they stand one after the other. So many of them make a long row.
        if _has_long_row(piece, mark) and any(
            len(line) > _WINDOW and _unplaced(line) > MAX_COLUMNS for line in piece.split(mark)
        ):
            raise too_wide()
        last = _ROW_NUMBER.search(piece, max(piece.rfind(mark), 0))
        self.depth = max(self.depth, rows, int(last.group(1)) if last else 0)
        if self.cells > _COUNTED_FROM:
            self.values += _values(piece)
            self._check_room()

    def check(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        """That the sheet can be read, now that all of it is measured. `pieces` gives its XML once more, for sheets with room
        for very many cells.

        Raises:
            FileRefused: a value stands far away from all others, or there are too many cells with values.
        """
        if self.cells > _MANY_CELLS:
            self.values = sum(map(_values, pieces()))
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
            rows, columns = self.depth // 10_000 * 10_000, _BEYOND[self.width][0]
            raise sheet_too_large(_("more than {rows} rows of {columns} columns").format(rows=rows, columns=columns))


def _has_long_row(piece: bytes, mark: bytes) -> bool:
    """Whether a row may be longer than twice the window: one window of the piece has no row that begins in it."""
    return any(piece.find(mark, at, at + _WINDOW) < 0 for at in range(0, len(piece) - _WINDOW, _WINDOW))


def _unplaced(line: bytes) -> int:
    """How many cells of a row do not say their place."""
    return sum(line.count(mark) for mark in (b"<c ", b"<c>", b"<c/>", b":c ", b":c>", b":c/>")) - line.count(b'r="')


def _values(piece: bytes) -> int:
    return (piece.count(b"</v>") or piece.count(b":v>") // 2) + piece.count(b"<is>") + piece.count(b":is>") // 2


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
