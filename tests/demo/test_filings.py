"""Filings of the demonstration: on time, late, missing."""

import csv
from datetime import datetime, timedelta

from monitor.demo import FILINGS_FILE, filing_story
from monitor.workdays import Calendar

from .conftest import Demo, read_table


def _october(demo: Demo) -> dict[str, datetime | None]:
    return {code: filed for code, month, filed in filing_story(demo.campaign) if month == "2016-10"}


def test_one_entry_a_month_for_every_city_and_university(demo: Demo) -> None:
    story = filing_story(demo.campaign)
    keys = [(code, month) for code, month, _filed in story]
    institutions = read_table(demo.campaign.path(demo.campaign.data.institutions))["单位代码"].to_list()
    divisions = read_table(demo.campaign.path(demo.campaign.data.divisions))
    cities = [code for code, kind in divisions.select("单位代码", "单位类别").iter_rows() if kind == "设区市"]
    assert len(keys) == len(set(keys))
    assert set(keys) == {(code, month) for code in (*cities, *institutions) for month in ("2016-10", "2016-11")}


def test_the_same_every_time(demo: Demo) -> None:
    assert filing_story(demo.campaign) == filing_story(demo.campaign)


def test_october_has_all_states(demo: Demo) -> None:
    due = datetime(2016, 10, 26, tzinfo=demo.campaign.timezone)
    filed = _october(demo)
    late = {code: moment for code, moment in filed.items() if moment and moment >= due}
    missing = {code for code, moment in filed.items() if moment is None}
    assert {code for code in late if code.endswith("00")} == {"330300", "330600"}
    assert late["330300"] < due + timedelta(minutes=1)
    assert {code for code in missing if code.endswith("00")} == {"330800"}
    assert (len(late), len(missing)) == (11, 7)
    on_time = filed["331100"]
    assert on_time is not None and timedelta(0) < due - on_time < timedelta(minutes=1)


def test_units_that_have_not_started_have_not_reported(demo: Demo) -> None:
    filed = _october(demo)
    assert all(filed[code] is None for code in ("4133013294", "4133013637", "4133012646", "4133013030", "4133014089"))


def test_ordinary_filings_fall_on_working_days(demo: Demo) -> None:
    calendar = Calendar()
    due = datetime(2016, 10, 26, tzinfo=demo.campaign.timezone)
    days = [moment.date() for moment in _october(demo).values() if moment and moment < due]
    assert len(days) == 118 - 11 - 7
    assert all(calendar.is_workday(day) for day in days)


def test_november_is_partly_filed_by_its_last_day(demo: Demo) -> None:
    filed = [moment for _code, month, moment in filing_story(demo.campaign) if month == "2016-11"]
    early = [moment for moment in filed if moment]
    assert 30 < len(early) < 70
    assert max(early) < datetime(2016, 11, 26, tzinfo=demo.campaign.timezone)


def test_the_file_says_the_same(demo: Demo) -> None:
    with (demo.folder / FILINGS_FILE).open(encoding="utf-8", newline="") as file:
        rows = [(row["单位代码"], row["月份"], row["报送时间"]) for row in csv.DictReader(file)]
    said = [(code, month, datetime.fromisoformat(filed) if filed else None) for code, month, filed in rows]
    assert said == [(code, month, filed) for code, month, filed in filing_story(demo.campaign)]
