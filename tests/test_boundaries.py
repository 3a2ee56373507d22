"""The boundary file of an office: what is taken, what is refused and in which words, how it is laid on a plane."""

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from monitor import boundaries
from monitor.boundaries import BoundaryError, read_boundaries
from monitor.campaign import Campaign
from monitor.sections import Data

SQUARE = [[120.0, 30.0], [121.0, 30.0], [121.0, 31.0], [120.0, 31.0], [120.0, 30.0]]
AWAY = [[[x + 2, y] for x, y in SQUARE]]


def feature(code: Any, coordinates: Any = None, kind: str = "Polygon", name: str = "adcode") -> dict[str, Any]:
    shape = [SQUARE] if coordinates is None else coordinates
    return {"type": "Feature", "properties": {name: code}, "geometry": {"type": kind, "coordinates": shape}}


def named(campaign: Campaign, folder: Path, content: Any) -> Campaign:
    path = folder / "counties.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    data = Data(**{**campaign.data.model_dump(), "boundaries": str(path)})
    return campaign.model_copy(update={"data": data})


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def test_without_a_file_there_are_none(campaign: Campaign) -> None:
    assert read_boundaries(campaign) == {}


@pytest.mark.parametrize(
    ("code", "name"), [(330106, "adcode"), ("330106", "code"), ("330106000000", "行政区划代码"), (330106.0, "PAC")]
)
def test_the_code_may_be_written_as_files_of_the_trade_do(
    code: Any, name: str, campaign: Campaign, tmp_path: Path
) -> None:
    found = read_boundaries(named(campaign, tmp_path, collection(feature(code, name=name))))
    assert list(found) == ["330106"] and found["330106"][0][0] == tuple((x, y) for x, y in SQUARE)


def test_parts_of_one_county_are_put_together(campaign: Campaign, tmp_path: Path) -> None:
    content = collection(feature(330106), feature(330106, [AWAY], "MultiPolygon"))
    assert len(read_boundaries(named(campaign, tmp_path, content))["330106"]) == 2


def test_a_file_that_was_replaced_is_read_anew(campaign: Campaign, tmp_path: Path) -> None:
    asked = named(campaign, tmp_path, collection(feature(330106)))
    assert list(read_boundaries(asked)) == ["330106"]
    named(campaign, tmp_path, collection(feature(330108)))
    os.utime(tmp_path / "counties.geojson", (1, 1))
    assert list(read_boundaries(asked)) == ["330108"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("PK\x03\x04", "不是可读的 GeoJSON"),
        ("[" * 100_000, "不是可读的 GeoJSON"),
        ("[1, 2]", "缺少 features"),
        ({"type": "FeatureCollection", "features": [1]}, "缺少 features"),
        (collection(), "没有任何要素"),
        (collection(feature(None)), "第 1 个要素没有 6 位区划代码"),
        (collection(feature(330106), feature("杭州")), "第 2 个要素没有 6 位区划代码"),
        (collection(feature(330106, [120, 30], "Point")), "第 1 个要素（330106）不是面"),
        (collection({"properties": {"code": "330106"}, "geometry": None}), "不是面"),
        (collection(feature(330106, [["a", "b"]])), "坐标无法读取"),
        (collection(feature(330106, [[[None, 30]]])), "坐标无法读取"),
        (collection(feature(330106, [[[500000.0, 3300000.0]] * 4])), "不是中国境内的经纬度"),
        (collection(feature(330106, [[[y, x] for x, y in SQUARE]])), "经度在前"),
        (collection(feature(330106, [[[float("nan"), 30.0]] * 4])), "不是中国境内的经纬度"),
    ],
)
def test_a_wrong_file_is_refused_in_plain_words(content: Any, says: str, campaign: Campaign, tmp_path: Path) -> None:
    with pytest.raises(BoundaryError, match=says):
        read_boundaries(named(campaign, tmp_path, content))


def test_a_file_that_is_not_there_is_named(campaign: Campaign, tmp_path: Path) -> None:
    asked = named(campaign, tmp_path, collection(feature(330106)))
    (tmp_path / "counties.geojson").unlink()
    with pytest.raises(BoundaryError, match=r"counties\.geojson 不存在"):
        read_boundaries(asked)


def test_on_the_plane_a_square_of_degrees_is_as_wide_as_it_is_in_the_country() -> None:
    square = tuple((x, y) for x, y in SQUARE)
    plane = boundaries.drawn({"1": ((square,),)})["1"][0][0]
    across = {round(x, 3) for x, _y in plane}
    assert max(across) - min(across) == pytest.approx(math.cos(math.radians(30.5)), abs=1e-3)
    x, y = boundaries.middle([[plane]])
    assert (x, y) == (pytest.approx(120.5 * math.cos(math.radians(30.5)), abs=1e-3), pytest.approx(30.5))


@pytest.mark.parametrize("turned", [1, -1])
def test_points_that_nobody_could_tell_apart_are_left_out(turned: int) -> None:
    ring = [(120 + math.cos(at / 5000 * math.pi) / 10, 30 + math.sin(at / 5000 * math.pi) / 10) for at in range(10_001)]
    plane = boundaries.drawn({"1": ((tuple(ring[::turned]),), (tuple(ring[:3]),))})["1"]
    assert len(plane) == 1, "what is smaller than a pixel is not drawn"
    thinned = plane[0][0]
    assert 100 < len(thinned) < 1000 and thinned[0] == thinned[-1]
    assert boundaries.middle(plane) == (
        pytest.approx(120 * math.cos(math.radians(30)), abs=1e-3),
        pytest.approx(30, abs=1e-3),
    )
