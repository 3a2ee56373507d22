"""Every file that the program makes opens without an offer to repair it; and the check of that finds what is wrong."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from monitor import workbooks
from monitor.bulletins.life import Desk
from monitor.campaign import Campaign
from monitor.demo.workbook import write_workbook
from monitor.documents import formats, monthly, official_docx, roster, summary, templates
from monitor.documents.roster import RosterForm
from monitor.filings import listing
from monitor.filings.override import applied
from monitor.filings.source import Source
from monitor.store import Scope, Store
from tests.bulletins.conftest import desk, small
from tests.documents.packages import problems
from tests.documents.samples import BY_TYPE, city, university
from tests.documents.small_store import fill
from tests.documents.test_formats import PUT_RIGHT, TYPED
from tests.documents.test_official import PAPER
from tests.filings.people import COMPLETE
from tests.intake.conftest import HEADER, ONE, TWO, Office, line, office, registered
from tests.intake.test_errors import marked
from tests.pages.world import LAST

__all__ = ["desk", "office", "registered", "small"]

NASTY = "=1+1 <b>&amp;]]> “引号” \u200b\U0001f600 " + "长" * 400


def forms(campaign: Campaign) -> dict[str, monthly.Form]:
    report_day = date(2016, 11, 25)
    put_right = Source(campaign, 2016, 11, report_day, applied(campaign, city(), PUT_RIGHT), by_type=BY_TYPE,
                       manual=TYPED, overrides=PUT_RIGHT)  # fmt: skip
    nasty = replace(TYPED, problems=NASTY, working_group=f" {NASTY} \n{NASTY}\t", filler=NASTY[:60])
    return {
        "city": monthly.build(campaign, 2016, 11, city(), by_type=BY_TYPE, manual=TYPED),
        "empty": monthly.build(campaign, 2016, 11, city()),
        "nasty": monthly.build(campaign, 2016, 11, city(), by_type=BY_TYPE, manual=nasty),
        "university": monthly.build(campaign, 2016, 11, university(), manual=TYPED),
        "put right": monthly.fill(put_right),
    }


@pytest.mark.parametrize("name", ["city", "empty", "nasty", "university", "put right"])
@pytest.mark.parametrize("format", ["xlsx", "docx"])
def test_monthly_reports(campaign: Campaign, name: str, format: str) -> None:
    made = formats.write(forms(campaign)[name], format, templates.shipped(campaign, format))
    assert problems(made) == []


@pytest.mark.parametrize("format", ["xlsx", "docx"])
def test_rosters(campaign: Campaign, format: str) -> None:
    make = roster.docx if format == "docx" else roster.xlsx
    nasty = [replace(COMPLETE[0], person="@演示", department=NASTY, email=" a@example.cn ")]
    for people in (COMPLETE, [], COMPLETE * 30, nasty):
        assert problems(make(campaign, RosterForm("演示市", "C1", date(2016, 10, 9), people))) == []


@pytest.mark.parametrize("form", ["monthly", "roster"])
def test_shipped_templates(campaign: Campaign, form: str) -> None:
    for kind in ("xlsx", "docx"):
        path = templates.shipped(campaign, kind) if form == "monthly" else roster.template_path(campaign, kind)
        assert problems(path.read_bytes()) == []


def test_the_summary(campaign: Campaign, empty_store: Store) -> None:
    fill(empty_store)
    assert problems(summary.workbook(summary.gathered(empty_store, campaign, Scope.all(), "2016-11"))) == []


@pytest.mark.parametrize("sector", ["schools", "universities"])
def test_bulletins(desk: Desk, sector: str) -> None:
    number, _new = desk.draft(sector, LAST)
    assert problems(desk.file(number, "docx")) == []


def test_official_papers_of_every_shape() -> None:
    bare = replace(PAPER, head="", number="", addressees="", sheets=())
    for paper in (PAPER, bare, replace(PAPER, title=NASTY), replace(PAPER, head="")):
        assert problems(official_docx.render(paper)) == []


def test_lists(campaign: Campaign) -> None:
    table = pd.DataFrame(
        {"单位": ["甲", NASTY, ""], "人数": [1, None, 3], "日期": [date(2016, 11, 25), None, date(2016, 11, 26)]}
    )
    for rows in (table, table.head(0)):
        assert problems(workbooks.workbook(rows, NASTY[:40], NASTY, (20, 10, 50))) == []
    columns = ["code", "name", "state", "days_late", "submitted_at"]
    listed = listing.listing(
        campaign, pd.DataFrame([("C1", "甲", "missing", 0, None)], columns=columns), date(2016, 11, 25)
    )
    assert problems(listing.workbook(listed, "报送情况", "说明")) == []


def test_the_marked_workbook_of_an_import(office: Office) -> None:
    bad = [(*line(TWO, entered=NASTY[:100].replace('"', "")), "说明"), (*line(ONE), "=1+1")]
    lines = ["\t".join([*HEADER, "备注"]), *("\t".join(str(cell) for cell in row) for row in bad)]
    marked(office, "\n".join(lines), "table.csv")
    assert problems((office.folder / "errors.xlsx").read_bytes()) == []


def test_tables_of_the_demonstration(tmp_path: Path) -> None:
    frame = pl.DataFrame({"单位代码": ["330100", "330200"], "日期": [date(2016, 11, 25)] * 2, "人数": [1, None]})
    write_workbook(tmp_path / "t.xlsx", frame)
    assert problems((tmp_path / "t.xlsx").read_bytes()) == []


# ---- the check itself --------------------------------------------------------------------------------------------


def changed(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """A file with one of its parts changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                assert change(text.decode()) != text.decode()
                text = change(text.decode()).encode()
            new.writestr(name, text)
    return buffer.getvalue()


