"""The program served by a real process, and a client that speaks Streamlit's protocol without a browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from monitor.access import sessions
from monitor.campaign import PROJECT
from monitor.store import Store
from tests.databases import address

PATIENCE = 90


OURS = ("monitor", "serve", "--port")
WATCHED = ("tests.ui.watched", "--port")
BY_STREAMLIT = ("streamlit", "run", "app.py", "--server.headless=true", "--server.port")


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    """A port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


@contextmanager
def serving(
    store: Store, folder: Path, port: int = 0, *, started: Sequence[str] = OURS, **variables: str
) -> Iterator[Server]:
    """A fresh process that serves the store; nobody has asked it for anything but whether it is ready. `variables` of
    its environment come on top of ours; `started`: by which module and how, the port follows."""
    port = port or free_port()
    log = folder / f"server-{port}.log"
    environment = {**os.environ, "MONITOR_DATABASE_URL": address(store)}
    environment |= variables
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *started, str(port)],
            cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait(process, port, log)
            yield Server(port, log)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
        assert process.poll() is None, log.read_text()
    raise AssertionError(f"the server did not become ready: {log.read_text()}")


def run_page(
    server: Server, page: str, *, query: str = "", cookie: str | None = None, page_hash: str = "", again: str = ""
) -> list[ForwardMsg]:
    """Everything that the server sends for one run of a page, as a browser that opens its address would ask.

    `again` is the key of an earlier connection, as a browser names it that was cut off.
    """
    headers = {"Cookie": f"{sessions.COOKIE}={cookie}"} if cookie is not None else {}
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = page
    asked.rerun_script.page_script_hash = page_hash
    found: list[ForwardMsg] = []
    with connect(
        f"ws://127.0.0.1:{server.port}/_stcore/stream", additional_headers=headers, max_size=None, proxy=None,
        subprotocols=["streamlit", "none", again] if again else ["streamlit"],  # type: ignore[list-item]
    ) as connection:  # fmt: skip
        connection.send(asked.SerializeToString())
        while True:
            message = ForwardMsg()
            received = connection.recv(timeout=PATIENCE)
            assert isinstance(received, bytes)
            message.ParseFromString(received)
            found.append(message)
            if message.WhichOneof("type") == "script_finished":
                return found


def everything_said(messages: list[ForwardMsg]) -> str:
    """All that was sent, as text."""
    return "\n".join(str(message) for message in messages).encode().decode("unicode_escape").encode("latin-1").decode()
