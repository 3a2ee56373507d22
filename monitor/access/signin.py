"""Signing in: the one place where a password opens something."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from monitor.access import passwords, sessions
from monitor.store import Store, accounts, audit
from monitor.store.accounts import Account

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


def normalised(name: str) -> str | None:
    """An account's name as it is kept: without blanks around it, in lower case; None for what cannot be a name."""
    name = name.strip().lower()
    return name if _NAME.fullmatch(name) else None


def sign_in(store: Store, name: str, password: str, now: datetime | None = None, source: str = "") -> str | None:
    """The ticket of a new session; None when name and password do not open the account.

    The answer for an unknown name, a wrong password, a disabled or a locked account is the same, and takes the same
    time. Wrong passwords are counted in the store; too many in a row lock the account for a while.
    """
    now = now or datetime.now(UTC)
    name = normalised(name) or ""  # no account has the empty name
    with store.connect() as connection:
        known = accounts.find(connection, name)
    # Outside of any transaction: bcrypt takes its time, and nobody else has to wait for it.
    right = passwords.matches(password, known.password if known else None)
    sessions.ensure_key(store)
    with store.begin() as connection:
        account = accounts.find(connection, name)
        # The account may have changed, or been locked by other attempts, while bcrypt was at work.
        if account and known and right and account.password == known.password and _open(account, now):
            accounts.change(connection, name, failures=0, locked_until=None)
            audit.append(connection, name, "sign_in", {"from": source})
            return sessions.ticket(connection, name, now, store.campaign.security)
        _refuse(connection, store, account, right, now, source)
    return None


def _open(account: Account, now: datetime) -> bool:
    return not account.disabled and (account.locked_until is None or account.locked_until <= now)


def _refuse(
    connection: Connection, store: Store, account: Account | None, right: bool, now: datetime, source: str
) -> None:
    """Count the failure and write it down. What was typed is not: it may be a password in the wrong field."""
    if account is None:
        audit.append(connection, "", "sign_in_refused", {"reason": "unknown", "from": source})
        return
    reason = "wrong_password"
    if account.disabled:
        reason = "disabled"
    elif not _open(account, now):
        reason = "locked"
        longest = now + timedelta(minutes=store.campaign.security.lock_minutes)
        if account.locked_until is not None and account.locked_until > longest:
            # No lock is longer: the clock was set back since. From here on it lasts as long as any other.
            accounts.change(connection, account.name, locked_until=longest)
    elif not right:
        count_failure(connection, store, account, now)
    else:
        reason = "changed_meanwhile"
    audit.append(connection, account.name, "sign_in_refused", {"reason": reason, "from": source})


def count_failure(connection: Connection, store: Store, account: Account, now: datetime) -> bool:
    """Count a wrong password; whether it was the one that locks the account."""
    security = store.campaign.security
    failures = account.failures + 1
    if failures < security.max_failures:
        accounts.change(connection, account.name, failures=failures)
        return False
    until = now + timedelta(minutes=security.lock_minutes)
    accounts.change(connection, account.name, failures=0, locked_until=until)
    audit.append(connection, account.name, "account_locked", {"failures": failures})
    return True
