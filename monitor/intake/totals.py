"""Rows of sums (合计, 总计, 小计, and rows of units that have units below them) held against the rows they sum up."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from monitor.i18n import _
from monitor.intake.headers import KINDS
from monitor.intake.problems import FINDINGS, Finding
from monitor.intake.refusals import Refused
from monitor.intake.resolve import resolve
from monitor.intake.rows import Body
from monitor.intake.values import LEVEL_WORDS, day_column, word_column
from monitor.units import Register

_SLICES = ("day", "level", "year")


def compare_totals(
    kind: str, bodies: Sequence[Body], data: pl.DataFrame, groups: pl.DataFrame, register: Register
) -> list[Finding]:
    """Findings for every row of sums that differs from its rows.

    Args:
        data: all data rows of the file (with sheet, row, counts, and day, level or year where the kind has them).
        groups: rows of units that have units below them.
    """
    found: list[Finding] = []
    for part in bodies:
        if not part.totals.is_empty():
            found += _labelled(kind, part, data)
    for part in bodies:
        here = groups.filter(pl.col("sheet") == part.table.number)
        if not here.is_empty():
            found += _of_groups(kind, _sliced(here, part), data, register)
    return sorted(found, key=lambda item: (item.sheet, item.row or 0))


def groups_among_totals(part: Body, register: Register) -> pl.DataFrame:
    """Rows such as “330106 西湖区合计”: a unit with units below it, whatever else the row is called, sums up those.

    They are taken out of `part.totals`, as far as comparing goes (column `group`).
    """
    totals = resolve(part.totals.with_columns(sheet=pl.lit(part.table.number, pl.Int64)), register, Refused())
    groups = totals.filter(pl.col("reporting").not_())
    part.totals = part.totals.with_columns(group=pl.col("row").is_in(groups["row"].to_list()))
    return groups.drop("label")


def _labelled(kind: str, part: Body, data: pl.DataFrame) -> list[Finding]:
    number = part.table.number
    here = data.filter(pl.col("sheet") == number)
    upto = data.filter(pl.col("sheet") <= number)
    totals = _sliced(part.totals, part)
    found, since, place = [], 0, 0
    for line in totals.iter_rows(named=True):
        if line["group"]:
            since = line["row"]
            continue
        if line["label"] == "subtotal":
            choices = [here.filter((pl.col("row") > since) & (pl.col("row") < line["row"]))]
            since = line["row"]
        else:
            # On the last of several sheets a total may be that of the file; 杭州市合计 may be that of its block, or of all
            # blocks since 宁波市合计.
            choices = [here, upto]
            if _names_place(line):
                choices += [
                    here.filter(pl.col("row").is_between(after + 1, line["row"] - 1)) for after in (since, place)
                ]
                since = place = line["row"]
        differs = [_differences(kind, line, _matching(choice, line)) for choice in choices]
        if all(differs):
            code = "subtotal_differs" if line["label"] == "subtotal" else "total_differs"
            found.append(_finding(code, kind, line, differs[0], None, None, number))
    return found


def _names_place(line: dict[str, Any]) -> bool:
    texts = [str(line.get(key) or "") for key in ("code_text", "name")]
    return any(text and not text.replace(" ", "").startswith(("合", "总", "共", "全", "累")) for text in texts)


def _sliced(rows: pl.DataFrame, part: Body) -> pl.DataFrame:
    """Rows of sums with day, level and year read where they say one (else null: all)."""
    if "day" in rows.columns:
        rows = rows.with_columns(day_column(rows["day"], part.table.sheet.date1904)[0].alias("day"))
    if "level" in rows.columns:
        rows = rows.with_columns(word_column("level", LEVEL_WORDS).alias("level"))
    if "year" in rows.columns:
        rows = rows.with_columns(pl.col("year").str.extract(r"(\d{4})", 1).cast(pl.Int64, strict=False))
    return rows


def _matching(rows: pl.DataFrame, line: dict[str, Any]) -> pl.DataFrame:
    for key in _SLICES:
        if key in rows.columns and line.get(key) is not None:
            rows = rows.filter(pl.col(key) == line[key])
    return rows


def _differences(kind: str, line: dict[str, Any], rows: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """Per count: (what the row of sums says, what its rows add up to), where the two differ."""
    result = {}
    for key in KINDS[kind].counts:
        said = line[key]
        if said is not None and _all_known(kind, key, rows):
            summed = int(rows[key].sum() or 0)
            if said != summed:
                result[key] = (int(said), summed)
    return result


def _all_known(kind: str, key: str, rows: pl.DataFrame) -> bool:
    """Whether the rows can be added up: none is refused for this column; one that is unknown in an optional column is 0."""
    why = rows[f"{key}?"].drop_nulls()
    if why.is_empty():
        return True
    return KINDS[kind].columns[key].optional and len(why) < rows.height and bool((why == "blank").all())


def _of_groups(kind: str, groups: pl.DataFrame, data: pl.DataFrame, register: Register) -> list[Finding]:
    """Rows of units with units below them: held against the rows of those, of the same day and level."""
    parents = dict(zip(register.units["id"].to_list(), register.units["shown_parent_id"].to_list(), strict=True))
    wanted = set(groups["unit_id"].to_list())
    above: dict[int, list[int]] = {}
    for unit in data["unit_id"].drop_nulls().unique().to_list():
        at, steps = parents.get(unit), 0
        while at is not None and steps < 12:
            if at in wanted:
                above.setdefault(at, []).append(unit)
            at, steps = parents.get(at), steps + 1
    found = []
    for line in groups.iter_rows(named=True):
        rows = _matching(data.filter(pl.col("unit_id").is_in(above.get(line["unit_id"], []))), line)
        day = line.get("day")
        if rows.is_empty():
            message = _(
                "Row {row}: {unit} {name} has units below it, and the file has no rows of them; the row was not loaded."
            ).format(row=line["row"], unit=line["unit"], name=line["unit_name"])
            found.append(
                Finding(
                    "subtotal_without_rows",
                    FINDINGS["subtotal_without_rows"],
                    line["unit"],
                    line["unit_id"],
                    day,
                    line["row"],
                    message,
                    {},
                    line["sheet"],
                )
            )
        elif differs := _differences(kind, line, rows):
            found.append(
                _finding("subtotal_differs", kind, line, differs, line["unit"], line["unit_id"], line["sheet"], day)
            )
    return found


def _finding(
    code: str,
    kind: str,
    line: dict[str, Any],
    differs: dict[str, tuple[int, int]],
    unit: str | None,
    unit_id: int | None,
    sheet: int,
    day: date | None = None,
) -> Finding:
    columns = KINDS[kind].columns
    said = "；".join(
        _("{column}: the sum says {said}, the rows add up to {summed}").format(
            column=columns[key].name, said=pair[0], summed=pair[1]
        )
        for key, pair in differs.items()
    )
    message = _("Row {row} does not agree with the rows it sums up: {differences}.").format(
        row=line["row"], differences=said
    )
    values: dict[str, int | str] = {}
    for key, (written, summed) in differs.items():
        values |= {key: written, f"{key}_sum": summed}
    return Finding(code, FINDINGS[code], unit, unit_id, day, line["row"], message, values, sheet)
