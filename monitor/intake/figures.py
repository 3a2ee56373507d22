"""Checking tables of figures: collection, review, statistics. From recognised tables to rows that can be loaded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from monitor.figures import LEVEL_NAMES
from monitor.i18n import _
from monitor.intake.headers import KINDS, flat
from monitor.intake.problems import FINDINGS, NOTE, FileRefused, Finding
from monitor.intake.recognise import Table, row_names
from monitor.intake.refusals import Refused
from monitor.intake.resolve import Calendar, check_names, check_open, days, old_rows, resolve
from monitor.intake.rows import Body, body
from monitor.intake.totals import compare_totals, groups_among_totals
from monitor.intake.values import LEVEL_WORDS, word_column
from monitor.personal import shown
from monitor.units import Register

KEYS: Final = {
    "collection": ("unit_id", "day"),
    "review": ("unit_id", "day", "level"),
    "statistics": ("unit_id", "year"),
}
"""What makes a row of a kind one row of the store."""
OPTIONAL: Final = {
    kind: tuple(key for key in spec.counts if spec.columns[key].optional) for kind, spec in KINDS.items()
}


@dataclass
class Checked:
    """One kind of table in one file, checked.

    Attributes:
        rows: number of data rows.
        days: the days of them.
        old: its resolve.old_rows, of which a file is told once.
        table: the rows to load, one a key (KEYS and the counts), with `row` and `sheet` of the first row of each, and how many
            `lines` of the file were added up for it.
        refused, findings: what was found on the way; findings about the figures themselves come later (sanity.py).
    """

    kind: str
    rows: int
    days: list[date]
    table: pl.DataFrame
    refused: Refused
    findings: list[Finding] = field(default_factory=list)
    old: pl.DataFrame = field(default_factory=pl.DataFrame)


def check_figures(kind: str, tables: Sequence[Table], register: Register, calendar: Calendar) -> Checked:
    """Check all tables of one kind in a file.

    Raises:
        FileRefused: no data rows; no day, or days that contradict each other.
    """
    refused = Refused()
    bodies = [body(table) for table in tables]
    for part in bodies:
        refuse_personal(part, refused)
    rows = pl.concat([part.data.with_columns(sheet=pl.lit(part.table.number, pl.Int64)) for part in bodies])
    rows = resolve(rows.with_columns(where=row_names(tables)), register, refused)
    groups = rows.filter(pl.col("reporting").not_() & pl.col("unit_id").is_not_null())
    groups = pl.concat([groups, *(groups_among_totals(part, register) for part in bodies)], how="diagonal")
    data = rows.filter(pl.col("reporting") | pl.col("unit_id").is_null())
    if data.is_empty():
        raise no_rows() if groups.is_empty() else _only_groups(groups)
    check_names(data, register, refused)
    data = (
        _years(data, tables, calendar.today, refused) if kind == "statistics" else days(data, tables, calendar, refused)
    )
    if kind != "statistics":
        check_open(data, refused)
    if kind == "review":
        data = _levels(data, refused)
        _in_chain(data, refused)
    _counts(data, kind, refused)
    findings = sheet_notes(tables, data)
    findings += compare_totals(kind, bodies, data, groups, register)
    good, more = _one_a_key(data, kind, register, refused)
    found = data["day"].drop_nulls().unique().sort().to_list() if kind != "statistics" else []
    return Checked(kind, data.height, found, good, refused, findings + more, old_rows(data, register))


def no_rows() -> FileRefused:
    """The answer to a table with a header and nothing below it that could be loaded."""
    return FileRefused(
        "no_rows", _("There is no row below the header that could be loaded: enter the units and their figures.")
    )


def _only_groups(groups: pl.DataFrame) -> FileRefused:
    """The answer to a table of nothing but units that have units below them."""
    first = groups.sort("sheet", "row").row(0, named=True)
    message = _(
        "All {rows} rows are of units that have units below them (for example row {row}: {unit} {name}); such rows only serve as a"
        " check, figures are taken from the rows of the schools. Enter those."
    )
    return FileRefused(
        "no_rows",
        message.format(rows=groups.height, row=first["row"], unit=first["unit"], name=first["unit_name"]),
    )


def refuse_personal(part: Body, refused: Refused) -> None:
    """Refuse the rows in which a resident ID number stands."""
    for row, place in part.personal:
        refused.add(pl.DataFrame({"sheet": [part.table.number], "row": [row]}), str(place), "personal_id", "")


def sheet_notes(tables: Sequence[Table], data: pl.DataFrame | None = None) -> list[Finding]:
    """That hidden rows and columns were read, a sheet was not, a year stands in a name alone; `data` are the rows (sheet,
    row) that count."""
    notes = []
    for table in tables:
        for name, missing in table.not_read:
            message = _(
                "Sheet “{sheet}” looks like a table to be imported but lacks {columns}; it was not read. Add what is missing and import it again, or delete the sheet."
            )
            message = message.format(sheet=shown(name), columns=missing)
            notes.append(Finding("sheet_not_read", FINDINGS["sheet_not_read"], None, None, None, None, message))
        if table.year_from:
            message = _("The table does not say its year; {year} was taken from the name “{name}”. Check it.")
            message = message.format(year=table.year, name=shown(table.year_from))
            notes.append(Finding("year_from_name", NOTE, None, None, None, None, message, {"year": table.year or 0}))
        rows = [row for row in table.sheet.hidden_rows if table.holds(row)]
        if rows and data is not None:
            rows = data.filter((pl.col("sheet") == table.number) & pl.col("row").is_in(rows))["row"].to_list()
        if rows:
            message = _("{count} hidden rows were read as well.").format(count=len(rows))
            notes.append(
                Finding("hidden_rows_read", NOTE, None, None, None, rows[0], message, {"rows": len(rows)}, table.number)
            )
        for key in table.hidden_read:
            message = _("The required column “{column}” is hidden; it was read all the same.").format(
                column=flat(table.headers[key])
            )
            notes.append(Finding("hidden_column_read", NOTE, None, None, None, None, message, {}, table.number))
    return notes


def _years(rows: pl.DataFrame, tables: Sequence[Table], today: date, refused: Refused) -> pl.DataFrame:
    named = {table.number: str(table.year) for table in tables if table.year is not None}
    said = pl.col("sheet").replace_strict(named, default=None, return_dtype=pl.String)
    rows = rows.with_columns(year=pl.coalesce("year", said))
    text = pl.col("year").str.normalize("NFKC").str.replace_all(r"\s|学?年度?$", "").str.replace(r"\.0+$", "")
    rows = rows.with_columns(
        year_text=pl.col("year"), year=text.str.extract(r"^(\d{4})$", 1).cast(pl.Int64, strict=False)
    )
    refused.add(rows.filter(pl.col("year").is_null()), "year", "year_unreadable")
    refused.add(rows.filter((pl.col("year") < 1980) | (pl.col("year") > today.year)), "year", "year_out_of_range")
    return rows


def _levels(rows: pl.DataFrame, refused: Refused) -> pl.DataFrame:
    rows = rows.with_columns(level_text=pl.col("level"), level=word_column("level", LEVEL_WORDS))
    refused.add(
        rows.filter(pl.col("level").is_null()), "level", "level_unreadable", extra="、".join(LEVEL_NAMES.values())
    )
    return rows


def _in_chain(rows: pl.DataFrame, refused: Refused) -> None:
    outside = rows.filter(
        pl.col("level").is_not_null() & pl.col("chain").is_not_null() & ~pl.col("chain").list.contains(pl.col("level"))
    )
    refused.add(
        outside,
        "level",
        "level_outside_chain",
        extra=pl.col("chain").list.eval(pl.element().replace_strict(LEVEL_NAMES)).list.join("、"),
    )


def _counts(rows: pl.DataFrame, kind: str, refused: Refused) -> None:
    for key in KINDS[kind].counts:
        why = pl.col(f"{key}?")
        if key not in OPTIONAL[kind]:
            refused.add(rows.filter(why == "blank"), key, "count_missing")
        refused.add(rows.filter(why.is_not_null() & (why != "blank")), key, why)


def _one_a_key(
    rows: pl.DataFrame, kind: str, register: Register, refused: Refused
) -> tuple[pl.DataFrame, list[Finding]]:
    """The rows that may be loaded, one a key: repeated rows once, predecessors added up; and what is said of that."""
    counts = list(KINDS[kind].counts)
    keys = list(KEYS[kind])
    written = ["code", *keys[1:]]
    findings: list[Finding] = []
    whole = rows.filter(
        pl.col("unit_id").is_not_null() & pl.all_horizontal(pl.col(key).is_not_null() for key in keys[1:])
    )
    whole = kept_by_predecessors(whole, register)
    repeated = whole.filter(pl.struct(written).is_duplicated())
    if not repeated.is_empty():
        findings += _repeated(repeated, written, counts, refused)
        whole = whole.unique([*written, *counts], keep="first", maintain_order=True)
    bad = refused.rows()
    good = whole.join(bad, on=["sheet", "row"], how="anti", maintain_order="left") if not bad.is_empty() else whole
    good = good.with_columns(lines=pl.lit(1, pl.Int64))
    several = good.filter(pl.struct(keys).is_duplicated())
    partly = whole.filter(pl.struct(keys).is_duplicated()) if not bad.is_empty() else several
    if not partly.is_empty():
        torn = partly.join(bad, on=["sheet", "row"], how="semi").select(keys).unique()
        left = good.join(torn, on=keys, how="semi", maintain_order="left")
        refused.add(left, "code", "predecessor_incomplete", pl.col("code"))
        good = good.join(torn, on=keys, how="anti", maintain_order="left")
        several = good.filter(pl.struct(keys).is_duplicated())
    if not several.is_empty():
        findings += _added_up(several, keys)
        # An optional figure that one of them does not give is unknown for all of them.
        sums = [pl.when(pl.col(key).null_count() == 0).then(pl.col(key).sum()).alias(key) for key in counts]
        rest = [pl.col(name).first() for name in ("sheet", "row", "unit", "unit_name", "chain")]
        added = several.group_by(keys, maintain_order=True).agg(*sums, *rest, lines=pl.len().cast(pl.Int64))
        single = good.join(added, on=keys, how="anti", maintain_order="left")
        good = pl.concat([single.select(added.columns), added])
    return good.select("sheet", "row", "unit", "unit_name", "chain", *keys, *counts, "lines"), findings


def kept_by_predecessors(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Rows of a merged unit that has figures of its own stay its own up to its closing: loading a table again after the
    merger changes nothing, and a correction of its earlier days corrects them."""
    if register.keeping.is_empty():
        return rows
    rows = rows.join(register.keeping.rename({"closed": "kept_until"}), on="code", how="left", maintain_order="left")
    in_time = pl.col("kept_until").is_null()
    if "day" in rows.columns:
        in_time |= pl.col("day") < pl.col("kept_until")
    own = pl.when(pl.col("own_id").is_not_null() & in_time).then(pl.col("own_id"))
    return rows.with_columns(unit_id=own.otherwise(pl.col("unit_id"))).drop("own_id", "kept_until")


