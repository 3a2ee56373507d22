"""The routes beside Streamlit's."""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette

from monitor.access import manage, passwords, sessions
from monitor.store import Store
from monitor.ui import downloads, runtime
from monitor.ui.routes import ROUTES
from tests.databases import address
from tests.ui.asgi import ask
from tests.ui.support import PASSWORD, cookie_of, make_account

APP = Starlette(routes=ROUTES)
OURS = "http://monitor.example"


@pytest.fixture(autouse=True)
def _served(monkeypatch: pytest.MonkeyPatch, empty_store: Store) -> Iterator[None]:
    monkeypatch.setattr(passwords, "ROUNDS", 4)
    monkeypatch.setenv("MONITOR_DATABASE_URL", address(empty_store))
    sessions.ensure_key(empty_store)
    yield
    sessions.settle()
    runtime.close()


@pytest.fixture(autouse=True)
def tabs(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """States of tabs by their names, as Streamlit keeps them; `here` is the one whose page is run."""
    states: dict[str, dict[str, Any]] = {"here": {}}

    class Current(dict[str, Any]):
        def setdefault(self, key: str, default: Any = None) -> Any:
            return states["here"].setdefault(key, default)

    monkeypatch.setattr(st, "session_state", Current())
    return states


def _ticket(store: Store, name: str) -> str:
    with store.begin() as connection:
        return sessions.ticket(connection, name, datetime.now(UTC), store.campaign.security)


def _cookie(name: str, store: Store) -> str:
    return f"{sessions.COOKIE}={cookie_of(store, name)}"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_ticket_is_exchanged_for_a_cookie_that_scripts_cannot_read(scheme: str, empty_store: Store) -> None:
    name = make_account(empty_store, "observer")
    body = f"ticket={_ticket(empty_store, name)}".encode()
    form = {"content_type": "application/x-www-form-urlencoded", "origin": f"{scheme}://monitor.example"}
    answer = ask(APP, "POST", "/session/open", body=body, scheme=scheme, **form)
    assert answer.status == 204
    given = answer.headers["set-cookie"]
    parts = {part.strip().split("=")[0].lower() for part in given.split(";")}
    assert {"httponly", "samesite", "path"} <= parts and "SameSite=lax" in given
    assert "domain" not in parts and "max-age" not in parts and "expires" not in parts
    assert ("secure" in parts) == (scheme == "https")
    who = sessions.check(empty_store, given.split(";")[0].split("=", 1)[1])
    assert who is not None and who.name == name
    again = ask(APP, "POST", "/session/open", body=body, scheme=scheme, **form)
    assert again.status == 403 and "set-cookie" not in again.headers


@pytest.mark.parametrize("origin", [None, "null", "http://elsewhere.example", "http://monitor.example.evil.example"])
@pytest.mark.parametrize("act", ["open", "close"])
def test_other_sites_can_neither_sign_in_nor_out(act: str, origin: str | None, empty_store: Store) -> None:
    name = make_account(empty_store, "observer")
    cookie = cookie_of(empty_store, name)
    headers = {"content_type": "application/x-www-form-urlencoded", "cookie": f"{sessions.COOKIE}={cookie}"}
    if origin is not None:
        headers["origin"] = origin
    body = f"ticket={_ticket(empty_store, name)}".encode()
    answer = ask(APP, "POST", f"/session/{act}", body=body, **headers)
    assert answer.status == 403 and "set-cookie" not in answer.headers
    assert sessions.check(empty_store, cookie)


@pytest.mark.parametrize("body", [b"", b"ticket=", b"ticket=x&ticket=y", b"ticket=%00", b"\xff\xfe", b"a=1&b=2"])
def test_what_is_no_ticket_gives_no_cookie(body: bytes, empty_store: Store) -> None:
    form = {"content_type": "application/x-www-form-urlencoded", "origin": OURS}
    answer = ask(APP, "POST", "/session/open", body=body, **form)
    assert answer.status == 403 and "set-cookie" not in answer.headers


def test_signing_out_ends_the_session_and_takes_the_cookie(empty_store: Store) -> None:
    cookie = cookie_of(empty_store, make_account(empty_store, "observer"))
    answer = ask(APP, "POST", "/session/close", origin=OURS, cookie=f"{sessions.COOKIE}={cookie}")
    assert answer.status == 204
    taken = answer.headers["set-cookie"]
    assert taken.startswith(f'{sessions.COOKIE}=""') and "Max-Age=0" in taken
    assert sessions.check(empty_store, cookie) is None


def test_a_get_changes_nothing(empty_store: Store) -> None:
    cookie = cookie_of(empty_store, make_account(empty_store, "observer"))
    for act in ("open", "close"):
        answer = ask(APP, "GET", f"/session/{act}", origin=OURS, cookie=f"{sessions.COOKIE}={cookie}")
        assert answer.status == 405
    assert sessions.check(empty_store, cookie)


def test_a_download_is_for_the_session_that_it_was_offered_to(empty_store: Store) -> None:
    mine = cookie_of(empty_store, make_account(empty_store, "observer"))
    same_account = _cookie("observer", empty_store)
    other = _cookie(make_account(empty_store, "administrator"), empty_store)
    who = sessions.check(empty_store, mine)
    assert who is not None
    made: list[int] = []

    def produce() -> bytes:
        made.append(1)
        return b"content"

    address = "/" + downloads.address(who, '月报"\r\n.xlsx', "application/octet-stream", produce)
    for headers in ({}, {"cookie": other}, {"cookie": same_account}, {"cookie": f"{sessions.COOKIE}=x"}):
        assert ask(APP, "GET", address, **headers).status in (403, 404)
    assert made == []
    answer = ask(APP, "GET", address, cookie=f"{sessions.COOKIE}={mine}")
    assert (answer.status, answer.body, made) == (200, b"content", [1])
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment;") and "\r" not in disposition and "\n" not in disposition
    assert answer.headers["cache-control"] == "no-store"
    manage.sign_out_everywhere(empty_store, "observer")
    assert ask(APP, "GET", address, cookie=f"{sessions.COOKIE}={mine}").status == 403
    assert made == [1]


def test_a_password_that_is_due_to_be_changed_opens_no_download(empty_store: Store) -> None:
    manage.add(empty_store, "new", "observer", PASSWORD)
    cookie = cookie_of(empty_store, "new")
    who = sessions.check(empty_store, cookie)
    assert who is not None
    address = "/" + downloads.address(who, "file", "text/plain", lambda: b"content")
    assert ask(APP, "GET", address, cookie=f"{sessions.COOKIE}={cookie}").status == 403


def test_a_rerun_replaces_its_offer(empty_store: Store) -> None:
    cookie = cookie_of(empty_store, make_account(empty_store, "observer"))
    who = sessions.check(empty_store, cookie)
    assert who is not None
    first = downloads.address(who, "file", "text/plain", lambda: b"old")
    second = downloads.address(who, "file", "text/plain", lambda: b"new")
    other = downloads.address(who, "file", "text/plain", lambda: b"other", key="2")
    assert first == second != other
    headers = {"cookie": f"{sessions.COOKIE}={cookie}"}
    assert ask(APP, "GET", "/" + first, **headers).body == b"new"
    assert ask(APP, "GET", "/" + other, **headers).body == b"other"


def test_health_tells_nothing_but_health(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(APP, "GET", "/healthz").body == b'{"alive":true}'
    answer = ask(APP, "GET", "/readyz")
    assert (answer.status, answer.body) == (200, b'{"ready": true}')
    monkeypatch.setenv("MONITOR_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")
    answer = ask(APP, "GET", "/readyz")
    assert (answer.status, answer.body) == (503, b'{"ready": false}')


class _Figures:
    """Something large that a file would be made of."""


def test_of_what_one_tab_was_offered_the_oldest_is_let_go(empty_store: Store, tabs: dict[str, dict[str, Any]]) -> None:
    who = sessions.check(empty_store, cookie_of(empty_store, make_account(empty_store, "observer")))
    assert who is not None
    kept = downloads.address(who, "file", "text/plain", lambda: b"")
    tabs["another"], tabs["here"] = tabs["here"], {}
    names = [downloads.address(who, f"file {n}", "text/plain", lambda: b"").split("/")[1] for n in range(100)]
    found = [downloads.find(who, name) is not None for name in names]
    assert not any(found[:-32]) and all(found[-32:])
    assert downloads.find(who, kept.split("/")[1]) is not None
    assert downloads.find(replace(who, session="another"), kept.split("/")[1]) is None


def test_an_offer_and_what_it_holds_go_with_the_tab(empty_store: Store, tabs: dict[str, dict[str, Any]]) -> None:
    cookie = cookie_of(empty_store, make_account(empty_store, "observer"))
    who = sessions.check(empty_store, cookie)
    assert who is not None

    def offer() -> tuple[str, weakref.ref[_Figures]]:
        figures = _Figures()
        return "/" + downloads.address(who, "file", "text/plain", lambda: type(figures).__name__.encode()), weakref.ref(
            figures
        )

    headers = {"cookie": f"{sessions.COOKIE}={cookie}"}
    mine, my_figures = offer()
    tabs["another"], tabs["here"] = tabs["here"], {}
    others, other_figures = offer()
    assert mine != others
    # Without a collection of the garbage: none is made after a run.
    gc.disable()
    try:
        del tabs["another"]
        assert my_figures() is None and other_figures() is not None
    finally:
        gc.enable()
    assert ask(APP, "GET", mine, **headers).status == 404
    assert ask(APP, "GET", others, **headers).body == b"_Figures"


def test_a_page_that_is_left_offers_nothing_more(empty_store: Store, tabs: dict[str, dict[str, Any]]) -> None:
    who = sessions.check(empty_store, cookie_of(empty_store, make_account(empty_store, "observer")))
    assert who is not None
    downloads.turn_to("cities")
    name = downloads.address(who, "file", "text/plain", lambda: b"").split("/")[1]
    downloads.turn_to("cities")
    assert downloads.find(who, name) is not None
    downloads.turn_to("lagging")
    assert downloads.find(who, name) is None
