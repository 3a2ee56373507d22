"""Sending: quiet hours, limits, one at a time; mail and robots received by servers of the test's own."""

import base64
import email
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from monitor.chase import channels, sending
from monitor.sections import Mail, Robot
from monitor.store import Scope, Store, audit, chases
from tests.chase.world import entries, file_report, moment, office, refresh
from tests.pages.world import LAST, fill

NOVEMBER = "2016-11-28 09:00"


def settings(store: Store, **changes: Any) -> None:
    """Change [chase] of the store's campaign."""
    changed = store.campaign.chase.model_copy(update=changes)
    store.campaign = store.campaign.model_copy(update={"chase": changed})


def order(store: Store, channel: str, clock: str = NOVEMBER, code: str | None = None) -> sending.Order:
    unit = office(store, code)
    scope = Scope(roots=frozenset({unit.id}), sectors=frozenset({"schools"}))
    return sending.Order(
        unit, channel, "tester", scope, moment(store, NOVEMBER), LAST, lambda: moment(store, clock),
        lambda _connection, _scope, unit_id: f"u{unit_id}@example.cn",
    )  # fmt: skip


def drafts(store: Store, code: str | None = None) -> list[int]:
    return [row["id"] for row in entries(store, code) if row["state"] == "draft"]


# ---- when --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [
        ("2016-11-28 08:29:59", True),
        ("2016-11-28 08:30", False),
        ("2016-11-28 17:59:59", False),
        ("2016-11-28 18:00", True),
        ("2016-11-26 10:00", True),  # Saturday
        ("2016-10-08 10:00", False),  # a Saturday that is worked
        ("2016-10-03 10:00", True),  # a Monday off
        ("2031-01-04 10:00", True),  # a Saturday beyond the published calendar
        ("2031-01-06 10:00", False),
    ],
)
def test_quiet_hours(empty_store: Store, clock: str, quiet: bool) -> None:
    assert sending.quiet(empty_store.campaign, moment(empty_store, clock)) is quiet


# ---- mail --------------------------------------------------------------------------------------------------------