def _repeated(rows: pl.DataFrame, written: list[str], counts: list[str], refused: Refused) -> list[Finding]:
    """Refuse rows of one written code and key whose figures differ; a note about those that are the same."""
    figures = [
        pl.concat_str([pl.col(key).cast(pl.String).fill_null("?"), pl.col(f"{key}?").fill_null("")]) for key in counts
    ]
    rows = rows.with_columns(said=pl.concat_str(figures, separator="|"))
    groups = rows.group_by(written, maintain_order=True).agg(
        n=pl.col("said").n_unique(), places=pl.col("where").unique(maintain_order=True).str.join("、")
    )
    differing = rows.join(groups.filter(pl.col("n") > 1), on=written, how="inner", maintain_order="left")
    refused.add(differing, "code", "duplicate_differs", extra=pl.col("places"))
    same = rows.join(groups.filter(pl.col("n") == 1), on=written, how="semi", maintain_order="left")
    again = same.filter(~pl.struct(written).is_first_distinct())
    if again.is_empty():
        return []
    first = again.row(0, named=True)
    where = "、".join(again["where"].head(5).to_list()) + ("…" if again.height > 5 else "")
    message = _("{count} rows repeat an earlier row exactly and count once (rows {rows}).").format(
        count=again.height, rows=where
    )
    return [
        Finding("same_row_twice", NOTE, None, None, None, first["row"], message, {"rows": again.height}, first["sheet"])
    ]


def _added_up(rows: pl.DataFrame, keys: list[str]) -> list[Finding]:
    """A note for each unit whose predecessors' rows were added up."""
    groups = rows.group_by("unit_id", maintain_order=True).agg(
        pl.col("unit", "unit_name", "row", "sheet").first(),
        codes=pl.col("code").unique(maintain_order=True).str.join("、"),
        n=pl.len(),
    )
    found = []
    for line in groups.iter_rows(named=True):
        message = _("{rows} rows of the codes {codes} were added up for {unit} {name}.").format(
            rows=line["n"], codes=line["codes"], unit=line["unit"], name=line["unit_name"]
        )
        found.append(
            Finding(
                "predecessors_added",
                NOTE,
                line["unit"],
                line["unit_id"],
                None,
                line["row"],
                message,
                {"rows": line["n"]},
                line["sheet"],
            )
        )
    return found
