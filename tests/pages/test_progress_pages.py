"""The pages of progress, opened by every role on a store without figures and on one with a few."""

from datetime import date
from itertools import count

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.store import Store
from monitor.store.schema import audit
from monitor.ui import navigation
from tests.pages.conftest import Open, said
from tests.pages.world import EXPECTED, LAST, approved

PAGES = ("home", "overview", "cities", "universities")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("figures", ["empty", "small"])
def test_every_page_for_every_role(
    page: str, role: str, figures: str, open_page: Open, request: pytest.FixtureRequest
) -> None:
    app = open_page(request.getfixturevalue(figures), page, role)
    assert not app.exception
    if not navigation.PAGES[page].open_to(role):
        assert app.error and not app.title
        return
    assert [title.value for title in app.title] == [navigation.PAGES[page].title]
    if figures == "empty":
        assert "还没有数据" in said(app) and not app.dataframe
        assert ("python -m monitor import" in "".join(code.value for code in app.code)) == (role == "administrator")
    else:
        assert "采集表.csv、审核表.csv" in said(app) and "范围" in said(app)
        assert len(app.header) == 1 + (page == "home") and "剩余工作日" in [metric.label for metric in app.metric]


@pytest.mark.parametrize("asked", ["C2", "K2", "S2", "U1", "X"])
def test_a_unit_outside_of_the_scope_is_refused_like_one_that_does_not_exist(
    asked: str, small: Store, open_page: Open
) -> None:
    app = open_page(small, "cities", "city", unit=asked)
    assert [error.value for error in app.error] == [open_page(small, "cities", "city", unit="nowhere").error[0].value]
    assert f"单位{asked}" not in said(app) and not app.dataframe and not app.metric
    with small.connect() as connection:
        refused = connection.execute(select(audit.c.actor, audit.c.detail).where(audit.c.action == "refused")).all()
    assert ("city-c1", {"unit": asked}) in [tuple(row) for row in refused]


def test_a_sector_outside_of_the_scope_is_refused(small: Store, open_page: Open) -> None:
    assert open_page(small, "overview", "city", sector="universities").error
    assert not open_page(small, "overview", "observer", sector="universities").error


def test_a_former_code_leads_to_the_unit_of_today(small: Store, open_page: Open) -> None:
    app = open_page(small, "cities", "observer", unit="K9")
    assert app.query_params["unit"] == "K1"
    assert app.header[0].value.startswith("单位K1")


@pytest.mark.parametrize("day", ["2016-02-30", "2016-09-30", "2031-01-01", "x"])
def test_a_day_that_cannot_be_shown_is_told(day: str, small: Store, open_page: Open) -> None:
    app = open_page(small, "overview", "observer", day=day)
    assert day in app.warning[0].value and not app.exception
    assert app.date_input(key="state-day").value == LAST and "day" not in app.query_params


def test_an_earlier_day_shows_the_figures_of_that_day(small: Store, open_page: Open) -> None:
    app = open_page(small, "cities", "observer", unit="S1", day="2016-10-20")
    assert not app.exception
    assert f">{approved('S1', date(2016, 10, 20))}<" in "".join(part.value for part in app.html)
    assert app.date_input(key="state-day").value == date(2016, 10, 20)


def test_what_is_to_be_seen_to_is_of_now_alone(small: Store, open_page: Open) -> None:
    def told(**address: str) -> bool:
        return any("今日" in one.value for one in open_page(small, "home", "province_schools", **address).header)

    assert told() and not told(day="2016-10-24")


def test_the_day_picker_writes_the_address(small: Store, open_page: Open) -> None:
    app = open_page(small, "overview", "observer")
    app.date_input(key="state-day").set_value(date(2016, 11, 1)).run()
    assert app.query_params["day"] == "2016-11-01" and not app.exception
    app.date_input(key="state-day").set_value(LAST).run()
    assert "day" not in app.query_params


def test_more_than_expected_is_shown_as_it_is(small: Store, open_page: Open) -> None:
    app = open_page(small, "cities", "observer", unit="S3")
    assert "103.3%" in said(app) and app.warning


def test_figures_of_the_list_are_those_of_the_tables(small: Store, open_page: Open) -> None:
    app = open_page(small, "cities", "observer", unit="C1")
    rows = {
        row["name"].removesuffix(" ›"): row
        for frame in app.dataframe
        for row in frame.value.to_dict("records")
        if "name" in row
    }
    assert {name: int(row["approved"]) for name, row in rows.items()} == {
        "单位K1": approved("S1", LAST),
        "单位S3": approved("S3", LAST),
    }
    assert rows["单位S3"]["completion"] == pytest.approx(100 * approved("S3", LAST) / EXPECTED["S3"])


