"""The batches of the page 数据导入: one opened, and what an undo says that it takes back."""

from sqlalchemy import select

from monitor.quality import answers
from monitor.store import Scope, Store
from monitor.store.schema import finding
from tests.pages.conftest import Open
from tests.pages.test_intake import press
from tests.pages.test_progress_pages import said
from tests.quality.test_answers import Someone
from tests.quality.world import FOUND, fill_with_findings, load


def test_a_batch_is_opened_by_the_address(empty_store: Store, open_page: Open) -> None:
    number = fill_with_findings(empty_store)
    app = open_page(empty_store, "intake", "administrator", batch=str(number))
    assert "批次 3：问题表.csv" in [head.value for head in app.subheader]
    assert "采集进度表，2016年11月14日。admin 于" in said(app) and "共 4 行，写入 4 行（其中更正 0 行）" in said(app)
    listed = next(frame.value for frame in app.dataframe if "批次" in frame.value)
    row = listed[listed["批次"] == number].iloc[0]
    assert (row["必须改"], row["需说明"], row["提示"]) == tuple(sum(g == grade for _c, g, _u, _d in FOUND) for grade in ("must_fix", "explain", "note"))  # fmt: skip
    assert row["统计日期"] == "2016-11-14" and "更正" not in listed.columns  # which stands in the batch that is opened
    assert listed["统计日期"].iloc[-1] == "2016-10-17至11-11"
    for nonsense in ("x", "99", "<b>"):
        assert not open_page(empty_store, "intake", "administrator", batch=nonsense).exception


def test_an_undo_says_what_it_takes_back(empty_store: Store, open_page: Open) -> None:
    fill_with_findings(empty_store)
    with empty_store.connect() as connection:
        numbers = list(connection.execute(select(finding.c.id).where(finding.c.code == "jump")).scalars())
        seen = dict.fromkeys(
            connection.execute(select(finding.c.id).where(finding.c.code == "entered_over_expected")).scalars()
        )
    answers.explain(empty_store, Someone("k1", "县", Scope.all(), "county"), "entered_over_expected", seen, "调入三人")
    app = press(open_page(empty_store, "intake", "administrator"), "撤销批次 3")
    assert f"一并删除本批次带来的问题 {len(FOUND)} 条（其中 3 条连同已写的说明）" in said(app)
    load(empty_store, "更正.csv", {"S2": 4, "S3": 30}, [])
    app = press(open_page(empty_store, "intake", "administrator"), "撤销批次 4")
    assert "2016年11月14日，2 行，其中 2 行恢复为原来的数字；一并删除本批次带来的问题 0 条" in said(app)
    assert "条问题恢复为未处理" in said(app) and not numbers
    app = press(app, "确认撤销批次 4")
    assert "批次 4 已撤销" in "".join(success.value for success in app.success)
