"""Whether a .docx or .xlsx file opens without an offer to repair it: what word processors and spreadsheets insist on.

ECMA-376 gives the order of elements (part 1, wml.xsd and sml.xsd) and the rules of packages (part 2). Only elements that
documents of this program hold, or could come to hold, are listed: one that is not listed is a finding, too.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import Any, Final

from lxml import etree
from openpyxl.utils.cell import range_boundaries

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CONTENT: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_REL: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"


@dataclass
class Package:
    """A file taken apart: its parts by name, those that are XML as trees, and what was found to be wrong."""

    parts: dict[str, bytes]
    trees: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def expect(self, holds: bool, words: str) -> None:
        """Note what is wrong where it does not hold."""
        if not holds:
            self.wrong.append(words)


def problems(content: bytes) -> list[str]:
    """Everything that is wrong with a file; empty where it opens without a question."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        package = Package({name: archive.read(name) for name in names})
        package.expect(archive.testzip() is None, "a part is damaged")
    package.expect(len(names) == len({name.lower() for name in names}), "a part is there twice")
    for name, part in package.parts.items():
        if name.endswith((".xml", ".rels")):
            package.expect(b"<!DOCTYPE" not in part, f"{name} has a document type")
            try:
                package.trees[name] = etree.fromstring(part)
            except etree.XMLSyntaxError as error:
                package.wrong.append(f"{name}: {error}")
    if not package.wrong:
        _content_types(package)
        _relationships(package)
        (_document if "word/document.xml" in package.parts else _workbook)(package)
    return package.wrong


# ---- the package -------------------------------------------------------------------------------------------------


def _content_types(package: Package) -> None:
    types = package.trees["[Content_Types].xml"]
    defaults = [one.get("Extension").lower() for one in types.iter(f"{_CONTENT}Default")]
    overrides = [one.get("PartName") for one in types.iter(f"{_CONTENT}Override")]
    for kind, found in (("extension", defaults), ("part", overrides)):
        for name, count in Counter(found).items():
            package.expect(count == 1, f"the content type of the {kind} {name} is given {count} times")
    for name in overrides:
        package.expect(name.lstrip("/") in package.parts, f"a content type is given for {name}, which is not there")
    for name in package.parts:
        known = f"/{name}" in overrides or name.rpartition(".")[2].lower() in defaults
        package.expect(known or name == "[Content_Types].xml", f"{name} has no content type")


def _relationships(package: Package) -> None:
    for name, tree in package.trees.items():
        if not name.endswith(".rels"):
            continue
        folder, source = dirname(dirname(name)), join(dirname(dirname(name)), name.rpartition("/")[2][: -len(".rels")])
        package.expect(name == "_rels/.rels" or source in package.parts, f"{name} belongs to nothing")
        ids = [one.get("Id") for one in tree.iter(f"{_REL}Relationship")]
        package.expect(len(ids) == len(set(ids)), f"{name} has an id twice")
        for one in tree.iter(f"{_REL}Relationship"):
            if one.get("TargetMode") != "External":
                target = one.get("Target")
                path = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
                package.expect(path in package.parts, f"{name} leads to {path}, which is not there")
        if source in package.trees:
            used = {
                value for one in package.trees[source].iter() for key, value in one.attrib.items() if key.startswith(R)
            }
            package.expect(
                used <= set(ids), f"{source} uses the relationships {sorted(used - set(ids))}, which are not there"
            )
    for name, tree in package.trees.items():
        own = join(dirname(name), "_rels", f"{name.rpartition('/')[2]}.rels")
        if own not in package.trees and not name.endswith(".rels"):
            used = {value for one in tree.iter() for key, value in one.attrib.items() if key.startswith(R)}
            package.expect(not used, f"{name} uses relationships and has none")


# ---- the order of elements ---------------------------------------------------------------------------------------

_RUN: Final = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish"
    " webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang"
    " eastAsianLayout specVanish oMath"
)
_PARAGRAPH: Final = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs"
    " suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd"
    " snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment"
    " textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
)
_TABLE: Final = (
    "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd"
    " tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription"
)
WORD: Final = {
    "pPr": _PARAGRAPH,
    "rPr": _RUN,
    "tblPr": _TABLE,
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType"
    " cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "tcBorders": "top start left bottom end right insideH insideV tl2br tr2bl",
    "tblBorders": "top start left bottom end right insideH insideV",
    "pBdr": "top left bottom right between bar",
    "tblCellMar": "top start left bottom end right",
    "tcMar": "top start left bottom end right",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked"
    " personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
    "tblStylePr": "pPr rPr tblPr trPr tcPr",
    "docDefaults": "rPrDefault pPrDefault",
    "styles": "docDefaults latentStyles style",
    "numbering": "numPicBullet abstractNum num",
    "lvl": "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
}
"""The children of an element of a document, in the order of the schema."""

_MANY: Final = {"headerReference", "footerReference", "tblStylePr", "style", "abstractNum", "num"}
"""Elements that may be there more than once in their parent."""

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


