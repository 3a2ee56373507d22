"""Which rows below a header are data, which are totals, and which are only words: notes, signatures, repeated headers."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import polars as pl

from monitor.intake.headers import KINDS
from monitor.intake.recognise import Table, rows_below
from monitor.intake.sheets import Sheet
from monitor.intake.values import CODE_LIKE, DESTROYED, code_column, count_columns, parse_day, tidy
from monitor.personal import holds_resident_id, suspicious

SUBTOTAL: Final = r"(?:小计|分计)(?:[(（].*)?[:：]?$"
TOTAL: Final = r"(?:合计|总计|共计|累计)(?:[(（].*)?[:：]?$"
_WORDS: Final = re.compile(
    r"(?:填报人|填表人|审核人|复核人|负责人|联系人|联系电话|经办人|制表人?|填表|签字|签名|盖章|签章|公章|打印|页码|第\d+页)"
    r"|^(?:注|备注|说明|附注|注释|填表说明|填报日期|制表日期|日期|单位)\d*[:：]"
)
_NUMBERS_ROW: Final = re.compile(r"^\(?\d{1,2}\)?$|^[甲乙丙丁戊己]$|^[-—]+$")
_FOOTER: Final = 30
IDENTITY: Final = (
    "day",
    "code",
    "name",
    "level",
    "year",
    "kind",
    "school_type",
    "parent_code",
    "run_by",
    "duty",
    "department",
)


@dataclass
class Body:
    """The rows below the header of one table.

    Attributes:
        data: `row`, every column of the kind as text (null where the table has none), `code` as code_text gives it, and for
            counts the value with its reason (`key?`).
        totals: the same for rows of 合计, 总计 ("total") and 小计 ("subtotal"), said in `label`.
        personal: (row, place of the column) of cells that hold a resident ID number.
    """

    table: Table
    data: pl.DataFrame
    totals: pl.DataFrame
    personal: list[tuple[int, int]]


def body(table: Table) -> Body:
    """Read the rows of a table and sort them into data, totals and words."""
    spec = KINDS[table.kind]
    whole = table.sheet.read()
    whole = whole.filter(pl.col("row").is_between(table.begin_row, table.end_row or whole["row"].max()))
    personal = personal_cells(whole, frozenset())
    below = _merged_filled(table, rows_below(table, whole))
    rows, rest = _columns(below, tuple(spec.columns), spec.counts, table)
    header = "".join(unicodedata.normalize("NFKC", table.headers["code"]).split())
    repeated = tidy("code_text") == header
    rows = rows.filter(~pl.col("blank") & ~repeated.fill_null(False))
    if number_row(table.sheet, table.last_row + 1):
        rows = rows.filter(pl.col("row") != table.last_row + 1)
    rows = rows.with_columns(label=_label(rows, rest))
    totals = rows.filter(pl.col("label").is_not_null())
    data = _data(rows.filter(pl.col("label").is_null()), rest, spec.counts)
    return Body(table, data, totals, personal)


def personal_cells(frame: pl.DataFrame, excepted: frozenset[str]) -> list[tuple[int, int]]:
    """(row, place) of text cells that hold a resident ID number; `excepted` columns (c5) are not looked at."""
    columns = [name for name in frame.columns if name != "row" and name not in excepted]
    # What is searched for has 17 digits at least, so as many characters, and bytes: two looks that cost little leave the
    # few columns that are worth searching. The name of a school has more bytes, but not more characters.
    for length in ("len_bytes", "len_chars"):
        if columns:
            longest = frame.select(getattr(pl.col(name).str, length)().max() for name in columns).row(0, named=True)
            columns = [name for name in columns if (longest[name] or 0) >= 17]
    found = []
    for name in columns:
        hits = frame.select("row", name).filter(suspicious(name))
        found += [(row, int(name[1:])) for row, text in hits.iter_rows() if holds_resident_id(text)]
    return sorted(found)


def _merged_filled(table: Table, below: pl.DataFrame) -> pl.DataFrame:
    """Cells of merged ranges in columns that say whose and which row it is: all rows of the range have its text."""
    by_place = {place: key for key, place in table.places.items() if key in IDENTITY}
    filled: dict[str, list[tuple[int, int]]] = {}
    for merge in table.sheet.merges:
        key = by_place.get(merge.left)
        if key and merge.top > table.last_row and merge.bottom > merge.top:
            filled.setdefault(key, []).extend((row, merge.top) for row in range(merge.top + 1, merge.bottom + 1))
    for key, pairs in filled.items():
        source = below.select(top=pl.col("row"), text=pl.col(key))
        lookup = pl.DataFrame(pairs, schema={"row": pl.Int64, "top": pl.Int64}, orient="row").unique("row")
        texts = lookup.join(source, on="top", how="left").select("row", "text")
        below = below.join(texts, on="row", how="left", maintain_order="left")
        below = below.with_columns(pl.coalesce(key, "text").alias(key)).drop("text")
    return below


def _columns(
    below: pl.DataFrame, keys: tuple[str, ...], counts: tuple[str, ...], table: Table
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The known columns, tidied and counted; and the others, as text under their place."""
    missing = [pl.lit(None, pl.String).alias(key) for key in keys if key not in below.columns]
    below = below.with_columns(*missing)
    below = _with_errors(below, table)
    others = [name for name in below.columns if name.startswith("c") and name[1:].isdigit()]
    rest = below.select("row", *others)
    rows = below.select("row", *keys, *(pl.col(key).alias(f"{key}_text") for key in counts))
    rows = rows.with_columns(code_column(rows["code"]).alias("code"), pl.col("code").alias("code_text"))
    rows = count_columns(rows, list(counts))
    written = [pl.col(key).is_not_null() for key in keys if key not in counts]
    written += [pl.col(f"{key}?").is_null() | (pl.col(f"{key}?") != "blank") for key in counts]
    return rows.with_columns(blank=~pl.any_horizontal(written)), rest


