"""Checking a register table (单位名册): new units, changes of known ones, and what cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from monitor.figures import SCHOOL_TYPES
from monitor.i18n import _
from monitor.intake.figures import no_rows, refuse_personal, sheet_notes
from monitor.intake.problems import NOTE, Finding
from monitor.intake.recognise import Table, row_names
from monitor.intake.refusals import Refused
from monitor.intake.resolve import OLD, old_units
from monitor.intake.rows import body
from monitor.intake.values import (
    CODE_LIKE,
    DESTROYED,
    KIND_WORDS,
    RUN_BY_WORDS,
    TYPE_WORDS,
    code_text,
    day_column,
    tidy,
    word_column,
)
from monitor.units import ABOVE, KINDS, RUN_BY, Register

_MAX_CODE: Final = 32
_LONGEST: Final = {"name": 200, "level": 16, "ownership": 16, "place_code": 32}
_FIELDS: Final = (
    "code", "name", "kind", "school_type", "level", "ownership", "run_by", "place_code", "parent_code", "opened", "closed",
    "successor_code",
)  # fmt: skip


@dataclass
class CheckedUnits:
    """A register table, checked. `table` has the columns of store.register.unit_table, with `row` and `sheet`."""

    rows: int
    table: pl.DataFrame
    refused: Refused
    findings: list[Finding] = field(default_factory=list)


def check_units(tables: Sequence[Table], register: Register, root: str) -> CheckedUnits:
    """Check all register tables of a file.

    Args:
        root: code of the province, which is above every university.

    Raises:
        FileRefused: no data rows.
    """
    refused = Refused()
    parts = []
    for table in tables:
        part = body(table)
        refuse_personal(part, refused)
        parts.append(_typed(part.data.with_columns(sheet=pl.lit(table.number, pl.Int64)), table, refused))
    rows = pl.concat(parts).with_columns(where=row_names(tables))
    if rows.is_empty():
        raise no_rows()
    count = rows.height
    rows = _with_known(rows, register)
    _check_codes(rows, refused)
    _check_words(rows, refused)
    _check_kinds(rows, refused)
    findings = [*sheet_notes(tables, rows)]
    rows = _repeated(rows, refused, findings)
    rows = _former(rows, register, findings)
    rows = rows.with_columns(
        parent_code=pl.when((pl.col("kind") == "university") & pl.col("parent_code").is_null())
        .then(pl.lit(root))
        .otherwise("parent_code")
    )
    _check_parents(rows, register, root, refused)
    _check_successors(rows, register, refused)
    _check_days(rows, refused)
    findings += _old_codes_named(rows, register)
    findings += _left_out(rows, register)
    good = rows.join(refused.rows(), on=["sheet", "row"], how="anti", maintain_order="left")
    good = _without_orphans(good, rows, register, refused)
    return CheckedUnits(count, good.select("sheet", "row", *_FIELDS), refused, findings)


def _typed(rows: pl.DataFrame, table: Table, refused: Refused) -> pl.DataFrame:
    """Texts as values: days, kinds, types; the text as written under <key>_text."""
    texts = ("kind", "school_type", "run_by", "parent_code", "successor_code", "opened", "closed")
    rows = rows.with_columns(pl.col(key).alias(f"{key}_text") for key in texts)
    for key in ("opened", "closed"):
        written = rows.select(pl.when(tidy(key) != "无").then(pl.col(key))).to_series()
        day, why = day_column(written, table.sheet.date1904)
        rows = rows.with_columns(day.alias(key), why.alias("why"))
        refused.add(rows.filter(pl.col("why").is_not_null() & (pl.col("why") != "blank")), key, pl.col("why"))
    dashes = ["-", "—", "——", "－", "/", "无"]
    return rows.with_columns(
        name=pl.col("name").str.strip_chars(),
        kind=word_column("kind", KIND_WORDS),
        school_type=word_column("school_type", TYPE_WORDS),
        run_by=word_column("run_by", RUN_BY_WORDS),
        parent_code=code_text("parent_code"),
        successor_code=pl.when(code_text("successor_code") != "无").then(code_text("successor_code")),
        place_code=code_text("place_code"),
        level=pl.when(~tidy("level").is_in(dashes)).then(tidy("level")),
        ownership=pl.when(~tidy("ownership").is_in(dashes)).then(tidy("ownership")),
    ).drop("why", strict=False)


def _with_known(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    known = register.units.select(
        "code", *(pl.col(name).alias(f"{name}_now") for name in ("id", "name", "kind", "opened", "closed", "parent_id"))
    )
    return rows.join(known, on="code", how="left", maintain_order="left")


def _check_codes(rows: pl.DataFrame, refused: Refused) -> None:
    code = pl.col("code")
    refused.add(rows.filter(code.is_null()), "code", "code_missing")
    refused.add(rows.filter(code.str.contains(DESTROYED)), "code", "code_destroyed")
    odd = ~code.str.contains(CODE_LIKE) | (code.str.len_chars() > _MAX_CODE)
    refused.add(rows.filter(odd & ~code.str.contains(DESTROYED)), "code", "code_invalid")
    for key, length in _LONGEST.items():
        refused.add(rows.filter(pl.col(key).str.len_chars() > length), key, "text_too_long", extra=str(length))
    nameless = pl.col("name").is_null() | (pl.col("name").str.len_chars() == 0)
    refused.add(rows.filter(nameless & pl.col("name_now").is_null()), "name", "name_missing")


def _blank(key: str) -> pl.Expr:
    return tidy(f"{key}_text").is_null() | tidy(f"{key}_text").str.contains(r"^[-—－/]+$|^无$")


def _check_words(rows: pl.DataFrame, refused: Refused) -> None:
    choices = {
        "school_type": (
            "school_type_unreadable",
            "、".join(title for key, title in SCHOOL_TYPES.items() if key != "university"),
        ),
        "run_by": ("run_by_unreadable", "、".join(RUN_BY.values())),
    }
    for key, (code, extra) in choices.items():
        refused.add(rows.filter(pl.col(key).is_null() & ~_blank(key)), key, code, extra=extra)
    known_kinds = "、".join(KINDS.values())
    unknown = pl.col("kind").is_null() & (~_blank("kind") | pl.col("kind_now").is_null())
    refused.add(rows.filter(unknown), "kind", "kind_unreadable", extra=known_kinds)


def _check_kinds(rows: pl.DataFrame, refused: Refused) -> None:
    changed = pl.col("kind") != pl.col("kind_now")
    refused.add(
        rows.filter(changed), "kind", "kind_changed", extra=pl.col("kind_now").replace_strict(KINDS, default=None)
    )
    typed = pl.coalesce("kind", "kind_now")
    wrong = (typed == "school") & (pl.col("school_type") == "university")
    schools = "、".join(title for key, title in SCHOOL_TYPES.items() if key != "university")
    refused.add(rows.filter(wrong), "school_type", "school_type_unreadable", extra=schools)


def _repeated(rows: pl.DataFrame, refused: Refused, findings: list[Finding]) -> pl.DataFrame:
    """The same code twice: with the same content once, with another both rows refused."""
    twice = rows.filter(pl.col("code").is_not_null() & pl.col("code").is_duplicated())
    if twice.is_empty():
        return rows
    groups = twice.group_by("code").agg(n=pl.struct(*_FIELDS).n_unique(), places=pl.col("where").str.join("、"))
    differing = twice.join(groups.filter(pl.col("n") > 1), on="code", how="inner", maintain_order="left")
    refused.add(differing, "code", "duplicate_differs", extra=pl.col("places"))
    again = twice.join(groups.filter(pl.col("n") == 1), on="code", how="semi", maintain_order="left").filter(
        ~pl.col("code").is_first_distinct()
    )
    if not again.is_empty():
        where = "、".join(again["where"].head(5).to_list())
        message = _("{count} rows repeat an earlier row exactly and count once (rows {rows}).").format(
            count=again.height, rows=where
        )
        first = again.row(0, named=True)
        findings.append(
            Finding(
                "same_row_twice", NOTE, None, None, None, first["row"], message, {"rows": again.height}, first["sheet"]
            )
        )
    return rows.join(again.select("sheet", "row"), on=["sheet", "row"], how="anti", maintain_order="left")


def _former(rows: pl.DataFrame, register: Register, findings: list[Finding]) -> pl.DataFrame:
    """Rows under a former code say nothing of the unit that counts today; they are left out, with a note."""
    former = register.codes.filter(pl.col("via") == "alias").select("code", "unit_id")
    old = rows.join(former, on="code", how="inner", maintain_order="left")
    if old.is_empty():
        return rows
    first = old.row(0, named=True)
    unit = register.unit(first["unit_id"])
    message = _(
        "{rows} rows use former codes of units (for example {code}, now {unit}); those units stay as they are."
    ).format(rows=old.height, code=first["code"], unit=unit.code)
    findings.append(
        Finding("old_unit", NOTE, unit.code, unit.id, None, first["row"], message, {"rows": old.height}, first["sheet"])
    )
    return rows.join(old.select("sheet", "row"), on=["sheet", "row"], how="anti", maintain_order="left")


def _kinds_by_code(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    """kind and the unit that counts today for every code that the register or the file knows: code, there, there_kind."""
    kinds = register.units.select("id", there=pl.col("code"), there_kind=pl.col("kind"))
    known = register.codes.join(kinds, left_on="unit_id", right_on="id").select("code", "there", "there_kind")
    new = rows.filter(pl.col("id_now").is_null() & pl.col("code").is_not_null() & pl.col("kind").is_not_null())
    fresh = new.select("code", there=pl.col("code"), there_kind=pl.col("kind"))
    return pl.concat([known, fresh]).unique("code", keep="first")


def _check_parents(rows: pl.DataFrame, register: Register, root: str, refused: Refused) -> None:
    kind = pl.coalesce("kind_now", "kind")
    top = (kind == "province") | (pl.col("code") == root)
    refused.add(
        rows.filter(pl.col("parent_code").is_null() & pl.col("id_now").is_null() & ~top),
        "parent_code",
        "parent_missing",
    )
    named = rows.filter(pl.col("parent_code").is_not_null()).join(
        _kinds_by_code(rows, register), left_on="parent_code", right_on="code", how="left", maintain_order="left"
    )
    refused.add(named.filter(pl.col("there").is_null()), "parent_code", "parent_unknown")
    for own, above in ABOVE.items():
        wrong = named.filter(
            (kind == own)
            & pl.col("there").is_not_null()
            & (~pl.col("there_kind").is_in(above) | (pl.col("there") == pl.col("code")))
        )
        refused.add(
            wrong, "parent_code", "parent_impossible", extra=pl.col("there_kind").replace_strict(KINDS, default=None)
        )


def _check_successors(rows: pl.DataFrame, register: Register, refused: Refused) -> None:
    named = rows.filter(pl.col("successor_code").is_not_null()).join(
        _kinds_by_code(rows, register), left_on="successor_code", right_on="code", how="left", maintain_order="left"
    )
    if named.is_empty():
        return
    refused.add(named.filter(pl.col("there").is_null()), "successor_code", "successor_unknown")
    kind = pl.coalesce("kind", "kind_now")
    undated = pl.coalesce("closed", "closed_now").is_null()
    circle = _in_circle(rows, register)
    wrong = (
        (pl.col("there") == pl.col("code")) | (pl.col("there_kind") != kind) | undated | pl.col("code").is_in(circle)
    )
    refused.add(named.filter(pl.col("there").is_not_null() & wrong), "successor_code", "successor_impossible")


def _in_circle(rows: pl.DataFrame, register: Register) -> list[str]:
    """Codes whose successors, as they would stand after the load, lead back to themselves."""
    codes = dict(zip(register.units["id"].to_list(), register.units["code"].to_list(), strict=True))
    step = {
        code: codes.get(after)
        for code, after in zip(register.units["code"].to_list(), register.units["successor_id"].to_list(), strict=True)
    }
    said = rows.filter(pl.col("successor_code").is_not_null()).select("code", "successor_code").rows()
    step |= dict(said)
    found = []
    for start, _after in said:
        seen, at = set(), start
        while at is not None and at not in seen:
            seen.add(at)
            at = step.get(at)
        if at is not None:
            found.append(start)
    return found


def _old_codes_named(rows: pl.DataFrame, register: Register) -> list[Finding]:
    """The one note of a file that names the unit above by a code of former times."""
    old = register.codes.filter(pl.col("via") != "").join(
        register.units.select(unit_id="id", unit="code", unit_name="name"), on="unit_id"
    )
    named = rows.join(old, left_on="parent_code", right_on="code", how="inner", maintain_order="left")
    return old_units(named.select(pl.col("parent_code").alias("said"), *OLD[1:]))


def _check_days(rows: pl.DataFrame, refused: Refused) -> None:
    opened, closed = pl.coalesce("opened", "opened_now"), pl.coalesce("closed", "closed_now")
    refused.add(rows.filter(closed <= opened), "closed", "closed_before_opened", closed, opened)


def _without_orphans(good: pl.DataFrame, rows: pl.DataFrame, register: Register, refused: Refused) -> pl.DataFrame:
    """Refuse rows whose parent or successor is new in this file and itself refused, until none is left."""
    while True:
        usable = pl.concat([register.codes.select("code"), good.select("code")])
        lost = None
        for key, code in (("parent_code", "parent_unknown"), ("successor_code", "successor_unknown")):
            orphans = good.filter(pl.col(key).is_not_null()).join(usable, left_on=key, right_on="code", how="anti")
            if not orphans.is_empty():
                refused.add(orphans, key, code)
                lost = orphans
        if lost is None:
            return good
        good = good.join(refused.rows(), on=["sheet", "row"], how="anti", maintain_order="left")


def _left_out(rows: pl.DataFrame, register: Register) -> list[Finding]:
    kinds = rows.select(pl.coalesce("kind", "kind_now")).to_series().drop_nulls().unique().to_list()
    units = register.units.filter(pl.col("kind").is_in(kinds) & pl.col("closed").is_null())
    left = units.join(rows.select("code"), on="code", how="anti").height
    if not left:
        return []
    message = _("{count} units of the register are not in this table; they stay as they are.").format(count=left)
    return [Finding("units_left_out", NOTE, None, None, None, None, message, {"units": left})]
