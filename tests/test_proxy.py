"""deploy/nginx.conf as it stands, before the running program: everything that a person does goes through it."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect

from monitor.access import passwords, sessions
from monitor.campaign import PROJECT, Campaign
from monitor.store import Store
from tests.attacks.client import Answer, Tab
from tests.databases import Databases
from tests.pages.world import fill
from tests.ui.server import Server, free_port, serving
from tests.ui.support import cookie_of, make_account

CONF = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
NAME = "localhost"
with_nginx = pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx on this machine")


@dataclass(frozen=True)
class Proxy:
    """nginx, and what it takes to speak to it."""

    plain: int
    port: int
    trust: ssl.SSLContext
    program: Server

    @property
    def origin(self) -> str:
        return f"https://{NAME}:{self.port}"

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, source: str = "127.0.0.1", **headers: str
    ) -> Answer:
        """A request over https; underscores in header names become dashes."""
        connection = http.client.HTTPSConnection(
            NAME, self.port, timeout=60, context=self.trust, source_address=(source, 0)
        )
        return _answer(connection, method, path, body, headers)


def _answer(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> Answer:
    try:
        connection.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
        got = connection.getresponse()
        named = {name.lower(): value for name, value in got.getheaders()}
        return Answer(got.status, named, got.read(), got.headers.get_all("Set-Cookie") or [])
    finally:
        connection.close()


def _configured(folder: Path, plain: int = 80, port: int = 443, program: int = 8501) -> Path:
    """The file of deploy/ in a whole configuration, with a certificate for this machine's own name, at these ports."""
    subject = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*made, "-keyout", folder / "key", "-out", folder / "crt"], check=True, capture_output=True)
    text = CONF.replace("/etc/nginx/monitor.crt", f"{folder}/crt").replace("/etc/nginx/monitor.key", f"{folder}/key")
    text = text.replace("listen 80;", f"listen {plain};").replace("listen 443 ", f"listen {port} ")
    text = text.replace("127.0.0.1:8501", f"127.0.0.1:{program}").replace("jindu.example.cn", NAME)
    own = "".join(
        f"{kind}_temp_path {folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.geteuid() == 0 else ""  # the folder is that of whoever runs the tests
    whole = f"{user}pid {folder}/pid; error_log {folder}/log; events {{}} http {{ access_log off; {own}{text} }}"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    return folder / "nginx.conf"


@with_nginx
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    run = subprocess.run(["nginx", "-t", "-c", _configured(tmp_path)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_the_proxy_lets_the_largest_file_through(campaign: Campaign) -> None:
    assert _limit_mb() > campaign.intake.max_file_mb


def _limit_mb() -> int:
    found = re.search(r"client_max_body_size (\d+)m;", CONF)
    assert found
    return int(found[1])


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[Store]:
    """The small campaign, with an account of a city."""
    with databases.store() as opened, pytest.MonkeyPatch.context() as patch:
        fill(opened)
        patch.setattr(passwords, "ROUNDS", 4)
        make_account(opened, "city", "C1")
        sessions.ensure_key(opened)
        yield opened
        sessions.settle()


@pytest.fixture(scope="module")
def proxy(world: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """nginx before the program."""
    folder = tmp_path_factory.mktemp("nginx")
    with serving(world, folder) as program, _before(program, folder) as running:
        yield running


@contextmanager
def _before(program: Server, folder: Path) -> Iterator[Proxy]:
    plain, port = free_port(), free_port()
    conf = _configured(folder, plain, port, program.port)
    started = subprocess.Popen(["nginx", "-c", conf, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    try:
        _wait(started, port, folder / "log")
        yield Proxy(plain, port, ssl.create_default_context(cafile=folder / "crt"), program)
    finally:
        started.terminate()
        started.wait(30)


def _wait(started: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _attempt in range(300):
        assert started.poll() is None, log.read_text(encoding="utf-8")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("nginx does not listen")


@pytest.fixture(scope="module")
def cookie(world: Store) -> str:
    """Of a session of the city's account."""
    return f"{sessions.COOKIE}={cookie_of(world, 'city-c1')}"


@with_nginx
def test_who_comes_without_tls_is_sent_to_it(proxy: Proxy) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=60)
    answer = _answer(plain, "GET", "/cities?unit=K1", None, {"Host": NAME})
    assert (answer.status, answer.headers["location"]) == (301, f"https://{NAME}/cities?unit=K1")


@with_nginx
def test_the_page_comes_with_its_headers(proxy: Proxy) -> None:
    answer = proxy.ask("GET", "/", accept="text/html")
    assert answer.status == 200 and b'lang="zh-CN"' in answer.body
    for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "strict-transport-security"):
        assert name in answer.headers, name
    assert answer.headers["server"] == "nginx"  # and not which one
    assert proxy.ask("GET", "/config.toml").status == 404


@with_nginx
def test_the_session_is_opened_for_https_alone(proxy: Proxy, world: Store) -> None:
    with world.begin() as connection:
        ticket = sessions.ticket(connection, "city-c1", datetime.now(UTC), world.campaign.security)
    form = {"content_type": "application/x-www-form-urlencoded"}
    body = f"ticket={ticket}".encode()
    for stranger in ("https://evil.example", f"http://{NAME}", f"https://{NAME}"):  # without its port: another place
        assert proxy.ask("POST", "/session/open", body=body, origin=stranger, **form).status == 403
    # What the browser says of its way is not believed: the proxy says it.
    answer = proxy.ask(
        "POST",
        "/session/open",
        body=body,
        origin=proxy.origin,
        x_forwarded_proto="http",
        x_forwarded_for="6.6.6.6",
        **form,
    )
    assert answer.status == 204 and "secure" in answer.cookies[0].lower()
    given = answer.cookies[0].partition(";")[0].removeprefix(f"{sessions.COOKIE}=")
    assert sessions.check(world, given)


@contextmanager
def _line(proxy: Proxy, cookie: str) -> Iterator[ClientConnection]:
    """A tab's connection."""
    with connect(
        f"wss://{NAME}:{proxy.port}/_stcore/stream", ssl=proxy.trust, additional_headers={"Cookie": cookie},
        origin=proxy.origin, max_size=None, proxy=None, subprotocols=["streamlit"],  # type: ignore[arg-type, list-item]
    ) as line:  # fmt: skip
        yield line


@with_nginx
def test_a_page_runs_and_hands_out_a_file(proxy: Proxy, cookie: str) -> None:
    with _line(proxy, cookie) as line:
        run = Tab(line, "cities", "").run()
        assert not run.failed and "单位K1" in run.said
        path = next(said.removeprefix(".") for said in run.said.splitlines() if said.startswith("./download/"))
        answer = proxy.ask("GET", path, cookie=cookie)
        assert answer.status == 200 and answer.body and answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["cache-control"] == "no-store"
        assert proxy.ask("GET", path).status == 403


@with_nginx
def test_a_file_of_several_megabytes_goes_through_and_one_beyond_the_limit_is_stopped(
    proxy: Proxy, cookie: str
) -> None:
    token = proxy.ask("GET", "/_stcore/health").cookies[0].split(";")[0]
    signed = {"cookie": f"{token}; {cookie}", "x_xsrftoken": token.split("=", 1)[1], "origin": proxy.origin}
    head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body = head.encode() + b"x" * 5_000_000 + b"\r\n--b--\r\n"
    with _line(proxy, cookie) as line:
        begun = next(one.new_session for one in Tab(line, "intake", "").run().messages if one.HasField("new_session"))
        place = f"/_stcore/upload_file/{begun.initialize.session_id}/a"
        sent = proxy.ask("PUT", place, body=body, content_type="multipart/form-data; boundary=b", **signed)
        assert sent.status == 204
        announced = str((_limit_mb() + 1) * 1024 * 1024)
        assert proxy.ask("PUT", place, body=None, content_length=announced, **signed).status == 413


@with_nginx
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_how_the_program_is_the_world_does_not_learn(path: str, proxy: Proxy) -> None:
    assert proxy.ask("GET", path).status == 200
    assert proxy.ask("GET", path, source="127.0.0.2").status == 403  # any address but the one that watches


@with_nginx
def test_while_the_program_starts_the_page_says_so_and_looks_again(tmp_path: Path) -> None:
    with _before(Server(free_port(), tmp_path), tmp_path) as nobody_behind:
        answer = nobody_behind.ask("GET", "/cities?unit=K1")
    assert (
        answer.status == 503 and answer.headers["retry-after"] == "5" and answer.headers["cache-control"] == "no-store"
    )
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    said = answer.body.decode()
    assert "程序正在启动" in said and '<meta http-equiv="refresh" content="5">' in said and 'lang="zh-CN"' in said
