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

from monitor.figures import LEVELS, QUEUE
from monitor.store import bulk
from monitor.store.schema import DAY_FIGURES, EPOCH, FOREVER, ROLLUP_FIGURES, RUNNING_FIGURES, day_number

_SUMS = ", ".join(f"SUM({name}) AS {name}" for name in ROLLUP_FIGURES)
_NAMES = ", ".join(ROLLUP_FIGURES)


def state_sql(
    points: str, member: str = "m.head_id = p.unit_id", collection: str = "collection", review: str = "review"
) -> str:
    """SQL for the figures of reporting units on given days.

    `points` is the name of a table (unit_id, day): the result has a row for each, with the columns unit_id, day and
    RUNNING_FIGURES. Figures count from a unit's opening and until its closing; predecessors that were merged into it
    count until their own closing; what a table left out is carried from the newest figures before. `member` says which
    units m make up a unit p; `collection` and `review` name the tables to read (the figures as first loaded, say).
    """
    by_level = []
    for number, level in enumerate(LEVELS):
        by_level += [f"COALESCE(SUM(r{number}.{place}), 0) AS {place}_{level}" for place in QUEUE]
    final = {
        place: "CASE m.final_level "
        + " ".join(f"WHEN '{level}' THEN r{number}.{place}" for number, level in enumerate(LEVELS))
        + " END"
        for place in ("approved", "returned")
    }
    carried = {
        name: f"COALESCE(c.{name}, (SELECT {name} FROM {collection} WHERE unit_id = m.id AND day < c.day"
        f" AND {name} IS NOT NULL ORDER BY day DESC LIMIT 1))"
        for name in ("expected", "numbered")
    }
    # A level outside a unit's chain has no rows: comparing with NULL ends the look-up before it begins.
    reviews = "\n".join(
        f"LEFT JOIN {review} r{number} ON r{number}.unit_id = m.id AND r{number}.level = {number} AND r{number}.day ="
        f" (SELECT MAX(day) FROM {review} WHERE unit_id = CASE WHEN m.chain LIKE '%{level}%' THEN m.id END"
        f" AND level = {number} AND day <= p.day)"
        for number, level in enumerate(LEVELS)
    )
    return f"""
SELECT unit_id, day, expected, entered, submitted, numbered, numbered_known, approved, returned,
       {", ".join(f"{place}_{level}" for level in LEVELS for place in QUEUE)},
       alive AS total,
       CASE WHEN entered > 0 THEN 1 ELSE 0 END AS started,
       CASE WHEN expected > 0 AND approved >= expected THEN 1 ELSE 0 END AS complete,
       baseline, statistics
FROM (
  SELECT p.unit_id, p.day,
    COALESCE(SUM({carried["expected"]}), 0) AS expected,
    COALESCE(SUM(c.entered), 0) AS entered,
    COALESCE(SUM(c.submitted), 0) AS submitted,
    COALESCE(SUM({carried["numbered"]}), 0) AS numbered,
    COALESCE(MAX(CASE WHEN {carried["numbered"]} IS NULL THEN 0 ELSE 1 END), 0) AS numbered_known,
    COALESCE(SUM({final["approved"]}), 0) AS approved,
    COALESCE(SUM({final["returned"]}), 0) AS returned,
    {", ".join(by_level)},
    COALESCE(MAX(CASE WHEN m.id IS NOT NULL AND h.successor_id IS NULL THEN 1 ELSE 0 END), 0) AS alive,
    COALESCE(SUM(CASE WHEN p.day >= :baseline_day THEN b.expected ELSE 0 END), 0) AS baseline,
    COALESCE(SUM(s.staff), 0) AS statistics
  FROM {points} p
  JOIN unit h ON h.id = p.unit_id
  LEFT JOIN unit m ON {member}
    AND COALESCE(m.opened, {EPOCH}) <= p.day AND COALESCE(m.closed, {FOREVER}) > p.day
  LEFT JOIN {collection} c ON c.unit_id = m.id AND c.day =
    (SELECT MAX(day) FROM {collection} WHERE unit_id = m.id AND day <= p.day)
  {reviews}
  LEFT JOIN baseline b ON b.unit_id = m.id
  LEFT JOIN statistics s ON s.unit_id = m.id AND s.year =
    (SELECT MAX(year) FROM statistics WHERE unit_id = m.id)
  GROUP BY p.unit_id, p.day
) figures"""


