"""What Streamlit says of its own accord is Chinese on a Chinese page and English on an English one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from monitor.store import Store
from monitor.ui import navigation
from tests.browser.conftest import Tab, settled

NewTab = Callable[..., Tab]

ENGLISH = """() => { const said = new Set(), text = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const note = word => (/^[A-Z][A-Za-z -]{2,}: /.test(word) || /[A-Za-z]{3}/.test(word) && !/[\\u4e00-\\u9fff]/.test(word)) && said.add(word.trim());
    while (text.nextNode()) {
      const around = text.currentNode.parentElement;
      if (!around.closest('script, style, pre, code, canvas, svg, noscript, [data-testid="stIconMaterial"], [data-testid^="stExpanderIcon"]')) note(text.currentNode.nodeValue);
    }
    for (const one of document.querySelectorAll('body *')) {
      if (one.closest('.stVegaLiteChart')) continue;
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) note(one.getAttribute(name) ?? '');
    }
    return [...said]; }"""
OURS = {"English", "admin"}  # the switch between the languages, the account's name
LEFT = ("Selected Date: ", "yyyy", "• XLSX", "add icon", "check", "error")
"""What stays English, and why: docs/decisions.md."""


@pytest.fixture(scope="module")
def small_store(filled_store: Store) -> Store:
    """Figures to look at."""
    return filled_store


@pytest.fixture
def page(tab: NewTab) -> Page:
    """The overview, opened by the administrator."""
    here = tab()
    here.inside("/overview", "administrator")
    settled(here.page, "总览")
    return here.page


def english(page: Page) -> set[str]:
    """English that is to be read or heard on the page."""
    page.wait_for_timeout(300)
    return {word for word in page.evaluate(ENGLISH) if word not in OURS and not word.startswith(LEFT)}


def go(page: Page, key: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=navigation.PAGES[key].title, exact=True).click()
    settled(page, navigation.PAGES[key].title)


def test_streamlit_speaks_chinese(page: Page, tmp_path: Path) -> None:
    found = english(page)
    go(page, "cities")
    page.get_by_label("查找单位").press_sequentially("xihu")
    found |= english(page) - {"xihu"}
    page.keyboard.press("Enter")
    expect(page.get_by_text("您的范围内没有符合的单位")).to_be_visible()
    settled(page)  # left to itself the search would run the page while something else is being clicked
    page.get_by_role("combobox").first.click()
    page.keyboard.type("zzzz")
    expect(page.get_by_text("没有结果")).to_be_visible()
    found |= english(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="选择日期").first.click()
    found |= english(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="查找：").first.click()
    expect(page.get_by_text("输入要查找的内容")).to_be_visible()
    found |= english(page)
    go(page, "intake")
    page.locator("input[type=file]").set_input_files(
        {"name": "表.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    )
    expect(page.get_by_text("不接受")).to_be_visible()
    found |= english(page)
    assert found == set()


def test_an_english_page_stays_english(page: Page) -> None:
    page.locator(".st-key-language-en button").click()
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    settled(page, "Overview")
    expect(page.locator('[aria-label="Collapse sidebar"]')).to_have_count(1)
    page.locator(".st-key-language-zh_CN button").click()
    page.wait_for_function("() => document.documentElement.lang === 'zh-CN'")
    settled(page, "总览")
    expect(page.locator("[aria-label=收起菜单]")).to_have_count(1)


def test_the_page_is_made_anew_only_once_the_switch_offers_another_language(page: Page) -> None:
    page.evaluate(
        """() => { window.old = true;
        document.body.insertAdjacentHTML('afterbegin', '<div class="st-key-language-en"><button>English</button></div>');
        document.body.firstChild.firstChild.click(); }"""
    )
    page.evaluate("() => document.body.firstChild.classList.add('looks-that-change-meanwhile')")
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.old")
    page.evaluate("() => document.body.firstChild.className = 'st-key-language-zh_CN'")
    page.wait_for_function("() => !window.old")
    settled(page, "总览")
