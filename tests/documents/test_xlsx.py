"""The form as a file: what stands in its cells, and that nothing in it can do harm."""

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill

from monitor.campaign import Campaign
from monitor.documents import monthly, xlsx
from monitor.documents.monthly import Form
from monitor.documents.template import TemplateError
from monitor.filings.source import Manual
from tests.documents.samples import BY_TYPE, city, city_before, nothing_yet, university

GOLDEN = Path(__file__).parent / "golden"
TEXTS = {
    "working_group": "组长：演示甲（副局长）；牵头：教师工作处；成员单位：发展规划处、计划财务处、教育信息中心。",
    "work_plan": "2016年10月12日印发。",
    "funds": "35 万元",
    "system_use": "账号已全部开通。",
    "security": '=HYPERLINK("http://example.invalid")',
    "problems": "-个别县审核人手不足\r\n+1 个县停滞",
    "next_month": "@全体：12月10日前完成审核。",
    "filler": "演示甲",
    "reviewer": "演示乙",
    "head": "演示丙",
    "phone": "+86-571-00000000",
}
FULL = Manual(
    **TEXTS, training_sessions=14, training_people=4310, training_counties=13, training_schools=2103,
    filed=date(2016, 11, 25),
)  # fmt: skip


def forms(campaign: Campaign) -> dict[str, Form]:
    return {
        "city": monthly.build(campaign, 2016, 11, city(), previous=city_before(), by_type=BY_TYPE, manual=FULL,
                              figures_day=date(2016, 11, 23)),
        "university": monthly.build(campaign, 2016, 11, university()),
        "nothing": monthly.build(campaign, 2016, 10, nothing_yet()),
    }  # fmt: skip


@pytest.fixture(scope="module")
def rendered(campaign: Campaign, template: bytes) -> dict[str, bytes]:
    return {name: xlsx.render(form, template) for name, form in forms(campaign).items()}


def opened(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content)).active


def as_text(sheet: Any) -> str:
    """A sheet's cells, one a line: place, value, how a number is shown."""
    lines = []
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                form = "" if isinstance(cell.value, str) else f"   [{cell.number_format}]"
                lines.append(f"{cell.coordinate}\t{cell.value!r}{form}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", ["city", "university", "nothing"])
def test_the_form_cell_by_cell(rendered: dict[str, bytes], name: str) -> None:
    assert as_text(opened(rendered[name])) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def cells_right_of(sheet: Any, label: str, count: int) -> list[Any]:
    """The values to the right of the first cell that holds `label`."""
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == label)
    values = [other.value for other in sheet[cell.row][cell.column :] if other.value is not None]
    # A spreadsheet keeps 16 digits of a number, one less than Python.
    return [pytest.approx(value, rel=1e-15) if isinstance(value, float) else value for value in values[:count]]


def test_figures_are_numbers_beside_their_labels(rendered: dict[str, bytes]) -> None:
    sheet = opened(rendered["city"])
    assert cells_right_of(sheet, "合计", 9) == [2103, 2001, 877, 118432, 103211, 98123, 70123, 71234, 71234 / 118432]
    assert cells_right_of(sheet, "小学", 9) == [700, 690, 300, 50432, 45211, 43123, 34000, 35000, 35000 / 50432]
    assert cells_right_of(sheet, "县级", 3) == [21345, 70100, 2000]
    assert cells_right_of(sheet, "采集率", 1) == [98123 / 118432]
    assert cells_right_of(sheet, "审核率", 1) == [74366 / 98123]
    assert cells_right_of(sheet, "上月（截至2016年10月25日）", 6) == [118020, 20000, 15000, "—", 12450, 12450 / 118020]


def test_how_numbers_are_shown(rendered: dict[str, bytes]) -> None:
    shown = {"合计": "#,##0_ ", "采集率": "0.0%_ ", "增减（完成率为百分点）": "+#,##0_ ;-#,##0_ ;0_ "}
    sheet = opened(rendered["city"])
    for label, number_format in shown.items():
        cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == label)
        numbers = [other for other in sheet[cell.row][cell.column :] if isinstance(other.value, (int, float))]
        assert numbers[0].number_format == number_format


def test_over_a_hundred_per_cent_stays(rendered: dict[str, bytes]) -> None:
    assert cells_right_of(opened(rendered["university"]), "合计", 9)[-1] == 425 / 412


def test_what_is_not_known_is_a_dash_and_what_is_not_entered_is_blank(rendered: dict[str, bytes]) -> None:
    sheet = opened(rendered["nothing"])
    assert cells_right_of(sheet, "合计", 9) == [0, 0, 0, 0, 0, 0, "—", 0, "—"]
    assert cells_right_of(sheet, "工作组", 1) == []
    assert cells_right_of(sheet, "培训场次", 4) == ["培训人数", "覆盖县数", "覆盖学校数"]
    assert any(cell.value == "填报人：" for cell in sheet["A"])


@pytest.mark.parametrize("name", ["city", "university", "nothing"])
def test_nothing_is_left_unfilled(rendered: dict[str, bytes], name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(rendered[name])) as archive:
        for part in archive.namelist():
            assert b"{{" not in archive.read(part)


@pytest.mark.parametrize("name", ["city", "university", "nothing"])
def test_the_file_holds_together(rendered: dict[str, bytes], name: str) -> None:
    sheet = opened(rendered[name])
    covered = [cell for area in sheet.merged_cells.ranges for cell in area.cells]
    assert len(covered) == len(set(covered))
    assert all(len(list(area.cells)) > 1 for area in sheet.merged_cells.ranges)
    assert sheet.print_area == f"'月报表'!$A$1:$K${sheet.max_row}"
    assert all(sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1))
    with zipfile.ZipFile(io.BytesIO(rendered[name])) as archive:
        assert archive.testzip() is None


