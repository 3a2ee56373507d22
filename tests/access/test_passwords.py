"""Passwords."""

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from monitor.access import passwords
from monitor.sections import Security

RULE = Security()


def test_what_is_kept_is_bcrypt_and_opens_for_its_password_only() -> None:
    kept = passwords.hashed("Correct-Horse-7")
    assert bcrypt.checkpw(b"Correct-Horse-7", kept.encode())
    assert passwords.matches("Correct-Horse-7", kept)
    assert not passwords.matches("correct-horse-7", kept)
    assert not passwords.matches("", kept)


def test_nobody_has_a_password() -> None:
    assert not passwords.matches("", None)
    assert not passwords.matches(passwords._nobody(), None)


def test_unknown_and_known_accounts_cost_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, costs = passwords.hashed("Correct-Horse-7"), []
    passwords._nobody()
    check = bcrypt.checkpw

    def counted(given: bytes, hash_: bytes) -> bool:
        costs.append(int(hash_.split(b"$")[2]))
        return check(given, hash_)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    for against in (kept, None):
        for attempt in ("wrong", "x" * 500, "密码" * 200):
            assert not passwords.matches(attempt, against)
    assert costs == [passwords.ROUNDS] * 6


def test_a_long_password_is_not_cut_to_one_that_fits() -> None:
    kept = passwords.hashed("Aa1-" + "x" * 68)
    assert passwords.matches("Aa1-" + "x" * 68, kept)
    assert not passwords.matches("Aa1-" + "x" * 69, kept)


def test_full_width_letters_are_the_same_password() -> None:
    kept = passwords.hashed("Correct-Horse-7")
    assert passwords.matches("Ｃｏｒｒｅｃｔ－Ｈｏｒｓｅ－７", kept)


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("Correct-Horse-7", True),
        ("correct-horse-7", True),  # lower case, digit, other
        ("CorrectHorse7", True),
        ("Short-7", False),
        ("correcthorse", False),
        ("correcthorse7", False),
        ("1234567890", False),
        ("Aaaaaaaaa1-", False),
        ("Somebody-2016", False),  # holds the account's name
        ("Aa1-" + "xyzuvw" * 12, False),  # longer than bcrypt looks
        ("密码Aa1密码Bb2密码", True),
    ],
)
def test_the_rule(password: str, good: bool) -> None:
    assert (passwords.weakness(password, "somebody", RULE) is None) == good


def test_the_length_is_the_campaign_s() -> None:
    assert passwords.weakness("Correct-Horse-7", "n", Security(min_password_length=16)) is not None


def test_drawn_passwords_are_good_and_differ() -> None:
    drawn = {passwords.drawn() for _turn in range(200)}
    assert len(drawn) == 200
    assert all(passwords.weakness(password, "somebody", RULE) is None for password in drawn)
    assert not set("".join(drawn)) & set("ilIoO01")


@given(some.text(max_size=100), some.text(max_size=100))
@settings(max_examples=60, deadline=None)
def test_any_text_is_checked_without_failing(password: str, other: str) -> None:
    passwords.ROUNDS = 4  # type: ignore[misc]
    if passwords.weakness(password, "somebody", RULE) is None:
        kept = passwords.hashed(password)
        assert passwords.matches(password, kept)
    assert not passwords.matches(other, None)
