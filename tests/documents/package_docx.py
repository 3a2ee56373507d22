"""What word processors insist on in a .docx: elements in their order, tables whose cells add up, styles that are there."""

from typing import Final

from lxml import etree

from tests.documents.package import Package, W, in_order

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


_BLOCKS: Final = {"p", "tbl", "sdt", "bookmarkStart", "bookmarkEnd", "customXml"}


def document(package: Package) -> None:
    """Note what is wrong with a document."""
    for name in package.trees:
        if name.startswith("word/") and not name.endswith(".rels"):
            in_order(package, name, WORD, W, _MANY)
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
