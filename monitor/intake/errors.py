"""The marked workbook (--errors): the file repeated, refused cells marked and commented, and a list of all that was found.

Of teacher exports and rosters it repeats nothing: row number, unit code and message only.
"""

from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import polars as pl

from monitor.atomic import write_bytes
from monitor.i18n import _
from monitor.intake.headers import KINDS, PERSONAL
from monitor.intake.planning import Plan
from monitor.intake.problems import EXPLAIN, MUST_FIX, column_index
from monitor.intake.recognise import Table, list_heads
from monitor.intake.results import FileResult
from monitor.intake.rows import personal_cells
from monitor.intake.sheets import Sheet
from monitor.personal import HIDDEN

_MAX_ROWS: Final = 1_048_576
_MAX_COMMENTS: Final = 20_000
_FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def worth_a_workbook(results: list[FileResult]) -> bool:
    """Whether there is anything in the results that someone has to change or explain."""
    return any(
        result.refused or any(finding.grade in (MUST_FIX, EXPLAIN) for finding in result.findings) for result in results
    )


def write_workbook(path: Path, planned: Plan, results: list[FileResult]) -> None:
    """Write the marked workbook of one plan to `path`.

    Raises:
        OSError: the path cannot be written to.
    """
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    options["date_1904"] = any(table.sheet.date1904 for table in planned.parts)
    # Made whole before it is put in its place: a disk that is full leaves no half of it.
    made = BytesIO()
    with xlsxwriter.Workbook(made, options) as book:
        marks = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "refused": book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"}),
            "odd": book.add_format({"bg_color": "#FFEB9C", "font_color": "#7F6000"}),
        }
        if planned.kind in PERSONAL:
            _export_list(book, marks, planned, results)
        else:
            names: set[str] = set()
            for tables in _by_sheet(planned.parts):
                _repeat(book, marks, tables, results, names)
            _list(book, marks, planned, results)
    write_bytes(path, made.getvalue())


def _by_sheet(tables: list[Table]) -> list[list[Table]]:
    """The tables of each sheet, in their order."""
    found: dict[int, list[Table]] = {}
    for table in tables:
        found.setdefault(id(table.sheet), []).append(table)
    return list(found.values())


def _repeat(book: Any, marks: dict[str, Any], tables: list[Table], results: list[FileResult], names: set[str]) -> None:
    """One sheet of the file with its tables, cell by cell in its place, with the marks. Corrected there, it can be read again."""
    table = tables[0]
    sheet = book.add_worksheet(_sheet_name(table.sheet.name, names))
    frame = table.sheet.read().filter(pl.col("row") <= _MAX_ROWS)
    hidden = set(personal_cells(frame, frozenset()))
    marked = {place: mark for one in tables for place, mark in _marks(one, results).items()}
    counts = {one.places[key] for one in tables for key in KINDS[one.kind].counts if key in one.places}
    texts = [(int(name[1:]), frame[name].to_list()) for name in frame.columns if name != "row"]
    for place, _values in texts[:40]:
        sheet.set_column(place, place, 16)
    _alike(sheet, table.sheet, max(frame["row"].to_list(), default=0), len(texts), set(marked))
    for at, row in enumerate(frame["row"].to_list()):
        for place, values in texts:
            look = marks.get(marked.get((row, place), ("", ""))[0])
            value = HIDDEN if (row, place) in hidden else values[at]
            _write(sheet, row - 1, place, value, place in counts, look)
    comments = 0
    for (row, place), (_kind, text) in marked.items():
        if comments < _MAX_COMMENTS and row <= _MAX_ROWS:
            sheet.write_comment(row - 1, place, text, {"x_scale": 2.5, "y_scale": 1 + text.count("\n")})
            comments += 1
    sheet.freeze_panes(table.last_row, 0)


def _alike(sheet: Any, source: Sheet, height: int, width: int, marked: set[tuple[int, int]]) -> None:
    """What a reader goes by besides the cells: merged ranges, hidden columns and rows. What is marked is to be seen, though."""
    from xlsxwriter.exceptions import OverlappingRange

    for merge in source.merges:
        bottom, right = min(merge.bottom, height), min(merge.right, width - 1)
        if merge.top <= bottom and merge.left <= right and (merge.top, merge.left) != (bottom, right):
            with suppress(OverlappingRange):  # no spreadsheet program writes such
                sheet.merge_range(merge.top - 1, merge.left, bottom - 1, right, None)
    for place in source.hidden_columns - {place for _row, place in marked}:
        if place < width:
            sheet.set_column(place, place, 16, None, {"hidden": True})
    for row in set(source.hidden_rows) - {row for row, _place in marked}:
        if row <= height:
            sheet.set_row(row - 1, None, None, {"hidden": True})


