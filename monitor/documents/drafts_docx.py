"""The project's own draft of the monthly report form, drawn as a .docx template: one table on A4, as drafts.py's."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from monitor.documents.archive import settled
from monitor.documents.draft_content import BODY, CLOSING, HEADING, LOOKS, SECTIONS, WIDTHS, Entry, Line
from monitor.documents.drafts import DRAWN

_ACROSS: Final = 184.0  # millimetres of the table
_SCALE: Final = 0.875  # sizes and heights against the spreadsheet's, which is printed smaller than drawn
_ALIGNMENT: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_TWIPS: Final = 1440 / 25.4


def monthly() -> bytes:
    """The template of the monthly report; the same bytes each time."""
    document = Document()
    set_up_page(document)
    for line in HEADING[:-1]:
        write(document.add_paragraph(), line.entries[0])
    # One table from the line of the unit to the signatures: two that touch would be one to a word processor anyhow.
    table(document, [HEADING[-1], *_sectioned(), *CLOSING], WIDTHS, _ACROSS)
    return drawn(document, "月报表（附件3）")


def drawn(document: Any, title: str) -> bytes:
    """A template that has been drawn, as a file; the same bytes each time."""
    # Behind its last table a document needs a paragraph.
    document.add_paragraph().paragraph_format.line_spacing = Pt(1)
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.title = title
    buffer = io.BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue(), DRAWN)


def set_up_page(document: Any, *, across: bool = False) -> None:
    """An empty A4 page, upright or across, with page numbers below."""
    body = document.element.body
    for paragraph in list(body.iterchildren(qn("w:p"))):
        body.remove(paragraph)
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(297), Mm(210)) if across else (Mm(210), Mm(297))
    if across:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.left_margin = section.right_margin = Mm(13)
    section.top_margin, section.bottom_margin = Mm(12), Mm(14)
    section.header_distance = section.footer_distance = Mm(8)
    style = document.styles["Normal"]
    style.font.size = Pt(10.5)
    properties = style.element.get_or_add_rPr()
    _name_font(properties, BODY)
    # The language tells which of a character's shapes to take, and where punctuation stands.
    _append(properties, "w:lang", val="en-US", eastAsia="zh-CN")
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    style.paragraph_format.line_spacing = 1.0
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for piece in ("第 ", "PAGE", " 页，共 ", "NUMPAGES", " 页"):
        run = footer.add_run("" if piece.isupper() else piece)
        run.font.size = Pt(9)
        if piece.isupper():
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), piece)
            run._r.getparent().replace(run._r, field)
            field.append(run._r)
            run.text = "1"


def _sectioned() -> Iterator[Line]:
    """The lines of the sections, the first of each with the section's title beside it."""
    for title, lines in SECTIONS:
        for number, line in enumerate(lines):
            extra = [Entry("A", title, "section", rows=len(lines))] if number == 0 else []
            yield Line([*extra, *line.entries], line.height, line.boxed)


def table(document: Any, lines: Sequence[Line], columns: Mapping[str, float], across: float) -> Any:
    """A table of lines: columns by letter with their widths, `across` millimetres wide altogether."""
    drawn = document.add_table(rows=0, cols=len(columns))
    drawn.alignment = WD_TABLE_ALIGNMENT.CENTER
    drawn.autofit = False
    _cell_margins(drawn)
    total = sum(columns.values())
    widths = {letter: round(across * width / total * _TWIPS) for letter, width in columns.items()}
    for column, width in zip(drawn._tbl.tblGrid.iterchildren(), widths.values(), strict=True):
        column.set(qn("w:w"), str(width))
    open_cells: dict[int, tuple[int, int]] = {}  # first column → last column and rows still to come, of merged cells
    boxed = [number for number, line in enumerate(lines) if line.boxed]
    for number, line in enumerate(lines):
        edges = {side for side, at in (("top", boxed[0]), ("bottom", boxed[-1])) if at == number}
        _row(drawn, line, widths, open_cells, edges)
    return drawn


