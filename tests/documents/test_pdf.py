"""PDF files: the faces, the same bytes each time, and nothing that data could break or reach."""

import io
import re
from datetime import date

import pytest
from pypdf import PdfReader

from monitor.documents import pdf

DAY = date(2016, 11, 25)


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def fonts_of(content: bytes) -> dict[str, bool]:
    """Base fonts of a PDF, and whether each is embedded."""
    found = {}
    for page in PdfReader(io.BytesIO(content)).pages:
        for entry in page["/Resources"]["/Font"].values():
            below = entry.get_object()["/DescendantFonts"][0].get_object()
            name = str(below["/BaseFont"]).partition("+")[2]
            found[name] = "/FontFile3" in below["/FontDescriptor"].get_object()
    return found


def test_every_face_is_embedded() -> None:
    source = "仿宋 #text(font: 宋体)[宋体] #黑[黑体] #楷[楷体] #标题[小标宋]"
    made = pdf.render(source, {}, day=DAY)
    assert fonts_of(made) == {
        "FandolFang-Regular": True,
        "FandolKai-Regular": True,
        "NotoSansCJKsc-Medium": True,
        "NotoSerifCJKsc-Bold": True,
        "NotoSerifSC-Regular": True,
    }
    assert text_of(made).split() == ["仿宋", "宋体", "黑体", "楷体", "小标宋"]


def test_characters_that_a_face_lacks_come_from_another() -> None:
    made = pdf.render("#data.name #黑[#data.name] #标题[#data.name] #楷[#data.name]", {"name": "䶮㛃堃"}, day=DAY)
    assert text_of(made).split() == ["䶮㛃堃"] * 4


def test_the_same_bytes_each_time() -> None:
    once, again = (pdf.render("= #data.day", {"day": DAY}, day=DAY) for _ in range(2))
    assert once == again
    assert pdf.render("= #data.day", {"day": DAY}, day=date(2016, 11, 26)) != once
    info = PdfReader(io.BytesIO(once)).metadata
    assert info is not None and str(info["/CreationDate"]).startswith("D:20161125")


def test_data_is_text_and_not_markup() -> None:
    typed = '#panic("x") $x$ *粗* \\ _a_ <b> "引" [c]'
    assert text_of(pdf.render("#data.typed", {"typed": typed}, day=DAY)).strip() == typed


def test_a4_and_one_line_for_each_line_typed() -> None:
    made = pdf.render("#逐行(data.text)", {"text": "一\n二\n三"}, day=DAY)
    page = PdfReader(io.BytesIO(made)).pages[0]
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)
    assert text_of(made).split() == ["一", "二", "三"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("#nonsense", "unknown variable: nonsense"),
        ('#text(font: "SimSun")[x]', "unknown font family: simsun"),
        ('#read("/etc/passwd")', "file not found|access denied|failed to load"),
    ],
)
def test_mistakes_are_said(source: str, words: str) -> None:
    with pytest.raises(pdf.PdfError, match=re.compile(words)):
        pdf.render(source, {}, day=DAY)


def test_only_what_json_can_hold() -> None:
    with pytest.raises(TypeError, match="set cannot be given"):
        pdf.render("x", {"x": {1}}, day=DAY)


def test_every_font_file_is_known_and_has_its_line() -> None:
    listed = (pdf.FONTS / "README.md").read_text(encoding="utf-8")
    files = [path.name for path in pdf.FONTS.glob("*.otf")]
    assert len(files) == 5 and all(f"| {name} |" in listed for name in files)
    assert (pdf.FONTS / "OFL.txt").is_file() and (pdf.FONTS / "GPL-3.txt").is_file()
    assert len(pdf.families()) == 5
