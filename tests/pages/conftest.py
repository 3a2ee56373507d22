"""Pages in tests: a store without figures and one with a few, and a way to open a page in the whole program."""

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from monitor.campaign import Campaign
from monitor.store import Store, migrate, open_store
from monitor.ui import navigation
from tests.access.tree import plant
from tests.pages.world import fill
from tests.ui.support import Visit, visit

__all__ = ["visit"]

UNITS = {"city": "C1", "county": "K1", "school": "S1", "university": "U1"}
"""The unit of an account of each role that needs one."""

Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def empty(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with units and no figures."""
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'store.db'}", campaign)
    migrate(opened)
    plant(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def small(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store of tests.pages.world."""
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('small') / 'store.db'}", campaign)
    migrate(opened)
    fill(opened)
    yield opened
    opened.close()


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
