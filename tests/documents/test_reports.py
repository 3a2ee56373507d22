"""Monthly reports from a store, against the same figures counted by hand and against the status document."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from monitor import progress
from monitor.campaign import Campaign
from monitor.documents import monthly, reports, xlsx
from monitor.documents.monthly import Form
from monitor.figures import LEVELS, QUEUE, SCHOOL_TYPES
from monitor.filings.gather import NoReport
from monitor.filings.source import Manual
from monitor.store import Scope, Store
from monitor.store.scope import OutOfScope
from tests.databases import Databases
from tests.documents import small_store as small
from tests.documents.test_xlsx import cells_right_of

OCTOBER, NOVEMBER = small.DAYS[1], small.DAYS[3]


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Iterator[Store]:
    with databases.store() as store:
        small.fill(store)
        yield store


def form_of(store: Store, code: str, month: int, **more: Any) -> Form:
    return reports.monthly_form(store, store.campaign, Scope.all(), code, 2016, month, **more)


def test_figures_of_a_city_are_the_sums_of_its_schools(filled: Store) -> None:
    form, schools = form_of(filled, small.CITY, 11), small.of_city()
    for figure in ("expected", "entered", "submitted", "numbered", "approved"):
        assert form.values[f"figures.{figure}"] == small.total(schools, figure, NOVEMBER)
    for level in LEVELS:
        for place in QUEUE:
            assert form.values[f"levels.{level}.{place}"] == small.total(schools, f"{place}_{level}", NOVEMBER)
    expected, submitted = (small.total(schools, figure, NOVEMBER) for figure in ("expected", "submitted"))
    approved, returned = (small.total(schools, figure, NOVEMBER) for figure in ("approved", "returned"))
    assert form.values["rates.collection"] == pytest.approx(submitted / expected)
    assert form.values["rates.review"] == pytest.approx((approved + returned) / submitted)
    assert form.values["rates.completion"] == pytest.approx(approved / expected)
    assert (form.values["institutions.total"], form.values["institutions.started"]) == (5, 5)


def test_figures_by_school_type(filled: Store) -> None:
    rows = form_of(filled, small.CITY, 11).groups["each_type"]
    held = [key for key in SCHOOL_TYPES if any(leaf.school_type == key for leaf in small.of_city())]
    assert [row["each_type.name"] for row in rows] == [SCHOOL_TYPES[key] for key in held]
    for row, key in zip(rows, held, strict=True):
        schools = tuple(leaf for leaf in small.of_city() if leaf.school_type == key)
        assert row["each_type.total"] == len(schools)
        for figure in ("expected", "entered", "submitted", "numbered", "approved", "returned"):
            assert row[f"each_type.{figure}"] == small.total(schools, figure, NOVEMBER)


def test_a_form_may_hold_what_was_returned_in_all(filled: Store) -> None:
    form = form_of(filled, small.CITY, 11)
    assert form.values["figures.returned"] == small.total(small.of_city(), "returned", NOVEMBER) > 0
    assert form.values["figures.returned"] == sum(row["each_type.returned"] for row in form.groups["each_type"])


def test_change_since_the_october_report(filled: Store) -> None:
    form, schools = form_of(filled, small.CITY, 11), small.of_city()
    for figure in ("expected", "entered", "submitted", "numbered", "approved"):
        before = small.total(schools, figure, OCTOBER)
        assert form.values[f"previous.{figure}"] == before
        assert form.values[f"difference.{figure}"] == small.total(schools, figure, NOVEMBER) - before
    rise = small.total(schools, "approved", NOVEMBER) - small.total(schools, "approved", OCTOBER)
    assert form.values["change.total"] == form.values["change.approvals"] == rise
    assert form.values["change.returns"] == form.values["change.corrections"] == 0
    assert form.values["previous.note"] == "上月（截至2016年10月25日）"


def test_a_universitys_form(filled: Store) -> None:
    form, leaf = form_of(filled, small.UNIVERSITY, 11), small.LEAVES[-1]
    assert form.sector == "universities"
    assert form.values["figures.approved"] == leaf.figures(NOVEMBER)["approved"]
    assert form.groups["each_type"] == ()
    assert [row["each_level.name"] for row in form.groups["each_level"]] == ["学校", "省级"]
    assert form.groups["each_level"][1]["each_level.approved"] == leaf.figures(NOVEMBER)["approved_province"]


def test_the_form_says_of_which_day_its_figures_are(filled: Store) -> None:
    november, october = form_of(filled, small.CITY, 11), form_of(filled, small.CITY, 10)
    assert (november.figures_day, november.report_day) == (date(2016, 11, 24), date(2016, 11, 25))
    assert november.values["as_of.note"] == "（2016年11月25日无数据，按最近一次数据填报）"
    assert october.figures_day == october.report_day == date(2016, 10, 25)
    assert october.values["as_of.note"] is None
    assert october.values["figures.approved"] == small.total(small.of_city(), "approved", OCTOBER)
    assert october.values["previous.note"] == "上月（无数据）"
    assert october.values["change.total"] is None


@pytest.mark.parametrize("code", [small.CITY, small.UNIVERSITY])
def test_every_figure_in_the_file_is_that_of_the_status_document(
    filled: Store, campaign: Campaign, template: bytes, code: str
) -> None:
    form = form_of(filled, code, 11, manual=Manual(filler="演示甲", reviewer="演示乙"))
    sheet = load_workbook(io.BytesIO(xlsx.render(form, template))).active
    status = progress.document(filled, campaign, Scope.all(), code, date(2016, 11, 25), since=OCTOBER)
    figures, change = status["figures"], status["change"]
    names = ("expected", "entered", "submitted", "numbered", "approved")
    institutions = [figures["institutions"][name] for name in ("total", "started", "complete")]
    people = [figures[name] for name in names]
    assert cells_right_of(sheet, "合计", 9) == [*institutions, *people, status["rates"]["completion"]]
    for level, label in (
        [("school", "学校"), ("province", "省级")] if code == small.UNIVERSITY else [("county", "县级")]
    ):
        assert cells_right_of(sheet, label, 3) == [figures["levels"][level][place] for place in QUEUE]
    assert cells_right_of(sheet, "采集率", 1) == [status["rates"]["collection"]]
    assert cells_right_of(sheet, "审核率", 1) == [status["rates"]["review"]]
    row = next(cell.row for line in sheet.iter_rows() for cell in line if cell.value == "新增通过") + 1
    parts = ("approvals", "returns", "corrections", "opened_closed", "denominator", "total")
    assert [cell.value for cell in sheet[row] if cell.value is not None] == [change[part] for part in parts]


def test_a_city_without_any_figures(filled: Store, template: bytes) -> None:
    form = form_of(filled, small.OTHER_CITY, 11)
    sheet = load_workbook(io.BytesIO(xlsx.render(form, template))).active
    # With no unit below it in the register, it counts as one reporting unit itself.
    assert cells_right_of(sheet, "合计", 4) == [1, 0, 0, 0]
    assert cells_right_of(sheet, "采集率", 1) == ["—"]


@pytest.mark.parametrize(
    ("code", "month", "why", "wrong_use"),
    [
        (small.COUNTY, 11, "演示一区不报送月报表。", True),
        (small.CITY, 9, "月报表从 2016-10 起报送。", True),
        (small.CITY, 12, "2016年12月没有数据：最近一次数据为2016年11月24日。", False),
    ],
)
def test_reports_that_there_are_not(filled: Store, code: str, month: int, why: str, wrong_use: bool) -> None:
    with pytest.raises(NoReport) as refused:
        form_of(filled, code, month)
    assert (str(refused.value), refused.value.wrong_use) == (why, wrong_use)


def test_an_empty_store_has_no_reports(empty_store: Store) -> None:
    small.fill(empty_store, days=())
    with pytest.raises(NoReport, match="2016年10月没有数据：截至2016年10月25日尚未导入任何进度表。"):
        form_of(empty_store, small.CITY, 10)


def test_a_unit_outside_the_scope_is_refused(filled: Store, campaign: Campaign) -> None:
    for scope, code in [(Scope.nothing(), small.CITY), (Scope.all(), "990999")]:
        with pytest.raises(OutOfScope):
            reports.monthly_form(filled, campaign, scope, code, 2016, 11)


def test_a_scope_of_one_city_fills_its_form(filled: Store, campaign: Campaign) -> None:
    with filled.connect() as connection:
        unit = progress.read.unit(connection, Scope.all(), small.CITY)
    form = reports.monthly_form(filled, campaign, Scope(frozenset({unit.id})), small.CITY, 2016, 11)
    assert form == form_of(filled, small.CITY, 11)
    assert form.title == monthly.build(campaign, 2016, 11, _document(filled, campaign)).title


def _document(store: Store, campaign: Campaign) -> dict[str, Any]:
    return progress.document(store, campaign, Scope.all(), small.CITY, date(2016, 11, 25))
