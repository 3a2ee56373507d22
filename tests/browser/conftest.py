"""A real server and a real browser for tests."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

from monitor.access import demo, passwords
from monitor.campaign import Campaign
from monitor.store import Store, meta
from tests.access.tree import plant
from tests.databases import Databases
from tests.pages.world import fill
from tests.ui.server import Server, serving

expect.set_options(timeout=60_000)  # a computer that has other things to do as well

PICTURES = Path(__file__).with_name("output")
SETTLED = """title => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === 'notRunning'
    && (!title || document.querySelector('h1')?.innerText === title) && !document.querySelector('[data-stale="true"]')"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module", autouse=True)
def _quick_bcrypt() -> Iterator[None]:
    """Passwords at bcrypt's lowest cost: to make and to check one account's would take a quarter of a second each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "ROUNDS", 4)
        yield


@pytest.fixture(scope="module")
def small_store(databases: Databases, campaign: Campaign) -> Iterator[Store]:
    """A store with a few units, no figures, and the demonstration's accounts."""
    with databases.store() as opened:
        plant(opened)
        demo.create_accounts(opened, campaign)
        yield opened


@pytest.fixture(scope="module")
def filled_store(databases: Databases, campaign: Campaign) -> Iterator[Store]:
    """The small campaign of the tests of pages, in two batches, with the demonstration's accounts."""
    with databases.store() as opened:
        fill(opened)
        demo.create_accounts(opened, campaign)
        yield opened


def demonstrate(store: Store) -> None:
    """Make an empty store the small campaign as a demonstration, whose clock stands on its newest day."""
    fill(store)
    demo.create_accounts(store, store.campaign)
    with store.begin() as connection:
        meta.put(connection, meta.DEMONSTRATION, "演示")


@pytest.fixture(scope="module")
def server(small_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program, served."""
    with serving(small_store, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the one that MONITOR_CHROMIUM names, the system's, or playwright's own."""
    path = os.environ.get("MONITOR_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


def settled(page: Page, title: str = "") -> None:
    """Wait until the page has run and shows what it found."""
    page.wait_for_function(SETTLED, arg=title)


def headline(page: Page, words: str) -> Locator:
    """The heading that says `words`. The one of the page before may stand beside it until all is drawn."""
    return page.get_by_role("heading", level=2).filter(has_text=words)


class Tab:
    """A tab of a browser of its own that writes down what it should not see."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.context, self.server = context, server
        self.page: Page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self._look_at(request.url))
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _look_at(self, url: str) -> None:
        own = (self.server.address, self.server.address.replace("http", "ws", 1), "data:", "blob:")
        if not url.startswith(own):
            self.foreign.append(url)

    def _listen(self, said: ConsoleMessage) -> None:
        # Streamlit's page finds out under which path it is served by asking below its own address, too.
        if said.type == "error" and "/_stcore/h" not in said.location["url"]:
            self.complaints.append(said.text)

    def open(self, path: str = "/") -> None:
        self.page.goto(self.server.address + path)

    def sign_in(self, name: str, password: str = demo.PASSWORD) -> None:
        """Fill the form and send it."""
        self.page.get_by_label("账号", exact=True).fill(name)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.page.get_by_label("密码", exact=True).press("Enter")

    def inside(self, path: str, role: str) -> Page:
        """The page at `path`, opened as the demonstration's account of a role."""
        self.open(path)
        self.page.locator(f".st-key-demo-{role} button").first.click()
        self.wait_inside()
        return self.page

    def wait_inside(self) -> None:
        """Wait until somebody is signed in."""
        self.page.locator(".st-key-sign-out").wait_for()

    def wait_outside(self) -> None:
        """Wait for the sign-in."""
        self.page.get_by_label("账号", exact=True).wait_for()

    def picture(self, name: str) -> None:
        """Keep what is to be seen, to be looked at."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.fixture
def tab(browser: Browser, server: Server) -> Iterator[Callable[..., Tab]]:
    """`tab(color_scheme="dark")`: a new tab of a browser that nobody has used."""
    contexts: list[BrowserContext] = []

    def opened(width: int = 1366, height: int = 768, color_scheme: str = "light") -> Tab:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=color_scheme, locale="zh-CN"
        )
        contexts.append(context)
        return Tab(context, server)

    yield opened
    for context in contexts:
        context.close()
