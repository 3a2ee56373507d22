"""Cookies that are forged, replayed, expired or foreign, and sessions whose account changes while a page is open."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from monitor.access import manage, passwords, sessions
from monitor.store import Store, meta
from monitor.store.schema import account, session
from tests.attacks.client import request, state, tab, upload
from tests.ui.server import Server
from tests.ui.support import PASSWORD, cookie_of

INSIDE = "退出"  # of the button that signs out
FIGURES = "单位K1"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "ROUNDS", 4)


def _token(header: dict[str, str], key: bytes) -> str:
    """A JSON web token, as the sign-in form's own library would take one."""
    parts = [header, {"username": "administrator", "exp_date": 4102444800, "name": "administrator"}]
    body = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    signed = hmac.new(key, body.encode(), hashlib.sha256).digest() if key else b""
    return f"{body}.{base64.urlsafe_b64encode(signed).decode().rstrip('=')}"


def _stored_hash(store: Store) -> str:
    """What a thief of the database finds in place of a cookie."""
    cookie = cookie_of(store, "administrator")
    with store.connect() as connection:
        return sessions._kept(connection, "cookie", cookie)


def _ticket(store: Store) -> str:
    """A ticket that nobody has handed in yet: no cookie."""
    with store.begin() as connection:
        return sessions.ticket(connection, "administrator", datetime.now(UTC), store.campaign.security)


def _key(store: Store) -> str:
    with store.connect() as connection:
        return meta.get(connection, "session_key") or ""


def _signed_out(store: Store) -> str:
    cookie = cookie_of(store, "administrator")
    who = sessions.check(store, cookie)
    assert who is not None
    sessions.end(store, who)
    return cookie


def _aged(store: Store, **moved: timedelta) -> str:
    cookie = cookie_of(store, "administrator")
    with store.begin() as connection:
        key = sessions._kept(connection, "cookie", cookie)
        now = datetime.now(UTC)
        connection.execute(
            update(session)
            .where(session.c.token_hash == key)
            .values(**{name: now - before for name, before in moved.items()})
        )
    return cookie


FORGED: dict[str, Callable[[Store], str]] = {
    "none": lambda store: "",
    "a name": lambda store: "administrator",
    "unsigned token": lambda store: _token({"alg": "none", "typ": "JWT"}, b""),
    "token of another key": lambda store: _token({"alg": "HS256", "typ": "JWT"}, b"some_key"),
    "token of our own key": lambda store: _token({"alg": "HS256", "typ": "JWT"}, bytes.fromhex(_key(store))),
    "random": lambda store: "A" * 43,
    "very long": lambda store: "A" * 7_000,
    "odd signs": lambda store: "%00%ff\\\"'<>",
    "SQL": lambda store: "' OR '1'='1",
    "the hash in the store": _stored_hash,
    "a ticket": _ticket,
    "cut short": lambda store: cookie_of(store, "administrator")[:-1],
    "one sign more": lambda store: cookie_of(store, "administrator") + "A",
    "other case": lambda store: cookie_of(store, "administrator").swapcase(),
    "after signing out": _signed_out,
    "too old": lambda store: _aged(store, created_at=timedelta(hours=12, seconds=1)),
    "idle for too long": lambda store: _aged(store, seen_at=timedelta(minutes=60, seconds=1)),
}


@pytest.mark.parametrize("kind", FORGED)
def test_no_such_cookie_opens_anything(kind: str, world: Store, server: Server) -> None:
    cookie = FORGED[kind](world)
    with tab(server, "cities", cookie, "unit=C1") as here:
        run = here.run()
        assert INSIDE not in run.said and FIGURES not in run.said and not run.failed
    for path in ("/media/x", "/download/x/y.xlsx"):
        assert request(server, "GET", path, cookie=cookie).status == 403
    assert upload(server, cookie).status == 403


def test_a_cookie_of_another_store_opens_nothing_here(world: Store, empty_store: Store, server: Server) -> None:
    sessions.ensure_key(empty_store)
    manage.add(empty_store, "administrator", "administrator", PASSWORD, must_change=False)
    with tab(server, "account", cookie_of(empty_store, "administrator")) as here:
        assert INSIDE not in here.run().said


