"""The demonstration goes through the ordinary intake and stands in the store as it stands in the tables."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from monitor import progress
from monitor.demo import DemoError, fill, loading
from monitor.intake.load import import_file
from monitor.store import Scope, Store, meta
from monitor.store.setup import load_register_files

from .conftest import CHAIN, Demo, read_table

# Of every kind of table one, in load order; all forty days are loaded by the benchmark and by the program itself.
CHOSEN = r"units-.*|statistics-.*|.*2016-10-27-330283|.*2016-11-2[12].*|.*2016-11-25"
FIGURES = {"应采集人数": "expected", "已录入人数": "entered", "已报送人数": "submitted", "已赋号人数": "numbered"}


@pytest.fixture
def few(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Some of the demonstration's files stand for all of them."""
    paths = [path for path in demo.files if re.fullmatch(CHOSEN, path.stem)]
    monkeypatch.setattr(loading, "write_tables", lambda _campaign, _folder, _tell: paths)
    return paths


def test_the_intake_takes_every_kind_of_table(demo: Demo, few: list[Path], empty_store: Store) -> None:
    load_register_files(empty_store)
    told: list[str] = []
    fill(empty_store, demo.campaign, told.append)
    assert len(few) == 12
    assert [path for path in few if any(path.name in message for message in told)] == few

    province = progress.document(empty_store, demo.campaign, Scope.all(), "330000", date(2016, 11, 25))
    assert province["figures"] == {**province["figures"], **_schools(demo, few)}
    units = {child["unit"]["code"]: child["figures"] for child in province["children"]}
    assert {code for code in units if code.endswith("00")} == {f"33{n:02}00" for n in range(1, 12)}
    assert sum(figures["institutions"]["total"] for figures in units.values()) == demo.register.height - 6


def _schools(demo: Demo, paths: list[Path]) -> dict[str, int]:
    """Sums over the schools, each with its newest row in these files."""
    schools = demo.register["单位代码"].to_list()
    sums = {name: int(_newest(paths, "collection", schools)[title].sum()) for title, name in FIGURES.items()}
    final = _newest(paths, "review", schools).filter(pl.col("审核级次").is_in(list(CHAIN.values())))
    return {**sums, "approved": int(final["审核通过人数"].sum())}


def _newest(paths: list[Path], kind: str, schools: list[str]) -> pl.DataFrame:
    tables = [read_table(path).drop("单位名称", strict=False) for path in paths if path.name.startswith(kind)]
    rows = pl.concat(tables).filter(pl.col("单位代码").is_in(schools)).sort("统计日期", maintain_order=True)
    gone = set(rows["单位代码"]) - set(rows.filter(pl.col("统计日期") >= date(2016, 11, 21))["单位代码"])
    assert not gone  # whatever is carried is carried from after the closings and mergers
    key = ["单位代码", "审核级次"] if kind == "review" else ["单位代码"]
    return rows.unique(key, keep="last", maintain_order=True)


def test_once_filled_it_is_not_filled_again(demo: Demo, few: list[Path], empty_store: Store) -> None:
    load_register_files(empty_store)
    few[2:] = []
    fill(empty_store, demo.campaign)
    with empty_store.connect() as connection:
        before = meta.data_version(connection)
    told: list[str] = []
    fill(empty_store, demo.campaign, told.append)
    with empty_store.connect() as connection:
        assert meta.data_version(connection) == before
    assert len(told) == 1


def test_invented_figures_never_get_among_real_ones(
    demo: Demo, few: list[Path], empty_store: Store, tmp_path: Path
) -> None:
    load_register_files(empty_store)
    own = tmp_path / "units.csv"
    own.write_text("单位代码,单位名称,单位类别,上级单位代码\n3301029999,某某小学,学校,330102\n", encoding="utf-8")
    assert import_file(empty_store, demo.campaign, own)[0].loaded == 1
    with pytest.raises(DemoError):
        fill(empty_store, demo.campaign)


def test_a_table_that_is_refused_stops_it(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, empty_store: Store, tmp_path: Path
) -> None:
    wrong = tmp_path / "collection.csv"
    wrong.write_text(
        "统计日期,单位代码,应采集人数,已录入人数,已报送人数\n2016-11-25,9999999999,1,1,1\n", encoding="utf-8"
    )
    monkeypatch.setattr(loading, "write_tables", lambda _campaign, _folder, _tell: [wrong])
    with pytest.raises(DemoError, match=r"collection\.csv.*9999999999"):
        fill(empty_store, demo.campaign)
