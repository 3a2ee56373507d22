"""The roster form: every person in a row of its own, nothing a formula, the same bytes again; refused templates."""

import io
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from monitor.campaign import PROJECT, Campaign
from monitor.documents import roster, roster_draft
from monitor.documents.roster import MEANINGS, RosterForm
from monitor.documents.template import TemplateError
from monitor.rosters import CELLS, DUTIES
from tests.filings.people import COMPLETE

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


def test_the_shipped_template_is_the_drawn_one_and_uses_what_is_known() -> None:
    assert (PROJECT / "data" / "templates" / "roster.xlsx").read_bytes() == roster_draft.draw()
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