def _row(
    table: Any, line: Line, columns: Mapping[str, int], open_cells: dict[int, tuple[int, int]], edges: set[str]
) -> None:
    row = table.add_row()
    for old in list(row._tr.tc_lst):
        row._tr.remove(old)
    _row_height(row, line.height * _SCALE)
    letters, widths = list(columns), list(columns.values())
    starts = {_columns(entry, letters)[0]: entry for entry in line.entries}
    column = 0
    while column < len(letters):
        if column in open_cells:
            last, rows = open_cells.pop(column)
            cell = _cell(row, column, last, widths, "continue", None)
            if rows > 1:
                open_cells[column] = (last, rows - 1)
        else:
            entry = starts[column]
            last = _columns(entry, letters)[1]
            cell = _cell(row, column, last, widths, "restart" if entry.rows > 1 else None, entry)
            if entry.rows > 1:
                open_cells[column] = (last, entry.rows - 1)
        if line.boxed:
            sides = edges | {side for side, at in (("left", column == 0), ("right", last == len(letters) - 1)) if at}
            box(cell, sides)
        column = last + 1


def _columns(entry: Entry, letters: Sequence[str]) -> tuple[int, int]:
    first, _colon, last = entry.span.partition(":")
    return letters.index(first), letters.index(last or first)


def _cell(row: Any, first: int, last: int, widths: Sequence[int], merge: str | None, entry: Entry | None) -> Any:
    from docx.table import _Cell

    element = OxmlElement("w:tc")
    properties = OxmlElement("w:tcPr")
    _append(properties, "w:tcW", w=str(sum(widths[first : last + 1])), type="dxa")
    if last > first:
        _append(properties, "w:gridSpan", val=str(last - first + 1))
    if merge:
        _append(properties, "w:vMerge", val=merge)
    _append(properties, "w:vAlign", val="center")
    element.append(properties)
    element.append(OxmlElement("w:p"))
    row._tr.append(element)
    if entry is not None:
        write(_Cell(element, row._parent).paragraphs[0], entry)
    return element


def write(paragraph: Any, entry: Entry) -> None:
    """The text of a cell, or of a line above the table, in its look."""
    font, size, horizontal, _wrapped = LOOKS[entry.look]
    paragraph.alignment = _ALIGNMENT["center" if entry.look == "number" else horizontal]
    if entry.look == "text":
        paragraph.paragraph_format.left_indent = Pt(4)
    for number, text in enumerate(entry.text.split("\n")):
        run = paragraph.add_run()
        if number:
            run.add_break()
        run.add_text(text)
        run.font.size = Pt(size * (_SCALE if size <= 12 else 1))
        _name_font(run._r.get_or_add_rPr(), font)


def _name_font(properties: Any, font: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name, value in (("ascii", "Times New Roman"), ("hAnsi", "Times New Roman"), ("eastAsia", font)):
        fonts.set(qn(f"w:{name}"), value)


def _row_height(row: Any, points: float) -> None:
    properties = row._tr.get_or_add_trPr()
    _append(properties, "w:cantSplit")
    _append(properties, "w:trHeight", val=str(round(points * 20)), hRule="atLeast")


_AROUND: Final = ("top", "left", "bottom", "right")


def box(cell: Any, strong: set[str], sides: Sequence[str] = _AROUND) -> None:
    """Lines around a cell; those on the outside of the table are stronger."""
    borders = OxmlElement("w:tcBorders")
    for side in sides:
        _append(borders, f"w:{side}", val="single", sz="12" if side in strong else "4", space="0", color="auto")
    cell.find(qn("w:tcPr")).find(qn("w:vAlign")).addprevious(borders)


def _cell_margins(table: Any) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        _append(margins, f"w:{side}", w="40", type="dxa")
    table._tbl.tblPr.find(qn("w:tblLayout")).addnext(margins)


def _append(parent: Any, name: str, **attributes: str) -> None:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    parent.append(element)
