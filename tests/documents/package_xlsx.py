"""What spreadsheets insist on in an .xlsx: elements in their order, cells whose text and look are there, names that lead
somewhere."""

import re
from collections.abc import Iterator
from typing import Final

from openpyxl.utils.cell import range_boundaries

from tests.documents.package import Package, S, in_order

SHEET: Final = {
    "worksheet": "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges"
    " scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting"
    " dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties"
    " cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF picture oleObjects controls"
    " webPublishItems tableParts extLst",
    "workbook": "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups"
    " externalReferences definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes"
    " webPublishing fileRecoveryPr webPublishObjects extLst",
    "styleSheet": "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst",
    "headerFooter": "oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter",
    "sheetView": "pane selection pivotSelection",
    "xf": "alignment protection",
    "border": "start left end right top bottom diagonal vertical horizontal",
    "c": "f v is",
}
_SHEET_MANY: Final = {"conditionalFormatting", "selection"}


def workbook(package: Package) -> None:
    """Note what is wrong with a workbook."""
    for name in package.trees:
        if name.startswith("xl/") and not name.endswith(".rels"):
            in_order(package, name, SHEET, S, _SHEET_MANY)
    sheets = [name for name in package.trees if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
    styles = _style_counts(package)
    strings = _strings(package, sheets)
    for name in sheets:
        _cells(package, name, strings, styles)
        _areas(package, name)
        _view(package, name)
        for one in package.trees[name].iter(f"{S}cfRule"):
            package.expect(int(one.get("dxfId", "0")) < max(1, styles["dxfs"]), f"{name}: a rule has no look")
    _names(package, sheets)


def _style_counts(package: Package) -> dict[str, int]:
    tree = package.trees["xl/styles.xml"]
    counts = {}
    for group in ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
        found = tree.find(f"{S}{group}")
        counts[group] = 0 if found is None else len(found)
        given = None if found is None else found.get("count")
        package.expect(
            given is None or int(given) == counts[group], f"styles: {group} counts {given}, has {counts[group]}"
        )
    formats = {one.get("numFmtId") for one in tree.iter(f"{S}numFmt")}
    package.expect(len(formats) == counts["numFmts"], "styles: a number format is there twice")
    for look in tree.find(f"{S}cellXfs"):
        for attribute, group in (
            ("fontId", "fonts"),
            ("fillId", "fills"),
            ("borderId", "borders"),
            ("xfId", "cellStyleXfs"),
        ):
            package.expect(
                int(look.get(attribute, "0")) < counts[group], f"styles: {attribute} {look.get(attribute)} is not there"
            )
        number = look.get("numFmtId", "0")
        package.expect(int(number) < 164 or number in formats, f"styles: the number format {number} is not there")
    return counts


def _strings(package: Package, sheets: list[str]) -> int:
    tree = package.trees.get("xl/sharedStrings.xml")
    if tree is None:
        return 0
    strings = tree.findall(f"{S}si")
    used = sum(cell.get("t") == "s" for name in sheets for cell in package.trees[name].iter(f"{S}c"))
    for attribute, count in (("uniqueCount", len(strings)), ("count", used)):
        given = tree.get(attribute)
        package.expect(
            given is None or int(given) == count, f"shared strings: {attribute} is {given}, should be {count}"
        )
    longest = max((len("".join(one.itertext())) for one in strings), default=0)
    package.expect(longest <= 32767, "a text is longer than a cell may hold")
    return len(strings)


def _cells(package: Package, name: str, strings: int, styles: dict[str, int]) -> None:
    last_row = 0
    for row in package.trees[name].iter(f"{S}row"):
        number = int(row.get("r", last_row + 1))
        package.expect(number > last_row, f"{name}: row {number} comes after row {last_row}")
        last_row, last_column = number, 0
        for cell in row:
            place = cell.get("r")
            column, at, *_rest = range_boundaries(place)
            package.expect(at == number and (column or 0) > last_column, f"{name}: {place} stands in row {number}")
            last_column = column or 0
            package.expect(int(cell.get("s", "0")) < styles["cellXfs"], f"{name}: {place} has no look")
            value = cell.find(f"{S}v")
            if cell.get("t") == "s":
                package.expect(
                    value is not None and int(value.text) < strings, f"{name}: the text of {place} is not there"
                )
            elif cell.get("t", "n") == "n" and value is not None:
                package.expect(
                    re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", value.text) is not None,
                    f"{name}: {place} holds {value.text}",
                )


def _areas(package: Package, name: str) -> None:
    tree = package.trees[name]
    merged = [one.get("ref") for one in tree.iter(f"{S}mergeCell")]
    group = tree.find(f"{S}mergeCells")
    if group is not None:
        package.expect(len(merged) > 0, f"{name}: no merged cells are listed")
        package.expect(int(group.get("count", len(merged))) == len(merged), f"{name}: merged cells are counted wrong")
    taken: set[tuple[int, int]] = set()
    for ref in merged:
        cells = set(_cells_of(ref))
        package.expect(len(cells) > 1, f"{name}: the merged cell {ref} is one cell")
        package.expect(not cells & taken, f"{name}: {ref} is merged with another")
        taken |= cells
    reach = 0
    for one in tree.iter(f"{S}col"):
        first, last = int(one.get("min")), int(one.get("max"))
        package.expect(reach < first <= last <= 16384, f"{name}: columns {first} to {last} overlap")
        reach = last
    for group, member in (
        ("dataValidations", "dataValidation"),
        ("hyperlinks", "hyperlink"),
        ("tableParts", "tablePart"),
    ):
        found = tree.find(f"{S}{group}")
        if found is not None:
            count = len(found.findall(f"{S}{member}"))
            package.expect(count > 0 and int(found.get("count", count)) == count, f"{name}: {group} are counted wrong")
    for formula in tree.iter(f"{S}formula1"):
        package.expect(len(formula.text or "") <= 255, f"{name}: a list of choices is too long")
    for part in tree.iter(f"{S}headerFooter"):
        for text in part:
            package.expect(len(text.text or "") <= 255, f"{name}: a page header or footer is too long")


def _cells_of(ref: str) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (value or 0 for value in range_boundaries(ref))
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))


