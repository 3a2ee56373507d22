"""Reading xlsx: checked as a package first (sizes, XML), its cells read by calamine, the rest from its XML parts.

Calamine gives the values. What it does not give (hidden rows and columns, merged ranges, the date system, the place
of the first column) is searched for in the XML as it is unpacked piece by piece, which at the same time proves that
the package unpacks to no more than it may.
"""

import io
import re
import zipfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final
from xml.etree import ElementTree

import polars as pl

from monitor.i18n import _
from monitor.intake.ahead import ahead
from monitor.intake.extent import Extent
from monitor.intake.problems import FileRefused, column_index
from monitor.intake.refused_sheets import sheet_damaged, sheet_too_large
from monitor.intake.sheets import HEAD_ROWS, Bounds, Merge, Sheet, numbered
from monitor.packages import NO_CONTENT, NO_DIRECTORY

_PIECE: Final = 1024 * 1024
_SMALL_PART: Final = 16 * 1024 * 1024
_SHEET_BYTES: Final = 1024 * 1024 * 1024
_BOMB_RATIO: Final = 250
_BOMB_FROM: Final = 64 * 1024 * 1024
_SLACK: Final = 64 * 1024
_MAX_MERGES: Final = 200_000
_MAX_ERRORS: Final = 100_000

_ROW: Final = re.compile(rb"<(?:\w+:)?row\s[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
_R: Final = re.compile(rb'\br="(\d+)"')
_MIN: Final = re.compile(rb'\bmin="(\d{1,5})"')
_MAX: Final = re.compile(rb'\bmax="(\d{1,5})"')
_COL: Final = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_MERGE: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_VALUED: Final = re.compile(
    rb"<(?:\w+:)?c\s([^>]*[^>/])>\s*(?:<(?:\w+:)?f[^>]*>[^<]*</(?:\w+:)?f>|<(?:\w+:)?f[^>]*/>)?\s*<(?:\w+:)?(?:v|is)>"
)
_REF: Final = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')


@dataclass
class _Part:
    """What one worksheet's XML says besides its cells."""

    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: list[int] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    first: tuple[int, int] | None = None  # row and column of the first cell with a value
    has_errors: bool = False
    extent: Extent = field(default_factory=Extent)


def read_xlsx(source: Path | bytes, package: zipfile.ZipFile, bounds: Bounds) -> list[Sheet]:
    """All worksheets of a workbook; hidden ones with `visible` False.

    Raises:
        FileRefused: the package is unsafe, too large, or no workbook.
    """
    parts = _inspect(package, bounds)
    names, date1904 = _sheet_parts(package)
    reader = open_reader(source)
    sheets = []
    for index, name in enumerate(reader.sheet_names):
        path, state = names[index] if len(names) == len(reader.sheet_names) else ("", "visible")
        part = parts.get(path)
        if part is None:
            continue  # a chart sheet, a macro sheet
        if state != "visible":
            sheets.append(_lazy(reader, index, name, part, date1904))
        else:
            sheets.append(_sheet(reader, index, name, part, date1904))
    return sheets


def open_reader(source: Path | bytes) -> Any:
    """Calamine's reader of an xlsx or xls file.

    Raises:
        FileRefused: calamine cannot read it.
    """
    import fastexcel

    try:
        return fastexcel.read_excel(source)
    except BaseException as error:
        raise _reader_failed(error) from None


def _reader_failed(error: BaseException) -> BaseException:
    """What a failure of the reader becomes: its own texts, and even a panic, are nothing for the user."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
        return error
    return sheet_damaged()


def load_cells(
    reader: Any, index: int, first: tuple[int, int] | None, with_errors: bool
) -> tuple[pl.DataFrame, dict[tuple[int, int], str]]:
    """All cells of a sheet as text, columns by place; and its formula errors by (row, column)."""
    try:
        # The rest needs the cells beside their text: of a long sheet as much room again.
        load = reader.load_sheet if with_errors else reader.load_sheet_eager
        raw = load(index, header_row=None, skip_rows=0, dtypes="string")
        errors: dict[tuple[int, int], str] = {}
        frame = raw.to_polars() if with_errors else pl.DataFrame(pl.from_arrow(raw))
        offset = _offset(frame, first)
        if with_errors:
            _batch, found = raw.to_arrow_with_errors()
            for item in found.errors[:_MAX_ERRORS] if found else ():
                row, column = item.position
                errors[row + 1, column + offset] = _error_text(item.detail)
    except BaseException as error:
        raise _reader_failed(error) from None
    frame.columns = [f"c{offset + place}" for place in range(frame.width)]
    missing = [pl.lit(None, pl.String).alias(name) for name in numbered(offset)]
    return (frame.select(*missing, pl.all()) if missing else frame), errors


def _error_text(detail: str) -> str:
    names = {
        "Ref": "#REF!",
        "Div0": "#DIV/0!",
        "NA": "#N/A",
        "Name": "#NAME?",
        "Null": "#NULL!",
        "Num": "#NUM!",
        "Value": "#VALUE!",
    }
    found = re.search(r"Error\((\w+)\)", detail)
    return names.get(found.group(1), "#ERROR") if found else "#ERROR"


def _offset(frame: pl.DataFrame, first: tuple[int, int] | None) -> int:
    """Columns that calamine left away because nothing is in them: it begins at the first one that has a value."""
    if first is None or first[0] > frame.height:
        return 0
    values = frame.row(first[0] - 1)
    place = next((place for place, value in enumerate(values) if value is not None), 0)
    return max(first[1] - place, 0)


def _sheet(reader: Any, index: int, name: str, part: _Part, date1904: bool) -> Sheet:
    frame, errors = load_cells(reader, index, part.first, part.has_errors)
    sheet = Sheet.of(name, frame)
    return _described(sheet, part, date1904, errors)


def _described(sheet: Sheet, part: _Part, date1904: bool, errors: dict[tuple[int, int], str]) -> Sheet:
    sheet.hidden_columns = frozenset(part.hidden_columns)
    sheet.hidden_rows = tuple(part.hidden_rows)
    sheet.merges = tuple(part.merges)
    sheet.date1904 = date1904
    sheet.errors = errors
    return sheet


def _lazy(reader: Any, index: int, name: str, part: _Part, date1904: bool) -> Sheet:
    """A hidden sheet: its cells are read only if someone asks."""
    empty = pl.DataFrame(schema={"c0": pl.String})
    sheet = Sheet(
        name, empty.head(HEAD_ROWS), lambda: iter([(1, load_cells(reader, index, part.first, False)[0])]), visible=False
    )
    return _described(sheet, part, date1904, {})


def _inspect(package: zipfile.ZipFile, bounds: Bounds) -> dict[str, _Part]:
    """Unpack every part once, keeping nothing: proves sizes and plain XML, and collects what the worksheets say."""
    total = 0
    parts: dict[str, _Part] = {}
    for info in package.infolist():
        path = info.filename.lstrip("/")
        if info.is_dir() or not path.endswith((".xml", ".rels")):
            continue
        sheet: _Part | None = None
        rows = 0
        with _unpacking(package, info, bounds) as pieces:
            for number, piece in enumerate(pieces):
                if number == 0 and path.startswith("xl/") and re.search(rb"<(?:\w+:)?worksheet[\s>]", piece[:4096]):
                    sheet = _Part()
                total += len(piece)
                if total > bounds.unpacked_bytes:
                    raise too_large()
                _check_plain(piece)
                if sheet is not None:
                    rows += _scan(piece, sheet)
                    sheet.extent.measure(piece, rows)
                    if rows > bounds.rows:
                        raise FileRefused(
                            "file_too_many_rows",
                            _("The file has more than {rows} rows. Split it and upload the parts.").format(
                                rows=bounds.rows
                            ),
                        )
        if sheet is not None:
            sheet.extent.check(partial(_pieces, package, info, bounds))
            if sheet.extent.exactly is not None:
                sheet.first = sheet.extent.exactly.first
            parts[path] = sheet
    return parts


@contextmanager
def _unpacking(package: zipfile.ZipFile, info: zipfile.ZipInfo, bounds: Bounds) -> Iterator[Iterator[bytes]]:
    """A part piece by piece, closed at the end. A long one is unpacked in another thread: neither that nor most of the look at
    it holds Python's lock."""
    with closing(_pieces(package, info, bounds)) as pieces:
        if info.file_size <= _SMALL_PART:
            yield pieces
        else:
            with closing(ahead(pieces)) as coming:
                yield coming


def too_large() -> FileRefused:
    """The answer to a package that unpacks to more than it may."""
    return FileRefused(
        "file_unpacks_too_large",
        _("The file unpacks to far more than a table can hold (a “zip bomb”); it was not opened. Export it again."),
    )


def _pieces(package: zipfile.ZipFile, info: zipfile.ZipInfo, bounds: Bounds) -> Generator[bytes, None, None]:
    """A part piece by piece. No tag is torn, and no beginning of a cell from the beginning of its value."""
    if info.file_size > bounds.unpacked_bytes or is_bomb(info.file_size, info.compress_size):
        raise too_large()
    if info.file_size > _SHEET_BYTES:
        raise sheet_too_large(f"{info.file_size / 1024**3:.1f} GB")
    rest, size = b"", 0
    try:
        with package.open(info) as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > info.file_size:  # the directory lied
                    raise too_large()
                piece = rest + piece
                cut = _end(piece)
                rest = piece[cut:]
                if len(rest) > _SMALL_PART:
                    raise sheet_damaged()
                if cut:
                    yield piece[:cut]
    except (*NO_CONTENT, OSError) as error:
        raise FileRefused(
            "file_truncated", _("The file is incomplete or damaged: part of it is missing. Export or upload it again.")
        ) from error
    if rest:
        yield rest


def _end(piece: bytes) -> int:
    """Where a piece may end: before the last tag that closes an element, else after the last element without content."""
    closing = piece.rfind(b"</", 1)
    empty = piece.rfind(b"/>") if closing < 0 else -1
    return closing if closing > 0 else empty + 2 if empty >= 0 else 0


def is_bomb(unpacked: int, packed: int) -> bool:
    """Whether so many bytes in so few are no table, or the directory of a package does not tell the truth."""
    lies = packed > 2 * unpacked + _SLACK  # packed data is never so much longer than what it holds
    return lies or (unpacked > _BOMB_FROM and unpacked > _BOMB_RATIO * max(packed, 1))


# Below, a word is looked for where a letter of it is that cells of text seldom have: one byte is found ten times as fast.


def _check_plain(piece: bytes) -> None:
    declared = b"!" in piece and (b"<!DOCTYPE" in piece or b"<!ENTITY" in piece)
    if declared or piece[:2] in (b"\xff\xfe", b"\xfe\xff") or piece[:4].count(0):
        raise FileRefused(
            "file_unsafe_xml",
            _(
                "The workbook holds XML declarations (DOCTYPE, entities) that no spreadsheet program writes; it was not opened. Export it again."
            ),
        )


def _scan(piece: bytes, part: _Part) -> int:
    """Collect what one piece of a worksheet says; returns the rows in it."""
    if b"h" in piece and b'hidden="' in piece:
        for match in _ROW.finditer(piece):
            if number := _R.search(match.group()):
                part.hidden_rows.append(int(number.group(1)))
        for match in _COL.finditer(piece):
            if b'hidden="1"' in match.group() or b'hidden="true"' in match.group():
                low, high = _MIN.search(match.group()), _MAX.search(match.group())
                if low and high:
                    part.hidden_columns.update(range(int(low.group(1)) - 1, min(int(high.group(1)), 16384)))
    if b"m" in piece and b"mergeCell " in piece:
        for match in _MERGE.finditer(piece):
            left, top, right, bottom = match.groups()
            part.merges.append(Merge(int(top), column_index(left.decode()), int(bottom), column_index(right.decode())))
            if len(part.merges) > _MAX_MERGES:
                raise sheet_damaged()
    if not part.has_errors and b"#" in piece and b't="e"' in piece:  # every error is written so: #REF!
        part.has_errors = True
    if part.first is None:
        for match in _VALUED.finditer(piece):
            reference = _REF.search(match.group(1))
            if reference and b't="e"' not in match.group(1):
                part.first = int(reference.group(2)), column_index(reference.group(1).decode())
                break
    return piece.count(b"</row>") or piece.count(b":row>")


def _small(package: zipfile.ZipFile, path: str) -> ElementTree.Element | None:
    """A small part parsed; its prologue and size are checked already."""
    try:
        info = package.getinfo(path)
        if info.file_size > _SMALL_PART:
            raise sheet_damaged()
        return ElementTree.fromstring(package.read(info))  # noqa: S314 (no DOCTYPE, no entities: _check_plain has seen to it)
    except KeyError:
        return None
    except ElementTree.ParseError as error:
        raise sheet_damaged() from error


def checked_part(package: zipfile.ZipFile, path: str, bounds: Bounds) -> ElementTree.Element | None:
    """A small part of a package, parsed after its size and prologue are looked at; None where it has none.

    Raises:
        FileRefused: it is unsafe, too large or damaged.
    """
    try:
        info = package.getinfo(path)
    except KeyError:
        return None
    if info.file_size > _SMALL_PART:
        raise too_large()
    for piece in _pieces(package, info, bounds):
        _check_plain(piece)
    return _small(package, path)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _sheet_parts(package: zipfile.ZipFile) -> tuple[list[tuple[str, str]], bool]:
    """For each sheet in order its part and state; and whether days are counted from 1904."""
    workbook = _small(package, "xl/workbook.xml")
    relations = _small(package, "xl/_rels/workbook.xml.rels")
    if workbook is None or relations is None:
        raise sheet_damaged()
    targets = {}
    for item in relations:
        target = item.get("Target", "")
        path = PurePosixPath(target.lstrip("/")) if target.startswith("/") else PurePosixPath("xl") / target
        targets[item.get("Id", "")] = str(path)
    names: list[tuple[str, str]] = []
    date1904 = False
    for element in workbook.iter():
        if _local(element) == "workbookPr":
            date1904 = element.get("date1904") in ("1", "true")
        elif _local(element) == "sheet":
            relation = next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == "id"), "")
            names.append((targets.get(relation, ""), element.get("state", "visible")))
    return names, date1904


def open_package(source: Path | bytes) -> zipfile.ZipFile:
    """A zip file, be it a workbook or an archive.

    Raises:
        FileRefused: its directory is missing or damaged.
    """
    try:
        return zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except (*NO_DIRECTORY, OSError) as error:
        raise FileRefused(
            "file_truncated", _("The file is incomplete or damaged: part of it is missing. Export or upload it again.")
        ) from error
