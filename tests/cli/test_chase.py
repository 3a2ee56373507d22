"""`chase`: the list of an office, run twice."""

import json

import pytest
from click.testing import CliRunner

from monitor.__main__ import main
from monitor.store import Store
from tests.pages.world import fill


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["chase", *arguments])
    return result.exit_code, result.stdout


def test_run_twice_asks_nobody_twice(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(empty_store)
    monkeypatch.setenv("MONITOR_DATABASE_URL", str(empty_store.engine.url))
    code, first = run("--json")
    assert code == 0 and json.loads(first)["drafted"] == json.loads(first)["waiting"] > 0
    code, second = run("--json")
    assert code == 0
    assert json.loads(second) == {**json.loads(first), "drafted": 0}


def test_wrong_use(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(empty_store)
    monkeypatch.setenv("MONITOR_DATABASE_URL", str(empty_store.engine.url))
    assert run("--unit", "X9")[0] == 2
    assert run("--send", "mail")[0] == 2  # not configured
