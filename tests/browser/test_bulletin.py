"""A bulletin in a real browser: opened, one sentence edited, published; read and downloaded by a city."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect

from monitor.bulletins.life import Desk
from monitor.store import Store
from tests.browser.conftest import Tab
from tests.pages.world import LAST
from tests.ui.server import Server, serving

NewTab = Callable[..., Tab]


@pytest.fixture(scope="module")
def server(filled_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program, served with figures and a draft."""
    Desk.of_the_office(filled_store).draft("schools", LAST)
    with serving(filled_store, tmp_path_factory.mktemp("server")) as running:
        yield running


def test_edited_published_read(tab: NewTab, tmp_path: Path, filled_store: Store) -> None:
    office = tab()
    office.inside("/bulletin", "province_schools")
    page = office.page
    page.get_by_role("button", name="打开").click()
    page.locator(".st-key-edit-totals button").first.click()
    words = page.get_by_label("内容", exact=True)
    expect(words).to_have_value(re.compile("［130］人"))
    assert "edit=totals" in page.url
    words.fill(words.input_value().replace("［130］", "［131］"))
    page.get_by_role("button", name="保存").click()
    expect(page.locator("mark", has_text="131")).to_be_visible()
    expect(page.get_by_text("✎ 已改").first).to_be_visible()
    office.picture("bulletin-edited")
    page.locator(".st-key-edit-publish button").first.click()
    expect(page.get_by_text("有 1 个数字是手工填写的：131")).to_be_visible()
    office.picture("bulletin-publish")
    page.locator(".st-key-publish-now button").first.click()
    expect(page.get_by_text("✔ 已发布").first).to_be_visible()

    city = tab()
    city.inside("/bulletin", "city")
    city.page.get_by_role("button", name="打开").click()
    expect(city.page.get_by_text("浙教办人〔2016〕1号", exact=True)).to_be_visible()
    expect(city.page.locator("mark", has_text="131")).to_be_visible()
    city.picture("bulletin-city")
    for kind in ("docx", "pdf"):
        with city.page.expect_download() as found:
            city.page.get_by_role("link", name=f"下载 {kind}").click()
        found.value.save_as(tmp_path / f"bulletin.{kind}")
        assert (tmp_path / f"bulletin.{kind}").read_bytes() == Desk.of_the_office(filled_store).file(1, kind)
    document = Document(io.BytesIO((tmp_path / "bulletin.docx").read_bytes()))
    assert any("应采集131人" in paragraph.text for paragraph in document.paragraphs)
    assert office.foreign == [] and office.complaints == [] and city.foreign == [] and city.complaints == []
