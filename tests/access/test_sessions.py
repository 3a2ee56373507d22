"""Sessions: opened by their own cookie only, ended by age, idleness and everything that changes the account."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.access import manage, sessions
from monitor.access.signin import sign_in
from monitor.store import Store, accounts, meta

PASSWORD = "Correct-Horse-7"
NOW = datetime.now(UTC)


@pytest.fixture
def cookie(empty_store: Store) -> str:
    """A session's cookie, of the account `somebody`."""
    manage.add(empty_store, "somebody", "observer", PASSWORD, must_change=False)
    return _cookie(empty_store)


def _cookie(store: Store, now: datetime = NOW) -> str:
    ticket = sign_in(store, "somebody", PASSWORD, now)
    assert ticket
    cookie = sessions.redeem(store, ticket, now)
    assert cookie
    return cookie


def _open(store: Store, cookie: str | None, now: datetime = NOW) -> bool:
    return sessions.check(store, cookie, now) is not None


def test_only_the_cookie_opens_the_session(empty_store: Store, cookie: str) -> None:
    assert _open(empty_store, cookie)
    for other in (None, "", cookie[:-1], cookie + "A", cookie.swapcase(), "x" * 100_000, "\udc80", "é", "' OR 1=1 --"):
        assert not _open(empty_store, other)


def test_neither_a_ticket_nor_what_the_store_keeps_is_a_cookie(empty_store: Store, cookie: str) -> None:
    ticket = sign_in(empty_store, "somebody", PASSWORD, NOW)
    assert not _open(empty_store, ticket)
    who = sessions.check(empty_store, cookie, NOW)
    assert who is not None and not _open(empty_store, who.session)
    assert sessions.redeem(empty_store, cookie, NOW) is None


def test_a_ticket_is_good_for_a_minute(empty_store: Store, cookie: str) -> None:
    late = sign_in(empty_store, "somebody", PASSWORD, NOW)
    assert late
    assert sessions.redeem(empty_store, late, NOW + sessions.TICKET_LIFE) is None
    assert sessions.redeem(empty_store, late, NOW + sessions.TICKET_LIFE - timedelta(seconds=1))


def test_a_cookie_of_another_store_opens_nothing(empty_store: Store, cookie: str) -> None:
    with empty_store.begin() as connection:
        meta.put(connection, "session_key", "00" * 32)
    assert not _open(empty_store, cookie)


def test_an_idle_session_ends(empty_store: Store, cookie: str) -> None:
    idle = timedelta(minutes=empty_store.campaign.security.session_idle_minutes)
    assert not _open(empty_store, cookie, NOW + idle)
    assert _open(empty_store, cookie, NOW + idle - timedelta(seconds=1))


def test_a_session_in_use_goes_on_until_its_age_ends_it(empty_store: Store, cookie: str) -> None:
    security = empty_store.campaign.security
    step, end = timedelta(minutes=security.session_idle_minutes / 2), NOW + timedelta(hours=security.session_hours)
    moment = NOW
    while moment + step < end:
        moment += step
        assert _open(empty_store, cookie, moment)
        sessions.settle()
    assert not _open(empty_store, cookie, end)


def test_what_refreshes_itself_keeps_no_session_alive(empty_store: Store, cookie: str) -> None:
    idle = timedelta(minutes=empty_store.campaign.security.session_idle_minutes)
    for part in (0.3, 0.6, 0.9):
        assert sessions.check(empty_store, cookie, NOW + idle * part, used=False)
        sessions.settle()
    assert not _open(empty_store, cookie, NOW + idle)


def test_a_writer_at_work_does_not_hold_up_who_reads(empty_store: Store, cookie: str) -> None:
    later = NOW + timedelta(minutes=empty_store.campaign.security.session_idle_minutes / 2)
    with empty_store.begin():  # nobody else can write now
        assert _open(empty_store, cookie, later)
        assert _open(empty_store, cookie, later)
    sessions.settle()
    assert _open(empty_store, cookie, later + timedelta(minutes=40))


@pytest.mark.parametrize("what", ["disable", "reset", "sign out everywhere", "sign out", "removed"])
def test_a_change_of_the_account_ends_its_sessions_at_once(what: str, empty_store: Store, cookie: str) -> None:
    second = _cookie(empty_store)
    who = sessions.check(empty_store, cookie, NOW)
    assert who is not None
    if what == "disable":
        manage.set_disabled(empty_store, "somebody", True)
    elif what == "reset":
        manage.reset_password(empty_store, "somebody", "Another-Horse-8")
    elif what == "sign out everywhere":
        assert manage.sign_out_everywhere(empty_store, "somebody") == 2
    elif what == "sign out":
        sessions.end(empty_store, who)
    else:
        from sqlalchemy import delete

        from monitor.store.schema import account

        with empty_store.begin() as connection:
            connection.execute(delete(account).where(account.c.name == "somebody"))
    assert not _open(empty_store, cookie)
    assert _open(empty_store, second) == (what == "sign out")


def test_an_account_switched_on_again_does_not_get_its_sessions_back(empty_store: Store, cookie: str) -> None:
    manage.set_disabled(empty_store, "somebody", True)
    manage.set_disabled(empty_store, "somebody", False)
    assert not _open(empty_store, cookie)
    assert _open(empty_store, _cookie(empty_store))


def test_changing_the_password_ends_every_session_and_begins_one(empty_store: Store, cookie: str) -> None:
    second = _cookie(empty_store)
    who = sessions.check(empty_store, cookie, NOW)
    assert who is not None
    ticket = manage.change_password(empty_store, who, PASSWORD, "Another-Horse-8", NOW)
    assert not _open(empty_store, cookie) and not _open(empty_store, second)
    assert _open(empty_store, sessions.redeem(empty_store, ticket, NOW))
    assert sign_in(empty_store, "somebody", PASSWORD, NOW) is None
    assert sign_in(empty_store, "somebody", "Another-Horse-8", NOW)


def test_another_role_counts_at_the_next_look(empty_store: Store, cookie: str) -> None:
    with empty_store.begin() as connection:
        accounts.change(connection, "somebody", role="school")
    who = sessions.check(empty_store, cookie, NOW)
    assert who is not None and who.role == "school" and who.scope.sees_nothing


def test_the_key_is_drawn_once_and_differs_from_store_to_store(empty_store: Store, cookie: str) -> None:
    sessions.ensure_key(empty_store)
    assert _open(empty_store, cookie)
    with empty_store.connect() as connection:
        key = meta.get(connection, "session_key")
    assert key is not None and len(bytes.fromhex(key)) == 32


def test_ended_sessions_are_removed_when_somebody_signs_in(empty_store: Store, cookie: str) -> None:
    from sqlalchemy import func, select

    from monitor.store.schema import session

    _cookie(empty_store, NOW + timedelta(days=2))
    with empty_store.connect() as connection:
        assert connection.execute(select(func.count()).select_from(session)).scalar() == 1
