"""The page 表样: for administrators alone; a template is checked, put to use, and taken back."""

import io

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.documents import templates
from monitor.filings.roster import submit
from monitor.store import Store
from monitor.ui import downloads, navigation
from tests.filings.accounts import person
from tests.filings.people import COMPLETE
from tests.pages.conftest import Open
from tests.pages.test_progress_pages import said


def own(store: Store, text: str) -> bytes:
    book = load_workbook(templates.shipped(store.campaign, "xlsx"))
    book.active["A1"] = text  # type: ignore[index]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def hand_in(app: AppTest, name: str, content: bytes) -> None:
    app.file_uploader[0].set_value([(name, content, "application/octet-stream")])
    app.run()


def button(app: AppTest, label: str) -> AppTest:
    return next(found for found in app.button if found.label == label).click().run()


@pytest.mark.parametrize("role", ROLES)
def test_opens_for_administrators_alone(role: str, open_page: Open, empty: Store) -> None:
    app = open_page(empty, "templates", role)
    assert not app.exception
    if navigation.PAGES["templates"].open_to(role):
        assert role == "administrator" and "程序自带" in said(app)
    else:
        assert app.error and not app.title


def test_a_template_is_put_to_use_and_taken_back(open_page: Open, empty: Store) -> None:
    app = open_page(empty, "templates", "administrator")
    hand_in(app, "部颁表样.xlsx", own(empty, "部颁"))
    assert not app.exception and "可以使用" in app.info[0].value
    button(app, "启用")
    assert app.success[0].value == "部颁表样.xlsx 已启用（第 1 版）。"
    with empty.connect() as connection:
        assert templates.chosen(connection, empty.campaign).names["xlsx"] == ("部颁表样.xlsx", 1)
    button(app, "改用这个")
    with empty.connect() as connection:
        assert templates.chosen(connection, empty.campaign).names["xlsx"] == ("monthly.xlsx", 0)
    assert any(offer.file == "部颁表样.xlsx" for offer in downloads._offers.values())


def test_what_is_wrong_with_a_template_is_listed(open_page: Open, empty: Store) -> None:
    app = open_page(empty, "templates", "administrator")
    hand_in(app, "错.xlsx", own(empty, "{{unit.nmae}}"))
    assert "{{unit.nmae}}" in said(app) and "不能使用" in said(app)
    assert not any(found.label == "启用" for found in app.button)


def test_a_roster_form_is_put_to_use_and_filled_in(open_page: Open, empty: Store) -> None:
    book, buffer = load_workbook(templates.shipped(empty.campaign, "xlsx", templates.ROSTER)), io.BytesIO()
    book.active["A1"] = "部颁附件"  # type: ignore[index]
    book.save(buffer)
    app = open_page(empty, "templates", "administrator")
    hand_in(app, "部颁名单.xlsx", buffer.getvalue())
    assert app.info[0].value.startswith("工作组名单：模板有")
    button(app, "启用")
    submit(empty, person(empty, "city", "C1"), "C1", COMPLETE, 0)
    open_page(empty, "roster", "city")
    *_earlier, offer = (
        offer for offer in downloads._offers.values() if offer.file.endswith("名单.xlsx") and "单位C1" in offer.file
    )
    assert load_workbook(io.BytesIO(offer.produce())).active["A1"].value == "部颁附件"  # type: ignore[index]
