"""Resident ID numbers: the check digit decides."""

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.personal import HIDDEN, holds_resident_id, is_resident_id, masked, shown, suspicious

KNOWN = "11010519491231002X"  # the example that the standard itself prints


def check_digit(body: str) -> str:
    """The 18th character, after the standard's formula: the sum of digit × 2^(place − 1) over all 18 is 1 modulo 11."""
    rest = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body)) % 11
    wanted = (1 - rest) % 11
    return "X" if wanted == 10 else str(wanted)


def number(seed: int) -> str:
    """A made-up ID number with a valid check digit."""
    draw = random.Random(seed)
    body = f"{draw.randint(110000, 659999)}{draw.randint(1940, 2005)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}{draw.randint(0, 999):03}"
    return body + check_digit(body)


@given(st.integers(0, 10**9))
def test_only_the_right_check_digit_counts(seed: int) -> None:
    right = number(seed)
    assert is_resident_id(right)
    assert is_resident_id(right.lower())
    assert [c for c in "0123456789X" if is_resident_id(right[:17] + c)] == [right[17]]


@pytest.mark.parametrize(
    "text",
    [
        KNOWN,
        f"张三{KNOWN}",
        f"证件：{KNOWN}。",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        KNOWN.lower(),
        "110105.19491231.002X",
        "110105-1949-1231-002x",
        "110105·19491231_002Ⅹ"[:-1] + "×",
        "1\u200b10105\u206019491231002X",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        "①①0105194912310０2Х",
    ],
)
def test_found_in_text(text: str) -> None:
    assert holds_resident_id(text)
    assert shown(text) == HIDDEN
    assert pl.DataFrame({"a": [text]}).select(suspicious("a")).item()


@pytest.mark.parametrize(
    "text", ["3301060001", "110105194912310021", f"9{KNOWN}", "1" * 30, "12345678901234567890", "2016-11-25", ""]
)
def test_other_numbers_are_not_taken_for_one(text: str) -> None:
    assert not holds_resident_id(text)


def test_a_log_holds_nothing_of_anybody() -> None:
    trace = (
        f"ValueError: {KNOWN} and {KNOWN.lower()}\n  at 13812345678, 330106, {number(7)}, 0571-88000000,"
        " 阿依古丽·买买提, name@example.cn, line 1234"
    )
    assert masked(trace) == (
        f"ValueError: {HIDDEN} and {HIDDEN}\n  at {HIDDEN}, 330106, {HIDDEN}, 0571-{HIDDEN}, {HIDDEN}, {HIDDEN}, line 1234"
    )


def test_messages_hide_phone_numbers_and_long_texts() -> None:
    assert shown("联系 13812345678") == HIDDEN
    assert shown("约300") == "约300"
    assert len(shown("很" * 100)) == 30
