"""What stands on a day: the figures of reporting units, out of what their tables said up to then. One definition in
SQL, for the roll-up and for every read of a leaf."""

from typing import Final

from monitor.figures import LEVELS, QUEUE
from monitor.store.schema import EPOCH, FOREVER, RUNNING_FIGURES

PARTS: Final = frozenset({"collection", "review", "unit"})
"""What a change may concern: the collection table, the review table, or the unit itself (its dates, its place, its
baseline and statistics)."""

_BY_LEVEL: Final = tuple(f"{place}_{level}" for level in LEVELS for place in QUEUE)
_FIGURES: Final = {
    "collection": ("expected", "entered", "submitted", "numbered", "numbered_known", "started", "complete"),
    "review": ("approved", "returned", "complete", *_BY_LEVEL),
}


def part_figures(parts: frozenset[str]) -> frozenset[str]:
    """The figures (of schema.RUNNING_FIGURES) that a change of these parts may change."""
    return frozenset(RUNNING_FIGURES) if "unit" in parts else frozenset(n for part in parts for n in _FIGURES[part])


def state_sql(
    points: str,
    *,
    member: str = "m.head_id = p.unit_id",
    collection: str = "collection",
    review: str = "review",
    parts: frozenset[str] = PARTS,
    events: bool = False,
) -> str:
    """SQL for the figures of reporting units on given days.

    `points` is a table (unit_id, day), or a query in brackets: the result has a row for each, with unit_id, day and
    those of RUNNING_FIGURES that `parts` may change. It binds :baseline_day. Figures count from a unit's opening and
    until its closing; predecessors that were merged into it count until their own closing; what a table left out is
    carried from the newest figures before.

    `member` says which units m make up a unit p; `collection` and `review` name the tables to read (the figures as
    first loaded, say). With `events` two more columns: reported (1 if the day has figures of the unit's own) and events
    (1 if so, or if the day bounds it).
    """
    wanted = part_figures(parts)
    all_levels = bool(parts & {"review", "unit"})
    needed = wanted | {"expected", "approved"}  # what `complete` is made of
    sums = {name: sql for name, sql in _sums(collection, all_levels).items() if name in needed}
    if events:
        sums["reported"] = f"COALESCE(MAX({_own(review, all_levels)}), 0)"
        sums["bounded"] = _BOUNDED
    outer = {name: name for name in RUNNING_FIGURES} | {
        "started": "CASE WHEN entered > 0 THEN 1 ELSE 0 END",
        "complete": "CASE WHEN expected > 0 AND approved >= expected THEN 1 ELSE 0 END",
    }
    columns = [f"{outer[name]} AS {name}" for name in RUNNING_FIGURES if name in wanted]
    if events:
        columns += ["reported", "CASE WHEN reported > 0 OR bounded > 0 THEN 1 ELSE 0 END AS events"]
    return f"""
SELECT unit_id, day, {", ".join(columns)}
FROM (
  SELECT p.unit_id, p.day, {", ".join(f"{sql} AS {name}" for name, sql in sums.items())}
  FROM {points} p
  JOIN unit h ON h.id = p.unit_id
  LEFT JOIN unit m ON {member}
    AND COALESCE(m.opened, {EPOCH}) <= p.day AND COALESCE(m.closed, {FOREVER}) > p.day
  LEFT JOIN {collection} c ON c.unit_id = m.id AND c.day =
    (SELECT MAX(day) FROM {collection} WHERE unit_id = m.id AND day <= p.day)
  {_reviews(review, all_levels)}
  {_UNIT_TABLES if "unit" in parts else ""}
  GROUP BY p.unit_id, p.day
) figures"""


