"""The project's own draft of the monthly report form (附件3), drawn as an .xlsx template.

`python -m monitor.documents.drafts FILE` writes it. The file under data/templates/ is what is used: an office may put
its own form there, drawn in its spreadsheet program, without touching this module.
"""

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.page import PageMargins

from monitor.atomic import write_bytes
from monitor.documents.archive import settled
from monitor.documents.placeholders import known
from monitor.documents.spelling import only_name
from monitor.documents.xlsx import FORMATS

WIDTHS = {"A": 9.6, "B": 14.4, "C": 7.6, "D": 7.6, "E": 7.6, "F": 10, "G": 10, "H": 10, "I": 10, "J": 10, "K": 10}
LAST = "K"
DRAWN = datetime(2016, 10, 1)

# 仿宋_GB2312 and 方正小标宋简体 are what the rules for official documents ask for; they are named, never shipped.
# Family and character set tell a machine that lacks them to take another Chinese font.
BODY, HEAD, TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"
CHINESE = 134
THIN, MEDIUM = Side(style="thin"), Side(style="medium")


@dataclass(frozen=True)
class Entry:
    """A (merged) cell. span: its columns, such as "B:E"; look: a key of LOOKS; rows: how many rows it takes."""

    span: str
    text: str
    look: str = "label"
    rows: int = 1


@dataclass(frozen=True)
class Line:
    """A row of the form."""

    entries: Sequence[Entry]
    height: float = 22
    boxed: bool = True


def labels(*entries: tuple[str, str]) -> list[Entry]:
    """Cells that hold fixed words."""
    return [Entry(span, text) for span, text in entries]


def numbers(*entries: tuple[str, str]) -> list[Entry]:
    """Cells that hold one placeholder of a figure each."""
    return [Entry(span, f"{{{{{name}}}}}", "number") for span, name in entries]


PEOPLE = (("F", "expected"), ("G", "entered"), ("H", "submitted"), ("I", "numbered"), ("J", "approved"))

HEADING = (
    Line([Entry("A:K", "附件3", "annex")], 22, boxed=False),
    Line([Entry("A:K", "{{campaign.title}}工作月报表", "title")], 36, boxed=False),
    Line([Entry("A:K", "（{{month}}）", "subtitle")], 20, boxed=False),
    Line(
        [
            Entry("A:F", "填报单位（盖章）：{{unit.name}}", "plain"),
            Entry("G:K", "数据截至：{{as_of}}{{as_of.note}}", "plain_right"),
        ],
        22,
        boxed=False,
    ),
)

ORGANISATION = (
    Line([Entry("B", "工作组"), Entry("C:K", "{{manual.working_group}}", "text")], 30),
    Line([Entry("B", "工作方案"), Entry("C:K", "{{manual.work_plan}}", "text")], 30),
    Line([Entry("B", "经费保障"), Entry("C:K", "{{manual.funds}}", "text")], 30),
)

TRAINING = (
    Line(
        [
            Entry("B", "培训场次{{only.schools}}"),
            *numbers(("C", "manual.training_sessions")),
            *labels(("D:E", "培训人数")),
            *numbers(("F", "manual.training_people")),
            *labels(("G", "覆盖县数")),
            *numbers(("H", "manual.training_counties")),
            *labels(("I:J", "覆盖学校数")),
            *numbers(("K", "manual.training_schools")),
        ],
        42,
    ),
    Line(
        [
            Entry("B", "培训场次{{only.universities}}"),
            *numbers(("C:D", "manual.training_sessions")),
            *labels(("E:F", "培训人数")),
            *numbers(("G:H", "manual.training_people")),
            *labels(("I:J", "覆盖院系（部门）数")),
            *numbers(("K", "manual.training_departments")),
        ],
        42,
    ),
)

COLLECTION = (
    Line(
        [
            Entry("B", "学段", rows=2),
            *labels(("C:E", "学校（机构）数"), ("F:J", "人数")),
            Entry("K", "完成率", rows=2),
        ]
    ),
    Line(
        labels(
            ("C", "总数"), ("D", "已启动"), ("E", "已完成"),
            ("F", "应采集"), ("G", "已录入"), ("H", "已报送"), ("I", "已赋号"), ("J", "审核通过"),
        )
    ),
    Line(
        [
            Entry("B", "合计"),
            *numbers(("C", "institutions.total"), ("D", "institutions.started"), ("E", "institutions.complete")),
            *numbers(*((column, f"figures.{key}") for column, key in PEOPLE), ("K", "rates.completion")),
        ],
    ),
    Line(
        [
            Entry("B", "{{each_type.name}}", "value"),
            *numbers(("C", "each_type.total"), ("D", "each_type.started"), ("E", "each_type.complete")),
            *numbers(*((column, f"each_type.{key}") for column, key in PEOPLE), ("K", "each_type.completion")),
        ],
        20,
    ),
)  # fmt: skip

