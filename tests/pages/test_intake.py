"""The page 数据导入: files handed in, previewed, confirmed once; batches undone."""

import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.campaign import Campaign
from monitor.store import Store, loads
from monitor.store.read.history import batches
from monitor.store.schema import account, batch, collection
from monitor.ui import downloads, importing, navigation
from monitor.ui.importing import Import
from tests.pages.conftest import Open
from tests.pages.test_progress_pages import said
from tests.pages.world import EXPECTED, fill

HEADER = "统计日期,单位代码,单位名称,应采集人数,已录入人数,已报送人数"
MONDAY = "2016-11-14"
PATIENCE = 30


@pytest.fixture
def world(empty_store: Store) -> Store:
    """A store of this test's own with figures up to 2016-11-11: two batches."""
    fill(empty_store)
    return empty_store


@pytest.fixture
def opened(world: Store, open_page: Open) -> AppTest:
    """The page, opened by the administrator."""
    return open_page(world, "intake", "administrator")


def csv(*rows: tuple[str, int, int], day: str = MONDAY) -> bytes:
    """A collection table of (code, entered, submitted)."""
    lines = [f"{day},{code},,{EXPECTED.get(code, 1)},{entered},{submitted}" for code, entered, submitted in rows]
    return "\n".join([HEADER, *lines]).encode()


GOOD = csv(("S1", 60, 60), ("S2", 9, 5), ("S3", 30, 30), ("U1", 100, 90))
BAD = csv(("S1", 60, 60), ("S2", 9, -5), ("X9", 1, 1), ("S3", 30, 30))


def run(app: AppTest) -> AppTest:
    """Run until the work that was begun has ended."""
    app.run()
    end = time.monotonic() + PATIENCE
    while any("离开本页" in caption.value for caption in app.caption):
        assert time.monotonic() < end
        time.sleep(0.1)
        app.run()
    assert not app.exception
    return app


def hand_in(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, content, "application/octet-stream") for name, content in files])
    return run(app)


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if label in button.label).click()
    return run(app)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button if (button.key or "").startswith(("intake-", "batches-"))]


def told(app: AppTest) -> str:
    parts: Sequence[Any] = [*app.error, *app.warning, *app.success, *app.info]
    return "\n".join(str(part.value) for part in parts)


def table(app: AppTest, column: str) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


def stored(store: Store, day: str = MONDAY) -> dict[str, tuple[int, int]]:
    with store.connect() as connection:
        found = {unit.id: unit.code for unit in _units(connection)}
        query = select(collection.c.unit_id, collection.c.entered, collection.c.submitted)
        rows = connection.execute(query.where(collection.c.day == date.fromisoformat(day)))
        return {found[row.unit_id]: (row.entered, row.submitted) for row in rows}


def _units(connection: Any) -> Any:
    from monitor.store.register import load_register

    register = load_register(connection)
    return [register.unit(unit) for unit in register.units["id"].to_list()]


def count_batches(store: Store) -> int:
    with store.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(batch)).scalar() or 0)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_only_the_administrator_imports(role: str, world: Store, open_page: Open) -> None:
    app = open_page(world, "intake", role)
    assert app.error and not app.title and not app.file_uploader and not app.dataframe


def test_an_empty_store_says_so(empty: Store, open_page: Open) -> None:
    app = open_page(empty, "intake", "administrator")
    assert [title.value for title in app.title] == [navigation.PAGES["intake"].title]
    assert "尚未导入任何表格" in said(app) and not app.dataframe


def test_a_table_is_previewed_and_then_loaded(world: Store, opened: AppTest) -> None:
    app = hand_in(opened, ("采集表.csv", GOOD))
    assert "将导入 4 行" in told(app)
    cities = table(app, "新增行").set_index("单位")
    assert cities.loc["合计"].tolist() == cities.drop("合计").sum().tolist()
    cities = cities.drop("合计")
    assert dict(cities["单位数"]) == {"单位C1": 2, "单位C2": 1, "高校": 1}
    assert int(cities["新增行"].sum()) == 4 and int(cities["更正行"].sum()) == 0
    # Until 2016-11-11 both had more people entered than this table has.
    assert cities.loc["单位C1", "数据回落单位"] == 1
    assert stored(world) == {} and count_batches(world) == 2
    press(app, "全部导入（4 行）")
    assert "共写入 4 行" in told(app) and count_batches(world) == 3
    assert stored(world) == {"S1": (60, 60), "S2": (9, 5), "S3": (30, 30), "U1": (100, 90)}
    with world.connect() as connection:
        newest = batches(connection).iloc[0]
    assert (newest["file"], newest["loaded_by"], newest["loaded"]) == ("采集表.csv", "administrator", 4)


