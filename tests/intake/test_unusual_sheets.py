"""Worksheets that no spreadsheet program wrote: small honest tables are read as they are meant, and none takes the memory."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.intake import elements, workbook
from monitor.intake.elements import Measure
from monitor.intake.extent import _WIDTHS, Extent
from monitor.intake.problems import FileRefused, letters
from monitor.intake.sheets import Bounds
from tests.intake.books import with_part, xlsx
from tests.intake.conftest import DAY, HEADER, NAMES, ONE, TWO, Office, codes, line

PART = "xl/worksheets/sheet1.xml"
BOOK = xlsx([[*HEADER], [*line()], [*line(TWO, expected=60, entered=50, submitted=40)]])
FIGURES = {(ONE, DAY): (100, 90, 80, None), (TWO, DAY): (60, 50, 40, None)}


def _prefixed(xml: str) -> str:
    return re.sub(r"<(/?)(\w)", r"<\1x:\2", xml).replace(" xmlns=", " xmlns:x=")


def _single(xml: str) -> str:
    return re.sub(r'([\w:]+)="([^"]*)"', r"\1='\2'", xml)


def _sub(pattern: str, new: str) -> Callable[[str], str]:
    return lambda xml: re.sub(pattern, new, xml)


WRITINGS: dict[str, Callable[[str], str]] = {
    "single quotes": _single,
    "another order": _sub(r'<c (r="\w+") (t="\w+")', r"<c \2 \1"),
    "blanks around the sign": _sub(r'<c r="', '<c r = "'),
    "line breaks": _sub(r'<c r="(\w+)"', '<c\n\tr="\\1"\n'),
    "lower case": lambda xml: re.sub(r'<c r="(\w+)"', lambda match: match.group().replace(match.group(1), match.group(1).lower()), xml),
    "comment before the value": _sub("<v>", "<!-- > <v> --><v>"),
    "instruction before the value": _sub("<v>", "<?x > ?><v>"),
    "text before the value": _sub("<v>", "\n  x > <v>"),
    "bracket in an attribute": _sub(r"<c ", '<c x=">" '),
    "bracket in a last attribute": _sub(r'<c (r="\w+")', r'<c \1 x=">"'),
    "prefix": _prefixed,
    "prefix and single quotes": lambda xml: _single(_prefixed(xml)),
    "rows without numbers": _sub(r"<row [^>]*>", "<row>"),
    "blank rows written out": _sub("</sheetData>", "<row r='4'/><row/></sheetData>"),
    "far cells without values": _sub("</sheetData>", "<row r='900000'><c r='XFD900000'/><c r='XFE900000'><!-- --></c></row></sheetData>"),
}  # fmt: skip


@pytest.mark.parametrize("writing", WRITINGS)
def test_an_honest_table_is_read_however_it_is_written(office: Office, writing: str) -> None:
    def rewrite(data: bytes) -> bytes:
        changed = WRITINGS[writing](data.decode())
        assert changed != data.decode()
        return changed.encode()

    assert codes(office.take(with_part(BOOK, PART, rewrite), "a.xlsx")) == []
    assert office.collection() == FIGURES


def test_an_honest_table_without_any_place_is_read(office: Office) -> None:
    full = xlsx([[*HEADER], [*line()[:2], NAMES[ONE], *line()[3:]]])
    bare = with_part(full, PART, lambda data: re.sub(rb'<(c|row) r="\w+"(?: spans="[^"]*")?', rb"<\1", data))
    assert codes(office.take(bare, "a.xlsx")) == []
    assert office.collection() == {(ONE, DAY): (100, 90, 80, None)}


def test_a_place_further_right_is_told_rightly(office: Office) -> None:
    book = xlsx([[], *[[None, None, *row] for row in [HEADER, [DAY, TWO, None, "约300", 50, 40]]]])
    for content in (book, with_part(book, PART, lambda data: _single(data.decode()).encode())):
        result = office.take(content, "a.xlsx")
        assert [(item.row, item.cell) for item in result.refused] == [(3, "F3")]


V = "<v>1</v></c>"
FAR: dict[str, str] = {
    "single quotes": f"<row r='900000'><c r='XFD900000'>{V}</row>",
    "single quotes, not so wide": f"<row r='900000'><c r='BXX900000'>{V}</row>",
    "comment": f'<row r="900000"><c r="BXX900000"><!-- -->{V}</row>',
    "instruction": f'<row r="900000"><c r="BXX900000"><?x?>{V}</row>',
    "text": f'<row r="900000"><c r="BXX900000"> x {V}</row>',
    "marked text": f'<row r="900000"><c r="BXX900000"><![CDATA[ ]]>{V}</row>',
    "another element": f'<row r="900000"><c r="BXX900000"><extLst/>{V}</row>',
    "a row that lies": f'<row r="4"><c r="BXX900000">{V}</row>',
    "a row that lies about little": f'<row r="4"><c r="F900000000">{V}</row>',
    "blanks around the sign": f'<row r="900000"><c r = "BXX900000">{V}</row>',
    "line break": f'<row r="900000"><c\nr="BXX900000">{V}</row>',
    "tab": f'<row r="900000"><c\tr="BXX900000">{V}</row>',
    "bracket": f'<row r="900000"><c r="BXX900000" x=">">{V}</row>',
    "bracket before": f'<row r="900000"><c x=">" r="BXX900000">{V}</row>',
    "another order": f'<row r="900000"><c t="n" r="BXX900000">{V}</row>',
    "another r before": f'<row r="900000"><c x:r="A1" r="BXX900000" xmlns:x="y">{V}</row>',
    "r twice": f'<row r="900000"><c r="A1" r="BXX900000">{V}</row>',
    "written out": f'<row r="900000"><c r="&#66;XX900000">{V}</row>',
    "written out after an empty one": f'<row r="900000"><c r="BXV900000"/><c r="A&#49;">{V}</row>',
    "line break in the place": f'<row r="900000"><c r="BXV900000"/><c r="A\n1">{V}</row>',
    "lower case": f'<row r="900000"><c r="bxx900000">{V}</row>',
    "prefix": f'<x:row r="900000" xmlns:x="y"><x:c r="BXX900000">{V.replace("</c>", "</x:c>")}</x:row>',
    "prefix that is no word": f'<é-:row r="900000" xmlns:é-="y"><é-:c r="BXX900000">{V.replace("</c>", "</é-:c>")}</é-:row>',
    "unplaced after an empty one": f'<row r="900000"><c r="BXV900000"/><c>{V}</row>',
    "unplaced row after an empty one": f'<row r="900000"/><row>{"<c/>" * 1998}<c>{V}</row>',
    "unplaced and many rows": f'<row>{"<c/>" * 1998}<c>{V}</row>{"<row/>" * 900_000}<row><c>{V}</row>',
    "unplaced and many ends": f'<row>{"<c/>" * 1998}<c>{V}</row>{"</row>" * 900_000}<row><c>{V}</row>',
    "five digits too many": f'<row r="4"><c r="F4294967300">{V}</row>',
    "negative": f'<row r="4"><c r="BXX-900000">{V}</row>',
    "four letters": f'<row r="4"><c r="AAAA900000">{V}</row>',
    "back to the beginning": f'<row r="900000"><c r="BXX900000">{V}</row><row r="5"><c r="A5">{V}</row>',
    "an end that ends nothing": f'<row r="900000"><c r="BXX900000"></x>{V}</row>',
    "cell in a value": f'<row r="900000"><c r="A900000"><v><c r="BXX900000">{V}</v></c></row>',
    "empty cell around": f"""<row r="900000"><c r="A900000" x="<c r='BXX900000'/>" r="BXX900000">{V}</row>""",
    "zeros before": f'<row r="4"><c r="BXX000900000">{V}</row>',
    "after the table": f'</sheetData><sheetData><row r="900000"><c r="BXX900000" x=">">{V}</row>',
}  # fmt: skip
BLANKS = f'<row r="4">{"<c r=" + chr(34) + "A4" + chr(34) + "/>"}{" " * 3_000_000}'
"""So long that a piece of the sheet ends within the tag that follows."""
FAR |= {
    "torn, place twice": f'{BLANKS}<c r="A4" x="</" r="BXX900000">{V}</row>',
    "torn after an empty one, place twice": f'{BLANKS}<c r="A4" x="/>" r="BXX900000">{V}</row>',
    "torn, hidden in an empty one": f"""{BLANKS}<c r="A4" x="</" y="<c r='A4' z=" r='BXX900000' w="/>">{V}</row>""",
    "torn, written out": f'{BLANKS}<c r="BXV900000"/><c x="/>" r="A&#49;">{V}</row>',
}
READ = """
import json, pathlib, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
from monitor.intake import workbook
from monitor.intake.problems import FileRefused
from monitor.intake.sheets import Bounds
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        with workbook.open_package(path) as package:
            sheets = workbook.read_xlsx(path, package, Bounds(1 << 30, 1 << 30, 1_100_000))
        answer = "read", sheets[0].head.height
    except FileRefused as refused:
        answer = refused.code, refused.message
    print(json.dumps([path.stem, *answer]), flush=True)
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, object]]:
    """What a process with little memory says to each of the sheets; it ends where it has to make room for one."""
    folder = tmp_path_factory.mktemp("far")
    for name, rows in FAR.items():
        extra = f"{rows}</sheetData>".encode()
        content = with_part(BOOK, PART, lambda data, extra=extra: data.replace(b"</sheetData>", extra))  # type: ignore[misc]
        (folder / f"{name}.xlsx").write_bytes(content)
    done = subprocess.run([sys.executable, "-c", READ, str(folder)], capture_output=True, text=True, timeout=300)
    said = [json.loads(answer) for answer in done.stdout.splitlines()]
    return {name: (code, message) for name, code, message in said}


