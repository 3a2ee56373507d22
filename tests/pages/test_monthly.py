"""The page 月报: who has filed, and the form of one unit."""

import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, select
from streamlit.runtime.scriptrunner import RerunData, RerunException
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.filings import life
from monitor.filings.fields import fields_of
from monitor.store import Store
from monitor.store.schema import audit as audit_table
from monitor.store.schema import filing, filing_event
from monitor.ui import downloads, monthly, navigation
from tests.filings.accounts import fill_in, person, shown
from tests.pages.conftest import Open
from tests.pages.filed import filed
from tests.pages.test_progress_pages import said
from tests.pages.world import LAST, approved

__all__ = ["filed"]


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
        assert "2016年11月" in said(app)
        # Who fills the report in sees its fields first, everybody else the form.
        fills = role in ("city", "university")
        assert bool(app.text_area) == fills and any("<table" in part.value for part in app.html) != fills


def test_an_account_sees_only_its_own(filed: Store, open_page: Open) -> None:
    for role, own, others in (("city", "单位C1", ("单位C2", "单位U1")), ("university", "单位U1", ("单位U2", "单位C1"))):
        app = open_page(filed, "monthly", role, month="2016-10", view="form")
        assert own in _form(app)
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


@pytest.mark.parametrize("query", [{"month": "2016-13"}, {"month": "x"}, {"view": "<b>"}, {"view": "fill"}])
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
    app = open_page(filed, "monthly", "city", view="form")
    offer = _offered(app)["单位C1_2016年11月_月报表.xlsx"]
    sheet = load_workbook(io.BytesIO(offer.produce())).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    done = approved("S1", LAST) + approved("S3", LAST)
    assert done in cells and any("单位C1" in str(value) for value in cells)
    shown = re.sub(r"<[^>]+>", "\n", _form(app)).split("\n")
    assert f"{done:,}" in shown


# ---- filling in ------------------------------------------------------------------------------------------------------


def _field(app: AppTest, key: str) -> Any:
    box = f"monthly-C1-2016-11-{key}"
    return next(one for one in (*app.text_area, *app.text_input) if one.key == box)


def test_each_field_is_saved_when_it_is_left(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "monthly", "city")
    assert "补齐 13 项" in said(app) and app.button(key="monthly-submit").disabled
    _field(app, "problems").set_value("长" * 2000).run()
    _field(app, "training_people").set_value("１,２００ 人").run()
    assert not app.exception and "补齐 11 项" in said(app) and "已自动保存" in _status(app)
    again = open_page(filed, "monthly", "city")
    assert (_field(again, "problems").value, _field(again, "training_people").value) == ("长" * 2000, "1200")