def _sums(collection: str, all_levels: bool) -> dict[str, str]:
    """Each figure of a unit as a sum over its members. Where not `all_levels`, only the final one is joined, as rf."""
    carried = {
        name: f"COALESCE(c.{name}, (SELECT {name} FROM {collection} WHERE unit_id = m.id AND day < c.day"
        f" AND {name} IS NOT NULL ORDER BY day DESC LIMIT 1))"
        for name in ("expected", "numbered")
    }
    cases = {
        place: "CASE m.final_level "
        + " ".join(f"WHEN '{level}' THEN r{number}.{place}" for number, level in enumerate(LEVELS))
        + " END"
        for place in ("approved", "returned")
    }
    final = cases if all_levels else {place: f"rf.{place}" for place in cases}
    return {
        "expected": f"COALESCE(SUM({carried['expected']}), 0)",
        "entered": "COALESCE(SUM(c.entered), 0)",
        "submitted": "COALESCE(SUM(c.submitted), 0)",
        "numbered": f"COALESCE(SUM({carried['numbered']}), 0)",
        "numbered_known": f"COALESCE(MAX(CASE WHEN {carried['numbered']} IS NULL THEN 0 ELSE 1 END), 0)",
        "approved": f"COALESCE(SUM({final['approved']}), 0)",
        "returned": f"COALESCE(SUM({final['returned']}), 0)",
        **{
            f"{place}_{level}": f"COALESCE(SUM(r{number}.{place}), 0)"
            for number, level in enumerate(LEVELS)
            for place in QUEUE
        },
        "total": "COALESCE(MAX(CASE WHEN m.id IS NOT NULL AND h.successor_id IS NULL THEN 1 ELSE 0 END), 0)",
        "baseline": "COALESCE(SUM(CASE WHEN p.day >= :baseline_day THEN b.expected ELSE 0 END), 0)",
        "statistics": "COALESCE(SUM(s.staff), 0)",
    }


def _reviews(review: str, all_levels: bool) -> str:
    if not all_levels:
        level = "CASE m.final_level " + " ".join(f"WHEN '{name}' THEN {n}" for n, name in enumerate(LEVELS)) + " END"
        return (
            f"LEFT JOIN {review} rf ON rf.unit_id = m.id AND rf.level = {level} AND rf.day ="
            f" (SELECT MAX(day) FROM {review} WHERE unit_id = m.id AND level = {level} AND day <= p.day)"
        )
    # A level outside a unit's chain has no rows: comparing with NULL ends the look-up before it begins.
    return "\n  ".join(
        f"LEFT JOIN {review} r{number} ON r{number}.unit_id = m.id AND r{number}.level = {number} AND r{number}.day ="
        f" (SELECT MAX(day) FROM {review} WHERE unit_id = CASE WHEN m.chain LIKE '%{level}%' THEN m.id END"
        f" AND level = {number} AND day <= p.day)"
        for number, level in enumerate(LEVELS)
    )


_UNIT_TABLES: Final = """LEFT JOIN baseline b ON b.unit_id = m.id
  LEFT JOIN statistics s ON s.unit_id = m.id AND s.year = (SELECT MAX(year) FROM statistics WHERE unit_id = m.id)"""

# Whether a day bounds the unit: something opens or closes on it, or its baseline begins to count.
_BOUNDED: Final = f"""CASE WHEN EXISTS (SELECT 1 FROM unit o WHERE o.head_id = p.unit_id
    AND (COALESCE(o.opened, {EPOCH}) = p.day OR o.closed = p.day)
    AND COALESCE(o.opened, {EPOCH}) < COALESCE(o.closed, {FOREVER})) THEN 1
  WHEN p.day = :baseline_day AND EXISTS (SELECT 1 FROM unit o JOIN baseline x ON x.unit_id = o.id
    WHERE o.head_id = p.unit_id AND COALESCE(o.opened, {EPOCH}) <= p.day AND COALESCE(o.closed, {FOREVER}) > p.day)
  THEN 1 ELSE 0 END"""


def _own(review: str, all_levels: bool) -> str:
    """Whether the day has figures of the member's own."""
    if all_levels:
        seen = " OR ".join(f"r{number}.day = p.day" for number in range(len(LEVELS)))
    else:
        seen = f"EXISTS (SELECT 1 FROM {review} WHERE unit_id = m.id AND level IN (0, 1, 2, 3) AND day = p.day)"
    return f"CASE WHEN c.day = p.day OR {seen} THEN 1 ELSE 0 END"
