"""Signing in and out as a person does."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from monitor.access import manage, sessions
from monitor.access.roles import ROLES
from monitor.store import Store
from tests.browser.conftest import Tab

NewTab = Callable[..., Tab]
DEEP = "/account?unit=C1&as_of=2016-11-25"
PASSWORD = "Correct-Horse-7"


def _session_cookie(tab: Tab) -> dict[str, object] | None:
    return next((dict(cookie) for cookie in tab.context.cookies() if cookie["name"] == sessions.COOKIE), None)


def _address(tab: Tab) -> str:
    return tab.page.url.removeprefix(tab.server.address)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_loads_from_us_alone_and_without_complaint(scheme: str, tab: NewTab) -> None:
    here = tab(color_scheme=scheme)
    here.open()
    here.wait_outside()
    here.page.wait_for_load_state("networkidle")
    here.picture(f"signin-{scheme}")
    assert here.page.evaluate("document.documentElement.lang") == "zh-CN"
    assert here.foreign == [] and here.complaints == []
    expect(here.page.locator("[data-testid=stSidebar]")).to_have_count(0)


def test_a_deep_link_opens_after_signing_in(tab: NewTab) -> None:
    here = tab()
    here.open(DEEP)
    here.sign_in("city")
    here.wait_inside()
    assert _address(here) == DEEP
    expect(here.page.get_by_role("heading", name="我的账号")).to_be_visible()
    cookie = _session_cookie(here)
    assert cookie is not None and cookie["httpOnly"] and cookie["sameSite"] == "Lax" and cookie["expires"] == -1
    assert str(cookie["value"]) not in here.page.evaluate("document.cookie")
    here.page.reload()
    here.wait_inside()
    assert _address(here) == DEEP


def test_a_click_on_a_role_of_the_demonstration_signs_in(tab: NewTab) -> None:
    here = tab()
    for role in ROLES.values():
        here.open("/account")
        here.page.locator(f".st-key-demo-{role.key} button").first.click()
        here.wait_inside()
        expect(here.page.get_by_text(role.title, exact=True).first).to_be_visible()
        here.context.clear_cookies()
    assert here.foreign == [] and here.complaints == []


def test_a_wrong_password_stays_outside(tab: NewTab) -> None:
    here = tab()
    here.open()
    here.sign_in("city", "wrong")
    expect(here.page.get_by_text("账号或密码不正确")).to_be_visible()
    assert _session_cookie(here) is None


def test_a_cookie_copied_before_signing_out_opens_nothing_after(tab: NewTab) -> None:
    here, thief = tab(), tab()
    here.open("/account")
    here.sign_in("observer")
    here.wait_inside()
    copied = _session_cookie(here)
    assert copied is not None
    here.page.locator(".st-key-sign-out button").click()
    here.wait_outside()
    here.page.wait_for_url(here.server.address + "/")
    assert _session_cookie(here) is None
    thief.context.add_cookies([copied])  # type: ignore[list-item]
    thief.open("/account")
    thief.wait_outside()
    expect(thief.page.locator(".st-key-sign-out")).to_have_count(0)


def test_an_open_page_ends_with_its_session(tab: NewTab, small_store: Store) -> None:
    manage.add(small_store, "leaving", "observer", PASSWORD, must_change=False)
    here = tab()
    here.open("/account")
    here.sign_in("leaving", PASSWORD)
    here.wait_inside()
    manage.set_disabled(small_store, "leaving", True)
    here.page.get_by_role("button", name="修改密码").click()  # anything that makes the page run
    here.wait_outside()
    expect(here.page.get_by_role("heading", name="登录")).to_be_visible()


def test_a_first_sign_in_changes_the_password(tab: NewTab, small_store: Store) -> None:
    manage.add(small_store, "fresh", "observer", PASSWORD)
    here = tab()
    here.open(DEEP)
    here.sign_in("fresh", PASSWORD)
    expect(here.page.get_by_role("heading", name="请设置新密码")).to_be_visible()
    here.picture("first-password")
    for label, value in (("原密码", PASSWORD), ("新密码", "Another-Horse-8"), ("再次输入新密码", "Another-Horse-8")):
        here.page.get_by_label(label, exact=True).fill(value)
    here.page.get_by_role("button", name="修改密码").click()
    here.wait_inside()
    assert _address(here) == DEEP


def test_a_page_that_does_not_exist_says_so_in_chinese(tab: NewTab) -> None:
    here = tab()
    here.open("/nothing")
    expect(here.page.get_by_text("没有这个页面")).to_be_visible()


def test_a_phone_shows_the_form_without_scrolling_sideways(tab: NewTab) -> None:
    here = tab(width=390, height=844)
    here.open()
    here.wait_outside()
    here.picture("signin-phone")
    assert here.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
