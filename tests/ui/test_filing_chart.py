"""The filing calendar as a picture: each place says what the standing says, and when it was filed there."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from monitor.filings.calendar import Period
from monitor.filings.state import STATES
from monitor.ui import filing_chart, filing_states, theme

ZONE = ZoneInfo("Asia/Shanghai")


def periods(*names: str) -> list[Period]:
    return [Period(name, name, name, date(2016, 10, 25), lambda *_arguments: pd.DataFrame()) for name in names]


def standing(rows: dict[int, tuple[str, int, datetime | None]]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=["state", "days_late", "submitted_at"])


FOUND = pd.DataFrame({"name": ["甲市", "甲市", "丙市"]}, index=[1, 2, 3])
STANDING = {
    "名单": standing({1: ("on_time", 0, datetime(2016, 10, 25, 15, 59, tzinfo=UTC)), 2: ("late", 2, datetime(2016, 10, 26, 16, 0, tzinfo=UTC)), 3: ("missing", 0, None)}),
    "月报": standing({1: ("not_due", 0, None), 2: ("exempt", 0, None)}),
}  # fmt: skip


def table() -> pd.DataFrame:
    return filing_chart.filing_table(FOUND, periods("名单", "月报"), STANDING, ZONE)


def test_each_place_has_sign_word_and_the_day_in_china() -> None:
    said = {(row.unit, row.period): row.said for row in table().itertuples()}
    assert said == {
        (1, "名单"): "✔ 按时 10-25", (2, "名单"): "▲ 迟报 2 日 10-27", (3, "名单"): "✖ 未报",
        (1, "月报"): "○ 未到期", (2, "月报"): "— 豁免", (3, "月报"): "– 不应报",
    }  # fmt: skip


def test_units_of_one_name_have_a_row_each() -> None:
    spec: dict[str, Any] = filing_chart.filing_chart(table()).to_dict()
    lanes = spec["layer"][0]["encoding"]["y"]["sort"]
    assert lanes == ["000|甲市", "001|甲市", "002|丙市"]
    (rows,) = spec["datasets"].values()
    assert {row["lane"] for row in rows} == set(lanes) and len(rows) == 6


def test_where_there_is_no_room_for_words_the_signs_stand() -> None:
    spec = filing_chart.filing_chart(table()).to_dict()
    text = spec["layer"][1]["encoding"]["text"]
    assert (text["field"], text["condition"]["value"]) == ("said", {"expr": "datum.sign"})
    (rows,) = spec["datasets"].values()
    assert all(row["said"].startswith(row["sign"]) for row in rows)


def test_the_picture_is_said_in_words_and_is_a_table() -> None:
    said = filing_chart.filing_words(table())
    assert said.startswith("名单：✖ 未报 1、▲ 迟报 1、✔ 按时 1") and "月报：" in said
    shown = filing_chart.as_table(table())
    assert shown.to_dict("records")[2] == {"单位": "丙市", "名单": "✖ 未报", "月报": "– 不应报"}
    assert len(shown) == 3


def test_of_many_units_those_late_or_missing_are_drawn_first() -> None:
    count = filing_chart.MOST + 20
    states = {
        n: ("missing" if n == count - 1 else "late" if n > count - 4 else "on_time", 1, None) for n in range(count)
    }
    found = pd.DataFrame({"name": [f"校{n}" for n in range(count)]}, index=range(count))
    whole = filing_chart.filing_table(found, periods("月报"), {"月报": standing(states)}, ZONE)
    shown = filing_chart.most_telling(whole)
    assert shown["unit"].tolist()[:5] == [count - 1, count - 3, count - 2, 0, 1] and len(shown) == filing_chart.MOST
    assert filing_chart.most_telling(table()).equals(table())


def _light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_white_words_can_be_read_on_the_colour_of_every_state() -> None:
    colours = [filing_states.COLORS[key] for key in STATES] + [status.color for status in theme.STATUSES.values()]
    for colour in colours:
        assert 1.05 / (_light(colour) + 0.05) >= 4.5, colour
