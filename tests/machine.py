"""A machine of a test's own on which the program is installed as docs/operations.md says, to run the documents' commands on.

Every absolute path of a command (/opt, /var, /etc, /tmp, /usr/local) lies below a folder; systemctl, journalctl and the like
are stand-ins that write down how they were called, and where asked to, really start and stop the program.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from monitor.campaign import PROJECT
from tests.ui.server import free_port

_OURS: Final = re.compile(r"(?<![\w.:])/(?=(opt|var|etc|tmp|usr/local)\b)")
_BEFORE: Final = re.compile(r"before-restore-\d{8}-\d{6}\.db")
_STAND_IN: Final = """#!/bin/sh
echo "$(basename "$0") $*" >>"{root}/called"
{more}
"""
_SYSTEMCTL: Final = """
running() {{ state=$(cut -d' ' -f3 "/proc/$(cat "{root}/pid")/stat" 2>/dev/null) && [ "$state" != Z ]; }}
[ "${{2-}}" = monitor ] && [ -e "{root}/serves" ] || exit 0
case $1 in
    stop | restart) kill "$(cat "{root}/pid")" 2>/dev/null; while running; do sleep 0.1; done ;;
esac
case $1 in
    start | restart)
        cd "{root}/opt/monitor"
        .venv/bin/python -m monitor serve --port {port} >>"{root}/log" 2>&1 </dev/null &
        echo $! >"{root}/pid"
        ;;
    status) running && echo "Active: active (running)" ;;
esac
"""
STAND_INS: Final = ("systemctl", "journalctl", "timedatectl", "runuser")


def blocks(file: str) -> dict[str, list[str]]:
    """The commands of a document by section, in order."""
    found: dict[str, list[str]] = {}
    for section in (PROJECT / "docs" / file).read_text(encoding="utf-8").split("\n## ")[1:]:
        title = section.splitlines()[0]
        inside = re.findall(r"^```sh\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
        found[title] = [line for block in inside for line in block.splitlines()]
    return found


class Machine:
    """The machine. `ran`: every command that was run, as it stands in the document."""

    def __init__(self, root: Path) -> None:
        self.root, self.port = root, free_port()
        self.ran: set[str] = set()
        self.here, self.backups = root / "opt/monitor", root / "var/backups/monitor"
        for folder in ("opt", "etc", "tmp", "usr/local/bin", "stand-ins"):
            (root / folder).mkdir(parents=True)
        self.backups.mkdir(parents=True)
        self.install(self.here)
        (self.here / "data/store").mkdir()
        self._place("usr/local/bin/monitor", self._mapped((PROJECT / "deploy/monitor").read_text(encoding="utf-8")))
        for name in STAND_INS:
            more = {"systemctl": _SYSTEMCTL.format(root=root, port=self.port), "runuser": 'shift 3\nexec "$@"'}
            self._place(f"stand-ins/{name}", _STAND_IN.format(root=root, more=more.get(name, "")))

    def install(self, folder: Path) -> None:
        """The program's files as they are unpacked, with a virtual environment."""
        folder.mkdir()
        shutil.copytree(PROJECT / "monitor", folder / "monitor")
        (folder / "data").mkdir()
        for one in (PROJECT / "data").iterdir():
            if one.name != "store":
                (folder / "data" / one.name).symlink_to(one)
        for name in ("app.py", ".streamlit", "pages", "locale", "docs"):
            (folder / name).symlink_to(PROJECT / name)
        shutil.copy(PROJECT / "config.toml", folder)  # its own paths count from where it lies
        (folder / ".venv/bin").mkdir(parents=True)
        python = folder / ".venv/bin/python"
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
        python.chmod(0o755)

    @property
    def url(self) -> str:
        """Address of the machine's store."""
        return f"sqlite:///{self.here / 'data/store/monitor.db'}"

    @property
    def called(self) -> list[str]:
        """How the stand-ins were called."""
        file = self.root / "called"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def run(self, command: str, *, code: int | None = 0) -> str:
        """Run a command of a document; what it printed. `code`: how it ends, None: somehow."""
        self.ran.add(command)
        line = self._mapped(command).replace(":8501", f":{self.port}")
        newest = sorted(self.backups.glob("before-restore-*.db"))
        if newest:
            line = _BEFORE.sub(newest[-1].name, line)
        path = f"{self.root}/usr/local/bin:{self.root}/stand-ins:{os.environ['PATH']}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line], env={**kept, "PATH": path}, cwd=self.root, timeout=120,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert code in (None, done.returncode), f"{command}\n{done.stdout}"
        return done.stdout

    def all_of(self, commands: list[str]) -> dict[str, str]:
        """Run commands of a document in order; what the last of each printed."""
        return {command: self.run(command) for command in commands}

    def serve(self) -> None:
        """From now on systemctl really starts and stops the program."""
        (self.root / "serves").touch()
        self.run("systemctl start monitor")
        self.run("curl -s --retry 60 --retry-delay 1 --retry-all-errors http://127.0.0.1:8501/readyz")

    def stop(self) -> None:
        """The program ends, if it runs."""
        if (self.root / "serves").exists():
            self.run("systemctl stop monitor")
            (self.root / "serves").unlink()

    def _mapped(self, text: str) -> str:
        return _OURS.sub(f"{self.root}/", text)

    def _place(self, name: str, text: str) -> None:
        path = self.root / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
