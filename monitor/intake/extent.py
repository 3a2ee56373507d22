"""How far the cells of a worksheet reach, from its XML, before it is read.

The reader makes room for every cell between the first and the farthest one: a single value in the last cell of a sheet would
take hundreds of gigabytes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from monitor.i18n import _
from monitor.intake.problems import FileRefused

MAX_COLUMNS: Final = 2000
"""Columns of a file that may be a table."""
_MAX_DEPTH: Final = 1_048_576
_MAX_CELLS: Final = 120_000_000
_SPARSE_FROM: Final = 20_000_000  # from so many cells on one in eight has to have a value
_VALUE: Final = rb'\d+"[^>]*(?<!/)>\s*<(?:\w+:)?(?:v|is|f)\b'
_WIDTHS: Final = {
    8: b"[I-Z]|[A-Z]{2,3}",
    16: b"[Q-Z]|[A-Z]{2,3}",
    26: b"[A-Z]{2,3}",
    52: b"[B-Z][A-Z]|[A-Z]{3}",
    104: b"[D-Z][A-Z]|[A-Z]{3}",
    208: b"[H-Z][A-Z]|[A-Z]{3}",
    702: b"[A-Z]{3}",
    MAX_COLUMNS: b"BX[YZ]|B[YZ][A-Z]|[C-Z][A-Z]{2}",
}
_BEYOND: Final = [(width, re.compile(b'r="(?:' + columns + b")" + _VALUE)) for width, columns in _WIDTHS.items()]
"""For widths of a sheet: the cells with a value that lie beyond."""
_WINDOW: Final = 2 * MAX_COLUMNS
_ROW_NUMBER: Final = re.compile(rb'\br="(\d+)"')


@dataclass
class Extent:
    """What the pieces of a worksheet said so far. `width` is a place in the table of widths."""

    width: int = 0
    depth: int = 0

    @property
    def cells(self) -> int:
        """How many cells the reader would make room for, at most."""
        return self.depth * _BEYOND[self.width][0]

    def measure(self, piece: bytes, rows: int) -> None:
        """Take in one piece of the XML; `rows` have ended so far.

        Raises:
            FileRefused: there are far too many columns, or more rows than a sheet has.
        """
        if rows > _MAX_DEPTH:
            raise FileRefused(
                "file_too_many_rows", _("The file has more than {rows} rows. Split it.").format(rows=_MAX_DEPTH)
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

    def check(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        """That the sheet can be read. `pieces` gives its XML once more, for sheets with room for very many cells.

        Raises:
            FileRefused: a value stands far away from all others, or there are too many cells.
        """
        if self.depth > _MAX_DEPTH or (self.cells > _SPARSE_FROM and _values(pieces()) * 8 < self.cells):
            raise FileRefused(
                "file_far_cell",
                _(
                    "A value stands far away from the table, about row {row}. Delete the rows below the table and the columns"
                    " beside it, save the file and upload it again."
                ).format(row=self.depth),
            )
        if self.cells > _MAX_CELLS:
            raise sheet_too_large()


def _has_long_row(piece: bytes, mark: bytes) -> bool:
    """Whether a row may be longer than twice the window: one window of the piece has no row that begins in it."""
    return any(piece.find(mark, at, at + _WINDOW) < 0 for at in range(0, len(piece) - _WINDOW, _WINDOW))


def _unplaced(line: bytes) -> int:
    """How many cells of a row do not say their place."""
    return sum(line.count(mark) for mark in (b"<c ", b"<c>", b"<c/>", b":c ", b":c>", b":c/>")) - line.count(b'r="')


def _values(pieces: Iterator[bytes]) -> int:
    return sum(piece.count(b"</v>") + piece.count(b":v>") + piece.count(b"<is>") for piece in pieces)


def sheet_too_large() -> FileRefused:
    """The answer to a sheet that is a table, but larger than one that can be held in memory."""
    return FileRefused(
        "file_too_large",
        _("A sheet of the workbook is too large to be read. Split it by city or county, or save it as csv."),
    )


def too_wide() -> FileRefused:
    """The answer to a table with far more columns than any that is read."""
    return FileRefused(
        "file_too_many_columns",
        _("The file has more than {columns} columns: this is not one of the tables.").format(columns=MAX_COLUMNS),
    )
