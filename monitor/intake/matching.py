"""Finding a header among rows of text: one to three lines, merged cells, headings that span several columns."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from monitor.intake.headers import KINDS, Vocabulary, plain
from monitor.intake.sheets import Sheet

HEADER_LINES: Final = 3
_INVISIBLE: Final = re.compile(r"[\u200b-\u200f\u2060\ufeff]")
_COMMON: Final = frozenset(("code", "name", "day", "person"))
_IDENTITY: Final = ("day", "code", "name", "level", "year")
_WHOLE: Final = frozenset(("人数", "数", "人", "数量", "人次", "合计", "小计", "总计", "总数", "计", "累计"))
"""What stands below a heading of several columns over the one that holds the figure itself, not a share of it."""
_NUMBER: Final = re.compile(r"^[+-]?[\d,.]+%?$")

Grid = list[list[str]]


@dataclass(frozen=True)
class Match:
    """A header found: rows of the grid from `first` to `last`, columns by key; `twice` are required ones found twice."""

    kind: str
    first: int
    last: int
    places: dict[str, int]
    twice: tuple[str, ...]

    def missing(self) -> list[str]:
        """Required columns that the header does not have."""
        return [key for key in KINDS[self.kind].required if key not in self.places]


def grid_of(frame: pl.DataFrame) -> Grid:
    """Rows of a sheet (columns c0 … by place) as tidied text; of merged cells the text stands in the first."""
    columns = {int(name[1:]): name for name in frame.columns if name.startswith("c")}
    width = max(columns, default=-1) + 1
    series = [frame[columns[place]].to_list() if place in columns else [None] * frame.height for place in range(width)]
    return [[_text(values[row]) for values in series] for row in range(frame.height)]


def _text(value: str | None) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", value)).strip() if value else ""


def find(grid: Grid, sheet: Sheet, vocabulary: Vocabulary, kinds: Sequence[str]) -> list[Match] | Match | None:
    """Complete matches of the first header row found; else the nearest incomplete one; else None."""
    nearest: Match | None = None
    for last in range(len(grid)):
        for lines in range(1, min(HEADER_LINES, last + 1) + 1):
            complete, near = _at(grid, last - lines + 1, last, sheet, vocabulary, kinds)
            if complete:
                return _continued(grid, complete, sheet, vocabulary)
            if near is not None and (nearest is None or len(near.places) > len(nearest.places)):
                nearest = near
    return nearest


def _at(
    grid: Grid, first: int, last: int, sheet: Sheet, vocabulary: Vocabulary, kinds: Sequence[str]
) -> tuple[list[Match], Match | None]:
    """Complete matches of these lines as a header, and the nearest of the others that is worth speaking of."""
    names = _names(grid, first, last)
    complete, nearest = [], None
    for kind in kinds:
        match = _match(names, kind, first, last, sheet, vocabulary)
        if not match.missing():
            complete.append(match)
        elif _promising(match, len(kinds) == 1) and (nearest is None or len(match.places) > len(nearest.places)):
            nearest = match
    return complete, nearest


def _promising(match: Match, told: bool) -> bool:
    """Whether an incomplete header is near enough to say what is missing."""
    own = set(match.places) - _COMMON
    required = set(KINDS[match.kind].required)
    found = len(required & set(match.places))
    return found >= 1 if told else bool(own & required) and found * 2 >= len(required)


def _continued(grid: Grid, found: list[Match], sheet: Sheet, vocabulary: Vocabulary) -> list[Match]:
    """The matches with the lines below that belong to the header: 人数 | 占比 below 已录入人数, say."""
    first, last = found[0].first, found[0].last
    while last + 1 < len(grid) and last - first + 1 < HEADER_LINES and _belongs(grid[last + 1], found):
        longer, _near = _at(grid, first, last + 1, sheet, vocabulary, [match.kind for match in found])
        if len(longer) != len(found):
            break
        found, last = longer, last + 1
    return found


def _belongs(row: list[str], found: list[Match]) -> bool:
    """Whether a row below a header goes on with it: words in columns of figures, nothing that says whose row it is."""
    places = {key: place for match in found for key, place in match.places.items()}
    said = [row[place] for key, place in places.items() if key in _IDENTITY]
    words = [text for place, text in enumerate(row) if text]
    figures = [
        row[place] for match in found for key in KINDS[match.kind].counts if (place := match.places.get(key, -1)) >= 0
    ]
    return not any(said) and any(figures) and not any(_NUMBER.match(text) for text in words)


def _names(grid: Grid, first: int, last: int) -> list[list[str]]:
    """For each column the texts that may be its header, the likeliest first; one to three lines are one header."""
    lines = [list(grid[row]) for row in range(first, last + 1)]
    spanned = [False] * len(lines[0])
    for upper in lines[:-1]:
        carried, start = "", 0
        for place, text in enumerate(upper):
            if text:
                carried, start = text, place
            elif lines[-1][place]:  # under a heading that spans several columns
                upper[place] = carried
                spanned[place] = spanned[start] = bool(carried)
    names = []
    for place in range(len(lines[0])):
        stack = [line[place] for line in lines if line[place]]
        texts = [stack[-1], "".join(stack)] if stack else []
        # A heading over several columns is the name of the one below it that holds the whole, not of every share.
        if stack and (not spanned[place] or len(stack) == 1 or plain(stack[-1]) in _WHOLE):
            texts.append(stack[0])
        names.append(list(dict.fromkeys(texts)))
    return names


def _match(names: list[list[str]], kind: str, first: int, last: int, sheet: Sheet, vocabulary: Vocabulary) -> Match:
    best: dict[str, tuple[bool, int, int]] = {}
    twice = []
    required = KINDS[kind].required
    for place, texts in enumerate(names):
        found = next((hit for text in texts if len(text) <= 60 and (hit := vocabulary.find(kind, text))), None)
        if found is None:
            continue
        key, rank = found
        hidden = place in sheet.hidden_columns
        if hidden and key not in required and key != "day":
            continue
        if key in best and best[key][:2] == (hidden, rank):
            twice.append(key)
        if key not in best or (hidden, rank) < best[key][:2]:
            best[key] = (hidden, rank, place)
    places = {key: place for key, (_hidden, _rank, place) in best.items()}
    return Match(kind, first, last, places, tuple(key for key in twice if key in required))
