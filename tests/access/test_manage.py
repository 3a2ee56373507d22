"""Accounts made and changed."""

import pytest
from sqlalchemy import select

from monitor.access import demo, manage, sessions
from monitor.access.roles import ROLES
from monitor.access.signin import sign_in
from monitor.store import Store, accounts, audit
from monitor.store.schema import audit as audit_table
from tests.access.tree import plant

PASSWORD = "Correct-Horse-7"


def _actions(store: Store) -> list[tuple[str, str]]:
    with store.connect() as connection:
        assert audit.broken_at(connection) is None
        rows = connection.execute(select(audit_table.c.actor, audit_table.c.action).order_by(audit_table.c.id))
        return [(row.actor, row.action) for row in rows]


@pytest.mark.parametrize(
    ("name", "role", "unit", "password"),
    [
        ("x", "observer", None, PASSWORD),
        ("", "observer", None, PASSWORD),
        ("two words", "observer", None, PASSWORD),
        ("-dash", "observer", None, PASSWORD),
        ("a" * 65, "observer", None, PASSWORD),
        ("名字", "observer", None, PASSWORD),
        ("<b>bold</b>", "observer", None, PASSWORD),
        ("good", "emperor", None, PASSWORD),
        ("good", "observer", "C1", PASSWORD),
        ("good", "province_schools", "C1", PASSWORD),
        ("good", "city", None, PASSWORD),
        ("good", "city", "nowhere", PASSWORD),
        ("good", "city", "K1", PASSWORD),
        ("good", "university", "S1", PASSWORD),
        ("good", "observer", None, "weak"),
    ],
)
def test_what_will_not_do_makes_no_account(
    name: str, role: str, unit: str | None, password: str, empty_store: Store
) -> None:
    plant(empty_store)
    with pytest.raises(manage.AccountError):
        manage.add(empty_store, name, role, password, unit_code=unit)
    with empty_store.connect() as connection:
        assert not accounts.any_at_all(connection)
    assert ("", "account_added") not in _actions(empty_store)


def test_a_name_is_taken_whatever_its_case(empty_store: Store) -> None:
    manage.add(empty_store, "somebody", "observer", PASSWORD)
    with pytest.raises(manage.AccountError):
        manage.add(empty_store, " SOMEBODY", "administrator", PASSWORD)


@pytest.mark.parametrize("change", ["disable", "reset", "sign out"])
def test_an_account_that_does_not_exist_cannot_be_changed(change: str, empty_store: Store) -> None:
    with pytest.raises(manage.AccountError):
        if change == "disable":
            manage.set_disabled(empty_store, "nobody", True)
        elif change == "reset":
            manage.reset_password(empty_store, "nobody", PASSWORD)
        else:
            manage.sign_out_everywhere(empty_store, "nobody")


def test_every_change_is_written_down(store: Store) -> None:
    manage.add(store, "somebody", "observer", PASSWORD, by="admin")
    manage.set_disabled(store, "somebody", True, by="admin")
    manage.set_disabled(store, "somebody", False, by="admin")
    manage.reset_password(store, "somebody", "Another-Horse-8", by="admin")
    manage.sign_out_everywhere(store, "somebody", by="admin")
    assert _actions(store) == [
        ("admin", action)
        for action in (
            "account_added", "account_disabled", "account_enabled", "password_reset", "signed_out_everywhere"
        )
    ]  # fmt: skip


def test_switching_an_account_on_takes_off_its_lock(empty_store: Store) -> None:
    manage.add(empty_store, "somebody", "observer", PASSWORD)
    for _turn in range(5):
        sign_in(empty_store, "somebody", "wrong")
    assert sign_in(empty_store, "somebody", PASSWORD) is None
    manage.set_disabled(empty_store, "somebody", False)
    assert sign_in(empty_store, "somebody", PASSWORD)


def test_wrong_old_passwords_lock_the_account_and_end_its_sessions(empty_store: Store) -> None:
    manage.add(empty_store, "somebody", "observer", PASSWORD, must_change=False)
    ticket = sign_in(empty_store, "somebody", PASSWORD)
    assert ticket
    cookie = sessions.redeem(empty_store, ticket)
    who = sessions.check(empty_store, cookie)
    assert who is not None
    for _turn in range(empty_store.campaign.security.max_failures):
        with pytest.raises(manage.AccountError):
            manage.change_password(empty_store, who, "wrong", "Another-Horse-8")
    assert sessions.check(empty_store, cookie) is None
    with pytest.raises(manage.AccountError):
        manage.change_password(empty_store, who, PASSWORD, "Another-Horse-8")
    assert sign_in(empty_store, "somebody", PASSWORD) is None


def test_the_demonstration_has_one_account_a_role(empty_store: Store) -> None:
    plant(empty_store)
    demo.create_accounts(empty_store, empty_store.campaign)
    demo.create_accounts(empty_store, empty_store.campaign)
    with empty_store.connect() as connection:
        offered = demo.offered(connection)
        made = accounts.all_of_them(connection)
    assert [offer.role for offer in offered] == list(ROLES)
    assert len(made) == len(ROLES)
    for offer in offered:
        assert "演示" in offer.title
        assert sign_in(empty_store, offer.name, offer.password)


def test_the_demonstration_keeps_out_of_a_store_with_accounts(empty_store: Store) -> None:
    manage.add(empty_store, "somebody", "administrator", PASSWORD)
    with pytest.raises(manage.AccountError):
        demo.create_accounts(empty_store, empty_store.campaign)
    with empty_store.connect() as connection:
        assert demo.offered(connection) == []
        assert len(accounts.all_of_them(connection)) == 1


def test_outside_the_demonstration_nothing_is_offered(empty_store: Store) -> None:
    manage.add(empty_store, "admin", "administrator", PASSWORD)
    with empty_store.connect() as connection:
        assert demo.offered(connection) == []
