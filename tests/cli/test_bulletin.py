"""`report bulletin`: files, drafts from a timer, what goes wrong."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.__main__ import main
from monitor.bulletins.life import Desk, rendered
from monitor.campaign import PROJECT
from monitor.store import Store
from tests.databases import address
from tests.pages.world import LAST, fill


@pytest.fixture
def store(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("MONITOR_DATABASE_URL", address(empty_store))
    return empty_store


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["report", "bulletin", *arguments])


def test_files_and_drafts(store: Store, tmp_path: Path) -> None:
    fill(store)
    desk = Desk.of_the_office(store)
    for kind in ("docx", "pdf"):
        out = tmp_path / f"通报.{kind}"
        assert run("--as-of", LAST.isoformat(), "--out", str(out)).exit_code == 0
        assert out.read_bytes() == rendered(desk.fresh("schools", LAST), kind)
    assert desk.entries() == []
    # What the timer calls, twice in a row: one draft a sector.
    command = "report bulletin --draft"
    assert f".venv/bin/python -m monitor {command}" in (PROJECT / "docs" / "bulletin.md").read_text(encoding="utf-8")
    for _time in range(2):
        assert run(*command.split()[2:]).exit_code == 0
    assert sorted((entry.sector, entry.as_of) for entry in desk.entries()) == [
        ("schools", LAST),
        ("universities", LAST),
    ]


def test_without_figures_nothing_is_written(store: Store, tmp_path: Path) -> None:
    result = run("--out", str(tmp_path / "x.docx"))
    assert result.exit_code == 1 and "没有数据" in result.output and not list(tmp_path.glob("*.docx"))
    assert run("--draft").exit_code == 1


@pytest.mark.parametrize(
    "arguments", [(), ("--out", "x.xlsx"), ("--out", "/nowhere/x.pdf"), ("--draft", "--sector", "x")]
)
def test_wrong_use(arguments: tuple[str, ...], store: Store) -> None:
    assert run(*arguments).exit_code == 2
