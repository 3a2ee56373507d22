"""Units are found by name, pinyin, first letters, code and former names."""

import pytest

from monitor.search import Entry, entry, find

UNITS = [
    entry("330000", "演示省", "province", "", 0),
    entry("330100", "杭州市", "city", "演示省", 1),
    entry("330800", "衢州市", "city", "演示省", 1),
    entry("330106", "西湖区", "county", "杭州市", 2),
    entry("330213", "奉化区", "county", "宁波市", 2, ("330283", "奉化市")),
    entry("3301060001", "演示西湖小学", "school", "西湖区", 3),
    entry("3301060002", "演示第2中学Ａ", "school", "西湖区", 3),
]


def found(typed: str) -> list[str]:
    return [one.name for one in find(UNITS, typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("杭", "杭州市"), ("杭州", "杭州市"), ("西湖", "西湖区"), ("xihu", "西湖区"), ("XiHu", "西湖区"), ("xi hu qu", "西湖区"),
        ("xhq", "西湖区"), ("hz", "杭州市"), ("330106", "西湖区"), ("３３０１０６", "西湖区"), ("3301060001", "演示西湖小学"),
        ("quzhou", "衢州市"), ("330283", "奉化区"), ("奉化市", "奉化区"), ("fenghuashi", "奉化区"), ("第2中学a", "演示第2中学Ａ"),
        ("小学", "演示西湖小学"),
    ],
)  # fmt: skip
def test_what_is_typed_finds_the_unit_first(typed: str, first: str) -> None:
    assert found(typed)[0] == first


@pytest.mark.parametrize("typed", ["", "  ", "上海", "zzz", "ihu", "999"])
def test_what_fits_nothing(typed: str) -> None:
    assert found(typed) == []


def test_offices_come_before_schools_and_the_list_is_short() -> None:
    assert found("西湖") == ["西湖区", "演示西湖小学"]
    many: list[Entry] = [entry(str(n), f"演示第{n}小学", "school", "", 3) for n in range(50)]
    assert len(find(many, "小学")) == 8