def _in_order(package: Package, name: str, orders: dict[str, str], space: str, many: set[str]) -> None:
    for parent, order in orders.items():
        places = {tag: number for number, tag in enumerate(order.split())}
        for element in package.trees[name].iter(f"{space}{parent}"):
            tags = [
                str(etree.QName(child).localname) for child in element if etree.QName(child).namespace == space[1:-1]
            ]
            unknown = [tag for tag in tags if tag not in places]
            package.expect(not unknown, f"{name}: {parent} holds {unknown}")
            numbers = [places[tag] for tag in tags if tag in places]
            # Of what may stand there many times, kinds may be mixed: headers and footers.
            numbers = [
                0 if tag in ("headerReference", "footerReference") else places[tag] for tag in tags if tag in places
            ]
            package.expect(numbers == sorted(numbers), f"{name}: the children of {parent} stand in the order {tags}")
            twice = [tag for tag, count in Counter(tags).items() if count > 1 and tag not in many]
            package.expect(not twice, f"{name}: {parent} has {twice} more than once")


# ---- documents ---------------------------------------------------------------------------------------------------

_BLOCKS: Final = {"p", "tbl", "sdt", "bookmarkStart", "bookmarkEnd", "customXml"}


def _document(package: Package) -> None:
    for name in package.trees:
        if name.startswith("word/") and not name.endswith(".rels"):
            _in_order(package, name, WORD, W, _MANY)
            _first_comes_first(package, name)
            _tables(package, name)
            _ids(package, name)
    _styles(package)
    body = package.trees["word/document.xml"].find(f"{W}body")
    blocks = [etree.QName(child).localname for child in body]
    package.expect(blocks[-1] == "sectPr" and blocks.count("sectPr") == 1, "the body does not end with its page set-up")
    package.expect(blocks[-2] != "tbl", "the document ends with a table and no paragraph")
    package.expect(set(blocks[:-1]) <= _BLOCKS, f"the body holds {set(blocks[:-1]) - _BLOCKS}")


def _first_comes_first(package: Package, name: str) -> None:
    """Properties stand before what they are of; a cell ends with a paragraph; text keeps its blanks."""
    for parent, properties in (("p", "pPr"), ("r", "rPr"), ("tc", "tcPr"), ("tbl", "tblPr")):
        for element in package.trees[name].iter(f"{W}{parent}"):
            tags = [etree.QName(child).localname for child in element]
            package.expect(tags.count(properties) <= 1, f"{name}: {parent} has {properties} twice")
            package.expect(properties not in tags[1:], f"{name}: {properties} is not the first of {parent}: {tags}")
    for cell in package.trees[name].iter(f"{W}tc"):
        package.expect(len(cell) > 0 and cell[-1].tag == f"{W}p", f"{name}: a cell does not end with a paragraph")
    for text in package.trees[name].iter(f"{W}t"):
        blank = text.text is not None and text.text != text.text.strip()
        kept = text.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
        package.expect(kept or not blank, f"{name}: blanks of “{text.text}” would be lost")


def _tables(package: Package, name: str) -> None:
    for table in package.trees[name].iter(f"{W}tbl"):
        tags = [etree.QName(child).localname for child in table]
        package.expect(
            tags[:2] == ["tblPr", "tblGrid"] and set(tags[2:]) == {"tr"}, f"{name}: a table holds {tags[:4]}"
        )
        columns = len(table.find(f"{W}tblGrid"))
        above: dict[int, int] = {}  # first column → columns of the cell that goes on downwards
        for row in table.iterchildren(f"{W}tr"):
            here: dict[int, int] = {}
            column = 0
            for cell in row.iterchildren(f"{W}tc"):
                span = cell.find(f"{W}tcPr/{W}gridSpan")
                width = 1 if span is None else int(span.get(f"{W}val"))
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                if merge is not None:
                    going_on = merge.get(f"{W}val", "continue") == "continue"
                    package.expect(
                        not going_on or above.get(column) == width, f"{name}: a merged cell goes on from nothing"
                    )
                    here[column] = width
                column += width
            package.expect(column == columns, f"{name}: a row has {column} columns, the table {columns}")
            above = here


def _ids(package: Package, name: str) -> None:
    for tag, attribute in (("bookmarkStart", f"{W}id"), ("bookmarkStart", f"{W}name"), ("comment", f"{W}id"), ("footnote", f"{W}id"),
                           ("abstractNum", f"{W}abstractNumId"), ("num", f"{W}numId"), ("style", f"{W}styleId")):  # fmt: skip
        found = [one.get(attribute) for one in package.trees[name].iter(f"{W}{tag}")]
        package.expect(len(found) == len(set(found)), f"{name}: {tag} has the same {attribute} twice")
    drawn = [one.get("id") for one in package.trees[name].iter() if etree.QName(one).localname == "docPr"]
    package.expect(len(drawn) == len(set(drawn)), f"{name}: two drawings have the same id")


def _styles(package: Package) -> None:
    known = {one.get(f"{W}styleId") for one in package.trees["word/styles.xml"].iter(f"{W}style")}
    numbers = {
        one.get(f"{W}numId") for tree in [package.trees.get("word/numbering.xml")] if tree is not None
        for one in tree.iter(f"{W}num")
    }  # fmt: skip
    for name, tree in package.trees.items():
        if name.startswith("word/"):
            for tag in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link"):
                used = {one.get(f"{W}val") for one in tree.iter(f"{W}{tag}")}
                package.expect(used <= known, f"{name}: {tag} names {sorted(used - known)}, which are no styles")
            used = {one.get(f"{W}val") for one in tree.iter(f"{W}numId")} - {"0"}
            package.expect(used <= numbers, f"{name}: lists {sorted(used - numbers)} are not there")


# ---- workbooks ---------------------------------------------------------------------------------------------------


def _workbook(package: Package) -> None:
    for name in package.trees:
        if name.startswith("xl/") and not name.endswith(".rels"):
            _in_order(package, name, SHEET, S, _SHEET_MANY)
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
