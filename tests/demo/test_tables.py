"""The tables as a whole: formats, determinism, balance, size."""

import hashlib
import re
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from monitor.campaign import load_campaign
from monitor.demo import FILINGS_FILE, DemoError, write_tables

from .conftest import CHAIN, Demo, read_table

COLUMNS = {
    "units": {
        "单位代码",
        "单位名称",
        "单位类别",
        "学段",
        "上级单位代码",
        "隶属",
        "启用日期",
        "停用日期",
        "并入单位代码",
    },
    "collection": {"统计日期", "单位代码", "单位名称", "应采集人数", "已录入人数", "已报送人数", "已赋号人数"},
    "review": {"统计日期", "单位代码", "单位名称", "审核级次", "待审核人数", "审核通过人数", "退回人数"},
    "statistics": {"统计年份", "单位代码", "单位名称", "教职工数", "专任教师数"},
}
UNDERCOUNTED = ("331022", "幼儿园")
TAKEN_BACK = ("331123", date(2016, 11, 16))


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_same_bytes_every_time(demo: Demo, tmp_path: Path) -> None:
    again = write_tables(demo.campaign, tmp_path)
    assert [path.name for path in again] == [path.name for path in demo.files]
    assert _digests(tmp_path) == _digests(demo.folder)


def test_every_file_is_listed_once_and_the_filings_lie_beside(demo: Demo) -> None:
    listed = [path.name for path in demo.files]
    assert len(listed) == len(set(listed))
    assert {path.name for path in demo.folder.iterdir()} == {*listed, FILINGS_FILE}


def test_columns_are_those_of_the_contract_and_hold_no_persons(demo: Demo) -> None:
    for path in demo.files:
        table = read_table(path)
        assert set(table.columns) <= COLUMNS[path.name.split("-")[0]], path.name
        for name in table.columns:
            if table.schema[name] == pl.String:
                assert not table[name].str.contains(r"\d{17}[\dXx]").any(), path.name


def test_load_order(demo: Demo) -> None:
    """Register and statistics first; then by day, except what is sent later on purpose."""
    assert [path.name.split("-")[0] for path in demo.files[:2]] == ["units", "statistics"]
    arrived = [date.fromisoformat(re.findall(r"\d{4}-\d\d-\d\d", path.name)[-1]) for path in demo.files[2:]]
    late = [path.name for path, day, before in zip(demo.files[3:], arrived[1:], arrived, strict=False) if day < before]
    assert late == ["collection-2016-10-27-330283.xlsx"]


def test_every_day_of_the_window_has_both_tables(demo: Demo) -> None:
    first, last = date(2016, 10, 17), date(2016, 11, 25)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    assert len(days) == 40
    assert demo.collection["统计日期"].unique().sort().to_list() == days
    assert demo.review["统计日期"].unique().sort().to_list() == days


def test_newest_days_have_a_table_each(demo: Demo) -> None:
    for number in range(23, 26):
        names = [path.stem for path in demo.files if f"2016-11-{number}" in path.stem]
        assert {f"collection-2016-11-{number}", f"review-2016-11-{number}"} <= set(names)


def test_size_of_a_day(demo: Demo) -> None:
    newest = demo.collection.filter(pl.col("统计日期") == date(2016, 11, 25))
    assert 14_400 <= newest.height <= 14_800
    assert 28_000 <= demo.review.filter(pl.col("统计日期") == date(2016, 11, 25)).height <= 30_000


def test_no_key_twice_in_a_file(demo: Demo) -> None:
    for path in demo.files:
        table = read_table(path)
        keys = [name for name in ("统计年份", "统计日期", "单位代码", "审核级次") if name in table.columns]
        assert not table.select(keys).is_duplicated().any(), path.name


def test_queues_balance_on_every_row(states: pl.DataFrame) -> None:
    first = pl.col("pending_1") + pl.col("returned_1") + pl.col("approved_1")
    final = pl.col("pending") + pl.col("returned") + pl.col("approved")
    assert states.filter(pl.col("submitted") != first).is_empty()
    assert states.filter(pl.col("approved_1") != final).is_empty()


def test_no_figure_is_negative(demo: Demo) -> None:
    for table in (demo.collection, demo.review, demo.review_as_came, demo.statistics):
        figures = [name for name in table.columns if name.endswith(("人数", "工数", "师数"))]
        assert table.select(pl.min_horizontal(pl.col(figures).min())).item() >= 0


def test_stages_contain_each_other(states: pl.DataFrame) -> None:
    """Nobody is submitted who is not entered, nor numbered who is not approved; one county enters too many."""
    assert states.filter(pl.col("submitted") > pl.col("entered")).is_empty()
    assert states.filter(pl.col("numbered") > pl.col("approved")).is_empty()
    over = states.filter(pl.col("entered") > pl.col("expected"))
    assert over.select("county", "school_type").unique().rows() == [UNDERCOUNTED]


def test_cumulative_figures_fall_only_where_approvals_are_taken_back(states: pl.DataFrame) -> None:
    rises = states.sort("单位代码", "day").with_columns(
        pl.col("entered", "submitted", "numbered", "approved", "approved_1").diff().over("单位代码").name.prefix("d_")
    )
    for name in ("d_entered", "d_submitted", "d_numbered", "d_approved_1"):
        assert rises.filter(pl.col(name) < 0).is_empty(), name
    falls = rises.filter(pl.col("d_approved") < 0)
    assert falls.select("county", "day").unique().rows() == [TAKEN_BACK]


def test_weekends_are_slow(states: pl.DataFrame) -> None:
    rises = states.sort("单位代码", "day").with_columns(rise=pl.col("entered").diff().over("单位代码"))
    days = rises.group_by("day").agg(pl.col("rise").sum()).sort("day")[1:]
    weekend = days.filter(pl.col("day").dt.weekday() > 5)["rise"].mean()
    working = days.filter(pl.col("day").dt.weekday() <= 5)["rise"].mean()
    assert weekend is not None and working is not None
    assert 0 < weekend < working / 4


def test_levels_are_those_of_the_unit_that_runs_the_school(demo: Demo, placed: pl.DataFrame) -> None:
    levels = demo.review.join(placed, on="单位代码", how="left").select("审核级次", "final").unique()
    assert set(levels.rows()) == {(level, final) for final in CHAIN.values() for level in ("学校", final)}


def test_names_in_the_tables_are_those_of_the_register(demo: Demo) -> None:
    """Tables with names are read after the register that says the same, before it says otherwise."""
    institutions = read_table(demo.campaign.path(demo.campaign.data.institutions))
    known = dict(institutions.select("单位代码", "单位名称").iter_rows())
    checked = 0
    for path in demo.files:
        table = read_table(path)
        if path.name.startswith("units"):
            known |= dict(table.select("单位代码", "单位名称").iter_rows())
        elif "单位名称" in table.columns:
            rows = table.filter(pl.col("单位代码").str.len_chars() == 10)
            assert all(known[code] == name for code, name in rows.select("单位代码", "单位名称").iter_rows()), path.name
            checked += rows.height
    assert checked > 14_000


def test_another_campaign_is_told_what_is_missing(tmp_path: Path) -> None:
    campaign = load_campaign()
    few = tmp_path / "divisions.csv"
    few.write_text("单位代码,单位名称,单位类别,上级单位代码\n110000,北京市,省,\n", encoding="utf-8")
    other = campaign.model_copy(update={"data": campaign.data.model_copy(update={"divisions": str(few)})})
    with pytest.raises(DemoError, match="330000"):
        write_tables(other, tmp_path)
