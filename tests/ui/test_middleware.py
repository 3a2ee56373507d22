"""What stands before every request."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send
from streamlit import file_util

from monitor.access import passwords, sessions
from monitor.store import Store
from monitor.ui import navigation, runtime
from monitor.ui.middleware import Shell
from tests.databases import address
from tests.ui.asgi import ask
from tests.ui.support import cookie_of, make_account

HTML = "text/html,application/xhtml+xml"
PAGE = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")


async def _inner(scope: Scope, receive: Receive, send: Send) -> None:
    """What lies behind: Streamlit's page for GET, the length of the body otherwise."""
    request = Request(scope, receive)
    if request.method == "GET":
        await HTMLResponse(PAGE, headers={"ETag": "x"})(scope, receive, send)
        return
    try:
        body = await request.body()
    except Exception:  # the client is gone: that is how a body without end is cut off
        await Response(status_code=400)(scope, receive, send)
        return
    await Response(str(len(body)))(scope, receive, send)


APP = Shell(_inner)


@pytest.fixture(autouse=True)
def _served(monkeypatch: pytest.MonkeyPatch, empty_store: Store) -> Iterator[None]:
    monkeypatch.setattr(passwords, "ROUNDS", 4)
    monkeypatch.setenv("MONITOR_DATABASE_URL", address(empty_store))
    sessions.ensure_key(empty_store)
    yield
    sessions.settle()
    runtime.close()


@pytest.mark.parametrize("path", ["/", *(f"/{page.key}" for page in navigation.REGISTRY[1:])])
def test_a_page_is_in_our_language_and_bounded_in_what_it_loads(path: str, empty_store: Store) -> None:
    answer = ask(APP, "GET", path, accept=HTML, accept_encoding="gzip", if_none_match="x")
    page = answer.body.decode()
    assert answer.status == 200
    assert '<html lang="zh-CN"' in page and 'lang="en"' not in page
    assert f"<title>{empty_store.campaign.title}</title>" in page
    assert "service-desc" not in page and "favicon.png" not in page
    assert int(answer.headers["content-length"]) == len(answer.body)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert "'unsafe-inline'" not in policy["script-src"] and "'unsafe-eval'" not in policy["script-src"]
    assert policy["default-src"] == "'self'" and policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("path", ["/", "/nothing", "/_stcore/metrics", "/media/x", "/static/x"])
def test_every_answer_has_the_security_headers(path: str) -> None:
    headers = ask(APP, "GET", path, accept=HTML).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin"
    assert "content-security-policy" in headers
    assert "strict-transport-security" not in headers
    assert "strict-transport-security" in ask(APP, "GET", path, accept=HTML, scheme="https").headers


@pytest.mark.parametrize("path", ["/nope", "/pages/overview.py", "/app.py", "/config.toml", "/account/x", "/.git/HEAD"])
def test_other_addresses_are_not_found(path: str) -> None:
    answer = ask(APP, "GET", path, accept=HTML)
    assert answer.status == 404 and "没有这个页面" in answer.body.decode()


def test_the_start_page_by_its_name_leads_to_the_root() -> None:
    answer = ask(APP, "GET", f"/{navigation.START.key}", query="as_of=2016-11-25&unit=C1", accept=HTML)
    assert (answer.status, answer.headers["location"]) == (307, "/?as_of=2016-11-25&unit=C1")


@pytest.mark.parametrize(
    "path", [f"/_stcore/{name}" for name in ("metrics", "agent/openapi.json", "agent/interact", "script-health-check")]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_streamlit_tells_about_the_process_is_closed(method: str, path: str) -> None:
    assert ask(APP, method, path).status == 404


@pytest.mark.parametrize(("method", "path"), [("PUT", "/_stcore/upload_file/a/b"), ("GET", "/media/file.csv")])
def test_files_are_for_who_is_signed_in(method: str, path: str, empty_store: Store) -> None:
    assert ask(APP, method, path).status == 403
    assert ask(APP, method, path, cookie=f"{sessions.COOKIE}=forged").status == 403
    cookie = cookie_of(empty_store, make_account(empty_store, "administrator"))
    assert ask(APP, method, path, cookie=f"{sessions.COOKIE}={cookie}").status == 200


def test_a_body_is_bounded_whatever_length_it_announces() -> None:
    large = b"x" * (64 * 1024 + 1)
    assert ask(APP, "POST", "/session/open", body=large, content_length=str(len(large))).status == 413
    assert ask(APP, "POST", "/session/open", body=large, content_length="-1").status == 413
    assert ask(APP, "POST", "/session/open", body=large, pieces=9).status == 400
    assert ask(APP, "POST", "/session/open", body=large[:-1], pieces=9).body == b"65536"


def test_an_upload_may_be_as_large_as_the_campaign_allows(empty_store: Store) -> None:
    cookie = cookie_of(empty_store, make_account(empty_store, "administrator"))
    most = empty_store.campaign.intake.max_file_mb * 1024 * 1024
    headers = {"cookie": f"{sessions.COOKIE}={cookie}"}
    assert ask(APP, "PUT", "/_stcore/upload_file/a/b", content_length=str(most), **headers).status == 200
    assert ask(APP, "PUT", "/_stcore/upload_file/a/b", content_length=str(most * 2), **headers).status == 413


def test_who_imports_no_tables_sends_no_large_files(empty_store: Store) -> None:
    cookie = cookie_of(empty_store, make_account(empty_store, "province_schools"))
    most, headers = empty_store.campaign.evidence.max_mb * 1024 * 1024, {"cookie": f"{sessions.COOKIE}={cookie}"}
    assert ask(APP, "PUT", "/_stcore/upload_file/a/b", content_length=str(most), **headers).status == 200
    assert ask(APP, "PUT", "/_stcore/upload_file/a/b", content_length=str(most * 2), **headers).status == 413
    assert ask(APP, "PUT", "/_stcore/upload_file/a/b", body=b"x" * (most * 2), pieces=99, **headers).status == 400


async def _giving(scope: Scope, receive: Receive, send: Send) -> None:
    """What lies behind gives cookies, as Streamlit does."""
    answer = Response()
    answer.set_cookie("_streamlit_xsrf", "x", samesite="lax")
    answer.set_cookie("_streamlit_user", "x", max_age=2_592_000, httponly=True)
    await answer(scope, receive, send)


def test_cookies_are_safe_where_the_connection_is() -> None:
    for scheme in ("http", "https"):
        answer = ask(Shell(_giving), "GET", "/_stcore/health", scheme=scheme)
        assert ("; secure" in answer.headers["set-cookie"].lower()) == (scheme == "https")


def test_an_error_behind_is_told_by_its_number(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("what is inside, of 11010519491231002X")

    answer = ask(Shell(broken), "GET", "/healthz")
    said = answer.body.decode()
    assert answer.status == 500 and "inside" not in said and "nosniff" in answer.headers["x-content-type-options"]
    number = re.search(r"[0-9a-f]{8}", said)
    assert (
        number and number.group() in caplog.text and "what is inside" in caplog.text and "11010519" not in caplog.text
    )
