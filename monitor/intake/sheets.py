"""What every reader of files gives: raw sheets, text by cell, with what a spreadsheet says besides its cells."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import polars as pl

HEAD_ROWS: Final = 120
"""How many rows are looked at for the title and the header."""


@dataclass(frozen=True)
class Bounds:
    """How large a file may be, checked before it is opened (config.toml, [intake])."""

    file_bytes: int
    unpacked_bytes: int
    rows: int


@dataclass(frozen=True)
class Merge:
    """A merged range; rows counted from 1 as a spreadsheet does, columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


Blocks = Callable[[], Iterator[tuple[int, pl.DataFrame]]]


@dataclass
class Sheet:
    """One sheet, or a csv file.

    Attributes:
        head: the first rows, columns c0, c1 … by place (c0 is column A), all text; row i of the frame is row i + 1.
        blocks: gives all rows as (row number of the first, frame like `head`), in order; a long csv in several parts.
        errors: cells that hold a formula error, by (row, column), with the error as Excel writes it.
        whole: all rows, like `head`, where they are in memory; None of a file that is read in blocks.
    """

    name: str
    head: pl.DataFrame
    blocks: Blocks
    visible: bool = True
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: tuple[int, ...] = ()
    merges: tuple[Merge, ...] = ()
    date1904: bool = False
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    whole: pl.DataFrame | None = None

    def read(self) -> pl.DataFrame:
        """All rows in one frame: columns c0 …, and `row`, the row number."""
        parts = [
            frame.with_row_index("row", offset=first).with_columns(pl.col("row").cast(pl.Int64))
            for first, frame in self.blocks()
        ]
        return pl.concat(parts, how="diagonal") if parts else pl.DataFrame(schema={"row": pl.Int64})

    @classmethod
    def of(cls, name: str, frame: pl.DataFrame) -> "Sheet":
        """A sheet that is in memory already."""
        return cls(name, frame.head(HEAD_ROWS), lambda: iter([(1, frame)]), whole=frame)


def numbered(width: int) -> list[str]:
    """Names of columns by their place."""
    return [f"c{index}" for index in range(width)]