def _alive(table: str, day: str) -> str:
    return f"COALESCE({table}.opened, {EPOCH}) <= {day} AND COALESCE({table}.closed, {FOREVER}) > {day}"


# Every day from `from_day` on, on which a touched unit's staircase has a step, with what counts as an event there.
# CROSS JOIN tells SQLite to begin with the few touched units: it would read the big tables from end to end.
_OWN = "rollup_touched t CROSS JOIN unit m"
_POINTS = f"""
INSERT INTO rollup_point (unit_id, day, next_day, reported, events)
SELECT unit_id, day, LEAD(day) OVER (PARTITION BY unit_id ORDER BY day), MAX(reported), MAX(events) FROM (
  SELECT unit_id, from_day AS day, 0 AS reported, 0 AS events FROM rollup_touched
  UNION ALL
  SELECT t.unit_id, c.day, 1, 1 FROM {_OWN} CROSS JOIN collection c
    WHERE m.head_id = t.unit_id AND c.unit_id = m.id AND c.day >= t.from_day AND {_alive("m", "c.day")}
  UNION ALL
  SELECT t.unit_id, r.day, 1, 1 FROM {_OWN} CROSS JOIN review r
    WHERE m.head_id = t.unit_id AND r.unit_id = m.id AND r.level IN (0, 1, 2, 3) AND r.day >= t.from_day
      AND {_alive("m", "r.day")}
  UNION ALL
  SELECT t.unit_id, COALESCE(m.opened, {EPOCH}), 0, 1 FROM {_OWN}
    WHERE m.head_id = t.unit_id AND COALESCE(m.opened, {EPOCH}) >= t.from_day
      AND COALESCE(m.opened, {EPOCH}) < COALESCE(m.closed, {FOREVER})
  UNION ALL
  SELECT t.unit_id, m.closed, 0, 1 FROM {_OWN}
    WHERE m.head_id = t.unit_id AND m.closed >= t.from_day AND COALESCE(m.opened, {EPOCH}) < m.closed
  UNION ALL
  SELECT t.unit_id, CAST(:baseline_day AS INTEGER), 0, 1 FROM {_OWN} CROSS JOIN baseline b
    WHERE m.head_id = t.unit_id AND b.unit_id = m.id AND :baseline_day >= t.from_day
      AND {_alive("m", ":baseline_day")}
) steps GROUP BY unit_id, day"""

# The same where nothing comes after the day that changes, as when a new day's table is loaded: one point a unit.
_NEWEST_POINTS = """
INSERT INTO rollup_point (unit_id, day, next_day, reported, events)
SELECT unit_id, from_day, NULL, own, own FROM (
  SELECT t.unit_id, t.from_day, CASE
    WHEN EXISTS (SELECT 1 FROM unit m CROSS JOIN collection c
      WHERE m.head_id = t.unit_id AND c.unit_id = m.id AND c.day = t.from_day) THEN 1
    WHEN EXISTS (SELECT 1 FROM unit m CROSS JOIN review r WHERE m.head_id = t.unit_id AND r.unit_id = m.id
      AND r.level IN (0, 1, 2, 3) AND r.day = t.from_day) THEN 1
    ELSE 0 END AS own
  FROM rollup_touched t
) newest"""

# A touched unit that opens or closes, or has a predecessor that does, on the day that changes or later.
_BOUND_TO_CHANGE = """
SELECT 1 FROM rollup_touched t CROSS JOIN unit m
WHERE m.head_id = t.unit_id AND (m.opened >= t.from_day OR m.closed IS NOT NULL) LIMIT 1"""

