"""Sparklines: where their lines run, and what is said of them."""

import base64
import re
from datetime import date

import pandas as pd
import pytest

from monitor.ui import sparkline

SCHEDULE = pd.DataFrame({"day": pd.date_range("2016-10-17", "2016-10-20"), "share": [0.25, 0.5, 0.75, 1.0]})


def lines(drawn: str) -> list[list[tuple[float, float]]]:
    """The points of the lines of a drawing, the schedule first."""
    return [
        [(float(x), float(y)) for x, y in (point.split(",") for point in found.split(" "))]
        for found in re.findall(r'points="([^"]*)"', drawn)
    ]


@pytest.mark.parametrize(
    ("as_of", "days", "wanted"),
    [
        (date(2016, 10, 18), 2, [25, 50]),
        (date(2016, 10, 18), 4, [0, 0, 25, 50]),  # figures from before the campaign began to collect
        (date(2016, 10, 22), 3, [100, 100, 100]),  # after the deadline
        (date(2016, 10, 19), 1, [75]),  # a unit that opened today
    ],
)
def test_the_schedule_of_the_same_days(as_of: date, days: int, wanted: list[float]) -> None:
    assert sparkline.due(SCHEDULE, as_of, days) == wanted


def test_lines_run_from_edge_to_edge_and_lie_as_their_values_do() -> None:
    due, way = lines(sparkline.drawing([0.0, 10.0, 25.0], [25.0, 50.0, 75.0], "#123456"))
    assert [x for x, _ in due] == [x for x, _ in way] and way[0][0] < way[1][0] < way[2][0]
    assert way[0][0] == sparkline.WIDTH - way[2][0]
    assert due[2][1] == pytest.approx(sparkline.HEIGHT - way[0][1]), "the most at the top, nothing at the bottom"
    assert way[2][1] == pytest.approx(due[0][1]), "25 % lies where 25 % lies"


def test_more_than_all_is_still_within_the_picture() -> None:
    for line in lines(sparkline.drawing([90.0, 130.0], [60.0, 70.0], "#123456")):
        assert all(0 <= y <= sparkline.HEIGHT for _, y in line)


def test_the_picture_has_its_words_and_where_there_is_none_stands_a_dash() -> None:
    said = sparkline.image([10.0, 12.5], SCHEDULE, date(2016, 10, 18), "#123456")
    assert 'alt="2 天内由 10.0% 升至 12.5%；虚线为应达进度"' in said
    drawn = base64.b64decode(re.findall(r"base64,([^\"]*)", said)[0]).decode()
    assert drawn.startswith("<svg") and "#123456" in drawn
    assert sparkline.image(float("nan"), SCHEDULE, date(2016, 10, 18), "#123456") == "—"
    assert sparkline.image([], SCHEDULE, date(2016, 10, 18), "#123456") == "—"
