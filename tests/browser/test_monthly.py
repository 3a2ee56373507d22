"""The monthly report in a real browser: chosen, looked at, downloaded, opened."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from monitor.access import demo
from monitor.campaign import Campaign
from monitor.filings.load import record_all
from monitor.store import Store
from tests.browser.conftest import Tab
from tests.databases import Databases
from tests.pages.world import LAST, approved, fill

NewTab = Callable[..., Tab]


@pytest.fixture(scope="module")
def small_store(databases: Databases, campaign: Campaign) -> Iterator[Store]:
    """A store with a few figures and one report filed late."""
    with databases.store() as opened:
        fill(opened)
        record_all(opened, [("C1", "2016-10", datetime(2016, 10, 27, 1, tzinfo=UTC))], "")
        demo.create_accounts(opened, campaign)
        yield opened


def test_the_form_is_downloaded_and_holds_what_the_page_shows(tab: NewTab, tmp_path: Path) -> None:
    here = tab()
    here.inside("/monthly?view=form", "city")
    form = here.page.locator(".st-key-form table")
    expect(form).to_be_visible()
    done = approved("S1", LAST) + approved("S3", LAST)
    expect(form.get_by_text(f"{done:,}", exact=True).first).to_be_visible()
    with here.page.expect_download() as found:
        here.page.get_by_role("link", name="下载月报表").click()
    assert found.value.suggested_filename == "单位C1_2016年11月_月报表.xlsx"
    path = tmp_path / "form.xlsx"
    found.value.save_as(path)
    sheet = load_workbook(path).worksheets[0]
    assert done in [cell.value for row in sheet.iter_rows() for cell in row]
    here.picture("monthly-city")
    assert here.foreign == [] and here.complaints == []


def test_the_address_of_a_download_opens_nothing_for_others(tab: NewTab) -> None:
    here, stranger = tab(), tab()
    here.inside("/monthly?view=form", "city")
    address = here.page.get_by_role("link", name="下载月报表").get_attribute("href")
    assert address
    path = "/" + address.removeprefix("./")
    assert here.context.request.get(here.server.address + path).status == 200
    assert stranger.context.request.get(stranger.server.address + path).status == 403
    stranger.inside("/monthly", "observer")
    assert stranger.context.request.get(stranger.server.address + path).status == 404


def test_the_office_finds_who_was_late_and_the_link_opens_the_same(tab: NewTab) -> None:
    here, other = tab(), tab()
    here.inside("/filings?period=2016-10", "province_schools")
    expect(here.page.get_by_text("应报 2 个单位，已报 1 个")).to_be_visible()
    expect(here.page.get_by_text("单位C1（迟报 2 日）")).to_be_visible()
    here.open("/monthly?month=2016-10&unit=C2")
    expect(here.page.get_by_role("heading", name="单位C2 2016年10月月报表")).to_be_visible()
    here.picture("monthly-office")
    other.inside(here.page.url.removeprefix(here.server.address), "observer")
    expect(other.page.get_by_role("heading", name="单位C2 2016年10月月报表")).to_be_visible()
