"""Small multiples: one scale, the furthest behind first, each chart by itself what it is in the whole."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from monitor.ui import figures, multiples
from monitor.ui.theme import STATUSES

DAYS = pd.date_range("2016-10-17", "2016-11-25")
SCHEDULE = pd.DataFrame({"day": pd.date_range("2016-10-17", "2016-12-16"), "share": np.linspace(0, 1, 61)})
MEMBERS = pd.DataFrame(
    {
        "code": ["1", "2", "3"], "name": ["甲县", "乙县", "丙县"], "kind": "county", "status": ["on_track", "behind", "at_risk"],
        "denominator": [100, 1000, 100], "ahead": [5, -200, -30], "completion": [1.2, 0.4, 0.3],
    },
    index=pd.Index([11, 12, 13], name="unit"),
)  # fmt: skip


def days() -> pd.DataFrame:
    ways = {unit: np.linspace(0, row["completion"], len(DAYS)) for unit, row in MEMBERS.iterrows()}
    return pd.concat([pd.DataFrame({"unit": unit, "day": DAYS, "completion": way}) for unit, way in ways.items()])


def spec() -> dict[str, Any]:
    return dict(multiples.together(MEMBERS, days(), SCHEDULE, date(2016, 12, 16)).to_dict())


def test_who_is_furthest_behind_for_its_size_comes_first() -> None:
    kind, ordered = multiples._furthest_behind(MEMBERS)
    assert kind == "county" and ordered["name"].tolist() == ["丙县", "乙县", "甲县"]


def test_all_have_one_scale_that_holds_the_highest() -> None:
    scales = [
        {name: layer["encoding"][name]["scale"]["domain"] for name in ("x", "y")}
        for one in spec()["concat"]
        for layer in one["layer"]
        if "y" in layer["encoding"]
    ]
    assert all(scale == scales[0] for scale in scales) and scales[0]["y"][1] > 1.2


def test_each_is_drawn_by_itself_with_its_own_figures() -> None:
    whole = spec()
    alone = multiples.apart(whole)
    assert [one["title"]["text"] for one in alone] == [
        f"{row['name']}  {STATUSES[row['status']].label}" for _unit, row in MEMBERS.iterrows()
    ]
    for one in alone:
        needed = {layer["data"]["name"] for layer in one["layer"]}
        assert needed == set(one["datasets"]) and "width" not in one
    ends = [rows[-1] for rows in alone[1]["datasets"].values() if "said" in rows[-1]]
    assert [end["said"] for end in ends] == ["40.0%"]


def test_the_table_has_a_column_a_unit_in_percent() -> None:
    table = multiples.as_table(MEMBERS, days())
    assert table.columns.tolist() == ["日期", "甲县（%）", "乙县（%）", "丙县（%）"] and len(table) == len(DAYS)
    assert table.iloc[-1].tolist()[1:] == [120.0, 40.0, 30.0]
    assert figures.as_csv(table).decode("utf-8-sig").splitlines()[-1] == "2016-11-25,120.0,40.0,30.0"