REVIEW = (
    Line(labels(("B:E", "审核级次"), ("F:G", "待审核"), ("H:I", "审核通过"), ("J:K", "退回"))),
    Line(
        [
            Entry("B:E", "{{each_level.name}}", "value"),
            *numbers(("F:G", "each_level.pending"), ("H:I", "each_level.approved"), ("J:K", "each_level.returned")),
        ],
        21,
    ),
    Line(
        [
            *labels(("B", "采集率")),
            *numbers(("C:E", "rates.collection")),
            *labels(("F", "审核率")),
            *numbers(("G:H", "rates.review")),
            *labels(("I:J", "完成率")),
            *numbers(("K", "rates.completion")),
        ],
    ),
)

LAST_MONTH = (
    Line(
        labels(("B:E", "项目"), ("F", "应采集"), ("G", "已录入"), ("H", "已报送"), ("I", "已赋号"), ("J", "审核通过"),
               ("K", "完成率")),
    ),
    Line(
        [
            Entry("B:E", "{{previous.note}}", "value"),
            *numbers(*((column, f"previous.{key}") for column, key in PEOPLE), ("K", "previous.completion")),
        ],
        21,
    ),
    Line(
        [
            Entry("B:E", "增减（完成率为百分点）", "value"),
            *numbers(*((column, f"difference.{key}") for column, key in PEOPLE), ("K", "difference.completion")),
        ],
        21,
    ),
    Line(
        [
            Entry("B:E", "未完成人数净减少\n及其构成", rows=2),
            *labels(("F", "新增通过"), ("G", "退回冲减"), ("H", "历史更正")),
            *labels(("I", "单位增减"), ("J", "基数变动"), ("K", "净减少")),
        ],
        21,
    ),
    Line(
        numbers(
            ("F", "change.approvals"), ("G", "change.returns"), ("H", "change.corrections"),
            ("I", "change.opened_closed"), ("J", "change.denominator"), ("K", "change.total"),
        ),
        21,
    ),
)  # fmt: skip

SAFETY = (
    Line([Entry("B", "系统使用"), Entry("C:K", "{{manual.system_use}}", "text")], 30),
    Line([Entry("B", "信息安全"), Entry("C:K", "{{manual.security}}", "text")], 30),
    Line(
        [
            Entry("B", "数据质量核查"),
            *labels(("C:E", "须更正（条）")),
            *numbers(("F", "findings.must_fix")),
            *labels(("G:H", "须说明（条）")),
            *numbers(("I", "findings.explain")),
            *labels(("J", "提示（条）")),
            *numbers(("K", "findings.note")),
        ],
    ),
)

SECTIONS = (
    ("一、\n组织实施", ORGANISATION),
    ("二、\n培训情况", TRAINING),
    ("三、\n信息采集", COLLECTION),
    ("四、\n信息审核", REVIEW),
    ("五、\n与上月\n相比", LAST_MONTH),
    ("六、\n系统使用\n与安全", SAFETY),
    ("七、\n存在问题", (Line([Entry("B:K", "{{manual.problems}}", "text")], 64),)),
    ("八、\n下月安排", (Line([Entry("B:K", "{{manual.next_month}}", "text")], 64),)),
)

CLOSING = (
    Line(
        [
            Entry("A:C", "填报人：{{manual.filler}}", "plain"),
            Entry("D:F", "审核人：{{manual.reviewer}}", "plain"),
            Entry("G:H", "负责人：{{manual.head}}", "plain"),
            Entry("I:K", "联系电话：{{manual.phone}}", "plain"),
        ],
        26,
        boxed=False,
    ),
    Line(
        [
            Entry("A:F", "（谁填报谁负责、谁审核谁负责）", "plain"),
            Entry("G:K", "填报日期：{{manual.filed}}", "plain_right"),
        ],
        20,
        boxed=False,
    ),
    Line(
        [
            Entry(
                "A:K",
                "注：采集率＝已报送÷应采集；审核率＝（审核通过＋退回）÷已报送，按终审级次计；"
                "完成率＝终审通过÷{{campaign.denominator}}。“—”表示无数据或不适用。",
                "note",
            )
        ],
        30,
        boxed=False,
    ),
)

