"""`user` on the command line."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from monitor.__main__ import main
from monitor.access import passwords
from monitor.access.signin import sign_in
from monitor.store import Store
from tests.access.tree import plant
from tests.databases import address

PASSWORD = "Correct-Horse-7"


@pytest.fixture
def user(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`user("add", …)` against the test's store."""
    plant(empty_store)
    monkeypatch.setattr(passwords, "ROUNDS", 4)
    monkeypatch.setenv("MONITOR_DATABASE_URL", address(empty_store))
    return lambda *arguments, stdin=None: CliRunner().invoke(main, ["user", *arguments], input=stdin)


def test_an_account_made_with_a_password_from_standard_input_signs_in(
    user: Callable[..., Result], empty_store: Store
) -> None:
    result = user("add", "city-1", "--role", "city", "--unit", "C1", "--password-stdin", stdin=PASSWORD + "\n")
    assert result.exit_code == 0, result.output
    assert result.stdout == "" and PASSWORD not in result.output
    assert sign_in(empty_store, "city-1", PASSWORD)


def test_a_password_drawn_by_lot_is_printed_once_and_works(user: Callable[..., Result], empty_store: Store) -> None:
    drawn = user("add", "someone", "--role", "observer", "--generate").stdout.strip()
    assert sign_in(empty_store, "someone", drawn)
    again = user("reset", "someone", "--generate").stdout.strip()
    assert again != drawn
    assert sign_in(empty_store, "someone", drawn) is None
    assert sign_in(empty_store, "someone", again)


def test_without_anybody_to_ask_it_says_how(user: Callable[..., Result]) -> None:
    result = user("add", "someone", "--role", "observer")
    assert result.exit_code == 2 and "--password-stdin" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "someone", "--role", "city", "--generate"),
        ("add", "someone", "--role", "city", "--unit", "K1", "--generate"),
        ("add", "some one", "--role", "observer", "--generate"),
        ("reset", "nobody", "--generate"),
        ("disable", "nobody"),
        ("enable", "nobody"),
        ("sign-out", "nobody"),
    ],
)
def test_what_the_accounts_do_not_allow_ends_with_1(arguments: tuple[str, ...], user: Callable[..., Result]) -> None:
    result = user(*arguments)
    assert result.exit_code == 1 and result.stderr and not result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "someone"),
        ("add", "someone", "--role", "emperor", "--generate"),
        ("add", "someone", "--role", "observer", "--generate", "--password-stdin"),
    ],
)
def test_wrong_use_ends_with_2(arguments: tuple[str, ...], user: Callable[..., Result]) -> None:
    assert user(*arguments).exit_code == 2


def test_a_weak_password_is_refused_with_the_rule(user: Callable[..., Result]) -> None:
    result = user("add", "someone", "--role", "observer", "--password-stdin", stdin="short\n")
    assert result.exit_code == 1 and "10" in result.stderr


def test_off_and_on(user: Callable[..., Result], empty_store: Store) -> None:
    user("add", "someone", "--role", "observer", "--password-stdin", stdin=PASSWORD)
    assert user("disable", "someone").exit_code == 0
    assert sign_in(empty_store, "someone", PASSWORD) is None
    assert user("enable", "someone").exit_code == 0
    assert sign_in(empty_store, "someone", PASSWORD)
    assert "1" in user("sign-out", "someone").stderr


def test_the_list_shows_everything_but_passwords(user: Callable[..., Result]) -> None:
    user("add", "someone", "--role", "county", "--unit", "K1", "--password-stdin", stdin=PASSWORD)
    user("add", "other", "--role", "observer", "--password-stdin", stdin=PASSWORD)
    user("disable", "other")
    listed = json.loads(user("list", "--json").stdout)
    assert [(row["name"], row["role"], row["unit"], row["disabled"]) for row in listed] == [
        ("other", "observer", None, True),
        ("someone", "county", "K1", False),
    ]
    assert all(row["must_change_password"] for row in listed)
    text = user("list").stdout
    assert "someone" in text and "$2b$" not in text
