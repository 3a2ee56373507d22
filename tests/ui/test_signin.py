"""The sign-in page and what stands before every page."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from monitor.access import demo, manage, sessions
from monitor.access.roles import ROLES
from monitor.store import Store, accounts
from monitor.store.schema import audit
from monitor.ui import guard, navigation
from tests.ui.support import PASSWORD, cookie_of, make_account

Visit = Callable[..., AppTest]


def _actions(store: Store) -> list[str]:
    with store.connect() as connection:
        return list(connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


def _shows_sign_in(app: AppTest) -> bool:
    return any(field.label == "密码" for field in app.text_input) and not app.exception


def test_a_store_without_accounts_says_how_to_make_the_first(visit: Visit, empty_store: Store) -> None:
    app = visit(empty_store).run()
    assert _shows_sign_in(app)
    assert app.code[0].value.startswith("python -m monitor user add")
    assert not [button for button in app.button if button.key and button.key.startswith("demo-")]


@pytest.mark.parametrize("page", [page.key for page in navigation.REGISTRY])
def test_a_page_by_itself_shows_the_sign_in_and_nothing_else(page: str, visit: Visit, empty_store: Store) -> None:
    make_account(empty_store, "administrator")
    app = visit(empty_store, page).run()
    assert _shows_sign_in(app)
    assert [title.value for title in app.title] == [empty_store.campaign.title]


def test_the_right_password_hands_a_ticket_to_the_browser(visit: Visit, empty_store: Store) -> None:
    name = make_account(empty_store, "administrator")
    app = visit(empty_store).run()
    app.text_input[0].set_value(f" {name.upper()} ")
    app.text_input[1].set_value(PASSWORD)
    app.form_submit_button[0].click().run()
    assert not app.exception and not app.error
    handed = next(html.value for html in app.html if "data-ticket" in html.value)
    ticket = handed.split('data-ticket="')[1].split('"')[0]
    cookie = sessions.redeem(empty_store, ticket)
    who = sessions.check(empty_store, cookie)
    assert who is not None and who.name == name


def test_a_wrong_password_says_so_and_nothing_more(visit: Visit, empty_store: Store) -> None:
    make_account(empty_store, "administrator")
    told = []
    for name in ("administrator", "nobody"):
        app = visit(empty_store).run()
        app.text_input[0].set_value(name)
        app.text_input[1].set_value("wrong")
        app.form_submit_button[0].click().run()
        told.append([error.value for error in app.error])
        assert not any("data-ticket" in html.value for html in app.html)
    assert told[0] == told[1] and len(told[0]) == 1


def test_the_form_asks_for_both_fields(visit: Visit, empty_store: Store) -> None:
    app = visit(empty_store).run()
    app.form_submit_button[0].click().run()
    assert app.error[0].value == "请输入账号和密码。"


def test_a_first_sign_in_changes_the_password_before_anything_else(
    visit: Visit, empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = visit(empty_store, "account")
    manage.add(empty_store, "new", "observer", PASSWORD)
    cookie = cookie_of(empty_store, "new")
    monkeypatch.setattr(guard, "cookie", lambda: cookie)
    app.run()
    assert [title.value for title in app.title] == ["请设置新密码"]
    for field, value in zip(app.text_input, (PASSWORD, "Another-Horse-8", "Another-Horse-8"), strict=True):
        field.set_value(value)
    app.form_submit_button[0].click().run()
    assert app.success and not app.error
    with empty_store.connect() as connection:
        account = accounts.find(connection, "new")
    assert account is not None and not account.must_change
    assert sessions.check(empty_store, cookie) is None


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", "Another-Horse-8", "Another-Horse-8"),
        (PASSWORD, "Another-Horse-8", "Another-Horse-9"),
        (PASSWORD, "short", "short"),
        (PASSWORD, PASSWORD, PASSWORD),
    ],
)
def test_a_password_that_will_not_do_is_refused(
    old: str, new: str, again: str, visit: Visit, empty_store: Store
) -> None:
    app = visit(empty_store, "account", "observer").run()
    for field, value in zip(app.text_input, (old, new, again), strict=True):
        field.set_value(value)
    app.form_submit_button[0].click().run()
    assert len(app.error) == 1 and not app.success
    assert "password_changed" not in _actions(empty_store)


def test_the_demonstration_offers_an_account_a_role(visit: Visit, empty_store: Store) -> None:
    app = visit(empty_store)
    demo.create_accounts(empty_store, empty_store.campaign)
    app.run()
    offered = [button.key for button in app.button if button.key and button.key.startswith("demo-")]
    # An empty store has no units: the roles that need one are not offered.
    whole = [role.key for role in ROLES.values() if role.kind in (None, "province")]
    assert offered == [f"demo-{role}" for role in whole]
    assert any(demo.PASSWORD in text.value for text in app.markdown)
    app.button(key="demo-observer").click().run()
    assert any("data-ticket" in html.value for html in app.html)


def test_a_password_of_the_demonstration_that_was_changed_is_offered_no_more(visit: Visit, empty_store: Store) -> None:
    app = visit(empty_store)
    demo.create_accounts(empty_store, empty_store.campaign)
    manage.reset_password(empty_store, "observer", PASSWORD)
    app.run()
    assert "demo-observer" not in [button.key for button in app.button]
    assert "demo-administrator" in [button.key for button in app.button]


@pytest.mark.parametrize("role", list(ROLES))
@pytest.mark.parametrize("page", [page.key for page in navigation.REGISTRY])
def test_a_page_for_others_is_refused_and_written_down(page: str, role: str, visit: Visit, empty_store: Store) -> None:
    if navigation.PAGES[page].open_to(role):
        return
    make_account_of = {"unit": None}
    app = visit(empty_store, page)
    del make_account_of
    _without_unit(empty_store, role)
    cookie = cookie_of(empty_store, "somebody")
    guard_cookie = pytest.MonkeyPatch()
    guard_cookie.setattr(guard, "cookie", lambda: cookie)
    try:
        app.run()
        app.run()
    finally:
        guard_cookie.undo()
    assert [error.value[:11] for error in app.error] == ["您的账号无权打开本页。"]
    assert not app.title
    assert _actions(empty_store).count("refused") == 1


def _without_unit(store: Store, role: str) -> None:
    """An account of the role that has no unit, though the role may need one."""
    manage.add(store, "somebody", "observer", PASSWORD, must_change=False)
    with store.begin() as connection:
        accounts.change(connection, "somebody", role=role)


def test_a_session_that_ends_takes_the_state_of_its_tab_along(
    visit: Visit, empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = visit(empty_store, "account", "observer").run()
    app.session_state["left behind"] = "secret"
    app.run()
    assert app.session_state["left behind"] == "secret"
    manage.sign_out_everywhere(empty_store, "observer")
    app.run()
    assert _shows_sign_in(app)
    assert "left behind" not in app.session_state


def test_another_account_in_the_same_tab_finds_nothing_of_the_first(
    visit: Visit, empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = visit(empty_store, "account", "observer").run()
    app.session_state["left behind"] = "secret"
    other = cookie_of(empty_store, make_account(empty_store, "administrator"))
    monkeypatch.setattr(guard, "cookie", lambda: other)
    app.run()
    assert not app.exception
    assert "left behind" not in app.session_state


def test_signing_out_everywhere_ends_the_page(visit: Visit, empty_store: Store) -> None:
    app = visit(empty_store, "account", "observer").run()
    app.button(key="sign-out-everywhere").click().run()
    assert _shows_sign_in(app)


def test_the_whole_program_shows_menu_and_account(visit: Visit, empty_store: Store) -> None:
    app = visit(empty_store, None, "observer").run()
    assert not app.exception
    assert app.sidebar.button(key="sign-out")
    app.sidebar.button(key="sign-out").click().run()
    assert any('data-act="close"' in html.value for html in app.html)
    assert _actions(empty_store)[-1] == "sign_out"
