"""Settings of the environment that are wrong: told in words that repeat no password, with exit code 2."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.__main__ import main

COMMANDS = (
    ["status", "--json"],
    ["init"],
    ["doctor"],
    ["report", "summary", "--month", "2016-11", "--out", "s.xlsx"],
)


def _refused(command: list[str]) -> str:
    result = CliRunner().invoke(main, command)
    assert isinstance(result.exception, SystemExit), result.exception  # no trace
    assert result.exit_code == 2 and result.stdout == ""
    return result.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    "address",
    ["/var/lib/monitor.db", "mysql://me:geheim@host/x", "sqlite+other:///x.db", "postgresql://me:geheim@host:x/y"],
)
def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch, command: list[str], address: str) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", address)
    said = _refused(command)
    assert "MONITOR_DATABASE_URL" in said and "sqlite:////" in said and "geheim" not in said


def test_a_file_of_settings_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gbk = tmp_path / "gbk.toml"
    gbk.write_bytes('[campaign]\ntitle = "采集"'.encode("gb18030"))
    for path, why in ((tmp_path / "no.toml", "没有这个文件"), (tmp_path, "文件夹"), (gbk, "UTF-8")):
        monkeypatch.setenv("MONITOR_CONFIG", str(path))
        said = _refused(["status"])
        assert str(path) in said and why in said and "Errno" not in said and "codec" not in said
