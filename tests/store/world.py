"""A campaign in plain Python: the figures of every unit on every day counted one by one, without the store.

Written from the definitions (docs/definitions.md), not from the code it checks.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

LEVELS = ("school", "county", "city", "province")
CHAINS = {
    "county": ("school", "county"),
    "city": ("school", "city"),
    "province": ("school", "province"),
    "university": ("school", "province"),
}


@dataclass
class Place:
    """A unit as the register has it."""

    code: str
    kind: str
    parent: str | None = None
    school_type: str | None = None
    opened: date | None = None
    closed: date | None = None
    successor: str | None = None


@dataclass
class World:
    """Units, and what the tables said of them: collection[code][day], review[code][level][day]."""

    baseline_day: date
    units: dict[str, Place] = field(default_factory=dict)
    collection: dict[str, dict[date, tuple[int | None, int, int, int | None]]] = field(default_factory=dict)
    review: dict[str, dict[str, dict[date, tuple[int, int, int]]]] = field(default_factory=dict)
    baseline: dict[str, int] = field(default_factory=dict)
    frozen: bool = False

    def today(self, code: str) -> str:
        """What a unit counts as today."""
        while self.units[code].successor:
            code = str(self.units[code].successor)
        return code

    def above(self, code: str) -> str | None:
        """The unit that a unit hangs under today."""
        place = self.units[code]
        if place.successor:
            return self.today(code)
        return self.today(place.parent) if place.parent else None

    def is_leaf(self, code: str) -> bool:
        """Whether no unit hangs below it (but such as were merged into it)."""
        return not any(
            not place.successor and place.parent and self.today(place.parent) == code for place in self.units.values()
        )

    def chain(self, code: str) -> tuple[str, ...]:
        """Review levels of a unit."""
        place = self.units[code]
        if place.kind != "school":
            return CHAINS[place.kind]
        above = None if place.successor else self.above(code)
        return CHAINS[self.units[above].kind if above else "county"]

    def leaves(self, code: str) -> dict[str, list[str]]:
        """The reporting units at or below a unit, each with the units whose own figures it shows."""
        found: dict[str, list[str]] = {}
        for other in self.units:
            head = self.today(other)
            if not self.is_leaf(head):
                head = other  # merged into a unit that does not report for itself
                if not self.units[other].successor:
                    continue
            step: str | None = head
            while step is not None and step != code:
                step = self.above(step)
            if step == code:
                found.setdefault(head, []).append(other)
        return found

    def figures(self, code: str, day: date, sector: str) -> dict[str, int]:
        """The figures of a unit at the end of a day, counted leaf by leaf."""
        total: dict[str, int] = {}
        for head, members in self.leaves(code).items():
            if (self.units[head].kind == "university") != (sector == "universities"):
                continue
            for name, value in self.leaf(head, members, day).items():
                total[name] = total.get(name, 0) + value
        return total

    def leaf(self, head: str, members: list[str], day: date) -> dict[str, int]:
        """The figures of a reporting unit: of those whose own figures it shows."""
        alive = [m for m in members if (self.units[m].opened or date.min) <= day < (self.units[m].closed or date.max)]
        result: dict[str, Any] = dict.fromkeys(("expected", "entered", "submitted", "numbered", "baseline"), 0)
        result |= {f"{place}_{level}": 0 for level in LEVELS for place in ("pending", "approved", "returned")}
        result |= {"approved": 0, "returned": 0}
        for member in alive:
            rows = sorted((d, row) for d, row in self.collection.get(member, {}).items() if d <= day)
            for place, name in enumerate(("expected", "entered", "submitted", "numbered")):
                known = [row[place] for _d, row in rows if row[place] is not None]
                result[name] += known[-1] if known else 0
            for level, days in self.review.get(member, {}).items():
                past = sorted((d, row) for d, row in days.items() if d <= day)
                if past and level in self.chain(member):
                    for name, value in zip(("pending", "approved", "returned"), past[-1][1], strict=True):
                        result[f"{name}_{level}"] += value
                        if level == self.chain(member)[-1] and name != "pending":
                            result[name] += value
            if day >= self.baseline_day:
                result["baseline"] += self.baseline.get(member, 0)
        result["total"] = int(bool(alive) and not self.units[head].successor)
        result["started"] = int(result["entered"] > 0)
        result["complete"] = int(result["approved"] >= result["expected"] > 0)
        return result

    def freeze(self, newest: date) -> None:
        """Freeze the baseline of whoever has figures up to its day, once the tables have come that far."""
        self.frozen = self.frozen or newest >= self.baseline_day
        if self.frozen:
            for code, rows in self.collection.items():
                known = [row[0] for d, row in sorted(rows.items()) if d <= self.baseline_day and row[0] is not None]
                if known and code not in self.baseline:
                    self.baseline[code] = known[-1]
