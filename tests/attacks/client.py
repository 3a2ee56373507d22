"""A client that speaks Streamlit's protocol and keeps to no rule: it sends what no page of ours would send."""

import http.client
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.json_format import MessageToDict
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.RootContainer_pb2 import RootContainer
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

from monitor.access import sessions
from tests.ui.server import PATIENCE, Server


@dataclass
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str] = field(default_factory=list)


def request(
    server: Server,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    cookie: str | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """One request, byte for byte as it is given. `cookie`: the value of our session's cookie."""
    sent = dict(headers or {})
    if cookie is not None:
        sent["Cookie"] = f"{sessions.COOKIE}={cookie}"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request(method, path, body=body, headers=sent)
        answer = connection.getresponse()
        return Answer(
            answer.status,
            {name.lower(): value for name, value in answer.getheaders()},
            answer.read(),
            answer.headers.get_all("Set-Cookie") or [],
        )
    finally:
        connection.close()


def upload(server: Server, cookie: str, body: bytes = b"x") -> Answer:
    """Send a file as the page would, with the token that Streamlit wants: only who is signed in matters."""
    given = request(server, "GET", "/_stcore/health").cookies[0].split(";")[0]
    boundary = "----------------------------0123456789"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()
    return request(
        server, "PUT", "/_stcore/upload_file/a/b", body=part + body + f"\r\n--{boundary}--\r\n".encode(),
        headers={
            "Cookie": f"{given}; {sessions.COOKIE}={cookie}", "X-Xsrftoken": given.split("=", 1)[1],
            "Content-Type": f"multipart/form-data; boundary={boundary}", "Origin": server.address,
        },
    )  # fmt: skip


def words(value: Any) -> Iterator[str]:
    """Every text in a message."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words(inner)


@dataclass
class Run:
    """What the server sent for one run of a page."""

    messages: list[ForwardMsg]

    @property
    def said(self) -> str:
        """All that a person would read, and all that is hidden in it."""
        texts = "\n".join(text for message in self.messages for text in words(MessageToDict(message)))
        tables = b"\n".join(self._tables()).decode("utf-8", "ignore")
        return f"{texts}\n{tables}"

    def _tables(self) -> Iterator[bytes]:
        for message in self.messages:
            element = message.delta.new_element
            if element.WhichOneof("type") == "dataframe":
                yield element.dataframe.arrow_data.data

    def widgets(self) -> dict[str, tuple[str, Any]]:
        """Every widget on the page: its id, with its kind and what is said of it."""
        found = {}
        for message in self.messages:
            kind = message.delta.new_element.WhichOneof("type")
            if kind:
                proto = getattr(message.delta.new_element, kind)
                if getattr(proto, "id", ""):
                    found[proto.id] = (kind, proto)
        return found

    def beside(self) -> set[str]:
        """Those of its widgets that stand beside every page: in the menu."""
        shown = [
            message for message in self.messages if list(message.metadata.delta_path[:1]) == [RootContainer.SIDEBAR]
        ]
        return set(Run(shown).widgets())

    def fragments(self) -> set[str]:
        """The parts of the page that run without it."""
        return {message.delta.fragment_id for message in self.messages if message.delta.fragment_id}

    @property
    def shows_the_inside(self) -> bool:
        """Whether anything of the program's inside is to be read: a person in the worst case sees a number."""
        inside = re.search(r"Traceback|(?<!main)\.py\b|sqlalchemy|sqlite3|psycopg|\w+Error\b|SELECT ", self.said)
        return inside is not None or any(m.delta.new_element.WhichOneof("type") == "exception" for m in self.messages)

    @property
    def failed(self) -> bool:
        """Whether the page's script ended with an exception."""
        return (
            any(message.delta.new_element.WhichOneof("type") == "exception" for message in self.messages)
            or "编号" in self.said
        )


@dataclass
class Tab:
    """A tab that is open on a page."""

    connection: ClientConnection
    page: str
    query: str

    def run(self, *states: WidgetState, page: str | None = None, query: str | None = None, fragment: str = "") -> Run:
        """Ask for a run with these states of widgets, whoever made them up."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.query if query is None else query
        asked.rerun_script.page_name = self.page if page is None else page
        asked.rerun_script.fragment_id = fragment
        asked.rerun_script.widget_states.widgets.extend(states)
        self.connection.send(asked.SerializeToString())
        found: list[ForwardMsg] = []
        while True:
            message = ForwardMsg()
            received = self.connection.recv(timeout=PATIENCE)
            assert isinstance(received, bytes)
            message.ParseFromString(received)
            found.append(message)
            if message.WhichOneof("type") == "script_finished":
                return Run(found)


@contextmanager
def tab(
    server: Server, page: str, cookie: str | None = None, query: str = "", protocol: str = "", **headers: str
) -> Iterator[Tab]:
    """A tab opened at an address, with a cookie of whomever; `protocol`: the token that Streamlit's page would repeat."""
    sent = dict(headers)
    if cookie is not None:
        sent["Cookie"] = f"{sessions.COOKIE}={cookie}"
    with connect(
        f"ws://127.0.0.1:{server.port}/_stcore/stream", additional_headers=sent, max_size=None, proxy=None,
        subprotocols=["streamlit", protocol] if protocol else ["streamlit"],  # type: ignore[list-item]
    ) as connection:  # fmt: skip
        yield Tab(connection, page, query)


def state(widget: str, **value: Any) -> WidgetState:
    """What a widget is made to say: string_value=…, int_value=…, trigger_value=True …"""
    made = WidgetState(id=widget)
    for name, given in value.items():
        if name.endswith("_array_value"):
            getattr(made, name).data.extend(given)
        else:
            setattr(made, name, given)
    return made
