"""Finding the table in a sheet: its header (of one to three lines), its kind, and the day in its title."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from monitor.i18n import _
from monitor.intake.headers import KINDS, Vocabulary
from monitor.intake.problems import FileRefused, letters
from monitor.intake.sheets import HEAD_ROWS, Sheet

_HEADER_LINES: Final = 3
_INVISIBLE: Final = re.compile(r"[\u200b-\u200f\u2060\ufeff]")
_COMMON: Final = frozenset(("code", "name", "day", "person"))

Grid = list[list[str]]


@dataclass
class Table:
    """A table found in a sheet. Columns by key: `places` their index (0 is A), `headers` their text as written."""

    sheet: Sheet
    number: int
    kind: str
    first_row: int
    last_row: int
    places: dict[str, int]
    headers: dict[str, str]
    title_days: tuple[date, ...] = ()
    hidden_read: tuple[str, ...] = field(default=())

    def cell(self, row: int, key: str) -> str:
        """Name of a cell: E8."""
        return f"{letters(self.places[key])}{row}"


@dataclass(frozen=True)
class _Match:
    kind: str
    first: int
    last: int
    places: dict[str, int]
    twice: tuple[str, ...]

    def missing(self) -> list[str]:
        """Required columns that the header does not have."""
        return [key for key in KINDS[self.kind].required if key not in self.places]


def recognise(sheets: Sequence[Sheet], vocabulary: Vocabulary, kind: str | None = None) -> list[Table]:
    """The tables of all visible sheets that have a recognised header.

    Args:
        kind: read as this kind, whatever the headers look like.

    Raises:
        FileRefused: there is none; the message says which columns are missing where a kind can be guessed.
    """
    tables, nearest = [], None
    for number, sheet in enumerate(sheets):
        if not sheet.visible:
            continue
        grid = _grid(sheet)
        found = _find(grid, sheet, vocabulary, [kind] if kind else list(KINDS))
        if isinstance(found, list):
            if len(found) > 1:
                raise _ambiguous(found)
            tables.append(_table(sheet, number, grid, found[0]))
        elif found is not None and (nearest is None or len(found.places) > len(nearest.places)):
            nearest = found
    if not tables:
        raise _unrecognised(nearest, kind)
    return tables


def _grid(sheet: Sheet) -> Grid:
    """The first rows of a sheet by place, tidied, merged cells as they are: text in the first of them."""
    columns = {int(name[1:]): name for name in sheet.head.columns if name.startswith("c")}
    width = max(columns, default=-1) + 1
    series = [
        sheet.head[columns[place]].to_list() if place in columns else [None] * sheet.head.height
        for place in range(width)
    ]
    return [[_text(values[row]) for values in series] for row in range(min(sheet.head.height, HEAD_ROWS))]


def flat(header: str) -> str:
    """A header on one line, as a sentence may repeat it."""
    return " ".join(header.split())


def _text(value: str | None) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", value)).strip() if value else ""


def _find(grid: Grid, sheet: Sheet, vocabulary: Vocabulary, kinds: list[str]) -> list[_Match] | _Match | None:
    """Complete matches of the first header row found; else the nearest incomplete one; else None."""
    nearest: _Match | None = None
    for last in range(len(grid)):
        for lines in range(1, min(_HEADER_LINES, last + 1) + 1):
            names = _names(grid, last - lines + 1, last)
            complete = []
            for kind in kinds:
                match = _match(names, kind, last - lines + 1, last, sheet, vocabulary)
                if not match.missing():
                    complete.append(match)
                elif _promising(match, len(kinds) == 1) and (
                    nearest is None or len(match.places) > len(nearest.places)
                ):
                    nearest = match
            if complete:
                return complete
    return nearest


def _promising(match: _Match, told: bool) -> bool:
    """Whether an incomplete header is near enough to say what is missing."""
    own = set(match.places) - _COMMON
    required = set(KINDS[match.kind].required)
    found = len(required & set(match.places))
    return found >= 1 if told else bool(own & required) and found * 2 >= len(required)


def _names(grid: Grid, first: int, last: int) -> list[list[str]]:
    """For each column the texts that may be its header, the likeliest first; one to three lines are one header."""
    lines = [list(grid[row]) for row in range(first, last + 1)]
    for upper in lines[:-1]:
        carried = ""
        for place, text in enumerate(upper):
            carried = text or carried
            if not text and lines[-1][place]:  # under a heading that spans several columns
                upper[place] = carried
    names = []
    for place in range(len(lines[0])):
        stack = [line[place] for line in lines if line[place]]
        names.append(list(dict.fromkeys([stack[-1], "".join(stack), stack[0]])) if stack else [])
    return names


def _match(names: list[list[str]], kind: str, first: int, last: int, sheet: Sheet, vocabulary: Vocabulary) -> _Match:
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
    return _Match(kind, first, last, places, tuple(key for key in twice if key in required))


def _table(sheet: Sheet, number: int, grid: Grid, match: _Match) -> Table:
    written = {}
    for key, place in match.places.items():
        column = sheet.head[f"c{place}"].to_list()[match.first : match.last + 1]
        texts = [text.strip() for text in column if text and text.strip()]
        written[key] = texts[-1] if texts else KINDS[match.kind].columns[key].name
    if match.twice:
        key = match.twice[0]
        raise FileRefused(
            "column_twice",
            _("The column “{column}” is there twice. Delete or rename one of them.").format(column=flat(written[key])),
        )
    # With a merged heading over "expected | entered", the words above the header belong to it, not to the title.
    days = tuple(dict.fromkeys(days_in_title(grid[: match.first])))
    hidden = tuple(key for key, place in match.places.items() if place in sheet.hidden_columns)
    return Table(sheet, number, match.kind, match.first + 1, match.last + 1, match.places, written, days, hidden)


def _ambiguous(found: list[_Match]) -> FileRefused:
    titles = "、".join(KINDS[match.kind].title for match in found)
    return FileRefused(
        "kind_ambiguous",
        _("The headers fit several kinds of tables: {kinds}. Say which one it is.").format(kinds=titles),
    )


def _unrecognised(nearest: _Match | None, kind: str | None) -> FileRefused:
    if nearest is not None:
        spec = KINDS[nearest.kind]
        missing = "、".join(spec.columns[key].name for key in nearest.missing())
        return FileRefused(
            "columns_missing",
            _(
                "The table looks like “{kind}” (header in row {row}), but these columns are missing: {columns}. Add them."
            ).format(kind=spec.title, row=nearest.last + 1, columns=missing),
        )
    if kind is not None:
        columns = "、".join(KINDS[kind].columns[key].name for key in KINDS[kind].required)
        return FileRefused(
            "columns_missing",
            _("No header of “{kind}” was found. The table needs the columns: {columns}.").format(
                kind=KINDS[kind].title, columns=columns
            ),
        )
    kinds = "、".join(spec.title for spec in KINDS.values())
    return FileRefused(
        "kind_unknown",
        _(
            "No header row was recognised in the file. It must be one of: {kinds}; compare the column names with the template."
        ).format(kinds=kinds),
    )


# ---- the day in the title ----------------------------------------------------------------------------------------

_DIGITS: Final = {"〇": "0", "○": "0", "零": "0", **{c: str(i) for i, c in enumerate("一二三四五六七八九", 1)}}
_CHINESE: Final = re.compile(
    r"([二〇○零一三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_DAY: Final = re.compile(
    r"(?<!\d)(?:(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?|(\d{4})\s*([-/.])\s*(\d{1,2})\s*\5\s*(\d{1,2})|((?:19|20)\d{2})(\d{2})(\d{2}))(?!\d)"
)
_SHORT: Final = re.compile(r"(?<![\d年])(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_END_DAY: Final = re.compile(
    r"^\s*(?:至|到|-|—|~|–)+\s*(?:(\d{1,2})\s*日|(\d{1,2})\s*([-/.])\s*(\d{1,2})(?!\d|\s*[-/.]\s*\d))"
)
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年")
_AS_OF: Final = re.compile(r"(?:截至|截止|截止到|截至到|截止至)[^\d]{0,12}$")
_ABOUT: Final = re.compile(r"(?:统计|数据|快照)[^\d]{0,8}$")
_OTHER: Final = re.compile(r"(?:制表|打印|填报|填表|导出|印发|上报|报送|制作|生成|更新|下载|起|自|从)[^\d]{0,8}$")


def days_in_title(rows: Sequence[Sequence[str]]) -> list[date]:
    """The days that the lines above a header name as the day of the figures.

    A day after 截至 counts before one after 统计, that before any other; days of printing or filing count only where there
    is no other. Of a range (…至…) the end counts.
    """
    lines = [
        _arabic(unicodedata.normalize("NFKC", " ".join(dict.fromkeys(cell for cell in row if cell)))) for row in rows
    ]
    years = sorted({year for line in lines for year in _YEAR.findall(line)})
    ranked = [item for line in lines for item in _ranked(_with_years(line, years))]
    best = min((rank for rank, _day in ranked), default=0)
    return [day for rank, day in ranked if rank == best]


def _with_years(line: str, years: list[str]) -> str:
    """Days without a year (2016年进度表（截至11月25日）, 2016年9月1日至11月25日, …1日至25日) with the one that is meant: that of
    the day before in the same line, else the only one that the title names."""
    written = line
    for match in reversed(list(_SHORT.finditer(line))):
        before = [day.group(1) for day in _DAY.finditer(line[: match.start()]) if day.group(1)]
        year = before[-1] if before else years[0] if len(years) == 1 else None
        if year is not None:
            written = f"{written[: match.start()]}{year}年{match.group()}{written[match.end() :]}"
    for match in reversed(list(_DAY.finditer(written))):
        end = _END_DAY.match(written[match.end() :])
        if end and end.group(1) and match.group(1):
            last = f"{match.group(1)}年{match.group(2)}月{end.group(1)}日"
        elif end and end.group(3) and end.group(3) == match.group(5):
            last = f"{match.group(4)}年{end.group(2)}月{end.group(4)}日"
        else:
            continue
        written = f"{written[: match.end()]}至{last}{written[match.end() + end.end() :]}"
    return written


def _ranked(line: str) -> list[tuple[int, date]]:
    found: list[tuple[int, date, int]] = []
    for match in _DAY.finditer(line):
        groups = match.groups()
        parts = groups[0:3] if groups[0] else (groups[3], groups[5], groups[6]) if groups[3] else groups[7:10]
        try:
            day = date(*(int(part) for part in parts))
        except ValueError:
            continue
        before = line[: match.start()]
        if found and re.fullmatch(
            r"\s*(?:\d\d:\d\d(?::\d\d)?)?\s*(?:至|到|-|--|—|——|~|–)+\s*", line[found[-1][2] : match.start()]
        ):
            found[-1] = (found[-1][0], day, match.end())
            continue
        rank = 0 if _AS_OF.search(before) else 1 if _ABOUT.search(before) else 3 if _OTHER.search(before) else 2
        found.append((rank, day, match.end()))
    return [(rank, day) for rank, day, _end in found]


def _arabic(line: str) -> str:
    """Days in Chinese numerals (二〇一六年十一月二十五日) in Arabic ones."""

    def tens(text: str) -> str:
        head, ten, tail = text.partition("十")
        if not ten:
            return _DIGITS.get(text, text)
        return str(int(_DIGITS.get(head, "1") if head else "1") * 10 + int(_DIGITS.get(tail, "0") if tail else "0"))

    def replace(match: re.Match[str]) -> str:
        year = "".join(_DIGITS.get(c, c) for c in match.group(1))
        return f"{year}年{tens(match.group(2))}月{tens(match.group(3))}日"

    return _CHINESE.sub(replace, line)


def rows_below(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows below the header: `row`, the known columns by key as raw text, and all others under their place."""
    known = {f"c{place}": key for key, place in table.places.items()}
    below = frame.filter(pl.col("row") > table.last_row)
    return below.rename({name: key for name, key in known.items() if name in below.columns})
