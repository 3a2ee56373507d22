"""The page 月报: who has filed, and the form of one unit."""

import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, select
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.campaign import Campaign
from monitor.filings.load import record_all
from monitor.store import Store
from monitor.store.schema import audit as audit_table
from monitor.store.schema import filing
from monitor.ui import downloads, monthly, navigation
from tests.pages.conftest import Open
from tests.pages.test_progress_pages import said
from tests.pages.world import LAST, approved

LATE = datetime(2016, 10, 26, 16, 0, tzinfo=UTC)  # the first moment of the 27th in China
IN_TIME = datetime(2016, 10, 25, 15, 59, 59, 999000, tzinfo=UTC)


@pytest.fixture
def filed(small: Store) -> Store:
    """C1 filed October's report in the last moment, U1 two days late, C2 and U2 not at all."""
    with small.begin() as connection:
        connection.execute(delete(filing))
    record_all(small, [("C1", "2016-10", IN_TIME), ("U1", "2016-10", LATE)], "")
    return small


def _listed(app: AppTest) -> list[tuple[str, str, str]]:
    rows = [row for frame in app.dataframe for row in frame.value.to_dict("records") if "state" in row]
    return [(row["name"].removesuffix(" ›"), row["state"][0], row["filed"]) for row in rows]


def _form(app: AppTest) -> str:
    return next(part.value for part in app.html if "<table" in part.value)


def _offered(app: AppTest) -> dict[str, downloads.Offer]:
    return {offer.file: offer for offer in downloads._offers.values()}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("figures", ["empty", "small"])
def test_opens_for_every_role(role: str, figures: str, open_page: Open, request: pytest.FixtureRequest) -> None:
    app = open_page(request.getfixturevalue(figures), "monthly", role)
    assert not app.exception
    if not navigation.PAGES["monthly"].open_to(role):
        assert app.error and not app.title
    elif figures == "empty":
        assert "还没有数据" in said(app) and not app.dataframe
    else:
        assert "<table" in _form(app) and "2016年11月" in said(app)


def test_the_office_sees_who_filed_when(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "monthly", "province_schools", month="2016-10")
    assert app.header[0].value == "2016年10月月报（中小学）：应报 2 个单位，已报 1 个"
    assert _listed(app) == [("单位C2", "✖ 未报", "—"), ("单位C1", "✔ 按时", "10-25 23:59")]
    app = open_page(filed, "monthly", "province_universities", month="2016-10")
    assert _listed(app) == [("单位U2", "✖ 未报", "—"), ("单位U1", "▲ 迟报 2 日", "10-27 00:00")]
    assert "未报 1" in said(app) and "单位U2" in said(app) and "单位U1（迟报 2 日）" in said(app)


def test_an_account_sees_only_its_own(filed: Store, open_page: Open) -> None:
    for role, own, others in (("city", "单位C1", ("单位C2", "单位U1")), ("university", "单位U1", ("单位U2", "单位C1"))):
        app = open_page(filed, "monthly", role, month="2016-10")
        assert own in _form(app) and not app.dataframe
        assert not any(other in said(app) for other in others)
        assert [box.key for box in app.selectbox] == ["state-month"]


@pytest.mark.parametrize(
    ("role", "asked"), [("city", "C2"), ("city", "U1"), ("university", "C1"), ("province_schools", "U1")]
)
def test_a_unit_outside_of_the_scope_is_refused(role: str, asked: str, filed: Store, open_page: Open) -> None:
    app = open_page(filed, "monthly", role, unit=asked)
    assert app.error and not app.dataframe and f"单位{asked}" not in said(app)
    with filed.connect() as connection:
        entries = (
            connection.execute(select(audit_table.c.detail).where(audit_table.c.action == "refused")).scalars().all()
        )
    assert {"unit": asked} in entries


def test_as_of_an_earlier_day_shows_what_was_known_then(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "monthly", "observer", month="2016-10", day="2016-10-24", sector="universities")
    assert {state for _name, state, _filed in _listed(app)} == {"○ 未到期"}
    app = open_page(filed, "monthly", "observer", month="2016-10", day="2016-10-26", sector="universities")
    assert {state for _name, state, _filed in _listed(app)} == {"✖ 未报"}


