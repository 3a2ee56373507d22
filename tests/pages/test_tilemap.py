"""The tile map: each county at its place, coloured by what is chosen, a link that opens it; places are data."""

import re
from pathlib import Path

import pandas as pd
import pytest

from monitor.campaign import PROJECT, ConfigError, load_campaign
from monitor.divisions import Place, read_layout
from monitor.store import Store
from monitor.ui import tilemap
from monitor.ui.header import Asked
from monitor.ui.theme import STATUSES
from tests.pages.conftest import Open
from tests.pages.world import EXPECTED, LAST, approved
from tests.ui.support import forget

LAYOUT = {"C1": Place(2, 3), "K1": Place(2, 4), "C2": Place(3, 3), "K2": Place(4, 3)}


@pytest.fixture(autouse=True)
def _places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tilemap, "places", lambda: LAYOUT)


def drawn(small: Store, open_page: Open, role: str = "observer", **query: str) -> str:
    app = open_page(small, "overview", role, **query)
    assert not app.exception
    return next((part.value for part in app.html if 'class="tiles"' in part.value), "")


def tile(text: str, code: str) -> str:
    found = re.search(rf'<div class="cell[^>]*>(?:(?!</div>).)*unit={code}.*?</a></div>', text)
    assert found, code
    return found[0]


def test_each_county_and_city_lies_at_its_place_and_says_how_it_stands(small: Store, open_page: Open) -> None:
    text = drawn(small, open_page)
    for code, place in LAYOUT.items():
        assert f"grid-row:{place.row - 1};grid-column:{place.column - 2}" in tile(text, code)
    rate = f"{approved('S1', LAST) / EXPECTED['S1']:.1%}"
    assert rate in tile(text, "K1") and STATUSES["complete"].color in tile(text, "K1")
    assert "0.0%" in tile(text, "K2") and STATUSES["not_started"].sign in tile(text, "K2")
    assert 'href="./cities?unit=K1"' in tile(text, "K1") and "city" in tile(text, "C1")


def test_cities_are_set_apart_by_a_line(small: Store, open_page: Open) -> None:
    text = drawn(small, open_page)
    assert "edge-e" not in tile(text, "C1") and "edge-w" not in tile(text, "K1")  # one city
    assert "edge-s" in tile(text, "C1") and "edge-n" in tile(text, "C2")  # two cities
    assert "edge-s" not in tile(text, "C2") and "edge-n" not in tile(text, "K2")


def test_a_rate_may_colour_the_tiles(small: Store, open_page: Open) -> None:
    text = drawn(small, open_page, by="completion")
    assert "70%" in tile(text, "K1") and " 0%" in tile(text, "K2") and "background:#" not in text


def test_an_account_sees_its_own_tiles_alone_and_one_county_is_no_map(
    small: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert drawn(small, open_page, "city") == ""
    found: list[str] = []
    placed = tilemap.placed

    def kept(asked: Asked, layout: dict[str, Place]) -> pd.DataFrame:
        units = placed(asked, layout)
        found.extend(str(code) for code in units["code"])
        return units

    monkeypatch.setattr(tilemap, "placed", kept)
    forget()
    open_page(small, "overview", "city")
    assert found == ["K1"]


def test_names_are_text(small: Store, open_page: Open) -> None:
    with small.begin() as connection:
        connection.exec_driver_sql("UPDATE unit SET name = '<b>\"x' WHERE code = 'K1'")
    forget()  # no load has told of it
    assert "&lt;b&gt;&quot;x" in tile(drawn(small, open_page), "K1")


def _layout_of(folder: Path, content: str) -> dict[str, Place]:
    text = (PROJECT / "config.toml").read_text(encoding="utf-8")
    (folder / "config.toml").write_text(text.replace("data/layout.csv", "layout.csv"), encoding="utf-8")
    (folder / "layout.csv").write_text(content, encoding="utf-8")
    return read_layout(load_campaign(folder / "config.toml"))


def test_places_are_read_and_mistakes_named(tmp_path: Path) -> None:
    assert _layout_of(tmp_path, "code,row,col\nK1,0,2\n") == {"K1": Place(0, 2)}
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(ConfigError, match=r"layout.csv:3.*code,row,col"):
        _layout_of(other, "code,row,col\nK1,0,2\nK2,north,1\n")


@pytest.mark.parametrize(
    ("name", "shown"), [("长兴县", "长兴"), ("景宁畲族自治县", "景宁"), ("沙县", "沙县"), ("演示", "演示")]
)
def test_names_on_tiles_are_short(name: str, shown: str) -> None:
    assert tilemap.short(name) == shown


def test_bold_is_explained_only_where_cities_have_tiles() -> None:
    units = pd.DataFrame({"kind": ["city", "county"], "status": ["behind", "complete"]})
    assert "粗体" in tilemap.legend(units, "") and "粗体" not in tilemap.legend(units[units["kind"] == "county"], "")
