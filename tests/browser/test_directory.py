"""Signing in through an office's directory, as a person does."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from monitor.access import manage
from monitor.store import Store
from tests.attacks.provider import directory, serving_with
from tests.browser.conftest import Tab
from tests.ui.server import free_port

DEEP = "/account?unit=C1&as_of=2016-11-25"


def test_a_deep_link_opens_after_the_way_through_the_directory(
    browser: Browser, small_store: Store, tmp_path: Path
) -> None:
    manage.add(small_store, "linked", "observer", "Correct-Horse-7", directory_id="Sub-1", must_change=False)
    with (
        directory(free_port()) as provider,
        serving_with(provider, small_store, tmp_path, "统一身份认证") as server,
        browser.new_context(locale="zh-CN") as context,
    ):
        here = Tab(context, server)
        here.open(DEEP)
        here.page.get_by_role("button", name="用统一身份认证登录").click()
        here.wait_inside()
        here.page.wait_for_url(server.address + DEEP)
        expect(here.page.get_by_text("linked", exact=True).first).to_be_visible()
        names = {cookie["name"] for cookie in context.cookies()}
        assert "monitor_session" in names and not any(name.startswith("_streamlit_user") for name in names)
        here.page.locator(".st-key-sign-out button").click()
        here.wait_outside()
        assert here.complaints == []
