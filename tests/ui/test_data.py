"""What pages read is kept until the data change, and apart for every scope, day and language."""

from collections.abc import Iterator
from datetime import date

import pytest
import streamlit as st

from monitor import i18n, progress
from monitor.access.who import Who
from monitor.campaign import Campaign
from monitor.store import Scope, Store, meta
from monitor.store.scope import OutOfScope
from monitor.ui import data, runtime
from monitor.ui.data import Reader
from tests.databases import Databases, address
from tests.pages.world import LAST, approved, fill


@pytest.fixture
def store(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The small campaign, as the one that this process serves."""
    with databases.store() as opened:
        fill(opened)
        monkeypatch.setenv("MONITOR_DATABASE_URL", address(opened))
        st.cache_data.clear()
        yield opened
    runtime.close()
    st.cache_data.clear()


def reader(scope: Scope, day: date = LAST) -> Reader:
    return Reader(Who("somebody", "", "observer", None, scope), day)


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows with every table that is computed."""
    computed: list[str] = []
    table = progress.table

    def counted(*arguments: object, **named: object) -> object:
        computed.append("table")
        return table(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(progress, "table", counted)
    return computed


def test_what_is_read_again_is_not_computed_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    computed = reads(monkeypatch)
    root = reader(Scope.all()).root()
    assert root is not None
    first = reader(Scope.all()).members(root, "schools")
    assert reader(Scope.all()).members(root, "schools").equals(first) and len(computed) == 1
    with store.begin() as connection:
        meta.raise_data_version(connection)
    reader(Scope.all()).members(root, "schools")
    assert len(computed) == 2


def test_scopes_days_and_languages_do_not_share_answers(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = reader(Scope.all())
    root, city = everything.root(), everything.unit("C1")
    assert root is not None
    assert len(everything.members(root, "schools")) == 2
    own = reader(Scope(roots=frozenset({city.id}), sectors=frozenset({"schools"})))
    assert own.root() == city
    assert own.members(city, "schools")["code"].tolist() == ["K1", "S3"]
    with pytest.raises(OutOfScope):
        own.members(root, "schools")
    with pytest.raises(OutOfScope):
        own.unit("C2")
    assert reader(Scope.nothing()).root() is None
    earlier = reader(Scope.all(), date(2016, 10, 20))
    assert earlier.standing(city, "schools")["approved"] != everything.standing(city, "schools")["approved"]
    said = everything.standing(city, "schools")["why"]
    try:
        i18n.use("en")
        assert reader(Scope.all()).standing(city, "schools")["why"] != said
    finally:
        i18n.use(i18n.DEFAULT)


def test_rises_are_differences_of_the_figures(store: Store) -> None:
    asked = reader(Scope.all())
    rises = asked.rises(asked.unit("U1"), "universities")
    assert rises["day"]["approved"] == approved("U1", LAST) - approved("U1", date(2016, 11, 10))
    assert rises["week"]["approved"] == approved("U1", LAST) - approved("U1", date(2016, 11, 4))
    first = reader(Scope.all(), date(2016, 10, 18))
    assert list(first.rises(first.unit("U1"), "universities")) == ["day"]


def test_trends_end_with_the_completion_of_the_day(store: Store) -> None:
    asked = reader(Scope.all())
    found = asked.members(asked.unit("C1"), "schools")
    assert [trend[-1] for trend in found["trend"]] == pytest.approx((found["completion"] * 100).tolist(), abs=0.01)
    assert {len(trend) for trend in found["trend"]} == {26}


def test_by_school_type_keeps_the_sectors_apart(store: Store) -> None:
    asked = reader(Scope.all())
    root = asked.root()
    assert root is not None
    assert asked.by_school_type(root, "schools").index.tolist() == ["primary"]
    assert asked.by_school_type(root, "universities").index.tolist() == ["university"]


def test_the_days_that_can_be_looked_at(store: Store, campaign: Campaign) -> None:
    first, newest, last = data.days()
    assert (first, newest) == (date(2016, 10, 17), LAST)
    assert last is not None and last > campaign.deadline


def test_what_neighbours_share_is_what_each_would_be_told_by_itself(store: Store, campaign: Campaign) -> None:
    everything = reader(Scope.all())
    for code in ("C1", "K1", "S3"):
        unit = everything.unit(code)
        own = reader(Scope(roots=frozenset({unit.id}), sectors=frozenset({"schools"})))
        with store.connect() as connection:
            view = progress.View.at(connection, campaign, own.key.scope, LAST)
            alone = progress.table(view, [unit], "schools").iloc[0]
            days = progress.panel(view, [unit.id], "schools").drop(columns="unit")
        found = own.standing(unit, "schools")
        assert found[alone.index].equals(alone) and found["name"] == unit.name
        assert own.series(unit, "schools").equals(days)


def test_what_neighbours_share_is_not_told_to_another_sector(store: Store) -> None:
    root = reader(Scope.all()).root()
    assert root is not None and len(reader(Scope.all()).members(root, "schools"))
    universities = reader(Scope(roots=frozenset({root.id}), sectors=frozenset({"universities"})))
    assert universities.members(root, "schools").empty
    with pytest.raises(OutOfScope):
        universities.standing(reader(Scope.all()).unit("C1"), "schools")
