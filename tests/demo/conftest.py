"""The demonstration's tables, written once and read back with nothing but polars."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from monitor.campaign import Campaign, load_campaign
from monitor.demo import write_tables

TEXT = ["单位代码", "上级单位代码", "并入单位代码"]
DATES = ["统计日期", "启用日期", "停用日期"]
CHAIN = {"县属": "县级", "市属": "市级", "省属": "省级", "高校": "省级"}


@dataclass(frozen=True)
class Demo:
    """Files in load order, and what stands after all of them: a later file replaces what an earlier one said.

    register: the units tables' columns; collection and review: the tables' columns, one row a key; `as_came` the same
    with the first word instead of the last.
    """

    campaign: Campaign
    folder: Path
    files: list[Path]
    register: pl.DataFrame
    statistics: pl.DataFrame
    collection: pl.DataFrame
    review: pl.DataFrame
    review_as_came: pl.DataFrame


def read_table(path: Path) -> pl.DataFrame:
    """One of the files, codes as text and days as dates."""
    if path.suffix == ".xlsx":
        frame = pl.read_excel(path, schema_overrides={"单位代码": pl.String})
    else:
        frame = pl.read_csv(path, schema_overrides={**dict.fromkeys(TEXT, pl.String), **dict.fromkeys(DATES, pl.Date)})
    return frame.with_columns(pl.col(name).cast(pl.Date) for name in DATES if name in frame.columns)


def _kind(path: Path) -> str:
    return path.name.split("-")[0]


def _stack(files: list[Path], kind: str, key: list[str], keep: str) -> pl.DataFrame:
    frames = [read_table(path) for path in files if _kind(path) == kind]
    rows = pl.concat([frame.drop("单位名称", strict=False) for frame in frames])
    return rows.filter(pl.col("单位代码").str.len_chars() == 10).unique(key, keep=keep, maintain_order=True)


def _register(files: list[Path]) -> pl.DataFrame:
    known: dict[str, dict[str, object]] = {}
    for path in files:
        if _kind(path) == "units":
            for row in read_table(path).iter_rows(named=True):
                said = {name: value for name, value in row.items() if value is not None}
                known[row["单位代码"]] = {**dict.fromkeys(row), **known.get(row["单位代码"], {}), **said}
    return pl.DataFrame(list(known.values()), infer_schema_length=None)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    campaign, folder = load_campaign(), tmp_path_factory.mktemp("demo")
    files = write_tables(campaign, folder)
    by_day, by_level = ["统计日期", "单位代码"], ["统计日期", "单位代码", "审核级次"]
    return Demo(
        campaign=campaign,
        folder=folder,
        files=files,
        register=_register(files),
        statistics=next(read_table(path) for path in files if _kind(path) == "statistics"),
        collection=_stack(files, "collection", by_day, "last"),
        review=_stack(files, "review", by_level, "last"),
        review_as_came=_stack(files, "review", by_level, "first"),
    )


@pytest.fixture(scope="session")
def placed(demo: Demo) -> pl.DataFrame:
    """Every reporting unit: code, school_type and run_by (as written), county (today's code), city, final level."""
    divisions = read_table(demo.campaign.path(demo.campaign.data.divisions))
    today = dict(divisions.filter(pl.col("并入单位代码").is_not_null()).select("单位代码", "并入单位代码").iter_rows())
    above = dict(divisions.select("单位代码", "上级单位代码").iter_rows())
    rows = []
    for row in demo.register.iter_rows(named=True):
        parent = today.get(row["上级单位代码"], row["上级单位代码"])
        city = above[parent] if row["隶属"] == "县属" else parent
        rows.append((row["单位代码"], row["学段"], row["隶属"], parent, city, CHAIN[row["隶属"]]))
    institutions = read_table(demo.campaign.path(demo.campaign.data.institutions))
    rows += [(code, "高等学校", "省属", "", "universities", "省级") for code in institutions["单位代码"]]
    return pl.DataFrame(rows, schema=["单位代码", "school_type", "run_by", "county", "city", "final"], orient="row")


@pytest.fixture(scope="session")
def states(demo: Demo, placed: pl.DataFrame) -> pl.DataFrame:
    """Every unit on every day on which a table lists it, with its newest figures so far, and the columns of `placed`.

    pending_1, approved_1, returned_1 at the first level; pending, approved, returned at the final one.
    """
    names = ["待审核人数", "审核通过人数", "退回人数"]
    keys = ["统计日期", "单位代码"]
    first = demo.review.filter(pl.col("审核级次") == "学校").select(*keys, pl.col(names).name.suffix("_1"))
    final = demo.review.filter(pl.col("审核级次") != "学校").select(*keys, *names)
    frame = demo.collection
    for part in (first, final):
        frame = frame.join(part, on=keys, how="full", coalesce=True)
    frame = frame.join(placed, on="单位代码", how="left")
    renamed = {"待审核人数": "pending", "审核通过人数": "approved", "退回人数": "returned"}
    renamed |= {f"{name}_1": f"{title}_1" for name, title in renamed.items()}
    renamed |= {
        "应采集人数": "expected",
        "已录入人数": "entered",
        "已报送人数": "submitted",
        "已赋号人数": "numbered",
        "统计日期": "day",
    }
    figures = [name for name in renamed.values() if name != "day"]
    known = pl.col(figures).forward_fill().over("单位代码").fill_null(0)
    return frame.rename(renamed).sort("单位代码", "day").with_columns(known)
