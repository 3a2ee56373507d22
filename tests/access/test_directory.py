"""Whom the office's directory vouches for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from monitor.access import directory, manage, sessions
from monitor.access.signin import sign_in
from monitor.sections import Directory
from monitor.store import Store, accounts, audit
from monitor.store.schema import audit as audit_table

PASSWORD = "Correct-Horse-7"
NOW = datetime(2016, 11, 25, 8, tzinfo=UTC)
SERVER = {"server_metadata_url": "https://id.example.cn/x", "client_id": "m", "redirect_uri": "https://m.example.cn/oauth2callback"}  # fmt: skip


@pytest.fixture(autouse=True)
def _somebody(request: pytest.FixtureRequest) -> None:
    name = "store" if "store" in request.fixturenames else "empty_store"
    manage.add(request.getfixturevalue(name), "somebody", "observer", PASSWORD, directory_id="Sub-1", must_change=False)


def _said(sub: Any = "Sub-1", at: datetime = NOW, **more: Any) -> dict[str, Any]:
    return {"iss": "https://id.example.cn", "sub": sub, "iat": at.timestamp(), "nonce": "n1", **more}


def _reasons(store: Store) -> list[object]:
    with store.connect() as connection:
        assert audit.broken_at(connection) is None
        rows = connection.execute(select(audit_table).order_by(audit_table.c.id))
        return [(row.detail or {}).get("reason") for row in rows if row.action == "sign_in_refused"]


def test_it_opens_a_session_of_ours_once(store: Store) -> None:
    ticket = directory.sign_in(store, _said(), NOW, "10.1.2.3")
    assert ticket
    who = sessions.check(store, sessions.redeem(store, ticket, NOW), NOW)
    assert who is not None and who.name == "somebody"
    assert directory.sign_in(store, _said(), NOW) is None
    assert directory.sign_in(store, _said(nonce="n2"), NOW)
    assert _reasons(store) == ["replayed"]


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (_said("sub-1"), "unknown"),
        (_said("nobody"), "unknown"),
        (_said(""), "unknown"),
        (_said(None), "unknown"),
        (_said(["Sub-1"]), "unknown"),
        (_said(at=NOW - timedelta(minutes=6)), "stale"),
        (_said(at=NOW + timedelta(minutes=2)), "stale"),
        ({**_said(), "iat": None}, "undated"),
        ({**_said(), "iat": True}, "undated"),
        ({**_said(), "iat": "9999999999"}, "undated"),
        ({}, "undated"),
    ],
)
def test_what_opens_nothing(claims: dict[str, Any], reason: str, empty_store: Store) -> None:
    assert directory.sign_in(empty_store, claims, NOW) is None
    assert _reasons(empty_store) == [reason]


def test_a_disabled_account_stays_shut_a_locked_one_opens(empty_store: Store) -> None:
    for _turn in range(5):
        sign_in(empty_store, "somebody", "wrong", NOW)
    assert directory.sign_in(empty_store, _said(), NOW)
    manage.set_disabled(empty_store, "somebody", True)
    assert directory.sign_in(empty_store, _said(nonce="n2"), NOW) is None
    assert _reasons(empty_store)[-1] == "disabled"


def test_used_assertions_are_forgotten_once_they_are_stale(empty_store: Store) -> None:
    directory.sign_in(empty_store, _said(), NOW)
    later = NOW + timedelta(minutes=11)
    directory.sign_in(empty_store, _said(at=later, nonce="n2"), later)
    assert directory.sign_in(empty_store, _said(), later) is None  # forgotten, but stale
    assert _reasons(empty_store) == ["stale"]


def test_an_address_counts_only_where_the_directory_vouches_for_it(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        empty_store, "campaign", empty_store.campaign.model_copy(update={"directory": Directory(claim="email")})
    )
    manage.link_directory(empty_store, "somebody", " Some.Body@Example.cn ")
    for number, more in enumerate(({}, {"email_verified": False}, {"email_verified": "true"})):
        assert directory.sign_in(empty_store, _said(email="some.body@example.cn", nonce=number, **more), NOW) is None
    assert directory.sign_in(empty_store, _said(email="SOME.body@example.cn", email_verified=True, nonce="x"), NOW)


def test_one_person_of_the_directory_is_one_account(store: Store) -> None:
    for said in ("Sub-1", " Sub-1 ", "", "x" * 201, "11010519491231002X"):
        with pytest.raises(manage.AccountError):
            manage.add(store, "other", "observer", PASSWORD, directory_id=said)
    manage.add(store, "other", "observer", PASSWORD)
    with pytest.raises(manage.AccountError):
        manage.link_directory(store, "other", "Sub-1")
    assert manage.link_directory(store, "somebody", None) is False
    assert directory.sign_in(store, _said(), NOW) is None


def test_a_password_that_was_handed_out_ends_with_the_link(empty_store: Store) -> None:
    manage.add(empty_store, "fresh", "observer", PASSWORD)
    assert manage.link_directory(empty_store, "fresh", "Sub-2") is True
    assert sign_in(empty_store, "fresh", PASSWORD, NOW) is None
    with empty_store.connect() as connection:
        account = accounts.find(connection, "fresh")
    assert account is not None and not account.must_change


def test_off_by_default_and_without_its_secret(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(directory.SECRET_VARIABLE, "s")
    assert directory.secrets(empty_store.campaign) is None
    on = empty_store.campaign.model_copy(update={"directory": Directory(**SERVER)})
    found = directory.secrets(on)
    assert found is not None and found["auth"]["client_secret"] == "s" and found["auth"]["cookie_secret"] != "s"
    monkeypatch.delenv(directory.SECRET_VARIABLE)
    assert directory.secrets(on) is None


@pytest.mark.parametrize(
    "change",
    [
        {"server_metadata_url": "http://id.example.cn/x"},
        {"client_id": ""},
        {"redirect_uri": "https://m.example.cn/"},
        {"redirect_uri": "http://m.example.cn/oauth2callback"},
    ],
)
def test_a_directory_that_cannot_be_safe_is_no_configuration(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Directory(**{**SERVER, **change})
