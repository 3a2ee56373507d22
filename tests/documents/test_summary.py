"""The summary workbook: totals are sums of what it lists, counted again by hand; how it prints."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl import load_workbook

from monitor.campaign import Campaign
from monitor.documents import summary
from monitor.documents.summary import COUNTS, Summary
from monitor.filings.gather import NoReport
from monitor.store import Scope, Store
from tests.databases import Databases
from tests.documents import small_store as small

NOVEMBER = small.DAYS[3]


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Iterator[Store]:
    with databases.store() as store:
        small.fill(store)
        yield store


@pytest.fixture(scope="module")
def found(filled: Store, campaign: Campaign) -> Summary:
    return summary.gathered(filled, campaign, Scope.all(), "2016-11")


@pytest.fixture(scope="module")
def sheet(found: Summary) -> Any:
    return load_workbook(io.BytesIO(summary.workbook(found)))["设区市"]


def test_a_row_for_each_filer(found: Summary) -> None:
    assert [row.code for row in found.of("schools")] == [small.CITY, small.OTHER_CITY]
    city, empty = found.of("schools")
    schools = small.of_city()
    for name in ("expected", "entered", "submitted", "numbered", "approved"):
        assert city.counts[f"figures.{name}"] == small.total(schools, name, NOVEMBER)
    assert city.counts["figures.returned"] == small.total(schools, "returned", NOVEMBER)
    assert city.note == "数据截至2016年11月24日"
    assert empty.counts["figures.approved"] == 0 and empty.rates["rates.completion"] is None
    assert [row.code for row in found.of("universities")] == [small.UNIVERSITY]


def test_totals_add_up(sheet: Any) -> None:
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    end = next(number for number, row in enumerate(rows) if row[1] == "合计")
    units, total = rows[:end], rows[end]
    assert [row[0] for row in units] == [1, 2]
    for column in range(4, 4 + len(COUNTS)):
        assert total[column] == sum(row[column] for row in units if row[column] != "—")
    schools = small.of_city()
    expected, submitted, approved, returned = (
        small.total(schools, name, NOVEMBER) for name in ("expected", "submitted", "approved", "returned")
    )
    first = 4 + len(COUNTS)
    assert total[first : first + 3] == [
        pytest.approx(submitted / expected), pytest.approx((approved + returned) / submitted), pytest.approx(approved / expected),
    ]  # fmt: skip


def test_how_it_prints_and_that_it_holds_no_formula(sheet: Any) -> None:
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$4"
    assert sheet.print_area.endswith(f"$S${sheet.max_row}")
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    percentages = {
        cell.number_format for row in sheet.iter_rows(min_row=5) for cell in row if isinstance(cell.value, float)
    }
    assert percentages == {"0.0%"}


def test_the_same_bytes_and_only_the_scope(filled: Store, campaign: Campaign, found: Summary) -> None:
    assert summary.workbook(found) == summary.workbook(found)
    assert summary.gathered(filled, campaign, Scope.nothing(), "2016-11").rows == ()
    with pytest.raises(NoReport, match="2016年12月没有数据"):
        summary.gathered(filled, campaign, Scope.all(), "2016-12")
    with pytest.raises(NoReport, match="2016-10"):
        summary.gathered(filled, campaign, Scope.all(), "2016-09")
