"""A backup is the whole store; a restore puts all of it back or nothing, on both kinds of store and across them."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select, text

from monitor.__main__ import main
from monitor.campaign import PROJECT
from monitor.store import Store, audit, backup, meta, rollup
from monitor.store.schema import account, metadata, session
from tests.databases import Databases, address
from tests.pages.world import fill

LIVING = {"audit", "meta", "session"}
"""What backing up and restoring write in themselves."""


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in LIVING
        }


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store)
    with store.begin() as connection:
        connection.execute(
            insert(account).values(name="somebody", title="演示", role="observer", unit_id=None, password="-",
                                   must_change=False, disabled=False, failures=0, locked_until=None, created_at=datetime.now(UTC))
        )  # fmt: skip
        connection.execute(
            insert(session).values(
                token_hash="x", account_name="somebody", created_at=datetime.now(UTC), seen_at=datetime.now(UTC)
            )
        )
    return store


@pytest.fixture
def other(databases: Databases) -> Iterator[Store]:
    """Another store, of the kind that the run is about."""
    with databases.store() as opened:
        yield opened


def _sound(store: Store) -> None:
    with store.connect() as connection:
        assert audit.broken_at(connection) is None
        assert connection.execute(select(session)).all() == []
    with store.begin(keep=False) as connection:
        assert rollup.differences(connection, store.campaign.baseline_day) == []


def test_all_of_it_comes_back(filled: Store, other: Store, tmp_path: Path) -> None:
    before = content(filled)
    made = backup.backup(filled, tmp_path / "copy.db", "admin")
    assert made.rows >= sum(map(len, before.values())) and made.size == (tmp_path / "copy.db").stat().st_size
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith((".copy", "copy"))] == ["copy.db"]
    with filled.begin() as connection:
        connection.execute(text("UPDATE unit SET name = 'x'"))
        connection.execute(text("DELETE FROM collection"))
        version = meta.data_version(connection)
    kept = backup.restore(filled, tmp_path / "copy.db", "admin", replace=True)
    assert content(filled) == before
    _sound(filled)
    with filled.connect() as connection:
        assert meta.data_version(connection) > version, "what pages have cached counts no more"
        last = connection.execute(text("SELECT action, actor FROM audit ORDER BY id DESC LIMIT 1")).one()
    assert tuple(last) == ("restore", "admin")
    # What was there before is kept, and can be restored in turn; here into another store, an empty one.
    assert kept is not None and backup.restore(other, kept, "") is None
    with other.connect() as connection:
        assert connection.execute(text("SELECT DISTINCT name FROM unit")).scalars().all() == ["x"]


def test_from_one_kind_of_store_to_another(filled: Store, other: Store, tmp_path: Path) -> None:
    backup.backup(filled, tmp_path / "copy.db", "")
    assert backup.restore(other, tmp_path / "copy.db", "") is None
    assert content(other) == content(filled)
    _sound(other)


def test_a_store_that_holds_something_is_not_replaced_by_mistake(filled: Store, tmp_path: Path) -> None:
    backup.backup(filled, tmp_path / "copy.db", "")
    before = content(filled)
    with pytest.raises(backup.BackupError, match="--replace"):
        backup.restore(filled, tmp_path / "copy.db", "")
    assert content(filled) == before


@pytest.mark.parametrize("harm", ["cut", "changed", "foreign", "empty", "newer", "audit"])
def test_what_is_no_sound_backup_changes_nothing(empty_store: Store, other: Store, harm: str, tmp_path: Path) -> None:
    fill(empty_store)
    path = tmp_path / "copy.db"
    backup.backup(empty_store, path, "")
    whole = path.read_bytes()
    statements = {
        "newer": "UPDATE alembic_version SET version_num = '9999'",
        "audit": "UPDATE audit SET actor = 'somebody' WHERE id = 1",
    }
    if harm in statements:
        connection = sqlite3.connect(path)
        connection.execute(statements[harm])
        connection.commit()
        connection.close()
    else:
        path.write_bytes(
            {"cut": whole[: len(whole) // 2], "changed": whole[:8192] + b"\xff" * 4096 + whole[12288:],
             "foreign": b"PK\x03\x04" + whole[4:], "empty": b""}[harm]
        )  # fmt: skip
    before = content(other)
    with pytest.raises(backup.BackupError):
        backup.restore(other, path, "")
    assert content(other) == before


def test_sums_that_do_not_follow_are_made_anew(empty_store: Store, other: Store, tmp_path: Path) -> None:
    fill(empty_store)
    with empty_store.begin() as connection:
        connection.execute(text("UPDATE rollup SET entered = entered + 1"))
    backup.backup(empty_store, tmp_path / "copy.db", "")
    backup.restore(other, tmp_path / "copy.db", "")
    _sound(other)


def test_a_restore_that_breaks_off_leaves_what_was_there(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.backup(filled, tmp_path / "copy.db", "")
    with filled.begin() as connection:
        connection.execute(text("UPDATE unit SET name = 'later'"))
    before = content(filled)

    def broken(*_anything: Any) -> None:
        raise OSError("gone")

    monkeypatch.setattr(backup.bulk, "insert", broken)
    if filled.is_sqlite:
        monkeypatch.setattr(backup, "_copy_in", broken)
    with pytest.raises(OSError, match="gone"):
        backup.restore(filled, tmp_path / "copy.db", "", replace=True)
    assert content(filled) == before


def test_people_go_on_working_while_it_is_made(filled: Store, tmp_path: Path) -> None:
    stop, written = threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            with filled.begin() as connection:
                audit.append(connection, "somebody", "work", {"n": len(written)})
            written.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for number in range(3):
            backup.backup(filled, tmp_path / f"copy{number}.db", "")
    finally:
        stop.set()
        thread.join()
    assert written
    with filled.connect() as connection:
        assert audit.broken_at(connection) is None


def test_where_nothing_can_be_written(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(backup.BackupError, match="无法写入"):
        backup.backup(filled, tmp_path / "nowhere" / "copy.db", "")


def test_old_ones_go_when_newer_ones_are_there(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"monitor-2016110{day}-020000.db").touch()
    (tmp_path / "monitor-mine.db").touch()
    path, older = backup.backup_into(tmp_path, 3, datetime(2016, 11, 6, 2))
    assert path.name == "monitor-20161106-020000.db"
    assert [one.name for one in older] == [f"monitor-2016110{day}-020000.db" for day in (1, 2, 3)]


def test_the_commands(tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", databases.new())
    run = lambda *words: CliRunner().invoke(main, [str(word) for word in words])  # noqa: E731
    assert run("init").exit_code == 0
    made = run("backup", tmp_path / "a.db")
    assert made.exit_code == 0 and "已备份" in made.output
    assert run("backup", tmp_path / "none" / "a.db").exit_code == 2
    assert run("restore", tmp_path / "none.db").exit_code == 2
    refused = run("restore", tmp_path / "a.db")
    assert refused.exit_code == 1 and "--replace" in refused.output, "a backup was made: somebody works with it"
    done = run("restore", tmp_path / "a.db", "--replace")
    assert done.exit_code == 0 and "before-restore-" in done.output
    (tmp_path / "kept").mkdir()
    assert run("backup", tmp_path / "kept", "--keep", "1").exit_code == 0
    assert len(list((tmp_path / "kept").iterdir())) == 1
    assert run("doctor").exit_code == 0


def test_a_store_that_was_only_made_ready_takes_a_backup_as_an_empty_one_does(
    tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What emergencies ask for: a new machine, `init`, `restore`. A trial of a file is enough to be asked first."""
    run = lambda *words: CliRunner().invoke(main, [str(word) for word in words])  # noqa: E731
    table = tmp_path / "table.csv"
    table.write_text(
        "统计日期,单位代码,应采集人数,已录入人数,已报送人数\n2016-11-01,330106,30,20,10\n", encoding="utf-8"
    )
    monkeypatch.setenv("MONITOR_DATABASE_URL", databases.new())
    for words in (["init"], ["import", table], ["backup", tmp_path / "a.db"]):
        assert run(*words).exit_code == 0
    shown = run("status", "--unit", "330106", "--json").stdout
    assert '"expected": 30' in shown

    monkeypatch.setenv("MONITOR_DATABASE_URL", databases.new())
    assert run("init").exit_code == 0
    assert run("restore", tmp_path / "a.db").exit_code == 0
    assert run("status", "--unit", "330106", "--json").stdout == shown
    assert not list(tmp_path.glob("before-restore-*"))

    monkeypatch.setenv("MONITOR_DATABASE_URL", databases.new())
    assert run("init").exit_code == 0
    assert run("import", "--dry-run", table).exit_code == 0
    assert run("restore", tmp_path / "a.db").exit_code == 1


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_kill_at_any_moment(command: str, empty_store: Store, tmp_path: Path) -> None:
    fill(empty_store)
    path = tmp_path / "copy.db"
    backup.backup(empty_store, path, "")
    saved = content(empty_store)
    with empty_store.begin() as connection:
        connection.execute(text("UPDATE unit SET name = 'later'"))
    now = content(empty_store)
    words = [command, str(path), *(["--replace"] if command == "restore" else [])]
    env = {**os.environ, "MONITOR_DATABASE_URL": address(empty_store)}
    ends = set()
    for wait in (0.8, 1.1, 1.5):
        process = subprocess.Popen([sys.executable, "-m", "monitor", *words], cwd=PROJECT, env=env,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        ends.add(process.wait())
        found = content(empty_store)
        assert found in (saved, now), "neither as before nor as restored"
        with empty_store.connect() as connection:
            assert audit.broken_at(connection) is None
        copy = sqlite3.connect(path)  # a backup that was killed leaves the older file, or the new one
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        copy.close()
    assert -signal.SIGKILL in ends
