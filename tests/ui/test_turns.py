"""Runs of pages take turns."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Thread

import pytest

from monitor.ui.turns import PAGES, Turns

LONG = 3600.0
"""Seconds: longer than any test."""


class Crowd:
    """Threads that each take a turn and keep it until they are told to leave."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.begun: SimpleQueue[int] = SimpleQueue()
        self._there: set[int] = set()
        self.threads: list[Thread] = []
        self.leave: list[Event] = []

    def come(self) -> None:
        number, leave = len(self.threads), Event()
        waiting = len(self._turns._queue)

        def run() -> None:
            with self._turns.turn(), self._turns.turn():  # a part of a page within the page
                self._there.add(number)
                self.begun.put(number)
                assert leave.wait(60)

        thread = Thread(target=run)
        self.leave.append(leave)
        self.threads.append(thread)
        thread.start()
        while len(self._turns._queue) == waiting and number not in self._there:
            thread.join(0.001)

    def began(self) -> list[int]:
        """Who began since, after nobody else has for a moment."""
        found = []
        try:
            while True:
                found.append(self.begun.get(timeout=0.3))
        except Empty:
            return found


@pytest.fixture
def crowd() -> Callable[[Turns, int], Crowd]:
    def gather(turns: Turns, people: int) -> Crowd:
        made = Crowd(turns)
        for _ in range(people):
            made.come()
        return made

    return gather


def test_one_after_the_other_in_the_order_of_coming(crowd: Callable[[Turns, int], Crowd]) -> None:
    here = crowd(Turns(brisk=1, brief=LONG, at_once=12), 5)
    for number in range(5):
        assert here.began() == [number]
        here.leave[number].set()


def test_so_many_side_by_side(crowd: Callable[[Turns, int], Crowd]) -> None:
    here = crowd(Turns(brisk=3, brief=LONG, at_once=12), 5)
    assert sorted(here.began()) == [0, 1, 2]
    here.leave[1].set()
    assert here.began() == [3]
    for leave in here.leave:
        leave.set()
    assert here.began() == [4]


def test_what_takes_long_holds_nobody_up_but_not_without_end(crowd: Callable[[Turns, int], Crowd]) -> None:
    here = crowd(Turns(brisk=1, brief=0.01, at_once=4), 6)
    assert sorted(here.began()) == [0, 1, 2, 3]
    here.leave[2].set()
    assert here.began() == [4]
    for leave in here.leave:
        leave.set()
    assert here.began() == [5]
    for thread in here.threads:
        thread.join(60)
        assert not thread.is_alive()


def test_a_page_that_fails_gives_its_turn_back() -> None:
    turns = Turns(brisk=1, brief=LONG, at_once=1)

    def fail() -> None:
        with pytest.raises(ValueError), turns.turn():
            raise ValueError

    for _ in range(3):
        thread = Thread(target=fail)
        thread.start()
        thread.join(60)
        assert not thread.is_alive()


def test_pages_that_wait_for_the_store_leave_room_for_others(crowd: Callable[[Turns, int], Crowd]) -> None:
    """As the program is set: eight that have waited for half a second each, and a ninth comes."""
    here = crowd(PAGES, 9)
    found: list[int] = []
    while len(found) < 9:
        found += here.began()
    assert found == list(range(9))
    for leave in here.leave:
        leave.set()
