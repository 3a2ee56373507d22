"""What each role sees, measured against the store's own reads."""

from datetime import date

import pytest

from monitor.access import manage
from monitor.access.roles import ACTIONS, ROLES
from monitor.access.who import Who, who_is
from monitor.store import Scope, Store, accounts, read
from monitor.store.scope import OutOfScope
from tests.access.tree import plant

PASSWORD = "Correct-Horse-7"
EVERY = ("C1", "C2", "K1", "K2", "S1", "S2", "S3", "U1", "U2")
SCHOOLS = frozenset({"C1", "C2", "K1", "K2", "S1", "S2", "S3"})


def _who(store: Store, role: str, unit: str | None = None) -> Who:
    manage.add(store, "somebody", role, PASSWORD, unit_code=unit)
    return _again(store)


def _again(store: Store) -> Who:
    with store.connect() as connection:
        account = accounts.find(connection, "somebody")
        assert account is not None
        return who_is(connection, store.campaign, account)


def _seen(store: Store, who: Who) -> set[str]:
    """The units that the store shows to this scope, one by one."""
    seen = set()
    with store.connect() as connection:
        for code in (store.campaign.root, *EVERY):
            try:
                seen.add(read.unit(connection, who.scope, code).code)
            except OutOfScope:
                continue
    return seen


@pytest.mark.parametrize(
    ("role", "unit", "expected"),
    [
        ("administrator", None, {"330000", *EVERY}),
        ("observer", None, {"330000", *EVERY}),
        ("province_schools", None, {"330000", *SCHOOLS}),
        ("province_universities", None, {"330000", "U1", "U2"}),
        ("city", "C1", {"C1", "K1", "S1", "S3"}),
        ("county", "K1", {"K1", "S1"}),
        ("county", "K9", {"K1", "S1"}),  # merged: its code stands for the other
        ("school", "S3", {"S3"}),
        ("university", "U2", {"U2"}),
    ],
)
def test_a_role_sees_its_units_and_no_others(role: str, unit: str | None, expected: set[str], store: Store) -> None:
    plant(store)
    assert _seen(store, _who(store, role, unit)) == expected


@pytest.mark.parametrize("role", [role.key for role in ROLES.values() if role.kind not in (None, "province")])
def test_an_account_without_the_unit_that_it_needs_sees_nothing(role: str, empty_store: Store) -> None:
    plant(empty_store)
    _who(empty_store, "observer")
    with empty_store.begin() as connection:
        accounts.change(connection, "somebody", role=role)
    who = _again(empty_store)
    assert who.scope == Scope.nothing()
    assert _seen(empty_store, who) == set()


@pytest.mark.parametrize("role", ["", "root", "ADMINISTRATOR"])
def test_a_role_that_does_not_exist_sees_and_may_do_nothing(role: str, empty_store: Store) -> None:
    plant(empty_store)
    _who(empty_store, "administrator")
    with empty_store.begin() as connection:
        accounts.change(connection, "somebody", role=role)
    who = _again(empty_store)
    assert _seen(empty_store, who) == set()
    assert not any(who.may(action) for action in ACTIONS)


def test_a_unit_of_another_kind_than_the_role_s_gives_no_scope(empty_store: Store) -> None:
    plant(empty_store)
    _who(empty_store, "city", "C1")
    with empty_store.begin() as connection:
        accounts.change(connection, "somebody", role="county")
    assert _again(empty_store).scope == Scope.nothing()


def test_a_unit_merged_later_is_followed(store: Store) -> None:
    plant(store)
    _who(store, "county", "K2")
    from monitor.store.register import change_register, unit_table

    merged = {"code": "K2", "successor_code": "K1", "closed": date(2016, 10, 1)}
    with store.begin() as connection:
        change_register(connection, store.campaign, unit_table([merged]))
    who = _again(store)
    assert who.unit is not None and who.unit.code == "K1"
    assert _seen(store, who) == {"K1", "S1", "S2"}


def test_a_province_account_of_an_empty_store_sees_nothing(empty_store: Store) -> None:
    assert _who(empty_store, "province_schools").scope == Scope.nothing()


def test_what_each_role_may_do(empty_store: Store) -> None:
    allowed = {
        "administrator": {"accounts", "import", "settings", "backup", "contacts"},
        "province_schools": {"accept", "publish", "chase", "report", "contacts", "explain"},
        "province_universities": {"accept", "publish", "chase", "report", "contacts", "explain"},
        "city": {"file", "report", "chase", "contacts", "explain"},
        "county": {"report", "chase", "explain"},
        "school": {"report", "explain"},
        "university": {"file", "report", "contacts", "explain"},
        "observer": set(),
    }
    assert set(allowed) == set(ROLES)
    for role, actions in allowed.items():
        who = Who("name", "title", role, None, Scope.nothing())
        assert {action for action in ACTIONS if who.may(action)} == actions
    with pytest.raises(ValueError):
        Who("name", "title", "administrator", None, Scope.all()).may("everything")
