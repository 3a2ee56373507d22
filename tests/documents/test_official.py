"""Official documents: the measures of GB/T 9704-2012, read from the files."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from pypdf import PdfReader

from monitor.documents import official, official_docx, official_pdf
from monitor.documents.official import BODY, HEADING1, HEADING2, Paper, Paragraph, Sheet, chinese, numbered

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MM = 56.6929  # twentieths of a point in a millimetre
TABLE = Sheet(
    "各市进展情况表", ("名次", "单位", "完成率"), (1, 3, 2), (("1", "演示市", "62.4%"), ("—", "演示二市", "-1.0%"))
)
PAPER = Paper(
    head="演示省教育厅文件",
    number="演教〔2016〕3号",
    title="关于演示工作\n进展情况的通报",
    addressees="各演示市教育局",
    body=numbered(
        [
            Paragraph(HEADING1, "总体情况"),
            Paragraph(BODY, "正" * 28 * 3),
            Paragraph(HEADING2, "较快的"),
            Paragraph(BODY, "完成率居前的是演示市（62.4%）。"),
            Paragraph(HEADING2, "较慢的"),
            Paragraph(HEADING1, "要求"),
            *(Paragraph(BODY, f"要求{number}。") for number in range(30)),
        ]
    ),
    signed="演示省教育厅",
    dated=date(2016, 11, 28),
    sheets=(TABLE, replace(TABLE, title="各县进展情况表")),
)


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(official_docx.render(PAPER))) as archive:
        return {name: etree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")}


@pytest.fixture(scope="module")
def pdf() -> PdfReader:
    return PdfReader(io.BytesIO(official_pdf.render(PAPER)))


def paragraph(parts: dict[str, Any], words: str) -> Any:
    """The first paragraph of the document with these words."""
    for found in parts["word/document.xml"].iter(f"{W}p"):
        if words in "".join(found.itertext()):
            return found
    raise AssertionError(words)


def look(found: Any) -> tuple[str, float]:
    """East-Asian font and size (points) of a paragraph's first run."""
    run = next(found.iter(f"{W}rPr"))
    return run.find(f"{W}rFonts").get(f"{W}eastAsia"), int(run.find(f"{W}sz").get(f"{W}val")) / 2


def test_page_and_margins(parts: dict[str, Any]) -> None:
    sections = list(parts["word/document.xml"].iter(f"{W}sectPr"))
    assert len(sections) == 3  # the text, and each table on pages of its own
    for section in sections:
        size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
        assert [round(int(size.get(f"{W}{side}")) / MM) for side in ("w", "h")] == [210, 297]
        sides = {side: round(int(margins.get(f"{W}{side}")) / MM, 1) for side in ("top", "bottom", "left", "right")}
        assert sides == {"top": 37, "bottom": 35, "left": 28, "right": 26}
    assert (official.TEXT_WIDTH, official.TEXT_HEIGHT) == (156, 225)


def test_22_lines_of_28_characters(parts: dict[str, Any]) -> None:
    grid = next(parts["word/document.xml"].iter(f"{W}docGrid"))
    pitch = int(grid.get(f"{W}linePitch")) / 20
    height, width = 225 * 72 / 25.4, 156 * 72 / 25.4
    assert grid.get(f"{W}type") == "lines" and height // pitch == 22
    body = paragraph(parts, "正正正")
    assert float(body.find(f"{W}pPr/{W}spacing").get(f"{W}line")) / 20 == pitch
    assert body.find(f"{W}pPr/{W}spacing").get(f"{W}lineRule") == "exact"
    character = 16 + int(next(body.iter(f"{W}rPr")).find(f"{W}spacing").get(f"{W}val")) / 20
    assert width // character == 28
    assert body.find(f"{W}pPr/{W}ind").get(f"{W}firstLineChars") == "200"


@pytest.mark.parametrize(
    ("words", "font", "size"),
    [
        ("演示省教育厅文件", "方正小标宋简体", 42),
        ("关于演示工作", "方正小标宋简体", 22),
        ("演教〔2016〕3号", "仿宋_GB2312", 16),
        ("各演示市教育局：", "仿宋_GB2312", 16),
        ("一、总体情况", "黑体", 16),
        ("（一）较快的", "楷体_GB2312", 16),
        ("正正正", "仿宋_GB2312", 16),
        ("附件：1", "仿宋_GB2312", 16),
        ("2016年11月28日", "仿宋_GB2312", 16),
        ("附件2", "黑体", 16),
    ],
)
def test_fonts_and_sizes(parts: dict[str, Any], words: str, font: str, size: float) -> None:
    assert look(paragraph(parts, words)) == (font, size)


def test_page_numbers_stand_outside_with_dashes(parts: dict[str, Any]) -> None:
    assert parts["word/settings.xml"].find(f"{W}evenAndOddHeaders") is not None
    section = next(parts["word/document.xml"].iter(f"{W}sectPr"))
    kinds = {found.get(f"{W}type") for found in section.iter(f"{W}footerReference")}
    assert kinds == {"default", "even"}
    footers = [content for name, content in sorted(parts.items()) if "footer" in name]
    sides = set()
    for footer in footers:
        words = "".join(footer.itertext())
        assert re.fullmatch(r"—  PAGE  —", words.strip()), words
        assert look(next(footer.iter(f"{W}p"))) == ("宋体", 14)
        sides.add(next(footer.iter(f"{W}jc")).get(f"{W}val"))
    assert sides == {"left", "right"}


