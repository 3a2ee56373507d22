"""The pages 分析 and 推演, for every role, with and without figures; and what they show against the measures."""

from datetime import date, timedelta

import pytest

from monitor import progress
from monitor.access.roles import ROLES
from monitor.progress import View
from monitor.store import Scope, Store
from monitor.store.read import newest_day
from tests.pages.conftest import Open, said
from tests.pages.world import LAST, approved

VIEWS = ("funnel", "change", "forecasts")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", ["analysis", "whatif"])
@pytest.mark.parametrize("figures", ["empty", "small"])
def test_every_role(page: str, role: str, figures: str, open_page: Open, request: pytest.FixtureRequest) -> None:
    app = open_page(request.getfixturevalue(figures), page, role)
    assert not app.exception
    assert ("还没有数据" in said(app)) == (figures == "empty")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("unit", ["C1", "S1", "U1"])
@pytest.mark.parametrize("day", ["2016-10-17", "2016-10-20", LAST.isoformat(), "2016-12-20"])
def test_every_view_of_any_unit_on_any_day(view: str, unit: str, day: str, small: Store, open_page: Open) -> None:
    app = open_page(small, "analysis", "observer", view=view, unit=unit, day=day)
    assert not app.exception and len(app.title) == 1


def test_the_change_of_a_week_adds_up_and_is_that_of_the_tables(small: Store, open_page: Open) -> None:
    app = open_page(small, "analysis", "observer", view="change", sector="universities")
    week_ago = LAST - timedelta(days=7)
    risen = sum(approved(code, LAST) - approved(code, week_ago) for code in ("U1", "U2"))
    assert f"剩余减少 {risen} 人：新增通过 +{risen}" in app.header[0].value
    rows = app.dataframe[-1].value
    assert rows["剩余减少"].sum() == risen
    assert (rows.drop(columns=["单位", "剩余减少"]).sum(axis=1) == rows["剩余减少"]).all()
    app.date_input(key="state-since").set_value(date(2016, 10, 24)).run()
    assert app.query_params["since"] == "2016-10-24" and "10月24日" in app.header[0].value


def test_a_day_that_is_none_counts_as_a_week_before(small: Store, open_page: Open) -> None:
    for since in ("x", "2030-01-01", "1999-01-01"):
        app = open_page(small, "analysis", "observer", view="change", since=since)
        assert not app.exception and "11月4日" in app.header[0].value


def test_past_forecasts_are_counted_honestly(small: Store, open_page: Open) -> None:
    app = open_page(small, "analysis", "observer", view="forecasts", unit="S1")
    assert not app.exception and "相邻几日的预测大同小异" in said(app)
    app = open_page(small, "analysis", "observer", view="forecasts", unit="S1", day="2016-10-18")
    assert "无从回测" in said(app)


def test_another_deadline_gives_the_answer_of_the_measures(small: Store, open_page: Open) -> None:
    app = open_page(small, "whatif", "observer", sector="universities", deadline="2017-01-20")
    with small.connect() as connection:
        view = View.at(connection, small.campaign, Scope.all())
        now = progress.table(view, [view.unit("U1")], "universities").iloc[0]
    rows = app.dataframe[0].value.set_index("单位")
    assert [name.partition("（")[0] for name in rows.columns[::2]] == [
        "状态",
        "按期可能性",
        "预计完成",
        "完成率",
        "名次",
    ]
    assert rows.loc["单位U1", "按期可能性（现状）"] == f"{now['probability']:.1%}"
    assert float(rows.loc["单位U1", "按期可能性（推演）"].rstrip("%")) > 100 * now["probability"]
    assert rows.loc["单位U1", "完成率（推演）"] == rows.loc["单位U1", "完成率（现状）"]


def test_units_left_out_leave_the_ranking(small: Store, open_page: Open) -> None:
    app = open_page(small, "whatif", "observer", sector="universities", exempt="U1,nobody")
    rows = app.dataframe[0].value.set_index("单位")
    assert rows.loc["单位U1", "状态（推演）"] == "—"
    assert (rows.loc["单位U2", "名次（现状）"], rows.loc["单位U2", "名次（推演）"]) == ("2", "1")


def test_more_reviewers_and_the_widgets_write_the_address_and_nothing_else(small: Store, open_page: Open) -> None:
    app = open_page(small, "whatif", "observer", sector="universities", more_province="abc")
    app.number_input(key="state-more-province").set_value(20).run()
    assert app.query_params["more_province"] == "20" and not app.exception
    app.date_input(key="state-deadline").set_value(date(2016, 12, 30)).run()
    assert app.query_params["deadline"] == "2016-12-30"
    with small.connect() as connection:
        assert newest_day(connection) == LAST
