"""The page 报送情况: who stands where, and whom to ask."""

import io

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.filings import life
from monitor.store import Store
from monitor.ui import downloads, navigation
from tests.chase.world import refresh
from tests.filings.accounts import fill_in, person, shown
from tests.pages.conftest import Open
from tests.pages.filed import filed
from tests.pages.test_progress_pages import said

__all__ = ["filed"]


def _listed(app: AppTest) -> list[tuple[str, ...]]:
    rows = app.dataframe[0].value.to_dict("records")
    return [(row["name"].removesuffix(" ›"), row["2016-10"][0], row["2016-11"][0], row["filed"]) for row in rows]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("figures", ["empty", "small"])
def test_opens_for_every_role(role: str, figures: str, open_page: Open, request: pytest.FixtureRequest) -> None:
    app = open_page(request.getfixturevalue(figures), "filings", role)
    assert not app.exception
    if not navigation.PAGES["filings"].open_to(role):
        assert app.error and not app.title
    elif figures == "empty":
        assert "还没有数据" in said(app) and not app.dataframe
    else:
        assert len(app.dataframe) == 1


def test_the_office_sees_who_filed_when(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "filings", "province_schools", period="2016-10")
    assert app.header[0].value == "2016年10月月报表（中小学）：应报 2 个单位，已报 1 个"
    assert _listed(app) == [
        ("单位C2", "✖ 未报", "○ 未到期", "—"), ("单位C1", "✔ 按时", "○ 未到期", "10-25 23:59")
    ]  # fmt: skip
    app = open_page(filed, "filings", "province_universities", period="2016-10")
    assert [row[1] for row in _listed(app)] == ["✖ 未报", "▲ 迟报 2 日"]
    assert "未报 1" in said(app) and "单位U2" in said(app) and "单位U1（迟报 2 日）" in said(app)


def test_an_account_of_one_unit_sees_its_own(filed: Store, open_page: Open) -> None:
    for role, own in (("city", "单位C1"), ("university", "单位U1")):
        assert [row[0] for row in _listed(open_page(filed, "filings", role))] == [own]


def test_as_of_an_earlier_day_shows_what_was_known_then(filed: Store, open_page: Open) -> None:
    for day, state in (("2016-10-24", "○ 未到期"), ("2016-10-26", "✖ 未报")):
        app = open_page(filed, "filings", "observer", day=day, sector="universities", period="2016-10")
        rows = app.dataframe[0].value.to_dict("records")
        assert {row["2016-10"][0] for row in rows} == {state} and "2016-11" not in rows[0]


def test_everything_is_in_the_address(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "filings", "observer", sector="universities")
    app.selectbox(key="state-period").select("2016-10").run()
    app.selectbox(key="state-filing").select("late").run()
    assert {name: app.query_params[name] for name in ("period", "filing")} == {"period": "2016-10", "filing": "late"}
    assert [row[0] for row in _listed(app)] == ["单位U1"]
    same = open_page(filed, "filings", "observer", sector="universities", period="2016-10", filing="late")
    assert _listed(same) == _listed(app)


@pytest.mark.parametrize("query", [{"period": "2016-13"}, {"filing": "<b>"}, {"sort": "x"}, {"place": "x"}])
def test_what_is_not_offered_counts_for_nothing(query: dict[str, str], filed: Store, open_page: Open) -> None:
    app = open_page(filed, "filings", "observer", **query)
    assert not app.exception and "2016年11月" in app.header[0].value


def test_whom_to_ask_is_told_and_leads_to_the_chase_list(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "filings", "province_schools", period="2016-10")
    assert "需要催报：1 个单位" in [one.label for one in app.expander] and not app.code
    assert "未列入催办清单（1 个）：单位C2" in said(app) and chase_links(app) == ["matter=filing%3A2016-10"]
    # One whose report was returned has to be asked, too; one who has filed again has not.
    city, office = person(filed, "city", "C1"), person(filed, "province_schools")
    life.send_back(filed, office, shown(filed, office, "C1", "2016-10"), "请补充培训情况")
    at_now = "2016-11-24 10:00"
    assert refresh(filed, at_now).drafted > 0
    app = open_page(filed, "filings", "province_schools", period="2016-10")
    assert "待发送（2 个）：单位C1、单位C2" in said(app)
    fill_in(filed, city, "C1", "2016-10")
    life.submit(filed, city, shown(filed, city, "C1", "2016-10"))
    app = open_page(filed, "filings", "province_schools", period="2016-10")
    assert "待发送（1 个）：单位C2" in said(app)
    # Who does not chase is told who is to be asked, without the way to the list of others.
    app = open_page(filed, "filings", "observer", period="2016-10")
    assert "未列入催办清单（1 个）：单位C2" in said(app) and chase_links(app) == []


def chase_links(app: AppTest) -> list[str]:
    return [element.proto.query_string for element in app.get("page_link") if element.proto.page == "chase"]


def test_lists_are_downloaded_as_they_are_shown(filed: Store, open_page: Open) -> None:
    open_page(filed, "filings", "province_universities", period="2016-10", filing="late")
    offers = {offer.file: offer for offer in downloads._offers.values()}
    name = "2016年10月月报表报送情况_高校"
    sheet = load_workbook(io.BytesIO(offers[f"{name}.xlsx"].produce())).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert rows[0][2:] == ["报送状态", "迟报天数", "报送时间", "报送期限"]
    assert rows[1:] == [["U1", "单位U1", "迟报 2 日", 2, "2016-10-27 00:00", "2016-10-25"]]
    lines = offers[f"{name}.csv"].produce().decode("utf-8-sig").splitlines()
    assert lines[1:] == ["U1,单位U1,迟报 2 日,2,2016-10-27 00:00,2016-10-25"]
    missing = load_workbook(io.BytesIO(offers["2016年10月月报表未报名单_高校.xlsx"].produce())).worksheets[0]
    assert [cell.value for cell in missing["A"]][3:] == ["U2"]


def test_rosters_stand_in_the_same_calendar(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "filings", "province_schools", period="roster")
    assert app.header[0].value == "报送工作组名单（附件2）（中小学）：应报 2 个单位，已报 0 个"
    assert {row["roster"][0] for row in app.dataframe[0].value.to_dict("records")} == {"✖ 未报"}
