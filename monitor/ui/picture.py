"""Charts as files, PNG and SVG: the chart of the page on white, with what it shows and of which day written above it.

A chart is drawn in a process of its own, which ends with the picture: what draws it takes some hundred megabytes, and
is asked for a few times a day.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final
from unicodedata import east_asian_width

import streamlit as st

from monitor.access.who import Who
from monitor.documents.pdf import FONTS
from monitor.i18n import _
from monitor.ui import downloads, media, runtime
from monitor.ui.theme import written

_DRAWING: Final = Path(__file__).with_name("drawing.py")
_SECONDS: Final = 60
_WIDTH: Final = 860  # pixels of a chart that on the page is as wide as its place; the PNG has twice as many
_NOTE: Final = 136  # letters of a note, of Chinese half as many, beside one another in this width
_SENTENCE: Final = re.compile(r".+?(?:[。；]|[.;]\s+|$)")
_INK: Final = "#1d2733"
_FONT: Final = "'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'PingFang SC', SimHei, sans-serif"
"""The first is the one in data/fonts; whoever opens an SVG without it has one of the others."""
_SIGNS: Final = str.maketrans({"✔": "√", "✖": "×", "➤": "→", "✎": "✐", "↩": "←"})
"""Signs that the fonts in data/fonts lack, and what stands for them in a picture."""


class NoPicture(Exception):
    """A chart could not be drawn; the message is what the process said."""


@dataclass(frozen=True)
class Picture:
    """A chart to be drawn. spec: of Vega-Lite, as on the page; title, note: what it is called, and in
    lines of what and when it is."""

    spec: Mapping[str, Any]
    title: str
    note: str


def noted(scope: str, day: date) -> str:
    """What stands under the title of a picture that leaves the page: of whom, of which day, from whom."""
    return _("{scope}  |  as of {day}  |  {issuer}").format(
        scope=scope, day=day.isoformat(), issuer=runtime.campaign().campaign.issuer
    )


def offer(who: Who, shown: Picture, file: str, *, key: str) -> None:
    """Links to the picture's files; drawn when one is pressed, which takes some seconds."""
    for label, ending, media_type in (
        (_("Download PNG"), "png", media.PNG),
        (_("Download SVG"), "svg", media.SVG),
    ):
        downloads.link(label, who, f"{file}.{ending}", media_type, partial(drawn, shown, ending), key=f"{key}-{ending}")
    st.caption(_("A picture is drawn on request, which takes a few seconds."), width="content")


def drawn(shown: Picture, ending: str) -> bytes:
    """The picture as a file, `ending` png or svg.

    Raises:
        NoPicture: it could not be drawn.
    """
    asked = {"spec": on_paper(shown), "ending": ending, "fonts": str(FONTS)}
    process = subprocess.run(  # noqa: S603 - our own interpreter and file; what people typed is in the input
        [sys.executable, "-I", str(_DRAWING)],
        input=json.dumps(asked, ensure_ascii=False).encode(), capture_output=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    if process.returncode:
        raise NoPicture(process.stderr.decode(errors="replace")[-2000:])
    return process.stdout


def on_paper(shown: Picture) -> dict[str, Any]:
    """The chart's specification as it is drawn: with its title, on white, in a font that has the characters."""
    spec: dict[str, Any] = deepcopy(dict(shown.spec))
    if not {"concat", "hconcat", "vconcat", "facet"} & spec.keys():
        spec.setdefault("width", _WIDTH)
    spec["title"] = {"text": shown.title, "subtitle": _lines(shown.note), "anchor": "start", "offset": 14}
    spec["background"], spec["padding"] = "#ffffff", 18
    config = spec.setdefault("config", {})
    config["font"] = _FONT
    config["title"] = {"fontSize": 17, "subtitleFontSize": 12, "color": _INK, "subtitleColor": "#4c5663"}
    spec = written(spec, _INK)
    _unlink(spec)
    plain: dict[str, Any] = json.loads(json.dumps(spec, ensure_ascii=False, default=str).translate(_SIGNS))
    return plain


def _lines(note: str) -> list[str]:
    """A note as the lines that it takes: one that would be wider than a chart goes on below after a sentence."""
    lines: list[str] = []
    for line in filter(None, note.split("\n")):
        room = 0
        for part in _SENTENCE.findall(line):
            wide = sum(2 if east_asian_width(sign) in "FWA" else 1 for sign in part)
            if not room or room + wide > _NOTE:
                lines.append("")
                room = 0
            lines[-1] += part
            room += wide
    return [line.strip() for line in lines]


def _unlink(part: Any) -> None:
    """Take links out: a file that has left the program leads nowhere."""
    if isinstance(part, dict):
        if isinstance(part.get("encoding"), dict):
            part["encoding"].pop("href", None)
        for value in part.values():
            _unlink(value)
    elif isinstance(part, list):
        for value in part:
            _unlink(value)
