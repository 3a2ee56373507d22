"""Rows of sums are no units; what they say is held against the rows."""

import pytest

from tests.intake.books import xlsx
from tests.intake.conftest import AWAY, CITY_RUN, DAY, HEADER, INTO, ONE, THREE, TWO, Office, codes, found, line, table

A, B, C = (
    line(ONE, expected=100, entered=90, submitted=80),
    line(TWO, expected=60, entered=50, submitted=40),
    line(THREE, expected=30, entered=20, submitted=10),
)


def total(word: str, *figures: int, place: int = 1) -> tuple[object, ...]:
    row: list[object] = ["", "", "", *figures]
    row[place] = word
    return tuple(row)


@pytest.mark.parametrize("word", ["合计", "总计", "合  计", "总　计", "全省合计", "合计：", "合计（人）", "共计"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_totals_are_no_units(office: Office, word: str, place: int) -> None:
    result = office.take(table(A, B, total(word, 160, 140, 120, place=place)))
    assert (codes(result), found(result), result.rows) == ([], [], 2)
    wrong = office.take(table(A, B, total(word, 160, 141, 120, place=place)))
    assert [(item.code, item.row) for item in wrong.findings][:1] == [("total_differs", 4)]
    assert "141" in wrong.findings[0].message and "140" in wrong.findings[0].message


def test_a_total_in_a_column_of_its_own(office: Office) -> None:
    result = office.take(table(("1", *A), ("2", *B), ("合计", "", "", "", 160, 140, 120), header=("序号", *HEADER)))
    assert (codes(result), found(result), result.rows) == ([], [], 2)


def test_a_subtotal_sums_the_rows_since_the_last_one(office: Office) -> None:
    rows = (A, B, total("小计", 160, 140, 120), C, total("西湖区小计", 30, 20, 10), total("合计", 190, 160, 130))
    assert found(office.take(table(*rows))) == []
    wrong = (A, B, total("小计", 160, 140, 120), C, total("小计", 190, 160, 130), total("合计", 190, 160, 131))
    result = office.take(table(*wrong))
    assert [(item.code, item.row) for item in result.findings if item.grade == "explain"] == [
        ("subtotal_differs", 6),
        ("total_differs", 7),
    ]


def test_a_total_above_the_rows(office: Office) -> None:
    assert found(office.take(table(total("总计", 160, 140, 120), A, B))) == []


def test_a_total_of_one_day_of_several(office: Office) -> None:
    other = line(ONE, "2016-11-24", 100, 80, 70)
    rows = (
        other,
        ("2016-11-24", "合计", "", 100, 80, 70),
        A,
        B,
        (DAY, "合计", "", 160, 140, 120),
        total("总计", 260, 220, 190),
    )
    assert found(office.take(table(*rows))) == []


def test_blank_sums_are_not_held_against_anything(office: Office) -> None:
    assert found(office.take(table(A, B, ("合计", "", "", "", 140, "—")))) == []


def test_sums_over_refused_cells_are_not_held_against_anything(office: Office) -> None:
    result = office.take(table(A, line(TWO, entered="约50"), total("合计", 160, 140, 120)))
    assert found(result) == ["total_differs"]  # submitted and expected are known; 80 + 80 is not 120
    assert "已录入" not in result.findings[0].message


def test_a_unit_with_units_below_is_a_subtotal_of_them(office: Office) -> None:
    county = (DAY, "330106", "西湖区", 160, 140, 120)
    result = office.take(table(county, A, B))
    assert (codes(result), found(result), result.rows, result.loaded) == ([], [], 2, 2)
    wrong = office.take(table((DAY, "330100", "杭州市", 160, 999, 120), A, B))
    assert [(item.code, item.row, item.unit) for item in wrong.findings][:1] == [("subtotal_differs", 2, "330100")]
    assert "330106" not in {code for code, _day in office.collection()}


def test_a_subtotal_of_other_days_and_levels_is_not_mixed_up(office: Office) -> None:
    header = ("统计日期", "单位代码", "审核级次", "待审核人数", "审核通过人数", "退回人数")
    rows = [
        (DAY, ONE, "学校", 1, 8, 1),
        (DAY, ONE, "县级", 2, 5, 1),
        (DAY, "330106", "学校", 1, 8, 1),
        (DAY, "330106", "县级", 2, 5, 2),
    ]
    result = office.take(table(*rows, header=header))
    assert [(item.code, item.row) for item in result.findings] == [("subtotal_differs", 5)]


def test_a_unit_with_units_below_and_none_of_them_in_the_file(office: Office) -> None:
    result = office.take(table((DAY, "330106", "西湖区", 160, 140, 120), line(INTO)))
    assert (found(result), result.rows) == (["subtotal_without_rows"], 1)
    only = office.take(table((DAY, "330106", "西湖区", 160, 140, 120)))
    assert codes(only) == ["no_rows"]


def test_a_unit_with_none_below_reports_whatever_its_kind(office: Office) -> None:
    result = office.take(table(line(INTO), line(AWAY)))
    assert (codes(result), result.rows) == ([], 2)
    assert office.collection() == {(INTO, DAY): (200, 180, 160, None)}


def test_the_total_of_several_sheets(office: Office) -> None:
    first, second = [[*HEADER], [*A]], [[*HEADER], [*B], [*total("总计", 160, 140, 120)]]
    assert found(office.take(xlsx(first, second), "table.xlsx")) == []
    per_sheet = [[*HEADER], [*B], [*total("合计", 60, 50, 40)]]
    assert "total_differs" not in found(office.take(xlsx(first, per_sheet), "table.xlsx"))


def test_a_total_of_a_place_over_several_subtotals(office: Office) -> None:
    rows = (A, B, total("小计", 160, 140, 120), C, total("小计", 30, 20, 10), total("杭州市合计", 190, 160, 130),
            line(INTO, expected=7, entered=7, submitted=7), total("宁波市合计", 7, 7, 7), total("总计", 197, 167, 137))  # fmt: skip
    assert found(office.take(table(*rows))) == []
    wrong = [*rows[:5], total("杭州市合计", 191, 160, 130), *rows[6:]]
    assert [(item.code, item.row) for item in office.take(table(*wrong)).findings][:1] == [("total_differs", 7)]


def test_nothing_but_units_with_units_below(office: Office) -> None:
    result = office.take(table(line("330106")))
    assert [(item.row, item.code) for item in result.refused] == [(None, "no_rows")]
    assert "330106 西湖区" in result.refused[0].message and "第 2 行" in result.refused[0].message


def test_a_school_whose_name_holds_the_word(office: Office) -> None:
    unit = ("单位代码", "单位名称", "单位类别", "上级单位代码")
    office.take(table(("3301060088", "演示会计学校", "学校", "330106"), header=unit), name="units.csv")
    result = office.take(table((DAY, "3301060088", "演示会计学校", 10, 9, 8)))
    assert (codes(result), result.loaded) == ([], 1)


def test_numbers_under_the_header(office: Office) -> None:
    result = office.take(table(("甲", "乙", "丙", 1, 2, 3), A))
    assert (codes(result), result.rows) == ([], 1)


def test_a_header_repeated_on_every_page(office: Office) -> None:
    result = office.take(table(A, HEADER, B))
    assert (codes(result), result.rows) == ([], 2)


def test_a_row_of_a_unit_with_units_below_need_not_be_complete(office: Office) -> None:
    result = office.take(table(("", "330106", "全区", 160, "—", "约120"), A, B))
    assert (codes(result), found(result), result.rows) == ([], [], 2)


@pytest.mark.parametrize("word", ["小计", "合计", "西湖区合计", "西湖区小计", "西湖区"])
def test_a_row_of_sums_with_the_code_of_a_unit_sums_up_what_is_below_it(office: Office, word: str) -> None:
    """Before its rows or after them, and whatever other rows stand between."""
    above = (DAY, "330106", word, 30, 20, 11)
    rows = [(DAY, ONE, "", 10, 10, 5), (DAY, CITY_RUN, "", 7, 7, 7), (DAY, TWO, "", 20, 10, 5)]
    for lines in ([above, *rows], [*rows, above]):
        result = office.take(table(*lines))
        (finding,) = [item for item in result.findings if item.code == "subtotal_differs"]
        assert finding.unit == "330106" and finding.values == {"submitted": 11, "submitted_sum": 10}
        assert result.rows == 3
