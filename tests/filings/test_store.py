"""Submissions in the store: recorded once, read in scope."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import Connection

from monitor.access.who import who_is
from monitor.filings.deadline import end_of_day
from monitor.filings.load import FilingsRefused, record_all
from monitor.filings.standing import counts, standing, state_of
from monitor.filings.state import State
from monitor.store import Scope, Store, audit, filings, read
from monitor.store.register import change_register, unit_table
from tests.access.tree import plant

NINE = datetime(2016, 10, 20, 1, tzinfo=UTC)


def _ids(connection: Connection) -> dict[str, int]:
    return {code: read.unit(connection, Scope.all(), code).id for code in ("C1", "C2", "U1", "U2")}


def _standing(store: Store, scope: Scope, day: date, month: str = "2016-10") -> pd.DataFrame:
    with store.connect() as connection:
        return standing(connection, store.campaign, scope, month, end_of_day(store.campaign, day)).set_index("code")


def test_the_first_submission_counts(store: Store) -> None:
    plant(store)
    late = datetime(2016, 10, 27, 1, tzinfo=UTC)
    assert record_all(store, [("C1", "2016-10", late), ("C1", "2016-10", NINE), ("C2", "2016-10", None)], "tester") == 1
    assert record_all(store, [("C1", "2016-10", NINE - timedelta(days=1)), ("C1", "2016-11", late)], "tester") == 1
    found = _standing(store, Scope.all(), date(2016, 10, 31))
    assert found.loc["C1", "submitted_at"] == NINE
    assert state_of(found.loc["C1"]) == State("on_time")
    assert found.loc["C2", "submitted_at"] is None
    assert state_of(found.loc["C2"]) == State("missing")


def test_recording_again_changes_nothing(store: Store) -> None:
    plant(store)
    rows = [("C1", "2016-10", NINE), ("U1", "2016-10", NINE)]
    assert (record_all(store, rows, ""), record_all(store, rows, "")) == (2, 0)
    with store.connect() as connection:
        assert audit.broken_at(connection) is None


def test_an_unknown_unit_is_refused_and_nothing_is_recorded(store: Store) -> None:
    plant(store)
    with pytest.raises(FilingsRefused, match="X9"):
        record_all(store, [("C1", "2016-10", NINE), ("X9", "2016-10", NINE)], "")
    assert _standing(store, Scope.all(), date(2016, 10, 31))["submitted_at"].isna().all()


def test_each_scope_sees_its_own_filers(store: Store) -> None:
    plant(store)
    with store.connect() as connection:
        ids = _ids(connection)
        root = read.unit(connection, Scope.all(), store.campaign.root).id
    day = date(2016, 10, 31)

    def seen(scope: Scope) -> list[str]:
        return list(_standing(store, scope, day).index)

    assert seen(Scope.all()) == ["C1", "C2", "U1", "U2"]
    assert seen(Scope(frozenset({root}), frozenset({"schools"}))) == ["C1", "C2"]
    assert seen(Scope(frozenset({root}), frozenset({"universities"}))) == ["U1", "U2"]
    assert seen(Scope(frozenset({ids["C1"]}), frozenset({"schools"}))) == ["C1"]
    assert seen(Scope(frozenset({ids["U2"]}), frozenset({"universities"}))) == ["U2"]
    assert seen(Scope.nothing()) == []


def test_units_that_open_later_are_listed_as_not_required(store: Store) -> None:
    plant(store)
    new = {"code": "U3", "name": "单位U3", "kind": "university", "parent_code": store.campaign.root,
           "school_type": "university", "opened": date(2016, 11, 1)}  # fmt: skip
    with store.begin() as connection:
        change_register(connection, store.campaign, unit_table([new]))
    october, november = (_standing(store, Scope.all(), date(2016, 11, 30), month) for month in ("2016-10", "2016-11"))
    assert (october.loc["U3", "state"], november.loc["U3", "state"]) == ("not_required", "missing")
    assert counts(october) == {
        "missing": 4, "late": 0, "not_due": 0, "on_time": 0, "exempt": 0, "not_required": 1, "owed": 4
    }  # fmt: skip


def test_what_came_later_is_not_shown_earlier(store: Store) -> None:
    plant(store)
    record_all(store, [("C1", "2016-10", datetime(2016, 10, 27, 1, tzinfo=UTC))], "")
    before, after = (_standing(store, Scope.all(), date(2016, 10, day)).loc["C1"] for day in (26, 27))
    assert before["submitted_at"] is None and before["life"] is None and state_of(before) == State("missing")
    assert after["life"] == "submitted"
    assert after["submitted_at"] is not None and state_of(after) == State("late", 2)


def test_moments_without_a_time_zone_are_refused(store: Store) -> None:
    plant(store)
    with store.begin() as connection, pytest.raises(ValueError, match="time zone"):
        filings.record(connection, filings.MONTHLY, [(1, "2016-10", datetime(2016, 10, 1))])


def test_no_account_no_rows(empty_store: Store) -> None:
    """An account whose unit is gone sees no filings."""
    from monitor.store.accounts import Account

    plant(empty_store)
    with empty_store.connect() as connection:
        account = Account("x", "x", "city", None, "", False, False, 0, None, NINE)
        scope = who_is(connection, empty_store.campaign, account).scope
    assert _standing(empty_store, scope, date(2016, 10, 31)).empty
