"""Files that are meant badly, or are broken: each has its own answer in Chinese, and nothing changes."""

import io
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.campaign import Campaign
from monitor.intake import extent, workbook
from monitor.intake.load import import_files
from monitor.intake.problems import FileRefused, letters
from monitor.intake.sheets import Bounds
from tests.intake.books import container, with_part, xls, xlsx
from tests.intake.conftest import HEADER, Office, codes, line, table

BOOK = xlsx([[*HEADER], [*line()]])
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def with_prologue(part: str, prologue: bytes) -> bytes:
    def change(data: bytes) -> bytes:
        return prologue + (data.split(b"?>", 1)[1] if data.startswith(b"<?xml") else data)

    return with_part(BOOK, part, change)


def package(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def bomb() -> bytes:
    """A worksheet of 300 MB of blanks in 300 KB."""
    blank = b" " * (1 << 20)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(b"<worksheet><sheetData>")
            for _piece in range(300):
                part.write(blank)
    return out.getvalue()


def lying_bomb() -> bytes:
    """The same, with a directory that says one kilobyte."""
    content = bytearray(bomb())
    place = content.rfind(b"xl/worksheets/sheet1.xml")
    struct.pack_into("<I", content, place - 46 + 24, 1024)
    return bytes(content)


def locked_archive() -> bytes:
    content = bytearray(package({"a.csv": table(line()).encode()}))
    struct.pack_into("<H", content, content.find(b"PK\x01\x02") + 8, 1)
    struct.pack_into("<H", content, 6, 1)
    return bytes(content)


WORD = package({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})
MACROS = package({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", "xl/vbaProject.bin": b"x"})
ODS = package({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"})
TEXT = table(*[line(f"{number:010}") for number in range(200)])

HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "a.xlsx", "file_empty"),
    "blank": (b" \r\n\t\n" * 50, "a.csv", "file_empty"),
    "zeros": (bytes(5000), "a.csv", "file_empty"),
    "billion laughs in the sheet": (with_prologue("xl/worksheets/sheet1.xml", LAUGHS), "a.xlsx", "file_unsafe_xml"),
    "billion laughs in the styles": (with_prologue("xl/styles.xml", LAUGHS), "a.xlsx", "file_unsafe_xml"),
    "external entity in the workbook": (with_prologue("xl/workbook.xml", OUTSIDE), "a.xlsx", "file_unsafe_xml"),
    "part in UTF-16": (with_part(BOOK, "xl/workbook.xml", lambda data: data.decode().encode("utf-16")), "a.xlsx", "file_unsafe_xml"),
    "zip bomb": (bomb(), "a.xlsx", "file_unpacks_too_large"),
    "zip bomb with a false directory": (lying_bomb(), "a.xlsx", "file_unpacks_too_large"),
    "macros": (MACROS, "a.xlsm", "file_has_macros"),
    "macros in xls": (container({"Workbook": b"x", "_VBA_PROJECT_CUR": b"x"}), "a.xls", "file_has_macros"),
    "renamed docx": (WORD, "a.xlsx", "file_not_a_table"),
    "renamed doc": (container({"WordDocument": b"x"}), "a.xls", "file_not_a_table"),
    "ods": (ODS, "a.xlsx", "file_not_a_table"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\n" + bytes(100), "a.csv", "file_not_a_table"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "a.csv", "file_not_a_table"),
    "web page saved as xls": (b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "file_not_a_table"),
    "binary": (bytes(range(256)) * 40, "a.csv", "file_not_a_table"),
    "no encoding": (table(line()).encode() + b"\xff\xff\x80\x80" * 10, "a.csv", "file_encoding"),
    "encrypted xlsx": (container({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "a.xlsx", "file_encrypted"),
    "encrypted xls": (xls([[*HEADER]], filepass=True), "a.xls", "file_encrypted"),
    "xlsx cut in half": (BOOK[: len(BOOK) // 2], "a.xlsx", "file_truncated"),
    "xls cut in half": ((content := xls([[*HEADER], *[[*line()]] * 300]))[: len(content) // 2], "a.xls", "file_truncated"),
    "csv cut inside quotes": ((TEXT + '2016-11-25,"33010').encode(), "a.csv", "file_unclosed_quote"),
    "csv cut inside a character": ((TEXT + "注：演示").encode()[:-1], "a.csv", "file_truncated"),
    "endless line": (b"1," * (1 << 20), "a.csv", "file_line_too_long"),
    "endless line without commas": (b"a" * (3 << 20), "a.csv", "file_line_too_long"),
    "five thousand columns": ((",".join(["a"] * 5000) + "\n").encode(), "a.csv", "file_too_many_columns"),
    "workbook without a sheet": (package({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}), "a.xlsx", "file_damaged"),
    "workbook of nonsense": (with_part(BOOK, "xl/worksheets/sheet1.xml", lambda _data: b"<worksheet><sheetData><row r='x'><c r='?'>"), "a.xlsx", "file_damaged"),
    "xls of nonsense": (container({"Workbook": b"\x09\x08\x00\x00" * 40}), "a.xls", "file_damaged"),
    "archive in an archive": (package({"b.zip": package({"a.csv": b"1"})}), "a.zip", "archive_nested"),
    "archive with a password": (locked_archive(), "a.zip", "archive_encrypted"),
    "archive without tables": (package({"__MACOSX/a.csv": b"x", ".DS_Store": b"x"}), "a.zip", "archive_empty"),
    "archive cut in half": (package({"a.csv": TEXT.encode()})[:-60], "a.zip", "file_truncated"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_get_their_own_answer_and_change_nothing(office: Office, case: str) -> None:
    content, name, code = HOSTILE[case]
    (result,) = office.all(content, name)
    assert [(item.row, item.code) for item in result.refused] == [(None, code)]
    message = result.refused[0].message
    assert message.endswith("。") and any("\u4e00" <= character <= "\u9fff" for character in message)
    assert "Error" not in message and "Traceback" not in message
    assert (result.loaded, result.batch) == (0, None)
    assert office.rows("SELECT COUNT(*) FROM batch") == [(0,)]


@pytest.mark.parametrize(
    ("case", "way"),
    [
        ("renamed docx", "复制到 Excel"),
        ("pdf", "复制到 Excel"),
        ("ods", "用 Excel 打开"),
        ("web page saved as xls", "用 Excel 打开"),
        ("rar", "解压"),
    ],
)
def test_a_file_of_another_program_is_told_the_way_to_a_table(office: Office, case: str, way: str) -> None:
    content, name, _code = {**HOSTILE, "rar": (b"Rar!\x1a\x07\x01\x00" + bytes(100), "a.rar.xlsx", "")}[case]
    (result,) = office.all(content, name)
    assert way in result.refused[0].message


def small(campaign: Campaign, **limits: int) -> Campaign:
    return campaign.model_copy(update={"intake": campaign.intake.model_copy(update=limits)})


def refused_within(office: Office, path: Path, **limits: int) -> list[str]:
    (result,) = import_files(office.store, small(office.campaign, **limits), [path])
    return codes(result)


def test_bounds_of_size_and_rows(office: Office) -> None:
    rows = [line(f"{number:010}") for number in range(40)]
    big = office.path(b"#" * (1 << 20) + b"\n", "big.csv")
    assert refused_within(office, big, max_file_mb=1, max_unpacked_mb=1) == ["file_too_large"]
    padded = office.path(package({"a.csv": b"1"}) + b"\0" * (1 << 20), "big.zip")
    assert refused_within(office, padded, max_file_mb=1) == ["file_too_large"]
    assert refused_within(office, office.path(table(*rows)), max_rows=30) == ["file_too_many_rows"]
    assert refused_within(office, office.path(xlsx([[*HEADER], *map(list, rows)]), "a.xlsx"), max_rows=30) == [
        "file_too_many_rows"
    ]
    wide = package({"a.csv": b"1" * (2 << 20)})
    assert refused_within(office, office.path(wide, "a.zip"), max_unpacked_mb=1) == ["file_unpacks_too_large"]


def test_a_csv_may_be_as_large_as_a_workbook_unpacked(office: Office) -> None:
    """It is read block by block; what is uploaded is bounded at the door."""
    long = office.path(table(*[line("3301060001")] * 40_000), "long.csv")
    assert long.stat().st_size > 1 << 20
    assert refused_within(office, long, max_file_mb=1, max_unpacked_mb=9) == []  # the same line again says nothing new


def test_a_bomb_is_refused_in_bounded_memory(office: Office) -> None:
    import tracemalloc

    path = office.path(lying_bomb(), "a.xlsx")
    tracemalloc.start()
    result = office.take(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert codes(result) == ["file_unpacks_too_large"]
    assert peak < 100 << 20


def test_one_bad_table_in_an_archive_leaves_the_others(office: Office) -> None:
    results = office.all(package({"a.csv": table(line()).encode(), "b.xlsx": WORD}), "two.zip")
    assert [(result.file, result.loaded, codes(result)) for result in results] == [
        ("two.zip/a.csv", 1, []), ("two.zip/b.xlsx", 0, ["file_not_a_table"]),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.dat", "a"])
def test_the_content_counts_and_not_the_name(office: Office, name: str) -> None:
    assert codes(office.take(BOOK, name)) == []
    assert office.take(table(line()), f"{name}.xlsx").unchanged == 1


def far(reference: str, *, value: bool = True) -> bytes:
    row = "".join(letter for letter in reference if letter.isdigit())
    cell = f'<c r="{reference}"><v>1</v></c>' if value else f'<c r="{reference}" s="0"/>'
    extra = f'<row r="{row}">{cell}</row></sheetData>'.encode()
    return with_part(BOOK, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"</sheetData>", extra))


def unplaced(count: int) -> bytes:
    extra = b"<row>" + b"<c/>" * count + b"<c><v>1</v></c></row></sheetData>"
    return with_part(BOOK, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"</sheetData>", extra))


@pytest.mark.parametrize(
    "content, wanted",
    [
        (far("XFD1048576"), ["file_too_many_columns"]), (far("BXY3"), ["file_too_many_columns"]), (unplaced(16_000), ["file_too_many_columns"]),
        (far("ALL1048576"), ["file_far_cell"]), (far("AA1048576"), ["file_far_cell"]), (far("A9999999"), ["file_far_cell"]),
        (far("XFD3", value=False), []), (far("XFD1048576", value=False), []), (far("G900"), []),
    ],
)  # fmt: skip
def test_a_value_far_away_is_refused_before_room_is_made_for_it(
    office: Office, content: bytes, wanted: list[str]
) -> None:
    """The reader makes room for every cell up to the farthest one: one value would take all memory of the server."""
    result = office.take(content, "a.xlsx")
    assert codes(result) == wanted
    assert bool(office.collection()) == (not wanted)


def test_a_value_far_away_is_seen_wherever_a_piece_of_the_sheet_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet is looked through piece by piece: a cell whose beginning stands in one and its value in the next would not be seen."""
    content = far("BXY3")
    for size in range(200, 400):
        monkeypatch.setattr(workbook, "_PIECE", size)
        with workbook.open_package(content) as package, pytest.raises(FileRefused) as refused:
            workbook.read_xlsx(content, package, Bounds(10**6, 10**6, 1000))
        assert refused.value.code == "file_too_many_columns"


@pytest.mark.parametrize("columns", [1, 8, 9, 10, 16, 17, 26, 27, 39, 52, 53, 702, 703, 1999, 2000])
def test_the_width_of_a_sheet_is_measured_closely(columns: int) -> None:
    measured = extent.Extent()
    for place in range(columns):
        measured.measure(f'<row r="1"><c r="{letters(place)}1" t="s"><v>7</v></c></row>'.encode(), 1)
    assert columns <= measured.cells <= max(8, columns * 2 if columns > 26 else columns)
    measured.measure(f'<row r="1"><c r="{letters(columns)}1" s="1"/></row>'.encode(), 1)  # without a value
    assert measured.cells <= max(8, columns * 2 if columns > 26 else columns)


@pytest.mark.parametrize(
    "rows, columns, share, code",
    [
        (1_048_576, 10, 1.0, ""), (1_048_576, 16, 1.0, ""), (600_000, 26, 1.0, ""), (600_000, 40, 0.45, ""),
        (1_048_576, 18, 1.0, "file_too_large"), (980_000, 26, 1.0, "file_too_large"), (1_048_576, 26, 0.1, "file_far_cell"),
    ],
)  # fmt: skip
def test_what_a_sheet_would_take_is_known_before_it_is_read(rows: int, columns: int, share: float, code: str) -> None:
    """A full sheet of a teacher export is read, with columns to spare; a larger one is told its size and the way out."""
    measured = extent.Extent()

    def pieces() -> Iterator[bytes]:
        for row in [*range(10_000, rows, 10_000), rows]:  # ten thousand rows a piece: their values, and their last cell
            values = b"<v>1</v>" * int(10_000 * columns * share)
            yield values + f'<row r="{row}"><c r="{letters(columns - 1)}{row}"><v>1</v></c></row>'.encode()

    def read() -> None:
        for number, piece in enumerate(pieces(), 1):
            measured.measure(piece, min(number * 10_000, rows))
        measured.check(pieces)

    if not code:
        read()
        return
    with pytest.raises(FileRefused) as refused:
        read()
    assert refused.value.code == code
    if code == "file_too_large":
        assert f"行 {columns} 列" in refused.value.message and "导出为 csv" in refused.value.message


def test_an_archive_with_a_table_that_is_a_bomb(office: Office) -> None:
    assert codes(office.take(package({"a.csv": b"0" * (80 << 20)}), "a.zip")) == ["file_unpacks_too_large"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for number in range(2001):
            packed.writestr(f"{number}.csv", "1")
    (refusal,) = office.take(out.getvalue(), "a.zip").refused
    assert refusal.code == "file_too_large" and "2000" in refusal.message
