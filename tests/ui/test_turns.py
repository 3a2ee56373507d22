"""Runs of pages take turns."""

from threading import Event, Lock, Thread

from monitor.ui import runtime


def test_no_more_than_some_at_a_time_and_everybody_in_the_end() -> None:
    lock, full, leave = Lock(), Event(), Event()
    within, most, done = [0], [0], [0]

    def run() -> None:
        with runtime.turn(), runtime.turn():  # a part of a page within the page
            with lock:
                within[0] += 1
                most[0] = max(most[0], within[0])
                if within[0] == runtime.AT_ONCE:
                    full.set()
            assert leave.wait(30)
            with lock:
                within[0] -= 1
                done[0] += 1

    threads = [Thread(target=run) for _ in range(3 * runtime.AT_ONCE)]
    for thread in threads:
        thread.start()
    assert full.wait(30)
    leave.set()
    for thread in threads:
        thread.join(30)
    assert (most[0], done[0]) == (runtime.AT_ONCE, len(threads))


def test_a_page_that_fails_gives_its_turn_back() -> None:
    def fail() -> None:
        try:
            with runtime.turn():
                raise ValueError
        except ValueError:
            pass

    for _ in range(2 * runtime.AT_ONCE):
        thread = Thread(target=fail)
        thread.start()
        thread.join(30)
    taken = Event()

    def take() -> None:
        with runtime.turn():
            taken.set()

    Thread(target=take).start()
    assert taken.wait(30)
