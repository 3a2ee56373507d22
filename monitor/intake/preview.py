"""What a checked file would change, unit by unit, before anything is loaded: by city; of a table of one city by county,
of one county's by school."""

from typing import Final

import polars as pl

from monitor.intake.load import Plan
from monitor.units import SOURCE, Register, targets

UNIVERSITIES: Final = "university"
OWN: Final = "own"

_CUMULATIVE: Final = ("entered", "submitted", "numbered", "approved")

_SCHEMA: Final = {
    "code": pl.String, "name": pl.String, "kind": pl.String, "units": pl.Int64, "new": pl.Int64, "corrected": pl.Int64,
    "unchanged": pl.Int64, "falls": pl.Int64, "findings": pl.Int64,
}  # fmt: skip


def by_place(planned: Plan, changes: dict[str, pl.DataFrame], before: Register, after: Register) -> pl.DataFrame:
    """What a plan would change, one row for each unit below the lowest one that holds all that the file speaks of, in the
    order of the codes: cities as a rule, counties where all is of one city, schools where all is of one county.

    changes: intake.load.changes of the plan; before, after: the register as it is, and as the plan would leave it.

    Columns: code, name of the unit; kind: its kind, `university` for all universities together, or `own` for schools
    that stand beside offices; units that the file speaks of; rows new, corrected, unchanged; falls, units a cumulative
    figure of which fell, since the day before or against what the store has of that very day; findings to be fixed or
    explained.
    """
    parts = [frame.select("unit_id", "change") for frame in changes.values()]
    if planned.tables.units is not None:
        parts.append(_register_changes(planned.tables.units, before, after))
    if not parts:
        return pl.DataFrame(schema=_SCHEMA)
    rows = pl.concat(parts)
    noted = pl.DataFrame(
        [
            (item.unit_id, item.code == "figure_fell")
            for item in planned.findings
            if item.unit_id is not None and item.grade != "note"
        ],
        schema={"unit_id": pl.Int64, "fell": pl.Boolean},
        orient="row",
    )
    fallen = noted.group_by("unit_id").agg(fell=pl.col("fell").any(), findings=pl.len().cast(pl.Int64))
    lowered = _lowered(changes)
    counted = rows.group_by("unit_id").agg(
        new=(pl.col("change") == "new").sum().cast(pl.Int64),
        corrected=(pl.col("change") == "corrected").sum().cast(pl.Int64),
        unchanged=(pl.col("change") == "unchanged").sum().cast(pl.Int64),
    )
    return (
        counted.join(fallen, on="unit_id", how="left")
        .with_columns(fell=pl.col("fell").fill_null(False) | pl.col("unit_id").is_in(lowered.implode()))
        .join(_places(after, counted["unit_id"].to_list()), on="unit_id", how="left")
        .group_by("code", "name", "kind")
        .agg(
            pl.len().cast(pl.Int64).alias("units"),
            pl.col("new", "corrected", "unchanged").sum(),
            falls=pl.col("fell").sum().cast(pl.Int64),
            findings=pl.col("findings").fill_null(0).sum(),
        )
        .sort("kind", "code", descending=[False, False])
    )


def _register_changes(table: pl.DataFrame, before: Register, after: Register) -> pl.DataFrame:
    """The rows of a register table: unit_id (of the register after), change."""
    old = before.units.select(*SOURCE)
    new = after.units.select(*SOURCE)
    same = new.join(old, on=list(SOURCE), how="semi", nulls_equal=True)["id"]
    known = old["id"]
    change = (
        pl.when(~pl.col("id").is_in(known.implode()))
        .then(pl.lit("new"))
        .when(pl.col("id").is_in(same.implode()))
        .then(pl.lit("unchanged"))
        .otherwise(pl.lit("corrected"))
    )
    return new.join(table.select("code"), on="code", how="semi").select(unit_id="id", change=change)


def _lowered(changes: dict[str, pl.DataFrame]) -> pl.Series:
    """Units of which the file lowers a cumulative figure on a day that the store has already."""
    found = [pl.Series("unit_id", [], dtype=pl.Int64)]
    for frame in changes.values():
        falls = [
            (pl.col(name) < pl.col(f"{name}_before")).fill_null(False)
            for name in _CUMULATIVE
            if f"{name}_before" in frame.columns
        ]
        if falls:
            found.append(frame.filter(pl.any_horizontal(falls))["unit_id"].cast(pl.Int64))
    return pl.concat(found).unique()


def _places(register: Register, touched: list[int]) -> pl.DataFrame:
    """For each touched unit what it is counted under: unit_id, code, name, kind."""
    units = register.units
    step = dict(zip(units["id"].to_list(), units["shown_parent_id"].to_list(), strict=True))
    today = dict(zip(units["id"].to_list(), targets(units).to_list(), strict=True))
    facts = {row[0]: row[1:] for row in units.select("id", "code", "name", "kind").iter_rows()}
    paths = {}
    for unit in touched:
        at: int | None = today[unit]
        path: list[int] = []
        while at is not None:
            path.insert(0, at)
            at = step[at]
        paths[unit] = path
    level = _level(list(paths.values()))
    rows = []
    for unit, path in paths.items():
        place = path[min(level, len(path) - 1)]
        code, name, kind = facts[place]
        if kind == "university":
            rows.append((unit, "", "", UNIVERSITIES))
        elif kind == "school" and any(len(other) > level + 1 for other in paths.values()):
            rows.append((unit, "", "", OWN))
        else:
            rows.append((unit, code, name, kind))
    schema = {"unit_id": pl.Int64, "code": pl.String, "name": pl.String, "kind": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _level(paths: list[list[int]]) -> int:
    """The first level, counted from the top of the tree, on which the units of the paths are not all the same one."""
    level = 1
    while all(len(path) > level + 1 for path in paths) and len({path[level] for path in paths}) == 1:
        level += 1
    return level
