"""Any source figure changed by one changes the draft or marks it out of date."""

import hashlib
from datetime import date

import polars as pl
import pytest
from sqlalchemy import Connection, select, text

from monitor.bulletins import renewal
from monitor.bulletins.life import Desk
from monitor.figures import QUEUE, SECTORS
from monitor.filings.load import record_all
from monitor.store import Store, loads
from monitor.store.schema import collection, review
from monitor.store.undo import undo
from tests.bulletins.conftest import LATE
from tests.pages.world import LAST

EARLIER = date(2016, 11, 2)
LEVELS = ("school", "county", "city", "province")
COUNTED = ("expected", "entered", "submitted", "numbered")


def _rows(connection: Connection, day: date) -> list[tuple[str, dict[str, object], str]]:
    """Every figure of every leaf on a day: its table, its row, its name."""
    found: list[tuple[str, dict[str, object], str]] = []
    for row in connection.execute(select(collection).where(collection.c.day == day)).mappings():
        found += [("collection", dict(row), name) for name in COUNTED]
    for row in connection.execute(select(review).where(review.c.day == day)).mappings():
        found += [("review", {**row, "level": LEVELS[row["level"]]}, name) for name in QUEUE]
    return found


def _load_with_one_more(store: Store, table: str, row: dict[str, object], name: str) -> None:
    changed = {key: value for key, value in row.items() if key != "batch_id"} | {name: int(str(row[name])) + 1}
    frame = pl.DataFrame([changed])
    batch = loads.NewBatch(table, "更正.csv", hashlib.sha256(f"{table}{changed}".encode()).hexdigest(), "", 1)
    given = loads.Tables(frame) if table == "collection" else loads.Tables(None, frame)
    loads.load(store, batch, given, [])


def _sector(store: Store, unit_id: object) -> str:
    with store.connect() as connection:
        return str(connection.execute(text("SELECT sector FROM unit WHERE id = :id"), {"id": unit_id}).scalar())


def _undo_newest(store: Store) -> None:
    with store.connect() as connection:
        newest = connection.execute(text("SELECT MAX(id) FROM batch WHERE undone_at IS NULL")).scalar()
    undo(store, int(newest or 0), "")


@pytest.mark.parametrize(("day", "leaves"), [(LAST, ("S1", "S2", "S3", "U1", "U2")), (EARLIER, ("S3", "U2"))])
def test_one_more_anywhere_is_noticed(small: Store, desk: Desk, day: date, leaves: tuple[str, ...]) -> None:
    drafts = {sector: desk.fresh(sector, LAST) for sector in SECTORS}
    with small.connect() as connection:
        codes = {row.id: row.code for row in connection.execute(text("SELECT id, code FROM unit"))}
        rows = [entry for entry in _rows(connection, day) if codes[entry[1]["unit_id"]] in leaves]
    assert len(rows) == len(leaves) * (len(COUNTED) + 2 * len(QUEUE))
    for table, row, name in rows:
        sector = _sector(small, row["unit_id"])
        _load_with_one_more(small, table, row, name)
        assert renewal.outdated(drafts[sector], desk.fresh(sector, LAST)), (table, row, name)
        _undo_newest(small)
    for sector, draft in drafts.items():
        assert not renewal.outdated(draft, desk.fresh(sector, LAST))  # undone: everything is as it was


def test_the_other_sector_is_left_alone(small: Store, desk: Desk) -> None:
    draft = desk.fresh("universities", LAST)
    with small.connect() as connection:
        row = next(row for _table, row, name in _rows(connection, LAST) if name == "expected" and row["expected"] == 40)
    _load_with_one_more(small, "collection", row, "entered")
    assert not renewal.outdated(draft, desk.fresh("universities", LAST))
    _undo_newest(small)


def test_figures_that_stand_in_the_text_are_told_one_by_one(small: Store, desk: Desk) -> None:
    draft = desk.fresh("schools", LAST)
    with small.connect() as connection:
        row = next(row for _table, row, name in _rows(connection, LAST) if name == "expected" and row["expected"] == 40)
    _load_with_one_more(small, "collection", row, "expected")
    found = renewal.outdated(draft, desk.fresh("schools", LAST))
    changed = {(stale.key, stale.was.measure, stale.was.unit): stale.now for stale in found.figures if stale.key}
    now = changed["totals", "expected", small.campaign.root]
    assert now is not None and now.raw == 131
    assert ("below_named", "left", "C2") in changed and ("best", "completion", "C1") not in changed
    _undo_newest(small)


def test_a_filing_is_a_source_too(small: Store, desk: Desk) -> None:
    draft = desk.fresh("schools", LAST)
    record_all(small, [("C2", "2016-10", LATE)], "")
    found = renewal.outdated(draft, desk.fresh("schools", LAST))
    assert {stale.was.measure for stale in found.figures if stale.key == "filed"} == {"filed"}
    assert "late" in found.sentences and "missing" in found.sentences
