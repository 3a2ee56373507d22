"""Register tables: units added and changed; what cannot be is refused."""

from datetime import date

import pytest

from tests.intake.conftest import (
    AWAY,
    DAY,
    GONE,
    INTO,
    NEW_CODE,
    OLD_CODE,
    ONE,
    TWO,
    UNIVERSITY,
    Office,
    codes,
    found,
    line,
    table,
)

HEAD = ("单位代码", "单位名称", "单位类别", "学段", "上级单位代码", "隶属", "启用日期", "停用日期", "并入单位代码")


def unit(
    code: str,
    name: str = "演示新校",
    kind: str = "学校",
    school_type: str = "小学",
    parent: str = "330106",
    **more: str,
) -> tuple[str, ...]:
    return (
        code,
        name,
        kind,
        school_type,
        parent,
        more.get("run_by", ""),
        more.get("opened", ""),
        more.get("closed", ""),
        more.get("successor", ""),
    )


def units(office: Office) -> dict[str, tuple[object, ...]]:
    rows = office.rows(
        "SELECT u.code, u.name, u.kind, u.school_type, p.code, u.run_by, u.opened, u.closed, u.final_level FROM unit u LEFT JOIN unit p ON p.id = u.parent_id"
    )
    return {str(row[0]): row[1:] for row in rows}


def test_new_units_of_every_kind(office: Office) -> None:
    rows = [
        unit("331100", "丽水市", "设区市", "", "330000"),
        unit("331102", "莲都区", "县(市、区)", "", "331100"),
        unit("3311020001", "演示莲都小学", "学校", "小学", "331102", opened="2016年10月1日"),
        unit("3311000001", "演示丽水中学", "学校", "完全中学", "331100", run_by="市属"),
        unit("3300000009", "演示附属学校", "学校", "九年一贯制", "331102", run_by="省属"),
        unit("4133019999", "演示学院", "高校", "", "330000"),
    ]
    result = office.take(table(*rows, header=HEAD))
    assert (result.kind, codes(result), result.rows, result.loaded) == ("units", [], 6, 6)
    have = units(office)
    assert have["3311020001"] == ("演示莲都小学", "school", "primary", "331102", None, 20161001, None, "county")
    assert have["3311000001"][-1] == "city"
    assert have["3300000009"][-1] == "province"
    assert have["4133019999"][1:4] == ("university", "university", "330000")


@pytest.mark.parametrize("kind", ["县（市、区）", "县(市、区)", "县", "区县"])
def test_kinds_in_every_dress(office: Office, kind: str) -> None:
    assert codes(office.take(table(unit("330109", "萧山区", f'"{kind}"', "", "330100"), header=HEAD))) == []


@pytest.mark.parametrize(
    "word, key",
    [
        ("幼儿园", "kindergarten"),
        ("小学", "primary"),
        ("初中", "junior"),
        ("普通高中", "senior"),
        ("完全中学", "complete"),
        ("九年一贯制", "nine_year"),
        ("十二年一贯制", "twelve_year"),
        ("中等职业", "vocational"),
        ("特殊教育", "special"),
        ("其他", "other"),
        ("", "other"),
    ],
)
def test_school_types(office: Office, word: str, key: str) -> None:
    office.take(table(unit("3301060077", school_type=word), header=HEAD))
    assert units(office)["3301060077"][2] == key


@pytest.mark.parametrize(
    "word, key",
    [
        *(
            ("小学教学点", "primary"),
            ("职业初中", "junior"),
            ("普通高级中学", "senior"),
            ("职业高中学校", "vocational"),
        ),
        *(("成人中等专业学校", "vocational"), ("盲人学校", "special"), ("工读学校", "other")),
    ],
)
def test_school_types_as_the_education_statistics_call_them(office: Office, word: str, key: str) -> None:
    office.take(table(unit("3301060077", school_type=word), header=HEAD))
    assert units(office)["3301060077"][2] == key


@pytest.mark.parametrize(
    "word, level", [("县（市、区）属", "county"), ("县市区属", "county"), ("市直", "city"), ("省直", "province")]
)
def test_who_runs_a_school_in_the_words_of_the_kinds(office: Office, word: str, level: str) -> None:
    office.take(table(unit("3301060077", run_by=word), header=HEAD))
    assert units(office)["3301060077"][7] == level


def test_a_known_unit_changes_name_parent_and_dates_and_keeps_what_is_left_empty(office: Office) -> None:
    result = office.take(table((ONE, "演示实验小学", "", "", "", "", "", "2016-12-01", ""), header=HEAD))
    assert (codes(result), result.corrected) == ([], 1)
    assert units(office)[ONE] == ("演示实验小学", "school", "primary", "330106", None, None, 20161201, "county")
    named = office.take(table((DAY, ONE, "演示第一小学", 10, 9, 8)))  # the former name is still known
    assert codes(named) == []


def test_units_left_out_stay_and_are_counted(office: Office) -> None:
    result = office.take(table(unit("3301060077"), header=HEAD))
    assert [(f.code, f.grade, f.values) for f in result.findings] == [("units_left_out", "note", {"units": 6})]
    assert ONE in units(office)


def test_the_kind_may_not_change(office: Office) -> None:
    result = office.take(table(unit(ONE, kind="县", school_type=""), header=HEAD))
    assert [(r.cell, r.code) for r in result.refused] == [("C2", "kind_changed")]


