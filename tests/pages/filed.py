"""The small campaign of the pages after October's reports: what the tests of 报送情况 and 月报 begin with."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete

from monitor.filings.load import record_all
from monitor.store import Store
from monitor.store.schema import filing, filing_event
from tests.filings.accounts import at

LATE = datetime(2016, 10, 26, 16, 0, tzinfo=UTC)  # the first moment of the 27th in China
IN_TIME = datetime(2016, 10, 25, 15, 59, 59, 999000, tzinfo=UTC)


@pytest.fixture
def filed(small: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """C1 filed October's report in the last moment, U1 two days late, C2 and U2 not at all."""
    at(monkeypatch, small.campaign, "2016-11-24T10:00")
    with small.begin() as connection:
        connection.execute(delete(filing_event))
        connection.execute(delete(filing))
    record_all(small, [("C1", "2016-10", IN_TIME), ("U1", "2016-10", LATE)], "")
    return small
