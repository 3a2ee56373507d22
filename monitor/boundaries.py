"""The boundaries of counties as an office has had them approved: a GeoJSON file that config.toml names, [data] boundaries.

None is shipped: a map of China that is published needs an approval number (审图号). Without the file the tile map stands.
"""

import json
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from monitor.campaign import Campaign
from monitor.i18n import _

Point = tuple[float, float]
Ring = tuple[Point, ...]
Shape = tuple[tuple[Ring, ...], ...]
"""Polygons, each its outline and the holes in it: longitude and latitude in degrees."""

_CODES: Final = ("code", "adcode", "ADCODE", "adcode99", "PAC", "行政区划代码", "代码", "单位代码", "区划代码")
"""What the property with the division code is called in files of the trade."""
_CHINA: Final = ((73.0, 136.0), (3.0, 54.0))
_MOST_MB: Final = 64
_STEP: Final = 0.002
"""Degrees (some 200 m, less than a pixel) that a point lies from the one before it, to be drawn."""


class BoundaryError(Exception):
    """The file cannot be used; the message says what is wrong with it and what to do."""


def read_boundaries(campaign: Campaign) -> Mapping[str, Shape]:
    """The shape of each division by its code; empty where the campaign names no file.

    Raises:
        BoundaryError: the file is missing, or is not what is asked for.
    """
    if campaign.data.boundaries is None:
        return {}
    path = campaign.path(campaign.data.boundaries)
    try:
        changed = path.stat()
    except OSError as error:
        raise BoundaryError(
            _("The boundary file {file} is missing. Put it there, or take boundaries out of config.toml.").format(
                file=campaign.data.boundaries
            )
        ) from error
    if changed.st_size > _MOST_MB * 1024 * 1024:
        raise BoundaryError(_("The boundary file is larger than {most} MB; have it simplified.").format(most=_MOST_MB))
    return _shapes(path, changed.st_mtime_ns)


@lru_cache(maxsize=2)
def _shapes(path: Path, changed: int) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for number, feature in enumerate(_features(path), 1):
        code = _code(feature)
        if code is None:
            raise BoundaryError(
                _(
                    "Boundary file, feature {number}: no division code. It is looked for in the properties {names}."
                ).format(number=number, names="、".join(_CODES))
            )
        found[code] = found.get(code, ()) + _polygons(feature.get("geometry"), number, code)
    if not found:
        raise BoundaryError(_("The boundary file has no features."))
    return found


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BoundaryError(
            _("The boundary file cannot be read as GeoJSON. Export it as GeoJSON in UTF-8 from the mapping program.")
        ) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise BoundaryError(_("The boundary file is no GeoJSON FeatureCollection: `features` is missing."))
    return features


def _code(feature: Mapping[str, Any]) -> str | None:
    properties = feature.get("properties")
    known = properties if isinstance(properties, dict) else {}
    for value in (*(known.get(name) for name in _CODES), feature.get("id")):
        digits = str(value).strip().removesuffix(".0") if value is not None else ""
        if digits.isdigit() and len(digits) in (6, 9, 12):
            return digits[:6]
    return None


def _polygons(geometry: Any, number: int, code: str) -> Shape:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise BoundaryError(
            _("Boundary file, feature {number} ({code}): it has to be a Polygon or MultiPolygon.").format(
                number=number, code=code
            )
        )
    try:
        polygons = [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]
        shape = tuple(tuple(tuple((float(at[0]), float(at[1])) for at in ring) for ring in rings) for rings in polygons)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BoundaryError(
            _("Boundary file, feature {number} ({code}): its coordinates cannot be read.").format(
                number=number, code=code
            )
        ) from error
    (west, east), (south, north) = _CHINA
    for x, y in points(shape):
        if not (west <= x <= east and south <= y <= north):
            raise BoundaryError(
                _(
                    "Boundary file, feature {number} ({code}): {x}, {y} is no longitude and latitude in China. Export the file in degrees (CGCS2000 or WGS 84), longitude first."
                ).format(number=number, code=code, x=x, y=y)
            )
    return shape


def points(shape: Shape) -> Iterator[Point]:
    """Every point of a shape."""
    return (point for rings in shape for ring in rings for point in ring)


def drawn(shapes: Mapping[str, Shape]) -> dict[str, list[list[list[Point]]]]:
    """Shapes on a plane, ready to be drawn: longitudes drawn together as they are in the middle of all of them, points
    that a screen cannot tell apart left out, rings of less than a triangle too."""
    heights = [y for shape in shapes.values() for _x, y in points(shape)]
    across = math.cos(math.radians((min(heights) + max(heights)) / 2)) if heights else 1.0
    found = {}
    for code, shape in shapes.items():
        polygons = [[kept for ring in rings if len(kept := _thinned(ring, across)) > 3] for rings in shape]
        found[code] = [rings for rings in polygons if rings]
    return found


def _thinned(ring: Ring, across: float) -> list[Point]:
    kept: list[Point] = []
    for x, y in ring:
        point = (round(x * across, 4), round(y, 4))
        if not kept or math.dist(point, kept[-1]) >= _STEP:
            kept.append(point)
    return [*kept, kept[0]] if kept and kept[-1] != kept[0] else kept


def middle(polygons: list[list[list[Point]]]) -> Point:
    """Where the sign of a drawn shape stands: the centroid of its largest outline."""
    largest = max((rings[0] for rings in polygons), key=lambda ring: abs(_area(ring)))
    area = _area(largest)
    if not area:
        return largest[0]
    x = y = 0.0
    for (x1, y1), (x2, y2) in pairwise(largest):
        cross = x1 * y2 - x2 * y1
        x, y = x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return x / (6 * area), y / (6 * area)


def _area(ring: list[Point]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2
