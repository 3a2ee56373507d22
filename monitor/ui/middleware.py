"""What stands before every request: headers, the page's language, bounds on bodies, what only accounts may reach."""

import base64
import hashlib
import json
import re
import time
from functools import lru_cache
from html import escape
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from monitor import i18n, logs
from monitor.access.who import Who
from monitor.i18n import _
from monitor.store.trouble import explained
from monitor.ui import discreet, faults, foreign, navigation, runtime, signin
from monitor.ui.routes import DIRECTORY_COOKIE, signed_in

_UPLOAD: Final = "/_stcore/upload_file"
_CLOSED: Final = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
"""What Streamlit would tell anybody about the process, or let anybody drive pages with."""
_ACCOUNTS_ONLY: Final = (_UPLOAD, "/media/")
"""Where Streamlit serves or takes files without asking who is there."""
_DIRECTORY: Final = ("/auth/", "/oauth2callback")
"""Where Streamlit speaks with the directory of an office."""
_HOST: Final = "/_stcore/host-config"
_SERVED: Final = (
    "static", "_stcore", "component", "media", "download", "session", "assets", "healthz", "readyz", "favicon.svg", "favicon.png",
    "auth", "oauth2callback",
)  # fmt: skip
_PLENTY: Final = ("static", "assets", "favicon.svg", "favicon.png", "healthz", "readyz", "component")
_UPLOADING: Final = ("import", "settings", "file", "report")
"""Whom a page offers a place to hand files in."""
_OTHER_BODY: Final = 64 * 1024
_FRAMING: Final = 1024 * 1024  # what an upload is larger than its file
_HEADER_LINES: Final = 100
_VOUCHED_SECONDS: Final = 60  # what the directory said is in the browser for no longer: it opens a session at once

_HEAD: Final = b'<link rel="stylesheet" href="./assets/page.css"><script defer src="./assets/page.js"></script>'
"""What every page of ours brings along: see the heads of the two files."""

