"""Names and notes that hold Markdown, HTML, formulas or icons are shown as the text that they are."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.store import Store
from monitor.store.schema import account, batch, unit
from monitor.ui import navigation
from monitor.ui.words import verbatim
from tests.databases import Databases
from tests.pages.conftest import UNITS, Open
from tests.pages.conftest import open_page as open_page
from tests.pages.world import fill
from tests.ui.support import make_account, visit

__all__ = ["open_page", "visit"]

HOSTILE = (
    "- [x](javascript:alert(1))<img src=x onerror=alert(1)>$a^2$**b**:material/home::red[c]`d` http://evil.example"
)
_TEXT = (
    "text",
    "dataframe",
    "data_editor",
    "code",
    "vega_lite_chart",
    "text_input",
    "text_area",
    "selectbox",
    "multiselect",
)
"""Elements that show what they are given letter by letter."""
_LIVE = re.compile(r"(?<!\\)\[x|(?<!\\)<img|(?<!\\)\$a|(?<!\\)\*\*b|:material/home|(?<!\\)\[c|(?<!\\)`d|http://evil")
_LIST = re.compile(r"(?<![\w\\])- .?\[")
"""HOSTILE begins so: at the beginning of a label that is a list. Within a line it is a dash."""

_TAG = re.compile(r'<img (?!src="data:image/svg\+xml;base64,)')
"""A picture that is none of the program's own (monitor/ui/sparkline.py draws these)."""


@pytest.fixture(scope="module")
def hostile(databases: Databases) -> Iterator[Store]:
    """The small campaign, with such a name for everything that has one."""
    with databases.store() as opened:
        fill(opened)
        for role in ROLES:
            make_account(opened, role, UNITS.get(role))
        with opened.begin() as connection:
            connection.execute(update(unit).values(name=HOSTILE + unit.c.code))
            connection.execute(update(account).values(title=HOSTILE[:100]))  # as long as a title may be
            connection.execute(update(batch).values(file=HOSTILE + ".csv"))
        yield opened


def _elements(node: Any) -> Iterator[Any]:
    for child in getattr(node, "children", {}).values():
        if hasattr(child, "children"):
            yield child
            yield from _elements(child)
        else:
            yield child


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def leaks(app: AppTest) -> list[str]:
    """Elements of a page that would show markup as markup."""
    found = []
    for element in _elements(app._tree):
        kind, proto = getattr(element, "type", ""), getattr(element, "proto", None)
        if not isinstance(proto, Message) or kind in _TEXT:
            continue
        for said in _strings(MessageToDict(proto)):
            if _TAG.search(said) if kind == "html" else _LIVE.search(said) or _LIST.search(said):
                found.append(f"{kind}: {said}")
    return found


@pytest.mark.parametrize("page", list(navigation.PAGES))
def test_names_are_shown_as_text(page: str, hostile: Store, open_page: Open) -> None:
    for role in ("province_schools", "city", "school", "university", "administrator"):
        if navigation.PAGES[page].open_to(role):
            app = open_page(hostile, page, role)
            assert not app.exception
            assert leaks(app) == [], role


@pytest.mark.parametrize(
    "plain", ["杭州市", "第2小学（东校区）", "2016-11-25 08:30", "100.0%", "a.b", "3 所", "采集表-1.csv", "1: 2", "A:1"]
)
def test_ordinary_text_stays_as_it_is(plain: str) -> None:
    assert verbatim(plain).replace("\u2060", "") == plain


@given(st.text(st.sampled_from("ab1 -.:/[]()<>*_`$~|#&\\@w\n")))
def test_every_sign_is_still_there(typed: str) -> None:
    shown = re.sub(r"\\([\\`*_\[\]$<>~|#&.)+-])", r"\1", verbatim(typed).replace("\u2060", ""))
    assert shown == typed.replace("\n", " ")
    together = verbatim(HOSTILE + typed)
    assert not _LIVE.search(together) and not _LIST.match(together)
