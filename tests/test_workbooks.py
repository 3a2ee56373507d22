"""Tables as workbooks: what a spreadsheet finds in their cells."""

import io

import openpyxl
import pandas as pd

from monitor.workbooks import workbook

TABLE = pd.DataFrame(
    {
        "代码": ["0340102002", "3401020001", "3401020002"],
        "单位": ["=1+1", "𠮷祥小学（东区）", "@某校"],
        "完成率": [0.0625, 1.03, None],
        "剩余": [15, None, 0],
    }
)


def test_numbers_are_numbers_and_text_stays_text() -> None:
    made = workbook(TABLE, "滞后单位", "截至2016年11月25日", [12, 20, 10, 10], rates=("完成率",))
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    head, *rows = sheet.iter_rows(min_row=3)
    assert [cell.value for cell in head] == list(TABLE.columns)
    for name, cells in zip(TABLE.columns, zip(*rows, strict=True), strict=True):
        assert [cell.value for cell in cells] == [None if pd.isna(value) else value for value in TABLE[name]]
    assert {row[1].data_type for row in rows} == {"s"} == {row[0].data_type for row in rows}  # no formula, no lost zero
    assert [row[2].number_format for row in rows[:2]] == ["0.0%", "0.0%"]
    assert rows[0][3].number_format == "#,##0"
