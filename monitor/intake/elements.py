"""A worksheet measured element by element: slow, but right however its XML is written."""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from monitor.intake.problems import column_index
from monitor.intake.refused_sheets import MAX_COLUMNS, sheet_damaged, sheet_unusual, too_wide

_MAX_ELEMENTS: Final = 3_000_000
_MAX_BYTES: Final = 256 * 1024 * 1024
"""What is measured within some seconds."""
_MAX_TAG: Final = 16 * 1024 * 1024
_REFERENCE: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,9})")
_NUMBER: Final = re.compile("[0-9]{1,9}")
_WRITTEN_OUT: Final = re.compile(rb"<(?:[^<>/\s]*:)?(?:c|row)\s[^<]*?\br\s*=\s*(?:\"[^\"<]*[&\s]|'[^'<]*[&\s])")
"""A place with a character reference in it: the reader passes over it, a parser does not."""


@dataclass
class Measure:
    """How far the values of a sheet reach, as the reader counts: the place of a cell is believed, whatever row it stands in;
    without one it stands right of the last one."""

    depth: int = 0
    width: int = 0
    values: int = 0
    first: tuple[int, int] | None = None  # row and column of the first cell with a value
    _elements: int = 0
    _row: int = 1
    _column: int = 0
    _in_cell: bool = False
    _is_error: bool = False
    _place: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, pieces: Iterator[bytes]) -> "Measure":
        """Measure a sheet, piece by piece.

        Raises:
            FileRefused: it is damaged, far too wide, or too long to be measured.
        """
        measure, size, torn = cls(), 0, b""
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = measure._begin, measure._end
        try:
            for piece in pieces:
                size += len(piece)
                if size > _MAX_BYTES:
                    raise sheet_unusual()
                whole = torn + piece
                torn = whole[max(whole.rfind(b"<"), 0) :]
                if len(torn) > _MAX_TAG or _WRITTEN_OUT.search(whole):
                    raise sheet_damaged()
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise sheet_damaged() from error
        finally:
            if isinstance(pieces, Generator):
                pieces.close()  # and with it the file
        return measure

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise sheet_unusual()
        local = name.rpartition(":")[2]
        if local in ("v", "is", "f") and self._in_cell:
            self._value()
        elif local == "c":
            self._in_cell, self._is_error = True, attributes.get("t") == "e"
            if (place := attributes.get("r")) is not None:
                match = _REFERENCE.fullmatch(place)
                if match is None:
                    raise sheet_damaged()
                self._column = column_index(match.group(1).upper())
                self._place = int(match.group(2)), self._column
            else:
                self._place = self._row, self._column
        elif local == "row" and (number := attributes.get("r")) is not None:
            if not _NUMBER.fullmatch(number):
                raise sheet_damaged()
            self._row = int(number)

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._in_cell = False
            self._column += 1
        elif local == "row":
            self._row, self._column = self._row + 1, 0

    def _value(self) -> None:
        row, column = self._place
        if row < self.depth:  # the reader would lose what stands below
            raise sheet_damaged()
        if column >= MAX_COLUMNS:
            raise too_wide()
        if self.first is None and not self._is_error:
            self.first = self._place
        self.depth, self.width = row, max(self.width, column + 1)
        self.values += 1
