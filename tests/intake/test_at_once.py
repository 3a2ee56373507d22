"""Two people who import at the same moment, each in a process of their own: as if one had come after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.campaign import Campaign
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
