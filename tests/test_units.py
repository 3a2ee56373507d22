"""The tree of units: what follows from a unit's place in it."""

import polars as pl
import pytest

from monitor.campaign import Campaign
from monitor.units import SOURCE, Register, TreeError, closure, derive

ROWS = [
    (1, "33", "province", None, None, None),
    (2, "3301", "city", 1, None, None),
    (3, "330101", "county", 2, None, None),
    (4, "330102", "county", 2, 3, None),  # merged into 3
    (5, "A", "school", 3, None, None),
    (6, "B", "school", 4, None, None),  # of the merged county
    (7, "C", "school", 3, 5, None),  # merged into A
    (8, "D", "school", 2, None, None),
    (9, "E", "school", 2, None, "county"),  # run by the county, whatever it hangs under
    (10, "F", "school", 1, None, None),
    (11, "U", "university", 1, None, None),
    (12, "330199", "county", 2, None, None),  # reports for itself
]


def _source(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "id": unit,
                "code": code,
                "name": f"演示{code}",
                "kind": kind,
                "school_type": "university" if kind == "university" else "other",
                "parent_id": parent,
                "successor_id": successor,
                "run_by": run_by,
            }
            for unit, code, kind, parent, successor, run_by in rows
        ],
        schema=SOURCE,
    )


@pytest.fixture
def units(campaign: Campaign) -> pl.DataFrame:
    return derive(_source(ROWS), campaign.review_levels)


def _column(units: pl.DataFrame, name: str) -> dict[str, object]:
    return dict(zip(units["code"].to_list(), units[name].to_list(), strict=True))


def test_chains_follow_who_runs_the_unit(units: pl.DataFrame) -> None:
    chains = _column(units, "chain")
    assert chains["A"] == chains["B"] == chains["E"] == chains["330199"] == ["school", "county"]
    assert chains["D"] == ["school", "city"]
    assert chains["F"] == chains["U"] == ["school", "province"]


def test_what_hangs_below_a_merged_unit_hangs_below_its_successor(units: pl.DataFrame) -> None:
    parents = _column(units, "shown_parent_id")
    assert parents["B"] == 3
    assert parents["330102"] is None
    above = closure(units).filter(pl.col("unit_id") == 6).sort("depth")["ancestor_id"].to_list()
    assert above == [6, 3, 2, 1]


def test_who_reports_and_for_whom(units: pl.DataFrame) -> None:
    reporting = {code for code, yes in _column(units, "reporting").items() if yes}
    assert reporting >= {"A", "B", "D", "E", "F", "U", "330199"}
    assert not reporting & {"33", "3301", "330101"}
    heads = _column(units, "head_id")
    assert (heads["A"], heads["C"], heads["33"], heads["330101"]) == (5, 5, None, None)
    feet = _column(units, "foot_id")
    assert (feet["A"], feet["B"]) == (5, 3), "a unit that others were merged into has a roll-up of its own"


def test_sectors(units: pl.DataFrame) -> None:
    assert {code for code, sector in _column(units, "sector").items() if sector == "universities"} == {"U"}


def test_old_codes_lead_to_todays_unit(units: pl.DataFrame) -> None:
    register = Register(units, pl.DataFrame({"alias": ["330101X"], "unit_id": [4]}))
    assert [register.resolve(code).code for code in ("330102", "330101X", "C", "A")] == ["330101", "330101", "A", "A"]  # type: ignore[union-attr]
    assert register.resolve("nobody") is None


@pytest.mark.parametrize("field", [3, 4])
def test_a_circle_is_refused(campaign: Campaign, field: int) -> None:
    rows = [list(row) for row in ROWS]
    rows[1][field], rows[2][field] = 3, 2
    with pytest.raises(TreeError):
        closure(derive(_source([tuple(row) for row in rows]), campaign.review_levels))