def test_one_account_s_cookie_is_that_account_s(world: Store, server: Server) -> None:
    with tab(server, "account", cookie_of(world, "city-c1")) as here:
        said = here.run().said
        assert "city-c1" in said and "administrator" not in said


def _change_password(store: Store, name: str) -> None:
    who = sessions.check(store, cookie_of(store, name))
    assert who is not None
    manage.change_password(store, who, PASSWORD, "Another-Horse-8")


def _give_role(store: Store, name: str) -> None:
    with store.begin() as connection:
        connection.execute(update(account).where(account.c.name == name).values(role="school"))


def _take_unit(store: Store, name: str) -> None:
    with store.begin() as connection:
        connection.execute(update(account).where(account.c.name == name).values(unit_id=None))


def _idle(store: Store, name: str) -> None:
    with store.begin() as connection:
        connection.execute(
            update(session)
            .where(session.c.account_name == name)
            .values(seen_at=datetime.now(UTC) - timedelta(minutes=61))
        )


CHANGES: dict[str, Callable[[Store, str], object]] = {
    "password changed": _change_password,
    "password reset": lambda store, name: manage.reset_password(store, name, "Another-Horse-9"),
    "disabled": lambda store, name: manage.set_disabled(store, name, True),
    "signed out everywhere": manage.sign_out_everywhere,
    "linked to the directory": lambda store, name: manage.link_directory(store, name, f"id-{name}"),
    "idle": _idle,
    "another role": _give_role,
    "no unit any more": _take_unit,
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_open_page_knows_at_once(change: str, world: Store, server: Server) -> None:
    """In the page, in its fragments, for uploads, and for files that were on offer before."""
    name = "open-" + change.replace(" ", "-")
    manage.add(world, name, "city", PASSWORD, unit_code="C1", must_change=False)
    cookie = cookie_of(world, name)
    with tab(server, "cities", cookie, "unit=C1") as here:
        before = here.run()
        offered = [text for text in before.said.splitlines() if text.startswith("./download/")]
        assert FIGURES in before.said and offered
        path = offered[0].removeprefix(".")
        assert request(server, "GET", path, cookie=cookie).status == 200
        assert upload(server, cookie).status == 400  # let in: what it does not know is this session of Streamlit's
        CHANGES[change](world, name)
        for fragment in ("", *before.fragments()):
            assert FIGURES not in here.run(fragment=fragment).said
        assert request(server, "GET", path, cookie=cookie).status in (403, 404)
    if change not in ("another role", "no unit any more"):
        assert upload(server, cookie).status == 403


def test_a_file_is_for_the_session_that_it_was_offered_to(world: Store, server: Server) -> None:
    mine = cookie_of(world, "city-c1")
    with tab(server, "cities", mine, "unit=C1") as here:
        paths = [text.removeprefix(".") for text in here.run().said.splitlines() if text.startswith("./download/")]
    assert paths
    for path in paths:
        assert request(server, "GET", path).status == 403
        for other in ("city-c1", "administrator", "school-s1", "observer"):
            assert request(server, "GET", path, cookie=cookie_of(world, other)).status == 404
        assert request(server, "GET", path, cookie=mine).status == 200


def test_who_may_hand_in_nothing_uploads_nothing(world: Store, server: Server) -> None:
    assert upload(server, cookie_of(world, "observer")).status == 403
    assert upload(server, cookie_of(world, "administrator")).status == 400


def test_signing_out_in_one_tab_ends_the_other(world: Store, server: Server) -> None:
    cookie = cookie_of(world, "observer")
    with tab(server, "account", cookie) as one, tab(server, "account", cookie) as other:
        first = one.run()
        assert INSIDE in first.said and INSIDE in other.run().said
        leave = next(widget for widget in first.widgets() if "sign-out" in widget and "everywhere" not in widget)
        one.run(state(leave, trigger_value=True))
        assert INSIDE not in other.run().said
