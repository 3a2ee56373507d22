"""The stories are really in the tables: found again from the files alone."""

import re
from datetime import date

import polars as pl
import pytest

from .conftest import Demo, read_table

LAST = date(2016, 11, 25)


@pytest.fixture(scope="module")
def newest(states: pl.DataFrame) -> pl.DataFrame:
    """The newest row of every unit."""
    return states.sort("day").unique("单位代码", keep="last", maintain_order=True)


def _rate(frame: pl.DataFrame, *by: str) -> dict[str, float]:
    sums = frame.group_by(*by).agg(pl.col("approved", "expected").sum())
    return {row[0]: row[1] / row[2] for row in sums.iter_rows()}


def test_the_province_stands_where_the_question_is_open(newest: pl.DataFrame) -> None:
    schools = newest.filter(pl.col("school_type") != "高等学校")
    assert 0.60 <= schools["approved"].sum() / schools["expected"].sum() <= 0.66


def test_cities_differ(newest: pl.DataFrame) -> None:
    rates = {city: rate for city, rate in _rate(newest, "city").items() if city.endswith("00") and city != "330000"}
    assert len(rates) == 11
    assert max(rates.values()) > 0.8 and min(rates.values()) < 0.45
    assert sum(0.55 < rate < 0.70 for rate in rates.values()) >= 3


def test_reviews_pile_up_in_one_city_at_county_level(newest: pl.DataFrame) -> None:
    county_run = newest.filter(pl.col("run_by") == "县属")
    waiting = county_run.group_by("city").agg(share=pl.col("pending").sum() / pl.col("expected").sum()).sort("share")
    assert waiting["city"][-1] == "330600"
    assert waiting["share"][-1] > 0.35 > 3 * waiting["share"][-2]


def test_in_another_city_they_wait_in_the_schools_own_review(newest: pl.DataFrame) -> None:
    waiting = (
        newest.filter(pl.col("city").str.ends_with("00"))
        .group_by("city")
        .agg(
            first=pl.col("pending_1").sum() / pl.col("expected").sum(),
            final=pl.col("pending").sum() / pl.col("expected").sum(),
        )
    )
    top = waiting.sort("first").row(-1, named=True)
    assert top["city"] == "331100"
    assert top["first"] > 1.2 * top["final"]


def test_one_county_stalled(states: pl.DataFrame) -> None:
    """Nothing has moved there since 11 November, for ten working days; every other county that is not done moves."""
    before, after = (states.filter(pl.col("day") == day) for day in (date(2016, 11, 11), LAST))
    figures = ["entered", "submitted", "approved_1", "approved"]
    moved = after.filter(pl.col("run_by") == "县属").join(
        before.select("单位代码", *figures), on="单位代码", suffix="_before"
    )
    sums = (
        moved.group_by("county")
        .agg((pl.col(name) - pl.col(f"{name}_before")).sum() for name in figures)
        .join(moved.group_by("county").agg(left=(pl.col("expected") - pl.col("approved")).sum()), on="county")
    )
    still = sums.filter(pl.all_horizontal(pl.col(figures) == 0), pl.col("left") > 0)
    assert still["county"].to_list() == ["330326"]


def test_one_county_is_above_all_that_it_expected(newest: pl.DataFrame) -> None:
    rates = _rate(newest.filter(pl.col("run_by") == "县属"), "county")
    assert {county for county, rate in rates.items() if rate > 1} == {"331022"}
    assert 1.03 < rates["331022"] < 1.10
    by_type = _rate(newest.filter(pl.col("county") == "331022"), "school_type")
    assert {name for name, rate in by_type.items() if rate > 1} == {"幼儿园"}


def test_counties_done_early(states: pl.DataFrame) -> None:
    done = states.filter(pl.col("run_by") == "县属", pl.col("day") == date(2016, 11, 22))
    rates = _rate(done, "county")
    assert {county for county, rate in rates.items() if rate == 1} == {"330424", "330523", "330922"}


def test_universities_not_started_done_and_stalled(newest: pl.DataFrame, states: pl.DataFrame) -> None:
    universities = newest.filter(pl.col("school_type") == "高等学校")
    assert universities.height == 107
    assert set(universities.filter(pl.col("entered") == 0)["单位代码"]) == {
        "4133012646", "4133013030", "4133013294", "4133013637", "4133014089",
    }  # fmt: skip
    assert universities.filter(pl.col("approved") == pl.col("expected")).height >= 8
    since = states.filter(pl.col("day") == date(2016, 11, 15)).select("单位代码", before="approved")
    unmoved = universities.join(since, on="单位代码").filter(
        pl.col("approved") == pl.col("before"), pl.col("entered") > 0, pl.col("approved") < pl.col("expected")
    )
    assert set(unmoved["单位代码"]) == {"4133013282", "4133012864", "4133013854"}


