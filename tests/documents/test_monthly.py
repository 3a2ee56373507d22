"""The content of a monthly report: its days, who files it, and where each value comes from."""

import math
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from monitor.campaign import Campaign
from monitor.documents import monthly
from monitor.documents.monthly import Form
from monitor.documents.placeholders import known
from monitor.filings.source import Manual
from tests.documents.samples import BY_TYPE, LEVEL_FIGURES, PEOPLE, city, city_before, nothing_yet, university


def changed(campaign: Campaign, section: str, **values: Any) -> Campaign:
    part = getattr(campaign, section)
    return campaign.model_copy(update={section: part.model_copy(update=values)})


@pytest.fixture
def form(campaign: Campaign) -> Form:
    return monthly.build(campaign, 2016, 11, city(), previous=city_before(), by_type=BY_TYPE)


def test_every_figure_is_that_of_the_status_document(form: Form) -> None:
    status = city()
    expected: dict[str, Any] = {f"figures.{name}": number for name, number in PEOPLE.items()}
    for level, places in LEVEL_FIGURES.items():
        expected |= {f"levels.{level}.{place}": number for place, number in places.items()}
    for part, name in [("institutions", "institutions"), ("denominators", "denominators"), ("findings", "findings")]:
        numbers = status["figures"][part] if part == "institutions" else status[part]
        expected |= {f"{name}.{key}": number for key, number in numbers.items()}
    expected |= {f"rates.{key}": rate for key, rate in status["rates"].items()}
    expected |= {f"change.{key}": number for key, number in status["change"].items() if key != "since"}
    for school_type, figures in BY_TYPE.items():
        expected |= {f"by_type.{school_type}.{name}": number for name, number in figures.items()}
    expected |= {"pace": 2314.4, "required_pace": 3147, "working_days_left": 15, "forecast.p50": date(2016, 12, 19)}
    assert {name: form.values[name] for name in expected} == expected


def test_head_of_the_form(form: Form, campaign: Campaign) -> None:
    assert form.title == f"{campaign.title}工作月报表"
    assert (form.sector, form.report_day, form.figures_day) == ("schools", date(2016, 11, 25), date(2016, 11, 25))
    heads = {"unit.name": "演示市", "unit.code": "990100", "month": "2016年11月", "as_of": date(2016, 11, 25),
             "as_of.note": None, "deadline": date(2016, 12, 16), "sector": "中小学",
             "campaign.denominator": "应采集人数"}  # fmt: skip
    assert {name: form.values[name] for name in heads} == heads


def test_change_since_last_month(form: Form) -> None:
    differences = {"expected": 412, "entered": 83211, "submitted": 83123, "numbered": None, "approved": 58784}
    assert {key: form.values[f"difference.{key}"] for key in differences} == differences
    points = (Fraction(71234, 118432) - Fraction(12450, 118020)) * 100
    assert form.values["difference.completion"] == pytest.approx(float(points), abs=1e-12)
    assert form.values["previous.note"] == "上月（截至2016年10月25日）"
    assert form.values["previous.approved"] == 12450
    assert form.values["previous.numbered"] is None


def test_the_first_month_has_no_month_before(campaign: Campaign) -> None:
    form = monthly.build(campaign, 2016, 10, nothing_yet())
    names = [name for name in known() if name.startswith(("previous.", "difference.", "change."))]
    assert len(names) > 15
    assert {form.values[name] for name in names if name != "previous.note"} == {None}
    assert form.values["previous.note"] == "上月（无数据）"


def test_figures_older_than_the_report_day_say_so(campaign: Campaign) -> None:
    form = monthly.build(campaign, 2016, 11, city(), figures_day=date(2016, 11, 23))
    assert form.figures_day == date(2016, 11, 23)
    assert form.values["as_of"] == date(2016, 11, 23)
    assert form.values["as_of.note"] == "（2016年11月25日无数据，按最近一次数据填报）"


