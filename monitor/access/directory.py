"""Signing in through the directory of an office (OpenID Connect): who the directory says it is becomes an account.

Streamlit speaks the protocol and keeps what the directory said in a cookie of its own. That cookie is no session here: what
it says is taken once, within minutes, and opens a session like a password does (monitor.access.sessions).
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from monitor.access import sessions
from monitor.campaign import Campaign
from monitor.store import Store, accounts, audit

SECRET_VARIABLE: Final = "MONITOR_DIRECTORY_SECRET"  # noqa: S105 - the name of a variable
FRESH: Final = timedelta(minutes=5)
"""How long what the directory said may open a session."""
_SKEW: Final = timedelta(minutes=1)  # clocks differ
_EMAIL: Final = "email"


def secrets(campaign: Campaign) -> dict[str, Any] | None:
    """What Streamlit has to know to speak with the directory; None where there is none, or its secret is missing."""
    directory, secret = campaign.directory, os.environ.get(SECRET_VARIABLE, "")
    if not directory.on or not secret:
        return None
    return {
        "auth": {
            "redirect_uri": directory.redirect_uri,
            # The same in every process that serves, and known to none that has not the directory's secret.
            "cookie_secret": hmac.new(secret.encode(), b"cookies", hashlib.sha256).hexdigest(),
            "client_id": directory.client_id,
            "client_secret": secret,
            "server_metadata_url": directory.server_metadata_url,
        }
    }


def kept_id(campaign: Campaign, said: str) -> str:
    """What somebody is called in the directory, as it is kept and compared."""
    tidy = said.strip()
    return tidy.casefold() if campaign.directory.claim == _EMAIL else tidy


def sign_in(store: Store, claims: Mapping[str, Any], now: datetime | None = None, source: str = "") -> str | None:
    """The ticket of a new session for whom the directory vouches; None where that opens nothing.

    An account that too many wrong passwords have locked opens: nobody guessed at the directory. A disabled one does not.
    """
    now = now or datetime.now(UTC)
    sessions.ensure_key(store)
    with store.begin() as connection:
        reason = _stale(claims, now)
        if reason is None and not accounts.use_assertion(connection, _digest(claims), now, now - 2 * FRESH):
            reason = "replayed"
        account = None
        if reason is None:
            named = _named(store.campaign, claims)
            account = accounts.find_in_directory(connection, named) if named else None
            reason = "unknown" if account is None else "disabled" if account.disabled else None
        if account is None or reason is not None:
            detail = {"reason": reason, "from": source, "by": "directory"}
            audit.append(connection, account.name if account else "", "sign_in_refused", detail)
            return None
        audit.append(connection, account.name, "sign_in", {"from": source, "by": "directory"})
        return sessions.ticket(connection, account.name, now, store.campaign.security)


def _stale(claims: Mapping[str, Any], now: datetime) -> str | None:
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        return "undated"
    age = now.timestamp() - issued
    return None if -_SKEW.total_seconds() <= age <= FRESH.total_seconds() else "stale"


def _digest(claims: Mapping[str, Any]) -> str:
    """Of one assertion; nothing can be read from it."""
    parts = [claims.get(name) for name in ("iss", "sub", "iat", "nonce", "jti")]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def _named(campaign: Campaign, claims: Mapping[str, Any]) -> str:
    """What the claim that counts says; "" where it says nothing that can be relied on."""
    claim = campaign.directory.claim
    said = claims.get(claim)
    if not isinstance(said, str) or (claim == _EMAIL and claims.get("email_verified") is not True):
        return ""
    return kept_id(campaign, said)
