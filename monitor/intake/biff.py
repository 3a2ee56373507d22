"""Reading xls: the cells by calamine, the rest (hidden rows and columns, merged ranges, date system) from its records.

Written after Microsoft's open specifications [MS-CFB] (the container) and [MS-XLS] (the records).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from monitor.i18n import _
from monitor.intake.problems import FileRefused
from monitor.intake.refused_sheets import sheet_damaged
from monitor.intake.sheets import Merge, Sheet
from monitor.intake.workbook import load_cells, open_reader

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE: Final = 0xFFFFFFFA  # sector numbers from here on mean "end" or "free"
_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _DATEMODE = 0x809, 0x0A, 0x85, 0x2F, 0x22
_COLINFO, _ROW, _MERGED, _BOOLERR, _MULRK = 0x7D, 0x208, 0xE5, 0x205, 0xBD
_VALUES: Final = frozenset((0x06, 0xFD, 0x203, 0x204, 0x27E, _BOOLERR, _MULRK))


@dataclass
class _Part:
    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: list[int] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    first_row: int | None = None
    first_column: int = 1 << 16
    has_errors: bool = False


def read_xls(content: bytes) -> list[Sheet]:
    """All worksheets of an xls workbook; hidden ones are not read, only named.

    Raises:
        FileRefused: it is encrypted, another program's document, or damaged.
    """
    try:
        streams = _directory(content)
        _check_kind(set(streams))
        book = _stream(content, *streams.get("Workbook", streams.get("Book", (0, 0))))
        date1904, offsets = _globals(book)
        if not offsets:
            raise sheet_damaged()  # calamine would panic, and print so
        parts = [_part(book, offset) for offset, _visible in offsets]
    except (struct.error, IndexError, ValueError) as error:
        raise sheet_damaged() from error
    reader = open_reader(content)
    sheets = []
    for index, (name, part) in enumerate(zip(reader.sheet_names, parts, strict=False)):
        if not offsets[index][1]:
            sheets.append(Sheet(name, pl.DataFrame(schema={"c0": pl.String}), lambda: iter(()), visible=False))
            continue
        first = None if part.first_row is None else (part.first_row, 0)
        frame, errors = load_cells(reader, index, None, part.has_errors)
        if first is not None and part.first_column:
            frame, errors = _shift(frame, errors, part.first_column)
        sheet = Sheet.of(name, frame)
        sheet.hidden_columns, sheet.hidden_rows = frozenset(part.hidden_columns), tuple(part.hidden_rows)
        sheet.merges, sheet.date1904, sheet.errors = tuple(part.merges), date1904, errors
        sheets.append(sheet)
    return sheets


def _shift(
    frame: pl.DataFrame, errors: dict[tuple[int, int], str], by: int
) -> tuple[pl.DataFrame, dict[tuple[int, int], str]]:
    """The columns before the first one with a value put back."""
    frame = frame.rename({f"c{place}": f"c{place + by}" for place in range(frame.width)})
    empty = [pl.lit(None, pl.String).alias(f"c{place}") for place in range(by)]
    return frame.select(*empty, pl.all()), {(row, column + by): text for (row, column), text in errors.items()}


def _check_kind(streams: set[str]) -> None:
    if streams & {"EncryptedPackage", "EncryptionInfo"}:
        raise encrypted()
    if streams & {"WordDocument", "PowerPoint Document"}:
        raise FileRefused(
            "file_not_a_table", _("This is a Word or PowerPoint document, not a table. Upload .xlsx, .xls or .csv.")
        )
    if "_VBA_PROJECT_CUR" in streams:
        raise has_macros()
    if not streams & {"Workbook", "Book"}:
        raise sheet_damaged()


def encrypted() -> FileRefused:
    """The answer to a workbook with a password."""
    return FileRefused(
        "file_encrypted",
        _("The workbook is protected by a password. Remove the password, save it and upload it again."),
    )


def has_macros() -> FileRefused:
    """The answer to a workbook with a program in it."""
    return FileRefused(
        "file_has_macros",
        _("The workbook holds macros; they are never run. Save it as .xlsx without macros and upload that."),
    )


def _directory(content: bytes) -> dict[str, tuple[int, int]]:
    """Names of the streams and storages, with their first sector and size (small streams aside)."""
    shift = struct.unpack_from("<H", content, 30)[0]
    if shift not in (9, 12):
        raise sheet_damaged()
    found: dict[str, tuple[int, int]] = {}
    raw = _chain(content, struct.unpack_from("<I", content, 48)[0], 1 << 24)
    for at in range(0, len(raw) - 127, 128):
        length, kind = struct.unpack_from("<HB", raw, at + 64)
        if kind in (1, 2) and 2 <= length <= 64:
            start, size = struct.unpack_from("<II", raw, at + 116)
            found.setdefault(raw[at : at + length - 2].decode("utf-16-le", "replace"), (start, size))
    return found


def _sectors(content: bytes) -> tuple[int, list[int]]:
    """Sector size and the allocation table."""
    size: int = 1 << struct.unpack_from("<H", content, 30)[0]
    count, difat, difats = struct.unpack_from("<I", content, 44)[0], *struct.unpack_from("<II", content, 68)
    limit = len(content) // size + 1
    table_sectors = list(struct.unpack_from("<109I", content, 76))
    for _turn in range(min(difats, limit)):
        if difat >= _FREE:
            break
        entries = struct.unpack_from(f"<{size // 4}I", content, (difat + 1) * size)
        table_sectors += entries[:-1]
        difat = entries[-1]
    table: list[int] = []
    for sector in table_sectors[: min(count, limit)]:
        if sector >= _FREE or (sector + 2) * size > len(content) + size:
            break
        part = content[(sector + 1) * size : (sector + 2) * size]
        table += struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4])
    return size, table


def _chain(content: bytes, start: int, limit: int) -> bytes:
    size, table = _sectors(content)
    parts, sector, left = [], start, min(limit, len(content)) // size + 1
    while sector < _FREE and left > 0:
        if (sector + 1) * size >= len(content):
            raise FileRefused(
                "file_truncated",
                _("The file is incomplete or damaged: part of it is missing. Export or upload it again."),
            )
        parts.append(content[(sector + 1) * size : (sector + 2) * size])
        if sector >= len(table):
            raise sheet_damaged()
        sector = table[sector]
        left -= 1
    return b"".join(parts)


def _stream(content: bytes, start: int, size: int) -> bytes:
    cutoff = struct.unpack_from("<I", content, 56)[0]
    if size >= cutoff:
        return _chain(content, start, size)[:size]
    # A workbook under 4 KB lies in the "mini stream" of 64-byte sectors, which the root entry names.
    directory = _chain(content, struct.unpack_from("<I", content, 48)[0], 1 << 24)
    mini = _chain(content, struct.unpack_from("<I", directory, 116)[0], len(content))
    raw = _chain(content, struct.unpack_from("<I", content, 60)[0], len(content))
    table = struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
    parts, left = [], size // 64 + 1
    while start < _FREE and left > 0:
        parts.append(mini[start * 64 : start * 64 + 64])
        start = table[start]
        left -= 1
    return b"".join(parts)[:size]


def _records(book: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Records from `at` to the end of the substream: kind, where its data begins, its length."""
    depth, end = 0, len(book)
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", book, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        yield kind, at + 4, length
        at += 4 + length


