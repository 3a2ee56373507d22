"""The list of who has filed, as a table and as a workbook."""

import io
from datetime import UTC, date, datetime

import pandas as pd
from openpyxl import load_workbook

from monitor.campaign import Campaign
from monitor.filings.listing import listing, workbook, written

DUE = date(2016, 10, 25)


def _found() -> pd.DataFrame:
    late = datetime(2016, 10, 27, 15, 59, 30, tzinfo=UTC)
    return pd.DataFrame(
        {
            "code": ["C1", "=1+1"],
            "name": ["单位C1", "@SUM(A1)"],
            "state": ["late", "missing"],
            "days_late": [2, 0],
            "submitted_at": pd.Series([late, None], dtype=object),
        }
    )


def test_moments_are_written_in_the_campaigns_time_zone(campaign: Campaign) -> None:
    listed = listing(campaign, _found(), DUE)
    assert listed.iloc[0].tolist()[2:] == ["迟报 2 日", 2, "2016-10-27 23:59", "2016-10-25"]
    assert listed.iloc[1].tolist()[2] == "未报" and pd.isna(listed.iloc[1, 3]) and listed.iloc[1, 4] == ""
    assert written(campaign, None) == ""


def test_nothing_in_the_workbook_is_a_formula(campaign: Campaign) -> None:
    content = workbook(listing(campaign, _found(), DUE), "=标题", "-说明")
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert [sheet[f"A{row}"].value for row in (1, 2, 4, 5)] == ["=标题", "-说明", "C1", "=1+1"]
    assert sheet["D4"].value == 2 and sheet["D5"].value is None
    assert sheet.page_setup.paperSize == 9


def test_an_empty_list_is_a_workbook_too(campaign: Campaign) -> None:
    listed = listing(campaign, _found().iloc[:0], DUE)
    assert load_workbook(io.BytesIO(workbook(listed, "标题", "说明"))).worksheets[0].max_row == 3
