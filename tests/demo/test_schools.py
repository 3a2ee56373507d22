"""The invented schools: how many, how large, what they are called."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.demo.schools import apportion, numeral

from .conftest import Demo, read_table

# Zhejiang 2016: institutions, full-time teachers. Nine-year schools count as junior, complete and twelve-year as senior
# schools.
MAGNITUDES = {
    "primary": ({"小学"}, 3300, 199_000),
    "junior": ({"初中", "九年一贯制"}, 1720, 123_000),
    "senior": ({"普通高中", "完全中学", "十二年一贯制"}, 561, 67_000),
    "vocational": ({"中等职业"}, 375, 36_000),
    "special": ({"特殊教育"}, 85, 2_379),
    "kindergarten": ({"幼儿园"}, 8900, 120_000),
    "university": ({"高等学校"}, 107, 61_000),
}


@pytest.mark.parametrize("group", MAGNITUDES)
def test_totals_by_type_are_those_of_the_province(demo: Demo, placed: pl.DataFrame, group: str) -> None:
    types, count, teachers = MAGNITUDES[group]
    counted = demo.statistics.join(placed.filter(pl.col("school_type").is_in(types)), on="单位代码", how="semi")
    assert counted.height == pytest.approx(count, rel=0.03)
    assert counted["专任教师数"].sum() == pytest.approx(teachers, rel=0.03)


def test_kindergarten_staff(demo: Demo, placed: pl.DataFrame) -> None:
    kindergartens = placed.filter(pl.col("school_type") == "幼儿园")
    assert demo.statistics.join(kindergartens, on="单位代码", how="semi")["教职工数"].sum() == pytest.approx(
        200_000, rel=0.03
    )


def test_people_in_scope(states: pl.DataFrame) -> None:
    newest = states.sort("day").unique("单位代码", keep="last")
    assert 650_000 <= newest["expected"].sum() <= 700_000


def test_about_14500_schools_of_every_type(demo: Demo) -> None:
    assert demo.register.height == pytest.approx(14_500, rel=0.03)
    assert demo.register["学段"].n_unique() == 10


def test_codes_are_unique_and_long(demo: Demo) -> None:
    institutions = read_table(demo.campaign.path(demo.campaign.data.institutions))["单位代码"].to_list()
    codes = [*demo.register["单位代码"].to_list(), *institutions]
    assert len(codes) == len(set(codes))
    assert all(len(code) >= 10 and code.isdigit() for code in codes)


def test_names_are_marked_and_unique_below_their_parent(demo: Demo) -> None:
    assert demo.register["单位名称"].str.starts_with("演示").all()
    assert not demo.register.select("上级单位代码", "单位名称").is_duplicated().any()


def test_names_say_where_the_school_is(demo: Demo) -> None:
    divisions = read_table(demo.campaign.path(demo.campaign.data.divisions)).select(
        "单位代码", pl.col("单位名称").alias("place")
    )
    named = demo.register.join(divisions, left_on="上级单位代码", right_on="单位代码", how="left")
    assert named.filter(~pl.col("单位名称").str.contains(pl.col("place"), literal=True)).is_empty()


def test_every_parent_exists_and_suits_who_runs_the_school(demo: Demo) -> None:
    divisions = read_table(demo.campaign.path(demo.campaign.data.divisions))
    kinds = dict(divisions.select("单位代码", "单位类别").iter_rows())
    run_by = {"省": "省属", "设区市": "市属", "县(市、区)": "县属"}
    pairs = demo.register.select("上级单位代码", "隶属").unique()
    assert all(run_by[kinds[parent]] == who for parent, who in pairs.iter_rows())
    assert (
        pairs["上级单位代码"].n_unique() == len(kinds) - 1
    )  # every place has schools; 奉化 moved from one code to another


def test_spread_by_population(placed: pl.DataFrame) -> None:
    """Large counties have many schools: the largest has more than ten times as many as the smallest."""
    counts = placed.filter(pl.col("run_by") == "县属").group_by("county").len()["len"]
    assert counts.len() == 89
    assert counts.max() > 10 * counts.min() > 0  # type: ignore[operator]


def test_statistics_differ_from_the_live_numbers_in_most_schools(demo: Demo, states: pl.DataFrame) -> None:
    newest = states.sort("day").unique("单位代码", keep="last").join(demo.statistics, on="单位代码")
    assert (newest["教职工数"] != newest["expected"]).mean() > 0.5  # type: ignore[operator]
    assert (demo.statistics["专任教师数"] <= demo.statistics["教职工数"]).all()


def test_baseline_differs_a_little(demo: Demo, states: pl.DataFrame) -> None:
    of_day = states.filter(pl.col("day") == demo.campaign.baseline_day).select("单位代码", frozen="expected")
    newest = states.sort("day").unique("单位代码", keep="last").join(of_day, on="单位代码")
    share = (newest["frozen"] != newest["expected"]).mean()
    assert share is not None and 0.03 < float(share) < 0.25  # type: ignore[arg-type]
    assert abs(newest["frozen"].sum() / newest["expected"].sum() - 1) < 0.01


@given(st.integers(0, 5), st.lists(st.floats(0.01, 1000), min_size=1, max_size=40), st.integers(0, 5000))
def test_apportioned_parts_add_up(least: int, weights: list[float], more: int) -> None:
    total = least * len(weights) + more
    parts = apportion(total, np.array(weights), least)
    assert int(parts.sum()) == total
    assert int(parts.min()) >= least
    exact = np.array(weights) / sum(weights) * more + least
    assert np.abs(parts - exact).max() < 1 + 1e-6


def test_numerals() -> None:
    said = {
        1: "一",
        10: "十",
        12: "十二",
        20: "二十",
        35: "三十五",
        100: "一百",
        105: "一百零五",
        110: "一百一十",
        219: "二百一十九",
    }
    assert {n: numeral(n) for n in said} == said
    assert len({numeral(n) for n in range(1, 1000)}) == 999
