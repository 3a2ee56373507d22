"""The switch between Chinese and English: kept with the account, for this account alone; pages speak one language."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from monitor.access import manage
from monitor.access.manage import AccountError
from monitor.store import Store, accounts
from monitor.store.schema import account
from monitor.ui import navigation
from tests.pages.conftest import Open

CHINESE = re.compile(r"[一-鿿]")
DATA = re.compile(
    r"单位\w+|采集表\.csv|审核表\.csv|单位名册|采集进度表|审核进度表|教育事业统计|教师明细|工作组名单|演示\w*|浙江省\w*|教师信息采集|全国教师管理信息系统\w*"
)
"""What stays Chinese: names of units and files, official words."""


@pytest.fixture(autouse=True)
def _chinese_again(small: Store) -> Iterator[None]:
    yield
    with small.begin() as connection:
        connection.execute(update(account).values(language=None))


def test_the_switch_changes_the_page_and_stays_with_the_account(small: Store, open_page: Open) -> None:
    app = open_page(small, "overview", "city")
    assert app.title[0].value == "总览"
    app.button(key="language-en").click().run()
    assert app.title[0].value == "Overview" and not app.exception
    assert open_page(small, "overview", "county").title[0].value == "总览"
    assert open_page(small, "cities", "city").title[0].value == "Cities"
    with small.connect() as connection:
        spoken = [one.language for one in accounts.all_of_them(connection) if one.language]
    assert spoken == ["en"]
    app = open_page(small, "overview", "city")
    app.button(key="language-zh_CN").click().run()
    assert app.title[0].value == "总览"


def test_only_languages_that_there_are(small: Store, open_page: Open) -> None:
    open_page(small, "home", "city")
    with small.connect() as connection:
        name = accounts.all_of_them(connection)[0].name
    with pytest.raises(AccountError, match="klingon"):
        manage.choose_language(small, name, "klingon")


@pytest.mark.parametrize("page", [page.key for page in navigation.REGISTRY if page.key != "help"])
def test_an_english_page_holds_no_chinese_but_names(page: str, small: Store, open_page: Open) -> None:
    role = "administrator" if not navigation.PAGES[page].open_to("observer") else "observer"
    if not navigation.PAGES[page].open_to(role):
        role = "province_schools"
    app = open_page(small, page, role)
    app.button(key="language-en").click().run()
    assert not app.exception and app.title
    parts = [*app.title, *app.header, *app.subheader, *app.caption, *app.info, *app.warning, *app.error, *app.button]
    words = [str(getattr(part, "label", None) or part.value) for part in parts]
    words = [word for word in words if word != "中文"]
    assert [word for word in words if CHINESE.search(DATA.sub("", word))] == []
