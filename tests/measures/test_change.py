"""The parts of a change against bookkeeping day by day, leaf by leaf; and they add up, always."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.measures.change import PARTS, change, totals

DAY = date(2016, 11, 1)
Figures = dict[int, dict[date, tuple[int, int]]]


def frame(figures: Figures) -> pd.DataFrame:
    rows = [(unit, day, a, d) for unit, days in figures.items() for day, (a, d) in days.items()]
    return pd.DataFrame(rows, columns=["unit", "day", "approved", "denominator"]).astype({"day": "datetime64[s]"})


def at(days: dict[date, tuple[int, int]], day: date) -> tuple[int, int]:
    known = [have for have in days if have <= day]
    return days[max(known)] if known else (0, 0)


def booked(
    now: dict[date, tuple[int, int]],
    then: dict[date, tuple[int, int]],
    opened: date | None,
    closed: date | None,
    since: date,
    until: date,
) -> dict[str, int]:
    """One leaf's change as a bookkeeper would take it down, one day after the other."""
    book = dict.fromkeys((*PARTS, "total"), 0)
    day, inside, slip = since, False, 0
    while day <= until:
        is_open = (opened is None or day >= opened) and (closed is None or day < closed)
        known = any(have <= day for have in now) or any(have <= day for have in then)
        a_now, d_now = at(now, day)
        a_then, d_then = at(then, day)
        if day == since:
            inside = is_open
            slip = (a_now - d_now) - (a_then - d_then) if inside else 0
            book["total"] -= a_now - d_now if inside else 0
        elif inside and is_open:
            a_before, d_before = at(then, day - timedelta(days=1))
            book["approvals" if a_then > a_before else "returns"] += a_then - a_before
            book["denominator"] -= d_then - d_before
        elif inside:  # it closed today: what stood yesterday goes, corrected as far as that is known by now
            a_last, d_last = at(now, day - timedelta(days=1))
            was_a, was_d = at(then, day - timedelta(days=1))
            book["corrections"] += (a_last - d_last) - (was_a - was_d) - slip
            book["opened_closed"] -= a_last - d_last
            return book
        elif is_open and known:  # it opened: what it brings along
            inside = True
            book["opened_closed"] += a_then - d_then
        day += timedelta(days=1)
    if inside:
        a_now, d_now = at(now, until)
        a_then, d_then = at(then, until)
        book["corrections"] += (a_now - d_now) - (a_then - d_then) - slip
        book["total"] += a_now - d_now
    return book


def invented(seed: int) -> tuple[Figures, Figures, dict[int, date], dict[int, date]]:
    random = Random(seed)
    now: Figures = {}
    then: Figures = {}
    opened: dict[int, date] = {}
    closed: dict[int, date] = {}
    for unit in random.sample(range(100), random.randrange(1, 7)):
        begins = random.randrange(0, 15)
        then[unit] = {DAY + timedelta(days=n): (random.randrange(50), random.randrange(60)) for n in range(begins, 20)}
        now[unit] = {
            day: (a + random.randrange(-3, 4), max(0, d + random.randrange(-2, 3))) if random.random() < 0.3 else (a, d)
            for day, (a, d) in then[unit].items()
        }
        if random.random() < 0.4:
            opened[unit] = DAY + timedelta(days=random.randrange(0, 18))
        if random.random() < 0.4:
            closed[unit] = max(opened.get(unit, DAY), DAY + timedelta(days=random.randrange(1, 20)))
    return now, then, opened, closed


SPAN = st.tuples(st.integers(-2, 19), st.integers(0, 12)).map(
    lambda pair: (DAY + timedelta(days=pair[0]), min(DAY + timedelta(days=pair[0] + pair[1]), DAY + timedelta(days=22)))
)


@given(st.integers(0, 2**32), SPAN)
@settings(max_examples=250, deadline=None)
def test_every_leaf_as_a_bookkeeper_has_it(seed: int, span: tuple[date, date]) -> None:
    now, then, opened, closed = invented(seed)
    told = change(frame(now), frame(then), opened, closed, *span)
    for unit, row in told.iterrows():
        assert row.to_dict() == booked(now[unit], then[unit], opened.get(unit), closed.get(unit), *span), unit
    assert (told[list(PARTS)].sum(axis=1) == told["total"]).all()
    assert (told["returns"] <= 0).all()
    assert (told["approvals"] >= 0).all()