LOOKS: dict[str, tuple[str, float, str, bool]] = {
    # font, size, horizontal alignment, wrapped
    "annex": (HEAD, 14, "left", False),
    "title": (TITLE, 20, "center", False),
    "subtitle": (BODY, 12, "center", False),
    "plain": (BODY, 12, "left", False),
    "plain_right": (BODY, 12, "right", False),
    "section": (HEAD, 12, "center", True),
    "label": (BODY, 12, "center", True),
    "value": (BODY, 12, "center", False),
    "number": (BODY, 12, "right", False),
    "text": (BODY, 12, "left", True),
    "note": (BODY, 9, "left", True),
}


def monthly() -> bytes:
    """The template of the monthly report; the same bytes each time."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "月报表"
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    row = _draw(sheet, HEADING, 1)
    top = row
    for title, lines in SECTIONS:
        first = row
        row = _draw(sheet, lines, row)
        _put(sheet, Entry("A", title, "section", rows=row - first), first, boxed=True)
    _frame(sheet, top, row - 1)
    last = _draw(sheet, CLOSING, row) - 1
    _set_up_page(sheet, last)
    book.properties.creator = ""
    book.properties.title = "月报表（附件3）"
    buffer = io.BytesIO()
    book.save(buffer)
    return settled(buffer.getvalue(), DRAWN)


def _draw(sheet: Any, lines: Sequence[Line], row: int) -> int:
    for line in lines:
        sheet.row_dimensions[row].height = line.height
        for entry in line.entries:
            _put(sheet, entry, row, line.boxed)
        row += 1
    return row


def _put(sheet: Any, entry: Entry, row: int, boxed: bool) -> None:
    first, _colon, last = entry.span.partition(":")
    font, size, horizontal, wrapped = LOOKS[entry.look]
    area = sheet[f"{first}{row}:{last or first}{row + entry.rows - 1}"]
    for cell in (cell for cells in area for cell in cells):
        cell.font = Font(name=font, size=size, charset=CHINESE, family=3 if font == BODY else 2)
        cell.alignment = Alignment(
            horizontal=horizontal,
            vertical="center",
            wrap_text=wrapped,
            # A name or a number that is too long for its cell is printed smaller rather than cut or shown as ####.
            shrink_to_fit=not wrapped,
            indent=1 if entry.look == "text" else 0,
        )
    if boxed:
        _box(area)
    area[0][0].value = entry.text
    if entry.look == "number":
        area[0][0].number_format = _padded(FORMATS[known()[str(only_name(entry.text))].kind])
    if last or entry.rows > 1:
        sheet.merge_cells(f"{first}{row}:{last or first}{row + entry.rows - 1}")


def _box(area: Any) -> None:
    """A thin line around a merged cell: each of its cells has the sides that lie outside, as spreadsheets keep them."""
    for cells in area:
        for cell in cells:
            cell.border = Border(
                left=THIN if cell is cells[0] else None,
                right=THIN if cell is cells[-1] else None,
                top=THIN if cells is area[0] else None,
                bottom=THIN if cells is area[-1] else None,
            )


def _padded(number_format: str) -> str:
    """The format with a blank behind the number, so that it does not touch the line; LibreOffice loses some indents."""
    return ";".join(f"{part}_ " for part in number_format.split(";"))


def _frame(sheet: Any, top: int, bottom: int) -> None:
    """A stronger line around the table."""
    for row in sheet[f"A{top}:{LAST}{bottom}"]:
        for cell in row:
            old = cell.border
            cell.border = Border(
                left=MEDIUM if cell.column == 1 else old.left,
                right=MEDIUM if cell.column == len(WIDTHS) else old.right,
                top=MEDIUM if cell.row == top else old.top,
                bottom=MEDIUM if cell.row == bottom else old.bottom,
            )
    # openpyxl takes the lines around a merged cell from its first cell.
    for area in sheet.merged_cells.ranges:
        first, last = (sheet.cell(*corner).border for corner in (area.top[0], area.bottom[-1]))
        sheet.cell(*area.top[0]).border = Border(left=first.left, top=first.top, right=last.right, bottom=last.bottom)


def _set_up_page(sheet: Any, last: int) -> None:
    sheet.print_area = f"A1:{LAST}{last}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.5, bottom=0.5, header=0.3, footer=0.3)
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.sheet_view.showGridLines = False


if __name__ == "__main__":
    write_bytes(Path(sys.argv[1]), monthly())
