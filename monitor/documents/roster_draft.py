"""The project's own draft of the roster form (附件2), drawn as a template: A4 across, a row a person, seal and signatures.

`python -m monitor.documents.roster_draft FILE.xlsx` writes it. data/templates/roster.xlsx is what is used.
"""

import io
import sys
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font
from openpyxl.worksheet.page import PageMargins

from monitor.atomic import write_bytes
from monitor.documents.archive import settled
from monitor.documents.draft_content import BODY, LOOKS
from monitor.documents.drafts import CHINESE, DRAWN, THIN

_COLUMNS: Final = (
    ("序号", "number", 6), ("职责", "duty", 9), ("姓名", "person", 12), ("部门", "department", 20), ("职务", "post", 15),
    ("办公电话", "phone", 19), ("手机", "mobile", 15), ("邮箱", "email", 34),
)  # fmt: skip
_LAST: Final = "H"


def draw() -> bytes:
    """The template; the same bytes each time."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "工作组名单"
    for place, (_head, _key, width) in enumerate(_COLUMNS):
        sheet.column_dimensions["ABCDEFGH"[place]].width = width
    _line(sheet, 1, 20, ("A", "H", "附件2", "annex"))
    _line(sheet, 2, 34, ("A", "H", "{{campaign.title}}工作组名单", "title"))
    _line(
        sheet,
        3,
        22,
        ("A", "E", "报送单位：{{unit.name}}（盖章）", "plain"),
        ("F", "H", "报送日期：{{day}}", "plain_right"),
    )
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
    _line(
        sheet,
        6,
        20,
        ("A", "H", "共{{members}}人。本表纸质件、电子件均于{{stage.due}}前报{{campaign.issuer}}。", "note"),
    )
    _line(
        sheet,
        7,
        40,
        ("A", "C", "组长（签字）：", "plain"),
        ("D", "E", "审核人（签字）：", "plain"),
        ("F", "H", "填报人（签字）：", "plain"),
    )
    _set_up(sheet)
    book.properties.creator = ""
    book.properties.title = "工作组名单（附件2）"
    buffer = io.BytesIO()
    book.save(buffer)
    return settled(buffer.getvalue(), DRAWN)


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
    write_bytes(Path(sys.argv[1]), draw())
