"""PDF files, set by Typst with the fonts of data/fonts alone: the same bytes on every machine.

A document is a piece of Typst source that begins where `official.typ` ends: it may use the faces and sizes of official
papers by their Chinese names (仿宋, 黑体, 楷体, 小标宋, 宋体; 二号, 三号 …) and finds what the caller gave in `data`.

    render("#标题[#data.title]\n#逐行(data.text)", {"title": "通报", "text": "…"}, day=date(2016, 11, 25))

Words of people go into `data`, never into the source: strings of the data are text, whatever characters they hold.
Pictures are data as well: `image(bytes(data.chart), format: "svg")`. The source reaches no file.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from threading import Lock
from typing import Any

import typst

from monitor.campaign import PROJECT

FONTS = PROJECT / "data" / "fonts"
OFFICIAL = Path(__file__).with_name("official.typ")
MEDIA_TYPE = "application/pdf"

# The fonts, 30 MB, are loaded once; a compiler holds them while it works, one document at a time.
_turn = Lock()


class PdfError(Exception):
    """A document that cannot be set; the message is Typst's, with the line."""


def render(source: str, data: Mapping[str, Any], *, day: date) -> bytes:
    """Set a document; the same source, data and day give the same bytes.

    source: Typst, without the beginning that every document shares; data: what JSON can hold, and days (ISO text then);
    day: what the file says of when it was made.

    Raises:
        PdfError: the source has a mistake, or names a font that is not in data/fonts.
    """
    text = OFFICIAL.read_text(encoding="utf-8") + "\n" + source
    moment = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    inputs = {"data": json.dumps(data, ensure_ascii=False, default=_plain)}
    with _turn:
        compiler = typst.Compiler(text.encode(), root=_nowhere(), font_paths=_fonts(), ignore_system_fonts=True)
        try:
            made, warnings = compiler.compile_with_warnings(format="pdf", sys_inputs=inputs, timestamp=moment)
        except typst.TypstError as error:
            raise PdfError(_words(error)) from error
    if warnings:
        raise PdfError("\n".join(_words(warning) for warning in warnings))
    assert isinstance(made, bytes)
    return made


def families() -> list[str]:
    """The families of the fonts that documents may name."""
    return _fonts().families()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@cache
def _nowhere() -> Path:
    """An empty folder as the root of all documents: a template can read none of the machine's files."""
    folder = Path(gettempdir()) / "monitor-typst"
    folder.mkdir(exist_ok=True)
    return folder


def _words(error: typst.TypstError | typst.TypstWarning) -> str:
    return "\n".join([error.diagnostic or error.message, *error.hints])


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be given to a document")
