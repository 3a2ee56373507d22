"""An import in a real browser: a file handed in, previewed, loaded by a double click once, undone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from monitor.store import Store
from monitor.store.schema import batch
from tests.browser.conftest import Tab
from tests.pages.test_intake import BAD, GOOD

NewTab = Callable[..., Tab]


@pytest.fixture(scope="module")
def small_store(filled_store: Store) -> Store:
    """Figures to look at."""
    return filled_store


def _batches(store: Store) -> int:
    with store.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(batch)).scalar() or 0)


@pytest.fixture
def here(tab: NewTab) -> Tab:
    """The page, opened by the administrator."""
    opened: Tab = tab()
    opened.inside("/intake", "administrator")
    return opened


def _hand_in(here: Tab, name: str, content: bytes) -> None:
    files = {"name": name, "mimeType": "text/csv", "buffer": content}
    here.page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]


def test_a_table_is_loaded_once_and_undone(here: Tab, small_store: Store) -> None:
    expect(here.page.get_by_text("选择表格文件")).to_be_visible()
    _hand_in(here, "采集表.csv", GOOD)
    button = here.page.get_by_role("button", name="全部导入（4 行）")
    expect(button).to_be_visible()
    here.picture("intake-preview")
    button.dblclick()
    expect(here.page.get_by_text("导入完成，共写入 4 行。")).to_be_visible()
    assert _batches(small_store) == 3
    here.page.get_by_role("button", name="撤销批次 3").click()
    here.page.get_by_role("button", name="确认撤销批次 3").dblclick()
    expect(here.page.get_by_text("批次 3 已撤销。")).to_be_visible()
    expect(here.page.get_by_role("button", name="撤销批次 2")).to_be_visible()
    here.picture("intake-undone")
    assert here.foreign == [] and here.complaints == []


def test_refused_rows_come_as_a_marked_workbook(here: Tab, small_store: Store) -> None:
    before = _batches(small_store)
    _hand_in(here, "采集表.csv", BAD)
    expect(here.page.get_by_text("有 2 处不能导入")).to_be_visible()
    with here.page.expect_download() as found:
        here.page.get_by_role("link", name="下载标注工作簿").click()
    assert found.value.suggested_filename == "采集表_检查结果.xlsx"
    here.picture("intake-refused")
    assert _batches(small_store) == before
