"""Runs of pages take turns: who comes first is served first.

Python computes one thing at a time. Runs that compute side by side take that from one another thousands of times a second
(the driver of SQLite lets go of it at every row), and each then takes as long as all of them together: so only a few begin
while others have just begun. What has been at it for a while is waiting for the store or makes something big; the next
one need not wait for it.
"""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from threading import Event, Lock, local
from typing import Final


class Turns:
    """At most `brisk` that have begun within the last `brief` seconds, at most `at_once` in all."""

    def __init__(self, brisk: int, brief: float, at_once: int) -> None:
        self._brisk, self._brief, self._at_once = brisk, brief, at_once
        self._lock, self._own = Lock(), local()
        self._begun: list[float] = []
        self._queue: deque[Event] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Within it this thread has a turn; it waits for one first. A turn within a turn is the same one."""
        if getattr(self._own, "going_on", False):
            yield
            return
        begun = self._take()
        self._own.going_on = True
        try:
            yield
        finally:
            self._own.going_on = False
            self._give_back(begun)

    def _take(self) -> float:
        called = Event()
        with self._lock:
            self._queue.append(called)
        while True:
            with self._lock:
                first, now = self._queue[0] is called, time.monotonic()
                pause = self._pause(now) if first else inf
                if pause <= 0:
                    self._queue.popleft()
                    self._begun.append(now)
                    self._call()
                    return now
                called.clear()
            called.wait(None if pause == inf else pause)

    def _give_back(self, begun: float) -> None:
        with self._lock:
            self._begun.remove(begun)
            self._call()

    def _call(self) -> None:
        if self._queue:
            self._queue[0].set()

    def _pause(self, now: float) -> float:
        """Seconds until the next may begin, unless somebody is done before."""
        if len(self._begun) >= self._at_once:
            return inf
        if len(self._begun) < self._brisk:
            return 0
        return self._begun[-self._brisk] + self._brief - now


PAGES: Final = Turns(brisk=1, brief=0.5, at_once=12)
"""Those of the pages. Two that compute side by side are done no sooner than one after the other. Each page holds
connections to the store: hence no more than twelve, however long they wait for it."""
