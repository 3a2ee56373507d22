"""Cells to values, held against a slow and plain reading of the same rules."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.intake.values import MAX_COUNT, code_column, count_columns, day_column, parse_count, parse_day

FULL = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")


def counted(*texts: str | None) -> list[tuple[int | None, str | None]]:
    frame = count_columns(pl.DataFrame({"n": list(texts)}, schema={"n": pl.String}), ["n"])
    return list(frame.select("n", "n?").iter_rows())


@pytest.mark.parametrize(
    "text, value",
    [
        ("0", 0), ("12", 12), ("1,234", 1234), ("1，234", 1234), ("12,345,678", 12345678), ("１２３", 123), (" 45 ", 45),
        ("1 234", 1234), ("1\u00a0234", 1234), ("56人", 56), ("56 人", 56), ("７８名", 78), ("12.0", 12), ("12.", 12), ("007", 7), ("+5", 5),
        ("'33", 33),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, value: int) -> None:
    assert counted(text, "1") == [(value, None), (1, None)]


@pytest.mark.parametrize(
    "text, reason",
    [
        ("-5", "count_negative"), ("−5", "count_negative"), ("－５", "count_negative"), ("(5)", "count_negative"), ("12.5", "count_fraction"),
        ("0.1", "count_fraction"), ("约300", "count_not_a_number"), ("300左右", "count_not_a_number"), ("1,2,3", "count_not_a_number"),
        ("12,34", "count_not_a_number"), ("三百", "count_not_a_number"), ("1e3", "count_not_a_number"), ("无", "count_not_a_number"),
        ("", "blank"), ("  ", "blank"), ("-", "blank"), ("—", "blank"), ("——", "blank"), ("－", "blank"), ("–", "blank"),
        ("#REF!", "cell_error"), ("#DIV/0!", "cell_error"), ("#N/A", "cell_error"), ("9999999999", "count_too_large"),
        ("99999999999999999999999", "count_too_large"),
    ],
)  # fmt: skip
def test_what_is_no_number_of_people(text: str, reason: str) -> None:
    assert counted(text) == [(None, reason)]


def test_an_empty_cell_is_blank() -> None:
    assert counted(None, "3") == [(None, "blank"), (3, None)]


@given(
    st.integers(0, MAX_COUNT),
    st.sampled_from(["{:d}", "{:,d}", " {:d} ", "{:d}人", "{:,d} 人", "{:d}.0", "'{:d}"]),
    st.booleans(),
)
def test_every_number_reads_back(number: int, form: str, full_width: bool) -> None:
    text = form.format(number)
    assert parse_count(text.translate(FULL) if full_width else text) == (number, None)


@given(st.lists(st.one_of(st.none(), st.text(alphabet="0123456789,.-人约 ＃#A", max_size=8)), min_size=1, max_size=20))
def test_a_column_reads_as_its_cells(texts: list[str | None]) -> None:
    assert counted(*texts) == [(None, "blank") if text is None else parse_count(text) for text in texts]


@pytest.mark.parametrize(
    "text, code",
    [
        ("330100", "330100"), ("330100.0", "330100"), ("'330100", "330100"), ("’330100", "330100"), (" 3301 00 ", "330100"),
        ("３３０１００", "330100"), ('="330100"', "330100"), ("\t330100", "330100"), ("330100\u00a0", "330100"), ("", None), ("—", None), (None, None),
        ("330100.5", "330100.5"), ("4.13301E+09", "4.13301E+09"),
    ],
)  # fmt: skip
def test_codes_as_people_write_them(text: str | None, code: str | None) -> None:
    column = code_column(pl.Series(["330106", text], dtype=pl.String))
    assert column.to_list() == ["330106", code]


@pytest.mark.parametrize(
    "text",
    [
        "2016-11-25", "2016/11/25", "2016.11.25", "20161125", "2016年11月25日", "2016 年 11 月 25 日", "２０１６－１１－２５", "2016-11-25 00:00:00",
        "2016-11-25T08:30:00", "42699", "42699.0", "42699.75", "'2016-11-25", "2016年11月25日星期五", "2016年11月25号", "二〇一六年十一月二十五日", "20161125.0",
    ],
)  # fmt: skip
def test_days_as_people_write_them(text: str) -> None:
    assert parse_day(text) == date(2016, 11, 25)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_serials_of_both_systems(day: date) -> None:
    assert parse_day(str((day - date(1899, 12, 30)).days)) == day
    if day - timedelta(days=9999) >= date(1904, 1, 1):
        assert parse_day(str((day - date(1904, 1, 1)).days), date1904=True) == day


@pytest.mark.parametrize(
    "text", ["昨天", "2016-13-01", "2016-02-30", "11/25/2016", "2016-11", "16-11-25", "2016", "11月25日", "2016-11/25x"]
)
def test_what_is_no_day(text: str) -> None:
    days, why = day_column(pl.Series([text, "2016-11-25"]), False)
    assert days.to_list() == [None, date(2016, 11, 25)]
    assert why.to_list() == ["date_unreadable", None]


def test_blank_days_and_errors() -> None:
    days, why = day_column(pl.Series([None, " ", "—", "#REF!"], dtype=pl.String), False)
    assert days.to_list() == [None] * 4
    assert why.to_list() == ["blank", "blank", "blank", "cell_error"]
