"""Streamlit's own words: those that we translate are those that it says."""

import json
import re
from pathlib import Path

import pytest
from streamlit import file_util

from monitor.store import Store
from monitor.ui import foreign
from tests.ui.test_middleware import APP, HTML, _served, ask

__all__ = ["_served"]


@pytest.fixture(scope="module")
def bundle() -> str:
    """All that Streamlit's page may say."""
    return "".join(path.read_text(encoding="utf-8") for path in Path(file_util.get_static_dir()).glob("static/js/*.js"))


@pytest.mark.parametrize("word", [*foreign.WORDS, *foreign.OTHERWISE])
def test_streamlit_says_it(word: str, bundle: str) -> None:
    # It puts sentences together from pieces, some of a word or two.
    pieces = re.split(r"\{\w+\}|: |(?<=Press) .+(?= to )|(?<= to) |(?<=options) |(?<=option) ", word)
    assert all(piece.strip(" :,.") in bundle for piece in pieces)


def test_the_page_brings_them_along(sqlite_store: Store) -> None:
    page = ask(APP, "GET", "/overview", accept=HTML).body.decode()
    found = re.search(r'<script type="application/json" id="monitor-words">(.*?)</script>', page)
    assert found and json.loads(found[1]) == foreign.table("zh_CN")
    assert foreign.table("zh_CN")["No results"] == "没有结果" and foreign.table("en") == {}
