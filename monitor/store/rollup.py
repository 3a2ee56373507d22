"""The roll-up: sums over leaves for every unit above them, kept up in the transaction that changes a leaf.

How it is kept up. A leaf's figures are a staircase over days: each day's newest known figures, from its opening to its
closing. A load changes the staircase of some leaves from some day on. So: take the steps of those leaves from that day
before the change, take them again after it (store/staircase.py), add up the difference over all ancestors, and let the
difference run on to the later days. Nothing is recounted that did not change, and every kind of change (new days, corrections, undo, an
opened or closed or moved unit, another review chain) is the same three calls:

    effect = Effect(connection, …)           # the staircases as they are
    …change the leaves or the tree…
    effect.apply()                           # the staircases as they are now; the difference goes into the roll-up

A rollup row exists for every day on which something happened below the unit, and for no other, so that the same leaves
always give the same rows. `rebuild` makes them from nothing; `differences` holds the two against each other.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl
from sqlalchemy import Connection, text

from monitor.store import bulk
from monitor.store.schema import DAY_FIGURES, EPOCH, ROLLUP_FIGURES, RUNNING_FIGURES, day_number
from monitor.store.staircase import Rows, steps
from monitor.store.state import PARTS

_KEYS = ("unit_id", "school_type", "day")
_NAMES = ", ".join(ROLLUP_FIGURES)
_HEADS_AT_ONCE = 20_000

# A day that has no row yet begins as a copy of the day before it.
_NEW_DAYS = f"""
INSERT INTO rollup (unit_id, school_type, day, {_NAMES})
SELECT e.unit_id, e.school_type, e.day,
  {", ".join(f"COALESCE(p.{name}, 0)" for name in RUNNING_FIGURES)}, {", ".join("0" for _ in DAY_FIGURES)}
FROM rollup_net e
LEFT JOIN rollup p ON p.unit_id = e.unit_id AND p.school_type = e.school_type AND p.day =
  (SELECT MAX(day) FROM rollup WHERE unit_id = e.unit_id AND school_type = e.school_type AND day < e.day)
