"""Several people at one report at the same time: nothing is lost unseen, one judgement stands."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from monitor.filings import life
from monitor.store import Store
from tests.filings.accounts import MONTH, fill_in, person, shown


def test_two_people_in_one_field_the_second_is_told(small: Store) -> None:
    one, other = person(small, "city", "C1", "one"), person(small, "city", "C1", "other")
    first = life.save_field(small, one, "C1", MONTH, "problems", "甲写的", 0)
    with pytest.raises(life.Conflict) as told:
        life.save_field(small, other, "C1", MONTH, "problems", "乙写的", 0)
    assert (told.value.theirs.value, told.value.theirs.by) == ("甲写的", "one")
    assert shown(small, one, "C1").manual.problems == "甲写的"
    # In another field nothing is in the way; and who has seen the other's text may replace it.
    life.save_field(small, other, "C1", MONTH, "funds", "乙的经费", 0)
    life.save_field(small, other, "C1", MONTH, "problems", "乙写的", told.value.theirs.version)
    found = shown(small, one, "C1")
    assert (found.manual.problems, found.manual.funds) == ("乙写的", "乙的经费")
    assert found.filing.version == first.version + 2


def test_two_at_the_same_instant_lose_nothing_unseen(small: Store) -> None:
    """Threads write one field at once: one wins, all others are told; those in fields of their own all get in."""
    keys = ["working_group", "work_plan", "funds", "system_use"]
    told: list[str] = []
    start = threading.Barrier(2 * len(keys))

    def write(name: str, key: str, text: str) -> None:
        who = replace(person(small, "city", "C1"), name=name)
        start.wait()
        try:
            life.save_field(small, who, "C1", MONTH, key, text, 0)
        except life.Conflict:
            told.append(text)

    jobs = [("p", "problems", f"同一项 {n}") for n in range(len(keys))] + [("q", key, f"各自 {key}") for key in keys]
    threads = [threading.Thread(target=write, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = shown(small, person(small, "city", "C1"), "C1")
    assert [getattr(found.manual, key) for key in keys] == [f"各自 {key}" for key in keys]
    assert sorted([*told, found.manual.problems]) == [f"同一项 {n}" for n in range(len(keys))]
    assert found.filing.version == len(keys) + 1


def test_two_judge_at_once_and_one_judgement_stands(small: Store) -> None:
    city = person(small, "city", "C1")
    fill_in(small, city, "C1")
    life.submit(small, city, shown(small, city, "C1"))
    offices = [person(small, "province_schools", name=f"office-{n}") for n in range(2)]
    seen = shown(small, offices[0], "C1")
    refused: list[Exception] = []
    start = threading.Barrier(2)

    def judge(act: Callable[[], Any]) -> None:
        start.wait()
        try:
            act()
        except life.Refused as error:
            refused.append(error)

    acts = (
        lambda: life.accept(small, offices[0], seen),
        lambda: life.send_back(small, offices[1], seen, "请补充培训情况"),
    )
    threads = [threading.Thread(target=judge, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = shown(small, city, "C1")
    assert [type(error) for error in refused] == [life.Changed]
    assert [event.state for event in found.events] in (["submitted", "accepted"], ["submitted", "returned"])
