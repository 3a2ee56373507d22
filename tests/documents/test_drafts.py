"""The project's own draft of the form: reproducible, and drawn like an official form."""

import io
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook

from monitor.documents import drafts


@pytest.fixture(scope="module")
def sheet(template: bytes) -> Any:
    return load_workbook(io.BytesIO(template)).active


def test_the_committed_template_is_what_the_script_draws(template: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(template)) as kept, zipfile.ZipFile(io.BytesIO(drafts.monthly())) as drawn:
        assert kept.namelist() == drawn.namelist()
        assert {name: kept.read(name) for name in kept.namelist()} == {
            name: drawn.read(name) for name in drawn.namelist()
        }


def test_the_script_draws_the_same_bytes_each_time() -> None:
    assert drafts.monthly() == drafts.monthly()


def test_it_prints_on_one_page_width_of_a4(sheet: Any) -> None:
    assert sheet.page_setup.paperSize == "9" or sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "portrait"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_area == f"'月报表'!$A$1:$K${sheet.max_row}"


def test_the_sections_of_the_form(sheet: Any) -> None:
    labels = [str(cell.value).replace("\n", "") for cell in sheet["A"] if cell.value]
    assert labels[0] == "附件3"
    assert labels[1] == "{{campaign.title}}工作月报表"
    assert [label for label in labels if label[1:2] == "、"] == [
        "一、组织实施", "二、培训情况", "三、信息采集", "四、信息审核",
        "五、与上月相比", "六、系统使用与安全", "七、存在问题", "八、下月安排",
    ]  # fmt: skip
    texts = "".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    for words in ("填报单位（盖章）", "谁填报谁负责、谁审核谁负责", "填报人：", "审核人：", "负责人：", "联系电话："):
        assert words in texts


def test_the_table_is_boxed_and_in_chinese_fonts(sheet: Any) -> None:
    first = next(cell.row for cell in sheet["A"] if str(cell.value).startswith("一、"))
    last = next(cell.row for cell in sheet["A"] if str(cell.value).startswith("八、"))
    for row in sheet[f"A{first}:K{last}"]:
        for cell in row:
            if cell.value is not None:
                assert cell.border.left.style and cell.border.top.style
                assert cell.font.name in ("仿宋_GB2312", "黑体")
                assert cell.font.charset == 134
    assert {cell.border.right.style for row in sheet[f"K{first}:K{last}"] for cell in row} == {"medium"}


def test_no_two_merged_cells_overlap(sheet: Any) -> None:
    covered = [cell for area in sheet.merged_cells.ranges for cell in area.cells]
    assert len(covered) == len(set(covered))