WORD_FAULTS = [
    ("[Content_Types].xml", '<Override PartName="/word/document.xml"', '<Override PartName="/word/other.xml"'),
    ("_rels/.rels", "word/document.xml", "word/nothing.xml"),
    ("word/document.xml", "<w:vAlign w:val=\"center\"/></w:tcPr>", "<w:vAlign w:val=\"center\"/><w:tcW w:w=\"1\" w:type=\"dxa\"/></w:tcPr>"),
    ("word/document.xml", "<w:vAlign w:val=\"center\"/></w:tcPr>", "<w:vAlign w:val=\"center\"/><w:noWrap/></w:tcPr>"),
    ("word/document.xml", "<w:gridSpan w:val=\"2\"/>", "<w:gridSpan w:val=\"3\"/>"),
    ("word/document.xml", "<w:pgMar", "<w:docGrid/><w:pgMar"),
    ("word/document.xml", "<w:vMerge w:val=\"restart\"/>", "<w:vMerge w:val=\"continue\"/>"),
    ("word/document.xml", "<w:body>", '<w:body><w:p><w:pPr><w:jc w:val="left"/><w:keepNext/></w:pPr></w:p>'),
    ("word/document.xml", "<w:body>", '<w:body><w:p><w:r><w:t/><w:rPr/></w:r></w:p>'),
    ("word/document.xml", "<w:body>", '<w:body><w:p><w:r><w:t>x </w:t></w:r></w:p>'),
    ("word/document.xml", "<w:body>", '<w:body><w:p><w:pPr><w:pStyle w:val="Nobody"/></w:pPr></w:p>'),
    ("word/document.xml", "<w:body>", '<w:body><w:p><w:bookmarkStart w:id="1" w:name="a"/><w:bookmarkStart w:id="1" w:name="b"/></w:p>'),
]  # fmt: skip
SHEET = "xl/worksheets/sheet1.xml"
SHEET_FAULTS = [
    (SHEET, "<mergeCells", '<pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/><mergeCells'),
    (SHEET, '<mergeCells count="', '<mergeCells count="9'),
    (SHEET, "</mergeCells>", '<mergeCell ref="A1:B2"/></mergeCells>'),
    (SHEET, '<row r="2"', '<row r="1"'),
    ("xl/workbook.xml", "</definedNames>", '<definedName name="_xlnm.Print_Area" localSheetId="0">Nowhere!$A$1</definedName></definedNames>'),
    ("xl/styles.xml", 'fontId="1"', 'fontId="999"'),
]  # fmt: skip


@pytest.mark.parametrize(("part", "text", "fault"), WORD_FAULTS, ids=range(len(WORD_FAULTS)))
def test_a_fault_in_a_document_is_found(campaign: Campaign, part: str, text: str, fault: str) -> None:
    made = templates.shipped(campaign, "docx").read_bytes()
    assert problems(changed(made, part, lambda known: known.replace(text, fault, 1))) != []


@pytest.mark.parametrize(("part", "text", "fault"), SHEET_FAULTS, ids=range(len(SHEET_FAULTS)))
def test_a_fault_in_a_workbook_is_found(campaign: Campaign, part: str, text: str, fault: str) -> None:
    made = templates.shipped(campaign, "xlsx").read_bytes()
    assert problems(changed(made, part, lambda known: known.replace(text, fault, 1))) != []


@pytest.mark.parametrize(
    ("part", "text", "fault"),
    [
        (SHEET, 't="s"><v>', 't="s"><v>9999'),
        ("xl/sharedStrings.xml", "</sst>", "<si><t>more</t></si></sst>"),
        ("xl/sharedStrings.xml", ' count="', ' count="9'),
        (SHEET, "<autoFilter", "<printOptions/><autoFilter"),
        ("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/sheet7.xml"),
    ],
)
def test_a_fault_in_a_list_is_found(part: str, text: str, fault: str) -> None:
    made = workbooks.workbook(pd.DataFrame({"单位": ["甲"], "人数": [1]}), "标题", "说明", (20, 10))
    assert problems(changed(made, part, lambda known: known.replace(text, fault, 1))) != []
