"""Numbers as a person reads them: one rounding for sentences, forms and workbooks, held against whole numbers."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.documents.cells import number_text
from monitor.documents.placeholders import Placeholder
from monitor.documents.xlsx import shown
from monitor.numbers import decimal, percent, tenths

PEOPLE = st.integers(1, 3_000_000)


def _tenths(part: int, whole: int) -> str:
    """part / whole with one decimal, a half away from nought: in whole numbers."""
    tenth = (20 * abs(part) + whole) // (2 * whole)
    return f"{tenth // 10:,}.{tenth % 10}"


@given(PEOPLE, PEOPLE)
@example(5, 80)  # 6.25 %: binary has it exactly
@example(1, 80)
@example(1001, 2000)  # 50.05 %: binary has less
@example(9995, 10000)
def test_a_percentage_is_rounded_like_the_whole_numbers_behind_it(part: int, whole: int) -> None:
    assert percent(part / whole).replace(",", "") == _tenths(100 * part, whole).replace(",", "") + "%"


@given(st.integers(-3_000_000, 3_000_000), st.integers(1, 40))
@example(-49, 4)
@example(49, 4)
def test_a_pace_is_rounded_like_the_whole_numbers_behind_it(part: int, days: int) -> None:
    expected = _tenths(part, days).removesuffix(".0")
    sign = "-" if part < 0 and expected != "0" else ""
    assert decimal(part / days) == sign + expected
    assert tenths(part / days) == (sign + expected if "." in expected else f"{sign}{expected}.0")


@pytest.mark.parametrize("value", [5 / 80, 1 / 80, 1001 / 2000, 0.9995, 0.0, 1.03, 0.24219])
def test_a_rate_reads_the_same_in_every_format_of_a_form(value: float) -> None:
    in_sentence = shown(Placeholder("rate", "ratio", "", "", lambda report: value), value)
    assert in_sentence == number_text(value, "0.0%_ ") == percent(value)
