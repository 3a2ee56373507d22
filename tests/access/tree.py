"""A small province for tests: two cities, their counties, schools, universities, and a county merged into another."""

from datetime import date
from typing import Any

from monitor.store import Store
from monitor.store.register import change_register, unit_table
from tests.images import remembered

CITIES = ("C1", "C2")
UNIVERSITIES = ("U1", "U2")


@remembered
def plant(store: Store) -> None:
    """Put the province into the store. County K9 was merged into K1."""
    root = store.campaign.root
    rows: list[dict[str, Any]] = [_row(root, "province")]
    rows += [_row(code, "city", root) for code in CITIES]
    rows += [_row("K1", "county", "C1"), _row("K2", "county", "C2")]
    rows += [_row("S1", "school", "K1"), _row("S2", "school", "K2"), _row("S3", "school", "C1")]
    rows += [_row(code, "university", root) for code in UNIVERSITIES]
    rows += [{**_row("K9", "county", "C1"), "successor_code": "K1", "closed": date(2016, 9, 20)}]
    with store.begin() as connection:
        change_register(connection, store.campaign, unit_table(rows))


def _row(code: str, kind: str, parent: str | None = None) -> dict[str, Any]:
    types = {"school": "primary", "university": "university"}
    return {"code": code, "name": f"单位{code}", "kind": kind, "parent_code": parent, "school_type": types.get(kind)}
