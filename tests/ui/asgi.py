"""Requests to an ASGI application without a server."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    app: ASGIApp,
    method: str,
    path: str,
    *,
    body: bytes = b"",
    query: str = "",
    scheme: str = "http",
    pieces: int = 1,
    **headers: str,
) -> Answer:
    """Send a request (underscores in header names become dashes); the body comes in `pieces`."""
    named = {"host": "monitor.example", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "scheme": scheme, "server": ("monitor.example", 80), "root_path": "",
        "client": ("10.1.2.3", 1234), "headers": [(k.encode(), v.encode("latin-1")) for k, v in named.items()],
    }  # fmt: skip
    size = max(1, -(-len(body) // pieces))
    chunks = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not chunks:
            return {"type": "http.disconnect"}
        chunk = chunks.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

    async def send(message: Any) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as elsewhere:  # a browser of the same session has a loop of its own in this thread
        elsewhere.submit(lambda: asyncio.run(app(scope, receive, send))).result()
    start = next(message for message in sent if message["type"] == "http.response.start")
    return Answer(
        start["status"],
        {name.decode(): value.decode("latin-1") for name, value in start["headers"]},
        b"".join(message.get("body", b"") for message in sent),
    )