@pytest.mark.parametrize("case", FAR)
def test_a_value_far_away_is_told_however_it_is_written(answers: dict[str, tuple[str, object]], case: str) -> None:
    code, message = answers[case]
    assert code in ("file_far_cell", "file_too_many_columns", "file_damaged")
    assert isinstance(message, str) and message.endswith("。") and "Error" not in message


def test_a_long_unusual_sheet_is_told_the_way_out(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "_MAX_ELEMENTS", 20)
    (refusal,) = office.take(with_part(BOOK, PART, lambda data: data.replace(b"<c ", b'<c x="" ')), "a.xlsx").refused
    assert refusal.code == "file_damaged" and "用 Excel 或 WPS 打开后另存为 .xlsx" in refusal.message
    assert codes(office.take(BOOK, "b.xlsx")) == []


PLACES = st.dictionaries(st.tuples(st.integers(1, 40), st.integers(1, 60)), st.integers(0, 9), min_size=1, max_size=12)


def _part(content: bytes) -> bytes:
    with workbook.open_package(content) as package:
        return package.read(PART)


@given(PLACES, st.integers(1, 4))
def test_elements_tell_the_extent_as_openpyxl_and_the_reader_do(
    places: dict[tuple[int, int], int], pieces: int
) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        for (row, column), value in places.items():
            book.worksheets[0].cell(row, column, value)

    content = xlsx([[]], after=fill)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    for xml in (_part(content), _single(_part(content).decode()).encode()):
        size = len(xml) // pieces + 1
        measure = Measure.of(xml[at : at + size] for at in range(0, len(xml), size))
        assert (measure.depth, measure.width, measure.values) == (sheet.max_row, sheet.max_column, len(places))
        row, column = min(places)
        assert measure.first == (row, column - 1)
    with workbook.open_package(content) as package:
        (read,) = workbook.read_xlsx(content, package, Bounds(1 << 30, 1 << 30, 1000))
    assert (read.head.height, read.head.width) == (sheet.max_row, sheet.max_column)