def test_everything_is_in_the_address(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "monthly", "observer")
    app.selectbox(key="state-month").select("2016-10").run()
    app.selectbox(key="state-unit").select("U2").run()
    app.selectbox(key="state-filing").select("late").run()
    assert not app.exception
    assert {name: app.query_params[name] for name in ("month", "unit", "filing")} == {
        "month": "2016-10", "unit": "U2", "filing": "late"
    }  # fmt: skip
    assert "单位U2" in _form(app) and [row[0] for row in _listed(app)] == ["单位U1"]
    same = open_page(filed, "monthly", "observer", month="2016-10", unit="U2", filing="late")
    assert _form(same) == _form(app) and _listed(same) == _listed(app)


@pytest.mark.parametrize(
    "query", [{"month": "2016-13"}, {"month": "x"}, {"filing": "<b>"}, {"sort": "x"}, {"place": "x"}]
)
def test_what_is_not_offered_counts_for_nothing(query: dict[str, str], filed: Store, open_page: Open) -> None:
    app = open_page(filed, "monthly", "observer", **query)
    assert not app.exception and "2016年11月" in said(app)


def test_a_unit_that_files_nothing_is_told(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "monthly", "province_schools", unit="K1")
    assert not app.exception and "单位K1" in app.info[0].value and "不" in app.info[0].value


def test_before_the_first_month_there_is_nothing_to_report(filed: Store, open_page: Open, monkeypatch: Any) -> None:
    monkeypatch.setattr(monthly, "months", lambda _campaign, _until: [])
    app = open_page(filed, "monthly", "observer")
    assert not app.exception and "2016年10月" in app.info[0].value


def test_the_download_is_the_form_on_the_screen(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "monthly", "city")
    offer = _offered(app)["单位C1_2016年11月_月报表.xlsx"]
    sheet = load_workbook(io.BytesIO(offer.produce())).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    done = approved("S1", LAST) + approved("S3", LAST)
    assert done in cells and any("单位C1" in str(value) for value in cells)
    shown = re.sub(r"<[^>]+>", "\n", _form(app)).split("\n")
    assert f"{done:,}" in shown


def test_the_list_is_downloaded_as_it_is_shown(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "monthly", "province_universities", month="2016-10", filing="late")
    offers = _offered(app)
    name = "2016年10月月报报送情况_高校"
    sheet = load_workbook(io.BytesIO(offers[f"{name}.xlsx"].produce())).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert rows[0][2:] == ["报送状态", "迟报天数", "报送时间", "报送期限"]
    assert rows[1:] == [["U1", "单位U1", "迟报 2 日", 2, "2016-10-27 00:00", "2016-10-25"]]
    lines = offers[f"{name}.csv"].produce().decode("utf-8-sig").splitlines()
    assert lines[1:] == ["U1,单位U1,迟报 2 日,2,2016-10-27 00:00,2016-10-25"]


def test_a_campaign_that_rests_is_looked_at_on_its_newest_day(campaign: Campaign, monkeypatch: Any) -> None:
    class Reader:
        as_of = date(2016, 11, 24)

    class Asked:
        reader = Reader()

    monkeypatch.setattr(monthly.state, "get", lambda name: "")
    moments = {}
    for now in (datetime(2016, 11, 26, 9, tzinfo=campaign.timezone), datetime(2017, 3, 1, tzinfo=campaign.timezone)):
        monkeypatch.setattr(Campaign, "now", lambda _self, now=now: now)
        monkeypatch.setattr(monthly.runtime, "campaign", lambda: campaign)
        moments[now.year] = monthly._moment(Asked())  # type: ignore[arg-type]
    assert moments[2016] == datetime(2016, 11, 26, 9, tzinfo=campaign.timezone)
    assert moments[2017].date() == date(2016, 11, 24) and moments[2017].hour == 23
