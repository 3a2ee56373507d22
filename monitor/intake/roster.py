"""Checking rosters of working groups (附件2): every row a person, every unit's rows its roster as a whole.

No cell is repeated in a message, a finding or the marked workbook: they hold names and numbers of people.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from monitor import rosters
from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.intake.figures import no_rows, refuse_personal, sheet_notes
from monitor.intake.problems import NOTE, Finding
from monitor.intake.recognise import Table
from monitor.intake.refusals import Refused
from monitor.intake.resolve import check_names, old_rows, old_units, resolve
from monitor.intake.rows import body
from monitor.rosters import CELLS, DUTIES, Member
from monitor.units import Register

STAGE: Final = "roster"
"""Key of the stage in config.toml that says which units file a roster."""


@dataclass
class CheckedRosters:
    """Rosters, checked. `table`: unit_id and the cells of rosters.CELLS, the people of a unit in their order."""

    rows: int
    table: pl.DataFrame
    refused: Refused
    findings: list[Finding] = field(default_factory=list)


def check_rosters(tables: Sequence[Table], register: Register, campaign: Campaign) -> CheckedRosters:
    """Check all rosters of a file.

    Raises:
        FileRefused: no data rows.
    """
    refused = Refused()
    parts = []
    for table in tables:
        part = body(table)
        refuse_personal(part, refused)
        parts.append(part.data.with_columns(sheet=pl.lit(table.number, pl.Int64)))
    rows = pl.concat(parts).with_columns(pl.col(key).fill_null("").alias(key) for key in CELLS)
    if rows.is_empty():
        raise no_rows()
    count = rows.height
    findings = [*sheet_notes(tables, rows)]
    rows = _tidied(resolve(rows, register, refused))
    check_names(rows, register, refused)
    findings += old_units(old_rows(rows, register))
    rows = _once(rows, findings)
    _check_cells(rows, refused)
    _check_owed(rows, register, campaign, refused)
    _check_whole(rows, refused)
    good = rows.join(refused.rows(), on=["sheet", "row"], how="anti", maintain_order="left")
    findings += _lacking(good, campaign)
    return CheckedRosters(count, good.select("unit_id", *CELLS), refused, findings)


def _tidied(rows: pl.DataFrame) -> pl.DataFrame:
    """Every cell as it is kept; duties by their key."""
    people = [rosters.tidied(Member(*line)) for line in rows.select(CELLS).iter_rows()]
    return rows.with_columns(pl.Series(key, [getattr(member, key) for member in people], pl.String) for key in CELLS)


def _once(rows: pl.DataFrame, findings: list[Finding]) -> pl.DataFrame:
    """The same line of a unit twice counts once."""
    again = rows.filter(
        pl.struct("unit_id", *CELLS).is_duplicated() & ~pl.struct("unit_id", *CELLS).is_first_distinct()
    )
    if again.is_empty():
        return rows
    where = "、".join(str(row) for row in again["row"].head(5).to_list())
    message = _("{count} rows repeat an earlier row exactly and count once (rows {rows}).").format(
        count=again.height, rows=where
    )
    first = again.row(0, named=True)
    findings.append(
        Finding("same_row_twice", NOTE, None, None, None, first["row"], message, {"rows": again.height}, first["sheet"])
    )
    return rows.join(again.select("sheet", "row"), on=["sheet", "row"], how="anti", maintain_order="left")


def _check_cells(rows: pl.DataFrame, refused: Refused) -> None:
    people = [Member(*line) for line in rows.select(CELLS).iter_rows()]
    for problem in rosters.lines_wrong(people):
        extra = "、".join(DUTIES.values()) if problem.key == "duty" else str(rosters.LONGEST.get(problem.key, ""))
        if problem.code != "personal_id":  # refused with its row already, wherever in it the number stands
            refused.add(rows.slice(problem.line or 0, 1), problem.key, problem.code, "", extra)


def _check_owed(rows: pl.DataFrame, register: Register, campaign: Campaign, refused: Refused) -> None:
    owed = next((stage.who for stage in campaign.stages if stage.key == STAGE), [])
    kinds = register.units.select(unit_id="id", owing="kind")
    known = rows.filter(pl.col("unit_id").is_not_null()).join(kinds, on="unit_id", how="left", maintain_order="left")
    refused.add(known.filter(~pl.col("owing").is_in(owed)), "code", "roster_not_owed", "", pl.col("unit_name"))


def _check_whole(rows: pl.DataFrame, refused: Refused) -> None:
    """A unit of which a row is refused keeps the roster that it has: part of one is none."""
    bad = rows.join(refused.rows(), on=["sheet", "row"], how="semi").filter(pl.col("unit_id").is_not_null())
    others = rows.join(refused.rows(), on=["sheet", "row"], how="anti", maintain_order="left").join(
        bad.select("unit_id").unique(), on="unit_id", how="semi", maintain_order="left"
    )
    refused.add(others, "code", "roster_incomplete", "", pl.col("unit_name"))


def _lacking(good: pl.DataFrame, campaign: Campaign) -> list[Finding]:
    """What each unit's roster as a whole lacks."""
    found = []
    for (unit_id,), part in good.group_by("unit_id", maintain_order=True):
        first = part.row(0, named=True)
        people = [Member(*line) for line in part.select(CELLS).iter_rows()]
        for problem in rosters.wrong(people, campaign.roster):
            message = _("{unit}: {problem}").format(unit=first["unit_name"], problem=problem.message)
            found.append(
                Finding(
                    problem.code, problem.grade, first["unit"], unit_id, None, first["row"], message, {}, first["sheet"]
                )
            )
    return found
