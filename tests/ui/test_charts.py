"""Charts: what they are made of, and what is said of them."""

from datetime import date
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest

from monitor.ui import charts
from monitor.ui.theme import STATUSES

DEADLINE = date(2016, 12, 16)
AS_OF = date(2016, 11, 25)


def members(rates: list[float], due: float = 0.5) -> pd.DataFrame:
    count = len(rates)
    approved = [round(rate * 1000) for rate in rates]
    return pd.DataFrame(
        {
            "code": [f"{n:02}" for n in range(count)],
            "name": [f"市{n}" for n in range(count)],
            "status": ["behind" if rate < due else "on_track" for rate in rates],
            "denominator": 1000,
            "completion": rates,
            "approved": approved,
            "should_be": round(due * 1000),
            "ahead": [found - round(due * 1000) for found in approved],
        }
    )


def series(days: int = 30) -> pd.DataFrame:
    day = pd.date_range("2016-10-27", periods=days)
    done = np.arange(days) * 10
    return pd.DataFrame(
        {"day": day, "entered": done + 50, "submitted": done + 20, "approved": done, "denominator": 1000}
    )


def schedule() -> pd.DataFrame:
    days = pd.date_range("2016-10-17", "2016-12-16")
    return pd.DataFrame({"day": days, "share": np.linspace(0, 1, len(days))})


def row(**more: Any) -> pd.Series:
    return pd.Series(
        {
            "denominator": 1000, "approved": 290, "completion": 0.29, "should_be": 640, "p10": pd.Timestamp(2016, 12, 9),
            "p50": pd.Timestamp(2016, 12, 20), "p90": pd.Timestamp(2017, 1, 9), **more,
        }
    )  # fmt: skip


def parts(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [layer for layer in spec["layer"] if (mark := layer["mark"]) == kind or mark.get("type") == kind]


def test_the_bullet_table_ranks_and_leaves_out_who_has_nothing_to_do() -> None:
    found = members([0.2, 1.033, 0.7])
    found.loc[len(found)] = ["99", "无", "not_started", 0, np.nan, 0, 0, 0]
    table = charts.bullet_table(found)
    assert table["name"].tolist() == ["市1", "市2", "市0"]
    assert table["completion"].tolist() == [1.033, 0.7, 0.2]
    assert table["status"].tolist() == [STATUSES[key].label for key in ("on_track", "on_track", "behind")]


def test_a_bullet_beyond_the_end_is_drawn_to_its_end() -> None:
    spec = charts.bullet(charts.bullet_table(members([1.4, 0.3]))).to_dict()
    top = next(
        layer["encoding"]["x"]["scale"]["domain"][1]
        for layer in parts(spec, "bar")
        if "scale" in layer["encoding"]["x"]
    )
    assert top > 1.4
    assert spec["config"]["axis"]["labelAngle"] == 0


def test_a_bullet_of_nobody_is_still_a_chart() -> None:
    assert charts.bullet(charts.bullet_table(members([]))).to_dict()["layer"]
    assert charts.bullet_words(charts.bullet_table(members([])))


def test_the_bullet_is_said_in_words() -> None:
    said = charts.bullet_words(charts.bullet_table(members([0.2, 0.9, 0.4])))
    assert "最高市1 90.0%" in said and "最低市0 20.0%" in said and "2 个低于" in said and "50.0%" in said


def test_the_burn_up_table_has_the_schedule_of_each_day() -> None:
    table = charts.burn_up_table(series(), schedule())
    assert len(table) == 30
    assert table["should_be"].tolist() == [
        round(share * 1000) for share in schedule().set_index("day").loc[series()["day"], "share"]
    ]
    late = charts.burn_up_table(series(60), schedule())
    assert late["should_be"].iloc[-1] == 1000  # after the deadline all is due


def test_the_fan_reaches_the_number_expected_on_the_days_of_the_forecast() -> None:
    fan = charts._fan(row(), AS_OF, pd.Timestamp(2017, 1, 20), 1000).set_index("day")
    assert fan.iloc[0].tolist() == [290, 290, 290]
    for name, column in (("p10", "high"), ("p50", "middle"), ("p90", "low")):
        assert fan.loc[row()[name], column] == pytest.approx(1000)
        assert fan.loc[row()[name] - pd.Timedelta(days=1), column] < 1000
    assert (fan["low"] <= fan["middle"]).all() and (fan["middle"] <= fan["high"]).all()


def test_a_late_side_that_is_not_known_stays_level() -> None:
    fan = charts._fan(row(p90=pd.NaT), AS_OF, pd.Timestamp(2017, 1, 6), 1000)
    assert set(fan["low"]) == {290.0}


@pytest.mark.parametrize("more", [{}, {"p10": pd.NaT, "p50": pd.NaT, "p90": pd.NaT}, {"denominator": 0}])
def test_the_burn_up_is_a_chart_with_or_without_a_forecast(more: dict[str, Any]) -> None:
    spec = charts.burn_up(series(), schedule(), row(**more), AS_OF, DEADLINE)
    assert alt.LayerChart.from_dict(spec)  # checks it against the grammar
    assert bool(parts(spec, "area")) == (not more)
    ends = {point["said"] for name in spec["datasets"] for point in spec["datasets"][name] if "said" in point}
    assert "截止日 12月16日" in ends


def test_the_burn_up_names_its_forecast_where_there_is_one() -> None:
    def said(**more: Any) -> str:
        return str(charts.burn_up(series(), schedule(), row(**more), AS_OF, DEADLINE))

    assert "预测（阴影：约八成把握）" in said() and "预测" not in said(p10=pd.NaT, p50=pd.NaT, p90=pd.NaT)


@pytest.mark.parametrize("as_of", [AS_OF, DEADLINE, date(2017, 2, 3)])
def test_the_forecast_is_named_on_a_day_of_the_picture(as_of: date) -> None:
    late = row(p10=pd.Timestamp(2017, 3, 1), p50=pd.Timestamp(2017, 4, 1), p90=pd.NaT)
    spec = charts.burn_up(series(), schedule(), late, as_of, DEADLINE)
    named = [point for points in spec["datasets"].values() for point in points if point.get("brief") == "预测"]
    assert [point["people"] for point in named] == [290]


def test_the_burn_up_is_said_in_words() -> None:
    said = charts.burn_up_words(row(), DEADLINE)
    assert all(part in said for part in ("290", "1,000", "29.0%", "640", "12月9日", "1月9日", "12月20日", "12月16日"))
    assert "预计" not in charts.burn_up_words(row(p50=pd.NaT), DEADLINE)


@pytest.mark.parametrize("heights", [(1, 1, 1), (5, 4, 3), (0, 100, 99)])
def test_names_of_lines_do_not_cover_one_another(heights: tuple[int, int, int]) -> None:
    names = ("entered", "submitted", "approved")
    found = sorted(charts._apart(dict(zip(names, map(float, heights), strict=True)), 6).values())
    assert all(above - below >= 6 for below, above in pairwise(found))