def test_what_a_run_that_was_ended_left_behind_is_saved_by_the_next(
    filed: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(filed, "monthly", "city")
    save, ended = life.save_field, []

    def end_once(*given: Any) -> Any:
        """As where a second field is left while the first is about to be saved."""
        if not ended:
            ended.append(given)
            raise RerunException(RerunData())
        return save(*given)

    monkeypatch.setattr(life, "save_field", end_once)
    _field(app, "problems").set_value("部分学校人员紧张").run()
    app.run()
    assert ended and "已自动保存" in _status(app)
    assert shown(filed, person(filed, "observer"), "C1").manual.problems == "部分学校人员紧张"


def _places(app: AppTest) -> dict[str, tuple[int, ...]]:
    """Where each field of the draft stands: the numbers of the containers on the way to it, from the page's own."""
    found: dict[str, tuple[int, ...]] = {}

    def walk(node: Any, way: tuple[int, ...]) -> None:
        for number, child in node.children.items():
            if hasattr(child, "children"):
                walk(child, (*way, number))
            elif (getattr(child, "key", None) or "").startswith("monthly-C1-"):
                found[child.key] = (*way, number)

    walk(app.main, ())
    return found


def test_fields_keep_their_places_whatever_is_told_around_them(filed: Store, open_page: Open) -> None:
    # The browser makes a field that moves anew, and what was being typed into it is gone.
    app = open_page(filed, "monthly", "city")
    before, offer = _places(app), "monthly-take-over"
    assert len(before) == len(fields_of("schools")) and offer in {one.key for one in app.button}
    _field(app, "funds").set_value("已落实").run()
    assert offer not in {one.key for one in app.button} and _places(app) == before
    _field(app, "training_people").set_value("约300").run()
    _field(app, "problems").set_value("长" * 2001).run()
    assert len(app.error) == 2 and _places(app) == before
    city = person(filed, "city", "C1")
    life.save_field(filed, city, "C1", "2016-11", "security", "对方的话", 0)
    life.put_right(filed, city, shown(filed, city, "C1"), "figures.expected", 95, "五人尚未入表", 0)
    app.run()
    assert app.table and app.info and _places(app) == before
    fill_in(filed, city, "C1")
    returned = open_page(filed, "monthly", "city")
    assert not returned.button(key="monthly-submit").disabled and _places(returned) == before


def _status(app: AppTest) -> str:
    return next(part.value for part in app.html if "monthly-saved" in part.value)


@pytest.mark.parametrize(
    ("key", "typed", "why"),
    [("training_people", "约300", "整数"), ("problems", "长" * 2001, "2000"), ("funds", "证号 11010519491231002X", "身份证"),
     ("phone", "请打电话", "电话")],
)  # fmt: skip
def test_what_cannot_stand_is_told_beside_its_field_and_stays_on_the_screen(
    key: str, typed: str, why: str, filed: Store, open_page: Open
) -> None:
    app = open_page(filed, "monthly", "city")
    _field(app, key).set_value(typed).run()
    assert [error.value for error in app.error if "没有保存" in error.value and why in error.value]
    assert "有 1 项没有保存" in _status(app) and _field(app, key).value == typed
    assert shown(filed, person(filed, "city", "C1"), "C1").filing.version == 0
    app.segmented_control(key="state-view").set_value("form").run()
    app.segmented_control(key="state-view").set_value("fill").run()
    assert _field(app, key).value == typed


def test_filler_and_reviewer_are_two_people(filed: Store, open_page: Open) -> None:
    fill_in(filed, person(filed, "city", "C1"), "C1", reviewer="（演示） 填报人")
    app = open_page(filed, "monthly", "city")
    assert "不能是同一个人" in "".join(error.value for error in app.error)
    assert app.button(key="monthly-submit").disabled and app.button(key="monthly-submit-below").disabled
    _field(app, "reviewer").set_value("（演示）审核人").run()
    assert not app.error and not app.button(key="monthly-submit").disabled
    assert not app.button(key="monthly-submit-below").disabled


def test_two_people_on_one_draft(filed: Store, open_page: Open) -> None:
    other = person(filed, "city", "C1", "other")
    app = open_page(filed, "monthly", "city")
    life.save_field(filed, other, "C1", "2016-11", "problems", "对方的话", 0)
    _field(app, "problems").set_value("我的话").run()
    assert "请选择" in "".join(warning.value for warning in app.warning)
    assert shown(filed, other, "C1").manual.problems == "对方的话"
    app.button(key="mine-problems").click().run()
    assert shown(filed, other, "C1").manual.problems == "我的话" and not app.warning
    version = life.entries(shown(filed, other, "C1").filing)["problems"].version
    life.save_field(filed, other, "C1", "2016-11", "problems", "又改了", version)
    _field(app, "problems").set_value("我也又改了").run()
    app.button(key="theirs-problems").click().run()
    assert _field(app, "problems").value == "又改了" == shown(filed, other, "C1").manual.problems
    # What another wrote into a field that nobody here has touched is shown, and said.
    life.save_field(filed, other, "C1", "2016-11", "funds", "对方的经费", 0)
    app.run()
    assert _field(app, "funds").value == "对方的经费"
    assert "经费保障" in "".join(info.value for info in app.info)


def test_the_life_of_a_report_on_the_page(filed: Store, open_page: Open) -> None:
    city = person(filed, "city", "C1")
    fill_in(filed, city, "C1")
    app = open_page(filed, "monthly", "city")
    app.button(key="monthly-submit").click().run()
    # A click inside of a dialog runs the dialog alone, which AppTest does not do: tests/browser does.
    assert not app.button(key="monthly-submit-yes").disabled
    life.submit(filed, city, shown(filed, city, "C1"))
    app = open_page(filed, "monthly", "city")
    assert "等待省级接收" in said(app) and not app.text_area
    office = open_page(filed, "monthly", "province_schools")
    assert "单位C1" in said(office)  # the one that waits comes first
    office.text_area(key="return-C1-2016-11").set_value("培训人数请核对")
    next(one for one in office.button if one.label == "退回填报单位").click().run()
    assert not office.exception and "已退回" in said(office)
    app = open_page(filed, "monthly", "city")
    assert "培训人数请核对" in "".join(error.value for error in app.error) and app.text_area
    life.submit(filed, city, shown(filed, city, "C1"))
    office = open_page(filed, "monthly", "province_schools", unit="C1")
    office.button(key="monthly-accept").click().run()
    assert "已接收" in said(office)
    looker = open_page(filed, "monthly", "observer", unit="C1", view="history")
    assert looker.table[0].value["事项"].tolist() == ["已接收", "报送", "退回", "报送"]
    assert looker.table[0].value["原因"].tolist() == ["—", "—", "培训人数请核对", "—"]
    assert not [one for one in looker.button if (one.key or "").startswith("monthly-")]


@pytest.mark.parametrize(
    ("role", "unit"), [("observer", "C1"), ("administrator", "C1"), ("province_universities", "U1"), ("city", "C1")]
)
def test_only_who_may_judge_is_offered_a_verdict(role: str, unit: str, filed: Store, open_page: Open) -> None:
    owner = person(filed, "university" if unit[0] == "U" else "city", unit)
    fill_in(filed, owner, unit)
    life.submit(filed, owner, shown(filed, owner, unit))
    app = open_page(filed, "monthly", role, unit=unit)
    assert bool([one for one in app.button if one.key == "monthly-accept"]) == (role == "province_universities")
    past = open_page(filed, "monthly", role, unit=unit, day="2016-11-10", month="2016-11")
    assert not [one for one in past.button if one.key in ("monthly-accept", "monthly-submit")]


def test_a_figure_is_put_right_with_a_reason(filed: Store, open_page: Open) -> None:
    app = open_page(filed, "monthly", "city")
    app.selectbox(key="right-name").select("figures.expected").run()
    app.text_input(key="right-value-figures.expected").set_value("95")
    next(one for one in app.button if one.label == "更正").click().run()
    assert "原因" in "".join(error.value for error in app.error)
    app.text_area(key="right-reason-figures.expected").set_value("五人尚未入表")
    next(one for one in app.button if one.label == "更正").click().run()
    assert app.table[0].value.reset_index().to_numpy().tolist() == [["应采集人数", "90", "95", "五人尚未入表"]]
    app.button(key="right-back").click().run()
    assert not app.table and shown(filed, person(filed, "city", "C1"), "C1").overrides == ()


def test_what_stays_the_same_is_taken_over_from_last_month(filed: Store, open_page: Open) -> None:
    city = person(filed, "city", "C1")
    with filed.begin() as connection:
        connection.execute(delete(filing_event))
        connection.execute(delete(filing))
    fill_in(filed, city, "C1", "2016-10", working_group="上月的工作组")
    app = open_page(filed, "monthly", "city", month="2016-11")
    app.button(key="monthly-take-over").click().run()
    assert _field(app, "working_group").value == "上月的工作组" and _field(app, "problems").value == ""
    assert "补齐 8 项" in said(app)
