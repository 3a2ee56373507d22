"""The wall display in a real browser: alone on the screen, nothing cut off, and newer data come by themselves."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from playwright.sync_api import expect

from monitor.store import Store, loads
from monitor.store.register import load_register
from tests.browser.conftest import Tab

NewTab = Callable[..., Tab]

SIZES = ((1920, 1080), (3840, 2160), (1366, 768))
CUT_OFF = """() => [...document.querySelectorAll('.wall article, .wall ol, .wall dl > div, .wall .huge, .wall .tiles')]
  .filter(one => one.scrollWidth > one.clientWidth + 1 || (one.tagName != 'P' && one.scrollHeight > one.clientHeight + 2))
  .map(one => one.className || one.tagName)"""


@pytest.fixture(scope="module")
def small_store(filled_store: Store) -> Store:
    """Figures to look at."""
    return filled_store


def test_it_fills_the_screen_alone_with_nothing_cut_off(tab: NewTab) -> None:
    here = tab(*SIZES[0])
    here.open("/wall")
    here.sign_in("observer")
    display = here.page.locator(".wall")
    display.wait_for()
    for width, height in SIZES:
        here.page.set_viewport_size({"width": width, "height": height})
        here.open("/wall")
        display.wait_for()
        box = display.bounding_box()
        assert box and (box["x"], box["y"], box["width"], box["height"]) == (0, 0, width, height)
        expect(here.page.get_by_test_id("stSidebar")).to_be_hidden()
        assert here.page.evaluate(CUT_OFF) == [], width
        here.picture(f"wall-{width}")
    assert here.foreign == [] and here.complaints == []


def test_it_looks_for_newer_data_by_itself(tab: NewTab, small_store: Store) -> None:
    here = tab(1920, 1080)
    here.open("/wall")
    here.sign_in("observer")
    expect(here.page.locator(".wall header p")).to_contain_text("2016-11-11")
    with small_store.connect() as connection:
        unit = load_register(connection).resolve("S2")
    assert unit is not None
    columns = ["unit_id", "day", "expected", "entered", "submitted", "numbered"]
    figures = pl.DataFrame([(unit.id, date(2016, 11, 14), 40, 20, 20, 0)], columns, orient="row")
    loads.load(small_store, loads.NewBatch("collection", "新表.csv", "3", "", 1), loads.Tables(figures), [])
    expect(here.page.locator(".wall header p")).to_contain_text("2016-11-14")
    here.page.get_by_role("link", name="总览").click()
    expect(here.page.get_by_role("heading", level=1, name="总览", exact=True)).to_be_visible()
