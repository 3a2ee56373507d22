"""From the overview to those who lag, to one of them, and back; the workbook only for whoever is signed in."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from monitor.store import Store
from tests.browser.conftest import Tab, headline


@pytest.fixture(scope="module")
def small_store(filled_store: Store) -> Store:
    """Figures to look at."""
    return filled_store


def test_from_the_overview_to_one_who_lags_and_back(tab: Callable[..., Tab]) -> None:
    here = tab()
    here.open("/overview")
    here.sign_in("observer")
    here.wait_inside()
    here.page.get_by_role("link", name="逐个查看：谁滞后、为什么、从何时起").click()
    expect(here.page).to_have_url(re.compile("/lagging.*kind=city"))
    listed = here.page.locator(".lagging")
    expect(listed).to_contain_text("单位C2")
    with here.page.expect_download() as download:
        here.page.get_by_role("link", name="下载 Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    listed.get_by_role("link", name="单位C2").click()
    expect(headline(here.page, "单位C2")).to_be_visible()
    here.page.go_back()
    expect(listed).to_contain_text("单位C2")
    assert not here.foreign and not here.complaints
