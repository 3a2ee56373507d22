"""The page 工作组名单: each role sees what is for it, and no more; the life of a roster as two accounts live it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.filings.roster_load import Filed, record_all
from monitor.store import Scope, Store, read, rosters
from monitor.ui.navigation import PAGES
from tests.access.tree import plant
from tests.databases import Databases
from tests.filings.people import COMPLETE, SECRETS
from tests.pages.conftest import Open, said

IN_TIME = datetime(2016, 10, 9, 2, tzinfo=UTC)


@pytest.fixture
def filed(databases: Databases) -> Iterator[Store]:
    """C1 has filed on paper and electronically, U1 only electronically, nobody else."""
    with databases.store() as opened:
        plant(opened)
        record_all(
            opened, [Filed("C1", COMPLETE, IN_TIME, date(2016, 10, 12)), Filed("U1", COMPLETE[:-1], IN_TIME)], "tester"
        )
        yield opened


def button(app: AppTest, key: str) -> object:
    return next(element for element in app.button if element.key == key)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_sees_whose_people(open_page: Open, filed: Store, role: str) -> None:
    readers = {"administrator", "province_schools", "city"}
    if not PAGES["roster"].open_to(role):
        assert role in ("county", "school")
        app = open_page(filed, "roster", role)
        assert not app.dataframe and not any(secret in said(app) for secret in SECRETS)
        return
    sector = {"sector": "schools"} if role in ("administrator", "observer") else {}
    unit = {} if role in ("city", "university") else {"unit": "C1"}
    app = open_page(filed, "roster", role, **sector, **unit)
    assert not app.exception
    told = said(app)
    if role in ("province_universities", "university"):
        assert "单位C1工作组名单" not in told and not any(
            secret in told for secret in SECRETS if secret in SECRETS[-2:]
        )
    else:
        assert "单位C1工作组名单" in told
        assert all((secret in told) is (role in readers) for secret in SECRETS), role


def test_a_list_says_whose_is_in(open_page: Open, filed: Store) -> None:
    app = open_page(filed, "roster", "province_schools")
    assert not app.exception
    assert app.header[0].value == "中小学：应报 2 份，已报 1 份，已接收 0 份"
    told = said(app)
    assert "单位C2（缺电子件、纸质件）" in told and "单位C1（迟报 2 日）" in told
    listed = app.dataframe[0].value
    assert listed["name"].tolist() == ["单位C2 ›", "单位C1 ›"] and listed["members"].tolist() == [0, len(COMPLETE)]
    assert not any(secret in told for secret in SECRETS)


def test_an_address_outside_of_the_scope_is_refused(open_page: Open, filed: Store) -> None:
    for role, unit in (("city", "C2"), ("province_universities", "C1"), ("university", "U2")):
        app = open_page(filed, "roster", role, unit=unit)
        assert any("不在" in error.value or "不存在" in error.value for error in app.error)
        assert not app.dataframe and not app.subheader


def test_a_campaign_without_figures_has_its_rosters(open_page: Open, empty: Store) -> None:
    app = open_page(empty, "roster", "province_universities")
    assert not app.exception and app.header[0].value.startswith("高校：应报 2 份，已报 0 份")


def test_the_province_marks_checks_and_accepts(open_page: Open, filed: Store) -> None:
    app = open_page(filed, "roster", "province_universities", unit="U1")
    assert not app.exception
    assert "没有联络员" in said(app)
    button(app, "roster-accept").click()  # type: ignore[attr-defined]
    app.run()
    assert any("纸质件" in error.value for error in app.error)
    app.date_input[0].set_value(date(2016, 10, 10))
    button(app, "roster-paper-note").click()  # type: ignore[attr-defined]
    app.run()
    assert any("已登记" in told.value for told in app.success)
    button(app, "roster-accept").click()  # type: ignore[attr-defined]
    app.run()
    with filed.connect() as connection:
        known = rosters.state(connection, read.unit(connection, Scope.all(), "U1").id)
    assert known["accepted_at"] is not None and known["paper_on"] == date(2016, 10, 10)


def test_a_return_wants_its_reason(open_page: Open, filed: Store) -> None:
    app = open_page(filed, "roster", "province_schools", unit="C1")
    button(app, "roster-return").click()  # type: ignore[attr-defined]
    app.run()
    assert any("退回原因" in error.value for error in app.error)
    app.main.text_input[-1].set_value("请补充")
    button(app, "roster-return").click()  # type: ignore[attr-defined]
    app.run()
    assert not app.exception and "省里退回：请补充" in said(app)
    assert "省里退回：请补充" in said(open_page(filed, "roster", "city"))
    assert "请补充" not in said(open_page(filed, "roster", "observer", unit="C1"))


def test_erasing_is_asked_for_twice_and_leaves_nobody(open_page: Open, filed: Store) -> None:
    app = open_page(filed, "roster", "administrator", unit="C1")
    button(app, "roster-erase-ask").click()  # type: ignore[attr-defined]
    app.run()
    assert any(secret in said(app) for secret in SECRETS)
    button(app, "roster-erase-C1").click()  # type: ignore[attr-defined]
    app.run()
    assert not app.exception and not any(secret in said(app) for secret in SECRETS)
    with filed.connect() as connection:
        assert rosters.all_members(connection, read.unit(connection, Scope.all(), "C1").id) == []


def test_a_unit_submits_its_own(open_page: Open, filed: Store) -> None:
    app = open_page(filed, "roster", "university")
    assert not app.exception and "报送前须改正" in said(app)
    button(app, "roster-submit").click()  # type: ignore[attr-defined]
    app.run()
    assert any("没有报送" in error.value for error in app.error) and any("联络员" in error.value for error in app.error)
    assert "roster-submit-yes" not in [element.key for element in app.button]
