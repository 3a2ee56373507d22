"""The same form in three formats: the same figures, the same bytes each time, nothing that an office program would mend."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from monitor.campaign import Campaign
from monitor.documents import formats, monthly, template, templates
from monitor.documents.monthly import Form
from monitor.filings.deadline import report_day
from monitor.filings.override import applied
from monitor.filings.source import Manual, Override, Source
from tests.documents.reading import docx_rows, pdf_text, sheet_texts
from tests.documents.samples import BY_TYPE, city, university

TYPED = Manual(
    working_group="组长：演示甲\n成员：演示乙、演示丙",
    problems="=1+1\r\n@某处",
    filler="演示堃",
    reviewer="演示䶮",
    filed=date(2016, 11, 25),
)
PUT_RIGHT = (
    Override("figures.submitted", 98_500, 98_123, "另有 377 人以纸质材料报送"),
    Override("levels.county.pending", 21_300, 21_345, "县里已核对"),
)


@pytest.fixture(scope="module")
def forms(campaign: Campaign) -> dict[str, Form]:
    source = Source(campaign, 2016, 11, report_day(campaign, "2016-11"), applied(campaign, city(), PUT_RIGHT),
                    by_type=BY_TYPE, manual=TYPED, overrides=PUT_RIGHT)  # fmt: skip
    return {
        "city": monthly.build(campaign, 2016, 11, city(), by_type=BY_TYPE, manual=TYPED),
        "university": monthly.build(campaign, 2016, 11, university(), manual=TYPED),
        "put right": monthly.fill(source),
    }


@pytest.fixture(scope="module")
def written(campaign: Campaign, forms: dict[str, Form]) -> dict[tuple[str, str], bytes]:
    return {
        (name, format): formats.write(form, format, templates.shipped(campaign, formats.TEMPLATES[format]))
        for name, form in forms.items()
        for format in formats.MEDIA
    }


@pytest.mark.parametrize("name", ["city", "university", "put right"])
def test_the_three_formats_hold_the_same(written: dict[tuple[str, str], bytes], name: str) -> None:
    table = sheet_texts(written[name, "xlsx"])
    rows = docx_rows(written[name, "docx"])
    first = next(number for number, row in enumerate(table) if row[0].startswith("填报单位"))
    # The note below the table is a row of the workbook too.
    assert table[first:] == rows
    in_pdf = pdf_text(written[name, "pdf"])
    for row in table:
        for text in row:
            assert re.sub(r"\s", "", text) in in_pdf


def test_what_was_put_right_is_marked_and_explained(
    written: dict[tuple[str, str], bytes], forms: dict[str, Form]
) -> None:
    rows = sheet_texts(written["put right", "xlsx"])
    total = next(row for row in rows if row[0] == "合计")
    assert total[6] == "98,500*" and total[5] == "103,211"
    assert next(row for row in rows if row[0] == "县级")[1] == "21,300*"
    notes = [row[0] for row in rows if row[0].startswith("*")]
    assert notes == [
        "* 已报送人数：填报数98,500*，系统计算数98,123，改填理由：另有 377 人以纸质材料报送",
        "* 县级待审核：填报数21,300*，系统计算数21,345，改填理由：县里已核对",
    ]
    assert next(row for row in rows if row[0] == "采集率")[1] == f"{98_500 / 118_432:.1%}"
    sheet: Any = load_workbook(io.BytesIO(written["put right", "xlsx"])).active
    marked = [cell.value for row in sheet.iter_rows() for cell in row if '"*"' in str(cell.number_format)]
    assert marked == [98_500, 21_300]  # numbers still
    plain = "".join(text for row in sheet_texts(written["city", "xlsx"]) for text in row)
    assert "系统计算数" not in plain and "*" not in plain.replace("“*”", "")


@pytest.mark.parametrize("format", ["xlsx", "docx"])
def test_a_template_without_a_row_for_it_explains_below(
    campaign: Campaign, forms: dict[str, Form], format: str
) -> None:
    shipped = templates.shipped(campaign, format).read_bytes()
    own = _replaced(shipped, "each_override.", "unit.name}}{{unit.code", format)
    made = formats.write(forms["put right"], format, own)
    texts = sheet_texts(made) if format == "xlsx" else [[p.text] for p in Document(io.BytesIO(made)).paragraphs]
    assert any("县级待审核：填报数21,300*，系统计算数21,345" in text for row in texts for text in row)
    if format == "xlsx":
        sheet: Any = load_workbook(io.BytesIO(made)).active
        assert sheet.print_area.endswith(f"${sheet.max_row}")


def _replaced(content: bytes, old: str, new: str, format: str) -> bytes:
    """The template with a text of its parts replaced by another, names of placeholders by ones that every form has."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name in ("xl/sharedStrings.xml", "word/document.xml"):
                text = part.decode()
                assert old in text
                part = re.sub(r"\{\{each_override\.\w+\}\}", "{{unit.name}}", text).encode()
            target.writestr(name, part)
    return buffer.getvalue()


