"""The charts of 分析: which names stand in them."""

import pandas as pd

from monitor.ui import analysis_charts


def group(rates: dict[str, float], sizes: list[int], named: set[str]) -> pd.DataFrame:
    """A group around 60% whose limits are 55% and 65% for all."""
    return pd.DataFrame(
        {
            "name": list(rates), "completion": list(rates.values()), "denominator": sizes, "group_rate": 0.6,
            "named": [name in named for name in rates],
            "lower_998": 0.55, "lower_95": 0.57, "upper_95": 0.63, "upper_998": 0.65,
        }
    )  # fmt: skip


def test_of_neighbours_the_one_further_from_the_group_is_named() -> None:
    rates = {"甲": 0.4, "乙": 0.42, "丙": 0.6, "丁": 0.67, "戊": 0.69}
    table = analysis_charts.funnel_table(group(rates, [100, 105, 1000, 9000, 9500], {"甲", "乙"}))
    assert dict(zip(table["name"], table["label"], strict=True)) == {
        "甲": "甲",
        "乙": "",
        "丙": "",
        "丁": "",
        "戊": "戊",
    }


def test_in_a_large_group_those_above_have_no_names() -> None:
    rates = {f"中{number}": 0.6 for number in range(20)} | {"高": 0.9, "低": 0.3}
    table = analysis_charts.funnel_table(group(rates, [100 + 50 * number for number in range(22)], {"低"}))
    assert set(table["label"]) == {"", "低"}
