"""Pages in tests: a store without figures and one with a few, and a way to open a page in the whole program."""

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from monitor.store import Store
from monitor.ui import navigation
from tests.access.tree import plant
from tests.databases import Databases
from tests.pages.world import fill
from tests.ui.support import Visit, visit

__all__ = ["visit"]

UNITS = {"city": "C1", "county": "K1", "school": "S1", "university": "U1"}
"""The unit of an account of each role that needs one."""

Open = Callable[..., AppTest]

WORDS = ("title", "header", "subheader", "markdown", "caption", "info", "success", "warning", "error", "code", "html")
"""The elements that are words."""


@pytest.fixture(scope="module")
def empty(databases: Databases) -> Iterator[Store]:
    """A store with units and no figures."""
    with databases.store() as opened:
        plant(opened)
        yield opened


@pytest.fixture(scope="module")
def small(databases: Databases) -> Iterator[Store]:
    """The store of tests.pages.world."""
    with databases.store() as opened:
        fill(opened)
        yield opened


@pytest.fixture
def open_page(visit: Visit) -> Open:
    """`open_page(store, "cities", "city", unit="K1")`: the page in the whole program, run."""

    def opened(store: Store, page: str, role: str, **query: str) -> AppTest:
        app = visit(store, None, role, UNITS.get(role))
        for name, value in query.items():
            app.query_params[name] = value
        if navigation.PAGES[page] is not navigation.START:
            # What switch_page() does once the program has run: not to run its start page first saves half the time.
            app._page_hash = calc_hash(page)
        return app.run()

    return opened


def said(app: AppTest) -> str:
    """All that a page says: its words line by line, tables included."""
    words = [str(element.value) for kind in WORDS for element in app.get(kind)]
    return "\n".join(words + [frame.value.to_string() for frame in app.dataframe])
