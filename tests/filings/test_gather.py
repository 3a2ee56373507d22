"""Whose report speaks of which day."""

from datetime import date

import pytest

from monitor.campaign import Campaign
from monitor.filings.deadline import previous_day, report_day
from monitor.filings.gather import NoReport, check_filer
from tests.filings.test_state import ruled


def test_the_report_speaks_of_the_25th(campaign: Campaign) -> None:
    assert report_day(campaign, "2016-11") == date(2016, 11, 25)
    # A Sunday: the weekend rule moves the deadline of the filing, not the day of the figures.
    assert report_day(ruled(campaign, weekend="next_workday"), "2016-12") == date(2016, 12, 25)


def test_the_month_before(campaign: Campaign) -> None:
    assert previous_day(campaign, "2016-11") == date(2016, 10, 25)
    assert previous_day(campaign, "2017-01") == date(2016, 12, 25)
    assert previous_day(campaign, "2016-10") is None


@pytest.mark.parametrize("kind", ["city", "university"])
def test_cities_and_universities_file(campaign: Campaign, kind: str) -> None:
    check_filer(campaign, "990100", "演示市", kind, "2016-10")


@pytest.mark.parametrize(
    ("kind", "code", "month", "why"),
    [
        ("county", "990101", "2016-11", "演示单位不报送月报表。"),
        ("province", "990000", "2016-11", "演示单位不报送月报表。"),
        ("city", "990300", "2016-11", "演示单位免报月报表。"),
        ("city", "990100", "2016-09", "月报表从 2016-10 起报送。"),
    ],
)
def test_who_files_no_report(campaign: Campaign, kind: str, code: str, month: str, why: str) -> None:
    with pytest.raises(NoReport, match=why) as refused:
        check_filer(ruled(campaign, exempt=["990300"]), code, "演示单位", kind, month)
    assert refused.value.wrong_use
