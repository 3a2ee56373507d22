"""What may stand in the fields of a report."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.filings.fields import FIELDS, FieldError, fields_of, read, same_person
from monitor.filings.source import Manual
from tests.test_personal import number


def test_the_form_has_no_field_that_cannot_be_filled_in() -> None:
    assert [*FIELDS, "filed"] == list(Manual.names())
    assert {field.key for field in fields_of("schools")} ^ {field.key for field in fields_of("universities")} == {
        "training_counties", "training_schools", "training_departments"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "typed", "expected"),
    [
        ("training_people", "１,２３４ 人", 1234), ("training_people", "0", 0), ("training_people", " ", None),
        ("training_sessions", "12场次", 12), ("training_people", "10000000", 10_000_000),
        ("funds", "  省级 5 万元\r\n市级 3 万元 ", "省级 5 万元\n市级 3 万元"), ("funds", "a\x00b\x08", "ab"),
        ("filler", " 张  三 ", "张 三"), ("phone", "0571-8800 0000 转 12", "0571-8800 0000 转 12"),
        ("problems", "=1+1", "=1+1"), ("problems", "字" * 2000, "字" * 2000),
    ],
)  # fmt: skip
def test_what_is_typed_is_tidied(key: str, typed: str, expected: Any) -> None:
    assert read(FIELDS[key], typed) == expected


@pytest.mark.parametrize(
    ("key", "typed", "why"),
    [
        ("training_people", "约300", "整数"), ("training_people", "-3", "整数"), ("training_people", "3.5", "整数"),
        ("training_people", "10000001", "最大"), ("training_counties", "9" * 12, "最大"),
        ("problems", "字" * 2001, "2000"), ("filler", "字" * 31, "30"), ("filler", "13800000000", "姓名"),
        ("phone", "请打电话", "电话"),
    ],
)  # fmt: skip
def test_what_cannot_stand_there_is_refused_in_plain_words(key: str, typed: str, why: str) -> None:
    with pytest.raises(FieldError, match=why):
        read(FIELDS[key], typed)


@pytest.mark.parametrize("key", FIELDS)
def test_no_field_takes_a_resident_id_number(key: str) -> None:
    with pytest.raises(FieldError, match="身份证"):
        read(FIELDS[key], f"编号{number(7)}。")


@given(some.text(max_size=300), some.sampled_from(sorted(FIELDS)))
def test_reading_again_what_was_kept_changes_nothing(typed: str, key: str) -> None:
    try:
        kept = read(FIELDS[key], typed)
    except FieldError:
        return
    assert read(FIELDS[key], "" if kept is None else str(kept)) == kept


def test_one_person_in_two_spellings() -> None:
    assert same_person("张三", " 张　三 ") and same_person("ＬＩ", "li") and not same_person("张三", "张四")
