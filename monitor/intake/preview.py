"""What a checked file would change, city by city, before anything is loaded."""

from typing import Final

import polars as pl

from monitor.intake.load import Plan
from monitor.units import SOURCE, Register, targets

UNIVERSITIES: Final = "university"
OWN: Final = "own"

_SCHEMA: Final = {
    "code": pl.String, "name": pl.String, "kind": pl.String, "units": pl.Int64, "new": pl.Int64, "corrected": pl.Int64,
    "unchanged": pl.Int64, "falls": pl.Int64, "findings": pl.Int64,
}  # fmt: skip


def by_city(planned: Plan, changes: dict[str, pl.DataFrame], before: Register, after: Register) -> pl.DataFrame:
    """What a plan would change, one row a city, in the order of the codes; institutions below the province as their own.

    changes: intake.load.changes of the plan; before, after: the register as it is, and as the plan would leave it.

    Columns: code, name of the city; kind: city, `university` for all universities together, or `own` for what stands
    directly below the province; units that the file speaks of; rows new, corrected, unchanged; falls, units a cumulative
    figure of which fell; findings to be fixed or explained.
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
    counted = rows.group_by("unit_id").agg(
        new=(pl.col("change") == "new").sum().cast(pl.Int64),
        corrected=(pl.col("change") == "corrected").sum().cast(pl.Int64),
        unchanged=(pl.col("change") == "unchanged").sum().cast(pl.Int64),
    )
    return (
        counted.join(fallen, on="unit_id", how="left")
        .join(_cities(after), on="unit_id", how="left")
        .group_by("code", "name", "kind")
        .agg(
            pl.len().cast(pl.Int64).alias("units"),
            pl.col("new", "corrected", "unchanged").sum(),
            falls=pl.col("fell").fill_null(False).sum().cast(pl.Int64),
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


def _cities(register: Register) -> pl.DataFrame:
    """For each unit what it is counted under: unit_id, code, name, kind."""
    units = register.units
    step = dict(zip(units["id"].to_list(), units["shown_parent_id"].to_list(), strict=True))
    today = dict(zip(units["id"].to_list(), targets(units).to_list(), strict=True))
    facts = {row[0]: row[1:] for row in units.select("id", "code", "name", "kind").iter_rows()}
    rows = []
    for unit in step:
        at: int | None = today[unit]
        top = at
        while at is not None and facts[at][2] != "province":
            top, at = at, step[at]
        code, name, kind = facts[top if top is not None else unit]
        if kind == "university":
            rows.append((unit, "", "", UNIVERSITIES))
        elif kind in ("city", "county"):
            rows.append((unit, code, name, "city"))
        else:
            rows.append((unit, "", "", OWN))
    schema = {"unit_id": pl.Int64, "code": pl.String, "name": pl.String, "kind": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