@pytest.mark.parametrize("format", list(formats.MEDIA))
def test_the_same_bytes_each_time(
    campaign: Campaign, forms: dict[str, Form], written: dict[tuple[str, str], bytes], format: str
) -> None:
    template = templates.shipped(campaign, formats.TEMPLATES[format])
    assert formats.write(forms["city"], format, template) == written["city", format]
    assert formats.write(replace(forms["city"], title="x"), format, template) != written["city", format]


def test_text_is_text_in_a_document(written: dict[tuple[str, str], bytes]) -> None:
    rows = docx_rows(written["city", "docx"])
    assert next(row for row in rows if row[0].startswith("七"))[1] == "=1+1\n@某处"
    assert next(row for row in rows if "工作组" in row)[-1] == "组长：演示甲\n成员：演示乙、演示丙"


def test_labels_that_are_merged_downwards_stretch(written: dict[tuple[str, str], bytes]) -> None:
    """Every continued cell stands below a cell that begins or continues a merged one, in the same column."""
    for name in ("city", "university", "put right"):
        document = Document(io.BytesIO(written[name, "docx"]))
        for table in document.tables:
            above: set[int] = set()
            for row in table.rows:
                column, merged = 0, set()
                for cell in row._tr.tc_lst:
                    if cell.vMerge is not None:
                        assert cell.vMerge == "restart" or column in above
                        merged.add(column)
                    column += cell.grid_span
                assert column == 11
                above = merged


def test_a_pdf_is_one_page_of_a4_with_its_title(written: dict[tuple[str, str], bytes]) -> None:
    for name in ("city", "university", "put right"):
        reader = PdfReader(io.BytesIO(written[name, "pdf"]))
        assert len(reader.pages) == 1
        box = reader.pages[0].mediabox
        assert (round(float(box.width)), round(float(box.height))) == (595, 842)
        assert reader.metadata is not None and reader.metadata.title == "浙江省全国教师管理信息系统信息采集工作月报表"
        assert "第1页，共1页" in pdf_text(written[name, "pdf"])


def test_a_form_over_several_pages(campaign: Campaign) -> None:
    form = monthly.build(
        campaign, 2016, 11, university(), manual=replace(TYPED, problems="困难\n" * 60, next_month="安排\n" * 60)
    )
    made = formats.write(form, "pdf", templates.shipped(campaign, "xlsx"))
    assert len(PdfReader(io.BytesIO(made)).pages) > 1
    assert pdf_text(made).count("困难") == 60 and pdf_text(made).count("安排") >= 60


def test_kinds_are_told_by_content(campaign: Campaign, tmp_path: Path) -> None:
    for kind in templates.KINDS:
        content = templates.shipped(campaign, kind).read_bytes()
        assert template.kind_of(content) == kind
        assert formats.inspect(content).fit
    assert [problem.code for problem in formats.inspect(b"x").problems] == ["not_xlsx"]
