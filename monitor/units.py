"""The tree of units: kinds, codes, aliases, mergers, and what follows from a unit's place in the tree.

A unit that was merged into another (its successor) is no unit of its own any more: its code stands for the successor,
its figures up to its closing belong to the successor, and what hangs below it hangs below the successor. That is what
"shown under today's tree" means.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import polars as pl

from monitor.figures import sector_of
from monitor.i18n import _
from monitor.sections import ReviewLevels

KINDS: Final = {
    "province": "省",
    "city": "设区市",
    "county": "县(市、区)",
    "school": "学校",
    "university": "高校",
}
"""Kinds of units as this program writes them."""

KIND_NAMES: Final = {
    "province": ("省", "省级", "自治区", "直辖市"),
    "city": ("设区市", "市", "地市", "地级市", "市级", "设区的市", "自治州", "州", "地区", "盟", "市(州)", "市(地、州、盟)"),
    "county": (
        "县(市、区)", "县(市,区)", "县(市区)", "县(市、区、旗)", "县", "区", "区县", "县区", "县市区", "县级", "市辖区", "县级市",
        "自治县", "旗", "自治旗", "林区", "特区",
    ),
    "school": ("学校", "中小学", "中小学校", "中小学幼儿园", "中小学(幼儿园)"),
    "university": ("高校", "高等学校", "大学", "普通高校", "高等院校"),
}  # fmt: skip
"""Kinds of units as people write them in tables, in half width and without spaces."""

ABOVE: Final = {
    "province": ("",),
    "city": ("province",),
    "county": ("city", "province"),
    "school": ("county", "city", "province"),
    "university": ("province",),
}
"""What may be above a unit of each kind: also under today's tree, since a unit is merged only into one of its kind. A
country's provinces stand under a province, its root."""

RUN_BY: Final = {"province": "省属", "city": "市属", "county": "县属"}
"""Who runs a school (隶属), as the tables write it."""

SOURCE: Final[dict[str, Any]] = {
    "id": pl.Int64,
    "code": pl.String,
    "name": pl.String,
    "kind": pl.String,
    "school_type": pl.String,
    "level": pl.String,
    "ownership": pl.String,
    "run_by": pl.String,
    "place_code": pl.String,
    "parent_id": pl.Int64,
    "opened": pl.Date,
    "closed": pl.Date,
    "successor_id": pl.Int64,
}
"""What the register says of a unit; everything else about its place follows from this."""

DERIVED: Final = ("sector", "shown_parent_id", "head_id", "foot_id", "reporting", "final_level", "chain")

_DEPTH: Final = 12  # far deeper than any tree of offices; more means that the tree bites its tail


class TreeError(ValueError):
    """The parents or successors of the register run in a circle."""


@dataclass(frozen=True)
class Unit:
    """One unit, as the register has it."""

    id: int
    code: str
    name: str
    kind: str
    sector: str
    school_type: str
    level: str | None
    ownership: str | None
    run_by: str | None
    place_code: str | None
    parent_id: int | None
    opened: date | None
    closed: date | None
    successor_id: int | None
    shown_parent_id: int | None
    head_id: int | None
    foot_id: int | None
    reporting: bool
    final_level: str
    chain: tuple[str, ...]


def merged_name(name: str) -> str:
    """What a unit is called among those below the unit into which it was merged."""
    return _("{name} (merged)").format(name=name)


class Register:
    """All units, and every way to write one by its code.

    Attributes:
        units: columns of `Unit`, one row a unit; `chain` is a list of level names.
        codes: code, unit_id, via. `unit_id` is the unit that counts today (successors followed); `via` is "" for a
            unit's own code, "merged" for one of a unit merged into another, "alias" for a former code.
        names: name, unit_id: further names (former ones, those of merged units), of the unit that counts today.
        keeping: code, own_id, closed: units merged into another that were given figures while they stood by
            themselves. They keep them, and what is said of their days later: the sum of the successor counts both.
    """

    def __init__(self, units: pl.DataFrame, aliases: pl.DataFrame, keeping: Iterable[int] = ()) -> None:
        self.units = units
        self.keeping = units.filter(pl.col("id").is_in(list(keeping))).select("code", "closed", own_id="id")
        target = targets(units)
        merged = pl.col("successor_id").is_not_null()
        own = units.select(
            "code", target.alias("unit_id"), via=pl.when(merged).then(pl.lit("merged")).otherwise(pl.lit(""))
        )
        own_and_today = pl.DataFrame({"own_id": units["id"], "unit_id": target})
        at = aliases.join(own_and_today, left_on="unit_id", right_on="own_id")
        former = at.select(code="alias", unit_id="unit_id_right", via=pl.lit("alias"))
        self.codes = pl.concat([own, former.join(own, on="code", how="anti")]).unique("code", keep="first")
        self.names = pl.concat(
            [
                units.select("name", target.alias("unit_id")).filter(merged_into_other(units)),
                at.select(name="alias", unit_id="unit_id_right"),
            ]
        ).unique()

    @cached_property
    def _by_id(self) -> dict[int, int]:
        return {unit: row for row, unit in enumerate(self.units["id"].to_list())}

    @cached_property
    def _by_code(self) -> dict[str, int]:
        return dict(zip(self.codes["code"].to_list(), self.codes["unit_id"].to_list(), strict=True))

    def unit(self, unit_id: int) -> Unit:
        """The unit with this id.

        Raises:
            KeyError: there is none.
        """
        return to_unit(self.units.row(self._by_id[unit_id], named=True))

    def resolve(self, code: str) -> Unit | None:
        """The unit that `code`, old or new, stands for today; None when nobody has it."""
        unit_id = self._by_code.get(code)
        return None if unit_id is None else self.unit(unit_id)


