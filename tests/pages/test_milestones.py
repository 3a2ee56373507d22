"""The page 节点: what each role sees and reports; a county's training as its city and the province see it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.filings.milestone_load import Told, record_all
from monitor.filings.milestones import Report
from monitor.store import Scope, Store, milestones, read
from monitor.ui.navigation import PAGES
from tests.databases import Databases
from tests.pages.conftest import Open
from tests.pages.test_roster import button, said
from tests.pages.world import fill

AT = datetime(2016, 11, 5, tzinfo=UTC)


@pytest.fixture
def reported(databases: Databases) -> Iterator[Store]:
    """The small campaign; C1 has its plan late, K1 its training in time, C2 nothing."""
    with databases.store() as opened:
        fill(opened)
        record_all(
            opened,
            [
                Told("C1", "work_plan", Report(date(2016, 11, 2), "方案已印发"), AT),
                Told("K1", "local_training", Report(date(2016, 10, 28), "", 3, 70, 1), AT),
            ],
            "tester",
        )
        yield opened


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_sees_its_own(open_page: Open, reported: Store, role: str) -> None:
    app = open_page(reported, "milestones", role)
    assert not app.exception
    if not PAGES["milestones"].open_to(role):
        assert role == "school" and not app.header
        return
    told = said(app)
    assert ("单位C2" in told) is (role in ("administrator", "province_schools", "observer"))
    assert ("单位U2" in told) is (role == "province_universities")
    forms = {expander.label for expander in app.expander if expander.label.startswith(("填报", "已填报"))}
    assert forms == {
        "city": {"已填报：制定工作方案，2016-11-02 完成", "填报：市县培训"},
        "county": {"已填报：市县培训，2016-10-28 完成"},
        "province_schools": {"填报：省级培训"},
        "province_universities": {"填报：省级培训"},
    }.get(role, set())


def test_the_province_sees_states_and_what_training_reached(open_page: Open, reported: Store) -> None:
    app = open_page(reported, "milestones", "province_schools")
    told = said(app)
    assert "单位C1（迟报 2 日）" in told and "单位C2（未报）" in told
    reached = app.dataframe[0].value.set_index("单位")
    assert reached.loc["单位C1"].tolist()[:2] == ["1 / 1", "1 / 2"]
    assert reached.loc["单位C1"].tolist()[2:] == [50.0, 3, 70]
    city = open_page(reported, "milestones", "province_schools", unit="C1")
    assert "方案已印发" in said(city)


def test_an_address_outside_of_the_scope_is_refused(open_page: Open, reported: Store) -> None:
    for role, unit in (("city", "C2"), ("county", "C1"), ("university", "U2"), ("province_universities", "C1")):
        app = open_page(reported, "milestones", role, unit=unit)
        assert app.error and not app.header and "方案已印发" not in said(app)


def test_a_campaign_without_figures_has_its_milestones(open_page: Open, empty: Store) -> None:
    app = open_page(empty, "milestones", "province_schools")
    assert not app.exception and "信息采集审核" not in app.markdown[0].value
    assert "制定工作方案" in said(app)


def test_a_county_reports_and_corrects_its_training(open_page: Open, empty: Store) -> None:
    app = open_page(empty, "milestones", "county")
    app.date_input[0].set_value(date(2016, 10, 30))
    for place, value in enumerate((2, 40, 1)):
        app.number_input[place].set_value(value)
    _send(app)
    assert any("已填报市县培训" in told.value for told in app.success), said(app)
    app.number_input[2].set_value(9)
    _send(app)
    assert any("1 所" in error.value for error in app.error)
    with empty.connect() as connection:
        unit = read.unit(connection, Scope.all(), "K1")
        known = milestones.state(connection, unit.id, "local_training")
    assert (known["done_on"], known["sessions"], known["people"], known["schools"]) == (date(2016, 10, 30), 2, 40, 1)
    button(app, "milestone-back-local_training").click()  # type: ignore[attr-defined]
    app.run()
    assert any("撤回原因" in error.value for error in app.error)


def _send(app: AppTest) -> None:
    next(one for one in app.button if one.label in ("填报", "更正")).click()
    app.run()


def test_the_province_answers_and_the_city_reads_it(open_page: Open, reported: Store) -> None:
    tasks = [element.proto.label for element in open_page(reported, "home", "province_schools").get("page_link")]
    assert "制定工作方案：1 份待审" in tasks
    app = open_page(reported, "milestones", "province_schools", unit="C1")
    next(one for one in app.text_area if one.label == "退回原因（填报单位会看到）").set_value("请附印发文件")
    next(one for one in app.button if one.label == "退回填报单位").click()
    app.run()
    assert any("已退回" in told.value for told in app.success) and not app.exception
    tasks = [element.proto.label for element in open_page(reported, "home", "city").get("page_link")]
    assert any(label.startswith("**制定工作方案：被退回") for label in tasks), tasks
    city = open_page(reported, "milestones", "city")
    assert any("请附印发文件" in one.value for one in city.warning)
    next(one for one in city.button if one.label == "重新报告").click()
    city.run()
    assert not city.warning and not city.exception, [one.value for one in city.error]
    app = open_page(reported, "milestones", "province_schools", unit="C1")
    button(app, "milestone-verdict-work_plan-accept").click()  # type: ignore[attr-defined]
    app.run()
    assert any("已接收" in told.value for told in app.success)
    # A county's part goes into its city's report: there is nothing to answer to.
    county = open_page(reported, "milestones", "province_schools", unit="K1")
    assert "接收" not in [one.label for one in county.button]


@pytest.mark.parametrize("day", ["2016-08-01", "2016-10-01", "2016-11-08", "x"])
def test_any_day_can_be_looked_at(open_page: Open, reported: Store, day: str) -> None:
    for role in ("city", "county", "province_schools", "university"):
        app = open_page(reported, "milestones", role, day=day)
        assert not app.exception and not [error.value for error in app.error], role