def _globals(book: bytes) -> tuple[bool, list[tuple[int, bool]]]:
    """The date system, and for each sheet where it begins and whether it is visible."""
    date1904, sheets = False, []
    for kind, at, _length in _records(book, 0):
        if kind == _FILEPASS:
            raise encrypted()
        if kind == _DATEMODE:
            date1904 = struct.unpack_from("<H", book, at)[0] == 1
        elif kind == _BOUNDSHEET:
            offset, state, sort = struct.unpack_from("<IBB", book, at)
            if sort == 0:  # worksheets, not charts or macro sheets
                sheets.append((offset, state & 3 == 0))
    return date1904, sheets


def _part(book: bytes, offset: int) -> _Part:
    part = _Part()
    for kind, at, length in _records(book, offset):
        if kind in _VALUES:
            row, column = struct.unpack_from("<HH", book, at)
            if part.first_row is None:
                part.first_row = row + 1
            part.first_column = min(part.first_column, column)
            if (kind == _BOOLERR and length >= 8 and book[at + 7]) or (
                kind == 0x06 and book[at + 6] == 2 and book[at + 12 : at + 14] == b"\xff\xff"
            ):
                part.has_errors = True
        elif kind == _ROW:
            row = struct.unpack_from("<H", book, at)[0]
            if struct.unpack_from("<H", book, at + 12)[0] & 0x20:
                part.hidden_rows.append(row + 1)
        elif kind == _COLINFO:
            low, high, _width, _format, flags = struct.unpack_from("<HHHHH", book, at)
            if flags & 1:
                part.hidden_columns.update(range(low, min(high, 255) + 1))
        elif kind == _MERGED:
            for number in range(struct.unpack_from("<H", book, at)[0]):
                top, bottom, left, right = struct.unpack_from("<HHHH", book, at + 2 + 8 * number)
                part.merges.append(Merge(top + 1, left, bottom + 1, right))
    return part
