"""What stands in deploy/ fits the program: commands that exist, limits that let its files through."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from monitor.__main__ import main
from monitor.campaign import PROJECT

DEPLOY = PROJECT / "deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_service_calls_commands_and_options_that_exist(path: Path) -> None:
    for line in re.findall(r"^ExecStart=(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE):
        words = shlex.split(line)
        assert words[1:3] == ["-m", "monitor"]
        command: click.Command | None = main
        rest, context = words[3:], click.Context(main)
        while isinstance(command, click.Group):
            command, rest = command.get_command(context, rest[0]), rest[1:]
        assert command is not None, line
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known


def test_the_image_holds_the_guide_that_the_program_shows() -> None:
    lines = (PROJECT / ".dockerignore").read_text(encoding="utf-8").split()
    assert "docs" not in lines or lines.index("!docs/guide") > lines.index("docs")


def test_every_timer_has_its_service() -> None:
    for timer in (DEPLOY / "systemd").glob("*.timer"):
        assert timer.with_suffix(".service") in SERVICES


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
@pytest.mark.parametrize("path", sorted((DEPLOY / "systemd").iterdir()), ids=lambda path: path.name)
def test_systemd_takes_its_file(path: Path, tmp_path: Path) -> None:
    for one in (DEPLOY / "systemd").iterdir():
        text = one.read_text(encoding="utf-8").replace("/opt/monitor/.venv/bin/python", "/bin/true")
        (tmp_path / one.name).write_text(text, encoding="utf-8")
    run = subprocess.run(["systemd-analyze", "verify", tmp_path / path.name], capture_output=True, text=True)
    said = [line for line in run.stderr.splitlines() if path.name in line]
    assert said == [], run.stderr


def test_the_program_is_started_again_whatever_ended_it() -> None:
    text = (DEPLOY / "systemd" / "monitor.service").read_text(encoding="utf-8")
    seconds = int(re.search(r"^RestartSec=(\d+)$", text, re.MULTILINE)[1])
    # systemd gives up after five starts within ten seconds: a database that is away longer must not use them up.
    assert "\nRestart=always\n" in text and seconds * 5 > 10


def test_the_command_of_root_finds_what_the_service_uses() -> None:
    script = (DEPLOY / "monitor").read_text(encoding="utf-8")
    service = (DEPLOY / "systemd" / "monitor.service").read_text(encoding="utf-8")
    for name, pattern in (("EnvironmentFile", r"^EnvironmentFile=-?(.+)$"), ("WorkingDirectory", r"^WorkingDirectory=(.+)$")):  # fmt: skip
        assert re.search(pattern, service, re.MULTILINE)[1] in script, name
    assert f"-u {re.search(r'^User=(.+)$', service, re.MULTILINE)[1]} " in script
