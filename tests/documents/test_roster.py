"""The roster form: every person in a row of its own, nothing a formula, the same bytes again; refused templates."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook

from monitor.campaign import PROJECT, Campaign
from monitor.documents import roster, roster_draft, templates
from monitor.documents.roster import MEANINGS, RosterForm
from monitor.documents.template import TemplateError
from monitor.rosters import CELLS, DUTIES
from tests.filings.people import COMPLETE

W = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
TWIPS = 1440 / 25.4
FORM = RosterForm("演示市", "C1", date(2016, 10, 9), [replace(COMPLETE[0], post="=1+1"), *COMPLETE[1:]])


def test_every_person_has_a_row(campaign: Campaign) -> None:
    content = roster.xlsx(campaign, FORM)
    assert content == roster.xlsx(campaign, FORM)
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet["A2"].value == f"{campaign.title}工作组名单"
    assert sheet["A3"].value == "报送单位：演示市（盖章）" and sheet["F3"].value == "报送日期：2016年10月9日"
    for row, member in enumerate(FORM.people, 5):
        written = [cell.value or "" for cell in sheet[row]]
        assert written == [str(row - 4), DUTIES[member.duty], *(getattr(member, key) for key in CELLS[1:])]
        assert all(cell.data_type != "f" for cell in sheet[row])
    assert sheet["A11"].value.startswith("共6人") and sheet["A12"].value == "组长（签字）："
    assert sheet.print_area.endswith("$A$1:$H$12") and sheet.page_setup.orientation == "landscape"


def test_an_empty_roster_is_an_empty_row(campaign: Campaign) -> None:
    sheet = load_workbook(io.BytesIO(roster.xlsx(campaign, replace(FORM, people=[])))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[5]] == [None] * 8 and "{{" not in str([[c.value for c in r] for r in sheet])


def test_the_pdf(campaign: Campaign) -> None:
    content = roster.pdf(campaign, FORM)
    assert content.startswith(b"%PDF-") and content == roster.pdf(campaign, FORM)


def test_the_document_looks_like_the_form(campaign: Campaign) -> None:
    content = roster.docx(campaign, FORM)
    assert content == roster.docx(campaign, FORM)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))
    page = body.find(".//w:sectPr/w:pgSz", W)
    assert page is not None and page.get(f"{{{W['w']}}}orient") == "landscape"
    assert (round(int(page.get(f"{{{W['w']}}}w", "")) / TWIPS), round(int(page.get(f"{{{W['w']}}}h", "")) / TWIPS)) == (
        297,
        210,
    )
    rows = [
        ["".join(text.text or "" for text in cell.iterfind(".//w:t", W)) for cell in row.iterfind("w:tc", W)]
        for row in body.iterfind(".//w:tr", W)
    ]
    assert rows[0] == ["报送单位：演示市（盖章）", "报送日期：2016年10月9日"]
    assert rows[1] == ["序号", "职责", "姓名", "部门", "职务", "办公电话", "手机", "邮箱"]
    assert rows[2:8] == [
        [str(number), DUTIES[member.duty], *(getattr(member, key) for key in CELLS[1:])]
        for number, member in enumerate(FORM.people, 1)
    ]
    assert rows[8][0].startswith("共6人") and rows[9] == ["组长（签字）：", "审核人（签字）：", "填报人（签字）："]
    # Unit and heads are printed on each page; every box of the list has its lines, in the fonts of official papers.
    heads = [row.find("w:trPr/w:tblHeader", W) is not None for row in body.iterfind(".//w:tr", W)]
    assert heads == [True, True, *[False] * 8]
    boxed = body.findall(".//w:tr", W)[1:8]
    for cell in (cell for row in boxed for cell in row.iterfind("w:tc", W)):
        assert [side.tag.split("}")[1] for side in cell.iterfind("w:tcPr/w:tcBorders/*", W)] == [
            "top",
            "left",
            "bottom",
            "right",
        ]
    fonts = {one.get(f"{{{W['w']}}}eastAsia") for one in body.iterfind(".//w:tc//w:rFonts", W)}
    assert fonts == {"仿宋_GB2312", "黑体"}


def test_no_people_leave_an_empty_row_in_the_document(campaign: Campaign) -> None:
    document = Document(io.BytesIO(roster.docx(campaign, replace(FORM, people=[]))))
    assert [cell.text for cell in document.tables[0].rows[2].cells] == [""] * 8
    assert "{{" not in document.element.xml


def test_the_check_knows_the_form(campaign: Campaign) -> None:
    for kind in ("xlsx", "docx"):
        shipped = roster.template_path(campaign, kind).read_bytes()
        assert roster.is_one(shipped) and roster.check(campaign, shipped).fit
        assert not roster.is_one(templates.shipped(campaign, kind).read_bytes())
    document = Document()
    document.add_table(rows=1, cols=1).cell(0, 0).text = "{{each_member.duty}}{{each_member.persn}}"
    buffer = io.BytesIO()
    document.save(buffer)
    found = roster.check(campaign, buffer.getvalue())
    assert not found.fit and "each_member.person" in found.problems[0].message
    assert {item.name for item in found.missing} == {"unit.name", "each_member.person"}


def test_the_shipped_template_is_the_drawn_one_and_uses_what_is_known() -> None:
    assert (PROJECT / "data" / "templates" / "roster.xlsx").read_bytes() == roster_draft.draw()
    assert (PROJECT / "data" / "templates" / "roster.docx").read_bytes() == roster_draft.draw_docx()
    text = (PROJECT / "docs" / "placeholders.md").read_text(encoding="utf-8")
    assert [name for name in MEANINGS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("text", ["{{unit.nmae}}", "{{unit.name}", "{{each_school.name}}"])
def test_a_template_that_cannot_be_filled_in_is_refused(campaign: Campaign, text: str) -> None:
    book, buffer = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active["A1"] = text
    book.save(buffer)
    with pytest.raises(TemplateError):
        roster.xlsx(campaign, FORM, buffer.getvalue())
