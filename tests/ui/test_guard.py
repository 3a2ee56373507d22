"""What a page and its fragments may rely on."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from monitor.access import manage
from monitor.store import Store, accounts
from monitor.store.schema import audit
from monitor.ui import guard
from tests.ui.support import cookie_of, make_account

Visit = Callable[..., AppTest]


def _page() -> None:
    import streamlit as st

    from monitor.ui import guard

    who = guard.require("account")
    if "unit" in st.query_params:
        guard.out_of_scope(who, unit=st.query_params["unit"])

    @guard.fragment()
    def part() -> None:
        st.button("again", key="again")
        st.text(f"the fragment of {who.name}, {who.role}")

    part()


def _open(monkeypatch: pytest.MonkeyPatch, store: Store, visit: Visit, **query: str) -> AppTest:
    visit(store)  # the store that this process serves
    cookie = cookie_of(store, make_account(store, "observer"))
    monkeypatch.setattr(guard, "cookie", lambda: cookie)
    app = AppTest.from_function(_page, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def _refusals(store: Store) -> list[object]:
    with store.connect() as connection:
        rows = connection.execute(select(audit).where(audit.c.action == "refused").order_by(audit.c.id))
        return [(row.actor, row.detail) for row in rows]


def test_a_fragment_asks_who_is_there(visit: Visit, empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    app = _open(monkeypatch, empty_store, visit)
    assert [text.value for text in app.text] == ["the fragment of observer, observer"]
    app.button(key="again").click().run()
    assert len(app.text) == 1
    manage.set_disabled(empty_store, "observer", True)
    app.button(key="again").click().run()
    assert not app.text and app.text_input


def test_a_fragment_does_not_go_on_with_yesterday_s_role(
    visit: Visit, empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = _open(monkeypatch, empty_store, visit)
    with empty_store.begin() as connection:
        accounts.change(connection, "observer", role="school")
    app.button(key="again").click().run()
    assert [text.value for text in app.text] == ["the fragment of observer, school"]


def test_what_lies_outside_of_the_scope_is_refused_and_written_down_once(
    visit: Visit, empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = _open(monkeypatch, empty_store, visit, unit="<script>alert(1)</script>" + "x" * 500)
    app.run()
    assert not app.text and len(app.error) == 1
    assert "script" not in app.error[0].value
    (refused,) = _refusals(empty_store)
    assert refused == ("observer", {"unit": ("<script>alert(1)</script>" + "x" * 500)[:100]})


def test_the_same_words_for_what_is_not_there_and_what_is_not_ours(
    visit: Visit, empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [_open(monkeypatch, empty_store, visit, unit=unit).error[0].value for unit in ("nowhere", "330000")]
    assert told[0] == told[1]