# What stands at a point stands until the unit's next point: it is added there and taken away again here. The leaves
# under one unit (their foot) are added up first: what is above it is the same for all of them.
_STEPS = f"""
INSERT INTO rollup_effect (unit_id, school_type, day, {_NAMES})
SELECT a.ancestor_id, k.school_type, g.day, {", ".join(f"SUM(:sign * g.{name})" for name in ROLLUP_FIGURES)}
FROM (
  SELECT u.foot_id, u.school_type, p.{{day}} AS day,
    {", ".join(f"SUM(f.{name}) AS {name}" for name in RUNNING_FIGURES)},
    {", ".join(f"SUM({{events}} * p.{name}) AS {name}" for name in DAY_FIGURES)}
  FROM rollup_point p JOIN rollup_state f ON f.unit_id = p.unit_id AND f.day = p.day
  JOIN unit u ON u.id = p.unit_id
  WHERE p.{{day}} IS NOT NULL
  GROUP BY u.foot_id, u.school_type, p.{{day}}
) g
JOIN rollup_kind k ON k.leaf_type = g.school_type
JOIN unit_ancestor a ON a.unit_id = g.foot_id
GROUP BY a.ancestor_id, k.school_type, g.day"""
_RISE = _STEPS.format(day="day", events=1)
_FALL = _STEPS.format(day="next_day", events=0)

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

_FIGURE_COLUMNS = dict.fromkeys(ROLLUP_FIGURES, "BIGINT")
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

    def __init__(self, connection: Connection, baseline_day: date, *, newest: int | None = None) -> None:
        """`newest`: the one day (number) on which all touched units change, where no later day has any figures."""
        self._connection = connection
        self._baseline_day = day_number(baseline_day)
        self._points = _POINTS
        # Before the baseline day its own step may still lie ahead.
        after_baseline = newest is not None and newest > self._baseline_day
        if (after_baseline or (newest is not None and not _frozen(connection))) and not _bound(connection):
            self._points = _NEWEST_POINTS
        bulk.temporary(connection, "rollup_effect", {**_KEY_COLUMNS, **_FIGURE_COLUMNS})
        self._add(-1)

    def apply(self) -> None:
        """Bring the roll-up in line with the leaves as they are now."""
        self._add(+1)
        connection = self._connection
        bulk.temporary(connection, "rollup_net", {**_KEY_COLUMNS, **_FIGURE_COLUMNS}, "unit_id, school_type, day")
        changed = " OR ".join(f"SUM({name}) <> 0" for name in ROLLUP_FIGURES)
        connection.execute(
            text(
                f"INSERT INTO rollup_net SELECT unit_id, school_type, day, {_SUMS} FROM rollup_effect"
                f" GROUP BY unit_id, school_type, day HAVING {changed}"
            )
        )
        bulk.analyze(connection, "rollup_net")
        for statement in (_NEW_DAYS, _RUN_ON, _EMPTY_DAYS):
            connection.execute(text(statement))

    def _add(self, sign: int) -> None:
        connection = self._connection
        _kinds(connection)
        bulk.temporary(
            connection,
            "rollup_point",
            {
                "unit_id": "INTEGER",
                "day": "INTEGER",
                "next_day": "INTEGER",
                "reported": "INTEGER",
                "events": "INTEGER",
            },
            "unit_id, day",
        )
        bulk.analyze(connection, "rollup_touched")
        connection.execute(text(self._points), {"baseline_day": self._baseline_day} if self._points is _POINTS else {})
        bulk.analyze(connection, "rollup_point")
        figures = dict.fromkeys(RUNNING_FIGURES, "BIGINT")
        bulk.temporary(connection, "rollup_state", {"unit_id": "INTEGER", "day": "INTEGER", **figures}, "unit_id, day")
        columns = ", ".join(("unit_id", "day", *RUNNING_FIGURES))
        connection.execute(
            text(f"INSERT INTO rollup_state ({columns}) SELECT {columns} FROM ({state_sql('rollup_point')}) state"),
            {"baseline_day": self._baseline_day},
        )
        bulk.analyze(connection, "rollup_state")
        connection.execute(text(_RISE), {"sign": sign})
        connection.execute(text(_FALL), {"sign": -sign})


def _frozen(connection: Connection) -> bool:
    return connection.execute(text("SELECT 1 FROM baseline LIMIT 1")).first() is not None


def _bound(connection: Connection) -> bool:
    return connection.execute(text(_BOUND_TO_CHANGE)).first() is not None


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
