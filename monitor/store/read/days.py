"""Reporting units day by day: the rows of their tables read in one go, and worked through as columns.

The same staircases that the roll-up is made of (store/staircase.py), one for each unit: of the schools of a city it takes
a tenth of what asking the database for each unit and day does.
"""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import polars as pl
from sqlalchemy import Connection, text

from monitor.figures import FIGURES
from monitor.store import bulk
from monitor.store.read.common import chunks, within
from monitor.store.rollup import touch_units
from monitor.store.schema import RUNNING_FIGURES, day_number
from monitor.store.scope import Scope
from monitor.store.staircase import Rows, steps

_KEPT = (*FIGURES, "numbered_known")


def reporting(connection: Connection, scope: Scope, units: Sequence[int], sector: str) -> list[int]:
    """Those of the units that report for themselves alone: whose figures are their own rows, no roll-up."""
    found: list[int] = []
    for part in chunks(units):
        ids = ", ".join(str(int(unit_id)) for unit_id in part)
        found += connection.execute(
            text(
                f"SELECT u.id FROM unit u WHERE u.id IN ({ids}) AND {within(scope)} AND u.sector = :sector"
                " AND u.reporting AND (u.foot_id IS NULL OR u.foot_id <> u.id)"
            ),
            {"sector": sector},
        ).scalars()
    return sorted(found)


def days_of_reporting(connection: Connection, first: pd.Series, baseline_day: date, as_of: date) -> pd.DataFrame:
    """Every calendar day of units that report for themselves alone, each from its `first` day (standing.first_days) to
    `as_of`, as standing.panel has it."""
    touch_units(connection, first.index)
    bulk.analyze(connection, "rollup_touched")
    rows = Rows.read(connection, "head_id")
    stepped = steps(connection, rows, day_number(baseline_day)).rename({"foot_id": "unit"}).sort("unit", "day")
    stands = stepped.select("unit", "day", *(pl.col(name).cum_sum().over("unit") for name in RUNNING_FIGURES))
    stands = stands.filter(pl.col("day") <= day_number(as_of)).with_columns(bulk.day_column("day"))
    begins = pl.DataFrame({"unit": first.index.to_numpy(), "first": first.to_numpy()}).with_columns(
        pl.col("first").cast(pl.Date)
    )
    grid = begins.select("unit", day=pl.date_ranges("first", pl.lit(as_of))).explode("day").sort("day", "unit")
    dense = grid.join_asof(stands.sort("day"), on="day", by="unit", check_sortedness=False)
    dense = dense.fill_null(0).sort("unit", "day")
    columns = {name: dense[name].to_numpy().astype("int64") for name in _KEPT}
    days = dense["day"].to_numpy().astype("datetime64[ns]")
    return pd.DataFrame({"unit": dense["unit"].to_numpy().astype("int64"), "day": days, **columns})
