"""The page 数据质量: counts, filters, a finding explained, what a download holds."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator

import pandas as pd
import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.progress import document
from monitor.quality import rules
from monitor.store import Scope, Store
from monitor.store.schema import finding
from monitor.ui import downloads
from tests.databases import Databases
from tests.pages.conftest import UNITS, Open
from tests.pages.test_intake import told
from tests.pages.test_progress_pages import said
from tests.quality.world import BELOW, FOUND, NEXT, fill_with_findings
from tests.ui.support import forget

ID_NUMBER = "110101199003077774"


@pytest.fixture(scope="module")
def found(databases: Databases) -> Iterator[Store]:
    """A store with findings that no test changes."""
    with databases.store() as opened:
        fill_with_findings(opened)
        yield opened


@pytest.fixture
def world(empty_store: Store) -> Store:
    """A store with findings of this test's own."""
    fill_with_findings(empty_store)
    return empty_store


def sheet_xml(content: bytes) -> str:
    """The sheet of a workbook as it is written."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def listed(app: AppTest) -> pd.DataFrame:
    """The list of findings."""
    return next((frame.value for frame in app.dataframe if "最近一条" in frame.value), pd.DataFrame())


def counted(app: AppTest, column: str) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if list(frame.value)[:2] == [column, "必须改"] or list(frame.value)[1] == column)  # fmt: skip


def seen_by(role: str) -> list[tuple[str, str]]:
    """(code, grade) of the findings that an account of the role sees at first."""
    if role in UNITS:
        units = BELOW[UNITS[role]]
    else:
        units = {"U1"} if role == "province_universities" else {"K1", "S1", "S2", "S3"}
    return [(code, grade) for code, grade, unit, _day in FOUND if unit in units]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_what_is_open_in_its_own_scope(role: str, found: Store, open_page: Open) -> None:
    app = open_page(found, "quality", role)
    assert not app.exception
    grades = Counter(grade for _code, grade in seen_by(role))
    assert (
        f"必须改 {grades['must_fix']} 条、需说明 {grades['explain']} 条，提示 {grades['note']} 条"
        in app.header[0].value
    )
    rows = listed(app)
    assert rows["条数"].sum() == grades.total()
    assert Counter(dict(rows.groupby("问题")["条数"].sum())) == Counter(rules.name(code) for code, _g in seen_by(role))
    assert ("整个文件的问题：未处理 1 条" in said(app)) == (role in ("administrator", "observer"))


@pytest.mark.parametrize("role", ROLES)
def test_without_figures_the_page_says_so(role: str, empty: Store, open_page: Open) -> None:
    app = open_page(empty, "quality", role)
    assert not app.exception and "还没有数据" in said(app) and not app.dataframe


def test_figures_without_findings_say_so(small: Store, open_page: Open) -> None:
    app = open_page(small, "quality", "city")
    assert not app.exception and "没有待处理的问题" in app.header[0].value and not app.dataframe


def test_the_headline_counts_what_the_status_document_counts(found: Store, open_page: Open) -> None:
    for code in (found.campaign.root, *BELOW):
        counts = document(found, found.campaign, Scope.all(), code, NEXT)["findings"]
        sectors = ("schools", "universities") if code == found.campaign.root else ("",)
        pages = [open_page(found, "quality", "observer", unit=code, **({"sector": s} if s else {})) for s in sectors]
        shown: Counter[str] = Counter()
        for app in pages:
            rows = counted(app, "问题")
            shown.update(dict(rows.groupby("级别")["未处理"].sum()))
        assert {"✖ 必须改": counts["must_fix"], "▲ 需说明": counts["explain"], "○ 提示": counts["note"]} == {
            key: shown[key] for key in ("✖ 必须改", "▲ 需说明", "○ 提示")
        }


def test_filters_are_in_the_address(found: Store, open_page: Open) -> None:
    app = open_page(found, "quality", "province_schools", grade="must_fix")
    assert set(listed(app)["级别"]) == {"✖ 必须改"} and listed(app)["条数"].sum() == 2
    app.selectbox(key="state-rule").select("queue_unbalanced").run()
    assert app.query_params["rule"] == "queue_unbalanced" and len(listed(app)) == 1
    app.button(key="quality-all").click().run()
    assert not {"rule", "grade"} & set(app.query_params) and listed(app)["条数"].sum() == 7
    app.selectbox(key="state-on").select(NEXT.isoformat()).run()
    assert app.query_params["on"] == NEXT.isoformat()
    assert listed(app)["条数"].sum() == sum(1 for _c, _g, unit, on in FOUND if on == NEXT and unit not in (None, "U1"))
    app = open_page(found, "quality", "province_schools", state="answered")
    assert listed(app).empty and "没有符合条件的问题" in told(app)


@pytest.mark.parametrize("value", ["<b>x</b>", "-1", "99999999999999999999", "jump-nowhere", "jump-batch-x", "0"])
def test_nonsense_in_the_address_is_no_error(value: str, found: Store, open_page: Open) -> None:
    names = ("grade", "rule", "state", "on", "p", "item", "about", "view")
    app = open_page(found, "quality", "observer", **dict.fromkeys(names, value))
    assert not app.exception
    app = open_page(found, "quality", "observer", batch=value, p=value)
    assert not app.exception


def test_a_finding_outside_of_the_scope_is_refused(found: Store, open_page: Open) -> None:
    app = open_page(found, "quality", "county", item="queue_unbalanced-S2")
    assert app.error and "说明 queue_unbalanced" not in said(app) and not app.text_area
    app = open_page(found, "quality", "county", batch="3")
    assert listed(app)["条数"].sum() == 5 and "total_differs" not in said(app)


def test_findings_of_a_batch_and_of_whole_files(found: Store, open_page: Open) -> None:
    app = open_page(found, "quality", "administrator", batch="3")
    assert listed(app)["条数"].sum() == len(FOUND) and app.header[0].value.startswith("批次 3")
    app = open_page(found, "quality", "administrator", about="files")
    assert listed(app)["单位"].tolist() == ["批次 3 ›"]
    assert listed(open_page(found, "quality", "province_schools", about="files"))["条数"].sum() == 7


# ---- explaining --------------------------------------------------------------------------------------------------

ITEM = "entered_over_expected-S1"


def answers(store: Store) -> list[tuple[str, str | None, str | None]]:
    with store.connect() as connection:
        query = select(finding.c.code, finding.c.answer, finding.c.answered_by).order_by(finding.c.id)
        return [(row.code, row.answer, row.answered_by) for row in connection.execute(query) if row.answer]


@pytest.mark.parametrize("role", ROLES)
def test_who_is_offered_the_place_to_explain(role: str, found: Store, open_page: Open) -> None:
    item = "queue_unbalanced-U1" if role in ("university", "province_universities") else ITEM
    app = open_page(found, "quality", role, item=item)
    assert not app.exception and "怎么办" in said(app)
    assert bool(app.text_area) == (role not in ("administrator", "observer"))
    whole = open_page(found, "quality", role, item="total_differs-batch-3")
    assert bool(whole.text_area) == (role == "administrator")


def test_a_county_explains_and_the_province_reads_it(world: Store, open_page: Open) -> None:
    app = open_page(world, "quality", "county", item=ITEM)
    app.text_area[0].set_value("十一月调入教师三名")
    app.button(key="finding-explain").click().run()
    assert not app.exception and "已保存说明，涉及 3 条。" in told(app)
    assert answers(world) == [("entered_over_expected", "十一月调入教师三名", "county-k1")] * 3
    assert "需说明 1 条" in app.header[0].value and not app.button(key="finding-withdraw-0").disabled
    province = open_page(world, "quality", "province_schools", item=ITEM, state="all")
    assert "十一月调入教师三名" in [text.value for text in province.text] and "**说明**（3 条，单位K1 " in said(
        province
    )
    province.button(key="finding-withdraw-0").click().run()
    assert answers(world) == [] and "恢复为未处理" in told(province)
    assert any("撤回说明" in text.value for text in province.text)


def test_an_explanation_is_changed(world: Store, open_page: Open) -> None:
    app = open_page(world, "quality", "school", item="figure_fell-S1")
    app.text_area[0].set_value("误报已撤回")
    app.button(key="finding-explain").click().run()
    assert app.text_area[0].value == "误报已撤回"
    app.text_area[0].set_value("误报三人，已撤回")
    app.button(key="finding-change-0").click().run()
    assert [answer for _code, answer, _by in answers(world)] == ["误报三人，已撤回"]
    assert any("误报已撤回" in text.value for text in app.text)


def test_what_is_refused_stays_in_the_field(world: Store, open_page: Open) -> None:
    app = open_page(world, "quality", "county", item=ITEM)
    app.text_area[0].set_value(f"张某 {ID_NUMBER} 调入")
    app.button(key="finding-explain").click().run()
    assert "身份证号码" in told(app) and app.text_area[0].value == f"张某 {ID_NUMBER} 调入"
    assert answers(world) == []


def test_what_is_half_typed_is_there_again(world: Store, open_page: Open) -> None:
    app = open_page(world, "quality", "county", item=ITEM)
    app.text_area[0].set_value("写到一半").run()
    app.button(key="finding-close").click().run()
    assert not app.text_area and "item" not in app.query_params
    app.query_params["item"] = "figure_fell-S1"
    assert app.run().text_area[0].value == ""
    app.query_params["item"] = ITEM
    assert app.run().text_area[0].value == "写到一半"


# ---- the list ----------------------------------------------------------------------------------------------------


def test_a_long_list_is_turned_page_by_page(world: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.ui.paging.PAGE", 2)
    app = open_page(world, "quality", "province_schools")
    first = listed(app)
    seen = len(first)
    while not app.button(key="quality-after").disabled:
        app.button(key="quality-after").click().run()
        seen += len(listed(app))
    assert seen == 5 and app.query_params["p"] == "3"
    app = open_page(world, "quality", "province_schools", p="9")
    assert listed(app).equals(first) and "p" not in app.query_params


def test_the_download_holds_what_is_shown_and_no_formula(
    world: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = {}
    monkeypatch.setattr(
        downloads, "link", lambda label, who, file, kind, produce, key="": offers.update({file: produce})
    )
    with world.begin() as connection:
        connection.execute(finding.update().where(finding.c.code == "figure_fell").values(message="=1+1"))
    forget()  # no load has told of it
    open_page(world, "quality", "county", grade="explain")
    ((file, produce),) = offers.items()
    sheet = load_workbook(io.BytesIO(produce())).active
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert file == f"数据质量-单位K1-{NEXT.isoformat()}.xlsx" and rows[0][0] == "级别"
    assert len(rows) - 1 == 4 and {row[2] for row in rows[1:]} == {"S1"}
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert len(cells) == 1 and "<f>" not in sheet_xml(produce())