def _with_errors(below: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Formula errors put back as text: the reader of cells leaves them empty."""
    keys = {place: key for key, place in table.places.items()}
    for (row, place), text in table.sheet.errors.items():
        if key := keys.get(place):
            below = below.with_columns(pl.when(pl.col("row") == row).then(pl.lit(text)).otherwise(key).alias(key))
    return below


def _label(rows: pl.DataFrame, rest: pl.DataFrame) -> pl.Series:
    """ "total", "subtotal" or null for each row: the word stands in any column that holds no number."""
    own: list[str] = [key for key in ("code_text", "name", "day", "level", "year", "kind") if key in rows.columns]
    others = [name for name in rest.columns if name != "row"]
    named = rows.filter(pl.any_horizontal(pl.col(key).str.contains("计", literal=True).fill_null(False) for key in own))
    found = [_said(named, own, "")]
    if others:
        # In a column that is none of ours the word alone counts, and only in a row that has no code.
        odd = rows.filter(~pl.col("code").str.contains(CODE_LIKE).fill_null(False)).select("row")
        found.append(_said(rest.join(odd, on="row", how="semi"), others, "^.{0,12}"))
    labels = pl.concat(found).unique("row", keep="first")
    return rows.select("row").join(labels, on="row", how="left", maintain_order="left")["said"]


def _said(frame: pl.DataFrame, names: list[str], start: str) -> pl.DataFrame:
    """row and said ("total", "subtotal") of the rows in which one of the columns says so."""

    def test(pattern: str) -> pl.Expr:
        return pl.any_horizontal(
            (pl.col(name).str.len_chars().lt(40) & tidy(name).str.contains(start + pattern)).fill_null(False)
            for name in names
        )

    said = pl.when(test(SUBTOTAL)).then(pl.lit("subtotal")).when(test(TOTAL)).then(pl.lit("total"))
    return frame.select("row", said=said).drop_nulls()


def _data(rows: pl.DataFrame, rest: pl.DataFrame, counts: tuple[str, ...]) -> pl.DataFrame:
    """The rows that are about a unit."""
    code = pl.col("code")
    if rows["code"].is_not_null().all() and rows["code"].str.contains(r"^\d+$").all():
        return rows.drop("blank", "label")
    like_code = (code.str.contains(CODE_LIKE) | code.str.contains(DESTROYED)) & ~code.str.contains(
        r"^\d{4}[-/.]\d{1,2}[-/.]\d"
    )
    rows = rows.with_columns(like_code=like_code.fill_null(False))
    if counts:
        figures = pl.any_horizontal(
            pl.col(f"{key}?").is_null() | pl.col(f"{key}?").is_in(["count_negative", "count_fraction", "cell_error"])
            for key in counts
        )
        filled = pl.sum_horizontal((pl.col(f"{key}?").fill_null("") != "blank").cast(pl.Int32) for key in counts)
    else:
        figures, filled = pl.col("name").is_not_null() & pl.lit(False), pl.lit(0)
    last = rows.filter(pl.col("like_code"))["row"].max()
    inside = pl.col("row") <= (last if isinstance(last, int) else 0)
    maybe = figures | (code.is_not_null() & (filled >= 2)) | (inside & (filled >= 2))
    if not counts:
        named = pl.col("person" if "person" in rows.columns else "name").is_not_null()
        maybe = inside & named & ~pl.col("like_code")
    rows = rows.filter(pl.col("like_code") | maybe)
    if counts:
        rows = _without_footer(rows.with_columns(figures=figures), rest).drop("figures")
    doubtful = rows.filter(~pl.col("like_code"))
    words = [row for row in doubtful["row"].to_list() if _is_words(row, rows, rest)] if not doubtful.is_empty() else []
    rows = rows.filter(~pl.col("row").is_in(words)) if words else rows
    return rows.drop("like_code", "blank", "label")


def _without_footer(rows: pl.DataFrame, rest: pl.DataFrame) -> pl.DataFrame:
    """Rows without the last ones in which a telephone number or a date stands where codes do, below all figures."""
    last = rows.filter("figures")["row"].max()
    below = rows.filter((pl.col("row") > (last if isinstance(last, int) else 0)) & pl.col("like_code")).head(_FOOTER)
    words = []
    for line in below.iter_rows(named=True):
        alone = all(line[key] is None for key in IDENTITY if key != "code" and key in line)
        if (alone and parse_day(line["code"]) is not None) or _is_words(line["row"], rows, rest):
            words.append(line["row"])
    return rows.filter(~pl.col("row").is_in(words)) if words and last is not None else rows


def _is_words(row: int, rows: pl.DataFrame, rest: pl.DataFrame) -> bool:
    """Whether a row without a code is a note or a signature line."""
    cells = [
        value.strip()
        for frame in (rows, rest)
        for line in frame.filter(pl.col("row") == row).iter_rows()
        for value in line
        if isinstance(value, str)
    ]
    return any(_WORDS.search(re.sub(r"\s", "", cell)) for cell in cells)


def number_row(sheet: Sheet, row: int) -> bool:
    """Whether a row numbers the columns (甲 乙 1 2 3), as statistical forms do below their header."""
    if row > sheet.head.height:
        return False
    cells = [str(value).strip() for value in sheet.head.row(row - 1) if value is not None and str(value).strip()]
    # isdecimal, not isdigit: ① and ² are digits, but no numbers to int().
    numbers = [int(cell.strip("()（）")) for cell in cells if cell.strip("()（）").isdecimal()]
    if len(numbers) < 3 or not all(_NUMBERS_ROW.match(cell) for cell in cells):
        return False
    return numbers == list(range(1, len(numbers) + 1))