def test_rows_of_the_other_sector_are_gone(rendered: dict[str, bytes]) -> None:
    texts = {name: as_text(opened(content)) for name, content in rendered.items()}
    assert "覆盖学校数" in texts["city"] and "覆盖院系" not in texts["city"]
    assert "覆盖院系" in texts["university"] and "覆盖学校数" not in texts["university"]
    assert "小学" in texts["city"] and "小学" not in texts["university"]


def test_what_people_typed_cannot_become_a_formula(rendered: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(rendered["city"])) as archive:
        assert not re.search(rb"<f[ >]", archive.read("xl/worksheets/sheet1.xml"))
    cells = {cell.value: cell for row in opened(rendered["city"]).iter_rows() for cell in row if cell.value}
    for typed in (TEXTS["security"], TEXTS["problems"].replace("\r\n", "\n"), TEXTS["next_month"]):
        assert cells[typed].data_type == "s"
        assert cells[typed].quotePrefix
    assert not cells[TEXTS["funds"]].quotePrefix


@given(st.text(max_size=60))
@settings(max_examples=25, deadline=None)
def test_any_text_comes_back_as_text(campaign: Campaign, text: str) -> None:
    book = Workbook()
    book.active["A1"] = "{{manual.problems}}"  # type: ignore[index]
    form = monthly.build(campaign, 2016, 11, city(), manual=Manual(problems=text))
    cell = opened(xlsx.render(form, _saved(book)))["A1"]
    kept = "".join(letter for letter in re.sub("\r\n?", "\n", text) if letter >= " " or letter in "\t\n")
    assert (cell.value or "") == kept
    assert cell.data_type in ("s", "n" if not kept else "s")


def test_the_same_form_gives_the_same_bytes(campaign: Campaign, template: bytes, rendered: dict[str, bytes]) -> None:
    assert xlsx.render(forms(campaign)["city"], template) == rendered["city"]


def test_the_file_says_whose_it_is(rendered: dict[str, bytes], campaign: Campaign) -> None:
    properties = load_workbook(io.BytesIO(rendered["city"])).properties
    assert properties.title == f"{campaign.title}工作月报表"
    assert properties.creator == "演示市"
    assert properties.modified == datetime(2016, 11, 25)


def test_long_text_makes_its_row_higher(campaign: Campaign, template: bytes) -> None:
    def height(text: str) -> float:
        form = monthly.build(campaign, 2016, 11, city(), manual=Manual(problems=text))
        sheet = opened(xlsx.render(form, template))
        row = next(cell.row for cell in sheet["A"] if cell.value == "七、\n存在问题")
        return float(sheet.row_dimensions[row].height)

    assert height("") == height("人手不足") < height("人手不足。" * 100) < height("人手不足。" * 150)


def _saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _office_form() -> Workbook:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(
        ["单位", "{{unit.name}}", "共 {{figures.expected}} 人，完成 {{rates.completion}}，{{as_of}}，{{pace}}"]
    )
    sheet.append(
        ["{{by_type.primary.expected}}", "{{levels.county.pending}}", "{{forecast.p50}}", "{{figures.numbered}}"]
    )
    sheet.append(["{{each_type.name}}：{{each_type.expected}}", "{{each_type.completion}}", "{{unit.code}}"])
    sheet.append(["比上月 {{difference.approved}} 人、{{difference.completion}} 个百分点，{{change.returns}}"])
    sheet["A2"].number_format = "0"
    sheet["B2"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["B2"].font = Font(name="楷体_GB2312", size=16)
    sheet.oddHeader.right.text = "{{unit.name}}"
    return book


def test_an_offices_own_form(campaign: Campaign) -> None:
    document = {**city(), "unit": {"code": "990100", "name": "演示&市", "kind": "city"}}
    form = monthly.build(campaign, 2016, 11, document, previous=city_before(), by_type=BY_TYPE)
    sheet = opened(xlsx.render(form, _saved(_office_form())))
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["单位", "演示&市", "共 118,432 人，完成 60.1%，2016年11月25日，2,314.4", None],
        [50432, 21345, datetime(2016, 12, 19), 70123],
        ["幼儿园：38,000", pytest.approx(20234 / 38000), "990100", None],
        ["小学：50,432", pytest.approx(35000 / 50432), "990100", None],
        ["中等职业：30,000", pytest.approx(16000 / 30000), "990100", None],
        ["比上月 +58,784 人、+49.6 个百分点，-1,211", None, None, None],
    ]
    assert (sheet["A2"].number_format, sheet["B2"].number_format) == ("0", "#,##0")
    assert (sheet["B2"].fill.fgColor.rgb, sheet["B2"].font.name, sheet["B2"].font.size) == (
        "00FFFF00",
        "楷体_GB2312",
        16,
    )
    assert sheet["C2"].number_format == 'yyyy"年"m"月"d"日"'
    assert sheet.oddHeader.right.text == "演示&&市"


def test_an_unknown_placeholder_stops_it_and_is_named(campaign: Campaign) -> None:
    book = _office_form()
    book.active["A9"] = "{{figures.aproved}}"  # type: ignore[index]
    form = monthly.build(campaign, 2016, 11, city())
    with pytest.raises(TemplateError, match=r"Sheet!A9.*\{\{figures.aproved\}\}.*\{\{figures.approved\}\}"):
        xlsx.render(form, _saved(book))
