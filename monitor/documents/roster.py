"""The roster of a working group (附件2) as a form: data/templates/roster.xlsx or .docx filled in; the PDF is the workbook's.

A template may be put in place of the shipped one. It holds the placeholders of `MEANINGS`; the row with {{each_member.…}}
is repeated once a person. Text is text: nothing that a person typed can become a formula.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell

from monitor.campaign import Campaign
from monitor.documents import docx as docx_form
from monitor.documents import docx_template, sheetpdf, template
from monitor.documents.archive import settled
from monitor.documents.heights import fit_rows
from monitor.documents.placeholders import Placeholder
from monitor.documents.rows import laid_out
from monitor.documents.spelling import names_in, replaced
from monitor.documents.template import Inspection, TemplateError, margins, open_book, problems_of, trial_failed
from monitor.filings.source import written
from monitor.rosters import DUTIES, Member

GROUP: Final = "each_member"

MEANINGS: Final[Mapping[str, str]] = {
    "campaign.title": "全称",
    "campaign.issuer": "主办单位",
    "stage.title": "阶段名称",
    "stage.due": "截止日",
    "unit.name": "单位名称",
    "unit.code": "单位代码",
    "day": "打印日期",
    "members": "人数",
    f"{GROUP}.number": "序号",
    f"{GROUP}.duty": "职责",
    f"{GROUP}.person": "姓名",
    f"{GROUP}.department": "部门",
    f"{GROUP}.post": "职务",
    f"{GROUP}.phone": "办公电话",
    f"{GROUP}.mobile": "手机",
    f"{GROUP}.email": "邮箱",
}
"""Every placeholder of the form, with what it stands for (docs/placeholders.md)."""

REQUIRED: Final = ("unit.name", f"{GROUP}.duty", f"{GROUP}.person")
"""Those without which a form is none."""


@dataclass(frozen=True)
class RosterForm:
    """What the form holds: whose roster, of which day, who is on it."""

    name: str
    code: str
    day: date
    people: Sequence[Member]


def blank(name: str, code: str, day: date) -> RosterForm:
    """The form to be filled in elsewhere: a row for each duty that is asked for, and some for members."""
    duties = ("leader", "lead", *["member"] * 5, "contact")
    return RosterForm(name, code, day, [Member(duty, "") for duty in duties])


def template_path(campaign: Campaign, kind: str = "xlsx") -> Path:
    """The template of the form, .xlsx or .docx, which an office may replace by its own."""
    return campaign.path(campaign.data.templates) / f"roster.{kind}"


def xlsx(campaign: Campaign, form: RosterForm, form_template: bytes | Path | None = None) -> bytes:
    """The form as a workbook. The same roster and template give the same bytes.

    Raises:
        TemplateError: the template cannot be read, or holds an unknown or broken placeholder.
    """
    book = open_book(form_template or template_path(campaign))
    if problems := problems_of(book, words()):
        raise TemplateError(problems)
    values, items = _values(campaign, form), _items(form)
    for sheet in book.worksheets:
        _fill(sheet, values, items)
    book.properties.title = f"{form.name}工作组名单"
    book.properties.creator = form.name
    book.properties.lastModifiedBy = ""
    buffer = io.BytesIO()
    book.save(buffer)
    return settled(buffer.getvalue(), datetime.combine(form.day, time()))


def docx(campaign: Campaign, form: RosterForm, form_template: bytes | Path | None = None) -> bytes:
    """The form as a document. The same roster and template give the same bytes.

    Raises:
        TemplateError: as `xlsx`.
    """
    document = docx_template.open_document(form_template or template_path(campaign, "docx"))
    if problems := docx_template.problems_of(document, words()):
        raise TemplateError(problems)
    values, groups = _values(campaign, form), {GROUP: _items(form)}
    docx_form.fill(document, values, groups, "", lambda name, known: str(known.get(name, "")))
    return docx_form.finished(document, f"{form.name}工作组名单", form.name, form.day)


def pdf(campaign: Campaign, form: RosterForm, form_template: bytes | Path | None = None) -> bytes:
    """The form as a PDF, set from the workbook.

    Raises:
        TemplateError: as `xlsx`.
    """
    return sheetpdf.convert(xlsx(campaign, form, form_template), f"{form.name}工作组名单", form.day)


def words() -> dict[str, Placeholder]:
    """The placeholders of the form, as the check of a template asks for them."""
    return {
        name: Placeholder(name, "text", "", meaning, lambda _source: "", required=name in REQUIRED)
        for name, meaning in MEANINGS.items()
    }


def is_one(content: bytes) -> bool:
    """Whether a template is one of this form: it has what stands in no other."""
    return any(name.startswith(GROUP) for name in _look(content).used)


def check(campaign: Campaign, content: bytes) -> Inspection:
    """Look through a template of the form, .xlsx or .docx: its placeholders, then a trial with invented people."""
    found = _look(content)
    if not found.fit:
        return found
    people = [Member(duty, f"（演示）{number}", "演示\n部门") for number, duty in enumerate(DUTIES)]
    form = RosterForm("演示市", campaign.campaign.root, campaign.start, people)
    try:
        (docx if template.kind_of(content) == "docx" else xlsx)(campaign, form, content)
    except Exception as error:  # whatever the libraries raise on a form that none of the checks foresaw
        return Inspection(trial_failed(error).problems, found.missing, found.used, found.unused)
    return found


def _look(content: bytes) -> Inspection:
    look = docx_template.inspect if template.kind_of(content) == "docx" else template.inspect
    return look(content, words())


def _items(form: RosterForm) -> list[dict[str, str]]:
    """The people, one a row; an empty row where there are none."""
    nobody = dict.fromkeys((name for name in MEANINGS if name.startswith(GROUP)), "")
    return [_item(number, one) for number, one in enumerate(form.people, 1)] or [nobody]


def _values(campaign: Campaign, form: RosterForm) -> dict[str, str]:
    stage = next((one for one in campaign.stages if one.key == "roster"), None)
    return {
        "campaign.title": campaign.title,
        "campaign.issuer": campaign.campaign.issuer,
        "stage.title": stage.title if stage else "",
        "stage.due": written(stage.due) if stage and stage.due else "",
        "unit.name": form.name,
        "unit.code": form.code,
        "day": written(form.day),
        "members": str(sum(bool(one.person) for one in form.people)) if _filled(form) else "　　",
    }


def _filled(form: RosterForm) -> bool:
    return any(one.person for one in form.people)


def _item(number: int, member: Member) -> dict[str, str]:
    cells = {name: getattr(member, name) for name in ("person", "department", "post", "phone", "mobile", "email")}
    cells |= {"number": str(number), "duty": DUTIES.get(member.duty, member.duty)}
    return {f"{GROUP}.{name}": text for name, text in cells.items()}


def _fill(sheet: Any, values: Mapping[str, str], items: Sequence[Mapping[str, str]]) -> None:
    typed = []
    for number, row in enumerate(laid_out(sheet, "", {GROUP: list(items)}), 1):
        own: Mapping[str, Any] = values if row.item is None else {**values, **row.item}
        for cell in sheet[number]:
            if isinstance(cell, MergedCell) or not isinstance(cell.value, str) or not names_in(cell.value):
                continue
            text = replaced(cell.value, lambda name, own=own: own.get(name, ""))  # type: ignore[misc]
            text = ILLEGAL_CHARACTERS_RE.sub("", re.sub(r"\r\n?", "\n", text))
            cell.value = text or None
            if text:
                # openpyxl takes a leading = for a formula; the quote prefix keeps a spreadsheet from doing so on editing.
                cell.data_type = "s"
                cell.quotePrefix = text[0] in "=+-@\t"
                typed.append(cell)
    fit_rows(sheet, typed)
    for part in margins(sheet):
        if part.text:
            part.text = replaced(part.text, lambda name: values.get(name, "").replace("&", "&&"))
    sheet.sheet_view.topLeftCell = None
