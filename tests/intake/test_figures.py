"""Tables of figures: whose row, which day, how many; what is refused and what is said."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.books import xlsx
from tests.intake.conftest import (
    AWAY,
    CITY_RUN,
    DAY,
    GONE,
    HEADER,
    INTO,
    LATE,
    NAMES,
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


# ---- codes and names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["３３０１０６０００１", "'3301060001", " 3301060001 ", "3301060001.0", '"=""3301060001"""', "3301 0600 01"],
)
def test_codes_in_every_dress(office: Office, written: str) -> None:
    assert codes(office.take(table(line(written)))) == []
    assert list(office.collection()) == [(ONE, DAY)]


def test_codes_that_a_spreadsheet_destroyed_are_refused_row_by_row(office: Office) -> None:
    result = office.take(table(line("3.30106E+09"), line(ONE), line("4.13301E+09")))
    assert [(item.row, item.code, item.cell) for item in result.refused] == [
        (2, "code_destroyed", "B2"),
        (4, "code_destroyed", "B4"),
    ]
    assert all("文本" in item.message for item in result.refused)


@pytest.mark.parametrize(
    "written, code",
    [
        ("9999999999", "unit_unknown"),
        ("", "code_missing"),
        ("—", "code_missing"),
        ("演示小学", "code_invalid"),
        ("330106.5", "code_invalid"),
    ],
)
def test_codes_that_are_none(office: Office, written: str, code: str) -> None:
    result = office.take(table(line(ONE), line(written), line(TWO)))
    assert [(item.row, item.column, item.code) for item in result.refused] == [(3, "单位代码", code)]


@pytest.mark.parametrize(
    "name",
    [
        "演示第一小学",
        " 演示 第一小学",
        "西湖区演示第一小学",
        "杭州市西湖区演示第一小学",
        "浙江省杭州市西湖区演示第一小学",
        "",
    ],
)
def test_names_that_go_with_the_code(office: Office, name: str) -> None:
    assert codes(office.take(table((DAY, ONE, name, 100, 90, 80)))) == []


@pytest.mark.parametrize("name", ["演示第二小学", "余杭区演示第一小学", "演示第一小学分校"])
def test_a_name_that_contradicts_the_code_is_refused(office: Office, name: str) -> None:
    result = office.take(table((DAY, ONE, name, 100, 90, 80)))
    assert [(item.cell, item.code) for item in result.refused] == [("C2", "name_contradicts")]
    assert NAMES[ONE] in result.refused[0].message


@pytest.mark.parametrize(
    "code, name",
    [
        (OLD_CODE, "奉化市"),
        (OLD_CODE, "奉化区"),
        (OLD_CODE, ""),
        (NEW_CODE, "奉化市"),
        (NEW_CODE, "宁波市奉化市"),
        (NEW_CODE, "宁波市奉化区"),
    ],
)
def test_an_old_code_or_name_is_taken_as_its_successors(office: Office, code: str, name: str) -> None:
    result = office.take(table((DAY, code, name, 100, 90, 80), (DAY, ONE, "", 10, 9, 8)))
    assert codes(result) == []
    assert office.collection()[NEW_CODE, DAY] == (100, 90, 80, None)
    assert found(result) == (["old_unit"] if code == OLD_CODE or "奉化市" in name else [])


def test_a_former_name_of_the_place_in_front_of_a_school(office: Office) -> None:
    head = ("单位代码", "单位名称", "单位类别", "学段", "上级单位代码")
    office.take(table(("3302120001", "演示鄞州小学", "学校", "小学", INTO), header=head))
    for name, good in (("江东区演示鄞州小学", True), ("宁波市江东区演示鄞州小学", True), ("奉化市演示鄞州小学", False)):
        assert codes(office.take(table((DAY, "3302120001", name, 1, 1, 1)))) == ([] if good else ["name_contradicts"])


def test_old_codes_are_said_once_a_file(office: Office) -> None:
    days = ["2016-11-22", "2016-11-23", "2016-11-24"]
    result = office.take(table(*[line(OLD_CODE, day) for day in days], *[line(AWAY, day) for day in days]))
    assert found(result) == ["old_unit"]
    assert result.findings[0].grade == "note"
    assert f"{OLD_CODE} → {NEW_CODE}" in result.findings[0].message and f"{AWAY} → {INTO}" in result.findings[0].message


def test_rows_of_predecessors_are_added_up_with_a_note(office: Office) -> None:
    result = office.take(
        table(line(INTO, expected=100, entered=90, submitted=80), line(AWAY, expected=10, entered=9, submitted=8))
    )
    assert (result.rows, result.loaded) == (2, 2)
    assert office.collection() == {(INTO, DAY): (110, 99, 88, None)}
    assert sorted(found(result)) == ["old_unit", "predecessors_added"]
    assert [item.unit for item in result.findings] == [INTO, INTO]


def test_a_sum_with_an_unknown_part_is_unknown(office: Office) -> None:
    header = (*HEADER, "已赋号人数")
    office.take(table((*line(INTO), 5), (*line(AWAY), ""), header=header))
    assert office.collection() == {(INTO, DAY): (200, 180, 160, None)}


def test_the_dates_of_the_successor_decide(office: Office) -> None:
    # 330283 is closed since November 1st, 330204 from December 1st; their successors are open throughout.
    assert codes(office.take(table(line(OLD_CODE, DAY), line(OLD_CODE, "2016-10-20"), line(AWAY, "2016-12-05")))) == []


def test_a_sum_is_not_taken_from_some_of_its_rows(office: Office) -> None:
    rows = table(line(INTO), line(AWAY, entered="?"), line(ONE))
    result = office.take(rows, accept_valid=True)
    assert sorted(codes(result)) == ["count_not_a_number", "predecessor_incomplete"]
    assert list(office.collection()) == [(ONE, DAY)]


# ---- days --------------------------------------------------------------------------------------------------------

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


def test_a_day_that_cannot_be_read_contradicts_no_title(office: Office) -> None:
    result = office.take(table(line(day="2016-11-24"), line(day="昨天"), above=(f"截至{DAY}",)))
    assert [(item.row, item.code) for item in result.refused] == [(4, "date_unreadable")]


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


def test_old_names_are_said_too_and_all_of_it_once_a_file(office: Office) -> None:
    levels = ("统计日期", "单位代码", "审核级次", "待审核人数", "审核通过人数", "退回人数")
    book = xlsx([HEADER, [DAY, NEW_CODE, "奉化市", 5, 4, 3]], [levels, [DAY, AWAY, "学校", 1, 1, 1]])
    result = office.take(book, "a.xlsx")
    notes = [finding for finding in result.findings if finding.code == "old_unit"]
    assert len(notes) == 1 and f"奉化市 → {NEW_CODE}" in notes[0].message and f"{AWAY} → {INTO}" in notes[0].message
    assert "2 行" in notes[0].message


def test_a_row_twice_says_by_what_the_rows_are_the_same(office: Office) -> None:
    levels = office.take(table((DAY, ONE, "学校", 1, 2, 3), (DAY, ONE, "学校", 1, 2, 4), header=REVIEW))
    assert "同一审核级次" in levels.refused[0].message
    years = office.take(table((2016, ONE, 10), (2016, ONE, 11), header=("统计年份", "单位代码", "教职工数")))
    assert codes(years) == ["duplicate_differs"] * 2
    assert "年份" in years.refused[0].message and "日期" not in years.refused[0].message
