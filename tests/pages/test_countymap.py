"""The map on 总览: shaded where the office has put its boundaries, of tiles otherwise."""

from typing import Any
from xml.etree import ElementTree

import pytest

from monitor import boundaries
from monitor.boundaries import BoundaryError, Shape
from monitor.divisions import Place
from monitor.store import Store
from monitor.ui import countymap, picture, shaded, tilemap
from monitor.ui.picture import Picture
from monitor.ui.theme import STATUSES
from tests.pages.conftest import Open
from tests.pages.test_progress_pages import said
from tests.ui.support import forget

LAYOUT = {"C1": Place(2, 3), "K1": Place(2, 4), "C2": Place(3, 3), "K2": Place(4, 3)}


def square(west: float, south: float) -> Shape:
    return ((((west, south), (west + 1, south), (west + 1, south + 1), (west, south + 1), (west, south)),),)


SHAPES = {"K1": square(119, 29), "K2": square(120, 29), "X9": square(121, 29)}


@pytest.fixture(autouse=True)
def _places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tilemap, "places", lambda: LAYOUT)


@pytest.fixture
def maps(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The specifications of the maps that pages draw, with these boundaries."""
    drawn: list[dict[str, Any]] = []

    def kept(*arguments: Any) -> Any:
        chart = shaded.shaded(*arguments)
        drawn.append(chart.to_dict())
        return chart

    forget()
    monkeypatch.setattr(countymap, "shaded", kept)
    monkeypatch.setattr(countymap, "read_boundaries", lambda _campaign: SHAPES)
    return drawn


def test_boundaries_take_the_place_of_the_tiles(small: Store, open_page: Open, maps: list[dict[str, Any]]) -> None:
    app = open_page(small, "overview", "observer")
    assert not app.exception
    (spec,) = maps
    features = spec["datasets"][spec["layer"][0]["data"]["name"]]
    shown = {one["properties"]["name"]: one["properties"] for one in features}
    assert set(shown) == {"单位K1", "单位K2"}
    assert shown["单位K1"]["fill"] == STATUSES["complete"].color and shown["单位K1"]["href"] == "./cities?unit=K1"
    assert shown["单位K2"]["sign"] == STATUSES["not_started"].sign and shown["单位K2"]["rate"] == "0.0%"
    assert not any('class="tiles"' in part.value for part in app.html)


def test_an_account_of_one_county_keeps_to_its_scope(small: Store, open_page: Open, maps: list[dict[str, Any]]) -> None:
    app = open_page(small, "overview", "city")
    assert not app.exception and not maps, "one county is no map"
    assert "单位K2" not in said(app)


def test_a_wrong_file_is_told_to_who_sees_the_province_and_the_tiles_stand(
    small: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_campaign: object) -> dict[str, Shape]:
        raise BoundaryError("边界文件中没有任何要素。")

    forget()
    monkeypatch.setattr(countymap, "read_boundaries", broken)
    app = open_page(small, "overview", "observer")
    assert "边界文件中没有任何要素。现以方块地图代替。" in [part.value for part in app.warning]
    assert any('class="tiles"' in part.value for part in app.html)
    assert "边界文件" not in said(open_page(small, "overview", "city"))


@pytest.mark.parametrize("by", ["", "completion"])
def test_the_map_is_drawn_into_a_file(by: str, small: Store, open_page: Open, maps: list[dict[str, Any]]) -> None:
    open_page(small, "overview", "observer", by=by)
    (spec,) = maps
    drawn = ElementTree.fromstring(picture.drawn(Picture(spec, "图", "注"), "svg"))
    outlines = [
        node for node in drawn.iter() if node.tag.endswith("}path") and node.get("aria-roledescription") == "geoshape"
    ]
    assert len(outlines) == 2 and len({node.get("d") for node in outlines}) == 2
    text = "".join(str(node.text) for node in drawn.iter() if node.text)
    assert "单位C1" in text and "√" in text


@pytest.mark.parametrize(("share", "colour"), [(1.0, "#2f7cc4"), (0.0, "#eaf2f9")])
def test_a_rate_runs_from_nearly_white_to_the_accent(share: float, colour: str) -> None:
    assert shaded._mixed(share) == colour


def test_the_middle_of_a_shape_lies_in_it() -> None:
    plane = boundaries.drawn(SHAPES)
    assert boundaries.middle(plane["K2"])[0] > boundaries.middle(plane["K1"])[0]
