"""What a process does for its visitors beforehand, and between their visits.

Streamlit's collection of garbage after each run is off: a full one takes longer than the run. But each run leaves a circle
behind (its thread, its context, its runner) that holds the state of its tab, and with it whatever the tab's pages hold.
Python by itself goes through what is old only when there is a quarter more of it: that is after hundreds of runs. So what
stands after the start, hundreds of thousands of objects that stay, is set aside once and for all; to go through the rest
every few seconds then takes some hundredths of a second.
"""

import gc
import importlib
import pkgutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

import monitor.ui

EVERY: Final = 10.0
"""Seconds between two collections, at least."""

_SHARE: Final = 50
"""How many times as long as a collection the pause after it is: where there is much to go through, it is done less often."""

_RARELY: Final = 1000
"""How many times Python goes through what is middle-aged before it goes through everything by itself, in whichever page is
running: it has no need to, as long as that is done here."""

_SCRIPTS: Final = ("main",)
"""What runs when it is loaded."""


def load() -> None:
    """Load what pages are made of, that the first visitor need not wait for it; and set aside what stands now."""
    for module in pkgutil.iter_modules(monitor.ui.__path__):
        if module.name not in _SCRIPTS:
            importlib.import_module(f"{monitor.ui.__name__}.{module.name}")
    gc.collect()
    gc.freeze()


@contextmanager
def collecting() -> Iterator[None]:
    """Within it the garbage of runs that have ended is collected. In a thread of its own, which holds no lock that what
    is let go may ask for."""
    ended, before = Event(), gc.get_threshold()

    def collect() -> None:
        pause = EVERY
        while not ended.wait(pause):
            began = time.perf_counter()
            gc.collect()
            pause = max(EVERY, _SHARE * (time.perf_counter() - began))

    thread = Thread(target=collect, name="collecting", daemon=True)
    thread.start()
    gc.set_threshold(before[0], before[1], _RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        ended.set()
        thread.join()
