"""The Dockerfile's own words carried out in a folder, with the files that the image would hold: no daemon is needed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from monitor.campaign import PROJECT
from tests.ui.server import free_port

DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
IGNORED = (PROJECT / ".dockerignore").read_text(encoding="utf-8").split()


def _left_out(path: str) -> bool:
    """Whether .dockerignore keeps a path out: the last line that fits it, or a folder above it, says so."""
    above = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 2)]
    out = False
    for line in IGNORED:
        pattern = line.removeprefix("!")
        if any(fnmatch(one, pattern) or fnmatch(f"x/{one}", pattern.replace("**/", "*/")) for one in above):
            out = not line.startswith("!")
    return out


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What COPY brings along and what Python makes of it beforehand, and the volume's folder. The packages are those of
    whoever runs the tests."""
    folder = tmp_path_factory.mktemp("image") / "app"
    known = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True)
    names = known.stdout.split("\0")[:-1] if known.returncode == 0 else [
        str(path.relative_to(PROJECT)) for path in PROJECT.rglob("*") if path.is_file()
    ]  # fmt: skip
    for name in names:
        if not _left_out(name) and (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PROJECT / name, folder / name)
    (folder / "data" / "store").mkdir()
    (folder / "bin").mkdir()
    (folder / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    (folder / "bin" / "python").chmod(0o755)
    for command in re.findall(r"&& (python [^&#\\\n]+)", DOCKERFILE):
        subprocess.run(["sh", "-c", command], cwd=folder, env=_environment(folder), check=True)
    return folder


def _environment(image: Path) -> dict[str, str]:
    """As little as a container has."""
    return {"PATH": f"{image / 'bin'}:/usr/bin:/bin", "HOME": str(image), "LANG": "C.UTF-8"}


def _files(image: Path) -> set[str]:
    found = {path.relative_to(image).as_posix() for path in image.rglob("*") if path.is_file()}
    return {name for name in found if "__pycache__" not in name}  # RUN compiles them beforehand


@pytest.fixture(scope="module")
def copied(image: Path) -> set[str]:
    """What is there before anything runs."""
    return _files(image)


@pytest.fixture(scope="module")
def port(image: Path, copied: set[str]) -> Iterator[int]:
    """CMD, running; the port is the one thing that is another."""
    found = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found
    *shell, line = json.loads(found[1])
    taken = free_port()
    with (image.parent / "log").open("wb") as log:
        running = subprocess.Popen(
            [*shell, f"{line} --port {taken}"],
            cwd=image,
            env=_environment(image),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield taken
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(60)


def _healthy(image: Path, port: int) -> bool:
    """What HEALTHCHECK says."""
    found = re.search(r"^HEALTHCHECK .*\\\n\s+CMD (.*)$", DOCKERFILE, re.MULTILINE)
    assert found
    check = found[1].replace(":8501", f":{port}")
    return subprocess.run(["sh", "-c", check], cwd=image, env=_environment(image), capture_output=True).returncode == 0


def test_what_the_image_leaves_out() -> None:
    kept = ("app.py", "monitor/store/engine.py", "docs/guide/progress.md", "pages/cities.py", ".streamlit/config.toml")
    gone = (
        "tests/conftest.py",
        "docs/decisions.md",
        "data/store/monitor.db",
        ".git/HEAD",
        "monitor/ui/__pycache__/x.pyc",
    )
    assert [path for path in kept if _left_out(path)] == [] and [path for path in gone if not _left_out(path)] == []


def test_the_container_gets_healthy_with_its_own_files_alone(image: Path, copied: set[str], port: int) -> None:
    end = time.monotonic() + 300
    while not _healthy(image, port):
        assert time.monotonic() < end, (image.parent / "log").read_text(encoding="utf-8")
        time.sleep(0.5)
    # Nothing is written but the volume: the container's user owns nothing else.
    made = _files(image) - copied
    assert made and all(name.startswith("data/store/") for name in made), made