_INLINE_SCRIPT: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class Shell:
    """The middleware around everything that the program serves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if _of_another_page(WebSocket(scope, receive, send)):
                await send({"type": "websocket.close", "code": 1008})
            else:
                await self.app(scope, receive, discreet.telling(send))
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        answer = _with_headers(send, request)
        began, begun = time.perf_counter(), False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                _write_down(request, message["status"], began)
            await answer(message)

        try:
            await self._answered(request, receive, watched)
        except Exception as error:
            number = faults.number_of(error)
            if begun:
                raise
            trouble = explained(error)
            if trouble is not None:
                words = faults.numbered(trouble, number)
                refusal = PlainTextResponse(words, status_code=503, headers={"Retry-After": "10"})
            else:
                said = _("Something went wrong here. Please try again, or tell the administrator the number {number}.")
                refusal = PlainTextResponse(said.format(number=number), status_code=500)
            await refusal(scope, receive, watched)

    async def _answered(self, request: Request, receive: Receive, answer: Send) -> None:
        scope, path = request.scope, request.url.path
        who = await run_in_threadpool(signed_in, request) if path.startswith(_ACCOUNTS_ONLY) else None
        refusal = _refusal(request, who)
        if refusal is not None:
            await refusal(scope, receive, answer)
        elif _is_page(request):
            await self._page(scope, receive, answer)
        elif path == _HOST and request.method in ("GET", "HEAD"):
            await self._host(scope, receive, answer)
        else:
            await self.app(scope, _bounded(receive, _allowed(path, who)), answer)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Streamlit's page with our language, title and icon."""
        start, content = await self._whole(scope, receive)
        head = MutableHeaders(raw=start["headers"])
        if "text/html" in head.get("content-type", ""):
            language, menu = await run_in_threadpool(_expected, Request(scope))
            content = _ours(content, language, runtime.campaign().title, menu)
            head["Content-Security-Policy"] = _policy(content)
            head["Cache-Control"] = "no-store"
            for name in ("etag", "last-modified", "accept-ranges"):
                del head[name]
        await _answer(send, start, content, scope["method"])

    async def _host(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Whom the page listens to besides us: nobody. Streamlit would name the addresses of its own cloud."""
        start, content = await self._whole(scope, receive)
        if start["status"] == 200:
            content = json.dumps({**json.loads(content), "allowedOrigins": []}).encode()
        await _answer(send, start, content, scope["method"])

    async def _whole(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """The beginning of an answer and all of its body, uncompressed."""
        kept = ("accept-encoding", "if-none-match", "if-modified-since", "range")
        headers = [(name, value) for name, value in scope["headers"] if name.decode() not in kept]
        start: list[Message] = []
        body: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
            elif message["type"] == "http.response.body":
                body.append(message.get("body", b""))

        await self.app({**scope, "headers": headers, "method": "GET"}, receive, collect)
        return start[0], b"".join(body)


async def _answer(send: Send, start: Message, content: bytes, method: str) -> None:
    MutableHeaders(raw=start["headers"])["Content-Length"] = str(len(content))
    await send(start)
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else content})


def _write_down(request: Request, status: int, began: float) -> None:
    """A line of the log for a request: where to, never what for. Files of the page itself, and health while all is well,
    would drown the rest."""
    first = request.url.path.strip("/").split("/")[0]
    if status >= 400 or first not in _PLENTY:
        where = first if first in _SERVED or first in navigation.PAGES else "" if first else "page"
        ms = round((time.perf_counter() - began) * 1000)
        logs.write("request", method=request.method, to=where or "unknown", status=status, ms=ms)


def _refusal(request: Request, who: Who | None) -> Response | None:
    path = request.url.path
    if len(request.headers.raw) > _HEADER_LINES:
        return PlainTextResponse(_("Too large"), status_code=431)
    if path.startswith(_CLOSED) or (path.startswith(_DIRECTORY) and not signin.offers_directory()):
        return PlainTextResponse(_("Not found"), status_code=404)
    length = request.headers.get("content-length", "0")
    if path.startswith(_ACCOUNTS_ONLY) and who is None:
        return PlainTextResponse(_("Please sign in"), status_code=403)
    if path.startswith(_UPLOAD) and who and not any(who.may(action) for action in _UPLOADING):
        return PlainTextResponse(navigation.not_open(), status_code=403)
    if not length.isdigit() or int(length) > _allowed(path, who):
        return PlainTextResponse(_("Too large"), status_code=413)
    if path.strip("/") == navigation.START.key:
        # Streamlit knows the start page at the root alone; a link that writes its name means the same.
        return RedirectResponse("/" + (f"?{request.url.query}" if request.url.query else ""), status_code=307)
    if not _known(path):
        return HTMLResponse(_not_found(), status_code=404)
    return None


def _expected(request: Request) -> tuple[str, bool]:
    """The language of whoever asks, and whether a menu will stand beside the page. Blocks."""
    try:
        who = signed_in(request)
    except SQLAlchemyError:
        return i18n.language(), False  # the page itself says what is the matter, and comes back by itself
    menu = who is not None and not who.must_change and request.url.path.strip("/") != "wall"
    return (who.language if who else None) or i18n.language(), menu


def _allowed(path: str, who: Who | None) -> int:
    """Bytes that a body sent to this address may have. What is uploaded waits in memory: only who imports tables sends
    large files."""
    if not path.startswith(_UPLOAD) or who is None:
        return _OTHER_BODY
    campaign = runtime.campaign()
    most = campaign.intake.max_file_mb if who.may("import") else campaign.evidence.max_mb
    return most * 1024 * 1024 + _FRAMING


def _of_another_page(socket: WebSocket) -> bool:
    """Whether a page of another origin opened the connection. Streamlit looks, too, but lets in more than us, and asks
    a server on the internet for its own address first."""
    origin = socket.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != socket.headers.get("host")


def _is_page(request: Request) -> bool:
    first = request.url.path.strip("/")
    return request.method in ("GET", "HEAD") and (first in ("", "index.html") or first in navigation.PAGES)


def _known(path: str) -> bool:
    first = path.strip("/").split("/")[0]
    return path.strip("/") in navigation.PAGES or first in ("", "index.html", *_SERVED)


def _not_found() -> str:
    return (
        f'<!DOCTYPE html><html lang="{_lang(i18n.language())}"><meta charset="utf-8"><title>404</title>'
        f'<p>{escape(_("There is no such page."))}</p><p><a href="/">{escape(_("To the start page"))}</a></p></html>'
    )


def _lang(language: str) -> str:
    return language.replace("_", "-")


@lru_cache(maxsize=8)
def _ours(page: bytes, language: str, title: str, menu: bool) -> bytes:
    """Streamlit's index.html with our language, title and icon, and without its pointer to the agent interface. `menu`:
    whether to keep the room of a menu."""
    said = f'<html lang="{_lang(language)}"' + (" data-menu data-room" if menu else "")
    page = page.replace(b'<html lang="en"', said.encode(), 1)
    page = page.replace(b"<title>Streamlit</title>", f"<title>{escape(title)}</title>".encode(), 1)
    page = page.replace(b"./favicon.png", b"./favicon.svg")
    words = json.dumps(foreign.table(language), ensure_ascii=False).replace("<", "\\u003c")
    table = f'<script type="application/json" id="monitor-words">{words}</script>'.encode()
    page = page.replace(b"</head>", table + _HEAD + b"</head>", 1)
    return re.sub(rb'<link rel="service-desc"[^>]*>', b"", page)


@lru_cache(maxsize=8)
def _policy(page: bytes) -> str:
    """What the page may load: what we serve. Inline scripts: only those of the page itself, by their hash."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(page)
    )
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {hashes} 'wasm-unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def _with_headers(send: Send, request: Request) -> Send:
    secure = request.url.scheme == "https"
    back = request.url.path.startswith(_DIRECTORY)

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [_cookie(header, secure=secure, back=back) for header in message["headers"]]
            headers = MutableHeaders(raw=message["headers"])
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'self'; sandbox")
            if secure:
                headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        await send(message)

    return sending


def _cookie(header: tuple[bytes, bytes], *, secure: bool, back: bool) -> tuple[bytes, bytes]:
    """A header as it is; a cookie of Streamlit's only where the connection is safe, and what the directory said for a
    moment instead of a month."""
    name, value = header
    if name.lower() != b"set-cookie":
        return header
    if back and value.startswith(DIRECTORY_COOKIE.encode()) and b"max-age=0" not in value.lower():
        value = re.sub(rb"(?i);\s*(max-age|expires)=[^;]*", b"", value) + b"; Max-Age=%d" % _VOUCHED_SECONDS
    if secure and b"; secure" not in value.lower():
        value += b"; Secure"
    return name, value


def _bounded(receive: Receive, most: int) -> Receive:
    """The body, cut off beyond `most` bytes: a length that was announced wrongly, or not at all, helps nobody."""
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > most:
                return {"type": "http.disconnect"}
        return message

    return receiving
