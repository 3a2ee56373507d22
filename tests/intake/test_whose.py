"""Whose row of a table of figures is it: codes and names, those of today and those of before."""

import pytest

from tests.intake.books import xlsx
from tests.intake.conftest import (
    AWAY,
    DAY,
    HEADER,
    INTO,
    NAMES,
    NEW_CODE,
    OLD_CODE,
    ONE,
    TWO,
    Office,
    codes,
    found,
    line,
    table,
)


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


def test_old_names_are_said_too_and_all_of_it_once_a_file(office: Office) -> None:
    levels = ("统计日期", "单位代码", "审核级次", "待审核人数", "审核通过人数", "退回人数")
    book = xlsx([HEADER, [DAY, NEW_CODE, "奉化市", 5, 4, 3]], [levels, [DAY, AWAY, "学校", 1, 1, 1]])
    result = office.take(book, "a.xlsx")
    notes = [finding for finding in result.findings if finding.code == "old_unit"]
    assert len(notes) == 1 and f"奉化市 → {NEW_CODE}" in notes[0].message and f"{AWAY} → {INTO}" in notes[0].message
    assert "2 行" in notes[0].message
