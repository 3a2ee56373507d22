"""Sign-in through an office's directory, with a directory that speaks the real protocol, and with ones that lie."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select

from monitor.access import manage, passwords, sessions
from monitor.store import Store
from monitor.store.schema import audit
from tests.attacks.client import request, state, tab
from tests.attacks.provider import SECRET, Provider, directory, serving_with
from tests.ui.server import Server, free_port
from tests.ui.support import PASSWORD

New = Callable[[], "Browser"]
INSIDE = "退出"
BUTTON = "统一身份认证"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with directory(free_port()) as running:
        yield running


@pytest.fixture(scope="module")
def linked(world: Store, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program, with that directory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "ROUNDS", 4)
        manage.add(world, "linked", "city", PASSWORD, unit_code="C1", directory_id="Sub-1", must_change=False)
    with serving_with(provider, world, tmp_path_factory.mktemp("directory"), BUTTON) as running:
        yield running


@pytest.fixture(autouse=True)
def _honest(provider: Provider) -> None:
    provider.subject, provider.forge, provider.sign_with_another_key = "Sub-1", lambda claims: claims, False


@pytest.fixture
def browser(linked: Server) -> Iterator[Callable[[], "Browser"]]:
    """A new browser, each time."""
    opened: list[Browser] = []

    def new() -> Browser:
        opened.append(Browser(linked))
        return opened[-1]

    yield new
    for one in opened:
        one.http.close()


@dataclass
class Browser:
    """Cookies and redirects as a browser has them."""

    server: Server
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, follow_redirects=False))

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Cookie": "; ".join(f"{one.name}={one.value}" for one in self.http.cookies.jar),
            "Origin": self.server.address,
        }

    def page(self, page: str = "", query: str = "", *, press: str = "") -> Any:
        """The page as it comes; with a button pressed."""
        self.http.get(f"{self.server.address}/_stcore/health")
        token = self.http.cookies.get("_streamlit_xsrf") or ""
        with tab(self.server, page, None, query, protocol=token, **self.headers) as here:
            run = here.run()
            if press:
                widget = next(widget for widget in run.widgets() if widget.endswith(f"-{press}"))
                run = here.run(state(widget, trigger_value=True))
            return run

    def to_the_directory(self) -> str:
        """Press the button; the address at the directory that this leads to."""
        said = self.page(press="directory")
        url = next(m.auth_redirect.url for m in said.messages if m.WhichOneof("type") == "auth_redirect")
        answer = self.http.get(self.server.address + url)
        assert answer.status_code == 302
        return answer.headers["location"]

    def back(self) -> httpx.Response:
        """Through the directory and back: the answer of our address for that."""
        there = self.http.get(self.to_the_directory())
        assert there.headers["location"].startswith(f"{self.server.address}/oauth2callback?")
        return self.http.get(there.headers["location"])

    def ticket(self) -> str | None:
        """What the sign-in page hands to the browser after the way back."""
        found = re.search(r'data-ticket="([^"]+)"', self.page().said)
        return found.group(1) if found else None

    def hand_in(self, ticket: str) -> httpx.Response:
        return self.http.post(
            f"{self.server.address}/session/open", data={"ticket": ticket}, headers={"Origin": self.server.address}
        )


def _refusals(store: Store) -> list[tuple[str, Any]]:
    with store.connect() as connection:
        rows = connection.execute(select(audit).where(audit.c.action == "sign_in_refused").order_by(audit.c.id))
        return [(row.actor, row.detail["reason"]) for row in rows]


def test_the_way_in_ends_with_a_session_of_ours_alone(browser: New, linked: Server, world: Store) -> None:
    here = browser()
    assert BUTTON in here.page().said
    back = here.back()
    assert (back.status_code, back.headers["location"]) == (302, "/")
    for cookie in back.headers.get_list("set-cookie"):
        if cookie.startswith("_streamlit_user") and 'user=""' not in cookie:
            assert "Max-Age=60" in cookie and "HttpOnly" in cookie
    copied = dict(here.http.cookies)
    ticket = here.ticket()
    assert ticket
    answer = here.hand_in(ticket)
    assert answer.status_code == 204 and not any(name.startswith("_streamlit_user") for name in here.http.cookies)
    ours = here.http.cookies[sessions.COOKIE]
    assert INSIDE in here.page("cities", "unit=C1").said
    # What a thief of Streamlit's cookie has opens nothing: it was good once.
    thief = browser()
    thief.http.cookies.update({name: value for name, value in copied.items() if name.startswith("_streamlit_user")})
    assert thief.ticket() is None and _refusals(world)[-1] == ("", "replayed")
    who = sessions.check(world, ours)
    assert who is not None and who.name == "linked"
    sessions.end(world, who)
    assert INSIDE not in here.page("cities", "unit=C1").said


def test_whom_nobody_linked_sees_a_sentence_and_no_rows(
    browser: New, linked: Server, provider: Provider, world: Store
) -> None:
    provider.subject = "somebody-else"
    here = browser()
    here.back()
    said = here.page("cities", "unit=C1").said
    assert "统一身份认证已通过，但没有对应的账号可用" in said and "单位K1" not in said and INSIDE not in said
    assert _refusals(world)[-1] == ("", "unknown")


def test_a_disabled_account_stays_shut(browser: New, linked: Server, world: Store) -> None:
    manage.set_disabled(world, "linked", True)
    try:
        here = browser()
        here.back()
        assert here.ticket() is None and _refusals(world)[-1] == ("linked", "disabled")
    finally:
        manage.set_disabled(world, "linked", False)


LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "for another program": lambda claims: {**claims, "aud": "another"},
    "of another directory": lambda claims: {**claims, "iss": "http://127.0.0.1:1"},
    "for another sign-in": lambda claims: {**claims, "nonce": "another"},
    "without its nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "expired": lambda claims: {**claims, "exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
    "of an hour ago": lambda claims: {**claims, "iat": int(time.time()) - 3600},
    "without a subject": lambda claims: {name: value for name, value in claims.items() if name != "sub"},
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_vouched_for_wrongly_opens_nothing(browser: New, lie: str, linked: Server, provider: Provider) -> None:
    provider.forge = LIES[lie]
    here = browser()
    here.back()
    assert here.ticket() is None


def test_what_another_key_has_signed_opens_nothing(browser: New, linked: Server, provider: Provider) -> None:
    provider.sign_with_another_key = True
    here = browser()
    assert not any(name.startswith("_streamlit_user") for name in here.back().cookies)
    assert here.ticket() is None


def test_a_way_back_that_this_browser_has_not_begun_opens_nothing(browser: New, linked: Server) -> None:
    """Signing somebody in as oneself: a link that holds one's own code."""
    mine, victim = browser(), browser()
    link = mine.http.get(mine.to_the_directory()).headers["location"]
    victim.http.get(link)
    assert victim.ticket() is None
    assert mine.http.get(link).status_code == 302 and mine.ticket()
    again = browser()
    again.http.get(link)
    assert again.ticket() is None


@pytest.mark.parametrize("secret", ["", "guessed", SECRET])
def test_a_cookie_of_streamlit_s_that_was_made_by_hand_opens_nothing(browser: New, secret: str, linked: Server) -> None:
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    said = (
        f'{{"iss": "x", "sub": "Sub-1", "iat": {int(time.time())}, "is_logged_in": true, "origin": "{linked.address}"}}'
    )
    here = browser()
    here.http.cookies.set("_streamlit_user", create_signed_value(secret or "x", "_streamlit_user", said).decode())
    assert here.ticket() is None


def test_no_address_of_elsewhere_is_led_to(browser: New, linked: Server) -> None:
    for path in ("/auth/login?provider=x", "/auth/login?next=//evil.example", "/oauth2callback?error=x&state=//evil"):
        location = request(linked, "GET", path).headers.get("location", "/")
        assert urlsplit(location).netloc == "" and location == "/"


def test_without_a_directory_there_is_no_way(server: Server, tmp_path: Path) -> None:
    with tab(server, "") as here:
        assert BUTTON not in here.run().said
    for path in ("/auth/login", "/auth/logout", "/oauth2callback"):
        assert request(server, "GET", path).status == 404
