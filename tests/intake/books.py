"""Workbooks as tests need them: xlsx through openpyxl, and xls written byte by byte (MS-CFB, MS-XLS)."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Cells = Sequence[Sequence[object]]


def xlsx(*sheets: Cells, after: Callable[[openpyxl.Workbook], None] | None = None, names: Sequence[str] = ()) -> bytes:
    """A workbook; `after` may change it before it is saved."""
    book = openpyxl.Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    for number, rows in enumerate(sheets):
        sheet = first if number == 0 else book.create_sheet()
        if number < len(names):
            sheet.title = names[number]
        for row, cells in enumerate(rows, 1):
            for column, value in enumerate(cells, 1):
                if value is not None:
                    sheet.cell(row, column, value)  # type: ignore[arg-type]
    if after:
        after(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return out.getvalue()


# ---- xls ---------------------------------------------------------------------------------------------------------


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _cell(row: int, column: int, value: Any) -> bytes:
    if isinstance(value, (int, float)):
        return _record(0x203, struct.pack("<HHHd", row, column, 0, float(value)))
    text = str(value)
    return _record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def _sheet(
    rows: Cells, hidden_rows: set[int], hidden_columns: set[int], merges: Sequence[tuple[int, int, int, int]]
) -> bytes:
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for column in sorted(hidden_columns):
        body += _record(0x7D, struct.pack("<HHHHHH", column, column, 2048, 0, 1, 0))
    for row in sorted(hidden_rows):
        body += _record(0x208, struct.pack("<HHHHHHHH", row, 0, 10, 255, 0, 0, 0x20 | 0x100, 0))
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if value is not None:
                body += _cell(row, column, value)
    if merges:
        ranges = b"".join(struct.pack("<HHHH", *merge) for merge in merges)
        body += _record(0xE5, struct.pack("<H", len(merges)) + ranges)
    return body + _record(0x0A, b"")


def xls(
    *sheets: Cells,
    hidden: Sequence[int] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
    date1904: bool = False,
    filepass: bool = False,
    streams: dict[str, bytes] | None = None,
) -> bytes:
    """A BIFF8 workbook. Rows and columns from 0; merges as (top, bottom, left, right); `hidden` are places of sheets."""
    bodies = [_sheet(rows, set(hidden_rows), set(hidden_columns), merges) for rows in sheets]
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + _record(0x42, struct.pack("<H", 1200))
    start += _record(0x2F, b"\x01\x00" + bytes(52)) if filepass else b""
    start += _record(0x22, struct.pack("<H", int(date1904)))
    names = [f"Sheet{number}" for number in range(1, len(bodies) + 1)]
    length = len(start) + sum(4 + 8 + 2 * len(name) for name in names) + 4
    sheets_part, offset = b"", length
    for number, (name, body) in enumerate(zip(names, bodies, strict=True)):
        text = name.encode("utf-16-le")
        sheets_part += _record(0x85, struct.pack("<IBBBB", offset, int(number in hidden), 0, len(name), 1) + text)
        offset += len(body)
    book = start + sheets_part + _record(0x0A, b"") + b"".join(bodies)
    return container({"Workbook": book, **(streams or {})})


def container(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams (each filled up to 4096 bytes, so that none lies in the mini stream)."""
    size = 512
    contents = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    sectors: list[bytes] = []
    chains: list[list[int]] = []
    for data in contents.values():
        parts = [data[at : at + size].ljust(size, b"\0") for at in range(0, len(data), size)]
        chains.append(list(range(len(sectors), len(sectors) + len(parts))))
        sectors += parts
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, 1 if contents else 0xFFFFFFFF)]
    for number, (name, data) in enumerate(contents.items(), 1):
        after = number + 1 if number < len(contents) else 0xFFFFFFFF
        entries.append(_entry(name, 2, chains[number - 1][0], len(data), 0xFFFFFFFF, after))
    listing = b"".join(entries)
    directory = [listing[at : at + size].ljust(size, b"\0") for at in range(0, len(listing), size)]
    chains.append(list(range(len(sectors), len(sectors) + len(directory))))
    sectors += directory
    tables = 1
    while (len(sectors) + tables) * 4 > tables * size:
        tables += 1
    links = [0xFFFFFFFF] * (tables * size // 4)
    for chain in chains:
        for here, after in zip(chain, [*chain[1:], 0xFFFFFFFE], strict=True):
            links[here] = after
    for number in range(tables):
        links[len(sectors) + number] = 0xFFFFFFFD
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, chains[-1][0], 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    difat = [len(sectors) + number for number in range(tables)]
    head += struct.pack("<109I", *(difat + [0xFFFFFFFF] * (109 - tables)))
    packed = struct.pack(f"<{len(links)}I", *links)
    return head + b"".join(sectors) + packed


def _entry(name: str, kind: int, start: int, size: int, child: int, right: int = 0xFFFFFFFF) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, right, child)
    return head + bytes(36) + struct.pack("<III", start, size, 0)