@given(st.integers(0, 2**32), SPAN)
@settings(max_examples=60, deadline=None)
def test_sums_over_groups_add_up_and_rows_may_come_in_any_order(seed: int, span: tuple[date, date]) -> None:
    now, then, opened, closed = invented(seed)
    told = change(frame(now), frame(then), opened, closed, *span)
    mixed = change(
        frame(now).sample(frac=1, random_state=1), frame(then).sample(frac=1, random_state=2), opened, closed, *span
    )
    pd.testing.assert_frame_equal(told, mixed)
    grouped = totals(told, pd.Series({unit: unit % 2 for unit in told.index}))
    assert (grouped[list(PARTS)].sum(axis=1) == grouped["total"]).all()
    assert grouped["total"].sum() == told["total"].sum()


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_two_spans_make_one(seed: int) -> None:
    """Without openings in between, what changed from Monday to Friday is what changed to Wednesday and from then on."""
    now, then, _, _ = invented(seed)
    days = [DAY + timedelta(days=n) for n in (2, 8, 15)]
    whole = change(frame(now), frame(then), {}, {}, days[0], days[2])
    halves = [change(frame(now), frame(then), {}, {}, *pair) for pair in ((days[0], days[1]), (days[1], days[2]))]
    both = halves[0].reindex(whole.index, fill_value=0) + halves[1].reindex(whole.index, fill_value=0)
    pd.testing.assert_frame_equal(whole, both)


def story(**changes: Any) -> dict[str, int]:
    base = {1: {DAY: (10, 100), DAY + timedelta(days=1): (15, 100), DAY + timedelta(days=2): (12, 104)}}
    arguments = {"now": base, "then": base, "opened": {}, "closed": {}, **changes}
    told = change(
        frame(arguments["now"]),
        frame(arguments["then"]),
        arguments["opened"],
        arguments["closed"],
        DAY,
        DAY + timedelta(days=2),
    )
    return {name: int(value) for name, value in told.sum().items() if value}


def test_approvals_returns_and_denominator() -> None:
    assert story() == {"approvals": 5, "returns": -3, "denominator": -4, "total": -2}


def test_a_correction_is_told_apart_from_work() -> None:
    now = {1: {DAY: (10, 100), DAY + timedelta(days=1): (15, 100), DAY + timedelta(days=2): (20, 104)}}
    assert story(now=now) == {"approvals": 5, "returns": -3, "corrections": 8, "denominator": -4, "total": 6}


def test_a_correction_before_both_days_changes_neither() -> None:
    now = {1: {DAY: (11, 100), DAY + timedelta(days=1): (16, 100), DAY + timedelta(days=2): (13, 104)}}
    assert story(now=now) == {"approvals": 5, "returns": -3, "denominator": -4, "total": -2}


def test_a_unit_that_opens_and_one_that_closes() -> None:
    assert story(opened={1: DAY + timedelta(days=1)}) == {
        "returns": -3,
        "opened_closed": -85,
        "denominator": -4,
        "total": -92,
    }
    assert story(closed={1: DAY + timedelta(days=2)}) == {"approvals": 5, "opened_closed": 85, "total": 90}
    assert story(opened={1: DAY + timedelta(days=1)}, closed={1: DAY + timedelta(days=2)}) == {}
    assert story(opened=pd.Series({1: pd.NaT}), closed=pd.Series({1: None}, dtype=object)) == story()


def test_an_unknown_denominator_counts_as_none() -> None:
    figures = frame({1: {DAY: (1, 5), DAY + timedelta(days=1): (4, 5)}}).assign(denominator=None)
    told = change(figures, figures, {}, {}, DAY, DAY + timedelta(days=1))
    assert told.loc[1].to_dict() == dict.fromkeys(PARTS, 0) | {"approvals": 3, "total": 3}


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        story_frame = frame({1: {DAY: (1, 5)}})
        change(story_frame, story_frame, {}, {}, DAY, DAY - timedelta(days=1))


def test_the_same_day_changes_nothing() -> None:
    now, then, opened, closed = invented(8)
    told = change(frame(now), frame(then), opened, closed, DAY + timedelta(days=9), DAY + timedelta(days=9))
    assert (told == 0).all(axis=None)
