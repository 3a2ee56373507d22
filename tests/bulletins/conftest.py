"""Bulletins in tests: the small campaign of the pages, in a store that a module shares."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from monitor.bulletins.life import Desk
from monitor.filings.load import record_all
from monitor.store import Store
from tests.databases import Databases
from tests.pages.world import fill

FILED = datetime(2016, 10, 25, 15, 0, tzinfo=UTC)
LATE = datetime(2016, 10, 27, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def small(databases: Databases) -> Iterator[Store]:
    """The store of tests.pages.world; C1 filed October's report in time, U1 two days late, C2 and U2 not at all."""
    with databases.store() as opened:
        fill(opened)
        record_all(opened, [("C1", "2016-10", FILED), ("U1", "2016-10", LATE)], "")
        yield opened


@pytest.fixture(scope="module")
def desk(small: Store) -> Desk:
    """The desk of the command line: it writes bulletins of both sectors."""
    return Desk.of_the_office(small)
