"""The proof of a bulletin: every number in it, where it came from, and the page that shows the same number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from monitor.bulletins.editing import MANUAL
from monitor.bulletins.facts import GROUP
from monitor.bulletins.measures import CAMPAIGN, COUNT, FILING, MEASURES, PROGRESS
from monitor.bulletins.parts import TEXT, Content, Figure, figures_of, written
from monitor.i18n import _


@dataclass(frozen=True)
class Number:
    """One number. annex: of the table that it stands in, 0 for the text; place: which sentence or row, from 1; words:
    the sentence, or the row and the column."""

    annex: int
    place: int
    key: str
    words: str
    figure: Figure


def numbers(content: Content) -> Iterator[Number]:
    """Every number of text and tables, in their order."""
    place = 0
    for sentence in content.sentences:
        place += sentence.role == TEXT
        for figure in figures_of(sentence.parts):
            yield Number(0, place, sentence.key, sentence.text, figure)
    for annex, table in enumerate(content.annexes, 1):
        for row, cells in enumerate(table.rows, 1):
            name = written(cells[1:2])
            for heading, cell in zip(table.columns, cells, strict=True):
                if isinstance(cell, Figure):
                    yield Number(annex, row, "", f"{name} {heading}", cell)


def measure_word(figure: Figure) -> str:
    """What a figure is called, in the language in use."""
    return _("written by hand") if figure.measure == MANUAL else MEASURES[figure.measure].word


def origin_word(figure: Figure, files: Mapping[int, str]) -> str:
    """What a figure was made from: the batches with their files, the filings, or config.toml."""
    if figure.measure == MANUAL:
        return "—"
    source = MEASURES[figure.measure].source
    if source == FILING:
        return _("filings")
    if source == CAMPAIGN:
        return "config.toml"
    return _(", ").join(f"#{batch} {files.get(batch, '')}".strip() for batch in figure.batches) or "—"


def page_of(figure: Figure, sector: str, root: str) -> str:
    """The address of the page that the number is from, relative to the program's; "" where no page shows it."""
    measure = MEASURES.get(figure.measure)
    asked = {"day": figure.day.isoformat(), "sector": "" if sector == "schools" else sector}
    if measure is None or measure.source not in (PROGRESS, FILING, COUNT):
        return ""
    if measure.source == FILING:
        page = "monthly"
        asked |= {"month": figure.detail, "unit": "" if figure.unit == root else figure.unit}
    elif figure.unit == root and measure.source == PROGRESS and not figure.detail:
        page = "overview"
    else:
        page = "cities" if GROUP[sector] == "city" else "universities"
        asked |= {"unit": "" if figure.unit == root else figure.unit, "sector": ""}
    return f"{page}?{urlencode({name: value for name, value in asked.items() if value})}"
