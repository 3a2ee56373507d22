"""A country of several provinces: the root and what stands below it are of one kind."""

from datetime import date

import polars as pl

from monitor import progress
from monitor.campaign import Campaign
from monitor.store import Scope, loads
from monitor.store.register import change_register, load_register, unit_table
from tests.databases import Databases

DAY = date(2016, 11, 11)
APPROVED = {"01": 30, "02": 60, "03": 10}
"""Of a hundred people of each province, all in one school."""


def test_provinces_are_ranked_among_each_other_and_the_country_by_itself(
    databases: Databases, campaign: Campaign
) -> None:
    chosen = campaign.campaign.model_copy(update={"root": "0"})
    rows = [_unit("0", "province", None)]
    for code in APPROVED:
        rows += [
            _unit(code, "province", "0"),
            _unit(f"{code}1", "city", code),
            _unit(f"{code}11", "county", f"{code}1"),
        ]
        rows.append(_unit(f"{code}111", "school", f"{code}11"))
    with databases.store(campaign.model_copy(update={"campaign": chosen})) as store:
        with store.begin() as connection:
            change_register(connection, store.campaign, unit_table(rows))
            known = load_register(connection)
        collection, review = [], []
        for code, approved in APPROVED.items():
            unit = known.resolve(f"{code}111")
            assert unit is not None
            collection.append((unit.id, DAY, 100, approved, approved, 0))
            review += [(unit.id, DAY, level, 0, approved, 0) for level in unit.chain]
        figures = pl.DataFrame(
            collection, ["unit_id", "day", "expected", "entered", "submitted", "numbered"], orient="row"
        )
        places = pl.DataFrame(review, ["unit_id", "day", "level", "pending", "approved", "returned"], orient="row")
        loads.load(store, loads.NewBatch("collection", "采集表.csv", "1", "", 3), loads.Tables(figures, places), [])
        country = progress.document(store, store.campaign, Scope.all(), "0", DAY)
        province = progress.document(store, store.campaign, Scope.all(), "02", DAY)
    assert (country["figures"]["expected"], country["figures"]["approved"]) == (300, 100)
    assert (country["rank"]["place"], country["rank"]["of"]) == (1, 1)
    ranks = {child["unit"]["code"]: (child["rank"]["place"], child["rank"]["of"]) for child in country["children"]}
    assert ranks == {"01": (2, 3), "02": (1, 3), "03": (3, 3)}
    assert (province["rank"]["place"], province["rank"]["of"]) == ranks["02"]


def _unit(code: str, kind: str, parent: str | None) -> dict[str, str | None]:
    return {
        "code": code,
        "name": f"单位{code}",
        "kind": kind,
        "parent_code": parent,
        "school_type": "primary" if kind == "school" else None,
    }