WHERE NOT EXISTS (SELECT 1 FROM rollup x
  WHERE x.unit_id = e.unit_id AND x.school_type = e.school_type AND x.day = e.day)"""

# The differences run on: each later day gets the sum of all differences up to it.
_RUN_ON = f"""
UPDATE rollup SET {", ".join(f"{name} = rollup.{name} + d.{name}" for name in ROLLUP_FIGURES)}
FROM (
  SELECT unit_id, school_type, day,
    {", ".join(f"SUM({name}) OVER run AS {name}" for name in RUNNING_FIGURES)}, {", ".join(DAY_FIGURES)}
  FROM (
    SELECT r.unit_id, r.school_type, r.day, {", ".join(f"COALESCE(e.{name}, 0) AS {name}" for name in ROLLUP_FIGURES)}
    FROM (SELECT unit_id, school_type, MIN(day) AS day FROM rollup_net GROUP BY unit_id, school_type) a
    JOIN rollup r ON r.unit_id = a.unit_id AND r.school_type = a.school_type AND r.day >= a.day
    LEFT JOIN rollup_net e ON e.unit_id = r.unit_id AND e.school_type = r.school_type AND e.day = r.day
  ) later
  WINDOW run AS (PARTITION BY unit_id, school_type ORDER BY day)
) d
WHERE rollup.unit_id = d.unit_id AND rollup.school_type = d.school_type AND rollup.day = d.day"""

_EMPTY_DAYS = """
DELETE FROM rollup WHERE events = 0 AND EXISTS (SELECT 1 FROM rollup_net e
  WHERE e.unit_id = rollup.unit_id AND e.school_type = rollup.school_type AND e.day = rollup.day)"""

_FIGURE_COLUMNS = dict.fromkeys(ROLLUP_FIGURES, "BIGINT NOT NULL DEFAULT 0")
_KEY_COLUMNS = {"unit_id": "INTEGER NOT NULL", "school_type": "VARCHAR(16) NOT NULL", "day": "INTEGER NOT NULL"}


def touch(connection: Connection) -> None:
    """An empty table rollup_touched (unit_id, from_day); fill it with the reporting units that will change."""
    bulk.temporary(connection, "rollup_touched", {"unit_id": "INTEGER", "from_day": "INTEGER"}, "unit_id")


def touch_units(connection: Connection, units: Iterable[int]) -> None:
    """Mark reporting units (heads) as touched over their whole history."""
    touch(connection)
    bulk.insert(connection, "rollup_touched", ("unit_id", "from_day"), ((unit, EPOCH) for unit in sorted(set(units))))


class Effect:
    """What a change of the touched units (rollup_touched) does to the roll-up."""

    def __init__(self, connection: Connection, baseline_day: date, *, parts: frozenset[str] = PARTS) -> None:
        """Take the staircases before the change. `parts`: what the change may concern (store.state)."""
        self._connection = connection
        self._baseline_day = day_number(baseline_day)
        self._parts = parts
        bulk.analyze(connection, "rollup_touched")
        self._rows = Rows.read(connection, parts=parts)
        self._above: pl.DataFrame | None = None
        self._before = self._sums()

    def apply(self, written: Mapping[str, pl.DataFrame] | None = None) -> None:
        """Bring the roll-up in line with the leaves as they are now. `written`: of a change of tables alone their rows
        that were written, by table (Rows.again)."""
        connection = self._connection
        self._rows = self._rows.again(connection, self._parts, written or {})
        before = self._before.with_columns(-pl.col(name) for name in ROLLUP_FIGURES)
        net = pl.concat([before, self._sums()]).group_by(_KEYS).agg(pl.col(name).sum() for name in ROLLUP_FIGURES)
        net = net.filter(pl.any_horizontal(pl.col(name) != 0 for name in ROLLUP_FIGURES))
        bulk.temporary(connection, "rollup_net", {**_KEY_COLUMNS, **_FIGURE_COLUMNS}, ", ".join(_KEYS))
        bulk.insert_frame(connection, "rollup_net", net.sort(_KEYS))
        bulk.analyze(connection, "rollup_net")
        for statement in (_NEW_DAYS, _RUN_ON, _EMPTY_DAYS):
            connection.execute(text(statement))

    def _sums(self) -> pl.DataFrame:
        """The steps of the touched units as they are now, for all that is above them: _KEYS and ROLLUP_FIGURES.

        They count in the row of the school type and in that of the sector.
        """
        found = steps(self._connection, self._rows, self._baseline_day, self._parts)
        by_sector = found.drop("school_type").rename({"sector": "school_type"})
        names = ("foot_id", "school_type", "day", *ROLLUP_FIGURES)
        below = pl.concat([found.select(names), by_sector.select(names)])
        if self._above is None or "unit" in self._parts:
            self._above = bulk.frame(
                self._connection,
                "SELECT a.unit_id AS foot_id, a.ancestor_id AS unit_id FROM unit_ancestor a"
                " WHERE a.unit_id IN (SELECT foot_id FROM rollup_member)",
            )
        spread = (
            below.join(self._above, on="foot_id").group_by(_KEYS).agg(pl.col(name).sum() for name in ROLLUP_FIGURES)
        )
        return spread.select(*_KEYS, *ROLLUP_FIGURES)


def rebuild(connection: Connection, baseline_day: date) -> None:
    """Make the whole roll-up anew from the leaves: some thousand at a time, so that a country fits as a province does."""
    connection.execute(text("DELETE FROM rollup"))
    found = connection.execute(text("SELECT DISTINCT head_id FROM unit WHERE head_id IS NOT NULL ORDER BY 1"))
    heads = found.scalars().all()
    for start in range(0, len(heads), _HEADS_AT_ONCE):
        touch(connection)
        effect = Effect(connection, baseline_day)
        touch_units(connection, heads[start : start + _HEADS_AT_ONCE])
        effect.apply()


def differences(connection: Connection, baseline_day: date) -> list[tuple[int, str, int]]:
    """Where the kept roll-up and one made anew differ: (unit_id, school_type, day number); empty when all is well.

    Leaves the roll-up as `rebuild` makes it: the caller rolls the transaction back to keep it as it was.
    """
    keys = "unit_id, school_type, day"
    bulk.temporary(connection, "rollup_kept", {**_KEY_COLUMNS, **_FIGURE_COLUMNS}, keys)
    connection.execute(text(f"INSERT INTO rollup_kept SELECT {keys}, {_NAMES} FROM rollup"))
    rebuild(connection, baseline_day)
    kept, anew = (f"SELECT {keys}, {_NAMES} FROM {table}" for table in ("rollup_kept", "rollup"))
    rows = connection.execute(
        text(
            f"SELECT {keys} FROM ({kept} EXCEPT {anew}) a UNION SELECT {keys} FROM ({anew} EXCEPT {kept}) b"
            " ORDER BY 1, 2, 3"
        )
    )
    return [(row[0], row[1], row[2]) for row in rows]