class Box:
    """What a mail server has received."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], email.message.EmailMessage]] = []
        self.refuse = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuse:
            return "550 5.7.1 refused"
        self.mails.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Box, int]]:
    """A mail server that wants a password; the box and its port."""
    monkeypatch.setenv(channels.PASSWORD_VARIABLE, "right")

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = data.login == b"office" and data.password == b"right"
        return AuthResult(success=right, handled=False)  # the server itself says what it thinks of it

    inbox = Box()
    with socket.socket() as probe:  # the library asks its own server at the port that it was given
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, authenticator=check, auth_require_tls=False)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()


def with_mail(store: Store, port: int, user: str = "office") -> None:
    settings(store, mail=Mail(host="127.0.0.1", port=port, security="none", sender="jindu@example.cn", user=user))


def test_mail_arrives_once_and_is_never_sent_again(store: Store, box: tuple[Box, int]) -> None:
    inbox, port = box
    fill(store)
    with_mail(store, port)
    refresh(store, NOVEMBER)
    wanted = {row["id"]: row for row in entries(store)}
    assert channels.offered(store.campaign) == ["mail"]
    settings(store, most_per_unit=9)
    assert sending.send(store, order(store, "mail"), list(wanted)).sent == len(wanted)
    again = sending.send(store, order(store, "mail"), list(wanted))
    assert again.sent == 0 and set(again.kept) == set(wanted)
    assert refresh(store, NOVEMBER).drafted == 0
    assert len(inbox.mails) == len(wanted)
    for (to, mail), row in zip(inbox.mails, wanted.values(), strict=True):
        assert to == [f"u{row['unit_id']}@example.cn"]
        assert mail.get_content().strip().replace("\r\n", "\n") == row["text"]
        assert mail["From"] == "jindu@example.cn" and mail["Auto-Submitted"] == "auto-generated"
    with store.connect() as connection:
        assert audit.broken_at(connection) is None


def test_one_who_has_filed_meanwhile_is_not_told(empty_store: Store, box: tuple[Box, int]) -> None:
    inbox, port = box
    fill(empty_store)
    with_mail(empty_store, port)
    refresh(empty_store, NOVEMBER)
    file_report(empty_store, "C2", "2016-11", "2016-11-28 08:00")
    november = [row["id"] for row in entries(empty_store) if row["obligation"] == "filing:2016-11"]
    result = sending.send(empty_store, order(empty_store, "mail"), november)
    assert result.sent == 1 and len(result.kept) == 1 and len(inbox.mails) == 1


def test_what_comes_in_while_others_are_told_is_not_asked_for(store: Store, box: tuple[Box, int]) -> None:
    inbox, port = box
    fill(store)
    with_mail(store, port)
    refresh(store, NOVEMBER)
    ids = [row["id"] for row in entries(store) if row["obligation"] in ("filing:2016-11", "filing:2016-10")]
    settings(store, most_per_unit=9)
    late = {row["id"]: row for row in entries(store)}[ids[-1]]

    def meanwhile(number: int, of: int) -> None:
        if number == 1:
            code = "C1" if late["unit_id"] == office(store, "C1").id else "C2"
            file_report(store, code, late["obligation"].partition(":")[2], "2016-11-28 08:59")

    result = sending.send(store, order(store, "mail"), ids, meanwhile)
    assert result.sent == len(ids) - 1 == len(inbox.mails) and set(result.kept) == {ids[-1]}
    assert late["text"] not in [mail.get_content().strip().replace("\r\n", "\n") for _to, mail in inbox.mails]


def test_quiet_hours_that_begin_meanwhile_stop_the_rest(empty_store: Store, box: tuple[Box, int]) -> None:
    inbox, port = box
    fill(empty_store)
    with_mail(empty_store, port)
    refresh(empty_store, NOVEMBER)
    clock = [moment(empty_store, "2016-11-28 17:59")]
    evening = replace(order(empty_store, "mail"), now=lambda: clock[0])
    later = moment(empty_store, "2016-11-28 18:00")
    ids = drafts(empty_store)
    result = sending.send(empty_store, evening, ids, lambda _number, _of: clock.__setitem__(0, later))
    assert result.sent == 1 == len(inbox.mails) and set(result.kept) == set(ids[1:])


def test_limits_a_unit_and_a_day(empty_store: Store, box: tuple[Box, int]) -> None:
    inbox, port = box
    fill(empty_store)
    with_mail(empty_store, port)
    refresh(empty_store, NOVEMBER)
    settings(empty_store, most_per_unit=1)
    ids = drafts(empty_store)
    units = {row["unit_id"] for row in entries(empty_store)}
    result = sending.send(empty_store, order(empty_store, "mail"), ids)
    assert result.sent == len(units) < len(ids)
    settings(empty_store, most_per_unit=9, most_per_day=len(units))
    assert sending.send(empty_store, order(empty_store, "mail"), list(result.kept)).sent == 0
    next_day = order(empty_store, "mail", "2016-11-29 09:00")
    assert sending.send(empty_store, next_day, list(result.kept)).sent > 0
    assert len(inbox.mails) > len(units)


def test_quiet_hours_send_nothing(empty_store: Store, box: tuple[Box, int]) -> None:
    inbox, port = box
    fill(empty_store)
    with_mail(empty_store, port)
    refresh(empty_store, NOVEMBER)
    result = sending.send(empty_store, order(empty_store, "mail", "2016-11-28 21:00"), drafts(empty_store))
    assert result.sent == 0 and not inbox.mails
    assert all("8:30" in words for words in result.kept.values())


@pytest.mark.parametrize("trouble", ["refused", "password", "gone"])
def test_what_did_not_leave_stays_a_draft(empty_store: Store, box: tuple[Box, int], trouble: str) -> None:
    inbox, port = box
    fill(empty_store)
    with_mail(empty_store, 1 if trouble == "gone" else port, "nobody" if trouble == "password" else "office")
    inbox.refuse = trouble == "refused"
    refresh(empty_store, NOVEMBER)
    ids = drafts(empty_store)
    result = sending.send(empty_store, order(empty_store, "mail"), ids)
    assert result.sent == 0 and set(result.kept) == set(ids) and drafts(empty_store) == ids
    said = "".join(result.kept.values())
    assert "right" not in said and {"refused": "5.7.1", "password": "535", "gone": "refused"}[trouble] in said


def test_a_unit_without_an_address_is_told_so(empty_store: Store, box: tuple[Box, int]) -> None:
    fill(empty_store)
    with_mail(empty_store, box[1])
    refresh(empty_store, NOVEMBER)
    nobody = replace(order(empty_store, "mail"), address_of=lambda _connection, _scope, _unit: "")
    result = sending.send(empty_store, nobody, drafts(empty_store))
    assert result.sent == 0 and not box[0].mails and len(result.kept) == len(drafts(empty_store))


def test_one_claimed_by_another_is_not_sent(empty_store: Store, box: tuple[Box, int]) -> None:
    fill(empty_store)
    with_mail(empty_store, box[1])
    refresh(empty_store, NOVEMBER)
    ids = drafts(empty_store)
    with empty_store.begin() as connection:  # somebody was killed between the claim and the word of what became of it
        chases.move(connection, ids[0], ("draft",), "sending", "other", moment(empty_store, NOVEMBER), channel="mail")
    assert ids[0] in sending.send(empty_store, order(empty_store, "mail"), ids).kept
    refresh(empty_store, NOVEMBER)
    state = next(row["state"] for row in entries(empty_store) if row["id"] == ids[0])
    assert state == "sending"  # left for a person
    assert sending.mark(empty_store, Scope.all(), office(empty_store), [ids[0]], "draft", "tester") == 1
    assert sending.send(empty_store, order(empty_store, "mail"), [ids[0]]).sent == 1


def test_another_offices_entry_is_not_sent(empty_store: Store, box: tuple[Box, int]) -> None:
    fill(empty_store)
    with_mail(empty_store, box[1])
    refresh(empty_store, NOVEMBER)
    refresh(empty_store, NOVEMBER, "C2")
    # K2 sees what its city asks it for, and may not send it.
    seen = sending.send(empty_store, order(empty_store, "mail", code="K2"), drafts(empty_store, "C2"))
    assert seen.sent == 0 and not box[0].mails
    assert (
        sending.mark(empty_store, Scope.all(), office(empty_store, "K2"), drafts(empty_store, "C2"), "sent", "x") == 0
    )


# ---- robots ------------------------------------------------------------------------------------------------------


class Group(BaseHTTPRequestHandler):
    """A robot as WeCom and DingTalk have them: it checks key and signature, and answers 200 to what it refuses."""

    told: list[str] = []
    answer: dict[str, Any] | None = None

    def do_POST(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = self.answer or self._check(query)
        if said["errcode"] == 0:
            assert body["msgtype"] == "text"
            self.told.append(body["text"]["content"])
        content = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _check(self, query: dict[str, str]) -> dict[str, Any]:
        if urlsplit(self.path).path == "/wecom":
            return {"errcode": 0 if query == {"key": "k-1"} else 93000, "errmsg": ""}
        digest = hmac.new(b"s1", f"{query['timestamp']}\ns1".encode(), hashlib.sha256).digest()
        right = query["access_token"] == "t1" and query["sign"] == base64.b64encode(digest).decode()
        recent = abs(datetime.now().timestamp() * 1000 - int(query["timestamp"])) < 3_600_000
        return {"errcode": 0 if right and recent else 310000, "errmsg": ""}

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def group() -> Iterator[str]:
    """A server with both robots; its address."""
    Group.told, Group.answer = [], None
    server = HTTPServer(("127.0.0.1", 0), Group)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def with_robots(store: Store, address: str) -> None:
    settings(
        store,
        robots=[
            Robot(unit="C1", kind="wecom", key_variable="ROBOT_C1", endpoint=f"{address}/wecom"),
            Robot(unit="C2", kind="dingtalk", key_variable="ROBOT_C2", endpoint=f"{address}/dingtalk"),
        ],
    )


def test_robots_tell_their_own_group(empty_store: Store, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROBOT_C1", "k-1")
    monkeypatch.setenv("ROBOT_C2", "t1,s1")
    fill(empty_store)
    with_robots(empty_store, group)
    refresh(empty_store, NOVEMBER)
    ids = [row["id"] for row in entries(empty_store) if row["obligation"] == "filing:2016-11"]
    result = sending.send(empty_store, order(empty_store, "robot"), ids)
    assert (result.sent, result.kept) == (2, {})
    texts = [row["text"] for row in entries(empty_store) if row["id"] in ids]
    assert [said.partition("\n")[2] for said in Group.told] == texts


@pytest.mark.parametrize("key", ["wrong", ""])
def test_a_robot_that_refuses_with_200_has_not_been_told(
    empty_store: Store, group: str, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("ROBOT_C1", key)
    monkeypatch.setenv("ROBOT_C2", key + "," + key)
    fill(empty_store)
    with_robots(empty_store, group)
    refresh(empty_store, NOVEMBER)
    ids = drafts(empty_store)
    result = sending.send(empty_store, order(empty_store, "robot"), ids)
    assert result.sent == 0 and Group.told == [] and drafts(empty_store) == ids
    assert not key or key not in "".join(result.kept.values())
