"""Signing in: what opens, what does not, what is counted and what is written down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.access import manage, sessions
from monitor.access.signin import sign_in
from monitor.store import Store, accounts, audit
from monitor.store.schema import audit as audit_table
from monitor.store.schema import metadata
from monitor.store.schema import session as session_table
from tests.databases import address

PASSWORD = "Correct-Horse-7"
NOW = datetime(2016, 11, 25, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _somebody(request: pytest.FixtureRequest) -> None:
    name = "store" if "store" in request.fixturenames else "empty_store"
    manage.add(request.getfixturevalue(name), "somebody", "observer", PASSWORD, must_change=False)


def _log(store: Store) -> list[tuple[str, str, dict[str, object]]]:
    with store.connect() as connection:
        rows = connection.execute(select(audit_table).order_by(audit_table.c.id)).all()
        assert audit.broken_at(connection) is None
    return [(row.actor, row.action, row.detail or {}) for row in rows]


def test_the_right_password_opens_a_session_once(store: Store) -> None:
    ticket = sign_in(store, " SomeBody ", PASSWORD, NOW, "10.1.2.3")
    assert ticket
    cookie = sessions.redeem(store, ticket, NOW)
    who = sessions.check(store, cookie, NOW)
    assert who is not None and who.name == "somebody"
    assert sessions.redeem(store, ticket, NOW) is None
    assert _log(store)[-1] == ("somebody", "sign_in", {"from": "10.1.2.3"})


@pytest.mark.parametrize("name", ["nobody", "", "somebody'--", "x" * 5000, "some\x00body", "%", "ｓｏｍｅｂｏｄｙ"])
def test_other_names_open_nothing_and_are_not_written_down(name: str, store: Store) -> None:
    assert sign_in(store, name, PASSWORD, NOW) is None
    assert _log(store)[-1] == ("", "sign_in_refused", {"reason": "unknown", "from": ""})


@pytest.mark.parametrize(
    "password", ["", "wrong", PASSWORD + " ", PASSWORD.lower(), "' OR 1=1 --", "x" * 100_000, "\x00"]
)
def test_other_passwords_open_nothing(password: str, store: Store) -> None:
    assert sign_in(store, "somebody", password, NOW) is None
    assert _log(store)[-1] == ("somebody", "sign_in_refused", {"reason": "wrong_password", "from": ""})


def test_after_five_failures_the_right_password_opens_nothing_for_a_quarter_of_an_hour(store: Store) -> None:
    for turn in range(5):
        assert sign_in(store, "somebody", "wrong", NOW + timedelta(seconds=turn)) is None
    last = NOW + timedelta(seconds=4)
    assert sign_in(store, "somebody", PASSWORD, last + timedelta(minutes=15) - timedelta(seconds=1)) is None
    assert _log(store)[-1][2]["reason"] == "locked"
    assert sign_in(store, "somebody", PASSWORD, last + timedelta(minutes=15))


def test_failures_of_a_locked_account_do_not_prolong_the_lock(empty_store: Store) -> None:
    for _turn in range(5):
        sign_in(empty_store, "somebody", "wrong", NOW)
    for turn in range(20):
        sign_in(empty_store, "somebody", "wrong", NOW + timedelta(minutes=turn % 15))
    assert sign_in(empty_store, "somebody", PASSWORD, NOW + timedelta(minutes=15))


def test_a_success_takes_the_failures_back(empty_store: Store) -> None:
    for _round in range(3):
        for _turn in range(4):
            assert sign_in(empty_store, "somebody", "wrong", NOW) is None
        assert sign_in(empty_store, "somebody", PASSWORD, NOW)


def test_failures_are_counted_across_processes(store: Store) -> None:
    from monitor.store import open_store

    other = open_store(address(store), store.campaign)
    try:
        for turn in range(5):
            sign_in((store, other)[turn % 2], "somebody", "wrong", NOW)
        assert sign_in(store, "somebody", PASSWORD, NOW) is None
        assert sign_in(other, "somebody", PASSWORD, NOW) is None
    finally:
        other.close()


def test_guesses_at_the_same_time_are_all_counted(store: Store) -> None:
    with ThreadPoolExecutor(8) as crowd:
        found = list(crowd.map(lambda turn: sign_in(store, "somebody", f"wrong{turn}", NOW), range(16)))
    assert found == [None] * 16
    reasons = [detail["reason"] for _actor, action, detail in _log(store) if action == "sign_in_refused"]
    assert reasons.count("wrong_password") == 5 and reasons.count("locked") == 11


def test_a_disabled_account_opens_nothing_even_while_its_password_is_checked(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.access import passwords

    matches = passwords.matches

    def slow(password: str, kept: str | None) -> bool:
        answer = matches(password, kept)
        manage.set_disabled(empty_store, "somebody", True)
        return answer

    monkeypatch.setattr(passwords, "matches", slow)
    assert sign_in(empty_store, "somebody", PASSWORD, NOW) is None
    assert _log(empty_store)[-1][2]["reason"] == "disabled"


def test_the_store_holds_neither_passwords_nor_tickets_nor_cookies(empty_store: Store) -> None:
    ticket = sign_in(empty_store, "somebody", PASSWORD, NOW)
    assert ticket
    cookie = sessions.redeem(empty_store, ticket, NOW)
    assert cookie
    with empty_store.connect() as connection:
        hashes = list(connection.execute(select(session_table.c.token_hash)).scalars())
        account = accounts.find(connection, "somebody")
        dump = "\n".join(
            str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )
    assert len(hashes) == 1 and account is not None and "password" not in repr(account)
    for secret in (PASSWORD, ticket, cookie):
        assert secret not in dump


@pytest.mark.parametrize("kind", ["known", "unknown", "disabled", "locked", "no name", "long"])
def test_every_refusal_takes_the_same_work(kind: str, empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One check by bcrypt, at the same cost, whoever is asked for: time tells nobody who has an account."""
    from monitor.access import passwords

    if kind == "disabled":
        manage.set_disabled(empty_store, "somebody", True)
    if kind == "locked":
        for _turn in range(5):
            sign_in(empty_store, "somebody", "wrong", NOW)
    names = {"unknown": "nobody", "no name": "'; --"}
    passwords._nobody()  # drawn once in a process
    costs: list[bytes] = []
    check = passwords.bcrypt.checkpw
    monkeypatch.setattr(
        passwords.bcrypt, "checkpw", lambda given, kept: costs.append(kept.split(b"$")[2]) or check(given, kept)
    )
    assert sign_in(empty_store, names.get(kind, "somebody"), "x" * 5000 if kind == "long" else "wrong", NOW) is None
    assert costs == [f"{passwords.ROUNDS:02}".encode()]
