"""A finding explained in a real browser by a county, read by the province."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from monitor.access import demo
from monitor.campaign import Campaign
from monitor.store import Store
from tests.browser.conftest import Tab
from tests.databases import Databases
from tests.quality.world import fill_with_findings
from tests.ui.support import PASSWORD, make_account

NewTab = Callable[..., Tab]
REASON = "十一月调入教师三名，应采集人数正在更新"


@pytest.fixture(scope="module")
def small_store(databases: Databases, campaign: Campaign) -> Iterator[Store]:
    """The small campaign with findings, and the accounts of a county and of the province."""
    with databases.store() as opened:
        fill_with_findings(opened)
        demo.create_accounts(opened, campaign)
        make_account(opened, "county", "K1", "county-k1")
        make_account(opened, "province_schools", None, "province-s")
        yield opened


def _inside(tab: NewTab, name: str, path: str, **look: object) -> Tab:
    opened = tab(**look)
    opened.open(path)
    opened.sign_in(name, PASSWORD)
    opened.wait_inside()
    return opened


def test_a_county_explains_and_the_province_reads_it(tab: NewTab) -> None:
    county = _inside(tab, "county-k1", "/quality?item=entered_over_expected-S1")
    expect(county.page.get_by_role("heading", name="必须改 0 条、需说明 4 条，提示 1 条")).to_be_visible()
    field = county.page.get_by_role("textbox", name="说明")
    field.fill("110101199003077774 调入")
    county.page.get_by_role("button", name="保存说明").click()
    expect(county.page.get_by_text("说明中含有居民身份证号码")).to_be_visible()
    expect(field).to_have_value("110101199003077774 调入")
    field.fill(REASON)
    county.page.get_by_role("button", name="保存说明").dblclick()
    expect(county.page.get_by_text("已保存说明，涉及 3 条。")).to_be_visible()
    expect(county.page.get_by_role("heading", name="需说明 1 条")).to_be_visible()
    county.picture("quality-explained")
    province = _inside(tab, "province-s", "/quality?state=answered&item=entered_over_expected-S1")
    expect(province.page.get_by_text(REASON)).to_be_visible()
    province.picture("quality-read")
    province.open("/reconciliation")
    expect(province.page.get_by_role("heading", name="应采集")).to_be_visible()
    assert county.foreign == province.foreign == [] and county.complaints == province.complaints == []
