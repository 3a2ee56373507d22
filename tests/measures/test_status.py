"""The status in its order, and sentences whose numbers are those of the table."""

import math
import re
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings

from monitor import i18n
from monitor.measures.assess import assess
from monitor.measures.status import STATUSES, before_any_data
from monitor.sections import Measures
from tests.measures.world import CALENDAR, World, nth_working_day_before, pace_of, steady, working_days, worlds

SETTINGS = Measures()
FRIDAY = date(2016, 11, 25)


def told(world: World, **more: Any) -> pd.DataFrame:
    return assess(world.frame, world.as_of, world.deadline, CALENDAR, SETTINGS, **more)


def status_of(world: World, unit: int, probability: float) -> str:
    """The definition, read from top to bottom."""
    expected, approved = world.now(unit, "expected"), world.now(unit, "approved")
    left = max(world.now(unit, "denominator"), expected) - approved
    days_left = working_days(world.as_of, world.deadline)
    if approved >= expected > 0:
        return "complete"
    if days_left == 0 and left > 0:
        return "overdue"
    if world.now(unit, "entered") == 0:
        return "not_started"
    before = nth_working_day_before(world.as_of, SETTINGS.stalled_after)
    if world.first(unit) <= before and approved <= world.at(unit, "approved", before):
        return "stalled"
    if not math.isnan(probability):
        if probability >= SETTINGS.on_track_from:
            return "on_track"
        return "at_risk" if probability >= SETTINGS.behind_below else "behind"
    pace, _ = pace_of(world, unit, "approved", SETTINGS.pace_window)
    required = 0 if left <= 0 else math.inf if days_left == 0 else math.ceil(left / days_left)
    return "on_track" if pace >= required else "behind"


@given(worlds())
@settings(max_examples=40, deadline=None)
def test_the_status_is_what_the_definition_says(world: World) -> None:
    table = told(world)
    for unit, row in table.iterrows():
        assert row["status"] == status_of(world, unit, row["probability"])
        assert row["status"] in STATUSES
        assert row["why"]


@given(worlds())
@settings(max_examples=40, deadline=None)
def test_every_number_in_a_sentence_stands_in_the_table(world: World) -> None:
    for _, row in told(world).iterrows():
        spoken = re.sub(r"(\d+年)?\d+月\d+日", " ", row["why"])
        assert not re.search(r"\d{4}", spoken), "thousands are set apart"
        spoken = spoken.replace(",", "")
        numbers = set(re.findall(r"\d+(?:\.\d+)?%?", spoken))
        allowed = {str(SETTINGS.stalled_after), str(SETTINGS.min_history), str(SETTINGS.pace_window), "2"}
        for name in ("expected", "approved", "left", "required_pace", "window"):
            allowed |= set() if pd.isna(row[name]) else {str(int(row[name]))}
        for name in ("late", "gained"):
            allowed |= set() if pd.isna(row[name]) else {str(abs(int(row[name])))}
        pace = (
            ""
            if math.isnan(row["pace"])
            else f"{math.floor(abs(row['pace']) * 10 + 0.5 + 1e-9) / 10:.1f}".removesuffix(".0")
        )
        assert numbers <= allowed | {pace, f"{row['probability']:.1%}"}, row["why"]


def test_a_unit_that_will_be_late_says_by_how_much() -> None:
    world = World(steady(31, 6000, 60), FRIDAY)
    row = told(world).loc[1]
    assert row["status"] == "behind"
    day = row["p50"].date()
    assert row["late"] == working_days(world.deadline, day) > 0
    when = f"{day.month}月{day.day}日" if day.year == 2016 else f"{day.year}年{day.month}月{day.day}日"
    late, required = row["late"], row["required_pace"]
    assert row["why"] == f"按近10个工作日日均 31 人，预计 {when}完成，晚于截止日 {late} 个工作日；需日均 {required} 人"
    assert row["required_pace"] == math.ceil(row["left"] / 15)


def test_days_of_another_year_than_the_day_looked_at_are_written_with_it() -> None:
    """A campaign over the New Year: its deadline, and when it may be done, lie in the next year or in this one."""
    figures = steady(10, 1000, 400)
    for as_of in (date(2016, 11, 18), date(2017, 1, 6)):
        row = told(World(figures, as_of, deadline=date(2017, 2, 28))).loc[1]
        day = row["p50"].date()
        said = f"{day.month}月{day.day}日" if day.year == as_of.year else f"{day.year}年{day.month}月{day.day}日"
        assert f"预计 {said}完成" in row["why"]
    row = told(World(steady(30, 1000, 400), date(2016, 11, 18), deadline=date(2017, 2, 28))).loc[1]
    day = row["p50"].date()
    assert day.year == 2016 and f"预计 {day.month}月{day.day}日完成" in row["why"]


