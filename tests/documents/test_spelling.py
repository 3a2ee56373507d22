"""Placeholders as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.documents.placeholders import known
from monitor.documents.spelling import braced, is_broken, names_in, only_name, replaced


@pytest.mark.parametrize(
    "typed",
    [
        "{{unit.name}}",
        "{{ unit.name }}",
        "｛｛unit.name｝｝",
        "{{Unit．Name}}",
        "{{ｕｎｉｔ.ｎａｍｅ}}",
        "{{unit. name}}",
    ],
)
def test_an_input_method_does_not_matter(typed: str) -> None:
    assert names_in(typed) == ["unit.name"]
    assert only_name(typed) == "unit.name"
    assert not is_broken(typed)


@pytest.mark.parametrize("typed", ["{{unit.name", "unit.name}}", "{{unit.name}", "{{{unit.name}}}", "{{}", "｛｛单位"])
def test_braces_without_a_partner_are_broken(typed: str) -> None:
    assert is_broken(typed)


@pytest.mark.parametrize("text", ["", "{单位}", "a } b { c", "应采集人数"])
def test_other_text_is_left_alone(text: str) -> None:
    assert names_in(text) == []
    assert only_name(text) is None
    assert not is_broken(text)
    assert replaced(text, str.upper) == text


def test_text_around_a_placeholder_stays() -> None:
    text = "填报单位（盖章）：{{unit.name}}，{{month}}"
    assert names_in(text) == ["unit.name", "month"]
    assert only_name(text) is None
    assert (
        replaced(text, {"unit.name": "演示市", "month": "2016年11月"}.__getitem__)
        == "填报单位（盖章）：演示市，2016年11月"
    )


@given(st.lists(st.sampled_from(sorted(known())), max_size=4), st.text("甲乙 ：，", max_size=5))
def test_every_known_name_is_read_back(names: list[str], between: str) -> None:
    text = between.join(braced(name) for name in names)
    assert names_in(text) == names
    assert replaced(text, lambda name: "") == between * max(len(names) - 1, 0)
