"""The routes beside Streamlit's: the session's cookie, downloads, health."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from monitor.access import sessions
from monitor.access.who import Who
from monitor.i18n import _
from monitor.ui import downloads, guide, runtime

_ASSETS: Final = Path(__file__).with_name("assets")
_SMALL: Final = 4096
DIRECTORY_COOKIE: Final = "_streamlit_user"
"""How the cookies begin in which Streamlit keeps what a directory said."""


_downloads: Final = CapacityLimiter(4)
"""Files that are made at the same time: however many are asked for, threads are left for everything else."""


def signed_in(request: Request) -> Who | None:
    """Who the request's cookie belongs to. Blocks: call it in a thread."""
    who = sessions.check(runtime.store(), request.cookies.get(sessions.COOKIE))
    return None if who is None or who.must_change else who


def _same_origin(request: Request) -> bool:
    """Whether a page of ours sent the request: a browser says where a POST comes from."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


async def open_session(request: Request) -> Response:
    """A ticket against the session's cookie."""
    if not _same_origin(request):
        return Response(status_code=403)
    ticket = str((await request.form(max_files=0, max_fields=4)).get("ticket", ""))[:_SMALL]
    cookie = await run_in_threadpool(sessions.redeem, runtime.store(), ticket)
    if cookie is None:
        return Response(status_code=403)
    answer = Response(status_code=204)
    # Without an age: it goes when the browser is closed. Idle time and age are counted in the store.
    answer.set_cookie(
        sessions.COOKIE, cookie, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
    _forget_directory(answer, request)
    return answer


def _forget_directory(answer: Response, request: Request) -> None:
    """Take along what the directory said: it has opened this session, and opens no other."""
    for name in request.cookies:
        if name.startswith(DIRECTORY_COOKIE):
            answer.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")


async def close_session(request: Request) -> Response:
    """The session ends and its cookie goes."""
    if not _same_origin(request):
        return Response(status_code=403)

    def end() -> None:
        store = runtime.store()
        who = sessions.check(store, request.cookies.get(sessions.COOKIE), used=False)
        if who is not None:
            sessions.end(store, who)

    await run_in_threadpool(end)
    answer = Response(status_code=204, headers={"Clear-Site-Data": '"cache", "storage"'})
    _forget_directory(answer, request)
    answer.delete_cookie(sessions.COOKIE, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return answer


async def download(request: Request) -> Response:
    """A file that a page offered to this very session."""
    who = await run_in_threadpool(signed_in, request)
    found = downloads.find(who, request.path_params["key"]) if who else None
    if who is None or found is None:
        words = _("This file is no longer available; open its page again.") if who else _("Please sign in")
        return PlainTextResponse(words, status_code=404 if who else 403)
    content = await to_thread.run_sync(downloads.produced, who, found, limiter=_downloads)
    return Response(
        content,
        media_type=found.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file)}",
            "Cache-Control": "no-store",
        },
    )


async def alive(request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"alive": True})


async def ready(request: Request) -> Response:
    """The store answers too."""
    answered = await run_in_threadpool(runtime.answers)
    return Response(
        json.dumps({"ready": answered}), status_code=200 if answered else 503, media_type="application/json"
    )


def _asset(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        return FileResponse(_ASSETS / name, media_type=media_type)

    return serve


async def style(request: Request) -> Response:
    """What every page brings along, with the room of the guide's pictures."""
    return Response((_ASSETS / "page.css").read_text(encoding="utf-8") + guide.rooms(), media_type="text/css")


ROUTES: Final = [
    Route("/session/open", open_session, methods=["POST"]),
    Route("/session/close", close_session, methods=["POST"]),
    Route("/session/bridge.js", _asset("bridge.js", "text/javascript")),
    Route("/assets/page.css", style),
    Route("/assets/page.js", _asset("page.js", "text/javascript")),
    Route("/assets/autosave.js", _asset("autosave.js", "text/javascript")),
    Route("/favicon.svg", _asset("favicon.svg", "image/svg+xml")),
    Route("/favicon.png", _asset("favicon.svg", "image/svg+xml")),  # the name that Streamlit's page asks for
    Route("/download/{key}/{file}", download),
    Route("/healthz", alive),
    Route("/readyz", ready),
]
