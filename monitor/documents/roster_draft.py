"""The project's own draft of the roster form (附件2), drawn as templates: A4 across, a row a person, seal and signatures.

`python -m monitor.documents.roster_draft FILE.xlsx` (or .docx) writes one. data/templates/ holds what is used.
"""

import io
import sys
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font
from openpyxl.worksheet.page import PageMargins

from monitor.atomic import write_bytes
from monitor.documents.archive import settled
from monitor.documents.draft_content import BODY, LOOKS, Entry, Line
from monitor.documents.drafts import CHINESE, DRAWN, THIN
from monitor.documents.drafts_docx import box, drawn, set_up_page, table, write

_COLUMNS: Final = (
    ("序号", "number", 6), ("职责", "duty", 9), ("姓名", "person", 12), ("部门", "department", 20), ("职务", "post", 15),
    ("办公电话", "phone", 19), ("手机", "mobile", 15), ("邮箱", "email", 34),
)  # fmt: skip
_LAST: Final = "H"
_ACROSS: Final = 271.0  # millimetres of the table of the document


_ABOVE: Final = (Entry("A:H", "附件2", "annex"), Entry("A:H", "{{campaign.title}}工作组名单", "title"))
_HEAD: Final = Line(
    [Entry("A:E", "报送单位：{{unit.name}}（盖章）", "plain"), Entry("F:H", "报送日期：{{day}}", "plain_right")],
    22,
    boxed=False,
)
_BELOW: Final = (
    Line([Entry("A:H", "共{{members}}人。本表纸质件、电子件均于{{stage.due}}前报{{campaign.issuer}}。", "note")], 20, boxed=False),
    Line([Entry("A:C", "组长（签字）：", "plain"), Entry("D:E", "审核人（签字）：", "plain"), Entry("F:H", "填报人（签字）：", "plain")], 40, boxed=False),
)  # fmt: skip


def draw_docx() -> bytes:
    """The template as a document; the same bytes each time."""
    document = Document()
    set_up_page(document, across=True)
    for entry in _ABOVE:
        write(document.add_paragraph(), entry)
    letters = "ABCDEFGH"
    heads = [Entry(letter, head, "section") for letter, (head, _key, _width) in zip(letters, _COLUMNS, strict=True)]
    cells = [
        Entry(letter, "{{each_member." + key + "}}", "label")
        for letter, (_head, key, _width) in zip(letters, _COLUMNS, strict=True)
    ]
    widths = {letter: float(width) for letter, (_head, _key, width) in zip(letters, _COLUMNS, strict=True)}
    made = table(document, [_HEAD, Line(heads, 26), Line(cells, 26), *_BELOW], widths, _ACROSS)
    # The row of people is repeated: the stronger line below all of them is the next row's upper one.
    for border in made.rows[2]._tr.iter(qn("w:bottom")):
        border.set(qn("w:sz"), "4")
    box(made.rows[3]._tr.tc_lst[0], {"top"}, ("top",))
    for row in made.rows[:2]:  # the unit and the heads stand on each page
        repeat = OxmlElement("w:tblHeader")
        row._tr.get_or_add_trPr().append(repeat)
    return drawn(document, "工作组名单（附件2）")


def draw() -> bytes:
    """The template; the same bytes each time."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "工作组名单"
    for place, (_head, _key, width) in enumerate(_COLUMNS):
        sheet.column_dimensions["ABCDEFGH"[place]].width = width
    for row, (height, entry) in enumerate(zip((20, 34), _ABOVE, strict=True), 1):
        _lines(sheet, row, Line([entry], height))
    _lines(sheet, 3, _HEAD)
    for row, usual, texts in (
        (4, "section", [head for head, _key, _width in _COLUMNS]),
        (5, "label", ["{{each_member." + key + "}}" for _head, key, _width in _COLUMNS]),
    ):
        for place, text in enumerate(texts):
            letter = "ABCDEFGH"[place]
            # Numbers and addresses are printed smaller rather than broken.
            look = "value" if row == 5 and _COLUMNS[place][1] in ("number", "phone", "mobile", "email") else usual
            _line(sheet, row, 26, (letter, letter, text, look))
            sheet[f"{letter}{row}"].border = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
    for row, line in enumerate(_BELOW, 6):
        _lines(sheet, row, line)
    _set_up(sheet)
    book.properties.creator = ""
    book.properties.title = "工作组名单（附件2）"
    buffer = io.BytesIO()
    book.save(buffer)
    return settled(buffer.getvalue(), DRAWN)


def _lines(sheet: Any, row: int, line: Line) -> None:
    cells = [(*entry.span.split(":"), entry.text, entry.look) for entry in line.entries]
    _line(sheet, row, line.height, *cells)  # type: ignore[arg-type]


def _line(sheet: Any, row: int, height: float, *cells: tuple[str, str, str, str]) -> None:
    sheet.row_dimensions[row].height = height
    for first, last, text, look in cells:
        font, size, horizontal, wrapped = LOOKS[look]
        cell = sheet[f"{first}{row}"]
        cell.value = text
        cell.font = Font(name=font, size=size, charset=CHINESE, family=3 if font == BODY else 2)
        cell.alignment = Alignment(
            horizontal=horizontal, vertical="center", wrap_text=wrapped, shrink_to_fit=not wrapped
        )
        if first != last:
            sheet.merge_cells(f"{first}{row}:{last}{row}")


def _set_up(sheet: Any) -> None:
    sheet.print_area = f"A1:{_LAST}7"
    sheet.print_title_rows = "4:4"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.6, bottom=0.6, header=0.2, footer=0.25)
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.sheet_view.showGridLines = False


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write_bytes(target, draw_docx() if target.suffix == ".docx" else draw())
