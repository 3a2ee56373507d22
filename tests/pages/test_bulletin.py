"""The page 通报: who reads, who writes, what a draft shows of itself."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from docx import Document
from sqlalchemy import delete, select
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.bulletins import editing, proof
from monitor.bulletins.life import Desk
from monitor.store import Store
from monitor.store.schema import audit as audit_table
from monitor.store.schema import bulletin, bulletin_event
from monitor.ui import downloads
from tests.pages.conftest import Open
from tests.pages.test_progress_pages import said
from tests.pages.world import LAST


@pytest.fixture
def desk(small: Store) -> Iterator[Desk]:
    """The desk of the office; the store is without bulletins before and after."""
    yield Desk.of_the_office(small)
    with small.begin() as connection:
        connection.execute(delete(bulletin_event))
        connection.execute(delete(bulletin))


@pytest.fixture
def draft(desk: Desk) -> int:
    return desk.draft("schools", LAST)[0]


@pytest.fixture
def published(desk: Desk, draft: int) -> int:
    desk.publish(draft, 1, 3)
    return draft


def body(app: AppTest) -> str:
    """What the page shows of the bulletin, without marks."""
    return re.sub(r"<style.*?</style>|<[^>]+>", "", "".join(part.value for part in app.html), flags=re.S)


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


@pytest.mark.parametrize("role", ROLES)
def test_an_empty_store_says_what_comes(role: str, empty: Store, open_page: Open) -> None:
    app = open_page(empty, "bulletin", role)
    assert not app.exception and app.title[0].value == "通报"
    assert any("通报" in info.value for info in app.info)


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_what(role: str, small: Store, desk: Desk, open_page: Open) -> None:
    for sector, serial in (("schools", 3), ("universities", 4)):
        number, _new = desk.draft(sector, LAST)
        desk.publish(number, 1, serial)
        with small.begin() as connection:
            connection.execute(bulletin.update().where(bulletin.c.id == number).values(as_of=20161110))
        desk.draft(sector, LAST)
    app = open_page(small, "bulletin", role)
    found = [button for button in app.button if (button.key or "").startswith("open-")]
    writes = 1 if "publish" in ROLES[role].actions else 0
    assert len(found) == len(ROLES[role].sectors) + writes
    assert any(button.label == "起草通报" for button in app.button) == bool(writes)


def test_from_nothing_to_a_draft(desk: Desk, small: Store, open_page: Open) -> None:
    app = open_page(small, "bulletin", "province_schools")
    begin = "".join(told.value for told in app.caption)
    assert all(part in begin for part in ("总体进展情况", "月报表报送情况", "下一步工作要求")) and "{" not in begin
    assert not app.header, "there is none to list"
    next(button for button in app.button if button.label == "起草通报").click().run()
    assert not app.exception and app.query_params["id"] == "1"
    assert "一、总体进展情况" in body(app) and "各设区市信息采集审核进展情况表" in body(app)


@pytest.mark.parametrize("role", ["city", "administrator", "observer", "province_universities"])
def test_a_draft_is_for_those_who_write_it(role: str, draft: int, small: Store, open_page: Open) -> None:
    app = open_page(small, "bulletin", role, id=str(draft))
    assert app.error and "一、" not in body(app)
    with small.connect() as connection:
        query = select(audit_table.c.detail).where(audit_table.c.action == "refused")
        assert {"bulletin": str(draft)} in connection.execute(query).scalars().all()


@pytest.mark.parametrize("asked", ["99", "x", "-1", "1e9"])
def test_what_does_not_exist_is_refused_in_the_same_words(
    asked: str, draft: int, small: Store, open_page: Open
) -> None:
    refused = open_page(small, "bulletin", "city", id=asked).error[0].value
    assert refused == open_page(small, "bulletin", "city", id=str(draft)).error[0].value


def test_an_edited_number_is_marked_with_who(draft: int, desk: Desk, small: Store, open_page: Open) -> None:
    app = press(open_page(small, "bulletin", "province_schools", id=str(draft)), "edit-totals")
    words = app.text_area(key="words-totals").value
    assert "［130］人" in words
    app.text_area(key="words-totals").set_value(words.replace("［130］", "［131］")).run()
    press(app, "save")
    assert not app.exception
    html = "".join(part.value for part in app.html)
    mark = re.search(r'<mark title="([^"]+)">131</mark>', html)
    assert mark and "province-schools" in mark[1] and "系统计算为 130" in mark[1]
    assert any("✎ 已改" in part.value for part in app.markdown)
    _entry, content = desk.read(draft)
    figure = next(figure for figure in content.figures() if figure.edit)
    assert (figure.shown, figure.raw, figure.edit.was if figure.edit else "") == ("131", 130, "130")
    app = open_page(small, "bulletin", "province_schools", id=str(draft), view="proof", part="edited")
    table = app.dataframe[0].value
    assert table["写作"].tolist() == ["131"] and "系统计算为 130" in table["备注"].iloc[0]
    app = open_page(small, "bulletin", "province_schools", id=str(draft), view="history")
    assert app.dataframe[0].value["操作"].tolist() == ["修改句子", "起草"]


def test_an_id_number_is_refused(draft: int, desk: Desk, small: Store, open_page: Open) -> None:
    app = press(open_page(small, "bulletin", "province_schools", id=str(draft)), "edit-duty")
    app.text_area(key="words-duty").set_value("张三 11010519491231002X 未采集。").run()
    press(app, "save")
    assert "身份证" in app.error[0].value and desk.read(draft)[1].sentence("duty").edit is None


def test_out_of_date_is_said_and_recomputed(
    draft: int, desk: Desk, small: Store, open_page: Open, monkeypatch: Any
) -> None:
    stamp = desk.stamp()
    desk.change(draft, 1, "edited", lambda now: editing.rewritten(now, "totals", "共［130］人。", "甲", stamp))
    with small.begin() as connection:  # as if the draft had been written of other figures
        content = connection.execute(select(bulletin.c.content)).scalar_one()
        for sentence in content["sentences"]:
            for figure in (part for part in sentence["parts"] if not isinstance(part, str)):
                if figure["m"] == "expected":
                    figure |= {"r": 129, "s": "129"}
        connection.execute(bulletin.update().values(content=content | {"fingerprint": "x"}))
    app = open_page(small, "bulletin", "province_schools", id=str(draft))
    assert "129 → 130" in app.warning[0].value and app.button(key="edit-publish").disabled
    assert 'class="number stale"' in "".join(part.value for part in app.html)
    press(app, "recompute")
    assert not app.exception and not app.warning and not app.button(key="edit-publish").disabled
    assert desk.read(draft)[1].sentence("totals").text == "共130人。"


def test_a_draft_whose_numbers_all_stand_is_not_told_of_none(draft: int, small: Store, open_page: Open) -> None:
    with small.begin() as connection:  # as if a setting had changed since, that no number rests on
        content = connection.execute(select(bulletin.c.content)).scalar_one()
        connection.execute(bulletin.update().values(content=content | {"fingerprint": "x"}))
    app = open_page(small, "bulletin", "province_schools", id=str(draft))
    assert "都不受影响" in app.warning[0].value and "0" not in app.warning[0].value
    assert app.button(key="edit-publish").disabled
    press(app, "recompute")
    assert not app.exception and not app.warning and not app.button(key="edit-publish").disabled


def test_published_it_is_read_and_downloaded_as_it_was(
    published: int, desk: Desk, small: Store, open_page: Open
) -> None:
    app = open_page(small, "bulletin", "city", id=str(published))
    assert not app.exception and "浙教办人〔2016〕3号" in body(app)
    assert "完成率低于50%的设区市有1个。其中" in body(app).replace(" ", "")
    assert not [button for button in app.button if (button.key or "").startswith("edit-")]
    offer = [offer for offer in downloads._offers.values() if offer.file.endswith(".docx")][-1]  # the newest
    assert offer.produce() == desk.file(published, "docx")
    words = [each.text for each in Document(io.BytesIO(offer.produce())).paragraphs]
    assert "浙教办人〔2016〕3号" in words


def test_a_withdrawal_that_is_chosen_and_not_set_is_told(
    published: int, desk: Desk, small: Store, open_page: Open
) -> None:
    new = desk.draft("schools", LAST)[0]
    app = open_page(small, "bulletin", "province_schools", id=str(new), edit="head")
    app.selectbox(key="withdraws").set_value(published).run()
    assert any("还没有生效" in told.value for told in app.warning)
    publish = {"id": str(new), "edit": "publish"}
    app = open_page(small, "bulletin", "province_schools", **publish)
    assert any("不撤销其他通报" in told.value for told in app.markdown)
    desk.withdraw(new, 1, published)
    app = open_page(small, "bulletin", "province_schools", **publish)
    assert not any("不撤销其他通报" in told.value for told in app.markdown)
    assert any("撤销" in told.value and "3号" in told.value for told in app.markdown)


def test_the_proof_leads_to_pages_that_show_the_same_number(
    published: int, desk: Desk, small: Store, open_page: Open
) -> None:
    _entry, content = desk.read(published)
    found = {(number.figure.measure, number.figure.unit): number.figure for number in proof.numbers(content)}
    root = small.campaign.root
    for asked in (
        ("expected", root),
        ("approved", root),
        ("completion", root),
        ("completion", "C1"),
        ("owed", root),
        ("filed", root),
    ):
        figure = found[asked]
        page, _question, query = proof.page_of(figure, "schools", root).partition("?")
        parameters = dict(pair.split("=") for pair in query.split("&"))
        app = open_page(small, page, "observer", **parameters)
        assert not app.exception and not app.error
        assert figure.shown in said(app) + body(app), asked