def test_the_deadline_day_itself_is_in_time_until_its_evening() -> None:
    figures = steady(10, 1000, 90)
    before, evening = (World(figures, day) for day in (date(2016, 12, 15), date(2016, 12, 16)))
    assert told(before).loc[1, "status"] != "overdue"
    row = told(evening).loc[1]
    assert (row["status"], row["working_days_left"]) == ("overdue", 0)
    assert pd.isna(row["required_pace"])
    assert row["probability"] == 0
    assert row["why"].startswith(f"截止日（12月16日）已到，仍有 {row['left']} 人未审核通过，预计 ")


def test_complete_stays_complete_after_the_deadline_and_beyond_all() -> None:
    figures = steady(100, 300, 120)
    assert told(World(figures, date(2016, 12, 20))).loc[1, ["status", "why"]].tolist() == [
        "complete",
        "300 人已全部审核通过",
    ]
    for row in figures[1].values():
        row["approved"] = row["approved"] + 9
    row = told(World(figures, date(2016, 12, 20))).loc[1]
    assert row["status"] == "complete"
    assert row["completion"] == 309 / 300
    assert row["why"] == "已审核通过 309 人，超过应采集 300 人，请核对应采集人数"
    assert row["required_pace"] == 0


def paused(days: int, fall: int = 0) -> World:
    """Ten a day until `days` working days before the Friday, then nothing (or a fall)."""
    figures = steady(10, 900, 60)
    stop = nth_working_day_before(FRIDAY, days)
    stood = figures[1][stop]["approved"]
    for day, row in figures[1].items():
        if day > stop:
            row["approved"] = stood - fall
    return World(figures, FRIDAY)


def test_stalled_from_the_fifth_working_day_without_progress() -> None:
    assert told(paused(4)).loc[1, "status"] != "stalled"
    row = told(paused(5)).loc[1]
    assert row["status"] == "stalled"
    assert row["why"] == f"近5个工作日没有新增审核通过，还有 {row['left']} 人未完成；需日均 {row['required_pace']} 人"
    assert told(paused(5, fall=7)).loc[1, "why"].startswith("近5个工作日审核通过人数减少 7 人，")


def test_days_without_a_table_count_to_a_standstill() -> None:
    figures = steady(10, 900, 40)
    assert told(World(figures, FRIDAY)).loc[1, "status"] != "stalled"
    assert told(World(figures, FRIDAY + timedelta(days=10))).loc[1, "status"] == "stalled"


def test_nothing_entered_is_not_started_and_nobody_expected_says_so() -> None:
    figures = steady(0, 120, 60)
    row = told(World(figures, FRIDAY)).loc[1]
    assert (row["status"], row["why"]) == ("not_started", "应采集 120 人，尚未开始录入；需日均 8 人")
    nobody = told(World(steady(0, 0, 60), FRIDAY)).loc[1]
    assert (nobody["status"], nobody["why"]) == ("not_started", "应采集人数为零，尚无录入")
    assert nobody["none_reason"] == "nothing_expected"
    assert math.isnan(nobody["completion"])


def test_without_a_forecast_pace_against_required_pace() -> None:
    quick = told(World(steady(60, 900, 4, start=date(2016, 11, 22)), FRIDAY)).loc[1]
    assert (quick["status"], quick["none_reason"]) == ("on_track", "short_history")
    assert quick["why"] == "按近3个工作日日均 60 人，暂无法预测（数据不足5个工作日）；需日均 44 人"
    slow = told(World(steady(40, 900, 4, start=date(2016, 11, 22)), FRIDAY)).loc[1]
    assert slow["status"] == "behind"
    first = told(World(steady(40, 900, 1, start=FRIDAY), FRIDAY)).loc[1]
    assert (first["status"], first["none_reason"]) == ("behind", "short_history")
    assert first["why"].startswith("首日数据，尚无日均进度，")


def test_before_any_data() -> None:
    world = World(steady(10, 100, 20), FRIDAY)
    table = told(world, units=[5, 1, 6])
    assert table.index.tolist() == [5, 1, 6]
    for unit in (5, 6):
        row = table.loc[unit]
        assert (row["status"], row["why"]) == before_any_data() == ("not_started", "尚无数据")
        assert (row["expected"], row["approved"], row["required_pace"]) == (0, 0, 0)
        assert row[["collection", "review", "completion", "pace", "p50", "probability"]].isna().all()
        assert (row["none_reason"], row["stage"], row["working_days_left"]) == ("no_data", None, 15)


@pytest.mark.parametrize("per_day", [3, 31, 55, 65, 75, 200])
def test_english_says_the_same(per_day: int) -> None:
    world = World(steady(per_day, 3000, 60), FRIDAY)
    chinese = told(world)["why"].iloc[0]
    i18n.use("en")
    try:
        english = told(world)["why"].iloc[0]
    finally:
        i18n.use("zh_CN")
    assert english.isascii()
    assert not re.search("[a-zA-Z]", chinese)
