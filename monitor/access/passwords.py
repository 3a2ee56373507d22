"""Passwords: bcrypt, the rule for new ones, and new ones drawn by lot."""

import secrets
import string
import unicodedata
from functools import cache
from typing import Final

import bcrypt

from monitor.i18n import _
from monitor.sections import Security

ROUNDS: Final = 12
"""Cost of bcrypt: 2 to this power; about a fifth of a second on one core."""
LONGEST: Final = 72
"""Bytes that bcrypt looks at; what is longer is refused rather than cut."""
KINDS: Final = 3
"""How many of the four kinds of characters (lower case, upper case, digit, other) a password holds."""

# Letters and digits that nobody mistakes for one another when read from paper.
_CLEAR: Final = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-_+=")


def hashed(password: str) -> str:
    """The bcrypt hash that is kept."""
    return bcrypt.hashpw(_bytes(password), bcrypt.gensalt(ROUNDS)).decode()


def matches(password: str, kept: str | None) -> bool:
    """Whether `password` is the one that `kept` is the hash of.

    Without a hash (no such account) the answer is False and takes as long as any other.
    """
    given = _bytes(password)
    right = bcrypt.checkpw(given[:LONGEST], (kept or _nobody()).encode())
    return right and kept is not None and len(given) <= LONGEST


@cache
def _nobody() -> str:
    """The hash of a password that nobody has."""
    return hashed(secrets.token_urlsafe(32))


def _bytes(password: str) -> bytes:
    # Input methods type the same character in full and half width: both are the same password.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def weakness(password: str, name: str, security: Security) -> str | None:
    """Why this cannot be the new password of the account `name`, in words; None when it can."""
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < security.min_password_length:
        return _("The password needs at least {count} characters.").format(count=security.min_password_length)
    if len(_bytes(password)) > LONGEST:
        return _("The password is too long: at most {count} letters, digits and signs.").format(count=LONGEST)
    if len(_kinds(plain)) < KINDS:
        return _("The password needs three of these: lower case letters, upper case letters, digits, other signs.")
    if name.lower() in plain.lower():
        return _("The password must not contain the account's name.")
    if len(set(plain)) < 5:
        return _("The password repeats too few different characters.")
    return None


def _kinds(password: str) -> set[str]:
    return {
        "lower" if sign.islower() else "upper" if sign.isupper() else "digit" if sign.isdigit() else "other"
        for sign in password
    }


def drawn(length: int = 16) -> str:
    """A new password drawn by lot, easy to copy from paper, good by the rule."""
    signs = [secrets.choice(kind) for kind in _CLEAR]
    signs += [secrets.choice(string.ascii_letters.translate({ord(sign): None for sign in "ilIoO"})) for _turn in signs]
    while len(signs) < length:
        signs.append(secrets.choice("".join(_CLEAR)))
    secrets.SystemRandom().shuffle(signs)
    return "".join(signs)
