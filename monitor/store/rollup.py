"""The roll-up: sums over leaves for every unit above them, kept up in the transaction that changes a leaf.

How it is kept up. A leaf's figures are a staircase over days: each day's newest known figures, from its opening to its
closing. A load changes the staircase of some leaves from some day on. So: take the steps of those leaves from that day
before the change, take them again after it, add up the difference over all ancestors, and let the difference run on to
the later days. Nothing is recounted that did not change, and every kind of change (new days, corrections, undo, an
opened or closed or moved unit, another review chain) is the same three calls:

    effect = Effect(connection, touched)     # the staircases as they are
    …change the leaves or the tree…
    effect.apply()                           # the staircases as they are now; the difference goes into the roll-up

A rollup row exists for every day on which something happened below the unit, and for no other, so that the same leaves
always give the same rows. `rebuild` makes them from nothing; `differences` holds the two against each other.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, text

from monitor.store import bulk
from monitor.store.schema import DAY_FIGURES, EPOCH, ROLLUP_FIGURES, RUNNING_FIGURES, day_number
from monitor.store.state import PARTS, part_figures, state_sql

_SUMS = ", ".join(f"SUM({name}) AS {name}" for name in ROLLUP_FIGURES)
_NAMES = ", ".join(ROLLUP_FIGURES)

# The days on which the staircase of a touched unit may have a step: days with tables, and those that bound a unit.
_DAYS = f"""
INSERT INTO rollup_day
SELECT DISTINCT day FROM (
  SELECT from_day AS day FROM rollup_touched
  UNION SELECT d.day FROM batch_day d JOIN batch b ON b.id = d.batch_id WHERE b.undone_at IS NULL
  UNION SELECT day FROM rollup_more_days
  UNION SELECT COALESCE(m.opened, {EPOCH}) FROM rollup_touched t JOIN unit m ON m.head_id = t.unit_id
  UNION SELECT m.closed FROM rollup_touched t JOIN unit m ON m.head_id = t.unit_id WHERE m.closed IS NOT NULL
  UNION SELECT CAST(:baseline_day AS INTEGER) WHERE EXISTS (SELECT 1 FROM baseline)
) days WHERE day >= (SELECT MIN(from_day) FROM rollup_touched)"""

# Where no table is newer than the first day that changes, all units may as well be taken from that day on: until then
# they stand as they did, and the picture before the change is of one day.
_FROM_ONE_DAY = """
UPDATE rollup_touched SET from_day = (SELECT MIN(from_day) FROM rollup_touched)
WHERE (SELECT MIN(from_day) FROM rollup_touched) >= (SELECT COALESCE(MAX(d.day), 0) FROM batch_day d
  JOIN batch b ON b.id = d.batch_id WHERE b.undone_at IS NULL)"""

_POINTS = """
INSERT INTO rollup_point (unit_id, day)
SELECT t.unit_id, d.day FROM rollup_touched t CROSS JOIN rollup_day d WHERE d.day >= t.from_day"""

# The leaves under one unit (their foot) are added up first: what is above that unit is the same for all of them. What
# stands on a day less what stood on the day before is the step. Before the day from which it is touched a unit counts
# as nothing, in the picture before the change and in the one after it alike.
_STEPS = """
INSERT INTO rollup_effect (unit_id, school_type, day, {names})
SELECT a.ancestor_id, k.school_type, g.day, {sums}
FROM (
  SELECT foot_id, school_type, day, {steps} FROM rollup_stand
  WINDOW run AS (PARTITION BY foot_id, school_type ORDER BY day)
) g
JOIN rollup_kind k ON k.leaf_type = g.school_type
JOIN unit_ancestor a ON a.unit_id = g.foot_id
GROUP BY a.ancestor_id, k.school_type, g.day"""

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

    def __init__(
        self,
        connection: Connection,
        baseline_day: date,
        *,
        days: Iterable[int] = (),
        parts: frozenset[str] = PARTS,
    ) -> None:
        """Take the staircases before the change.

        `days`: days (numbers) that will have tables after the change and may have none yet. `parts`: which figures may
        change (store.state): those that cannot need not be looked up.
        """
        self._connection = connection
        self._values = {"baseline_day": day_number(baseline_day)}
        self._parts = parts
        self._running = [name for name in RUNNING_FIGURES if name in part_figures(parts)]
        self._new_days = sorted(set(days))
        bulk.temporary(connection, "rollup_more_days", {"day": "INTEGER"}, "day")
        connection.execute(text(_FROM_ONE_DAY))
        bulk.temporary(connection, "rollup_effect", {**_KEY_COLUMNS, **_FIGURE_COLUMNS})
        self._add(-1)

    def apply(self) -> None:
        """Bring the roll-up in line with the leaves as they are now."""
        bulk.insert(self._connection, "rollup_more_days", ("day",), ((day,) for day in self._new_days))
        self._add(+1)
        connection = self._connection
        bulk.temporary(connection, "rollup_net", {**_KEY_COLUMNS, **_FIGURE_COLUMNS}, "unit_id, school_type, day")
        changed = " OR ".join(f"SUM({name}) <> 0" for name in ROLLUP_FIGURES)
        connection.execute(
            text(
                f"INSERT INTO rollup_net (unit_id, school_type, day, {_NAMES})"
                f" SELECT unit_id, school_type, day, {_SUMS} FROM rollup_effect"
                f" GROUP BY unit_id, school_type, day HAVING {changed}"
            )
        )
        bulk.analyze(connection, "rollup_net")
        for statement in (_NEW_DAYS, _RUN_ON, _EMPTY_DAYS):
            connection.execute(text(statement))

    def _add(self, sign: int) -> None:
        """Add the steps of the touched units as they are now, with this sign."""
        connection = self._connection
        self._points()
        names = [*self._running, *DAY_FIGURES]
        columns = {"foot_id": "INTEGER", "school_type": "VARCHAR(16)", "day": "INTEGER"}
        bulk.temporary(connection, "rollup_stand", columns | dict.fromkeys(names, "BIGINT"))
        state = state_sql("rollup_point", parts=self._parts, events=True)
        connection.execute(
            text(
                f"INSERT INTO rollup_stand (foot_id, school_type, day, {', '.join(names)})"
                f" SELECT u.foot_id, u.school_type, s.day, {', '.join(f'SUM(s.{name})' for name in names)}"
                f" FROM ({state}) s JOIN unit u ON u.id = s.unit_id GROUP BY u.foot_id, u.school_type, s.day"
            ),
            self._values,
        )
        bulk.analyze(connection, "rollup_stand")
        _kinds(connection)
        steps = [f"{name} - LAG({name}, 1, CAST(0 AS BIGINT)) OVER run AS {name}" for name in self._running]
        sql = _STEPS.format(
            names=", ".join(names),
            sums=", ".join(f"SUM({sign} * g.{name})" for name in names),
            steps=", ".join([*steps, *DAY_FIGURES]),
        )
        connection.execute(text(sql))

    def _points(self) -> None:
        """Every touched unit on every day on which it may have a step."""
        connection = self._connection
        bulk.analyze(connection, "rollup_touched")
        bulk.temporary(connection, "rollup_day", {"day": "INTEGER"}, "day")
        connection.execute(text(_DAYS), self._values)
        bulk.temporary(connection, "rollup_point", {"unit_id": "INTEGER", "day": "INTEGER"}, "unit_id, day")
        connection.execute(text(_POINTS))
        bulk.analyze(connection, "rollup_point")


def _kinds(connection: Connection) -> None:
    """Which rows a leaf counts in: those of its school type, and those of its sector."""
    bulk.temporary(connection, "rollup_kind", {"leaf_type": "VARCHAR(16)", "school_type": "VARCHAR(16)"})
    connection.execute(
        text(
            "INSERT INTO rollup_kind SELECT DISTINCT school_type, school_type FROM unit"
            " UNION SELECT DISTINCT school_type, sector FROM unit"
        )
    )


def rebuild(connection: Connection, baseline_day: date) -> None:
    """Make the whole roll-up anew from the leaves."""
    connection.execute(text("DELETE FROM rollup"))
    touch(connection)
    effect = Effect(connection, baseline_day)
    connection.execute(
        text(f"INSERT INTO rollup_touched SELECT DISTINCT head_id, {EPOCH} FROM unit WHERE head_id IS NOT NULL")
    )
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
