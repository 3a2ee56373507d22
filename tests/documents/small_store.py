"""A small campaign in a store: a city of two counties, a university, four days of tables; and the same counted by hand.

The figures come from a formula that grows with the day, so that a mistaken day, school or level shows.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from monitor.store import Store, meta
from monitor.store.loads import NewBatch, Tables, load
from monitor.store.register import change_register, load_register, unit_table

DAYS = (date(2016, 10, 20), date(2016, 10, 25), date(2016, 11, 16), date(2016, 11, 24))
CITY, OTHER_CITY, UNIVERSITY, COUNTY = "990100", "990200", "9900010001", "990101"
CHAINS = {"990101": ("school", "county"), "990102": ("school", "county"), CITY: ("school", "city"),
          "990000": ("school", "province")}  # fmt: skip


@dataclass(frozen=True)
class Leaf:
    """A school or university: code, parent, school type, size."""

    code: str
    parent: str
    school_type: str
    expected: int

    @property
    def chain(self) -> tuple[str, ...]:
        """Its review levels."""
        return CHAINS[self.parent]

    def figures(self, day: date) -> dict[str, int]:
        """Its figures on a day with tables."""
        step = DAYS.index(day) + 1
        entered = self.expected * step // 5
        submitted = entered - step - 1
        result = {"expected": self.expected, "entered": entered, "submitted": submitted, "numbered": submitted // 3}
        coming = submitted
        for number, level in enumerate(self.chain):
            returned, pending = step, coming // (4 + number)
            coming -= pending + returned
            result |= {f"pending_{level}": pending, f"returned_{level}": returned, f"approved_{level}": coming}
        return {**result, "approved": coming, "returned": step}


LEAVES = (
    Leaf("9901010001", "990101", "primary", 811),
    Leaf("9901010002", "990101", "kindergarten", 333),
    Leaf("9901020001", "990102", "primary", 1207),
    Leaf("9901020002", "990102", "nine_year", 640),
    Leaf("9901000001", CITY, "vocational", 455),
    Leaf(UNIVERSITY, "990000", "university", 2750),
)


def of_city() -> tuple[Leaf, ...]:
    """The schools of the city."""
    return tuple(leaf for leaf in LEAVES if leaf.school_type != "university")


def total(leaves: tuple[Leaf, ...], figure: str, day: date) -> int:
    """A figure of several leaves on a day with tables."""
    return sum(leaf.figures(day).get(figure, 0) for leaf in leaves)


def fill(store: Store, days: tuple[date, ...] = DAYS) -> None:
    """Load the register and the tables of the days into an empty store."""
    places = [
        ("990000", "演示省", "province", None, None),
        (CITY, "演示市", "city", "990000", None),
        (OTHER_CITY, "演示二市", "city", "990000", None),
        ("990101", "演示一区", "county", CITY, None),
        ("990102", "演示二县", "county", CITY, None),
        *((leaf.code, f"演示单位{leaf.code}", "university" if leaf.school_type == "university" else "school",
           leaf.parent, leaf.school_type) for leaf in LEAVES),
    ]  # fmt: skip
    keys = ("code", "name", "kind", "parent_code", "school_type")
    with store.begin() as connection:
        change_register(
            connection, store.campaign, unit_table([dict(zip(keys, place, strict=True)) for place in places])
        )
        meta.raise_data_version(connection)
        units = load_register(connection).units
    ids = dict(zip(units["code"].to_list(), units["id"].to_list(), strict=True))
    for day in days:
        load(store, NewBatch("collection", f"{day}.csv", f"c{day}", "", len(LEAVES)), _tables(ids, day), [])


def _tables(ids: dict[str, int], day: date) -> Tables:
    collection, review = [], []
    for leaf in LEAVES:
        figures = leaf.figures(day)
        names = ("expected", "entered", "submitted", "numbered")
        collection.append({"unit_id": ids[leaf.code], "day": day, **{name: figures[name] for name in names}})
        for level in leaf.chain:
            places = {place: figures[f"{place}_{level}"] for place in ("pending", "approved", "returned")}
            review.append({"unit_id": ids[leaf.code], "day": day, "level": level, **places})
    return Tables(collection=pl.DataFrame(collection), review=pl.DataFrame(review))
