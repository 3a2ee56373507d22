"""`import` and `undo` on the command line: exit codes, output, JSON."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.__main__ import main
from monitor.campaign import Campaign
from monitor.store import Store, open_store
from tests.databases import Databases
from tests.intake.conftest import DAY, ONE, TWO, line, table
from tests.intake.conftest import registered as registered


class Desk:
    """A command line on a store of its own."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder, self.store = folder, store

    def file(self, content: str, name: str = "table.csv") -> str:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return str(path)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    def json(self, *arguments: str) -> tuple[int, dict[str, list[dict[str, object]]]]:
        result = self.run("import", *arguments, "--json")
        return result.exit_code, json.loads(result.stdout)

    def count(self) -> int:
        with self.store.connect() as connection:
            return int(connection.exec_driver_sql("SELECT COUNT(*) FROM collection").scalar() or 0)


@pytest.fixture
def desk(
    databases: Databases, registered: str, campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    url = databases.copy(registered)
    monkeypatch.setenv("MONITOR_DATABASE_URL", url)
    with closing(open_store(url, campaign)) as store:
        yield Desk(tmp_path, store)


GOOD, BAD = line(ONE), line(TWO, entered="约3")


def test_a_good_file(desk: Desk) -> None:
    result = desk.run("import", desk.file(table(GOOD)))
    assert result.exit_code == 0
    assert "采集进度表" in result.stdout and "undo 1" in result.stdout
    assert desk.count() == 1


def test_json_is_one_document_on_standard_output(desk: Desk) -> None:
    exit_code, document = desk.json(desk.file(table(GOOD)))
    assert exit_code == 0
    assert document == {
        "files": [
            {
                "file": "table.csv", "kind": "collection", "dates": [DAY], "rows": 1, "loaded": 1, "unchanged": 0, "corrected": 0,
                "refused": [], "findings": [], "workbook": None, "batch": 1,
            }
        ]
    }  # fmt: skip


def test_refused_rows(desk: Desk) -> None:
    path = desk.file(table(GOOD, BAD))
    exit_code, document = desk.json(path)
    assert (exit_code, document["files"][0]["loaded"], desk.count()) == (1, 0, 0)
    dry = desk.json(path, "--accept-valid", "--dry-run")
    assert (dry[0], dry[1]["files"][0]["loaded"], desk.count()) == (0, 1, 0)
    exit_code, document = desk.json(path, "--accept-valid")
    assert (exit_code, document["files"][0]["loaded"], len(document["files"][0]["refused"]), desk.count()) == (
        0,
        1,
        1,
        1,
    )  # type: ignore[arg-type]
    assert desk.json(path, "--accept-valid")[0] == 1  # nothing is new, and a row is refused
    assert desk.json(desk.file(table(GOOD), "good.csv"))[0] == 0  # nothing is new, and nothing refused


def test_one_refused_file_of_several(desk: Desk) -> None:
    exit_code, document = desk.json(desk.file(table(GOOD), "a.csv"), desk.file(table(BAD), "b.csv"))
    assert exit_code == 1
    assert [(item["file"], item["loaded"]) for item in document["files"]] == [("a.csv", 1), ("b.csv", 0)]


def test_broken_files_are_the_datas_fault(desk: Desk) -> None:
    assert desk.run("import", desk.file("", "a.xlsx")).exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("{}.missing",),
        ("{}", "--kind", "nothing"),
        ("{}", "--date", "2016-13-01"),
        ("{}", "--date", "x"),
        ("{}", "--nothing"),
        (),
        ("{}", "--errors", "x.txt"),
    ],
)
def test_wrong_use(desk: Desk, arguments: tuple[str, ...]) -> None:
    path = desk.file(table(GOOD))
    assert desk.run("import", *[word.format(path) for word in arguments]).exit_code == 2
    assert desk.count() == 0


def test_the_workbook_is_named_in_the_answer(desk: Desk) -> None:
    target = desk.folder / "errors.xlsx"
    _code, document = desk.json(
        desk.file(table(BAD), "a.csv"),
        desk.file(table(GOOD), "b.csv"),
        desk.file(table(BAD), "c.csv"),
        "--errors",
        str(target),
    )
    assert [item["workbook"] for item in document["files"]] == [str(target), None, str(desk.folder / "errors-2.xlsx")]
    assert target.exists() and (desk.folder / "errors-2.xlsx").exists()


def test_kind_and_day(desk: Desk) -> None:
    text = table(GOOD[1:], header=("学校标识码", "学校名称", "应采集数", "录入人数", "报送人数"))
    assert desk.json(desk.file(text))[0] == 1
    exit_code, document = desk.json(desk.file(text), "--kind", "collection", "--date", DAY)
    assert (exit_code, document["files"][0]["dates"]) == (0, [DAY])


def test_undo(desk: Desk) -> None:
    desk.run("import", desk.file(table(GOOD)))
    assert desk.run("undo", "1").exit_code == 0
    assert desk.count() == 0
    again = desk.run("undo", "1")
    assert again.exit_code == 1 and again.stderr.strip()
    assert desk.run("undo", "7").exit_code == 1
    assert desk.run("undo", "x").exit_code == 2


def test_many_days_are_told_as_a_range(desk: Desk) -> None:
    days = [f"2016-11-{day:02}" for day in range(7, 12)]
    many = desk.run("import", desk.file(table(*[line(ONE, day) for day in days])))
    assert "2016-11-07 至 2016-11-11（5 天）" in many.stdout and "2016-11-09" not in many.stdout
    few = desk.run("import", desk.file(table(*[line(TWO, day) for day in days[:2]])))
    assert "2016-11-07、2016-11-08" in few.stdout


def test_the_marked_workbook_never_replaces_the_file(desk: Desk) -> None:
    file = desk.file(table(BAD), "table.xlsx")
    before = Path(file).read_bytes()
    assert desk.run("import", file, "--errors", file).exit_code == 2
    assert Path(file).read_bytes() == before