def _view(package: Package, name: str) -> None:
    for view in package.trees[name].iter(f"{S}sheetView"):
        panes = {one.get("pane", "topLeft") for one in view.iter(f"{S}selection")}
        split = view.find(f"{S}pane")
        package.expect(
            split is not None or panes <= {"topLeft"}, f"{name}: a selection lies in a pane that is not there"
        )
        if split is not None:
            shown = {"bottomRight", "bottomLeft", "topRight"}
            package.expect(split.get("activePane", "topLeft") in shown | {"topLeft"}, f"{name}: no such pane")
            package.expect(
                float(split.get("xSplit", "0")) + float(split.get("ySplit", "0")) > 0, f"{name}: nothing is split"
            )


def _names(package: Package, sheets: list[str]) -> None:
    tree = package.trees["xl/workbook.xml"]
    listed = tree.findall(f"{S}sheets/{S}sheet")
    titles = [one.get("name") for one in listed]
    package.expect(len(listed) == len(sheets) > 0, "the workbook lists other sheets than there are")
    package.expect(len({title.lower() for title in titles}) == len(titles), "two sheets have the same name")
    package.expect(len({one.get("sheetId") for one in listed}) == len(listed), "two sheets have the same id")
    for title in titles:
        fine = 0 < len(title) <= 31 and not re.search(r"[\[\]:*?/\\]", title) and title.strip("'") == title
        package.expect(fine, f"no sheet can be called {title}")
    names = [(one.get("name").lower(), one.get("localSheetId")) for one in tree.iter(f"{S}definedName")]
    package.expect(len(names) == len(set(names)), f"a name is defined twice: {names}")
    for one in tree.iter(f"{S}definedName"):
        place = one.get("localSheetId")
        package.expect(place is None or int(place) < len(listed), f"{one.get('name')} is of no sheet")
        for ref in (one.text or "").split(","):
            found = re.fullmatch(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?[A-Z]*\$?\d*(?::\$?[A-Z]*\$?\d*)?", ref)
            package.expect(found is not None, f"{one.get('name')} is {one.text}")
            if found:
                title = (found[1] or found[2]).replace("''", "'")
                package.expect(title in titles, f"{one.get('name')} names the sheet {title}")
                package.expect(place is None or titles[int(place)] == title, f"{one.get('name')} is of another sheet")
