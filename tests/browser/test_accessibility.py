"""Every page under axe-core, in light and dark, and its headings: what a screen reader reads, and what weak eyes see."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from monitor.access.roles import ROLES
from monitor.bulletins.life import Desk
from monitor.store import Store
from monitor.ui import navigation
from tests.browser.conftest import Tab, settled
from tests.pages.world import LAST

NewTab = Callable[..., Tab]

SERIOUS = ("serious", "critical")

VISITED = {
    "province_schools": [
        page.key for page in navigation.pages_of("province_schools") if page.listed and page.key != "home"
    ],
    "administrator": ["home", "intake", "templates"],
    "city": ["home", "monthly", "chase"],
    "county": ["home", "cities", "milestones"],
    "school": ["home", "quality"],
    "university": ["home", "universities", "roster"],
}
"""Every page, and of each account those that it looks at most."""

DEEPER = {
    "province_schools": ["wall", "bulletin?id=1", "analysis?view=change&since=2016-11-01", "monthly?unit=C1&month=2016-10", "filings?period=2016-10"],
    "city": ["cities?unit=K1"],
}  # fmt: skip
"""Pages that show something else at another address."""

HEADINGS = "() => [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(e => e.checkVisibility()).map(e => +(e.getAttribute('aria-level') || e.tagName[1]))"

IS_DARK = "() => +getComputedStyle(document.querySelector('.stApp')).backgroundColor.match(/[0-9]+/)[0] < 128"


@pytest.fixture(scope="module")
def small_store(filled_store: Store) -> Store:
    """Figures to look at, and a bulletin that is being written."""
    Desk.of_the_office(filled_store).draft("schools", LAST)
    return filled_store


def lit(page: Page, *, dark: bool) -> None:
    """Let the page be light or dark."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.wait_for_function(f"wanted => ({IS_DARK})() === wanted", arg=dark)
    settled(page)


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds, one line an element: all of its rules, or those named."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(document, options).then(results => results.violations)",
        {"resultTypes": ["violations"], **only},
    )
    return [
        f"{one['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


def look(page: Page, where: str) -> list[str]:
    """What is wrong with a page that is open: with all of it in the light or dark that it is in, with its colours in both."""
    levels: list[int] = page.evaluate(HEADINGS)
    jumps = [after for before, after in pairwise(levels) if after > before + 1]
    wrong = [f"headings {levels}"] if levels.count(1) != 1 or jumps else []
    wrong += violations(page)
    if page.locator(".wall").count():  # dark whatever the browser wants
        return [f"{where}: {one}" for one in wrong]
    lit(page, dark=not page.evaluate(IS_DARK))
    wrong += violations(page, "color-contrast")
    return [f"{where}: {one}" for one in wrong]


def test_every_page_is_looked_at() -> None:
    deeper = {address.partition("?")[0] for addresses in DEEPER.values() for address in addresses}
    assert {key for keys in VISITED.values() for key in keys} | deeper == set(navigation.PAGES)
    assert set(VISITED) | {"province_universities", "observer"} == set(ROLES)


def test_the_sign_in_has_no_serious_finding(tab: NewTab) -> None:
    here = tab()
    here.open()
    here.wait_outside()
    settled(here.page)
    assert look(here.page, "sign-in") == []


@pytest.mark.parametrize("role", VISITED)
def test_no_page_has_a_serious_finding(role: str, tab: NewTab) -> None:
    here = tab()
    here.inside("/account", role)
    wrong = []
    for key in VISITED[role]:
        page = navigation.PAGES[key]
        # By the menu, as people do: the page is not loaded anew.
        here.page.get_by_test_id("stSidebarNav").get_by_role("link", name=page.title, exact=True).click()
        settled(here.page, page.title)
        wrong += look(here.page, key)
    for address in DEEPER.get(role, []):
        here.open("/" + address)
        settled(here.page, navigation.PAGES[address.partition("?")[0]].title)
        wrong += look(here.page, address)
    assert wrong == []
