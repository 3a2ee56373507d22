"""Status documents as `status --json` gives them, made by hand: figures that nothing else in the tests computes."""

from typing import Any

from monitor.figures import LEVELS

PEOPLE = {"expected": 118432, "entered": 103211, "submitted": 98123, "numbered": 70123, "approved": 71234}
LEVEL_FIGURES = {
    "school": {"pending": 1204, "approved": 95800, "returned": 1119},
    "county": {"pending": 21345, "approved": 70100, "returned": 2000},
    "city": {"pending": 12, "approved": 1134, "returned": 3},
    "province": {"pending": 0, "approved": 0, "returned": 0},
}
BY_TYPE: dict[str, dict[str, Any]] = {
    "kindergarten": {"expected": 38000, "entered": 33000, "submitted": 31000, "numbered": 20123, "approved": 20234,
                     "returned": 1003, "total": 1100, "started": 1050, "complete": 400},
    "primary": {"expected": 50432, "entered": 45211, "submitted": 43123, "numbered": 34000, "approved": 35000,
                "returned": 700, "total": 700, "started": 690, "complete": 300},
    "vocational": {"expected": 30000, "entered": 25000, "submitted": 24000, "numbered": 16000, "approved": 16000,
                   "returned": 300, "total": 303, "started": 261, "complete": 177},
}  # fmt: skip


def city(**changes: Any) -> dict[str, Any]:
    """The status document of a city on its second report day."""
    document = {
        "as_of": "2016-11-25",
        "deadline": "2016-12-16",
        "working_days_left": 15,
        "sector": "schools",
        "unit": {"code": "990100", "name": "演示市", "kind": "city"},
        "figures": {
            **PEOPLE,
            "levels": LEVEL_FIGURES,
            "institutions": {"total": 2103, "started": 2001, "complete": 877},
        },
        "denominators": {"live": 118432, "baseline": 118000, "statistics": 117650},
        "rates": {"collection": 98123 / 118432, "review": 74366 / 98123, "completion": 71234 / 118432},
        "pace": 2314.4,
        "required_pace": 3147,
        "forecast": {"p10": "2016-12-14", "p50": "2016-12-19", "p90": "2016-12-27", "probability": 0.31},
        "status": "at_risk",
        "why": "按近10个工作日日均 2,314 人，预计 12月19日完成。",
        "bottleneck": {"stage": "county_review", "waiting": 21345, "days": 9.2},
        "rank": {"place": 3, "of": 11, "to_next": 120},
        "findings": {"must_fix": 3, "explain": 17, "note": 240},
        "change": {"since": "2016-10-25", "approvals": 60123, "returns": -1211, "corrections": 340,
                   "opened_closed": -56, "denominator": -412, "total": 58784},
    }  # fmt: skip
    return {**document, **changes}


def city_before(**changes: Any) -> dict[str, Any]:
    """The same city on its first report day."""
    people = {"expected": 118020, "entered": 20000, "submitted": 15000, "numbered": None, "approved": 12450}
    document = {
        **city(),
        "as_of": "2016-10-25",
        "figures": {**city()["figures"], **people},
        "rates": {"collection": 15000 / 118020, "review": None, "completion": 12450 / 118020},
    }
    return {**document, **changes}


def university(**changes: Any) -> dict[str, Any]:
    """The status document of a university that is above 100 %."""
    levels: dict[str, dict[str, int]] = {level: {"pending": 0, "approved": 0, "returned": 0} for level in LEVELS}
    levels["school"] = {"pending": 3, "approved": 430, "returned": 1}
    levels["province"] = {"pending": 4, "approved": 425, "returned": 1}
    people = {"expected": 412, "entered": 440, "submitted": 434, "numbered": None, "approved": 425}
    document = {
        **city(),
        "sector": "universities",
        "unit": {"code": "9933014207", "name": "演示群岛新区旅游与健康职业学院", "kind": "university"},
        "figures": {**people, "levels": levels, "institutions": {"total": 1, "started": 1, "complete": 1}},
        "denominators": {"live": 412, "baseline": 410, "statistics": None},
        "rates": {"collection": 434 / 412, "review": 426 / 434, "completion": 425 / 412},
        "forecast": {"none": "nothing left"},
        "change": {**city()["change"], "approvals": 5, "total": 7},
    }
    return {**document, **changes}


def nothing_yet(**changes: Any) -> dict[str, Any]:
    """The status document of a unit before any data."""
    levels = {level: {"pending": 0, "approved": 0, "returned": 0} for level in LEVELS}
    people = {"expected": 0, "entered": 0, "submitted": 0, "numbered": None, "approved": 0}
    document = {
        **city(),
        "as_of": "2016-10-25",
        "figures": {**people, "levels": levels, "institutions": {"total": 0, "started": 0, "complete": 0}},
        "denominators": {"live": 0, "baseline": 0, "statistics": 0},
        "rates": {"collection": None, "review": None, "completion": None},
        "pace": None,
        "forecast": {"none": "nothing expected"},
        "status": "not_started",
        "findings": {"must_fix": 0, "explain": 0, "note": 0},
    }
    del document["change"]
    return {**document, **changes}
