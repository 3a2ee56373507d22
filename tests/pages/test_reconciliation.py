"""The page 对账: what it says is what was loaded; sorted, turned, downloaded."""

import io
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.store import Store
from monitor.ui import downloads
from tests.databases import Databases
from tests.pages.conftest import Open
from tests.pages.test_progress_pages import said
from tests.pages.world import EXPECTED
from tests.quality.test_reconcile import STAFF, _with_statistics

LIVE = {**EXPECTED, "S1": 50}


@pytest.fixture(scope="module")
def counted(databases: Databases) -> Iterator[Store]:
    """A store with figures and statistics."""
    with databases.store() as opened:
        _with_statistics(opened)
        yield opened


def tables(app: AppTest) -> list[pd.DataFrame]:
    return [frame.value for frame in app.dataframe]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_its_own_denominators(role: str, counted: Store, open_page: Open) -> None:
    app = open_page(counted, "reconciliation", role)
    assert not app.exception
    seen = {
        "city": ["S1", "S3"], "county": ["S1"], "school": ["S1"], "university": ["U1"], "province_universities": ["U1", "U2"],
    }.get(role, ["S1", "S2", "S3"])  # fmt: skip
    live, staff = sum(LIVE[code] for code in seen), sum(STAFF.get(code, 0) for code in seen)
    gap = f"{live - staff:+,}" if live != staff else "0"
    assert f"应采集 {live} 人" in app.header[0].value and f"相差 {gap}" in app.header[0].value
    below = role not in ("school", "university")
    assert any("各下级单位的差额相加" in told.value for told in app.caption) == below
    schools = tables(app)[-1]
    assert set(schools["单位"]) == {f"单位{code}" for code in seen if LIVE[code] != STAFF.get(code, 0)}
    assert schools["实时－统计"].sum() == live - staff


@pytest.mark.parametrize("role", ROLES)
def test_without_figures_the_page_says_so(role: str, empty: Store, open_page: Open) -> None:
    app = open_page(empty, "reconciliation", role)
    assert not app.exception and "还没有数据" in said(app) and not app.dataframe


def test_schools_are_sorted_and_chosen_by_the_address(counted: Store, open_page: Open) -> None:
    def names(**query: str) -> Any:
        return tables(open_page(counted, "reconciliation", "observer", **query))[-1]["单位"].tolist()

    assert names() == ["单位S2", "单位S1"]  # +40, -16; S3 has no gap
    assert names(sort="fewer") == ["单位S1", "单位S2"] and names(sort="x", gap="x", p="99") == ["单位S2", "单位S1"]
    assert names(gap="baseline") == ["单位S1"]


def test_the_download_holds_every_reporting_unit(
    counted: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers: dict[str, Any] = {}
    monkeypatch.setattr(
        downloads, "link", lambda label, who, file, kind, produce, key="": offers.update({file: produce})
    )
    open_page(counted, "reconciliation", "province_schools")
    below, schools = (list(load_workbook(io.BytesIO(make())).active.iter_rows(min_row=4, values_only=True)) for make in offers.values())  # type: ignore[union-attr]  # fmt: skip
    assert {row[0]: row[3] for row in schools} == {code: live for code, live in LIVE.items() if code[0] == "S"}
    assert below[0][1:4] == tuple(sum(row[column] for row in below[1:]) for column in (1, 2, 3))
