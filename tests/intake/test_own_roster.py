"""A unit reads its own roster from what it filled in elsewhere: the program's form in Excel and in Word, a table of its own."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from openpyxl import Workbook, load_workbook

from monitor.documents import roster
from monitor.documents.roster import RosterForm
from monitor.intake.own_roster import NotRead, read_own
from monitor.rosters import DUTIES, Member
from monitor.store import Scope, Store, read
from tests.access.tree import plant
from tests.databases import Databases
from tests.filings.people import COMPLETE, cells

DAY = date(2016, 10, 9)
TABLE_HEADER = ("序号", "工作组职务", "成员姓名", "单位", "所在处室", "行政职务", "联系电话", "电子邮箱")


@pytest.fixture(scope="module")
def planted(databases: Databases) -> Iterator[Store]:
    """Units without figures; C1 (单位C1) reads."""
    with databases.store() as opened:
        plant(opened)
        yield opened


def own(store: Store, folder: Path, content: bytes) -> list[Member]:
    path = folder / "roster"
    path.write_bytes(content)
    with store.connect() as connection:
        unit = read.unit(connection, Scope.all(), "C1")
    return read_own(store, store.campaign, path, unit)


def book(*lines: Sequence[str]) -> bytes:
    made = Workbook()
    for line in lines:
        made.active.append(list(line))
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_the_form_that_was_downloaded_is_read_again(planted: Store, tmp_path: Path, kind: str) -> None:
    many = [
        *COMPLETE,
        *(Member("member", f"演示{n}", "教师工作处", "科员", "0571-00000009", "", "z@example.cn") for n in range(60)),
    ]
    make = {"xlsx": roster.xlsx, "docx": roster.docx}[kind]
    assert own(planted, tmp_path, make(planted.campaign, RosterForm("单位C1", "C1", DAY, many))) == many


def test_the_blank_form_is_filled_in_in_excel(planted: Store, tmp_path: Path) -> None:
    made = load_workbook(io.BytesIO(roster.xlsx(planted.campaign, roster.blank("单位C1", "C1", DAY))))
    sheet = made.active
    rows = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 2).value in DUTIES.values()]
    assert [sheet.cell(row, 2).value for row in rows] == ["组长", "牵头", *["成员"] * 5, "联络员"]
    for row, member in zip([*rows[:5], rows[-1]], COMPLETE, strict=True):
        for column, text in enumerate(cells(member), 2):
            sheet.cell(row, column).value = text
    buffer = io.BytesIO()
    made.save(buffer)
    assert own(planted, tmp_path, buffer.getvalue()) == COMPLETE  # rows left blank are nobody


def test_the_blank_form_is_filled_in_in_word(planted: Store, tmp_path: Path) -> None:
    made = Document(io.BytesIO(roster.docx(planted.campaign, roster.blank("单位C1", "C1", DAY))))
    rows = [row for row in made.tables[0].rows if row.cells[1].text in DUTIES.values()]
    assert len(rows) == 8
    for row, member in zip([*rows[:5], rows[-1]], COMPLETE, strict=True):
        for cell, text in zip(row.cells[1:], cells(member), strict=True):
            cell.paragraphs[0].runs[0].text = text
    # A word that a tracked change took out is not there.
    gone, run, text = (OxmlElement(name) for name in ("w:del", "w:r", "w:delText"))
    text.text = "旧"
    run.append(text)
    gone.append(run)
    rows[0].cells[2].paragraphs[0]._p.append(gone)
    buffer = io.BytesIO()
    made.save(buffer)
    assert own(planted, tmp_path, buffer.getvalue()) == COMPLETE


def test_a_blank_form_says_nothing_of_people(planted: Store, tmp_path: Path) -> None:
    content = roster.xlsx(planted.campaign, roster.blank("单位C1", "C1", DAY))
    texts = [str(cell) for row in load_workbook(io.BytesIO(content)).active.values for cell in row if cell]
    assert any(text.startswith("共　　人") for text in texts)
    with pytest.raises(NotRead):
        own(planted, tmp_path, content)


def test_a_table_of_the_office_with_its_own_words(planted: Store, tmp_path: Path) -> None:
    lines = [
        [str(n), *cells(one)[:2], "C1市教育局", *cells(one)[2:5], cells(one)[6]] for n, one in enumerate(COMPLETE, 1)
    ]
    content = book(
        ["C1市工作组成员表"],
        [],
        TABLE_HEADER,
        *lines,
        [],
        ["注：本表由人事处汇总"],
        ["", "填表人（签字）：", "", "审核人（签字）："],
    )
    assert own(planted, tmp_path, content) == [Member(**{**vars(one), "mobile": ""}) for one in COMPLETE]


def test_rows_of_other_units_stay_out_without_codes_too(planted: Store, tmp_path: Path) -> None:
    lines = [
        ["1", *cells(COMPLETE[0])[:2], name, *cells(COMPLETE[0])[2:5], "a@example.cn"]
        for name in ("单位C1", "单位C2", "单位 U1")
    ]
    assert len(own(planted, tmp_path, book(TABLE_HEADER, *lines))) == 1


def test_what_is_missing_is_left_to_the_form(planted: Store, tmp_path: Path) -> None:
    """A column that the table lacks, a duty that is none, a wrong number: read as they are, told beside the form."""
    content = book(
        ("职责", "姓名", "部门", "手机"), ("顾问", "演示甲", "办公室", "12"), ("联络员", "演示乙", "", "10000000006")
    )
    assert own(planted, tmp_path, content) == [
        Member("顾问", "演示甲", "办公室", "", "", "12", ""), Member("contact", "演示乙", "", "", "", "10000000006", ""),
    ]  # fmt: skip


def test_a_resident_id_number_keeps_the_file_out(planted: Store, tmp_path: Path) -> None:
    form = RosterForm("单位C1", "C1", DAY, [*COMPLETE, Member("member", "演示辛", "办公室", "11010519491231002X")])
    for content in (roster.xlsx(planted.campaign, form), roster.docx(planted.campaign, form)):
        with pytest.raises(NotRead, match="身份证") as refused:
            own(planted, tmp_path, content)
        assert "11010519491231002X" not in str(refused.value)


def test_documents_that_are_none_are_told_in_words(planted: Store, tmp_path: Path) -> None:
    whole = roster.docx(planted.campaign, RosterForm("单位C1", "C1", DAY, COMPLETE))
    declared = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(declared, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content.split(b"?>", 1)[-1]
            new.writestr(name, content)
    no_table = io.BytesIO()
    Document().save(no_table)
    listing = whole.rfind(b"PK\x05\x06")  # a package of which the directory is torn
    torn = whole[: listing - 200] + bytes(200) + whole[listing:]
    for content, words in (
        (declared.getvalue(), "DOCTYPE"), (no_table.getvalue(), "没有找到"), (whole[:3000], ""), (torn, "不完整"),
    ):  # fmt: skip
        with pytest.raises(NotRead) as refused:
            own(planted, tmp_path, content)
        assert words in str(refused.value)


@pytest.mark.parametrize(
    ("written", "duty"), [("副组长", "member"), ("组员", "member"), ("联系人", "contact"), ("牵头处室", "lead")]
)
def test_duties_as_offices_call_them(planted: Store, tmp_path: Path, written: str, duty: str) -> None:
    content = book(("职责", "姓名", "部门"), (written, "演示甲", "办公室"))
    assert [one.duty for one in own(planted, tmp_path, content)] == [duty]