def test_runs_and_clicks_again_load_nothing_twice(world: Store, opened: AppTest) -> None:
    app = hand_in(opened, ("采集表.csv", GOOD))
    here = app.session_state["intake-import"]
    here.load(False)
    here.load(False)  # the second half of a double click
    run(app)
    run(app)
    here.load(True)
    assert count_batches(world) == 3 and "共写入 4 行" in told(app)
    assert not any("导入（" in label or "合格行" in label for label in labels(app))
    press(app, "继续导入其他文件")
    app = hand_in(app, ("采集表.csv", GOOD))
    assert "无需再次导入" in told(app) and not any("导入（" in label or "合格行" in label for label in labels(app))


def test_refused_rows_are_listed_and_the_good_ones_can_be_loaded(world: Store, opened: AppTest) -> None:
    app = hand_in(opened, ("采集表.csv", BAD))
    assert "有 2 处不能导入" in told(app)
    refused = table(app, "原因和处理办法")
    assert list(refused["行"]) == [3, 4] and list(refused["列"]) == ["已报送人数", "单位代码"]
    assert [label for label in labels(app) if "导入" in label] == ["只导入合格行（2 行）"]
    book = [offer for offer in downloads._offers.values() if offer.file == "采集表_检查结果.xlsx"][-1]
    assert load_workbook(io.BytesIO(book.produce())).sheetnames
    press(app, "只导入合格行")
    assert stored(world) == {"S1": (60, 60), "S3": (30, 30)}
    assert list(table(app, "拒绝")["拒绝"]) == [2]


def test_of_several_files_the_good_ones_can_be_loaded_alone(world: Store, opened: AppTest) -> None:
    app = hand_in(opened, ("好.csv", csv(("U1", 100, 90), day="2016-11-15")), ("坏.csv", BAD))
    assert [label for label in labels(app) if "导入" in label] == [
        "只导入合格行（3 行）",
        "只导入没有问题的文件（1 行）",
    ]
    press(app, "只导入没有问题的文件（1 行）")
    assert stored(world) == {} and stored(world, "2016-11-15") == {"U1": (100, 90)}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.csv", b""),
        ("断.xlsx", b"PK\x03\x04" + b"\0" * 300),
        ("图.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 300),
        ("没有表头.csv", b"a,b\n1,2\n"),
    ],
)
def test_a_broken_file_has_one_clear_message(name: str, content: bytes, world: Store, opened: AppTest) -> None:
    app = hand_in(opened, (name, content))
    messages = [error.value for error in app.error]
    assert len(messages) == 2 and messages[0] == "没有可导入的内容，原因见下。"
    assert any("一" <= letter <= "鿿" for letter in messages[1]) and "Error" not in messages[1]
    assert not any("导入（" in label or "合格行" in label for label in labels(app)) and count_batches(world) == 2


def test_an_archive_with_a_register_and_its_figures(world: Store, opened: AppTest) -> None:
    units = "单位代码,单位名称,单位类别,学段,上级单位代码\nS7,单位S7,学校,小学,K1\n".encode()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("figures.csv", csv(("S7", 1, 1)))
        archive.writestr("units.csv", units)
    app = hand_in(opened, ("全部.zip", content.getvalue()))
    assert "将导入 2 行" in told(app)
    first, second = [frame.value for frame in app.dataframe if "新增行" in frame.value.columns]
    assert list(first["单位"]) == list(second["单位"]) == ["合计", "单位S7"]
    press(app, "全部导入（2 行）")
    assert stored(world) == {"S7": (1, 1)} and count_batches(world) == 4


def test_data_that_moved_meanwhile_are_checked_again(world: Store, opened: AppTest) -> None:
    app = hand_in(opened, ("采集表.csv", GOOD))
    here = app.session_state["intake-import"]
    _load_elsewhere(world, here)
    press(app, "全部导入（4 行）")
    assert "已重新检查" in told(app) and "将导入 3 行" in told(app)
    press(app, "全部导入（3 行）")
    assert count_batches(world) == 4 and len(stored(world)) == 4


