"""Drafted, edited, published once, withdrawn only by another: on both databases."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from monitor.bulletins import editing
from monitor.bulletins.life import BulletinRefused, Desk, tampered
from monitor.bulletins.parts import Content
from monitor.store import Scope, Store, audit
from monitor.store.schema import audit as audit_table
from monitor.store.schema import bulletin
from tests.pages.world import LAST, fill

SCHOOLS, UNIVERSITIES = frozenset({"schools"}), frozenset({"universities"})


def office(store: Store, sectors: frozenset[str]) -> Desk:
    return Desk(store, "office", Scope(everything=True, sectors=sectors), sectors)


def reader(store: Store, sectors: frozenset[str] = SCHOOLS) -> Desk:
    return Desk(store, "reader", Scope(roots=frozenset({1}), sectors=sectors), frozenset())


def retitled(content: Content) -> Content:
    return editing.headed(content, title="新标题", addressees="各市", signed="厅", dated=content.dated)


def test_the_whole_life(store: Store) -> None:
    fill(store)
    desk = office(store, SCHOOLS)
    number, new = desk.draft("schools", LAST)
    assert new and desk.draft("schools", LAST) == (number, False)
    with pytest.raises(BulletinRefused):
        reader(store).read(number)
    desk.change(number, 1, "headed", retitled)
    with pytest.raises(BulletinRefused, match="期间"):
        desk.change(number, 1, "headed", retitled)  # made on what somebody has changed in between
    draft = desk.file(number, "docx")
    entry = desk.publish(number, 2, 5)
    assert entry.number == "浙教办人〔2016〕5号" and entry.state == "published"
    assert desk.next_number(desk.read(number)[1]) == (6, "浙教办人〔2016〕6号")
    frozen = {kind: desk.file(number, kind) for kind in ("docx", "pdf")}
    assert frozen["docx"] != draft and frozen["pdf"].startswith(b"%PDF")
    for attempt in (
        lambda: desk.change(number, 2, "headed", retitled),
        lambda: desk.recompute(number, 2),
        lambda: desk.publish(number, 2, 6),
        lambda: desk.discard(number, 2),
    ):
        with pytest.raises(BulletinRefused):
            attempt()
    assert reader(store).read(number)[1].title == "新标题"
    assert {kind: reader(store).file(number, kind) for kind in frozen} == frozen
    with pytest.raises(BulletinRefused):
        reader(store, UNIVERSITIES).read(number)
    _withdrawn(store, desk, number)


def _withdrawn(store: Store, desk: Desk, number: int) -> None:
    later, _new = desk.draft("schools", date(2016, 11, 10))
    desk.withdraw(later, 1, number)
    with pytest.raises(BulletinRefused, match="5号"):
        desk.publish(later, 2, 5)  # the number is taken
    desk.publish(later, 2, 6)
    entry, content = reader(store).read(number)
    assert entry.withdrawn_by == "浙教办人〔2016〕6号" and content.title == "新标题"
    assert "（浙教办人〔2016〕5号）自本通报印发之日起撤销" in reader(store).read(later)[1].sentence("withdraws").text
    again, _new = desk.draft("schools", date(2016, 11, 9))
    with pytest.raises(BulletinRefused):
        desk.withdraw(again, 1, number)
    actions = [event.action for event in reversed(desk.history(later))]
    assert actions == ["drafted", "withdraws", "published"]
    assert tampered(store) == []
    with store.connect() as connection:
        assert audit.broken_at(connection) is None
        logged = connection.execute(select(audit_table.c.action, audit_table.c.actor)).all()
    assert ("bulletin_published", "office") in logged
    with store.begin() as connection:
        changed = bulletin.update().where(bulletin.c.id == number).values(pdf=b"%PDF other")
        connection.execute(changed)
    assert tampered(store) == ["浙教办人〔2016〕5号"]


def test_who_writes_what(empty_store: Store) -> None:
    fill(empty_store)
    desk = office(empty_store, SCHOOLS)
    for attempt in (
        lambda: desk.draft("universities", LAST),
        lambda: reader(empty_store).draft("schools", LAST),
    ):
        with pytest.raises(BulletinRefused):
            attempt()
    number, _new = office(empty_store, UNIVERSITIES).draft("universities", LAST)
    assert desk.entries() == []
    with pytest.raises(BulletinRefused):
        desk.publish(number, 1, 1)
    assert Desk(empty_store, "x", Scope.nothing(), frozenset()).entries() == []


def test_what_is_out_of_date_or_unchecked_is_not_published(empty_store: Store) -> None:
    fill(empty_store)
    desk = office(empty_store, SCHOOLS)
    number, _new = desk.draft("schools", LAST)
    desk.change(number, 1, "test", lambda content: replace(content, fingerprint="other"))
    with pytest.raises(BulletinRefused, match="重新计算"):
        desk.publish(number, 2, 1)
    desk.recompute(number, 2)

    def unchecked(content: Content) -> Content:
        return replace(content, sentences=tuple(replace(each, recheck=True) for each in content.sentences))

    desk.change(number, 3, "test", unchecked)
    with pytest.raises(BulletinRefused, match="不再相符"):
        desk.publish(number, 4, 1)


def test_published_figures_outlive_the_data(empty_store: Store) -> None:
    fill(empty_store)
    desk = office(empty_store, SCHOOLS)
    number, _new = desk.draft("schools", LAST)
    desk.publish(number, 1, 1)
    before = json.dumps([figure.raw for figure in desk.read(number)[1].figures()])
    from monitor.store.undo import undo

    undo(empty_store, 2, "")
    assert json.dumps([figure.raw for figure in desk.read(number)[1].figures()]) == before
    assert desk.fresh("schools", LAST).sentence("totals").text != desk.read(number)[1].sentence("totals").text
