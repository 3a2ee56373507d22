"""The project's own draft of the monthly report form (附件3): what stands in it, cell by cell, whatever it is drawn as.

The columns are those of the spreadsheet, A to K; drafts.py draws it as .xlsx, drafts_docx.py as .docx.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.documents.xlsx import OVERRIDE_LINE

WIDTHS = {
    "A": 10.4,
    "B": 15.4,
    "C": 7.6,
    "D": 7.6,
    "E": 7.6,
    "F": 10.4,
    "G": 10.4,
    "H": 10.4,
    "I": 10.4,
    "J": 10.4,
    "K": 10.8,
}
LAST = "K"

# 仿宋_GB2312 and 方正小标宋简体 are what the rules for official documents ask for; they are named, never shipped.
BODY, HEAD, TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"


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
    height: float = 18
    boxed: bool = True


def labels(*entries: tuple[str, str]) -> list[Entry]:
    """Cells that hold fixed words."""
    return [Entry(span, text) for span, text in entries]


def numbers(*entries: tuple[str, str]) -> list[Entry]:
    """Cells that hold one placeholder of a figure each."""
    return [Entry(span, f"{{{{{name}}}}}", "number") for span, name in entries]


PEOPLE = (("F", "expected"), ("G", "entered"), ("H", "submitted"), ("I", "numbered"), ("J", "approved"))

HEADING = (
    Line([Entry("A:K", "附件3", "annex")], 20, boxed=False),
    Line([Entry("A:K", "{{campaign.title}}工作月报表", "title")], 32, boxed=False),
    Line([Entry("A:K", "（{{month}}）", "subtitle")], 18, boxed=False),
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
    Line([Entry("B", "工作组"), Entry("C:K", "{{manual.working_group}}", "text")], 22),
    Line([Entry("B", "工作方案"), Entry("C:K", "{{manual.work_plan}}", "text")], 22),
    Line([Entry("B", "经费保障"), Entry("C:K", "{{manual.funds}}", "text")], 22),
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
        38,
    ),
    Line(
        [
            Entry("B", "培训场次{{only.universities}}"),
            *numbers(("C", "manual.training_sessions")),
            *labels(("D:E", "培训人数")),
            *numbers(("F:G", "manual.training_people")),
            *labels(("H:J", "覆盖院系（部门）数")),
            *numbers(("K", "manual.training_departments")),
        ],
        38,
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
        17,
    ),
)  # fmt: skip

REVIEW = (
    Line(labels(("B:E", "审核级次"), ("F:G", "待审核"), ("H:I", "审核通过"), ("J:K", "退回"))),
    Line(
        [
            Entry("B:E", "{{each_level.name}}", "value"),
            *numbers(("F:G", "each_level.pending"), ("H:I", "each_level.approved"), ("J:K", "each_level.returned")),
        ],
        17,
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
        17,
    ),
    Line(
        [
            Entry("B:E", "增减（完成率为百分点）", "value"),
            *numbers(*((column, f"difference.{key}") for column, key in PEOPLE), ("K", "difference.completion")),
        ],
        17,
    ),
    Line(
        [
            Entry("B:E", "未完成人数净减少\n及其构成", rows=2),
            *labels(("F", "新增通过"), ("G", "退回冲减"), ("H", "历史更正")),
            *labels(("I", "单位增减"), ("J", "基数变动"), ("K", "净减少")),
        ],
        17,
    ),
    Line(
        numbers(
            ("F", "change.approvals"), ("G", "change.returns"), ("H", "change.corrections"),
            ("I", "change.opened_closed"), ("J", "change.denominator"), ("K", "change.total"),
        ),
        17,
    ),
)  # fmt: skip

SAFETY = (
    Line([Entry("B", "系统使用"), Entry("C:K", "{{manual.system_use}}", "text")], 22),
    Line([Entry("B", "信息安全"), Entry("C:K", "{{manual.security}}", "text")], 22),
    Line(
        [
            Entry("B", "数据质量核查"),
            *labels(("C:D", "须更正（条）")),
            *numbers(("E", "findings.must_fix")),
            *labels(("F:G", "须说明（条）")),
            *numbers(("H", "findings.explain")),
            *labels(("I:J", "提示（条）")),
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
    ("七、\n存在问题", (Line([Entry("B:K", "{{manual.problems}}", "text")], 42),)),
    ("八、\n下月安排", (Line([Entry("B:K", "{{manual.next_month}}", "text")], 42),)),
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
    Line([Entry("A:K", OVERRIDE_LINE, "note")], 15, boxed=False),
    Line(
        [
            Entry(
                "A:K",
                "注：采集率＝已报送÷应采集；审核率＝（审核通过＋退回）÷已报送，按终审级次计；"
                "完成率＝终审通过÷{{campaign.denominator}}。“—”表示无数据或不适用，“*”表示填报单位改填。",
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
