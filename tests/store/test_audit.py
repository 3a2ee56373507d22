"""The audit log: whatever is done to it behind the program's back is found."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from monitor.store import Store, audit, meta, migrate
from monitor.store.schema import audit as log

ENTRIES = 6


def _entry(connection: Connection, number: int) -> dict[str, Any]:
    return dict(connection.execute(select(log).where(log.c.id == number)).mappings().one())


def _edit(connection: Connection) -> None:
    connection.execute(update(log).where(log.c.id == 3).values(actor="somebody-else"))


def _edit_detail(connection: Connection) -> None:
    connection.execute(update(log).where(log.c.id == 3).values(detail={"n": 7}))


def _delete_first(connection: Connection) -> None:
    connection.execute(delete(log).where(log.c.id == 1))


def _delete_in_the_middle(connection: Connection) -> None:
    connection.execute(delete(log).where(log.c.id == 3))


def _delete_and_close_up(connection: Connection) -> None:
    connection.execute(delete(log).where(log.c.id == 3))
    for number in range(4, ENTRIES + 1):
        connection.execute(update(log).where(log.c.id == number).values(id=number - 1))


def _delete_at_the_tail(connection: Connection) -> None:
    connection.execute(delete(log).where(log.c.id >= ENTRIES - 1))


def _delete_all(connection: Connection) -> None:
    connection.execute(delete(log))


def _insert_at_the_tail(connection: Connection) -> None:
    """An entry that is well chained to the last one: only the anchor tells."""
    last = _entry(connection, ENTRIES)
    forged = {**last, "id": ENTRIES + 1, "action": "invented", "previous": last["hash"]}
    del forged["hash"]
    connection.execute(insert(log).values(**forged, hash=audit._digest(forged)))


def _insert_in_the_middle(connection: Connection) -> None:
    for number in range(ENTRIES, 2, -1):
        connection.execute(update(log).where(log.c.id == number).values(id=number + 1))
    connection.execute(insert(log).values(**{**_entry(connection, 2), "id": 3}))


def _swap(connection: Connection) -> None:
    two, four = _entry(connection, 2), _entry(connection, 4)
    for one, other in ((two, four), (four, two)):
        connection.execute(update(log).where(log.c.id == one["id"]).values({**other, "id": one["id"]}))


def _make_anew_from(connection: Connection) -> None:
    """Change an entry and compute all that follow again: a good chain, but not the one that was anchored."""
    previous = _entry(connection, 2)["hash"]
    for number in range(3, ENTRIES + 1):
        entry = {**_entry(connection, number), "actor": "nobody", "previous": previous}
        del entry["hash"]
        previous = audit._digest(entry)
        connection.execute(update(log).where(log.c.id == number).values(**entry, hash=previous))


def _lose_the_anchor(connection: Connection) -> None:
    connection.execute(delete(meta.meta).where(meta.meta.c.key == "audit_head"))


TAMPERINGS: list[tuple[Callable[[Connection], None], int]] = [
    (_edit, 3),
    (_edit_detail, 3),
    (_delete_first, 2),
    (_delete_in_the_middle, 4),
    (_delete_and_close_up, 3),
    (_delete_at_the_tail, ENTRIES - 1),
    (_delete_all, 1),
    (_insert_at_the_tail, ENTRIES + 2),
    (_insert_in_the_middle, 3),
    (_swap, 2),
    (_make_anew_from, ENTRIES + 1),
    (_lose_the_anchor, ENTRIES + 1),
]


def _fill(store: Store) -> None:
    with store.begin() as connection:
        for number in range(1, ENTRIES + 1):
            audit.append(connection, f"account-{number % 2}", "edit", {"n": number})


@pytest.mark.parametrize(("tamper", "found_at"), TAMPERINGS, ids=[tamper.__name__[1:] for tamper, _at in TAMPERINGS])
def test_tampering_is_found(tamper: Callable[[Connection], None], found_at: int, store: Store) -> None:
    _fill(store)
    with store.begin() as connection:
        assert audit.broken_at(connection) is None
        tamper(connection)
    with store.connect() as connection:
        assert audit.broken_at(connection) == found_at
    with store.begin() as connection:  # nor does what is written afterwards heal it
        audit.append(connection, "", "later")
        assert audit.broken_at(connection) is not None


def test_a_log_that_is_whole_says_where_it_ends(store: Store) -> None:
    with store.connect() as connection:
        assert audit.broken_at(connection) is None and audit.head(connection).startswith("0:")
    _fill(store)
    with store.connect() as connection:
        number, digest = audit.head(connection).split(":")
        assert (int(number), digest) == (ENTRIES, _entry(connection, ENTRIES)["hash"])


def test_an_older_store_gets_its_anchor_when_it_is_brought_up_to_date(empty_store: Store) -> None:
    _fill(empty_store)
    migrate(empty_store, "0009")
    migrate(empty_store)
    with empty_store.connect() as connection:
        assert audit.broken_at(connection) is None
    with empty_store.begin() as connection:
        _delete_at_the_tail(connection)
        assert audit.broken_at(connection) == ENTRIES - 1
