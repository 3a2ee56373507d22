"""The wall display: what it says is what the figures say, it sees newer data, and it has no more in it than the account."""

import re
from datetime import date

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from monitor.access import sessions
from monitor.access.who import Who
from monitor.divisions import Place
from monitor.store import Store, loads
from monitor.store.register import load_register
from monitor.ui import guard, tilemap
from tests.pages.conftest import Open
from tests.pages.test_progress_pages import said
from tests.pages.world import EXPECTED, LAST, approved, fill
from tests.ui.support import Visit, cookie_of, make_account

LAYOUT = {"C1": Place(2, 3), "K1": Place(2, 4), "C2": Place(3, 3), "K2": Place(4, 3)}
SCHOOLS = ("S1", "S2", "S3")


@pytest.fixture(autouse=True)
def _places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tilemap, "places", lambda: LAYOUT)


def display(app: AppTest) -> str:
    assert not app.exception
    return next((part.value for part in app.html if 'class="wall"' in part.value), "")


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)))


def test_the_display_says_how_much_is_done_how_long_there_is_and_who_lags(small: Store, open_page: Open) -> None:
    day, before = date(2016, 10, 20), date(2016, 10, 19)
    said = words(display(open_page(small, "wall", "observer", day=day.isoformat())))
    done, yesterday = (sum(approved(code, one) for code in SCHOOLS) for one in (day, before))
    assert f"{done / sum(EXPECTED[code] for code in SCHOOLS):.1%}" in said
    assert "剩余工作日 41" in said  # 7 in October, 34 from 2016-11-01 on
    assert done > yesterday and f"当日审核通过 +{done - yesterday}" in said
    assert "2 个设区市中" in said and "○ 单位C2 0.0%" in said
    assert f"截至 {day.isoformat()}" in said


def test_there_is_no_menu_on_it_and_it_is_not_in_the_menu(small: Store, open_page: Open) -> None:
    app = open_page(small, "wall", "observer")
    assert any("stSidebar" in part.value and "display: none" in part.value for part in app.html)
    assert "./overview" in display(app)


def test_universities_have_no_map_but_bars(small: Store, open_page: Open) -> None:
    text = display(open_page(small, "wall", "observer", sector="universities"))
    assert (
        '<ol class="columns">' in text
        and "单位U1" in text
        and "单位C1" not in text
        and '<div class="tiles"' not in text
    )


def test_an_account_sees_its_own_part(small: Store, open_page: Open) -> None:
    text = display(open_page(small, "wall", "city"))
    assert "单位K1" in text and "K2" not in text and "单位C2" not in text
    assert open_page(small, "wall", "school").error and not display(open_page(small, "wall", "university"))


def test_an_empty_store_is_told(empty: Store, open_page: Open) -> None:
    app = open_page(empty, "wall", "observer")
    assert not app.exception and "还没有数据" in said(app)


def test_newer_data_are_seen_without_being_asked_for(empty_store: Store, open_page: Open) -> None:
    fill(empty_store)
    app = open_page(empty_store, "wall", "observer")
    assert f"截至 {LAST.isoformat()}" in words(display(app))
    day = date(2016, 11, 14)
    with empty_store.connect() as connection:
        unit = load_register(connection).resolve("S2")
    assert unit is not None
    figures = pl.DataFrame([(unit.id, day, 40, 20, 20, 0)], ["unit_id", "day", "expected", "entered", "submitted", "numbered"], orient="row")  # fmt: skip
    loads.load(empty_store, loads.NewBatch("collection", "新表.csv", "3", "", 1), loads.Tables(figures), [])
    again = words(display(app.run()))
    assert "截至 2016-11-14" in again and "已录入" in again


def _watched() -> None:
    import streamlit as st

    from monitor.ui import guard

    who = guard.require("account")

    @guard.fragment(run_every=3600.0, watching=True)
    def part() -> None:
        st.text(who.role)

    part()


@pytest.mark.parametrize(
    ("role", "unit", "counts"),
    [("observer", None, True), ("administrator", None, False), ("province_schools", None, False)],
)
def test_watching_keeps_only_those_signed_in_who_may_but_look(
    role: str, unit: str | None, counts: bool, visit: Visit, small: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(small)
    cookie = cookie_of(small, make_account(small, role, unit))
    monkeypatch.setattr(guard, "cookie", lambda: cookie)
    used: list[bool] = []
    check = sessions.check

    def told(store: Store, cookie: str | None, *, used_: bool = True, **more: bool) -> Who | None:
        used.append(more.get("used", used_))
        return check(store, cookie, **more)

    monkeypatch.setattr(sessions, "check", told)
    app = AppTest.from_function(_watched, default_timeout=60).run()
    assert [text.value for text in app.text] == [role]
    assert used[-1] is counts