def to_unit(row: dict[str, Any]) -> Unit:
    """A row of the register's frame as a Unit."""
    return Unit(**{**row, "chain": tuple(row["chain"])})


def merged_into_other(units: pl.DataFrame) -> pl.Series:
    """Which units are merged into another."""
    return units["successor_id"].is_not_null()


def targets(units: pl.DataFrame) -> pl.Series:
    """For each unit the id of the unit that it counts as today: its last successor, or itself.

    Raises:
        TreeError: successors run in a circle.
    """
    step = dict(zip(units["id"].to_list(), units["successor_id"].to_list(), strict=True))
    return pl.Series("unit_id", [_follow(unit, step) for unit in step], dtype=pl.Int64)


def _follow(unit: int, step: dict[int, int | None]) -> int:
    for _turn in range(_DEPTH):
        after = step.get(unit)
        if after is None:
            return unit
        unit = after
    raise TreeError(_("The successors of a unit run in a circle."))


def derive(source: pl.DataFrame, levels: ReviewLevels) -> pl.DataFrame:
    """What follows from the register: `source` (columns SOURCE) with the columns DERIVED added.

    sector; shown_parent_id, the nearest unit above that is not merged into another (null for a merged unit); reporting,
    whether nothing hangs below it; head_id, the reporting unit for which its own figures count; foot_id, the lowest
    unit whose roll-up counts it; chain, its review levels in order; final_level, the last of them. The rules are in
    docs/definitions.md.

    Raises:
        TreeError: parents or successors run in a circle.
    """
    target = dict(zip(source["id"].to_list(), targets(source).to_list(), strict=True))
    kinds = dict(zip(source["id"].to_list(), source["kind"].to_list(), strict=True))
    shown = [
        None if successor is not None or parent is None else target.get(parent)
        for parent, successor in zip(source["parent_id"].to_list(), source["successor_id"].to_list(), strict=True)
    ]
    above = set(shown)
    successors = {target[unit] for unit in target if target[unit] != unit}
    rows = []
    chains: dict[str, list[str]] = levels.model_dump()
    for row, parent in zip(source.iter_rows(named=True), shown, strict=True):
        unit, counts_as = row["id"], target[row["id"]]
        reporting = unit not in above
        head = counts_as if counts_as not in above else (unit if counts_as != unit else None)
        foot = unit if unit in successors else (parent if counts_as == unit else counts_as)
        chain = chains[_chain_key(row, kinds.get(parent) if parent is not None else None)]
        sector = "universities" if row["kind"] == "university" else sector_of(row["school_type"])
        rows.append((sector, parent, head, foot, reporting, chain[-1], chain))
    columns = zip(*rows, strict=True) if rows else [[] for _name in range(7)]
    derived = pl.DataFrame(
        [list(column) for column in columns],
        schema={
            "sector": pl.String,
            "shown_parent_id": pl.Int64,
            "head_id": pl.Int64,
            "foot_id": pl.Int64,
            "reporting": pl.Boolean,
            "final_level": pl.String,
            "chain": pl.List(pl.String),
        },
    )
    return source.hstack(derived)


def _chain_key(row: dict[str, Any], parent_kind: str | None) -> str:
    """Which of the campaign's review chains a unit's records pass: by who runs it, else by what it hangs under."""
    if row["kind"] == "university":
        return "university"
    # A county or city that reports for itself passes on the records of the schools it runs.
    run_by = row["run_by"] or (parent_kind if row["kind"] == "school" else row["kind"])
    return f"{run_by}_school" if run_by in RUN_BY else "county_school"


def closure(units: pl.DataFrame) -> pl.DataFrame:
    """Every unit with itself and all that is above it: unit_id, ancestor_id, depth (0 for itself).

    `units` has the columns id, successor_id, shown_parent_id. A merged unit hangs below its last successor.

    Raises:
        TreeError: parents run in a circle.
    """
    up = units.select(
        unit_id="id",
        above=pl.when(pl.col("successor_id").is_null()).then(pl.col("shown_parent_id")).otherwise(targets(units)),
    ).drop_nulls()
    reached = units.select(unit_id="id", ancestor_id="id").with_columns(depth=pl.lit(0, pl.Int64))
    parts = [reached]
    for depth in range(1, _DEPTH + 1):
        reached = reached.join(up, left_on="ancestor_id", right_on="unit_id").select(
            "unit_id", ancestor_id="above", depth=pl.lit(depth, pl.Int64)
        )
        if reached.is_empty():
            return pl.concat(parts).sort("unit_id", "depth")
        parts.append(reached)
    raise TreeError(_("The parents of a unit run in a circle."))


def tree_order(source: pl.DataFrame, new_ids: Iterable[int]) -> list[int]:
    """`new_ids` in the order of the tree: every unit after what it hangs under, siblings by code."""
    parents = dict(zip(source["id"].to_list(), source["parent_id"].to_list(), strict=True))
    codes = dict(zip(source["id"].to_list(), source["code"].to_list(), strict=True))

    def path(unit: int) -> tuple[str, ...]:
        steps: list[str] = []
        at: int | None = unit
        while at is not None and at in codes:
            steps.append(codes[at])
            at = parents.get(at)
            if len(steps) > _DEPTH:
                raise TreeError(_("The parents of a unit run in a circle."))
        return tuple(reversed(steps))

    return sorted(new_ids, key=path)
