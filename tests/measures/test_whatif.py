"""What-if: the answer is that of the same measures on the figures as they would be, and nothing given is changed."""

from datetime import date, timedelta
from random import Random

import pandas as pd

from monitor.measures import assess
from monitor.measures.ranking import ranking
from monitor.measures.whatif import Scenario, what_if, without
from monitor.sections import Measures
from tests.measures.test_bottleneck import pipeline
from tests.measures.world import CALENDAR, COLUMNS, DEADLINE, World, random_world

SETTINGS = Measures()
FRIDAY = date(2016, 11, 25)
START = date(2016, 10, 17)


def counties() -> tuple[pd.DataFrame, dict[int, int]]:
    """City 1 with counties 2, 3 and 4, where county review, school review and submission are slow; 4 is the largest."""
    random = Random(3)
    figures = {
        2: pipeline(random, "county_review"),
        3: pipeline(random, "school_review"),
        4: pipeline(random, "submission", expected=4000),
    }
    leaves = World(figures, FRIDAY).frame
    city = leaves.groupby("day", as_index=False)[list(COLUMNS)].sum().assign(unit=1)
    return pd.concat([leaves, city], ignore_index=True), {2: 1, 3: 1, 4: 1}


def answer(frame: pd.DataFrame, scenario: Scenario, parents: dict[int, int]) -> pd.DataFrame:
    return what_if(frame, FRIDAY, DEADLINE, CALENDAR, SETTINGS, scenario, parents, start=START)


def test_no_change_changes_nothing_and_nothing_given_is_touched() -> None:
    frame, parents = counties()
    copy = frame.copy()
    plain = assess(frame, FRIDAY, DEADLINE, CALENDAR, SETTINGS, start=START)
    pd.testing.assert_frame_equal(answer(frame, Scenario(), parents), plain)
    answer(frame, Scenario(date(2017, 1, 6), {"county": 50}, 1, frozenset({3})), parents)
    pd.testing.assert_frame_equal(frame, copy)


def test_another_deadline_is_that_deadline() -> None:
    frame, parents = counties()
    later = date(2016, 12, 30)
    told = answer(frame, Scenario(deadline=later), parents)
    pd.testing.assert_frame_equal(told, assess(frame, FRIDAY, later, CALENDAR, SETTINGS, start=START))
    assert (told["working_days_left"] == 25).all()


def test_an_exempted_unit_leaves_every_sum() -> None:
    frame, parents = counties()
    told = answer(frame, Scenario(exempt=frozenset({4})), parents)
    assert told.index.tolist() == [1, 2, 3]
    for name in ("expected", "entered", "submitted", "approved", "returned"):
        assert told.loc[1, name] == told.loc[[2, 3], name].sum()
    assert ranking(told.loc[[2, 3]])["of"].tolist() == [2, 2]
    rest = without(frame, frozenset({4}), parents)
    of_two = frame[frame["unit"].isin([2, 3])].groupby("day")[list(COLUMNS)].sum()
    pd.testing.assert_frame_equal(
        rest[rest["unit"] == 1].set_index("day")[list(COLUMNS)].sort_index(), of_two, check_dtype=False
    )


def test_what_is_below_an_exempted_unit_goes_with_it_and_is_taken_off_once() -> None:
    frame, parents = counties()
    province = frame[frame["unit"] == 1].assign(unit=9)
    whole = pd.concat([frame, province], ignore_index=True)
    rest = without(whole, frozenset({1, 2}), {**parents, 1: 9})
    assert set(rest["unit"]) == {9}
    assert (rest[list(COLUMNS)] == 0).all(axis=None)


def test_reviewers_help_where_the_review_is_what_holds_up() -> None:
    frame, parents = counties()
    plain = answer(frame, Scenario(), parents)
    told = answer(frame, Scenario(extra_review={"county": 20}, where=2), parents)
    assert told.loc[2, "pace"] > plain.loc[2, "pace"]
    assert told.loc[2, "p50"] < plain.loc[2, "p50"]
    assert told.loc[2, "probability"] > plain.loc[2, "probability"] - 0.01
    assert told.loc[2, "approved"] == plain.loc[2, "approved"], "what is done today is done, whoever helps tomorrow"
    assert told.loc[1, "p50"] <= plain.loc[1, "p50"]
    pd.testing.assert_frame_equal(told.loc[[3, 4]], plain.loc[[3, 4]])


def test_reviewers_at_a_level_without_a_queue_bring_next_to_nothing() -> None:
    frame, parents = counties()
    plain = answer(frame, Scenario(), parents)
    told = answer(frame, Scenario(extra_review={"county": 500}, where=4), parents)
    assert abs(told.loc[4, "pace"] - plain.loc[4, "pace"]) < 0.25 * plain.loc[4, "pace"]


def test_more_reviewers_never_make_it_later() -> None:
    frame, parents = counties()
    finishes = [
        answer(frame, Scenario(extra_review={"county": n}, where=2), parents).loc[2, "p50"] for n in (0, 5, 20, 80)
    ]
    assert finishes == sorted(finishes, reverse=True)


def test_reviewers_at_the_top_are_shared_by_what_waits() -> None:
    frame, parents = counties()
    plain = answer(frame, Scenario(), parents)
    at_top = answer(frame, Scenario(extra_review={"county": 30}, where=1), parents)
    unnamed = answer(frame, Scenario(extra_review={"county": 30}), parents)
    pd.testing.assert_frame_equal(at_top, unnamed)
    assert plain.loc[2, "stage"] == "county_review"
    waiting = {unit: plain.loc[unit, "stage_waiting"] for unit in (2,)}
    pending = frame[(frame["day"] == pd.Timestamp(FRIDAY))].set_index("unit")["pending_county"]
    assert waiting[2] == pending[2]
    share = pending[2] / pending[1]
    alone = answer(frame, Scenario(extra_review={"county": 30 * share}, where=2), parents)
    assert abs(at_top.loc[2, "pace"] - alone.loc[2, "pace"]) < 1e-9


def test_a_standstill_at_a_review_is_lifted_by_reviewers() -> None:
    figures = pipeline(Random(3), "county_review")
    stop = figures[date(2016, 11, 8)]
    for day, row in figures.items():
        if day > date(2016, 11, 8):
            row.update(approved=stop["approved"], approved_county=stop["approved"])
            row.update(pending_county=row["approved_school"] - stop["approved"])
    frame = World({2: figures}, FRIDAY).frame
    plain = answer(frame, Scenario(), {})
    assert (plain.loc[2, "status"], plain.loc[2, "stage"], plain.loc[2, "stage_stalled"]) == (
        "stalled",
        "county_review",
        True,
    )
    told = answer(frame, Scenario(extra_review={"county": 60}), {})
    assert told.loc[2, "status"] != "stalled"
    assert told.loc[2, "none_reason"] is None
    assert not told.loc[2, "stage_stalled"]


def test_it_answers_for_any_figures() -> None:
    for seed in range(25):
        world = random_world(seed, 5, 50, seed % 3)
        scenario = Scenario(DEADLINE + timedelta(days=7), {"school": 3, "province": 9}, None, frozenset())
        told = what_if(world.frame, world.as_of, DEADLINE, CALENDAR, SETTINGS, scenario)
        assert told.index.tolist() == world.known()
        assert told["status"].notna().all()
        for name in ("approved", "pending_school", "expected"):
            if name in told:
                assert told[name].tolist() == [world.now(unit, name) for unit in told.index]
