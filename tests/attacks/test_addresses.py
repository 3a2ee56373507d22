"""Addresses made by hand: units of others, and parameters that hold what no link of ours would hold."""

import ast
import contextlib
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from sqlalchemy import select
from websockets.exceptions import InvalidStatus

from monitor.access.roles import ROLES
from monitor.campaign import PROJECT
from monitor.store import Store
from monitor.store.schema import audit
from monitor.ui import navigation
from tests.attacks.client import request, tab
from tests.pages.conftest import UNITS, Open
from tests.ui.server import Server
from tests.ui.support import cookie_of

ID = "11010519491231002X"
OTHERS = {
    "city": "C2",
    "county": "K2",
    "school": "S2",
    "university": "U2",
    "province_schools": "U1",
    "province_universities": "S1",
}
"""A unit that an account of the role must not see."""
VALUES = ("' OR '1'='1' --", "1; DROP TABLE unit", "%", "../../etc/passwd", "-1", "9" * 30, "[x](javascript:1)<script>", "2016-13-45", "nan", ID)  # fmt: skip


def _parameters() -> Iterator[str]:
    """Every parameter that a page reads from its address, as the code has it."""
    for path in [*(PROJECT / "monitor" / "ui").glob("*.py"), *(PROJECT / "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute | ast.Name)
                and (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id) in _READERS
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
                and re.fullmatch(r"[a-z_]{1,20}", node.args[0].value)
            ):
                yield node.args[0].value


_READERS = ("get", "choose", "switch", "narrowed", "_narrowed")
PARAMETERS = sorted({*_parameters(), "unit", "day", "sector", "q"})


def _refused(store: Store) -> list[tuple[str, dict[str, str]]]:
    with store.connect() as connection:
        rows = connection.execute(select(audit.c.actor, audit.c.detail).where(audit.c.action == "refused")).all()
    return [(row.actor, row.detail) for row in rows]


def test_the_parameters_are_found() -> None:
    assert {"unit", "day", "sector", "month", "view", "batch", "item", "sort", "q"} <= set(PARAMETERS)


@pytest.mark.parametrize("page", [page.key for page in navigation.REGISTRY if page.key not in ("account", "intake", "templates")])  # fmt: skip
def test_units_of_others_are_refused_and_written_down(page: str, world: Store, open_page: Open) -> None:
    for role, foreign in OTHERS.items():
        if not navigation.PAGES[page].open_to(role):
            continue
        app = open_page(world, page, role, unit=foreign)
        said = "\n".join(str(node) for node in app)
        assert not app.exception and f"单位{foreign}" not in said.replace(f"unit={foreign}", ""), role
        if page == "bulletin":  # it is of a whole sector: it reads no unit
            continue
        actor = role.replace("_", "-") + (f"-{UNITS[role]}".lower() if role in UNITS else "")
        assert (actor, {"unit": foreign}) in _refused(world), role


@pytest.mark.parametrize("page", list(navigation.PAGES))
def test_no_parameter_breaks_a_page_or_shows_more(page: str, world: Store, server: Server) -> None:
    """Every parameter with every value, by somebody who sees little: nothing of others, no error inside."""
    role = next(role for role in ("school", "county", "city", "administrator") if navigation.PAGES[page].open_to(role))
    name = role.replace("_", "-") + (f"-{UNITS[role]}".lower() if role in UNITS else "")
    foreign = {"school": "单位C2|单位K2|单位S[23]|单位U", "county": "单位C2|单位K2|单位S2|单位U"}.get(role, "$^")
    with tab(server, page, cookie_of(world, name)) as here:
        for value in VALUES:
            # All at once: each page takes its own and stumbles over none. A page that refuses ends at the first.
            for asked in (PARAMETERS, [name for name in PARAMETERS if name not in ("unit", "sector")]):
                run = here.run(query="&".join(f"{name}={quote(value, safe='')}" for name in asked))
                assert not run.failed, value
                assert not re.search(foreign, run.said), value
        twice = "&".join(f"{name}=x&{name}=%27" for name in PARAMETERS if name not in ("unit", "sector"))
        assert not here.run(query=twice).failed


def test_no_personal_number_of_an_address_is_kept(world: Store, open_page: Open) -> None:
    open_page(world, "cities", "city", unit=ID)
    assert any("已隐去" in str(detail) for _actor, detail in _refused(world))
    assert ID not in str(_refused(world))


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_others_are_refused(role: str, world: Store, open_page: Open) -> None:
    for page in navigation.REGISTRY:
        if not page.open_to(role):
            app = open_page(world, page.key, role)
            assert [error.value for error in app.error] and not app.dataframe and not app.title


PATHS = ("/app.py", "/config.toml", "/.streamlit/config.toml", "/data/store/monitor.db", "/pages/cities.py", "/_stcore/metrics", "/_stcore/agent/openapi.json", "/static/../app.py", "/static/%2e%2e/app.py", "/auth/login", "/auth/logout", "/oauth2callback?code=x&state=y", "/component/streamlit_authenticator/x", "/app/static/x", "/docs", "//evil.example/%2f..", "/\\evil.example")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_files_and_inner_addresses_are_not_served(path: str, accept: str, server: Server) -> None:
    answer = request(server, "GET", path, headers={"Accept": accept})
    assert answer.status in (400, 404), answer.status
    assert b"import" not in answer.body and b"[campaign]" not in answer.body and b"Traceback" not in answer.body
    assert answer.headers["x-content-type-options"] == "nosniff" and "location" not in answer.headers


def test_a_page_listens_to_nobody_else(server: Server) -> None:
    answer = request(server, "GET", "/_stcore/host-config")
    assert answer.status == 200 and b'"allowedOrigins": []' in answer.body


def test_strangers_are_not_told_where_the_program_lies(server: Server) -> None:
    with tab(server, "") as here:
        run = here.run()
    begun = next(message.new_session for message in run.messages if message.WhichOneof("type") == "new_session")
    assert begun.main_script_path == "main.py" and str(PROJECT) not in str(run.messages)
    assert begun.initialize.HasField("user_info") and not begun.initialize.user_info.installation_id_v3
    assert not begun.initialize.environment_info.python_version and not begun.initialize.environment_info.server_os


def test_too_many_headers_are_refused(server: Server) -> None:
    many = {f"X-Header-{number}": "x" for number in range(150)}
    assert request(server, "GET", "/healthz", headers=many).status == 431
    with contextlib.suppress(ConnectionError):  # it hangs up before all of it is said
        assert request(server, "GET", "/healthz", headers={"X-Long": "x" * 200_000}).status in (400, 431)
    assert request(server, "GET", "/healthz").status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1", "http://{host}.evil.example", "https://share.streamlit.io", "http://127.0.0.1"])  # fmt: skip
def test_pages_of_elsewhere_open_no_connection(origin: str, world: Store, server: Server) -> None:
    elsewhere = origin.replace("{host}", server.address.removeprefix("http://"))
    with (
        pytest.raises(InvalidStatus),
        tab(server, "account", cookie_of(world, "administrator"), Origin=elsewhere),
    ):
        raise AssertionError("open")
    with tab(server, "account", cookie_of(world, "administrator"), Origin=server.address) as here:
        assert "退出" in here.run().said
    assert "external IP" not in server.log.read_text(encoding="utf-8")
