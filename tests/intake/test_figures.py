"""Tables of figures: how many; what is refused and what is said (whose row: test_whose.py, which day: test_days.py)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.books import xlsx
from tests.intake.conftest import (
    CITY_RUN,
    DAY,
    HEADER,
    NEW_CODE,
    OLD_CODE,
    ONE,
    PROVINCE_RUN,
    THREE,
    TWO,
    UNIVERSITY,
    Office,
    codes,
    found,
    line,
    table,
)

REVIEW = ("统计日期", "单位代码", "审核级次", "待审核人数", "审核通过人数", "退回人数")


# ---- figures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, code",
    [
        ("-1", "count_negative"),
        ("1.5", "count_fraction"),
        ("约300", "count_not_a_number"),
        ("", "count_missing"),
        ("—", "count_missing"),
        ("-", "count_missing"),
    ],
)
def test_what_is_no_number_is_refused_with_row_and_column(office: Office, text: str, code: str) -> None:
    result = office.take(table(line(TWO), line(entered=text)))
    assert [(item.row, item.cell, item.column, item.code) for item in result.refused] == [(3, "E3", "已录入人数", code)]
    assert "第 3 行" in result.refused[0].message and "已录入人数" in result.refused[0].message


def test_numbers_in_every_dress(office: Office) -> None:
    office.take(table(line(expected='"1,234"', entered=" １００ 人", submitted="8 0")))
    assert office.collection() == {(ONE, DAY): (1234, 100, 80, None)}


@pytest.mark.parametrize("text, value", [("", None), ("—", None), ("-", None), ("0", 0), ("7人", 7)])
def test_an_optional_figure_may_be_unknown(office: Office, text: str, value: int | None) -> None:
    assert codes(office.take(table((*line(), text), header=(*HEADER, "已赋号人数")))) == []
    assert office.collection() == {(ONE, DAY): (100, 90, 80, value)}


def test_an_unknown_figure_keeps_what_was_known(office: Office) -> None:
    office.take(table((*line(), 7), header=(*HEADER, "已赋号人数")))
    again = office.take(table((*line(), ""), header=(*HEADER, "已赋号人数")))
    assert (again.unchanged, office.collection()) == (1, {(ONE, DAY): (100, 90, 80, 7)})


def test_the_same_row_twice_counts_once_with_a_note(office: Office) -> None:
    result = office.take(table(line(), line(TWO), line(f"'{ONE}", expected="100人")))
    assert (result.rows, result.loaded, found(result)) == (3, 2, ["same_row_twice"])


def test_the_same_unit_and_day_with_other_figures_refuses_both_rows(office: Office) -> None:
    result = office.take(table(line(), line(TWO), line(entered=91)), accept_valid=True)
    assert [(item.row, item.code) for item in result.refused] == [(2, "duplicate_differs"), (4, "duplicate_differs")]
    assert list(office.collection()) == [(TWO, DAY)]


# ---- review ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code, chain",
    [
        (ONE, ("学校", "县级")),
        (CITY_RUN, ("学校", "市级")),
        (PROVINCE_RUN, ("学校", "省级")),
        (UNIVERSITY, ("学校", "省级")),
    ],
)
def test_review_levels_outside_the_chain_are_refused(office: Office, code: str, chain: tuple[str, ...]) -> None:
    for level in ("学校", "县级", "市级", "省级"):
        result = office.take(table((DAY, code, level, 1, 2, 3), header=REVIEW))
        assert codes(result) == ([] if level in chain else ["level_outside_chain"])


def test_a_level_that_is_none(office: Office) -> None:
    result = office.take(table((DAY, ONE, "国家级", 1, 2, 3), header=REVIEW))
    assert [(item.cell, item.code) for item in result.refused] == [("C2", "level_unreadable")]


def test_a_blank_level_names_row_column_and_remedy(office: Office) -> None:
    result = office.take(table((DAY, TWO, "学校", 1, 2, 3), (DAY, ONE, "", 1, 2, 3), header=REVIEW))
    assert [(item.row, item.cell, item.code) for item in result.refused] == [(3, "C3", "level_unreadable")]
    assert result.refused[0].message == "第 3 行“审核级次”为空，请填写：学校、县级、市级、省级。"


def test_the_same_day_at_two_levels_is_no_duplicate(office: Office) -> None:
    result = office.take(table((DAY, ONE, "学校", 1, 8, 1), (DAY, ONE, "县级", 2, 5, 1), header=REVIEW))
    assert (codes(result), found(result)) == ([], [])
    assert office.review() == {(ONE, DAY, "school"): (1, 8, 1), (ONE, DAY, "county"): (2, 5, 1)}


# ---- statistics --------------------------------------------------------------------------------------------------


def test_statistics(office: Office) -> None:
    text = table(
        ("2016年", ONE, '"1,001"', "—"), (2016, TWO, 52, 40), header=("统计年份", "单位代码", "教职工数", "专任教师数")
    )
    result = office.take(text)
    assert (result.kind, result.dates, result.loaded) == ("statistics", [], 2)
    rows = office.rows(
        "SELECT u.code, year, staff, teachers FROM statistics s JOIN unit u ON u.id = s.unit_id ORDER BY u.code"
    )
    assert rows == [(ONE, 2016, 1001, None), (TWO, 2016, 52, 40)]


@pytest.mark.parametrize(
    "year, code",
    [
        ("去年", "year_unreadable"),
        ("", "year_unreadable"),
        ("1066", "year_out_of_range"),
        ("2999", "year_out_of_range"),
    ],
)
def test_years_that_cannot_be(office: Office, year: str, code: str) -> None:
    assert codes(office.take(table((year, ONE, 10), header=("统计年份", "单位代码", "教职工数")))) == [code]


@pytest.mark.parametrize(
    "title, name, good",
    [
        ("2016年西湖区教育事业统计", "a.csv", True), ("2016学年初", "a.csv", True), ("", "2016年教育事业统计.csv", True), ("", "统计2016.csv", True),
        ("", "a.csv", False), ("2015年、2016年", "a.csv", False), ("", "20161125.csv", False),
    ],
)  # fmt: skip
def test_a_year_that_only_title_or_name_says(office: Office, title: str, name: str, good: bool) -> None:
    header = ("单位代码", "单位名称", "教职工数")
    result = office.take(table((ONE, "", 10), header=header, above=(title, "")), name=name)
    years = office.rows("SELECT year FROM statistics")
    assert (codes(result), years) == (([], [(2016,)]) if good else (["columns_missing"], []))
    assert found(result) == (["year_from_name"] if good and not title else [])


def test_a_count_of_staff_beside_other_figures_makes_no_statistics(office: Office) -> None:
    whole = table((*line(), 9), header=(*HEADER, "教职工数"), above=("2016年",))
    assert office.take(whole, name="2016年.csv").kind == "collection"
    part = table((ONE, 9, 8, 7), header=("单位代码", "教职工数", "已录入人数", "已报送人数"), above=("2016年",))
    assert codes(office.take(part, name="2016年.csv")) == ["columns_missing"]


# ---- personal data, and everything together ----------------------------------------------------------------------


@pytest.mark.parametrize("place", ["extra", "name", "note", "title"])
def test_a_cell_with_an_id_number_refuses_its_row_and_is_not_repeated(office: Office, place: str) -> None:
    number = "11010519491231002X"
    row: tuple[object, ...] = (
        DAY,
        ONE,
        number if place == "name" else "",
        100,
        90,
        80,
        number if place == "extra" else "",
    )
    text = table(row, header=(*HEADER, "备注"), above=(f"联系人 {number}",) if place == "title" else ())
    result = office.take(text + (f"注：{number}\n" if place == "note" else ""))
    assert "personal_id" in codes(result)
    assert result.loaded == 0
    assert number not in str(result.to_json())
    refused = next(item for item in result.refused if item.code == "personal_id")
    named = {"extra": ("备注", "G2"), "name": ("单位名称", "C2"), "note": ("统计日期", "A3"), "title": (None, "A1")}[
        place
    ]
    assert (refused.column, refused.cell) == named
    assert named[0] is None or f"“{named[0]}”" in refused.message


def test_a_header_that_is_an_id_number_is_not_repeated(office: Office) -> None:
    number = "11010519491231002X"
    result = office.take(table((*line(ONE), number), header=(*HEADER, f"电话{number}")))
    assert [(item.cell, item.column) for item in result.refused] == [("G1", None), ("G2", None)]
    assert number not in str(result.to_json())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(st.data())
def test_all_habits_at_once_read_as_the_plain_table(office: Office, data: st.DataObject) -> None:
    """Whatever of the habits come together: titles, dress of codes and numbers, order of columns, kind of file."""
    figures = {
        code: [data.draw(st.integers(0, 5000)) for _figure in range(3)]
        for code in (ONE, TWO, THREE, CITY_RUN, OLD_CODE)
    }
    number = st.sampled_from(["{}", "{:,}", "{}人", " {} ", "{}.0"])
    dress = st.sampled_from(["{}", "'{}", " {}"])
    with_column = data.draw(st.booleans())
    header = ["学校标识码", "应采集数", "录入人数", "报送人数", "备注"] + (["日期"] if with_column else [])
    order = data.draw(st.permutations(range(len(header))))
    day = data.draw(st.sampled_from(["2016-11-25", "2016/11/25", "2016.11.25", "20161125", "2016年11月25日", "42699"]))
    rows: list[list[object]] = [[] for _blank in range(data.draw(st.integers(0, 3)))]
    rows.append(["截至2016年11月25日"])
    rows.append([header[place] for place in order])
    for code, values in figures.items():
        cells = [
            data.draw(dress).format(code),
            *[data.draw(number).format(value) for value in values],
            "",
            *([day] if with_column else []),
        ]
        rows.append([cells[place] for place in order])
        if data.draw(st.booleans()):
            rows.append([])
    rows.append(["注：以上为演示"])
    if data.draw(st.booleans()):
        result = office.take(xlsx(rows), "table.xlsx")
    else:
        encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
        text = "\n".join(",".join(f'"{cell}"' if "," in str(cell) else str(cell) for cell in row) for row in rows)
        result = office.take(text.encode(encoding))
    assert codes(result) == []
    expected = {(NEW_CODE if code == OLD_CODE else code, DAY): (*values, None) for code, values in figures.items()}
    assert office.collection() == expected


@pytest.mark.parametrize("text", ["①", "²", "½"])
def test_digits_that_are_no_plain_numbers_under_the_header(office: Office, text: str) -> None:
    """int() knows neither of them, and the first row of data is looked at for numbers of columns."""
    result = office.take(table((DAY, ONE, "", text, 0, 0)))
    assert result.loaded == (text != "½") and codes(result) == ["count_not_a_number"] * (text == "½")


def test_a_row_twice_says_by_what_the_rows_are_the_same(office: Office) -> None:
    levels = office.take(table((DAY, ONE, "学校", 1, 2, 3), (DAY, ONE, "学校", 1, 2, 4), header=REVIEW))
    assert "同一审核级次" in levels.refused[0].message
    years = office.take(table((2016, ONE, 10), (2016, ONE, 11), header=("统计年份", "单位代码", "教职工数")))
    assert codes(years) == ["duplicate_differs"] * 2
    assert "年份" in years.refused[0].message and "日期" not in years.refused[0].message
