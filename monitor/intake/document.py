"""Tables of a Word document (.docx) as sheets: what an office has filled in there is read without being copied to Excel."""

import zipfile
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

import polars as pl

from monitor.i18n import _
from monitor.intake.refused_sheets import sheet_damaged
from monitor.intake.sheets import Bounds, Merge, Sheet, numbered
from monitor.intake.workbook import checked_part

_NAMESPACE: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BODY: Final = "word/document.xml"
_MOST_COLUMNS: Final = 64
_TEXT, _TAB, _BREAK = (_NAMESPACE + name for name in ("t", "tab", "br"))
_GONE: Final = (_NAMESPACE + "del", _NAMESPACE + "moveFrom")


def read_docx(package: zipfile.ZipFile, bounds: Bounds) -> list[Sheet]:
    """The tables of a document in their order, each a sheet; a cell across several columns has its text in the first.

    Raises:
        FileRefused: the document is unsafe, too large or damaged.
    """
    body = checked_part(package, BODY, bounds)
    if body is None:
        raise sheet_damaged()
    tables = body.iter(_NAMESPACE + "tbl")
    return [_sheet(table, number) for number, table in enumerate(tables, 1)]


def _sheet(table: Element, number: int) -> Sheet:
    rows: list[list[str | None]] = []
    open_merges: dict[int, int] = {}
    merges: list[Merge] = []
    for row in table.findall(_NAMESPACE + "tr"):
        line: list[str | None] = []
        for cell in row.findall(_NAMESPACE + "tc"):
            span, below = _extent(cell)
            place = len(line)
            if below == "continue" and place in open_merges:
                merges.append(Merge(open_merges[place] + 1, place, len(rows) + 1, place))
            else:
                open_merges[place] = len(rows)
            line += [None if below == "continue" else _text(cell) or None, *[None] * (span - 1)]
        rows.append(line[:_MOST_COLUMNS])
    width = max(map(len, rows), default=0)
    columns = {name: [line[at] if at < len(line) else None for line in rows] for at, name in enumerate(numbered(width))}
    sheet = Sheet.of(
        _("Table {number}").format(number=number), pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    )
    sheet.merges = tuple(merges)
    return sheet


def _extent(cell: Element) -> tuple[int, str]:
    """Over how many columns a cell reaches; "continue" where it goes on with the one above it."""
    look = cell.find(_NAMESPACE + "tcPr")
    across = None if look is None else look.find(_NAMESPACE + "gridSpan")
    down = None if look is None else look.find(_NAMESPACE + "vMerge")
    written = "1" if across is None else across.get(_NAMESPACE + "val", "1")
    span = int(written) if written.isdecimal() else 1
    return min(max(span, 1), _MOST_COLUMNS), "" if down is None else down.get(_NAMESPACE + "val", "continue")


def _text(cell: Element) -> str:
    """The text of a cell, a line a paragraph; without what a tracked change has taken out."""
    lines = ("".join(_pieces(paragraph)) for paragraph in cell.iter(_NAMESPACE + "p"))
    return "\n".join(line for line in lines if line.strip())


def _pieces(element: Element) -> Iterator[str]:
    for part in element:
        if part.tag == _TEXT:
            yield part.text or ""
        elif part.tag in (_TAB, _BREAK):
            yield " "
        elif part.tag not in _GONE:
            yield from _pieces(part)