def _load_elsewhere(store: Store, here: Import) -> None:
    """Somebody else loads one row of the file."""
    from monitor.intake.load import import_file

    path = here.paths[0].with_name("other.csv")
    path.write_bytes(csv(("S1", 60, 60)))
    assert import_file(store, store.campaign, path)[0].loaded == 1
    path.unlink()


def test_kind_and_day_overrule_the_file(world: Store, opened: AppTest) -> None:
    undated = "单位代码,应采集人数,已录入人数,已报送人数\nU1,200,100,90\n".encode()
    app = hand_in(opened, ("采集表.csv", undated))
    assert "没有可导入的内容" in told(app)
    app.date_input(key="intake-day").set_value(date(2016, 11, 14))
    run(app)
    press(app, "全部导入（1 行）")
    assert stored(world) == {"U1": (100, 90)}


def test_the_newest_batch_is_undone_by_a_second_click(world: Store, opened: AppTest) -> None:
    app = press(hand_in(opened, ("采集表.csv", GOOD)), "全部导入")
    assert list(table(app, "状态")["批次"]) == [3, 2, 1]
    press(app, "撤销批次 3")
    assert len(stored(world)) == 4
    press(app, "取消")
    press(app, "撤销批次 3")
    press(app, "确认撤销批次 3")
    assert "批次 3 已撤销" in told(app) and stored(world) == {}
    listed = table(app, "状态").set_index("批次")
    assert dict(listed["状态"]) == {3: "已撤销", 2: "有效", 1: "有效"}
    app.query_params["batch"] = "3"
    assert any(line.startswith("administrator 已于 ") for line in told(app.run()).splitlines())
    assert any("撤销批次 2" in label for label in labels(app))


def test_a_batch_that_is_not_the_newest_any_more_stays(world: Store, opened: AppTest) -> None:
    app = press(opened, "撤销批次 2")
    with world.connect() as connection:
        unit = next(one for one in _units(connection) if one.code == "U1")
    import polars as pl

    row = pl.DataFrame({"unit_id": [unit.id], "day": [date(2016, 11, 14)], "expected": [200], "entered": [1], "submitted": [1],
                        "numbered": [1]})  # fmt: skip
    loads.load(world, loads.NewBatch("collection", "x.csv", "x", "", 1), loads.Tables(row), [])
    key = "batches-undo-2"
    app.button(key=key).click()
    run(app)
    assert "已撤销" not in told(app) and stored(world) == {"U1": (1, 1)}


def test_an_account_disabled_meanwhile_loads_nothing(world: Store, opened: AppTest) -> None:
    app = hand_in(opened, ("采集表.csv", GOOD))
    with world.begin() as connection:
        connection.execute(update(account).values(disabled=True))
    next(button for button in app.button if "全部导入" in button.label).click()
    app.run()
    assert count_batches(world) == 2 and not app.dataframe


def test_the_files_go_with_the_import(world: Store, campaign: Campaign, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(importing.tempfile, "tempdir", str(tmp_path))

    class Upload:
        name = "..\\..\\x/采集表.csv"

        def getvalue(self) -> bytes:
            return GOOD

    here = Import(world, campaign, [Upload(), Upload()], "tester", None, None)
    assert here.checking.wait(PATIENCE) and [path.name for path in here.paths] == ["采集表.csv"] * 2
    assert all(tmp_path in path.parents for path in here.paths) and list(tmp_path.glob("monitor-upload-*"))
    here.load(False)
    assert here.loading is not None and here.loading.wait(PATIENCE)
    assert not any(path.exists() for path in here.paths)
    del here
    assert list(tmp_path.glob("monitor-upload-*")) == []


def test_what_a_killed_process_left_behind_is_taken_away(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(importing.tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    names = {who: f"monitor-upload-{who}-x" for who in (gone.pid, os.getpid())}
    for name in (*names.values(), "another-folder"):
        (tmp_path / name).mkdir()
    importing.sweep()
    assert {path.name for path in tmp_path.iterdir()} == {names[os.getpid()], "another-folder"}
    importing.sweep(own=True)
    assert {path.name for path in tmp_path.iterdir()} == {"another-folder"}


def test_a_failing_job_is_told_in_general_terms(world: Store, opened: AppTest, monkeypatch: Any) -> None:
    def fail(*_arguments: Any, **_named: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr(importing, "import_files", fail)
    app = hand_in(opened, ("采集表.csv", GOOD))
    assert "操作未能完成" in told(app) and "secret" not in told(app)
