"""The database goes and comes back while somebody is at work: the page says so, nothing is half-written, and everything goes on
without the program being started anew."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from monitor.campaign import Campaign
from monitor.store import Store, audit, migrate, open_store
from tests.browser.conftest import Tab, demonstrate
from tests.databases import new_database, postgresql
from tests.filings.accounts import person, shown

NewTab = Callable[..., Tab]
pytestmark = pytest.mark.postgresql
GONE = "数据库暂时没有响应"


@pytest.fixture(scope="module")
def database() -> Iterator[Any]:
    """A PostgreSQL server of this module's own, to be stopped and started."""
    with postgresql() as server:
        yield server


@pytest.fixture(scope="module")
def small_store(campaign: Campaign, database: Any) -> Iterator[Store]:
    """The small campaign as a demonstration, whose clock stands on its newest day."""
    opened = open_store(new_database(database.get_uri()), campaign)
    migrate(opened)
    demonstrate(opened)
    yield opened
    opened.close()


def _state(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_the_database_goes_and_comes_back(tab: NewTab, small_store: Store, database: Any) -> None:
    here, reader, stranger = tab(), tab(), tab()
    here.inside("/monthly", "city")
    reader.inside("/overview", "observer")
    box, other = (here.page.get_by_label(name) for name in ("存在问题与建议", "系统使用情况"))
    other.fill("断开之前")
    here.page.keyboard.press("Tab")
    expect(here.page.locator("#monthly-saved")).to_contain_text("已自动保存")

    database.stop()
    assert _state(f"{here.server.address}/readyz") == 503 and _state(f"{here.server.address}/healthz") == 200
    box.fill("断开之后写的")
    here.page.keyboard.press("Tab")
    expect(here.page.get_by_text(GONE).first).to_be_visible()
    reader.page.get_by_role("link", name="地市进展").first.click()
    expect(reader.page.get_by_text(GONE).first).to_be_visible()
    reader.picture("outage")
    stranger.open("/")
    expect(stranger.page.get_by_text(GONE).first).to_be_visible()
    expect(stranger.page.get_by_role("button", name="立即重试")).to_be_visible()
    # A file that is asked for meanwhile is refused in words.
    refused = here.context.request.get(f"{here.server.address}/media/x")
    assert refused.status == 503 and GONE in refused.text()

    database.ensure_postgres_running()
    # Nobody touches anything: the pages come back by themselves.
    expect(reader.page.get_by_role("heading", name="地市进展").first).to_be_visible()
    expect(stranger.page.get_by_label("账号", exact=True)).to_be_visible()
    assert _state(f"{here.server.address}/readyz") == 200
    expect(box).to_have_value("断开之后写的")
    expect(other).to_have_value("断开之前")
    # What could not be saved is saved now.
    expect(here.page.locator("#monthly-saved")).to_contain_text("已自动保存")
    expect(here.page.get_by_text("没有保存")).to_have_count(0)
    here.picture("outage-over")
    kept = shown(small_store, person(small_store, "observer"), "C1").manual
    assert (kept.problems, kept.system_use) == ("断开之后写的", "断开之前")
    with small_store.connect() as connection:
        assert audit.broken_at(connection) is None
    assert here.foreign == [] and reader.foreign == []
