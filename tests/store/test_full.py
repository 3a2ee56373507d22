"""No room left on the disk, and an embedded store that somebody else holds: a load, a backup, an export, a sign-in say so in plain
words, change nothing, and succeed as soon as there is room."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from monitor.__main__ import main
from monitor.campaign import Campaign
from monitor.store import Store, migrate, open_store, trouble
from tests.intake.scenes import picture
from tests.pages.world import fill

FULL = "磁盘已满"
MEGABYTES = 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no disk of its own for this test: mounting needs root")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def _fill_up(folder: Path, but: int = 0) -> Path:
    """Take all the room that is left, but so many bytes."""
    ballast = folder / "ballast"
    free = os.statvfs(folder)
    with ballast.open("wb") as file:
        file.write(bytes(max(free.f_bavail * free.f_frsize - but, 0)))
    return ballast


def _run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def on_small_disk(small_disk: Path, campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{small_disk / 'store.db'}", campaign)
    migrate(opened)
    fill(opened)
    monkeypatch.setenv("MONITOR_DATABASE_URL", str(opened.engine.url))
    yield opened
    opened.close()


def _table(path: Path) -> Path:
    """Figures of many days: more than a full disk takes."""
    book = Workbook()
    sheet = book.active
    sheet.append(["统计日期", "单位代码", "应采集人数", "已录入人数", "已报送人数", "已赋号人数"])
    for day in range(1, 31):
        for code, expected in (("S1", 60), ("S2", 40), ("S3", 30), ("U1", 200), ("U2", 100)):
            sheet.append([f"2016-11-{day:02}", code, expected, day, day, 0])
    book.save(path)
    return path


def test_a_load(on_small_disk: Store, small_disk: Path, tmp_path: Path) -> None:
    before, table = picture(on_small_disk), _table(tmp_path / "采集进度表.xlsx")
    ballast = _fill_up(small_disk)
    full = _run("import", table, "--accept-valid")
    assert full.exit_code == 2 and FULL in full.output and "Traceback" not in full.output
    assert picture(on_small_disk) == before
    ballast.unlink()
    done = _run("import", table, "--accept-valid")
    assert done.exit_code == 0, done.output
    assert picture(on_small_disk) != before


def test_a_backup(on_small_disk: Store, small_disk: Path) -> None:
    older = small_disk / "kept.db"
    older.write_bytes(b"older")
    ballast = _fill_up(small_disk, 100_000)
    before = sorted(small_disk.iterdir())
    full = _run("backup", older)
    assert full.exit_code == 1 and FULL in full.output
    assert older.read_bytes() == b"older" and sorted(small_disk.iterdir()) == before
    ballast.unlink()
    assert _run("backup", older).exit_code == 0 and _run("restore", "--check", older).exit_code == 0


def test_a_restore(
    on_small_disk: Store, small_disk: Path, tmp_path: Path, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "saved.db"
    assert _run("backup", saved).exit_code == 0
    before = picture(on_small_disk)
    monkeypatch.setattr("tempfile.tempdir", str(small_disk))
    ballast = _fill_up(small_disk, 50_000)
    full = _run("restore", saved, "--replace")
    assert full.exit_code in (1, 2) and FULL in full.output
    assert picture(on_small_disk) == before
    ballast.unlink()
    assert _run("restore", saved, "--replace").exit_code == 0


@pytest.mark.parametrize("document", ["report", "marked"])
def test_an_export(document: str, sqlite_store: Store, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    fill(sqlite_store)
    monkeypatch.setenv("MONITOR_DATABASE_URL", str(sqlite_store.engine.url))
    out = small_disk / "out.xlsx"
    out.write_bytes(b"older")
    _fill_up(small_disk)
    if document == "report":
        full = _run("report", "monthly", "--unit", "C1", "--month", "2016-11", "--out", out)
    else:
        wrong = tmp_path / "错.csv"
        wrong.write_text("统计日期,单位代码,应采集人数,已录入人数,已报送人数\n2016-11-01,S1,-5,1,1\n", encoding="utf-8")
        full = _run("import", wrong, "--dry-run", "--errors", out)
    assert full.exit_code == 2 and FULL in full.output, full.output
    assert out.read_bytes() == b"older"
    assert {one.name for one in small_disk.iterdir()} == {"out.xlsx", "ballast"}


def test_a_store_that_somebody_else_holds(sqlite_store: Store, campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    fill(sqlite_store)
    path = str(sqlite_store.engine.url.database)
    monkeypatch.setenv("MONITOR_DATABASE_URL", f"sqlite:///{path}?timeout=0.2")
    before = picture(sqlite_store)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    refused = _run("undo", 2)
    assert refused.exit_code == 2 and "正忙于其他操作" in refused.output
    # Reading goes on.
    assert _run("status", "--unit", "C1").exit_code == 0 and _run("undo", "--list").exit_code == 0
    holder.execute("ROLLBACK")
    holder.close()
    assert picture(sqlite_store) == before
    assert _run("undo", 2).exit_code == 0


@pytest.mark.parametrize(
    ("harm", "words"),
    [("damaged", "数据库已损坏"), ("nothing", "数据库暂时没有响应"), ("elsewhere", "数据库暂时没有响应")],
)
def test_a_store_that_cannot_be_opened(harm: str, words: str, sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    path = tmp_path / "harmed.db"
    url = f"sqlite:///{path}"
    if harm == "damaged":
        path.write_bytes(b"no database at all" * 500)
    elif harm == "nothing":
        path.mkdir()
    else:
        url = "postgresql://nobody@127.0.0.1:1/none"
    monkeypatch.setenv("MONITOR_DATABASE_URL", url)
    for command in (["doctor"], ["status"], ["serve", "--port", "1"], ["init"]):
        said = _run(*command)
        assert said.exit_code == 2 and words in said.output and "Traceback" not in said.output, (command, said.output)


def test_errors_of_other_kinds_are_not_explained_away() -> None:
    for error in (ValueError("x"), FileNotFoundError(2, "x"), RuntimeError("database is locked")):
        assert trouble.explained(error) is None
    assert FULL in trouble.because(OSError(28, "No space left on device"))
    assert trouble.because(PermissionError(13, "Permission denied")) == "没有写入权限"
    assert shutil.Error("other").args[0] in trouble.because(shutil.Error("other"))
