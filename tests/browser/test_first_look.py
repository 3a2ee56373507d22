"""What somebody sees first: the whole menu, and a page that stays where it is while it is drawn."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from monitor.store import Store
from tests.browser.conftest import Tab, settled

NewTab = Callable[..., Tab]

WATCH = """window.edges = []; const look = () => {
    const page = document.querySelector('[data-testid="stMain"]');
    if (page) window.edges.push(Math.round(page.getBoundingClientRect().left));
    requestAnimationFrame(look);
}; requestAnimationFrame(look);"""
BELOW = """() => { const all = document.querySelector('[data-testid="stSidebarContent"]'); return all.scrollHeight - all.clientHeight; }"""
MARK = """() => getComputedStyle(document.querySelector('[data-testid="stSidebarUserContent"]'), '::before').opacity"""


@pytest.fixture(scope="module")
def small_store(filled_store: Store) -> Store:
    """Figures to look at."""
    return filled_store


def inside(tab: NewTab, height: int) -> Page:
    """The overview, opened by the administrator, whose menu is the longest."""
    page = tab(height=height).inside("/overview", "administrator")
    settled(page, "总览")
    return page


def test_the_whole_menu_stands_on_the_screen_of_a_laptop(tab: NewTab) -> None:
    page = inside(tab, 768)
    assert page.evaluate(BELOW) <= 0 and page.evaluate(MARK) == "0"
    foot = page.locator(".st-key-account")
    for name in ("退出", "English", "帮助"):
        assert foot.get_by_text(name, exact=True).is_visible()


def test_a_lower_window_says_that_the_menu_goes_on(tab: NewTab) -> None:
    page = inside(tab, 600)
    assert page.evaluate(BELOW) > 0 and page.evaluate(MARK) == "1"
    page.evaluate(
        """() => { const all = document.querySelector('[data-testid="stSidebarContent"]'); all.scrollTo(0, all.scrollHeight); }"""
    )
    page.wait_for_function(f"() => ({MARK})() === '0'")


@pytest.mark.parametrize(("path", "title"), [("/overview", "总览"), ("/cities", "地市进展"), ("/account", "我的账号")])
def test_a_page_does_not_move_aside_for_the_menu(tab: NewTab, path: str, title: str) -> None:
    page = inside(tab, 768)
    page.add_init_script(WATCH)
    page.goto(page.url.split("/overview")[0] + path)
    settled(page, title)
    menu = page.get_by_test_id("stSidebar").evaluate("element => Math.round(element.getBoundingClientRect().right)")
    assert set(page.evaluate("window.edges")) == {menu}


def test_the_sign_in_keeps_no_room_for_a_menu(tab: NewTab) -> None:
    here = tab()
    here.open("/overview")
    here.wait_outside()
    assert here.page.evaluate("() => [...document.documentElement.attributes].map(one => one.name)") == ["lang"]


WHERE = """() => [...document.querySelectorAll('[data-testid="stMain"] h3')].map(one => [one.innerText, Math.round(one.getBoundingClientRect().top)])"""
DRAWN = (
    """() => [...document.querySelectorAll('[data-testid="stImage"] img')].filter(one => one.naturalWidth > 0).length"""
)


@pytest.mark.parametrize("width", [1366, 390])
def test_the_guide_stands_where_it_stands_before_its_pictures_come(tab: NewTab, width: int) -> None:
    here = tab(width=width)
    here.inside("/overview", "administrator")
    held: list[Route] = []
    here.page.route(f"{here.server.address}/media/**", lambda one: held.append(one))
    here.page.goto(
        f"{here.server.address}/help?topic=progress", wait_until="commit"
    )  # it has loaded only with its pictures
    settled(here.page, "帮助")
    here.page.locator('[data-testid="stImage"] img').nth(3).wait_for(state="attached")
    here.page.wait_for_function("() => [...document.fonts].every(one => one.status !== 'loading')")
    before = here.page.evaluate(WHERE)
    assert len(before) > 3 and here.page.evaluate(DRAWN) == 0
    for one in held:
        one.continue_()
    here.page.wait_for_function(f"() => ({DRAWN})() === document.querySelectorAll('[data-testid=\"stImage\"]').length")
    assert here.page.evaluate(WHERE) == before


def test_on_a_phone_the_source_is_a_line_and_whole_at_a_touch(tab: NewTab) -> None:
    page = tab(width=390, height=844).inside("/cities", "city")
    settled(page, "地市进展")
    source = page.locator(".st-key-source p")
    text = source.evaluate("one => one.innerText")
    assert "范围" in text and "导入" in text
    tall, line = "one => one.getBoundingClientRect().height", "one => parseFloat(getComputedStyle(one).lineHeight)"
    assert source.evaluate(tall) < 1.5 * source.evaluate(line)
    assert source.evaluate("one => one.scrollWidth > one.clientWidth")
    source.click()
    assert source.evaluate(tall) > 1.5 * source.evaluate(line)
    assert source.evaluate("one => one.scrollWidth <= one.clientWidth")


TORN = """() => [...document.querySelectorAll('[data-testid="stMain"] h2, .st-key-headline p')].flatMap(heading => {
    const texts = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT), torn = [];
    while (texts.nextNode())
        for (const found of texts.currentNode.nodeValue.matchAll(/\\S\\s[+-]?\\d[\\d,.]*%?|\\d\\s\\p{L}/gu)) {
            const range = document.createRange();
            range.setStart(texts.currentNode, found.index);
            range.setEnd(texts.currentNode, found.index + found[0].length);
            if (new Set([...range.getClientRects()].map(one => Math.round(one.top))).size > 1) torn.push(found[0]);
        }
    return torn; })"""
NUMBERED = """() => [...document.querySelectorAll('[data-testid="stMain"] h2')].filter(one => /\\d/.test(one.innerText)).length"""


@pytest.mark.parametrize("path", ["/cities?unit=K1", "/overview", "/reconciliation", "/filings"])
def test_a_headline_keeps_a_number_with_what_it_counts(tab: NewTab, path: str) -> None:
    page = tab().inside(path, "administrator")
    settled(page)
    assert page.evaluate(NUMBERED) > 0
    for width in (*range(360, 440, 10), 1366):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate("() => new Promise(requestAnimationFrame)")
        assert page.evaluate(TORN) == [], width


def test_of_what_a_search_finds_only_the_unit_that_is_shown_looks_chosen(tab: NewTab) -> None:
    page = inside(tab, 768)
    page.get_by_label("查找单位").fill("单位")
    page.get_by_label("查找单位").press("Enter")
    links = page.locator(".st-key-found a")
    links.filter(has_text=re.compile("^单位K1")).click()
    settled(page, "地市进展")
    assert links.count() > 2
    weight = "all => all.map(one => [one.innerText.split(/\\s/)[0], getComputedStyle(one).backgroundColor, !!one.querySelector('strong'), getComputedStyle(one.querySelector('p')).fontWeight])"
    page.mouse.move(700, 400)
    looks = links.evaluate_all(weight)
    assert {(colour, font) for _name, colour, _strong, font in looks} == {("rgba(0, 0, 0, 0)", "400")}
    assert [name for name, _colour, strong, _font in looks if strong] == ["单位K1"]


def test_printing_waits_for_the_charts(tab: NewTab) -> None:
    here = tab()
    page = here.inside("/account", "administrator")
    page.add_init_script(
        "window.printed = []; window.print = () => window.printed.push(document.querySelectorAll('.stVegaLiteChart svg').length);"
    )
    page.add_init_script("addEventListener('keydown', one => window.held = one.defaultPrevented)")
    held: list[Route] = []
    page.route("**/*Vega*.js", lambda one: held.append(one))
    page.goto(f"{here.server.address}/overview")
    settled(page, "总览")
    page.wait_for_function("() => document.querySelector('.st-key-headline h2')")
    page.keyboard.press("Control+p")
    assert held and page.evaluate("[window.held, window.printed]") == [True, []]
    for one in held:
        one.continue_()
    page.wait_for_function("() => window.printed.length")
    charts = page.locator(".stVegaLiteChart").count()
    assert charts and page.evaluate("window.printed") == [charts]
    page.keyboard.press("Control+p")
    assert page.evaluate("window.held") is False, "where all is drawn the browser prints by itself"
