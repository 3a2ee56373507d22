"""Which day a row of a table of figures is about: its column, what was given, the title; and which days can be."""

from datetime import date

import pytest

from tests.intake.conftest import (
    DAY,
    GONE,
    HEADER,
    LATE,
    ONE,
    TWO,
    Office,
    codes,
    line,
    table,
)

NO_DAY = HEADER[1:]


def undated(*rows: tuple[object, ...], above: tuple[str, ...] = ()) -> str:
    return table(*[row[1:] for row in rows], header=NO_DAY, above=above)


@pytest.mark.parametrize(
    "title",
    [
        "全省采集进度表（截至2016年11月25日）", "截止2016-11-25", "截至2016.11.25 24:00", "统计日期：2016/11/25", "截至 2016 年 11 月 25 日",
        "数据日期20161125", "截至二〇一六年十一月二十五日", "截至２０１６年１１月２５日", "2016年9月1日至2016年11月25日", "制表日期：2016年11月26日，截至2016年11月25日",
    ],
)  # fmt: skip
def test_the_day_in_the_title(office: Office, title: str) -> None:
    result = office.take(undated(line(), above=(title, "")))
    assert (codes(result), result.dates) == ([], [date(2016, 11, 25)])
    assert list(office.collection()) == [(ONE, DAY)]


def test_the_day_given(office: Office) -> None:
    assert codes(office.take(undated(line()), date=date(2016, 11, 25))) == []
    assert list(office.collection()) == [(ONE, DAY)]


def test_no_day_anywhere(office: Office) -> None:
    result = office.take(undated(line()), name="进度20161125.csv")
    assert [(item.row, item.code) for item in result.refused] == [(None, "date_missing")]


def test_the_column_counts_before_the_rest(office: Office) -> None:
    assert codes(office.take(table(line(), above=(f"截至{DAY}",)), date=date(2016, 11, 25))) == []
    assert list(office.collection()) == [(ONE, DAY)]


def test_a_title_over_several_days_names_the_last(office: Office) -> None:
    assert codes(office.take(table(line(day="2016-11-24"), line(), above=("截至2016年11月25日",)))) == []


def test_contradictions_are_refused(office: Office) -> None:
    title = office.take(table(line(), above=("截至2016年11月24日",)))
    assert [(item.row, item.code) for item in title.refused] == [(None, "date_contradiction")]
    given_ = office.take(undated(line(), above=("截至2016年11月24日",)), date=date(2016, 11, 25))
    assert codes(given_) == ["date_contradiction"]
    column = office.take(table(line(ONE), line(TWO, day="2016-11-24")), date=date(2016, 11, 25))
    assert [(item.row, item.code) for item in column.refused] == [(3, "date_contradicts_option")]
    several = office.take(undated(line(), above=("截至2016年11月24日", "截至2016年11月25日")))
    assert codes(several) == ["date_in_title_unclear"]
    assert office.collection() == {}


def test_a_blank_date_in_a_dated_column_is_refused(office: Office) -> None:
    result = office.take(table(line(ONE), line(TWO, day="")), date=date(2016, 11, 25))
    assert [(item.cell, item.code) for item in result.refused] == [("A3", "date_blank")]


def test_an_empty_column_of_dates_is_none(office: Office) -> None:
    assert codes(office.take(table(line(day=""), above=("截至2016年11月25日",)))) == []


@pytest.mark.parametrize(
    "day, code", [("2999-01-01", "date_future"), ("2016-08-31", "date_before_start"), ("昨天", "date_unreadable")]
)
def test_days_that_cannot_be(office: Office, day: str, code: str) -> None:
    result = office.take(table(line(ONE), line(TWO, day=day)))
    assert [(item.row, item.cell, item.code) for item in result.refused] == [(3, "A3", code)]
    if code != "date_unreadable":
        whole = office.take(undated(line()), date=date.fromisoformat(day))
        assert [(item.row, item.code) for item in whole.refused] == [(None, code)]


def test_today_is_that_of_the_campaigns_time_zone(office: Office) -> None:
    today = office.campaign.today()
    assert codes(office.take(table(line(day=today.isoformat())))) == []


@pytest.mark.parametrize("day, good", [("2016-10-31", False), ("2016-11-01", True)])
def test_a_unit_counts_from_its_opening_day(office: Office, day: str, good: bool) -> None:
    assert codes(office.take(table(line(LATE, day)))) == ([] if good else ["unit_not_open"])


@pytest.mark.parametrize("day, good", [("2016-11-19", True), ("2016-11-20", False)])
def test_a_unit_leaves_on_its_closing_day(office: Office, day: str, good: bool) -> None:
    assert codes(office.take(table(line(GONE, day)))) == ([] if good else ["unit_closed"])


def test_a_day_that_cannot_be_read_contradicts_no_title(office: Office) -> None:
    result = office.take(table(line(day="2016-11-24"), line(day="昨天"), above=(f"截至{DAY}",)))
    assert [(item.row, item.code) for item in result.refused] == [(4, "date_unreadable")]
