"""Accounts and their sessions, as rows. What they mean is in monitor/access."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from monitor.store.schema import account, assertion, session


@dataclass(frozen=True)
class Account:
    """One account. `password` is a bcrypt hash; moments are in UTC."""

    name: str
    title: str
    role: str
    unit_id: int | None
    password: str = field(repr=False)
    must_change: bool
    disabled: bool
    failures: int
    locked_until: datetime | None
    created_at: datetime
    directory_id: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Session:
    """One session and whose it is."""

    account: Account
    created_at: datetime
    seen_at: datetime


_COLUMNS = tuple(account.c[column.name] for column in fields(Account))


def _account(row: Any) -> Account:
    return Account(**{column.name: getattr(row, column.name) for column in _COLUMNS})


# ---- accounts ----------------------------------------------------------------------------------------------------


def find(connection: Connection, name: str) -> Account | None:
    """The account of this name."""
    row = connection.execute(select(*_COLUMNS).where(account.c.name == name)).first()
    return _account(row) if row else None


def find_in_directory(connection: Connection, directory_id: str) -> Account | None:
    """The account of whom the directory calls this."""
    row = connection.execute(select(*_COLUMNS).where(account.c.directory_id == directory_id)).first()
    return _account(row) if row else None


def all_of_them(connection: Connection) -> list[Account]:
    """Every account, by name."""
    return [_account(row) for row in connection.execute(select(*_COLUMNS).order_by(account.c.name))]


def any_at_all(connection: Connection) -> bool:
    """Whether there is an account."""
    return connection.execute(select(account.c.name).limit(1)).first() is not None


def add(connection: Connection, new: Account) -> None:
    """Write a new account.

    Raises:
        sqlalchemy.exc.IntegrityError: the name is taken.
    """
    connection.execute(insert(account).values({column.name: getattr(new, column.name) for column in fields(Account)}))


def change(connection: Connection, name: str, **values: Any) -> None:
    """Set columns of an account."""
    connection.execute(update(account).where(account.c.name == name).values(**values))


# ---- sessions ----------------------------------------------------------------------------------------------------


def add_session(connection: Connection, token_hash: str, name: str, now: datetime) -> None:
    """Write a session that begins now."""
    connection.execute(insert(session).values(token_hash=token_hash, account_name=name, created_at=now, seen_at=now))


def rename_session(connection: Connection, old: str, new: str, begun_after: datetime, until: datetime) -> bool:
    """Put the session under another token hash, once: False when it is not there (any more), or begun outside of these
    moments."""
    changed = connection.execute(
        update(session)
        .where(session.c.token_hash == old, session.c.created_at > begun_after, session.c.created_at <= until)
        .values(token_hash=new)
    )
    return changed.rowcount == 1


def find_session(connection: Connection, token_hash: str) -> Session | None:
    """The session under this token hash, with its account."""
    row = connection.execute(
        select(*_COLUMNS, session.c.created_at.label("begun_at"), session.c.seen_at)
        .join(account, account.c.name == session.c.account_name)
        .where(session.c.token_hash == token_hash)
    ).first()
    return Session(_account(row), row.begun_at, row.seen_at) if row else None


def use_assertion(connection: Connection, digest: str, now: datetime, forget_before: datetime) -> bool:
    """Take down that this assertion of a directory was used; False where it was before. Old ones are forgotten."""
    connection.execute(delete(assertion).where(assertion.c.at <= forget_before))
    if connection.execute(select(assertion.c.digest).where(assertion.c.digest == digest)).first():
        return False
    connection.execute(insert(assertion).values(digest=digest, at=now))
    return True


def touch_session(connection: Connection, token_hash: str, now: datetime) -> None:
    """Write down that the session was used."""
    connection.execute(update(session).where(session.c.token_hash == token_hash).values(seen_at=now))


def end_session(connection: Connection, token_hash: str) -> bool:
    """Remove a session; whether it was there."""
    return connection.execute(delete(session).where(session.c.token_hash == token_hash)).rowcount > 0


def end_sessions(connection: Connection, name: str) -> int:
    """Remove every session of an account; how many there were."""
    return connection.execute(delete(session).where(session.c.account_name == name)).rowcount


def remove_stale(connection: Connection, begun_before: datetime, seen_before: datetime) -> None:
    """Remove the sessions that have ended by age or by idleness."""
    connection.execute(
        delete(session).where(or_(session.c.created_at <= begun_before, session.c.seen_at <= seen_before))
    )