def test_fenghua_moves_to_its_new_code(demo: Demo) -> None:
    first, moved = (read_table(demo.folder / f"units-{day}.csv") for day in ("2016-10-14", "2016-11-01"))
    old = first.filter(pl.col("上级单位代码") == "330283")
    assert old.height > 100 and first.filter(pl.col("上级单位代码") == "330213").is_empty()
    assert set(old["单位代码"]) == set(moved["单位代码"])
    assert set(moved["上级单位代码"]) == {"330213"}
    assert (
        old["单位名称"].str.contains("奉化市", literal=True).all()
        and moved["单位名称"].str.contains("奉化区", literal=True).all()
    )


def test_fenghua_is_reported_apart_for_a_day_under_its_old_code(demo: Demo) -> None:
    week = read_table(demo.folder / "collection-2016-10-24_2016-10-30.csv").filter(
        pl.col("统计日期") == date(2016, 10, 27)
    )
    apart = read_table(demo.folder / "collection-2016-10-27-330283.xlsx")
    schools, total = apart.filter(pl.col("单位代码") != "330283"), apart.filter(pl.col("单位代码") == "330283")
    assert not set(week["单位代码"]) & set(schools["单位代码"])
    figures = ["应采集人数", "已录入人数", "已报送人数", "已赋号人数"]
    assert total["单位名称"].to_list() == ["奉化市"]
    assert total.select(figures).row(0) == schools.select(pl.col(figures).sum()).row(0)


def test_jiangdong_counts_with_yinzhou(placed: pl.DataFrame, demo: Demo) -> None:
    registered = demo.register.filter(pl.col("上级单位代码") == "330204")
    assert registered.height > 50
    county = placed.join(registered, on="单位代码", how="semi")["county"].unique().to_list()
    assert county == ["330212"]


def test_schools_open_close_and_merge(demo: Demo, states: pl.DataFrame) -> None:
    register = demo.register
    opened, closed = (
        register.filter(pl.col("启用日期").is_not_null()),
        register.filter(pl.col("停用日期").is_not_null()),
    )
    assert (opened.height, closed.height, closed["并入单位代码"].count()) == (3, 6, 2)
    first = dict(states.group_by("单位代码").agg(pl.col("day").min()).iter_rows())
    last = dict(states.group_by("单位代码").agg(pl.col("day").max()).iter_rows())
    assert all(first[code] == day for code, day in opened.select("单位代码", "启用日期").iter_rows())
    assert all(last[code] < day for code, day in closed.select("单位代码", "停用日期").iter_rows())
    assert all(last[code] == LAST for code in opened["单位代码"])


def test_a_successor_takes_over_the_figures(demo: Demo, states: pl.DataFrame) -> None:
    day = date(2016, 11, 14)
    ordered = states.sort("day")
    before, after = (
        dict(rows.unique("单位代码", keep="last").select("单位代码", "entered").iter_rows())
        for rows in (ordered.filter(pl.col("day") < day), ordered.filter(pl.col("day") <= day))
    )
    pairs = demo.register.filter(pl.col("并入单位代码").is_not_null()).select("单位代码", "并入单位代码").rows()
    for merged, successor in pairs:
        assert after[successor] >= before[merged] + before[successor] > before[successor]


def test_a_past_day_is_corrected(demo: Demo) -> None:
    keys = ["统计日期", "单位代码", "审核级次"]
    differ = demo.review_as_came.join(demo.review, on=keys, suffix="_now").filter(
        (pl.col("待审核人数") != pl.col("待审核人数_now")) | (pl.col("审核通过人数") != pl.col("审核通过人数_now"))
    )
    assert differ["统计日期"].unique().to_list() == [date(2016, 11, 22)]
    assert differ["单位代码"].str.starts_with("330782").all() and differ.height == 24
    assert (differ["待审核人数"] == 0).all() and differ["审核通过人数"].sum() > differ["审核通过人数_now"].sum()
    assert demo.review_as_came.height == demo.review.height


def test_one_county_is_left_out_of_the_newest_tables(states: pl.DataFrame) -> None:
    last = states.group_by("单位代码").agg(pl.col("day").max(), pl.col("county").first(), pl.col("run_by").first())
    gone = last.filter(pl.col("day") == date(2016, 11, 21), pl.col("run_by") == "县属")
    assert gone["county"].unique().to_list() == ["330727"] and gone.height > 30


def test_some_units_are_left_out_on_some_days(states: pl.DataFrame) -> None:
    newest = states.filter(pl.col("day") == LAST).height
    counts = states.filter(pl.col("day") < date(2016, 11, 22)).group_by("day").len()["len"]
    assert counts.n_unique() > 10
    assert newest < states["单位代码"].n_unique()


def test_the_guide_to_the_stories_names_units_that_exist(demo: Demo) -> None:
    text = (demo.campaign.base / "docs" / "demo.md").read_text(encoding="utf-8")
    divisions = read_table(demo.campaign.path(demo.campaign.data.divisions))
    names = dict(divisions.select("单位代码", "单位名称").iter_rows())
    named = re.findall(r"([\u4e00-\u9fff]+)\s(33\d{4})", text)
    assert len(named) > 20
    assert all(name.endswith(names[code]) for name, code in named)
