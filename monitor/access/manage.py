"""Accounts made, changed, switched off. Every change is in the audit log and ends the sessions that it concerns."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection

from monitor.access import directory, passwords, sessions
from monitor.access.roles import ROLES
from monitor.access.signin import count_failure, normalised
from monitor.access.who import Who
from monitor.i18n import LANGUAGES, _
from monitor.personal import holds_resident_id
from monitor.store import Scope, Store, accounts, audit, read
from monitor.store.accounts import Account
from monitor.store.scope import OutOfScope
from monitor.units import KINDS

_LONGEST_ID: Final = 200


class AccountError(Exception):
    """An account cannot be made or changed like this; the message says why."""


def add(
    store: Store,
    name: str,
    role: str,
    password: str,
    *,
    title: str = "",
    unit_code: str | None = None,
    directory_id: str | None = None,
    must_change: bool = True,
    by: str = "",
) -> Account:
    """Make an account. `by` is the account that does so, "" the command line; `directory_id`, who it is in the office's
    directory.

    Raises:
        AccountError: name, role, unit or password do not do, or the name is taken.
    """
    kept_name = normalised(name)
    if kept_name is None:
        raise AccountError(_("A name consists of 2 to 64 letters a–z, digits and the signs . _ -"))
    name = kept_name
    if role not in ROLES:
        raise AccountError(_("There is no role {role}; roles are {roles}.").format(role=role, roles=", ".join(ROLES)))
    if holds_resident_id(title):
        raise AccountError(
            _("The text holds a resident ID number. Please take it out; personal data is not kept here.")
        )
    _check_password(store, name, password)
    kept = passwords.hashed(password)
    with store.begin() as connection:
        if accounts.find(connection, name):
            raise AccountError(_("There is already an account {name}.").format(name=name))
        unit_id = _unit_id(connection, role, unit_code)
        shown = title.strip()[:100] or ROLES[role].title
        named = _directory_id(connection, store, name, directory_id)
        new = Account(name, shown, role, unit_id, kept, must_change, False, 0, None, datetime.now(UTC), named)
        accounts.add(connection, new)
        audit.append(connection, by, "account_added", {"account": name, "role": role, "unit": unit_code})
    return new


def _unit_id(connection: Connection, role: str, code: str | None) -> int | None:
    kind = ROLES[role].kind
    if kind in (None, "province"):
        if code:
            raise AccountError(_("Accounts of this role stand for no unit of their own."))
        return None
    if not code:
        raise AccountError(_("Accounts of this role need a unit; name its code."))
    try:
        unit = read.unit(connection, Scope.all(), code)
    except OutOfScope as error:
        raise AccountError(_("There is no unit with the code {code}.").format(code=code)) from error
    if unit.kind != kind:
        raise AccountError(
            _("{unit} is a unit of the kind {kind}; this role needs one of the kind {needed}.").format(
                unit=unit.name, kind=KINDS[unit.kind], needed=KINDS[kind]
            )
        )
    return unit.id


def _directory_id(connection: Connection, store: Store, name: str, said: str | None) -> str | None:
    if said is None:
        return None
    named = directory.kept_id(store.campaign, said)
    if not 0 < len(named) <= _LONGEST_ID or holds_resident_id(named):
        raise AccountError(
            _("What the directory calls somebody has 1 to {count} signs and is no resident ID number.").format(
                count=_LONGEST_ID
            )
        )
    taken = accounts.find_in_directory(connection, named)
    if taken is not None and taken.name != name:
        raise AccountError(_("In the directory this is already the account {name}.").format(name=taken.name))
    return named


def link_directory(store: Store, name: str, directory_id: str | None, by: str = "") -> bool:
    """Say who an account is in the office's directory, or (None) that it is in there no more; ends its sessions.

    Somebody who never chose a password of their own gets one that nobody knows: whether that was so.

    Raises:
        AccountError: there is no such account, or the directory's name is another account's.
    """
    kept = passwords.hashed(passwords.drawn(32))
    with store.begin() as connection:
        account = _known(connection, name)
        named = _directory_id(connection, store, account.name, directory_id)
        accounts.change(connection, account.name, directory_id=named)
        handed_out = named is not None and account.must_change
        if handed_out:
            accounts.change(connection, account.name, password=kept, must_change=False)
        ended = accounts.end_sessions(connection, account.name)
        audit.append(
            connection, by, "account_linked", {"account": account.name, "linked": named is not None, "sessions": ended}
        )
    return handed_out


def _check_password(store: Store, name: str, password: str) -> None:
    weakness = passwords.weakness(password, name, store.campaign.security)
    if weakness:
        raise AccountError(weakness)


def _known(connection: Connection, name: str) -> Account:
    account = accounts.find(connection, normalised(name) or "")
    if account is None:
        raise AccountError(_("There is no account {name}.").format(name=name))
    return account


def set_disabled(store: Store, name: str, disabled: bool, by: str = "") -> None:
    """Switch an account off, which ends its sessions at once, or on again, which also takes off a lock.

    Raises:
        AccountError: there is no such account.
    """
    with store.begin() as connection:
        account = _known(connection, name)
        accounts.change(connection, account.name, disabled=disabled, failures=0, locked_until=None)
        ended = accounts.end_sessions(connection, account.name)
        action = "account_disabled" if disabled else "account_enabled"
        audit.append(connection, by, action, {"account": account.name, "sessions": ended})


def reset_password(store: Store, name: str, password: str, by: str = "") -> None:
    """Give an account a password that its owner changes at the next sign-in; ends its sessions at once.

    Raises:
        AccountError: there is no such account, or the password does not do.
    """
    _check_password(store, normalised(name) or name, password)
    kept = passwords.hashed(password)
    with store.begin() as connection:
        account = _known(connection, name)
        _put_password(connection, account, kept, must_change=True)
        audit.append(connection, by, "password_reset", {"account": account.name})


def change_password(store: Store, who: Who, old: str, new: str, now: datetime | None = None) -> str:
    """The owner changes the password; every session ends, and the ticket of a new one comes back.

    Raises:
        AccountError: the old password is wrong, the new one is the old one or does not do, or the session has ended.
    """
    now = now or datetime.now(UTC)
    with store.connect() as connection:
        before = _known(connection, who.name)
    if not passwords.matches(old, before.password):
        _refuse_change(store, who, now)
        raise AccountError(_("The old password is not right."))
    _check_password(store, who.name, new)
    if passwords.matches(new, before.password):
        raise AccountError(_("The new password is the old one; choose another."))
    kept = passwords.hashed(new)
    with store.begin() as connection:
        account = _known(connection, who.name)
        live = who.session is not None and accounts.find_session(connection, who.session) is not None
        if account.password != before.password or account.disabled or not live:
            raise AccountError(_("The account was changed meanwhile; please sign in again."))
        _put_password(connection, account, kept, must_change=False)
        audit.append(connection, who.name, "password_changed")
        return sessions.ticket(connection, account.name, now, store.campaign.security)


def _refuse_change(store: Store, who: Who, now: datetime) -> None:
    """A wrong old password counts like one at the sign-in: who found a browser left open may not guess on."""
    with store.begin() as connection:
        audit.append(connection, who.name, "password_change_refused")
        if count_failure(connection, store, _known(connection, who.name), now):
            accounts.end_sessions(connection, who.name)


def _put_password(connection: Connection, account: Account, kept: str, *, must_change: bool) -> None:
    accounts.change(connection, account.name, password=kept, must_change=must_change, failures=0, locked_until=None)
    accounts.end_sessions(connection, account.name)


def choose_language(store: Store, name: str, language: str) -> None:
    """Keep the language that an account reads.

    Raises:
        AccountError: there is no such account, or the program does not speak this language.
    """
    with store.begin() as connection:
        account = _known(connection, name)
        if language not in LANGUAGES:
            raise AccountError(_("The program does not speak {language}.").format(language=language))
        accounts.change(connection, account.name, language=language)


def sign_out_everywhere(store: Store, name: str, by: str = "") -> int:
    """End every session of an account; how many there were.

    Raises:
        AccountError: there is no such account.
    """
    with store.begin() as connection:
        account = _known(connection, name)
        ended = accounts.end_sessions(connection, account.name)
        audit.append(connection, by, "signed_out_everywhere", {"account": account.name, "sessions": ended})
    return ended
