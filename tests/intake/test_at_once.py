"""Two people who import at the same moment, each in a process of their own: as if one had come after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.campaign import Campaign
from monitor.intake.load import Plan, import_files
from monitor.store import Store, audit, rollup
from monitor.store.register import change_register, unit_table
from tests.databases import address
from tests.intake import processes
from tests.intake.conftest import DAY, ONE, THREE, TWO, UNITS, line, table


@pytest.fixture
def office_of_two(store: Store, campaign: Campaign, tmp_path: Path) -> Iterator[tuple[Store, Path]]:
    """A store of either kind with the register in it, and a folder."""
    with store.begin() as connection:
        change_register(connection, campaign, unit_table(UNITS))
    yield store, tmp_path


def at_once(store: Store, folder: Path, *contents: str) -> None:
    """Import each content in a process of its own, all from the same moment on."""
    gate = processes.SERVER.Barrier(len(contents))
    url = address(store)
    people = []
    for number, content in enumerate(contents):
        path = folder / f"{number}.csv"
        path.write_text(content, encoding="utf-8")
        people.append(processes.start(url, str(path), gate))
    for person in people:
        person.join()
        assert person.exitcode == 0


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    with store.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


FIGURES = "SELECT u.code, c.expected, c.entered FROM collection c JOIN unit u ON u.id = c.unit_id ORDER BY u.code"


def test_two_files_of_one_day(office_of_two: tuple[Store, Path], campaign: Campaign) -> None:
    store, folder = office_of_two
    at_once(store, folder, table(line(ONE, DAY, 100, 90), line(TWO)), table(line(THREE), line(ONE, DAY, 100, 91)))
    assert rows(store, "SELECT id, rows, loaded FROM batch ORDER BY id") == [(1, 2, 2), (2, 2, 2)]
    first, second, third = rows(store, FIGURES)
    assert first in [(ONE, 100, 90), (ONE, 100, 91)] and (second, third) == ((TWO, 100, 90), (THREE, 100, 90))
    corrected = rows(store, "SELECT corrected FROM batch ORDER BY id")
    assert corrected == [(0,), (1,)]  # whoever came second corrected the first
    with store.begin(keep=False) as connection:
        assert not rollup.differences(connection, campaign.baseline_day)
        assert audit.broken_at(connection) is None


def test_the_same_file_twice_is_one_batch(office_of_two: tuple[Store, Path]) -> None:
    store, folder = office_of_two
    same = table(line(ONE), line(TWO))
    at_once(store, folder, same, same, same)
    assert rows(store, "SELECT id, loaded FROM batch") == [(1, 2)]
    assert rows(store, "SELECT action, COUNT(*) FROM audit GROUP BY action ORDER BY action")[0] == ("import", 1)


REGISTER = ("单位代码", "单位名称", "单位类别", "上级单位代码")
TRIED = {
    "one file": ([table(line(ONE, DAY, 100, 90))], [1]),
    "files that build on each other": (
        [table(line(ONE, DAY, 100, 90), line(TWO)), table(line(ONE, DAY, 100, 90)), table(line(ONE, DAY, 100, 95))],
        [2, 0, 1],
    ),
    "a register": ([table((ONE, "演示新名", "学校", "330106"), header=REGISTER)], [1]),
}


@pytest.mark.parametrize("name", TRIED)
def test_nobody_waits_for_a_trial(office_of_two: tuple[Store, Path], campaign: Campaign, name: str) -> None:
    """While files are tried another person imports figures of the same unit and day, to the end; the trial goes on with
    the store as it was, and keeps nothing."""
    store, folder = office_of_two
    contents, loaded = TRIED[name]
    paths = [folder / f"tried{number}.csv" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content, encoding="utf-8")
    theirs = folder / "theirs.csv"
    theirs.write_text(table(line(ONE, DAY, 100, 77), line(THREE)), encoding="utf-8")
    checked = []

    def meanwhile(planned: Plan, _within: Store) -> None:
        checked.append(planned.name)
        if len(checked) == len(paths):  # whatever comes before the last file has been loaded into the trial
            other = processes.start(address(store), str(theirs))
            other.join(90)  # beyond the patience of a writer that waits
            code = other.exitcode
            other.kill()
            assert code == 0

    results = import_files(store, campaign, paths, dry_run=True, on_check=meanwhile)
    assert checked == [path.name for path in paths]
    if name != "one file":  # which is held against the store at the moment at which it is asked
        assert [result.loaded for result in results] == loaded
    assert [result.batch for result in results] == [None] * len(paths)
    assert rows(store, FIGURES) == [(ONE, 100, 77), (THREE, 100, 90)]
    assert rows(store, "SELECT id, file FROM batch") == [(1, "theirs.csv")]
    assert rows(store, f"SELECT name FROM unit WHERE code = '{ONE}'") == [("演示第一小学",)]
    actions = rows(store, "SELECT action FROM audit ORDER BY id")
    assert actions == [("import",), *[("import_dry_run",)] * len(paths)]
    with store.begin(keep=False) as connection:
        assert not rollup.differences(connection, campaign.baseline_day)
        assert audit.broken_at(connection) is None