def _write(sheet: Any, row: int, place: int, value: str | None, number: bool, look: Any) -> None:
    if value is None or value == "":
        if look is not None:
            sheet.write_blank(row, place, None, look)
    elif number and value.isascii() and value.isdigit() and len(value) <= 15 and (value == "0" or value[0] != "0"):
        sheet.write_number(row, place, int(value), look)
    else:
        sheet.write_string(row, place, value[:32_000], look)


def _marks(table: Table, results: list[FileResult]) -> dict[tuple[int, int], tuple[str, str]]:
    """For each cell to mark: how, and its comment. What names no cell is put on the unit's code."""
    found: dict[tuple[int, int], tuple[str, str]] = {}
    own = table.places.get("code", 0)

    def put(row: int, place: int, kind: str, text: str) -> None:
        before = found.get((row, place))
        if before is not None:
            kind = "refused" if "refused" in (kind, before[0]) else kind
            text = text if text in before[1] else f"{before[1]}\n{text}"
        found[row, place] = (kind, text)

    for result in results:
        for item in result.refused:
            if item.sheet == table.number and item.row is not None:
                place = column_index(item.cell.rstrip("0123456789")) if item.cell else own
                put(item.row, place, "refused", item.message)
        for finding in result.findings:
            if finding.sheet == table.number and finding.row is not None and finding.grade in (MUST_FIX, EXPLAIN):
                keys = [key for key in finding.values if key in table.places] or ["code"]
                for key in keys:
                    put(finding.row, table.places.get(key, own), "odd", finding.message)
    return found


def _sheet_name(name: str, taken: set[str]) -> str:
    base = name.rsplit("/", 1)[-1].translate(_FORBIDDEN).strip()[:28] or _("Sheet")
    unique, number = base, 1
    while unique.lower() in taken:
        number += 1
        unique = f"{base[:26]}{number}"
    taken.add(unique.lower())
    return unique


def _grades() -> dict[str, str]:
    return {"refused": _("Refused"), MUST_FIX: _("Must fix"), EXPLAIN: _("Explain"), "note": _("Note")}


def _list(book: Any, marks: dict[str, Any], planned: Plan, results: list[FileResult]) -> None:
    sheet = book.add_worksheet(_("Check result"))
    names = {table.number: table.sheet.name for table in planned.parts}
    heads = [*list_heads(), _("Grade"), _("Code"), _("Explanation")]
    for place, head in enumerate(heads):
        sheet.write_string(0, place, head, marks["head"])
    grades = _grades()
    at = 0
    for result in results:
        lines = [
            (item.sheet, item.row, item.cell, item.column, "refused", item.code, item.message)
            for item in result.refused
        ]
        lines += [(f.sheet, f.row, None, None, f.grade, f.code, f.message) for f in result.findings]
        for number, row, cell, column, grade, code, message in lines[: _MAX_ROWS - 2]:
            at += 1
            texts = (names.get(number, ""), None, cell or "", column or "", grades[grade], code, message)
            for place, text in enumerate(texts):
                if text is not None:
                    sheet.write_string(at, place, text)
            if row is not None:
                sheet.write_number(at, 1, row)
    sheet.set_column(6, 6, 100)
    sheet.freeze_panes(1, 0)


def _export_list(book: Any, marks: dict[str, Any], planned: Plan, results: list[FileResult]) -> None:
    """Of tables with personal data: row number, unit code, message."""
    names: set[str] = set()
    for result in results:
        sheet = book.add_worksheet(_sheet_name(result.file.rsplit(".", 1)[0], names))
        for place, head in enumerate((_("Row"), _("School code"), _("Explanation"))):
            sheet.write_string(0, place, head, marks["head"])
        lines = [(item.row, item.about, item.message) for item in result.refused]
        lines += [(finding.row, finding.unit or "", finding.message) for finding in result.findings]
        for at, (row, unit, message) in enumerate(lines[: _MAX_ROWS - 2], 1):
            if row is not None:
                sheet.write_number(at, 0, row)
            sheet.write_string(at, 1, unit)
            sheet.write_string(at, 2, message)
        sheet.set_column(1, 1, 16)
        sheet.set_column(2, 2, 100)


__all__ = ["worth_a_workbook", "write_workbook"]
