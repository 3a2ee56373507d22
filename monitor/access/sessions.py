"""Sessions: rows of the store, opened by a cookie that only the browser and this program hold.

Signing in gives a ticket: good once and for a minute. The browser hands it in at a route of the program and gets the
session's cookie, which scripts on the page cannot read. Both are random; the store keeps only what a keyed hash makes
of them, so that a copy of the database opens nothing.
"""

import hashlib
import hmac
import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from monitor.access.who import Who, who_is
from monitor.sections import Security
from monitor.store import Store, accounts, audit, meta

COOKIE: Final = "monitor_session"
TICKET_LIFE: Final = timedelta(seconds=60)
SKEW: Final = timedelta(minutes=5)
"""By how much clocks may disagree. A session from further ahead began before the clock was set back: nobody can say how old
it is, and it ends."""
_KEY: Final = "session_key"

_log = logging.getLogger(__name__)


def ensure_key(store: Store) -> None:
    """Draw the key of the sessions by lot at the first start; it stays in the store."""
    with store.connect() as connection:
        if meta.get(connection, _KEY):
            return
    with store.begin() as connection:
        if not meta.get(connection, _KEY):
            meta.put(connection, _KEY, secrets.token_hex(32))


def _kept(connection: Connection, purpose: str, secret: str) -> str:
    """What the store keeps of a ticket or a cookie: a ticket is no cookie, a cookie no ticket."""
    key = meta.get(connection, _KEY)
    if not key:
        raise LookupError(_KEY)
    return hmac.new(bytes.fromhex(key), f"{purpose}:{secret}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def ticket(connection: Connection, name: str, now: datetime, security: Security) -> str:
    """Begin a session of the account; what the browser hands in for its cookie."""
    drawn = secrets.token_urlsafe(32)
    accounts.remove_stale(connection, *_limits(security, now))
    accounts.add_session(connection, _kept(connection, "ticket", drawn), name, now)
    return drawn


def redeem(store: Store, handed_in: str, now: datetime | None = None) -> str | None:
    """The cookie for a ticket, once; None for a ticket that is unknown, used or too old."""
    now = now or datetime.now(UTC)
    cookie = secrets.token_urlsafe(32)
    with store.begin() as connection:
        old, new = _kept(connection, "ticket", handed_in), _kept(connection, "cookie", cookie)
        return cookie if accounts.rename_session(connection, old, new, now - TICKET_LIFE, now + SKEW) else None


def check(store: Store, cookie: str | None, now: datetime | None = None, *, used: bool = True) -> Who | None:
    """Who the cookie's session belongs to; None when there is none, or it has ended.

    With `used` the session's idle time begins anew. It is written down beside the page's run, which never waits for
    another's writing, and at most ten times in an idle period.
    """
    if not cookie:
        return None
    now = now or datetime.now(UTC)
    with store.connect() as connection:
        try:
            key = _kept(connection, "cookie", cookie)
        except LookupError:
            return None
        session = accounts.find_session(connection, key)
        if session is None or session.account.disabled or _ended(session, now, store.campaign.security):
            return None
        who = who_is(connection, store.campaign, session.account, key)
    if used and now - session.seen_at > timedelta(minutes=store.campaign.security.session_idle_minutes) / 10:
        _touch_later(store, key, now)
    return who


def _limits(security: Security, now: datetime) -> tuple[datetime, datetime]:
    """Sessions begun, or last seen, at these moments or earlier have ended."""
    return now - timedelta(hours=security.session_hours), now - timedelta(minutes=security.session_idle_minutes)


def _ended(session: accounts.Session, now: datetime, security: Security) -> bool:
    begun_before, seen_before = _limits(security, now)
    ahead = max(session.created_at, session.seen_at) > now + SKEW
    return ahead or session.created_at <= begun_before or session.seen_at <= seen_before


def end(store: Store, who: Who) -> None:
    """Sign out: this session ends."""
    if who.session is None:
        return
    with store.begin() as connection:
        if accounts.end_session(connection, who.session):
            audit.append(connection, who.name, "sign_out")


# ---- the time of last use, written beside the runs of pages ------------------------------------------------------

_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="session-touch")
_waiting: set[tuple[int, str]] = set()


def _touch_later(store: Store, key: str, now: datetime) -> None:
    waiting = (id(store), key)
    if waiting not in _waiting:
        _waiting.add(waiting)
        _writer.submit(_touch, store, key, now, waiting)


def _touch(store: Store, key: str, now: datetime, waiting: tuple[int, str]) -> None:
    try:
        with store.begin() as connection:
            accounts.touch_session(connection, key, now)
    except SQLAlchemyError as error:
        # The session counts as idle a little earlier; the next use writes again.
        _log.warning("the time of last use was not written: %s", type(error).__name__)
    finally:
        _waiting.discard(waiting)


def settle() -> None:
    """Wait until every time of last use is written."""
    _writer.submit(lambda: None).result()
