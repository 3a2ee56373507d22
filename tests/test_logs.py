"""What is written down of the program's work: a line of JSON for each request, page, part, job and command, and nothing of anybody
in it, nor in what the program, Streamlit and the web server say of errors."""

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor import logs
from monitor.access import passwords
from monitor.campaign import PROJECT, Campaign, load_campaign
from monitor.sections import Logging
from monitor.store import Store, migrate, open_store
from tests.attacks.client import request, state, tab
from tests.intake.conftest import table
from tests.intake.test_roster import HEADER, SECRETS, WHOLE
from tests.pages.world import fill
from tests.ui.server import Server, serving
from tests.ui.support import cookie_of, make_account

ID, PHONE, PERSON, PASSWORD, WRONG = "11010519491231002X", "13812345678", "演示张三丰", "Correct-Horse-7", "Wrong-Pony-8"  # fmt: skip
KEYS = {"at", "kind", "ms", "ended", "method", "to", "status", "page", "role", "waited", "part", "command", "code", "number", "error"}  # fmt: skip


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config.toml whose log is a file beside it."""
    folder = tmp_path_factory.mktemp("config")
    (folder / "data").symlink_to(PROJECT / "data")
    written = (PROJECT / "config.toml").read_text(encoding="utf-8").replace('file = ""', 'file = "lines.log"', 1)
    (folder / "config.toml").write_text(written, encoding="utf-8")
    assert load_campaign(folder / "config.toml").logging.file == "lines.log"
    return folder / "config.toml"


@pytest.fixture(scope="module")
def world(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('world') / 'store.db'}", campaign)
    migrate(opened)
    fill(opened)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "ROUNDS", 4)
        make_account(opened, "observer")
        make_account(opened, "city", "C1")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def server(world: Store, config: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(world, tmp_path_factory.mktemp("server"), MONITOR_CONFIG=str(config)) as running:
        yield running


def _lines(config: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (config.parent / "lines.log").read_text(encoding="utf-8").splitlines()]


def _try_to_sign_in(server: Server, name: str, password: str) -> None:
    with tab(server, "overview") as here:
        boxes = here.run().widgets()
        asked = {proto.label: key for key, (kind, proto) in boxes.items() if kind == "text_input"}
        send = next(key for key, (kind, proto) in boxes.items() if kind == "button" and proto.is_form_submitter)
        here.run(
            state(asked["账号"], string_value=name),
            state(asked["密码"], string_value=password),
            state(send, trigger_value=True),
        )


def test_nothing_of_anybody_in_what_a_server_writes(server: Server, world: Store, config: Path) -> None:
    _try_to_sign_in(server, "observer", WRONG)
    _try_to_sign_in(server, PERSON, PASSWORD)
    _try_to_sign_in(server, "observer", PASSWORD)
    cookie = cookie_of(world, "observer")
    asked = f"q={PERSON}{ID}&unit={PHONE}&day={ID}"
    for page in ("overview", "cities", "lagging"):
        with tab(server, page, cookie, query=asked) as here:
            here.run()
    request(server, "GET", f"/download/{ID}/x", cookie=cookie)
    request(server, "GET", f"/{PHONE}?name={ID}", cookie=cookie)
    with world.begin() as connection:  # something breaks, in whose words there is a person
        connection.execute(text(f'ALTER TABLE rollup RENAME TO "{PERSON}{PHONE}"'))
        connection.execute(text(f'CREATE VIEW rollup AS SELECT * FROM "{PERSON}{ID}"'))
        connection.execute(text("UPDATE meta SET value = '99' WHERE key = 'data_version'"))
    with tab(server, "overview", cookie) as here:
        assert here.run().failed
    with world.begin() as connection:
        connection.execute(text("DROP VIEW rollup"))
        connection.execute(text(f'ALTER TABLE "{PERSON}{PHONE}" RENAME TO rollup'))
    lines, said = _lines(config), server.log.read_text(encoding="utf-8")
    kinds = [line["kind"] for line in lines]
    assert {"request", "page", "error"} <= set(kinds)
    assert {line["page"] for line in lines if line["kind"] == "page"} >= {"overview", "cities", "lagging"}
    assert {"observer", None} <= {line["role"] for line in lines if line["kind"] == "page"}
    error = next(line for line in lines if line["kind"] == "error")
    assert f"error {error['number']}" in said and error["error"] == "OperationalError" and "no such table" in said
    _holds_nothing(lines, (config.parent / "lines.log").read_text(encoding="utf-8") + said, cookie)


def _holds_nothing(lines: list[dict[str, Any]], everything: str, *more: str) -> None:
    for secret in (ID, ID[:17], PHONE, PERSON, PERSON[2:], PASSWORD, WRONG, *SECRETS, *more):
        assert secret not in everything, secret
    for line in lines:
        assert set(line) <= KEYS, line
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", line["at"])
        assert not re.search(r"[^\x00-\x7f]|@", json.dumps(line, ensure_ascii=False))


def test_nothing_of_anybody_in_what_commands_write(world: Store, config: Path, tmp_path: Path) -> None:
    roster = tmp_path / f"{PERSON}名单.csv"
    roster.write_text(table(*[("C1", *row[1:]) for row in WHOLE], header=HEADER), encoding="utf-8")
    environment = {**os.environ, "MONITOR_CONFIG": str(config), "MONITOR_DATABASE_URL": str(world.engine.url)}

    def run(*words: object, given: str = "") -> int:
        command = [sys.executable, "-m", "monitor", *map(str, words)]
        return subprocess.run(command, env=environment, cwd=PROJECT, input=given, text=True, capture_output=True).returncode  # fmt: skip

    assert run("import", roster) == 0
    assert run("user", "add", "zhangsan", "--role", "observer", "--title", PERSON, "--password-stdin", given=PASSWORD) == 0  # fmt: skip
    assert run("undo", 99) == 1 and run("report", "monthly", "--unit", ID, "--month", "2016-11", "--out", tmp_path / "x.xlsx") > 0  # fmt: skip
    lines = [line for line in _lines(config) if line["kind"] == "command"]
    assert [(line["command"], line["ended"]) for line in lines[:3]] == [("import", "done"), ("user", "done"), ("undo", "refused")]  # fmt: skip
    assert lines[2]["code"] == 1 and all(line["ms"] >= 0 for line in lines)
    _holds_nothing(lines, (config.parent / "lines.log").read_text(encoding="utf-8"))


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[io.StringIO]:
    caught = io.StringIO()
    shown = logging.StreamHandler(caught)
    monkeypatch.setattr(logs, "StreamHandler", lambda: shown)
    yield caught
    monkeypatch.undo()
    logs.begin(Logging(lines="none"), tmp_path, served=False)


@pytest.mark.parametrize(
    ("settings", "served", "written"),
    [
        (Logging(), True, True),
        (Logging(), False, False),  # a command's standard error is for whoever typed it
        (Logging(lines="none"), True, False),
        (Logging(lines="none", file="x.log"), True, False),
    ],
)
def test_where_lines_go(settings: Logging, served: bool, written: bool, stream: io.StringIO, tmp_path: Path) -> None:
    logs.begin(settings, tmp_path, served=served)
    logs.write("page", page="overview")
    assert (stream.getvalue() != "") == written and list(tmp_path.iterdir()) == []
    assert not written or json.loads(stream.getvalue())["page"] == "overview"


def test_a_file_that_is_taken_away_is_made_anew_and_one_that_cannot_be_written_hinders_nobody(stream: io.StringIO, tmp_path: Path) -> None:  # fmt: skip
    logs.begin(Logging(file="lines.log"), tmp_path, served=True)
    logs.write("page")
    (tmp_path / "lines.log").rename(tmp_path / "lines.log.1")
    logs.write("page")
    assert (tmp_path / "lines.log").is_file() and (tmp_path / "lines.log.1").is_file()
    logs.begin(Logging(file="nowhere/lines.log"), tmp_path, served=True)
    logs.write("page")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("value", [PERSON, ID, PHONE, "name@example.cn", "a" * 61, "x\ny", "0571-88000000", "S1=1"])
def test_a_value_that_is_no_word_of_ours_is_not_written(value: str, stream: io.StringIO, tmp_path: Path) -> None:
    logs.begin(Logging(), tmp_path, served=True)
    logs.write("page", page=value)
    assert json.loads(stream.getvalue())["page"] == "?"


def test_errors_of_others_are_written_without_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "_logRecordFactory", logging.getLogRecordFactory())
    logs.discreet()
    caught = io.StringIO()
    other = logging.getLogger("other.library")
    handler = logging.StreamHandler(caught)
    other.addHandler(handler)
    try:
        try:
            raise ValueError(f"{PERSON}, {ID}")
        except ValueError:
            other.exception("it failed for %s", PHONE)
    finally:
        other.removeHandler(handler)
    said = caught.getvalue()
    assert "ValueError" in said and "it failed for" in said
    assert not any(secret in said for secret in (PERSON, ID, PHONE))
