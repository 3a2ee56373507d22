"""The form on the screen is the form in the file."""

import io
import re
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from monitor.campaign import Campaign
from monitor.documents import monthly, xlsx
from monitor.documents.cells import number_text
from monitor.documents.preview import html
from monitor.filings.source import Manual
from tests.documents.samples import BY_TYPE, city, city_before


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1234567, "#,##0", "1,234,567"),
        (1234, "#,##0_ ", "1,234"),
        (0, "#,##0_ ", "0"),
        (1234, "0", "1234"),
        (0.6014759, "0.0%_ ", "60.1%"),
        (1.0316, "0.00%", "103.16%"),
        (12, "+#,##0_ ;-#,##0_ ;0_ ", "+12"),
        (-1211, "+#,##0_ ;-#,##0_ ;0_ ", "-1,211"),
        (0, "+#,##0;-#,##0;0", "0"),
        (-3.25, "+0.0;-0.0;0.0", "-3.3"),
        (0.60145, "0.00%", "60.15%"),
        (-5, "#,##0", "-5"),
        (2314.44, "#,##0.0", "2,314.4"),
        (12, '0"人"', "12人"),
        (1500, "General", "1,500"),
        (0.25, "General", "0.25"),
    ],
)
def test_numbers_as_their_format_shows_them(value: float, number_format: str, text: str) -> None:
    assert number_text(value, number_format) == text


def test_every_cell_of_the_form_is_on_the_screen(campaign: Campaign, template: bytes) -> None:
    manual = Manual(problems="<script>alert(1)</script>\n第二行", filed=date(2016, 11, 25))
    form = monthly.build(campaign, 2016, 11, city(), previous=city_before(), by_type=BY_TYPE, manual=manual)
    page = html(xlsx.render(form, template))
    cells = [re.sub("<br>", "\n", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", page, re.DOTALL)]
    for text in (
        "填报单位（盖章）：演示市",
        "103,211",
        "60.1%",
        "+58,784",
        "+49.6",
        "-1,211",
        "填报日期：2016年11月25日",
    ):
        assert text in cells
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n第二行" in cells
    assert "<script" not in page


def test_merged_cells_cover_the_table(campaign: Campaign, template: bytes) -> None:
    page = html(xlsx.render(monthly.build(campaign, 2016, 11, city(), by_type=BY_TYPE), template))
    grid: dict[tuple[int, int], int] = {}
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    for number, row in enumerate(rows):
        column = 0
        for attributes in re.findall(r"<td([^>]*)>", row):
            spans = dict(re.findall(r'(colspan|rowspan)="(\d+)"', attributes))
            while (number, column) in grid:
                column += 1
            for down in range(int(spans.get("rowspan", 1))):
                for right in range(int(spans.get("colspan", 1))):
                    key = (number + down, column + right)
                    grid[key] = grid.get(key, 0) + 1
    assert set(grid) == {(row, column) for row in range(len(rows)) for column in range(11)}
    assert set(grid.values()) == {1}


def test_days_and_plain_cells() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append([date(2016, 11, 25), None, "a & b", 7])
    buffer = io.BytesIO()
    book.save(buffer)
    assert re.findall(r"<td[^>]*>(.*?)</td>", html(buffer.getvalue())) == ["2016年11月25日", "", "a &amp; b", "7"]