def test_a_row_for_each_school_type_that_there_is(form: Form) -> None:
    rows = form.groups["each_type"]
    assert [row["each_type.name"] for row in rows] == ["幼儿园", "小学", "中等职业"]
    for row, figures in zip(rows, BY_TYPE.values(), strict=True):
        assert {key: row[f"each_type.{key}"] for key in figures} == figures
        assert row["each_type.completion"] == pytest.approx(float(Fraction(figures["approved"], figures["expected"])))
        assert row["each_type.collection"] == pytest.approx(float(Fraction(figures["submitted"], figures["expected"])))
    assert form.values["by_type.junior.expected"] == 0


def test_completion_of_a_school_type_has_the_campaigns_denominator(campaign: Campaign) -> None:
    types = {key: {**figures, "baseline": 50000, "statistics": None} for key, figures in BY_TYPE.items()}
    for denominator, first in [("live", 20234 / 38000), ("baseline", 20234 / 50000), ("statistics", None)]:
        named = changed(campaign, "campaign", denominator=denominator)
        form = monthly.build(named, 2016, 11, city(), by_type=types)
        assert form.groups["each_type"][0]["each_type.completion"] == (None if first is None else pytest.approx(first))


def test_school_types_come_as_a_frame_too(campaign: Campaign) -> None:
    frame = pd.DataFrame.from_dict(BY_TYPE, orient="index").astype("Int64")
    frame.loc["kindergarten", "numbered"] = pd.NA
    types: dict[str, dict[str, Any]] = frame.to_dict("index")  # type: ignore[assignment]
    types["primary"]["numbered"] = math.nan
    form = monthly.build(campaign, 2016, 11, city(), by_type=types)
    assert [row["each_type.numbered"] for row in form.groups["each_type"]] == [None, None, 16000]
    assert [row["each_type.approved"] for row in form.groups["each_type"]] == [20234, 35000, 16000]
    assert all(type(row["each_type.approved"]) is int for row in form.groups["each_type"])


def test_school_types_of_another_load_are_refused(campaign: Campaign) -> None:
    types = {**BY_TYPE, "primary": {**BY_TYPE["primary"], "submitted": 43124}}
    with pytest.raises(ValueError, match="submitted: the school types add up to 98124, the unit has 98123"):
        monthly.build(campaign, 2016, 11, city(), by_type=types)


def test_a_row_for_each_level_of_the_chain(campaign: Campaign, form: Form) -> None:
    rows = form.groups["each_level"]
    assert [row["each_level.name"] for row in rows] == ["学校", "县级", "市级"]
    assert [row["each_level.pending"] for row in rows] == [1204, 21345, 12]
    assert [row["each_level.approved"] for row in rows] == [95800, 70100, 1134]
    assert [row["each_level.returned"] for row in rows] == [1119, 2000, 3]
    of_university = monthly.build(campaign, 2016, 11, university()).groups["each_level"]
    assert [row["each_level.name"] for row in of_university] == ["学校", "省级"]


def test_a_level_outside_the_chain_that_holds_records_is_shown(campaign: Campaign) -> None:
    levels = {**LEVEL_FIGURES, "province": {"pending": 2, "approved": 0, "returned": 0}}
    document = city(figures={**city()["figures"], "levels": levels})
    rows = monthly.build(campaign, 2016, 11, document).groups["each_level"]
    assert [row["each_level.name"] for row in rows] == ["学校", "县级", "市级", "省级"]


def test_a_university_has_no_school_types(campaign: Campaign) -> None:
    form = monthly.build(campaign, 2016, 11, university())
    assert form.groups["each_type"] == ()
    assert form.values["by_type.primary.expected"] is None
    assert form.values["rates.completion"] == pytest.approx(425 / 412)
    assert form.values["figures.numbered"] is None
    assert form.values["forecast.p50"] is None


def test_what_people_entered(campaign: Campaign) -> None:
    manual = Manual(working_group="组长：演示甲", training_sessions=0, filler="演示甲", filed=date(2016, 11, 24))
    form = monthly.build(campaign, 2016, 11, city(), manual=manual)
    entered = {"working_group": "组长：演示甲", "training_sessions": 0, "filler": "演示甲", "filed": date(2016, 11, 24)}
    for name in Manual.names():
        assert form.values[f"manual.{name}"] == entered.get(name)


def test_every_placeholder_has_a_value(form: Form) -> None:
    assert form.values.keys() == known().keys()
