"""Charts as files: what stands in them, that Chinese is drawn, and that nothing is fetched from anywhere."""

import struct
import xml.etree.ElementTree as ElementTree
from typing import Any

import altair as alt
import pandas as pd
import pytest

from monitor.divisions import Place
from monitor.ui import picture, theme
from monitor.ui.picture import NoPicture, Picture
from monitor.ui.theme import STATUSES
from monitor.ui.tile_chart import borders, tile_chart

NOTE = "浙江省 · 中小学\n第二行"


def bars(*names: str) -> dict[str, Any]:
    table = pd.DataFrame({"name": list(names), "people": range(1, len(names) + 1)})
    chart = alt.Chart(table).mark_bar(color=theme.ACCENT).encode(x="people:Q", y="name:N")
    return dict(theme.finish(chart, height=60).to_dict())


def texts(svg: bytes) -> list[str]:
    return [
        str(node.text)
        for node in ElementTree.fromstring(svg).iter()
        if node.tag.endswith(("}text", "}tspan")) and node.text
    ]


def test_an_svg_says_what_it_shows_of_what_and_when() -> None:
    written = texts(picture.drawn(Picture(bars("杭州市", "✖ 未报"), "完成率", NOTE), "svg"))
    assert {"完成率", "浙江省 · 中小学", "第二行", "杭州市", "× 未报"} <= set(written)


def test_a_png_is_twice_as_sharp_as_the_screen_and_has_the_characters() -> None:
    first, second = (picture.drawn(Picture(bars(name), "图", "注"), "png") for name in ("绍兴市", "湖州市"))
    assert first.startswith(b"\x89PNG") and second.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", first[16:24])
    assert width > 2 * 860 and height > 120
    assert first != second, "characters that no font has are all the same box"


def test_what_is_drawn_leaves_the_chart_of_the_page_as_it_is() -> None:
    spec = bars("甲")
    before = repr(spec)
    asked = picture.on_paper(Picture(spec, "图", "注"))
    assert repr(spec) == before and "width" not in spec
    assert (asked["width"], asked["background"], asked["config"]["axis"]["labelLimit"]) == (860, "#ffffff", 260)


def test_a_chart_that_asks_for_a_foreign_file_is_not_drawn() -> None:
    spec = {**bars("甲"), "data": {"url": "https://example.com/figures.csv"}}
    with pytest.raises(NoPicture):
        picture.drawn(Picture(spec, "图", "注"), "svg")


LAYOUT = {"C1": Place(2, 3), "K1": Place(2, 4), "C2": Place(3, 3), "K2": Place(4, 3)}
CITIES = {"C1": "甲市", "K1": "甲市", "C2": "乙市", "K2": "乙市"}


def test_a_tile_has_a_line_where_no_tile_of_its_city_is() -> None:
    found = {code: "".join(sides) for code, sides in borders(LAYOUT, CITIES).items()}
    assert found == {"C1": "nsw", "K1": "nse", "C2": "nwe", "K2": "swe"}


@pytest.mark.parametrize("by", ["", "completion"])
def test_the_tile_map_is_drawn_with_every_name_sign_and_rate(by: str) -> None:
    units = pd.DataFrame(
        {
            "code": list(LAYOUT), "name": ["甲市", "景宁畲族自治县", "乙市", "丙县"], "over": list(CITIES.values()),
            "kind": ["city", "county", "city", "county"], "status": ["behind", "complete", "on_track", "not_started"],
            "completion": [0.25, 1.033, 0.5, float("nan")],
        }
    )  # fmt: skip
    spec = tile_chart(units, LAYOUT, by).to_dict()
    written = texts(picture.drawn(Picture(spec, "图", "注"), "svg"))
    assert {"甲市", "乙市", "丙县", f"{STATUSES['behind'].sign}25.0%", "√103.3%"} <= set(written)
    whole = "".join(written)
    assert "景宁畲族" in whole and "自治县" in whole


def test_cities_stand_in_bold_on_the_tile_map() -> None:
    units = pd.DataFrame(
        {"code": list(LAYOUT), "name": ["甲市", "乙县", "丙市", "丁县"], "over": list(CITIES.values()),
         "kind": ["city", "county", "city", "county"], "status": "behind", "completion": 0.25}
    )  # fmt: skip
    svg = ElementTree.fromstring(picture.drawn(Picture(tile_chart(units, LAYOUT, "").to_dict(), "图", "注"), "svg"))
    bold = {node.text for node in svg.iter() if node.tag.endswith("}text") and node.get("font-weight") == "bold"}
    assert {"甲市", "丙市"} <= bold and not {"乙县", "丁县"} & bold


def test_a_long_note_goes_on_below_after_a_sentence() -> None:
    first, second, third = "一" * 40 + "。", "二" * 25 + "；", "三" * 30 + "。"
    assert picture._lines(f"{NOTE}\n{first}{second}{third}") == [*NOTE.split("\n"), first + second, third]
    english = "It is so. " * 20
    assert all(len(line) < 140 and line.endswith("so.") for line in picture._lines(english))
    assert " ".join(picture._lines(english)) == english.strip()


def test_a_file_holds_no_links() -> None:
    spec = bars("甲")
    spec["encoding"]["href"] = {"field": "name"}
    assert b"href" not in picture.drawn(Picture({"layer": [spec]}, "图", "注"), "svg") and "href" in spec["encoding"]