def test_all_counties_of_the_province_are_ranked_among_one_another(small: Store, open_page: Open) -> None:
    app = open_page(small, "cities", "observer", kind="county")
    rows = {row["name"]: row for row in app.dataframe[0].value.to_dict("records")}
    rate = {"单位K1 ›": approved("S1", LAST) / EXPECTED["S1"], "单位K2 ›": approved("S2", LAST) / EXPECTED["S2"]}
    assert {name: row["place"] for name, row in rows.items()} == {
        name: 1 + sum(other > own for other in rate.values()) for name, own in rate.items()
    }
    assert [rows[name]["home_place"] for name in rate] == [1, 1]  # each is the only one of its city
    assert [rows[name]["over"] for name in rate] == ["单位C1", "单位C2"]
    done, whole = approved("S1", LAST) + approved("S2", LAST), EXPECTED["S1"] + EXPECTED["S2"]
    assert sum(row["contribution"] for row in rows.values()) == pytest.approx(round(100 * done / whole, 2))
    need = next(n for n in count() if n * EXPECTED["S1"] > approved("S1", LAST) * EXPECTED["S2"])
    assert [rows[name]["to_next"] for name in rate] == ["—", f"{need - approved('S2', LAST)} 人（单位K1）"]
    assert not open_page(small, "cities", "city", kind="county").exception
    assert "单位K2" in said(open_page(small, "analysis", "observer", kind="county"))


def test_whom_a_unit_would_pass_is_named(small: Store, open_page: Open) -> None:
    done, whole = approved("S1", LAST) + approved("S3", LAST), EXPECTED["S1"] + EXPECTED["S3"]
    need = next(n for n in count() if n * whole > done * EXPECTED["S2"])
    assert f"还需审核通过 {need} 人可超过单位C1" in said(open_page(small, "cities", "observer", unit="C2"))


def test_filters_are_kept_in_the_address(small: Store, open_page: Open) -> None:
    app = open_page(small, "universities", "observer")
    assert len(app.dataframe[0].value) == 2
    app.selectbox(key="state-status").select("stalled").run()
    assert app.query_params["status"] == "stalled" and list(app.dataframe[0].value["name"]) == ["单位U2 ›"]
    app.selectbox(key="state-status").select("").run()
    assert "status" not in app.query_params and len(app.dataframe[0].value) == 2
    app.text_input(key="state-q").set_value("U1").run()
    assert app.query_params["q"] == "U1" and list(app.dataframe[0].value["name"]) == ["单位U1 ›"]
    app.text_input(key="state-q").set_value("nobody").run()
    assert not app.exception and "没有符合条件的单位" in app.info[0].value


def test_a_choice_that_is_not_offered_counts_for_nothing(small: Store, open_page: Open) -> None:
    app = open_page(small, "universities", "observer", status="<b>", sort="x", level="x")
    assert not app.exception and len(app.dataframe[0].value) == 2


def test_a_step_of_the_breadcrumb_goes_up_and_drops_the_filters(small: Store, open_page: Open) -> None:
    app = open_page(small, "cities", "observer", unit="K1", status="complete", day="2016-11-04")
    app.button(key="crumb-C1").click().run()
    assert app.query_params == {"unit": "C1", "day": "2016-11-04"}
    assert app.header[0].value.startswith("单位C1")


def test_an_account_sees_no_step_above_its_own_unit(small: Store, open_page: Open) -> None:
    app = open_page(small, "cities", "county", unit="S1")
    assert [button.key for button in app.button if button.key and button.key.startswith("crumb")] == ["crumb-K1"]


def test_a_university_opens_beside_the_list(small: Store, open_page: Open) -> None:
    app = open_page(small, "universities", "province_universities", unit="U2")
    assert app.header[0].value.startswith("单位U2")
    assert list(app.dataframe[0].value["name"]) == ["单位U2 ›", "单位U1 ›"]


def test_each_page_leads_on_to_the_other_for_units_of_the_other_sector(small: Store, open_page: Open) -> None:
    assert open_page(small, "cities", "observer", unit="U1").title[0].value == navigation.PAGES["universities"].title
    assert open_page(small, "universities", "observer", unit="C1").title[0].value == navigation.PAGES["cities"].title


def test_the_overview_says_who_is_behind(small: Store, open_page: Open) -> None:
    app = open_page(small, "overview", "province_schools")
    assert app.header[0].value == "2 个设区市：未启动 1、已完成 1"
    assert any("○ 未启动" in part.value and "单位C2 0.0%" in part.value for part in app.markdown)
    assert "高校" not in said(app)


def test_a_unit_is_found_from_every_page_and_only_in_the_scope(small: Store, open_page: Open) -> None:
    def links(app: AppTest) -> list[str]:
        found = [str(link.proto.query_string) for link in app.sidebar.get("page_link")]
        return [link for link in found if "unit=" in link]

    app = open_page(small, "account", "city")
    app.text_input(key="find").set_value("K1").run()
    assert any("unit=K1" in link for link in links(app)) and not app.exception
    app.text_input(key="find").set_value("K9").run()  # the former code of K1
    assert any("unit=K1" in link for link in links(app))
    app.text_input(key="find").set_value("K2").run()
    assert links(app) == [] and "没有符合的单位" in "".join(str(part.value) for part in app.sidebar.caption)
