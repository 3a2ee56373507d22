"""A page's address opened at a process that has run nothing yet, without signing in: the sign-in, nothing of the page.

Streamlit serves the files of a pages/ folder beside its script without running the script; AppTest does not show that.
"""

import re
import urllib.request
from pathlib import Path

import pytest
from streamlit.util import calc_hash

from monitor.access import manage
from monitor.store import Store
from monitor.ui import navigation
from tests.access.tree import plant
from tests.ui.server import BY_STREAMLIT, everything_said, run_page, serving
from tests.ui.support import PASSWORD, cookie_of

FIRST = ("home", "monthly", "intake")  # of each kind one; of the others a process each is a drill
SECRET = re.compile("单位[A-Z0-9]")  # the name of every unit of the store but the root, whose code is a number too


@pytest.fixture
def store_with_units(empty_store: Store) -> Store:
    plant(empty_store)
    manage.add(empty_store, "admin", "administrator", PASSWORD, must_change=False)
    return empty_store


def _is_the_sign_in_alone(said: str, campaign_title: str) -> bool:
    return "密码" in said and campaign_title in said and not SECRET.search(said) and "退出" not in said


@pytest.mark.parametrize(
    "page",
    [pytest.param(one.key, marks=() if one.key in FIRST else pytest.mark.drill) for one in navigation.REGISTRY],
)
def test_a_cold_process_shows_the_sign_in_alone(page: str, store_with_units: Store, tmp_path: Path) -> None:
    with serving(store_with_units, tmp_path) as server:
        # The very first thing that this process runs.
        said = everything_said(run_page(server, page, query="unit=C1&as_of=2016-11-25"))
    assert _is_the_sign_in_alone(said, store_with_units.campaign.title)


def test_so_does_one_that_streamlit_has_started(store_with_units: Store, tmp_path: Path) -> None:
    with serving(store_with_units, tmp_path, started=BY_STREAMLIT) as server:
        for page in ("account", "", "cities"):
            said = everything_said(run_page(server, page, query="unit=C1"))
            assert _is_the_sign_in_alone(said, store_with_units.campaign.title), page
        with urllib.request.urlopen(f"{server.address}/cities") as answer:
            assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
        assert "退出" in everything_said(run_page(server, "", cookie=cookie_of(store_with_units, "admin")))


def test_no_way_to_name_a_page_gets_past_the_sign_in(store_with_units: Store, tmp_path: Path) -> None:
    with serving(store_with_units, tmp_path) as server:
        for page in navigation.REGISTRY:
            own_hash = calc_hash(page.file)
            for name, hashed in (("", own_hash), (page.key, own_hash), (page.file, ""), (f"../pages/{page.key}", "")):
                said = everything_said(run_page(server, name, page_hash=hashed))
                assert _is_the_sign_in_alone(said, store_with_units.campaign.title), (name, hashed)


def test_cookies_that_are_none_of_ours_show_the_sign_in_alone(store_with_units: Store, tmp_path: Path) -> None:
    good = cookie_of(store_with_units, "admin")
    ended = cookie_of(store_with_units, "admin")
    manage.sign_out_everywhere(store_with_units, "admin")
    good = cookie_of(store_with_units, "admin")
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJ1c2VybmFtZSI6ImFkbWluIn0."
    with serving(store_with_units, tmp_path) as server:
        for cookie in ("", "admin", unsigned, ended, good[:-1], good + "x", "x" * 4000, '"', "%00"):
            said = everything_said(run_page(server, "account", cookie=cookie))
            assert _is_the_sign_in_alone(said, store_with_units.campaign.title), cookie
        said = everything_said(run_page(server, "account", cookie=good))
        assert "退出" in said
        manage.set_disabled(store_with_units, "admin", True)
        said = everything_said(run_page(server, "account", cookie=good))
        assert _is_the_sign_in_alone(said, store_with_units.campaign.title)
        assert "Traceback" not in server.log.read_text()


def test_who_takes_over_a_cut_connection_is_asked_for_the_cookie_again(store_with_units: Store, tmp_path: Path) -> None:
    good = cookie_of(store_with_units, "admin")
    with serving(store_with_units, tmp_path) as server:
        first = run_page(server, "account", cookie=good)
        key = next(m.new_session.initialize.session_id for m in first if m.WhichOneof("type") == "new_session")
        again = run_page(server, "account", cookie=good, again=key)
        assert "退出" in everything_said(again)
        assert key in str(again)  # the connection was taken over indeed
        stolen = run_page(server, "account", again=key)
        assert key in str(stolen)
        assert _is_the_sign_in_alone(everything_said(stolen), store_with_units.campaign.title)
