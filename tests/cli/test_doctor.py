"""`doctor` finds each fault that is brought about, and says what to do; what is only to be known does not make it fail."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, text, update

from monitor.__main__ import main
from monitor.campaign import PROJECT
from monitor.documents import pdf
from monitor.store import Store, audit, meta, migrate
from monitor.store.backup import LAST_BACKUP
from monitor.store.migrate import newest_revision
from monitor.store.schema import audit as log
from monitor.store.schema import chase, chase_event
from tests.pages.world import fill


class Space(NamedTuple):
    """What a disk says."""

    total: int
    used: int
    free: int


@pytest.fixture
def run(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("MONITOR_DATABASE_URL", sqlite_store.engine.url.render_as_string())
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Space(10**12, 0, 10**12))
    fill(sqlite_store)
    return lambda *options: CliRunner().invoke(main, ["doctor", *options])


def _faults(run: Callable[..., Result]) -> list[str]:
    result = run("--json")
    found = json.loads(result.stdout)
    assert result.exit_code == (1 if found["faults"] else 0) and found["sound"] == (not found["faults"])
    return list(found["faults"])


def _notes(run: Callable[..., Result]) -> str:
    return "\n".join(json.loads(run("--json").stdout)["notes"])


def test_a_sound_store(run: Callable[..., Result]) -> None:
    assert _faults(run) == []
    said = run()
    assert said.exit_code == 0 and said.stdout == "数据库完好。\n"
    assert "提醒：还没有做过备份" in said.stderr and "提醒：没有可用的管理员账号" in said.stderr


@pytest.mark.parametrize(("state", "words"), [("0009", "表结构落后"), ("base", "还没有建表")])
def test_tables_that_are_behind_are_told_not_changed(state: str, words: str, run: Callable[..., Result], sqlite_store: Store) -> None:  # fmt: skip
    migrate(sqlite_store, state)
    (fault,) = _faults(run)
    assert words in fault and "init" in fault
    (again,) = _faults(run)
    assert again == fault


def test_tables_of_a_newer_program(run: Callable[..., Result], sqlite_store: Store) -> None:
    with sqlite_store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    (fault,) = _faults(run)
    assert "9999" in fault and f"init --tables {newest_revision()}" in fault


def test_figures_and_log(run: Callable[..., Result], sqlite_store: Store) -> None:
    with sqlite_store.begin() as connection:
        connection.execute(text("UPDATE rollup SET entered = entered + 1 WHERE day = 20161111"))
        connection.execute(update(log).where(log.c.id == 2).values(actor="x"))
    faults = " ".join(_faults(run))
    assert "汇总" in faults and "审计日志第 2 条起被改动过" in faults


@pytest.mark.parametrize(("ahead", "found"), [(timedelta(minutes=4), False), (timedelta(days=2), True)])
def test_a_clock_that_was_set_back(ahead: timedelta, found: bool, run: Callable[..., Result], sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + ahead

    with monkeypatch.context() as wrong:
        wrong.setattr(audit, "datetime", Ahead)
        with sqlite_store.begin() as connection:
            audit.append(connection, "", "work")
    assert any("时钟慢了" in fault for fault in _faults(run)) == found


def test_the_clock_of_the_database(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.store import health

    monkeypatch.setattr(health, "its_time", lambda _store: datetime.now(UTC) - timedelta(hours=8))
    assert any("不一致" in fault for fault in _faults(run))


def test_its_time_is_that_of_the_server(store: Store) -> None:
    from monitor.store import health

    found = health.its_time(store)
    assert (found is None) == store.is_sqlite
    assert found is None or abs(found - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(("hours", "old"), [(20, False), (24 * 5, True)])
def test_the_age_of_the_last_backup(hours: int, old: bool, run: Callable[..., Result], sqlite_store: Store) -> None:
    with sqlite_store.begin() as connection:
        meta.put(connection, LAST_BACKUP, (datetime.now(UTC) - timedelta(hours=hours)).isoformat())
    notes = _notes(run)
    assert ("5 天前" in notes) == old and "还没有做过备份" not in notes


@pytest.mark.parametrize(
    ("free", "fault", "note"), [(10**10, False, False), (5 * 10**8, False, True), (10**8, True, False)]
)
def test_little_room(free: int, fault: bool, note: bool, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Space(10**12, 0, free))
    assert any("磁盘只剩" in words for words in _faults(run)) == fault
    assert ("磁盘只剩" in _notes(run)) == note


def test_a_folder_that_cannot_be_written(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_named: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    assert any("无法写入" in words and "没有写入权限" in words for words in _faults(run))


def test_a_sending_that_was_broken_off(run: Callable[..., Result], sqlite_store: Store) -> None:
    for number, hours in ((1, 3), (2, 0)):
        moment = datetime.now(UTC) - timedelta(hours=hours)
        with sqlite_store.begin() as connection:
            connection.execute(insert(chase).values(
                id=number, unit_id=number, obligation="x", stage="due", round=1, superior_id=1, state="sending", facts={},
                text="", channel="mail", created_at=moment, sent_at=None, closed_at=None))  # fmt: skip
            connection.execute(insert(chase_event).values(chase_id=number, seq=1, at=moment, actor="", action="sending", detail=None))  # fmt: skip
    assert "1 条催办" in _notes(run)


SETTINGS = """
[chase.mail]
host = "smtp.example.cn"
sender = "jindu@example.cn"
user = "jindu@example.cn"

[[chase.robots]]
unit = "330100"
kind = "dingtalk"
key_variable = "MONITOR_ROBOT_330100"
"""


def test_what_is_switched_on_without_its_secret(run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    shutil.copytree(PROJECT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("store", "fonts"))
    text_ = (PROJECT / "config.toml").read_text(encoding="utf-8")
    (tmp_path / "config.toml").write_text(text_ + SETTINGS, encoding="utf-8")
    monkeypatch.setenv("MONITOR_CONFIG", str(tmp_path / "config.toml"))
    notes = _notes(run)
    assert "邮件" in notes and "MONITOR_SMTP_PASSWORD" in notes and "MONITOR_ROBOT_330100" in notes
    for name in ("MONITOR_SMTP_PASSWORD", "MONITOR_ROBOT_330100"):
        monkeypatch.setenv(name, "secret")
    assert "MONITOR_" not in _notes(run)
    (tmp_path / "data" / "institutions.csv").unlink()
    assert any("institutions.csv" in fault for fault in _faults(run))


def test_a_font_that_is_missing(run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = tmp_path / "fonts"
    shutil.copytree(pdf.FONTS, fonts)
    monkeypatch.setattr(pdf, "FONTS", fonts)
    for path in fonts.iterdir():
        if "kai" in path.name.lower():
            path.unlink()
    pdf._fonts.cache_clear()
    try:
        assert any("缺少字体" in fault for fault in _faults(run))
    finally:
        pdf._fonts.cache_clear()


def test_a_damaged_file(run: Callable[..., Result], sqlite_store: Store) -> None:
    path = Path(str(sqlite_store.engine.url.database))
    with sqlite_store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    sqlite_store.close()
    size = os.path.getsize(path)  # noqa: PTH202
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * (size // 3))
    said = run()
    assert said.exit_code in (1, 2) and "损坏" in said.output
