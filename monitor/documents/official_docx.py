"""An official document as .docx, laid out as GB/T 9704-2012 asks; the same document, the same bytes.

The fonts of the standard are named, not shipped: 方正小标宋简体, 仿宋_GB2312, 楷体_GB2312, 黑体, 宋体 are on the office's
machines.
"""

import io
from datetime import datetime, time
from functools import partial
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from monitor.documents import official
from monitor.documents.archive import settled
from monitor.documents.official import BODY, HEADING1, HEADING2, Paper, Sheet

FANG, TITLE, HEI, KAI, SONG = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
LATIN: Final = "Times New Roman"
_FONTS: Final = {BODY: FANG, HEADING1: HEI, HEADING2: KAI}
_ORDER: Final = tuple(qn(f"w:{name}") for name in (
    "pStyle", "keepNext", "keepLines", "widowControl", "pBdr", "snapToGrid", "spacing", "ind", "jc", "rPr", "sectPr"
))  # fmt: skip
"""The properties of a paragraph that are used here, in the order of the schema."""
_TWIPS: Final = 20
_ROW: Final = 19  # points from row to row of a table, at least


def render(paper: Paper) -> bytes:
    """The document as a .docx file."""
    document = Document()
    _set_defaults(document)
    _lay_out(document.sections[0], document)
    write = partial(_paragraph, document)
    if paper.head:
        _head(document, paper)
    elif paper.number:
        write(paper.number, align=WD_ALIGN_PARAGRAPH.CENTER)
    _blank(document, 2 if paper.head or paper.number else 0)
    for line in paper.title.splitlines():
        write(line, font=TITLE, size=official.TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER, spacing=1.25)
    _blank(document)
    if paper.addressees:
        write(f"{paper.addressees}：")
    for paragraph in paper.body:
        write(paragraph.text, font=_FONTS[paragraph.role], indent=2, keep=paragraph.role != BODY)
    if paper.sheets:
        _blank(document)
        for line in paper.annex_note:
            write(line, indent=2)
    _sign(document, paper)
    for number, sheet in enumerate(paper.sheets, 1):
        _sheet(document, paper.annex_mark(number), sheet)
    if paper.sheets:
        _close(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue(), datetime.combine(paper.dated, time()))


# ---- the page ----------------------------------------------------------------------------------------------------


def _set_defaults(document: Any) -> None:
    """The document's own style is that of the body: the grid of characters is measured by it."""
    style = document.styles["Normal"]
    style.font.size = Pt(official.BODY_SIZE)
    style.font.name = LATIN
    _east_asian(style.element.get_or_add_rPr(), FANG)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    properties = document.core_properties
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.revision = 1
    # The page number stands to the right on odd pages, to the left on even ones.
    document.settings.odd_and_even_pages_header_footer = True


def _lay_out(section: Any, document: Any) -> None:
    section.page_width, section.page_height = Mm(official.PAGE_WIDTH), Mm(official.PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Mm(official.TOP), Mm(official.BOTTOM)
    section.left_margin, section.right_margin = Mm(official.LEFT), Mm(official.RIGHT)
    section.gutter = 0
    # Section 7.5: size 4, its dashes 7 mm below the text area.
    section.footer_distance = Mm(official.BOTTOM - 7 - 2.5)
    _set_grid(section)
    for footer, align, indent in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "w:right"),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "w:left"),
    ):
        footer.is_linked_to_previous = False
        _page_number(footer.paragraphs[0], align, indent)


def _set_grid(section: Any) -> None:
    """22 lines; the 28 characters of a line are set by the spacing of the runs, which word processors agree on."""
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    properties.append(
        _element(
            "w:docGrid",
            {
                "w:type": "lines",
                "w:linePitch": str(int(official.LINE * _TWIPS)),
            },
        )
    )


def _page_number(paragraph: Any, align: Any, indent: str) -> None:
    """— 1 —, one character away from the edge."""
    paragraph.alignment = align
    _set(paragraph, _element("w:ind", {indent: str(official.PAGE_NUMBER_SIZE * _TWIPS)}))
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        run.font.size = Pt(official.PAGE_NUMBER_SIZE)
        run.font.name = SONG
        _east_asian(run._r.get_or_add_rPr(), SONG)
        if text is None:
            for kind in ("begin", None, "end"):
                if kind:
                    run._r.append(_element("w:fldChar", {"w:fldCharType": kind}))
                else:
                    code = _element("w:instrText", {"xml:space": "preserve"})
                    code.text = " PAGE "
                    run._r.append(code)


# ---- paragraphs --------------------------------------------------------------------------------------------------


def _paragraph(
    parent: Any,
    text: str,
    *,
    font: str = FANG,
    size: float = official.BODY_SIZE,
    align: Any = None,
    indent: float = 0,
    right: float = 0,
    spacing: float = 1,
    keep: bool = False,
    color: str = "",
) -> Any:
    """A paragraph. indent, right: of the first line, and from the right, in characters; spacing: its lines in lines of
    the grid; keep: on the page of the next one."""
    paragraph = parent.add_paragraph()
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.line_spacing = Pt(int(official.LINE * spacing * _TWIPS) / _TWIPS)
    layout.keep_with_next = keep or None
    layout.widow_control = False
    if indent or right:
        sides = {"w:right": right, "w:firstLine": indent}
        characters = {f"{side}Chars": str(round(many * 100)) for side, many in sides.items() if many}
        twips = {side: str(round(many * official.CHARACTER * _TWIPS)) for side, many in sides.items() if many}
        _set(paragraph, _element("w:ind", characters | twips))
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.font.name = LATIN if font in (FANG, KAI) else font
    _east_asian(run._r.get_or_add_rPr(), font)
    if size == official.BODY_SIZE:
        # 28 characters to a line: their pitch is a little less than their size.
        pitch = _element("w:spacing", {"w:val": str(int((official.CHARACTER - size) * _TWIPS) - 1)})
        run._r.get_or_add_rPr().find(qn("w:sz")).addprevious(pitch)  # the schema has its place there
    if color:
        run.font.color.rgb = RGBColor.from_string(color)
    return paragraph


