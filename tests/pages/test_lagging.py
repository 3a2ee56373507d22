"""The page 滞后单位: who, why, since when, whom to call; for every role, and as a workbook."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from monitor.access.roles import ROLES
from monitor.access.who import Who
from monitor.measures.status import LAGGING
from monitor.outlook import below
from monitor.progress import View
from monitor.store import Scope, Store
from monitor.ui import downloads, lagging
from monitor.workdays import Calendar
from tests.pages.conftest import Open, said
from tests.pages.world import DAYS, EXPECTED, LAST, approved

U2_STOPPED = DAYS[len(DAYS) - 10 - 1]  # the last day on which U2 had anything approved


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("figures", ["empty", "small"])
def test_every_role(role: str, figures: str, open_page: Open, request: pytest.FixtureRequest) -> None:
    app = open_page(request.getfixturevalue(figures), "lagging", role)
    assert not app.exception
    assert [title.value for title in app.title] == ["滞后单位"]
    assert ("还没有数据" in said(app)) == (figures == "empty")


def test_a_standstill_with_its_reason_and_its_beginning(small: Store, open_page: Open) -> None:
    app = open_page(small, "lagging", "observer", sector="universities")
    calendar = Calendar()
    # A standstill is one once five working days have gone by without an approval.
    since = next(
        day
        for day in (U2_STOPPED + timedelta(days=n) for n in range(1, 30))
        if calendar.nth_before(calendar.last_on_or_before(day), 5) >= U2_STOPPED
    )
    assert "单位U2</a>" in said(app) and "单位U1</a>" not in said(app)
    assert f">{since.month}月{since.day}日<" in said(app)
    assert "近5个工作日没有新增审核通过" in said(app)


def test_grouped_by_the_unit_above_with_filters_in_the_address(small: Store, open_page: Open) -> None:
    app = open_page(small, "lagging", "province_schools")
    assert "单位C2：1 个县（市、区）" in said(app) and "单位K2" in said(app) and "单位K1" not in said(app)
    app = open_page(small, "lagging", "province_schools", q="nobody")
    assert "没有符合条件的单位" in said(app)
    app = open_page(small, "lagging", "province_schools", kind="city", status="not_started")
    assert "单位C2" in said(app)
    app = open_page(small, "lagging", "city")
    assert "没有滞后单位" in said(app)


def test_an_earlier_day_shows_who_lagged_then(small: Store, open_page: Open) -> None:
    app = open_page(small, "lagging", "observer", sector="universities", day=U2_STOPPED.isoformat())
    assert not app.exception and "近5个工作日没有新增审核通过" not in said(app)
    app = open_page(small, "lagging", "observer", sector="universities", day="2016-12-16")
    assert "逾期" in said(app) and not app.exception


def test_the_list_is_that_of_the_statuses(small: Store) -> None:
    with small.connect() as connection:
        view = View.at(connection, small.campaign, Scope.all())
        found = below(view, view.unit(small.campaign.root), "school", "schools")
    assert set(found["code"]) == {"S1", "S2", "S3"}
    late = found[found["status"].isin(LAGGING)]
    assert late["since"].notna().all() and found.drop(late.index)["since"].isna().all()
    assert (
        late.set_index("code").loc["S2", "since"].date() == DAYS[0] and late.set_index("code").loc["S2", "since_open"]
    )
    assert found.set_index("code")["over"].to_dict() == {"S1": "单位K1", "S2": "单位K2", "S3": "单位C1"}


def test_each_who_lags_has_its_way_so_far(small: Store, open_page: Open) -> None:
    way = [round(approved("U2", day) / EXPECTED["U2"] * 100, 2) for day in DAYS]
    with small.connect() as connection:
        view = View.at(connection, small.campaign, Scope.all())
        found = below(view, view.unit(small.campaign.root), "university", "universities").set_index("code")
    assert found.loc["U2", "trend"] == way
    assert not isinstance(found.loc["U1", "trend"], list), "who does not lag is not listed"
    app = open_page(small, "lagging", "observer", sector="universities")
    assert f'alt="{len(DAYS)} 天内由 {way[0]:.1f}% 升至 {way[-1]:.1f}%；虚线为应达进度"' in said(app)


def test_the_workbook_holds_what_the_page_shows(small: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: dict[str, Any] = {}
    real = downloads.address

    def address(who: Who, file: str, media_type: str, produce: Any, key: str = "") -> str:
        offered[file] = produce
        return real(who, file, media_type, produce, key)

    monkeypatch.setattr(downloads, "address", address)
    open_page(small, "lagging", "province_schools")
    (produce,) = [made for name, made in offered.items() if name.endswith(".xlsx")]
    sheet = openpyxl.load_workbook(io.BytesIO(produce())).active
    rows = [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert rows[0][:5] == ["上级单位", "代码", "单位", "状态", "完成率"]
    assert [row[:5] for row in rows[1:]] == [["单位C2", "K2", "单位K2", "未启动", 0]]
    assert len(rows[0]) == len(lagging._WIDTHS)
    assert date.fromisoformat("2016-11-11") == LAST and "2016年11月11日" in str(sheet["A2"].value)


@pytest.mark.parametrize("people", [["演示甲 0571-00000001"], []])
def test_who_answers_for_itself_is_named_once_beside_its_people(people: list[str]) -> None:
    row = {
        "kind": "university", "code": "U1", "name": "单位U1", "status": "stalled", "completion": 0.5, "why": "停了",
        "named": False, "since": LAST, "since_open": False, "stage": None, "waiting": 0, "days": None,
    }  # fmt: skip
    heads = [str(n) for n in range(8)]
    for office in ("单位U1", "单位C1"):
        whom = lagging._line(row, heads, (office, people), "").rpartition("<td")[2]
        assert all(said in whom for said in people)
        assert (office in whom) == (office != "单位U1" or not people)