PLACE = ['r="{}"', "r='{}'", 'r = "{}"', 't="n" r="{}"', 'r="{}" t="n"', 'r="{}" x=">"', "", 'x="r=" r="{}"']
BETWEEN = ["", "<!-- <c/> -->", "<?x?>", "\n", "x", "<f>1</f>", "</c><c>"]
CELLS = st.lists(
    st.tuples(
        st.sampled_from(PLACE), st.sampled_from(["c", "x:c"]), st.sampled_from(BETWEEN), st.booleans(),
        st.integers(0, 1999), st.integers(1, 5000), st.sampled_from(["", '<row r="{}"/>', "<row/>", "</row><row>", '</row><row r="{}">']),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


def _written(cells: list[tuple[str, str, str, bool, int, int, str]]) -> Iterator[bytes]:
    yield b'<worksheet xmlns:x="y"><sheetData><row>'
    for place, name, between, valued, column, row, around in cells:
        value = f"{between}<v>1</v>" if valued else between if between.startswith("<!") else ""
        value = value.replace("</c><c>", f"</{name}><{name}>")
        yield f"{around.format(row)}<{name} {place.format(f'{letters(column)}{row}')}>{value}</{name}>".encode()
    yield b"</row></sheetData></worksheet>"


@given(CELLS)
def test_the_quick_look_is_never_too_short(cells: list[tuple[str, str, str, bool, int, int, str]]) -> None:
    """Whatever is written: what is not taken for unusual reaches no further than was seen without a parser."""
    quick, rows = Extent(), 0
    for piece in _written(cells):
        rows += piece.count(b"</row>")
        quick.measure(piece, rows)
    try:
        exact = Measure.of(_written(cells))
    except FileRefused:
        return
    assert quick.unusual or (_WIDTHS[quick.width] >= exact.width and quick.depth * 1.5 + 1 >= exact.depth)
