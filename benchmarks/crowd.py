"""Many people at once: a server of the program, accounts of every unit, and clients that speak Streamlit's protocol.

What load.py and soak.py share.
"""

import asyncio
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from monitor.access import manage, passwords, sessions
from monitor.campaign import PROJECT
from monitor.store import Store, accounts

PATIENCE = 120.0  # seconds that a client waits for an answer before it counts as an error
_PASSWORD = "Yanshi-2016"  # of accounts of a store that this benchmark made for itself
_LINK = re.compile(r"download/[0-9a-f]{32}/[^\"\s\\]+")


@dataclass(frozen=True)
class Person:
    """An account that is signed in: the cookie of its session."""

    name: str
    role: str
    cookie: str


def people(store: Store) -> list[Person]:
    """An account of every city, county and university of the campaign, each signed in."""
    sessions.ensure_key(store)
    patience, passwords.ROUNDS = passwords.ROUNDS, 4  # making hundreds of accounts is not what is measured
    with store.connect() as connection:
        units = connection.execute(
            text(
                "SELECT code, kind FROM unit WHERE kind IN ('city', 'county', 'university') AND successor_id IS NULL"
                " AND closed IS NULL ORDER BY id"
            )
        ).all()
    found = []
    for code, kind in units:
        name = f"crowd-{code}".lower()
        with store.connect() as connection:
            known = accounts.find(connection, name)
        if known is None:
            manage.add(store, name, kind, _PASSWORD, unit_code=code, must_change=False)
        found.append(signed_in(store, name, kind))
    passwords.ROUNDS = patience
    return found


def signed_in(store: Store, name: str, role: str) -> Person:
    """A new session of an account, as the sign-in gives it."""
    with store.begin() as connection:
        ticket = sessions.ticket(connection, name, datetime.now(UTC), store.campaign.security)
    cookie = sessions.redeem(store, ticket)
    assert cookie
    return Person(name, role, cookie)


# ---- servers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]

    def status(self, name: str) -> int:
        """A number of /proc/PID/status: VmRSS (kB), Threads."""
        said = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+)", said, re.MULTILINE).group(1))  # type: ignore[union-attr]

    @property
    def megabytes(self) -> float:
        """Memory in use."""
        return self.status("VmRSS") / 1024

    @property
    def files(self) -> int:
        """Open files and sockets."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    @property
    def cpu_seconds(self) -> float:
        """Processor time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(arguments: list[str], folder: Path, port: int, environment: dict[str, str]) -> Iterator[Server]:
    """A server process, ready."""
    with (folder / f"server-{port}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=folder if "-c" in arguments else PROJECT, stdout=log,
            stderr=subprocess.STDOUT, env={**os.environ, **environment},
        )  # fmt: skip
        try:
            _wait(process, port, "/_stcore/health")
            yield Server(port, process)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    for _turn in range(400):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
        assert process.poll() is None, "the server ended"
    raise AssertionError("the server did not become ready")


def program(folder: Path, port: int, store: Store) -> "contextmanager[Server]":  # type: ignore[valid-type]
    """The program."""
    url = store.engine.url.render_as_string(hide_password=False)
    return serving(["-m", "monitor", "serve", "--port", str(port)], folder, port, {"MONITOR_DATABASE_URL": url})


def empty_page(folder: Path, port: int) -> "contextmanager[Server]":  # type: ignore[valid-type]
    """An empty Streamlit page, with the program's own settings of Streamlit and of uvicorn."""
    shutil.copytree(PROJECT / ".streamlit", folder / ".streamlit", dirs_exist_ok=True)
    (folder / "script").mkdir(exist_ok=True)
    (folder / "script" / "empty.py").write_text("import streamlit as st\nst.write('empty')\n")
    (folder / "empty_app.py").write_text("import streamlit as st\napp = st.App('script/empty.py')\n")
    code = (
        f"import sys; sys.path[:0] = [{str(PROJECT)!r}, {str(folder)!r}]\n"
        f"from monitor.cli.serving import run; run('empty_app:app', {str(folder)!r}, '127.0.0.1', {port}, '127.0.0.1')"
    )
    return serving(["-c", code], folder, port, {})


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ---- clients -----------------------------------------------------------------------------------------------------


@dataclass
class Watch:
    """What clients saw: seconds of every run by what was asked, when it ended, and what went wrong."""

    runs: list[tuple[str, float, float]] = field(default_factory=list)  # what, when it ended, seconds
    errors: Counter[str] = field(default_factory=Counter)
    links: list[str] = field(default_factory=list)

    def seconds(self, what: str = "", since: float = 0, until: float = float("inf")) -> list[float]:
        """Seconds of the runs of a kind ("" for all) that ended in a time."""
        return sorted(spent for name, at, spent in self.runs if name.startswith(what) and since <= at <= until)


class Client:
    """One browser tab."""

    def __init__(self, port: int, watch: Watch, person: Person | None = None) -> None:
        self.port, self.watch, self.person = port, watch, person
        self.connection: ClientConnection | None = None
        self.widgets: dict[str, str] = {}  # id of a button by its key

    async def __aenter__(self) -> "Client":
        headers = {"Cookie": f"{sessions.COOKIE}={self.person.cookie}"} if self.person else {}
        self.connection = await connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream", additional_headers=headers, max_size=None, proxy=None,
            subprotocols=["streamlit"], open_timeout=PATIENCE,  # type: ignore[list-item]
        )  # fmt: skip
        return self

    async def __aexit__(self, *_exception: object) -> None:
        if self.connection is not None:
            await self.connection.close()

    async def visit(self, page: str, query: str = "", *, first: bool = False) -> None:
        """Run a page ("" for the start page), and note how long it took and what was wrong with it."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_script_hash = calc_hash(page) if page else ""
        start = time.monotonic()
        try:
            await asyncio.wait_for(self._run(asked), PATIENCE)
        except (TimeoutError, OSError, WebSocketException, AssertionError) as error:
            self.watch.errors[f"{page or 'start'}: {type(error).__name__} {error}"[:200]] += 1
        end = time.monotonic()
        self.watch.runs.append((f"{'first ' if first else ''}{page or 'start'}", end, end - start))

    async def press(self, key: str, page: str = "filings") -> None:
        """Press the button with this key on a page that was visited."""
        asked = BackMsg()
        asked.rerun_script.page_script_hash = calc_hash(page)
        widget = asked.rerun_script.widget_states.widgets.add()
        widget.id = self.widgets[key]
        widget.trigger_value = True
        await asyncio.wait_for(self._run(asked), PATIENCE)

    async def _run(self, asked: BackMsg) -> None:
        assert self.connection is not None
        await self.connection.send(asked.SerializeToString())
        while True:
            received = await self.connection.recv()
            assert isinstance(received, bytes)
            message = ForwardMsg.FromString(received)
            kind = message.WhichOneof("type")
            if kind == "delta":
                self._look(message)
            elif kind == "script_finished":
                finished = message.script_finished
                # A page that sends the browser on to another one is run early again.
                if finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                assert finished == ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.ScriptFinishedStatus.Name(finished)
                return

    def _look(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception" or (kind == "alert" and element.alert.icon == ":material/error:"):
            self.watch.errors[str(element)[:200]] += 1
        elif kind == "button":
            self.widgets[element.button.id.split("-", 2)[2]] = element.button.id  # $$ID-<hash>-<key>
        elif kind == "link_button":
            self.watch.links += _LINK.findall(element.link_button.url)


def thinking(seconds: float) -> float:
    """Seconds between two clicks: on average so long, never in step with others."""
    return random.expovariate(1 / seconds)
