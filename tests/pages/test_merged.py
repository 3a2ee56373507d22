"""A county without schools that reported for itself until it was merged into one with schools, on the pages of the latter."""

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from monitor.store import Store, loads
from monitor.store.register import change_register, load_register, unit_table
from tests.databases import Databases
from tests.pages.conftest import Open
from tests.pages.test_progress_pages import said
from tests.pages.world import fill

REPORTED, CLOSES = date(2016, 11, 7), date(2016, 11, 9)


@pytest.fixture(scope="module")
def merged(databases: Databases) -> Iterator[Store]:
    """K3, of which 77 are expected and 7 approved, goes into K1, where S1 has 60."""
    with databases.store() as store:
        fill(store)
        county = {"code": "K3", "name": "单位K3", "kind": "county", "parent_code": "C1"}
        with store.begin() as connection:
            change_register(connection, store.campaign, unit_table([county]))
            unit = load_register(connection).resolve("K3")
        assert unit is not None
        names = ["unit_id", "day", "expected", "entered", "submitted", "numbered"]
        figures = pl.DataFrame([(unit.id, REPORTED, 77, 9, 8, 0)], names, orient="row")
        queues = [(unit.id, REPORTED, level, 0, 7, 0) for level in unit.chain]
        review = pl.DataFrame(queues, ["unit_id", "day", "level", "pending", "approved", "returned"], orient="row")
        loads.load(store, loads.NewBatch("collection", "县.csv", "1", "", 1), loads.Tables(figures, review), [])
        with store.begin() as connection:
            gone = {**county, "closed": CLOSES, "successor_code": "K1"}
            change_register(connection, store.campaign, unit_table([gone]))
        yield store


@pytest.mark.parametrize(("day", "counts"), [(REPORTED, True), (date(2016, 11, 8), True), (CLOSES, False)])
def test_its_figures_stand_below_the_list_until_it_closes(
    merged: Store, open_page: Open, day: date, counts: bool
) -> None:
    app = open_page(merged, "cities", "observer", unit="K1", day=day.isoformat())
    assert not app.exception
    told = [one.value for one in app.caption if "单位K3（K3）" in one.value]
    assert bool(told) is counts
    if counts:
        assert "2016年11月9日并入本单位" in told[0] and "应采集 77、审核通过 7" in told[0]
    lists = "\n".join(frame.value.to_string() for frame in app.dataframe)
    assert "单位S1" in lists and "K3" not in lists


@pytest.mark.parametrize(("day", "live"), [(REPORTED, 137), (CLOSES, 60)])
def test_reconciliation_lists_it_last_and_adds_up(merged: Store, open_page: Open, day: date, live: int) -> None:
    app = open_page(merged, "reconciliation", "observer", unit="K1", day=day.isoformat())
    assert not app.exception and f"应采集 {live} 人" in app.header[0].value
    below = app.dataframe[0].value
    assert below.iloc[:, 1].tolist()[0] == live == sum(below.iloc[:, 1].tolist()[1:])
    assert ("单位K3（已并入）" in said(app)) is (day < CLOSES)
