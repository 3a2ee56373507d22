"""Figures in words: every number in a sentence is the one in the frame."""

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from monitor.measures.status import LAGGING
from monitor.ui import words
from monitor.ui.theme import STATUSES


def members(*rows: tuple[str, str, int, int, int]) -> pd.DataFrame:
    """name, status, approved, denominator, should_be"""
    frame = pd.DataFrame(rows, columns=["name", "status", "approved", "denominator", "should_be"])
    return frame.assign(
        completion=frame["approved"] / frame["denominator"],
        ahead=frame["approved"] - frame["should_be"],
        left=frame["denominator"] - frame["approved"],
        named=False,
        group_rate=frame["approved"].sum() / frame["denominator"].sum(),
    )


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0"), (1234567, "1,234,567"), (-1234, "-1,234"), (None, "—"), (pd.NA, "—"), (np.nan, "—")]
)
def test_whole(number: object, said: str) -> None:
    assert words.whole(number) == said


@pytest.mark.parametrize(("number", "said"), [(0, "0"), (5, "+5"), (-1234, "-1,234"), (None, "—")])
def test_signed(number: object, said: str) -> None:
    assert words.signed(number) == said


@pytest.mark.parametrize(
    ("rate", "said"), [(0.62449, "62.4%"), (1.0333, "103.3%"), (0.0, "0.0%"), (-0.01, "-1.0%"), (None, "—")]
)
def test_percent_is_never_capped(rate: object, said: str) -> None:
    assert words.percent(rate) == said


def test_points_have_their_sign() -> None:
    assert words.points(0.0214) == "+2.1 个百分点"
    assert words.points(-0.005) == "-0.5 个百分点"


def test_days_are_said_in_chinese() -> None:
    assert words.day(date(2016, 12, 6)) == "12月6日"
    assert words.day(pd.Timestamp(2017, 1, 3), year=True) == "2017年1月3日"
    assert words.day(pd.NaT) == "—"


def test_the_worst_come_first_by_name_with_their_numbers() -> None:
    found = members(
        ("甲市", "behind", 400, 1000, 600), ("乙市", "behind", 300, 1000, 600), ("丙市", "stalled", 500, 1000, 600),
        ("丁市", "on_track", 900, 1000, 600), ("戊市", "at_risk", 590, 1000, 600),
    )  # fmt: skip
    said = dict(words.worst(found))
    assert list(said) == ["stalled", "behind", "at_risk"]
    assert said["behind"] == "2：乙市 30.0%（落后 300 人）、甲市 40.0%（落后 200 人）"
    assert "丁市" not in "".join(said.values())
    assert words.headline(found, "city") == "5 个设区市：停滞 1、滞后 2、有风险 1、正常 1"


def test_those_at_risk_make_room_for_those_behind() -> None:
    found = members(*((f"校{key}", key, 1, 10, 5) for key in (*LAGGING, "at_risk")))
    assert [key for key, _said in words.worst(found)] == list(LAGGING)


@settings(deadline=None)
@given(some.lists(some.sampled_from(sorted(STATUSES)), min_size=1, max_size=60))
def test_a_headline_counts_everyone_once(statuses: list[str]) -> None:
    found = members(*((f"u{n}", status, 1, 10, 5) for n, status in enumerate(statuses)))
    total, *counts = (int(number) for number in re.findall(r"\d+", words.headline(found, "school")))
    assert total == sum(counts) == len(statuses)
    assert [key for key, _count in words.counts(found)] == [key for key in STATUSES if key in statuses]


def test_units_named_by_the_funnel_are_not_named_twice() -> None:
    found = members(("甲县", "behind", 1, 10, 5), ("乙县", "on_track", 2, 10, 5), ("丙县", "on_track", 9, 10, 5))
    assert words.named_by_funnel(found) == ""
    found["named"] = [True, True, False]
    said = words.named_by_funnel(found)
    assert "乙县 20.0%" in said and "甲县" not in said and "40.0%" in said


@pytest.mark.parametrize(
    ("row", "said", "brief"),
    [
        (("county_review", 1234, 24.42, False), "县级审核，积压 1,234 人，约需 24.4 个工作日", "县级审核（24.4 日）"),
        (("entry", 5, np.nan, True), "录入，积压 5 人，近期无进展", "录入（停滞）"),
        ((None, pd.NA, np.nan, False), "—", "—"),
    ],
)
def test_bottleneck(row: tuple[object, ...], said: str, brief: str) -> None:
    found = dict(zip(("stage", "stage_waiting", "stage_days", "stage_stalled"), row, strict=True))
    assert words.bottleneck(found) == said
    assert words.bottleneck(found, brief=True) == brief


def test_a_place_needs_others() -> None:
    assert words.place({"place": 3, "of": 11}) == "排名 3 / 11"
    assert words.place({"place": 1, "of": 1}) == words.place({"place": pd.NA, "of": 5}) == ""


def test_sources() -> None:
    batches = pd.DataFrame(
        {
            "file": ["a.csv", "b.csv", "c.csv"],
            "day": pd.to_datetime(["2016-11-25"] * 3),
            "loaded_at": pd.to_datetime(["2016-11-25T16:30Z"] * 3, utc=True),
        }
    )
    assert words.sources(batches, "Asia/Shanghai") == "a.csv、b.csv等（2016年11月25日 数据，2016-11-26 00:30 导入）"
    assert words.sources(batches.head(0), "Asia/Shanghai") == "—"


def test_who_is_done_passes_nobody() -> None:
    row = {"to_next": 1200, "next_name": "甲县", "left": 1300}
    assert words.passing(row) == "1,200 人（甲县）"
    assert words.passing(row | {"left": 0}) == words.passing(row | {"to_next": pd.NA}) == "—"