def test_properties_stand_in_the_order_of_the_schema(parts: dict[str, Any]) -> None:
    order = ["pStyle", "keepNext", "widowControl", "pBdr", "snapToGrid", "spacing", "ind", "jc", "rPr", "sectPr"]
    for properties in parts["word/document.xml"].iter(f"{W}pPr"):
        names = [child.tag.removeprefix(W) for child in properties]
        assert names == sorted(names, key=order.index)


def test_text_and_tables_are_all_there() -> None:
    document = Document(io.BytesIO(official_docx.render(PAPER)))
    words = [found.text for found in document.paragraphs]
    assert words.index("各演示市教育局：") < words.index("一、总体情况") < words.index("附件1")
    assert [entry.text for entry in PAPER.body] == [text for text in words if text in {p.text for p in PAPER.body}]
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        list(TABLE.columns), *(list(row) for row in TABLE.rows)
    ]  # fmt: skip
    header = document.tables[0].rows[0]._tr.trPr
    assert header.find(qn("w:tblHeader")) is not None  # it stands on every page


def test_the_pdf_says_the_same_on_the_same_page(pdf: PdfReader) -> None:
    pages = [re.sub(r"\s", "", page.extract_text()) for page in pdf.pages]
    words = "".join(pages)
    for text in (
        PAPER.head,
        PAPER.number,
        "关于演示工作",
        "各演示市教育局：",
        *(entry.text for entry in PAPER.body),
        PAPER.signed,
    ):
        assert text in words, text
    assert [float(side) for side in pdf.pages[0].mediabox[2:]] == pytest.approx([595.28, 841.89], abs=0.01)
    assert all(f"—{number}—" in page for number, page in enumerate(pages, 1))
    assert pages[-2].startswith("附件1") and pages[-1].startswith("附件2")


def test_the_pdf_has_22_lines_of_28_characters(pdf: PdfReader) -> None:
    lines = [line for line in pdf.pages[1].extract_text().split("\n") if line.strip() and "—" not in line]
    assert len(lines) == 22
    assert max(line.count("正") for line in pdf.pages[0].extract_text().split("\n")) == 28


def test_every_font_of_the_pdf_is_embedded(pdf: PdfReader) -> None:
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile3" in below["/FontDescriptor"].get_object()


@pytest.mark.parametrize("render", [official_docx.render, official_pdf.render])
def test_the_same_document_the_same_bytes(render: Any) -> None:
    assert render(PAPER) == render(PAPER)
    assert render(PAPER) != render(replace(PAPER, number="演教〔2016〕4号"))


@pytest.mark.parametrize("render", [official_docx.render, official_pdf.render])
def test_what_is_not_there_leaves_no_trace(render: Any) -> None:
    assert render(replace(PAPER, head="", number="", addressees="", sheets=(), body=()))


def test_signature_and_date_stand_to_the_right() -> None:
    signed, dated = official.signature_indents(PAPER)
    assert dated == 4
    centre = [indent + official.width(text) / 2 for indent, text in ((signed, PAPER.signed), (dated, "2016年11月28日"))]
    assert centre[0] == centre[1]
    long = replace(PAPER, signed="演示省教育厅办公室信息化工作领导小组")
    signed, dated = official.signature_indents(long)
    assert signed == 2 and dated > 4


def test_headings_are_numbered_each_in_its_own_row() -> None:
    assert [entry.text for entry in PAPER.body if entry.role != BODY] == [
        "一、总体情况",
        "（一）较快的",
        "（二）较慢的",
        "二、要求",
    ]
    assert [chinese(number) for number in (1, 9, 10, 11, 20, 21, 99)] == [
        "一",
        "九",
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
    ]


def test_what_stands_behind_the_last_table_takes_no_line(parts: dict[str, Any]) -> None:
    """A line of the grid there would be a blank page where the table fills its own."""
    body = parts["word/document.xml"].find(f"{W}body")
    last = body[-2]
    assert last.tag == f"{W}p" and body[-3].tag == f"{W}tbl"
    spacing, grid = last.find(f"{W}pPr/{W}spacing"), last.find(f"{W}pPr/{W}snapToGrid")
    assert (spacing.get(f"{W}line"), spacing.get(f"{W}lineRule")) == ("20", "exact")
    assert grid.get(f"{W}val") == "0" and last.find(f"{W}pPr/{W}rPr/{W}sz").get(f"{W}val") == "2"


def test_numbers_are_known_by_either_minus() -> None:
    sheet = Sheet("表", ("单位", "今", "昔"), (1, 1, 1), (("演示市", "-1.0%", "−1.0%"), ("演示二市", "—", "2.0%")))
    assert sheet.numeric == (False, True, True)
