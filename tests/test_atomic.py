"""A file is put in its place whole, and may be read by whom the umask lets."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import i18n
from monitor.atomic import write_bytes


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_umask")
def test_others_may_read_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "月报表.xlsx"
    write_bytes(path, b"old")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new" and stat.S_IMODE(path.stat().st_mode) == 0o644
    os.umask(0o077)
    write_bytes(path, b"own")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "taken"
    path.mkdir()
    with pytest.raises(OSError):
        write_bytes(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_compiled_catalog_that_cannot_be_read_is_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever set the program up and whoever runs it are different accounts."""
    folder = tmp_path / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "ui.po").write_text('msgid "Sign in"\nmsgstr "登录"\n', encoding="utf-8")
    (folder / "ui.mo").mkdir()  # newer, there, and no file that could be read
    monkeypatch.setattr(i18n, "LOCALE", tmp_path)
    i18n._catalog.cache_clear()
    try:
        assert i18n._("Sign in") == "登录"
    finally:
        i18n._catalog.cache_clear()