@pytest.mark.parametrize(
    "row, code",
    [
        (unit(""), "code_missing"), (unit("3.30106E+09"), "code_destroyed"), (unit("新校"), "code_invalid"), (unit("3301060077", name=""), "name_missing"),
        (unit("3301060077", kind="部门"), "kind_unreadable"), (unit("3301060077", kind=""), "kind_unreadable"),
        (unit("3301060077", school_type="大专"), "school_type_unreadable"), (unit("3301060077", run_by="国属"), "run_by_unreadable"),
        (unit("3301060077", parent=""), "parent_missing"), (unit("3301060077", parent="999999"), "parent_unknown"),
        (unit("3301060077", parent=ONE), "parent_impossible"), (unit("330109", kind="县", school_type="", parent="330106"), "parent_impossible"),
        (unit("4133019999", kind="高校", school_type="", parent="330100"), "parent_impossible"), (unit("3301060077", opened="将来"), "date_unreadable"),
        (unit("3301060077", opened="2016-11-01", closed="2016-10-01"), "closed_before_opened"),
        (unit("3301060077", closed="2016-11-01", successor="999"), "successor_unknown"),
        (unit("3301060077", successor=ONE), "successor_impossible"), (unit("3301060077", closed="2016-11-01", successor="330106"), "successor_impossible"),
        (unit(ONE, closed="2016-11-01", successor=ONE), "successor_impossible"),
    ],
)  # fmt: skip
def test_what_cannot_be(office: Office, row: tuple[str, ...], code: str) -> None:
    before = units(office)
    result = office.take(table(row, unit("3301060078"), header=HEAD))
    assert codes(result) == [code]
    assert result.refused[0].row == 2
    assert units(office) == before


def test_two_units_merged_into_each_other(office: Office) -> None:
    rows = (unit(ONE, closed="2016-11-01", successor=TWO), unit(TWO, closed="2016-11-01", successor=ONE))
    assert codes(office.take(table(*rows, header=HEAD))) == ["successor_impossible", "successor_impossible"]


def test_the_province_is_above_a_university_without_being_named(office: Office) -> None:
    office.take(table(unit("4133019999", "演示学院", "高校", "", ""), header=HEAD))
    assert units(office)["4133019999"][3] == "330000"
    office.take(table((UNIVERSITY, "演示大学", "高校", "", "", "", "", "", ""), header=HEAD))
    assert units(office)[UNIVERSITY][3] == "330000"


def test_the_parent_of_a_merged_county_is_its_successor(office: Office) -> None:
    office.take(table(unit("3302040001", parent=AWAY), header=HEAD))
    assert codes(office.take(table(line("3302040001"), line(ONE)))) == []


def test_a_former_code_of_the_unit_above_is_said_once(office: Office) -> None:
    new = [unit(f"330204000{number}", parent=AWAY) for number in range(1, 4)]
    result = office.take(table(*new, unit("3302130001", parent=OLD_CODE), header=HEAD))
    notes = [item for item in result.findings if item.code == "old_unit"]
    assert len(notes) == 1 and notes[0].grade == "note"
    assert f"{AWAY} → {INTO}" in notes[0].message and f"{OLD_CODE} → {NEW_CODE}" in notes[0].message
    assert "4 行" in notes[0].message


def test_words_for_nothing_in_columns_that_may_be_empty(office: Office) -> None:
    result = office.take(table(unit("3301060077", run_by="—", opened="-", closed="无", successor="无"), header=HEAD))
    assert (codes(result), result.loaded) == ([], 1)


def test_the_same_unit_twice(office: Office) -> None:
    same = office.take(table(unit("3301060077"), unit("3301060077"), header=HEAD))
    assert (codes(same), same.loaded, "same_row_twice" in found(same)) == ([], 1, True)
    other = office.take(table(unit("3301060078"), unit("3301060078", name="演示别校"), header=HEAD))
    assert codes(other) == ["duplicate_differs", "duplicate_differs"]
    assert all("日期" not in item.message and "2、3" in item.message for item in other.refused)


def test_a_row_without_its_refused_parent_is_refused_too(office: Office) -> None:
    rows = (
        unit("331100", "丽水市", "设区市", "", "999999"),
        unit("331102", "莲都区", "县", "", "331100"),
        unit("3301060077"),
    )
    result = office.take(table(*rows, header=HEAD), accept_valid=True)
    assert [(r.row, r.code) for r in result.refused] == [(2, "parent_unknown"), (3, "parent_unknown")]
    assert "3301060077" in units(office) and "331102" not in units(office)


def test_a_merger(office: Office) -> None:
    office.take(table(line(ONE, "2016-11-01", 10, 9, 8), line(TWO, "2016-11-01", 20, 19, 18)))
    assert codes(office.take(table(unit(ONE, "演示第一小学", closed="2016-11-10", successor=TWO), header=HEAD))) == []
    later = office.take(table(line(ONE, DAY, 10, 9, 8), line(TWO, DAY, 20, 19, 18)))
    assert codes(later) == []
    assert office.collection()[TWO, DAY] == (30, 28, 26, None)


def test_reopening_dates_of_a_closed_unit(office: Office) -> None:
    assert codes(office.take(table(line(GONE)))) == ["unit_closed"]
    office.take(table(unit(GONE, "演示撤并小学", closed="2016-12-31"), header=HEAD))
    assert codes(office.take(table(line(GONE)))) == []
    assert date(2016, 11, 25).isoformat() == DAY


def test_texts_that_are_too_long_for_the_store(office: Office) -> None:
    assert codes(office.take(table(unit("3301060077", name="长" * 201), header=HEAD))) == ["text_too_long"]
