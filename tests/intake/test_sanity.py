"""Findings about figures, held against a plain reading of the rules, unit by unit."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.intake.problems import FINDINGS
from tests.intake.conftest import CITY_RUN, DAY, HEADER, ONE, THREE, TWO, Office, codes, found, line, table

REVIEW = ("统计日期", "单位代码", "审核级次", "待审核人数", "审核通过人数", "退回人数")


def test_more_submitted_than_entered(office: Office) -> None:
    result = office.take(table(line(entered=90, submitted=91), line(TWO, entered=90, submitted=90)))
    assert [(f.code, f.grade, f.unit, f.day, f.row) for f in result.findings] == [
        ("submitted_over_entered", "must_fix", ONE, date(2016, 11, 25), 2)
    ]
    assert "91" in result.findings[0].message and "90" in result.findings[0].message
    assert result.loaded == 2


def test_more_entered_than_expected(office: Office) -> None:
    result = office.take(
        table(
            line(expected=0, entered=1, submitted=0),
            line(TWO, expected=89, entered=90),
            line(THREE, expected=0, entered=0, submitted=0),
        )
    )
    assert [(f.code, f.grade, f.unit) for f in result.findings] == [
        ("entered_over_expected", "explain", ONE),
        ("entered_over_expected", "explain", TWO),
    ]


def test_a_figure_that_fell(office: Office) -> None:
    office.take(table(line(day="2016-11-23"), line(TWO, "2016-11-23")))
    result = office.take(table(line(entered=89), line(TWO)))
    assert [(f.code, f.grade, f.unit, f.values) for f in result.findings] == [
        ("figure_fell", "explain", ONE, {"entered": 89, "entered_before": 90})
    ]
    assert "2016-11-23" in result.findings[0].message


def test_a_fall_within_the_file(office: Office) -> None:
    result = office.take(
        table(line(entered=89, submitted=79), line(day="2016-11-24"), line(day="2016-11-23", submitted=70))
    )
    assert [(f.code, f.row, f.day) for f in result.findings] == [("figure_fell", 2, date(2016, 11, 25))]


def test_an_earlier_day_makes_the_next_one_fall(office: Office) -> None:
    """A correction, or a table that comes late: what is odd then is a day that the file says nothing of."""
    office.take(table(line(day="2016-11-21"), line(day="2016-11-24"), line(TWO, "2016-11-24")))
    result = office.take(
        table(line(TWO, "2016-11-23"), line(day="2016-11-21", entered=95), line(day="2016-11-22", entered=92))
    )
    assert [(f.code, f.unit, f.day, f.row, f.values) for f in result.findings] == [
        ("figure_fell", ONE, date(2016, 11, 22), 4, {"entered": 92, "entered_before": 95}),
        ("figure_fell", ONE, date(2016, 11, 24), 4, {"entered": 90, "entered_before": 92}),
    ]
    open_findings = "SELECT day FROM finding WHERE closed_batch_id IS NULL ORDER BY day"
    assert office.rows(open_findings) == [(20161122,), (20161124,)]
    assert found(office.take(table(line(day="2016-11-22", entered=90), line(day="2016-11-21")))) == []
    assert office.rows(open_findings) == []


def test_an_earlier_day_makes_the_next_one_jump(office: Office) -> None:
    office.take(
        table(line(expected=1000, day="2016-11-23", entered=400), line(expected=1000, day="2016-11-24", entered=500))
    )
    result = office.take(table(line(expected=1000, day="2016-11-23", entered=100)))
    assert [(f.code, f.day, f.row) for f in result.findings] == [("jump", date(2016, 11, 24), 2)]


def test_a_review_of_an_earlier_day_makes_the_next_one_fall(office: Office) -> None:
    office.take(table((DAY, ONE, "学校", 5, 70, 5), (DAY, ONE, "县级", 10, 60, 0), header=REVIEW))
    result = office.take(table(("2016-11-24", ONE, "县级", 5, 65, 0), header=REVIEW))
    assert [(f.code, f.day, f.row, f.values) for f in result.findings] == [
        ("figure_fell", date(2016, 11, 25), 2, {"approved_county": 60, "approved_county_before": 65})
    ]


def test_what_is_approved_falls(office: Office) -> None:
    office.take(table(("2016-11-24", ONE, "学校", 5, 70, 5), ("2016-11-24", ONE, "县级", 10, 60, 0), header=REVIEW))
    result = office.take(table((DAY, ONE, "学校", 5, 70, 5), (DAY, ONE, "县级", 15, 55, 0), header=REVIEW))
    assert [(f.code, f.values) for f in result.findings] == [
        ("figure_fell", {"approved_county": 55, "approved_county_before": 60})
    ]


def test_a_jump(office: Office) -> None:
    office.take(
        table(
            line(expected=1000, day="2016-11-24", entered=100, submitted=100), line(TWO, "2016-11-24", 1000, 100, 100)
        )
    )
    result = office.take(
        table(line(expected=1000, entered=401, submitted=100), line(TWO, expected=1000, entered=400, submitted=400))
    )
    assert [(f.code, f.grade, f.unit) for f in result.findings] == [("jump", "explain", ONE)]
    assert "100" in result.findings[0].message and "401" in result.findings[0].message


def test_a_jump_of_few_people_or_over_many_days_is_none(office: Office) -> None:
    office.take(table(line(ONE, "2016-11-24", 60, 10, 0), line(TWO, "2016-11-21", 1000, 0, 0)))
    assert found(office.take(table(line(ONE, DAY, 60, 60, 0), line(TWO, DAY, 1000, 900, 0)))) == []


def test_first_figures_are_no_jump(office: Office) -> None:
    assert found(office.take(table(line(expected=1000, entered=1000, submitted=1000)))) == []


def test_a_queue_that_does_not_balance_between_levels(office: Office) -> None:
    result = office.take(table((DAY, ONE, "学校", 5, 70, 5), (DAY, ONE, "县级", 10, 55, 4), header=REVIEW))
    assert [(f.code, f.grade, f.unit, f.row) for f in result.findings] == [("queue_unbalanced", "must_fix", ONE, 2)]
    assert "70" in result.findings[0].message and "69" in result.findings[0].message


def test_the_first_level_is_held_against_what_is_submitted(office: Office) -> None:
    review = table((DAY, ONE, "学校", 5, 70, 4), (DAY, TWO, "学校", 5, 70, 5), header=REVIEW)
    assert found(office.take(review)) == []  # no collection table of that day: nothing to hold it against
    collection = office.take(table(line(ONE), line(TWO)))
    assert [(f.code, f.unit) for f in collection.findings] == [("queue_unbalanced", ONE)]
    again = office.take(table((DAY, ONE, "学校", 5, 70, 5), (DAY, TWO, "学校", 5, 69, 5), header=REVIEW))
    assert [(f.code, f.unit) for f in again.findings if f.code == "queue_unbalanced"] == [("queue_unbalanced", TWO)]


def test_carried_figures_are_not_held_against_todays(office: Office) -> None:
    office.take(table(line(day="2016-11-24")))
    assert found(office.take(table((DAY, ONE, "学校", 5, 80, 5), header=REVIEW))) == []


def test_findings_are_kept_with_the_batch_and_closed_by_a_correction(office: Office) -> None:
    office.take(table(line(entered=70, submitted=80)))
    assert office.rows("SELECT code, grade, closed_batch_id FROM finding") == [
        ("submitted_over_entered", "must_fix", None)
    ]
    office.take(table(line(entered=90, submitted=80)))
    assert office.rows("SELECT code, closed_batch_id FROM finding") == [("submitted_over_entered", 2)]


UNITS = (ONE, TWO, THREE, CITY_RUN)
DAYS = [date(2016, 11, 1) + timedelta(days=place) for place in range(6)]
FIGURES = st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.tuples(st.sampled_from(UNITS), st.sampled_from(DAYS)), FIGURES, min_size=1, max_size=10),
        min_size=1,
        max_size=3,
    )
)
def test_findings_of_collections_by_brute_force(
    office: Office, files: list[dict[tuple[str, date], tuple[int, int, int, int | None]]]
) -> None:
    for table_name in ("finding", "batch_row", "batch_day", "batch", "collection", "rollup", "baseline"):
        with office.store.begin() as connection:
            connection.exec_driver_sql(f"DELETE FROM {table_name}")
    known: dict[tuple[str, date], tuple[int | None, ...]] = {}
    for rows in files:
        cells = [(day, unit, "", e, n, s, "" if m is None else m) for (unit, day), (e, n, s, m) in rows.items()]
        result = office.take(table(*cells, header=(*HEADER, "已赋号人数")))
        assert codes(result) == []
        for key, row in rows.items():
            before = known.get(key)
            known[key] = (*row[:3], before[3] if row[3] is None and before else row[3])
        got = sorted((f.code, f.unit, f.day) for f in result.findings if f.code in FINDINGS and f.grade != "note")
        after = {key: known[key] for key in _next_days(rows, known)}
        moved = [item for item in _expected(after, known, office) if item[0] in ("figure_fell", "jump")]
        assert got == sorted(_expected(rows, known, office) + moved)


def _next_days(rows: Iterable[tuple[str, date]], known: Iterable[tuple[str, date]]) -> set[tuple[str, date]]:
    """The days right after those of the rows that are none of theirs."""
    after = ((who, min((d for unit, d in known if unit == who and d > day), default=None)) for who, day in rows)
    return {(who, day) for who, day in after if day is not None} - set(rows)


def _expected(
    rows: dict[tuple[str, date], tuple[Any, ...]],
    known: dict[tuple[str, date], tuple[int | None, ...]],
    office: Office,
) -> list[tuple[str, str, date]]:
    result = []
    for (unit, day), (expected, entered, submitted, numbered) in rows.items():
        if submitted > entered:
            result.append(("submitted_over_entered", unit, day))
        if entered > expected:
            result.append(("entered_over_expected", unit, day))
        earlier = sorted(other for who, other in known if who == unit and other < day)
        if not earlier:
            continue
        last = known[unit, earlier[-1]]
        numbers = [known[unit, other][3] for other in earlier if known[unit, other][3] is not None]
        before = (last[1], last[2], numbers[-1] if numbers else None)
        if any(
            a is not None and b is not None and b < a
            for a, b in zip(before, (entered, submitted, numbered), strict=True)
        ):
            result.append(("figure_fell", unit, day))
        limit = (
            max(expected * office.campaign.intake.jump_share, office.campaign.intake.jump_min)
            * (day - earlier[-1]).days
        )
        if any(b - (a or 0) > limit for a, b in zip(before[:2], (entered, submitted), strict=True)):
            result.append(("jump", unit, day))
    return result
