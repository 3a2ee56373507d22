"""Finding the tables in a file's sheets: each its header, its kind, its rows, and what its title says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from typing import Final

import polars as pl

from monitor.i18n import LANGUAGES, _, spoken
from monitor.intake.headers import KINDS, Vocabulary, flat
from monitor.intake.matching import HEADER_LINES, Grid, Match, find, grid_of
from monitor.intake.problems import FileRefused, letters
from monitor.intake.sheets import HEAD_ROWS, Sheet
from monitor.intake.titles import days_in_title, years_in
from monitor.intake.values import CODE_LIKE

_MAX_TABLES: Final = 200
_TITLE_LINES: Final = 10
_CODE_HEADER: Final = r"代\s*码|编\s*码|标\s*识\s*码|代\s*号"


@dataclass
class Table:
    """A table found in a sheet. Columns by key: `places` their index (0 is A), `headers` their text as written.

    Attributes:
        number: its place among all tables of the file.
        first_row, last_row: of its header. `end_row`: the last row that is the table's; None where nothing follows it.
        begin_row: the first row of the sheet that no table above it has.
        skipped: rows below the header that only repeat it.
        title_days: what the lines above it say. year: the year that a table of statistics without such a column is of;
            year_from: the name of the sheet or file that says so, "" where the title does.
        not_read: of sheets beside the first table that look like a table and are none, (name, what is missing).
    """

    sheet: Sheet
    number: int
    kind: str
    first_row: int
    last_row: int
    places: dict[str, int]
    headers: dict[str, str]
    title_days: tuple[date, ...] = ()
    year: int | None = None
    year_from: str = ""
    hidden_read: tuple[str, ...] = field(default=())
    begin_row: int = 1
    end_row: int | None = None
    skipped: frozenset[int] = frozenset()
    not_read: tuple[tuple[str, str], ...] = ()

    def cell(self, row: int, key: str) -> str:
        """Name of a cell: E8."""
        return f"{letters(self.places[key])}{row}"

    def header_at(self, place: int) -> str:
        """The header of a column as it is written, of one that is not read, too; "" where it has none."""
        return _lowest(self.sheet, place, self.first_row - 1, self.last_row)

    def holds(self, row: int) -> bool:
        """Whether a row lies below the header and above the next table."""
        return row > self.last_row and (self.end_row is None or row <= self.end_row)


def recognise(sheets: Sequence[Sheet], vocabulary: Vocabulary, kind: str | None = None, file: str = "") -> list[Table]:
    """The tables of all visible sheets that have a recognised header; of a sheet all that stand one below the other.

    Args:
        kind: read as this kind, whatever the headers look like.
        file: name of the file, which may say the year of statistics.

    Raises:
        FileRefused: there is none; the message says which columns are missing where a kind can be guessed.
    """
    tables: list[Table] = []
    near: list[tuple[Sheet, Match]] = []
    kinds = [kind] if kind else list(KINDS)
    for sheet in sheets:
        if not sheet.visible:
            continue
        grid = grid_of(sheet.head.head(HEAD_ROWS))
        if _of_a_marked_workbook(grid):
            continue
        found = find(grid, sheet, vocabulary, kinds)
        if isinstance(found, list):
            first = _table(sheet, len(tables), grid, _one(found), 0)
            tables += _with_others(first, vocabulary, kinds)
        elif found is not None and (named := _year_named(found, grid, sheet, file)):
            table = _table(sheet, len(tables), grid, found, 0)
            table.year, table.year_from = named
            tables.append(table)
        elif found is not None:
            near.append((sheet, found))
    if not tables:
        raise _unrecognised(max((match for _sheet, match in near), key=lambda m: len(m.places), default=None), kind)
    titled = {table.title_days for table in tables if table.title_days}
    if len(titled) == 1:  # only the first sheet has its title
        (days,) = titled
        for table in tables:
            table.title_days = days
    tables[0].not_read = tuple((sheet.name, _missing(match)) for sheet, match in near)
    return tables


def _of_a_marked_workbook(grid: Grid) -> bool:
    """Whether this is the list of what was found: it comes back with the workbook in which the cells were corrected, in
    whichever language it was written."""
    for language in LANGUAGES:
        with spoken(language):
            heads = list_heads()
        if grid and tuple(grid[0][: len(heads)]) == heads:
            return True
    return False


def list_heads() -> tuple[str, ...]:
    """How the list of a marked workbook (errors.py) begins, in the language in use."""
    return _("Sheet"), _("Row"), _("Cell"), _("Column")


def _one(found: list[Match]) -> Match:
    if len(found) > 1:
        raise _ambiguous(found)
    return found[0]


def _year_named(match: Match, grid: Grid, sheet: Sheet, file: str) -> tuple[int, str] | None:
    """The year of statistics that lack nothing but its column, and the name that says it ("" for the title)."""
    if match.kind != "statistics" or match.missing() != ["year"]:
        return None
    title = " ".join(dict.fromkeys(cell for row in grid[: match.first] for cell in row if cell))
    stem = PurePath(file).stem
    for years, name in ((years_in(title), ""), (years_in(sheet.name), sheet.name), (years_in(stem, bare=True), file)):
        if years:
            return (years[0], name) if len(years) == 1 else None
    return None


def _table(sheet: Sheet, number: int, grid: Grid, match: Match, above: int) -> Table:
    """The table of a match; `above` is how many rows of the sheet lie above the grid."""
    if match.twice:
        column = KINDS[match.kind].columns[match.twice[0]].name
        place = match.places[match.twice[0]]
        column = next((grid[row][place] for row in range(match.last, match.first - 1, -1) if grid[row][place]), column)
        raise FileRefused(
            "column_twice",
            _("The column “{column}” is there twice. Delete or rename one of them.").format(column=flat(column)),
        )
    # With a merged heading over "expected | entered", the words above the header belong to it, not to the title.
    title = grid[: match.first]
    hidden = tuple(key for key, place in match.places.items() if place in sheet.hidden_columns)
    return Table(
        sheet, number, match.kind, above + match.first + 1, above + match.last + 1, match.places,
        _written(sheet, match, above), tuple(dict.fromkeys(days_in_title(title))), hidden_read=hidden,
    )  # fmt: skip


def _written(sheet: Sheet, match: Match, above: int) -> dict[str, str]:
    """The headers as they are written, by key; of several lines the lowest that says something."""
    first, end = above + match.first, above + match.last + 1
    texts = {key: _lowest(sheet, place, first, end) for key, place in match.places.items()}
    return {key: text or KINDS[match.kind].columns[key].name for key, text in texts.items()}


def _lowest(sheet: Sheet, place: int, first: int, end: int) -> str:
    """The lowest text of a column in the rows from `first` to before `end`, counted from 0."""
    whole = sheet.head if sheet.whole is None else sheet.whole
    lines = whole[f"c{place}"].slice(first, end - first).to_list() if f"c{place}" in whole.columns else []
    texts = [text.strip() for text in lines if text and text.strip()]
    return texts[-1] if texts else ""


# ---- further tables below the first ------------------------------------------------------------------------------


def _with_others(first: Table, vocabulary: Vocabulary, kinds: Sequence[str]) -> list[Table]:
    """The first table of a sheet and those below it: another header, or the same one below another title.

    A header that is repeated as it is (on every page) begins no table; exports of people are one table each.
    """
    whole = first.sheet.whole
    if whole is None or first.kind == "teachers":
        return [first]
    tables = [first]
    for row in _header_rows(whole, first.last_row):
        current = tables[-1]
        if len(tables) >= _MAX_TABLES or row < current.last_row:
            continue
        found = _header_at(current, row, vocabulary, kinds)
        if found is None:
            continue
        above, match = found
        begin = _title_begins(current, above + match.first)
        table = _table(first.sheet, current.number + 1, grid_of(whole[begin : above + match.last + 1]),
                       _moved(match, above - begin), begin)  # fmt: skip
        days = table.title_days or current.title_days
        if (table.kind, table.places, days) == (current.kind, current.places, current.title_days):
            current.skipped |= set(range(table.first_row, table.last_row + 1))
            continue
        table.title_days = days
        current.end_row, table.begin_row = begin, begin + 1
        tables.append(table)
    return tables


def _header_rows(whole: pl.DataFrame, after: int) -> list[int]:
    """Rows (from 1) below `after` in which a cell looks like the header of a column of codes."""
    names = [name for name in whole.columns if name.startswith("c")]
    said = pl.any_horizontal(
        (pl.col(name).str.len_chars().lt(40) & pl.col(name).str.contains(_CODE_HEADER)).fill_null(False)
        for name in names
    )
    rows = whole.with_row_index("row", offset=1).filter((pl.col("row") > after) & said)["row"].to_list()
    return rows[: 4 * _MAX_TABLES]


def _header_at(current: Table, row: int, vocabulary: Vocabulary, kinds: Sequence[str]) -> tuple[int, Match] | None:
    """The header around a row, if it is a whole one: how many rows the match counts from, and the match."""
    whole = current.sheet.whole
    assert whole is not None
    near: FileRefused | None = None
    for start in range(row - 1, max(row - HEADER_LINES, current.last_row) - 1, -1):
        grid = grid_of(whole[start : row + HEADER_LINES - 1])
        found = find(grid, current.sheet, vocabulary, kinds)
        if isinstance(found, list):
            return start, _one(found)
        if found is not None and found.places.items() - current.places.items():
            near = near or _columns_missing(found, start)
    if near is not None:
        raise near  # its rows would be read by the columns of the table above
    return None


def _moved(match: Match, by: int) -> Match:
    return Match(match.kind, match.first + by, match.last + by, match.places, match.twice)


def _title_begins(current: Table, header: int) -> int:
    """How many rows of the sheet belong to what is above the title of a header that `header` rows are above of."""
    whole = current.sheet.whole
    assert whole is not None
    row = header
    while row > max(current.last_row, header - _TITLE_LINES) and not _is_data(whole, row - 1, current.places["code"]):
        row -= 1
    return row


def _is_data(whole: pl.DataFrame, index: int, place: int) -> bool:
    """Whether a row is one of a table: it has a code, or a word for a sum; a title has few cells and neither."""
    cells = [str(value).strip() for value in whole.row(index) if value is not None and str(value).strip()]
    code = whole[f"c{place}"][index]
    has_code = bool(code) and bool(re.match(CODE_LIKE, str(code).strip().lstrip("'’‘")))
    return len(cells) > 1 and (has_code or any(re.search(r"^.{0,8}[合小总共]\s*计", cell) for cell in cells))


def _missing(match: Match) -> str:
    return "、".join(KINDS[match.kind].columns[key].name for key in match.missing())


def _ambiguous(found: list[Match]) -> FileRefused:
    titles = "、".join(KINDS[match.kind].title for match in found)
    return FileRefused(
        "kind_ambiguous",
        _("The headers fit several kinds of tables: {kinds}. Say which one it is.").format(kinds=titles),
    )


def _columns_missing(match: Match, above: int) -> FileRefused:
    """The answer to a header that lacks columns; `above` is how many rows of the sheet lie above those of the match."""
    return FileRefused(
        "columns_missing",
        _(
            "The table looks like “{kind}” (header in row {row}), but these columns are missing: {columns}. Add them."
        ).format(kind=KINDS[match.kind].title, row=above + match.last + 1, columns=_missing(match)),
    )


def _unrecognised(nearest: Match | None, kind: str | None) -> FileRefused:
    if nearest is not None:
        return _columns_missing(nearest, 0)
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


def rows_below(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of `frame` below the header: `row`, the known columns by key as raw text, and all others under their place."""
    known = {f"c{place}": key for key, place in table.places.items()}
    below = frame.filter(pl.col("row") > table.last_row)
    if table.skipped:
        below = below.filter(~pl.col("row").is_in(sorted(table.skipped)))
    return below.rename({name: key for name, key in known.items() if name in below.columns})


def row_names(tables: Sequence[Table]) -> pl.Expr:
    """How a sentence names a row (columns sheet and row): by its number, in a workbook of several sheets with the sheet's."""
    names = {table.number: table.sheet.name for table in tables}
    row = pl.col("row").cast(pl.String)
    if len(set(names.values())) < 2:
        return row
    return pl.concat_str(pl.col("sheet").replace_strict(names, return_dtype=pl.String), pl.lit("!"), row)