def _blank(document: Any, lines: int = 1) -> None:
    for _line in range(lines):
        _paragraph(document, "")


def _head(document: Any, paper: Paper) -> None:
    """The issuer's mark, the document number, the red line (sections 7.2.4 to 7.2.7)."""
    _blank(document, 1)
    size = official.head_size(paper.head)
    _paragraph(
        document, paper.head, font=TITLE, size=size, align=WD_ALIGN_PARAGRAPH.CENTER, spacing=2, color=official.RED
    )
    _blank(document, 2)
    line = _paragraph(document, paper.number, align=WD_ALIGN_PARAGRAPH.CENTER)
    border = _element("w:pBdr")
    border.append(
        _element("w:bottom", {"w:val": "single", "w:sz": "12", "w:space": "11", "w:color": official.RED})
    )  # the line stands 4 mm below the number
    _set(line, border)


def _sign(document: Any, paper: Paper) -> None:
    """Signature and date (section 7.3.5), with room for the seal between them and the text."""
    _blank(document, 2)
    signed, dated = official.signature_indents(paper)
    right = WD_ALIGN_PARAGRAPH.RIGHT
    _paragraph(document, paper.signed, align=right, right=signed, keep=True)
    _paragraph(document, official.day_in_full(paper.dated), align=right, right=dated)


def _close(document: Any) -> None:
    """Behind its last table a document needs a paragraph: as low as can be, and off the grid, or it would take a line, and
    where the table fills its page a page of its own."""
    last = document.add_paragraph()
    last.paragraph_format.line_spacing = Pt(1)
    _set(last, _element("w:snapToGrid", {"w:val": "0"}))
    mark = _element("w:rPr")
    mark.append(_element("w:sz", {"w:val": "2"}))
    _set(last, mark)


# ---- tables ------------------------------------------------------------------------------------------------------


def _sheet(document: Any, mark: str, sheet: Sheet) -> None:
    """A table on a new page: 附件 at the top left, the title in the third line (section 7.3.4)."""
    _lay_out(document.add_section(WD_SECTION.NEW_PAGE), document)
    _paragraph(document, mark, font=HEI)
    _blank(document)
    _paragraph(document, sheet.title, font=TITLE, size=official.TITLE_SIZE - 4, align=WD_ALIGN_PARAGRAPH.CENTER)
    _blank(document)
    table = document.add_table(rows=1 + len(sheet.rows), cols=len(sheet.columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", {"w:w": "50", "w:type": "dxa"}))
    table._tbl.tblPr.find(qn("w:tblLayout")).addnext(margins)
    unit = official.TEXT_WIDTH / sum(sheet.widths)
    for column, part in zip(table.columns, sheet.widths, strict=True):
        column.width = Mm(part * unit)
    head = tuple(False for _column in sheet.columns)
    lines = [(sheet.columns, head), *((row, sheet.numeric) for row in sheet.rows)]
    widths = [Mm(part * unit) for part in sheet.widths]
    for number, (row, (texts, numeric)) in enumerate(zip(table._tbl.tr_lst, lines, strict=True)):
        _row(row, number == 0)
        for cell, text, to_right, wide in zip(row.tc_lst, texts, numeric, widths, strict=True):
            cell.width = wide
            _cell(cell, text, WD_ALIGN_PARAGRAPH.RIGHT if to_right else WD_ALIGN_PARAGRAPH.CENTER, head=number == 0)


def _row(row: Any, head: bool) -> None:
    """A row that is not torn by a page; the heading stands on every page."""
    properties = row.get_or_add_trPr()
    properties.append(_element("w:cantSplit"))
    properties.append(_element("w:trHeight", {"w:val": str(_ROW * _TWIPS), "w:hRule": "atLeast"}))
    if head:
        properties.append(_element("w:tblHeader"))


def _cell(cell: Any, text: str, align: Any, *, head: bool) -> None:
    from docx.text.paragraph import Paragraph

    properties = cell.get_or_add_tcPr()
    properties.append(_element("w:vAlign", {"w:val": "center"}))
    paragraph = Paragraph(cell.p_lst[0], None)  # type: ignore[arg-type]
    paragraph.alignment = align
    _set(paragraph, _element("w:snapToGrid", {"w:val": "0"}))
    run = paragraph.add_run(text)
    run.font.size = Pt(official.TABLE_SIZE)
    run.font.name = HEI if head else LATIN
    _east_asian(run._r.get_or_add_rPr(), HEI if head else FANG)


# ---- XML ---------------------------------------------------------------------------------------------------------


def _element(name: str, attributes: dict[str, str] | None = None) -> Any:
    element = OxmlElement(name)
    for key, value in (attributes or {}).items():
        element.set(qn(key), value)
    return element


def _set(paragraph: Any, element: Any) -> None:
    """Put a property where the schema has its place among the others: word processors refuse another order."""
    properties = paragraph._p.get_or_add_pPr()
    after = _ORDER[_ORDER.index(element.tag) + 1 :]
    for old in properties.findall(element.tag):
        properties.remove(old)
    following = next((child for child in properties if child.tag in after), None)
    if following is None:
        properties.append(element)
    else:
        following.addprevious(element)


def _east_asian(properties: Any, font: str) -> None:
    """The font of Chinese characters, which is another attribute than that of Latin ones."""
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)
