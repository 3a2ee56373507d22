"""Long computing in a process of its own, with less of a claim to the processor than the pages have.

Python computes in one thread at a time: a thread that fills in a hundred forms holds up every page. One such process
runs at a time; whoever asks meanwhile waits for it.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from threading import Lock
from typing import Any, Final, TypeVar

from monitor import i18n
from monitor.campaign import PROJECT
from monitor.store import Store
from monitor.ui import runtime
from monitor.ui.jobs import Tell

Result = TypeVar("Result")
Work = Callable[..., Result]

_NICE: Final = 10
_one = Lock()


class Refused(Exception):
    """The work ended with an error whose words are for the person."""


def apart(work: Work[Result], expected: tuple[type[Exception], ...], *arguments: Any) -> Callable[[Tell], Result]:
    """What a jobs.Job takes: `work(store, tell, *arguments)` in another process, on the same store.

    `work` is a function of a module, its arguments and its result can be sent. Of the `expected` errors the words come
    back, as a Refused.
    """

    def run(tell: Tell) -> Result:
        language = i18n.language()
        with _one:
            here, there = Pipe()
            # Not a process of multiprocessing: it would run anew what runs as __main__ here, and that is Streamlit's page.
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", __name__, str(there.fileno())], pass_fds=[there.fileno()], cwd=PROJECT
            )
            there.close()
            try:
                here.send((language, work, expected, arguments))
                result: Result = _heard(here, tell)
                return result
            finally:
                here.close()
                process.terminate()  # it has ended, or nobody waits for it any more
                process.wait()

    return run


def _heard(here: Connection, tell: Tell) -> Any:
    """The result, once it is there; what is said until then is passed on.

    Raises:
        EOFError: the process ended without one.
        Refused: see `apart`.
    """
    while True:
        kind, value = here.recv()
        if kind == "said":
            tell(value)
        elif kind == "refused":
            raise Refused(value)
        else:
            return value


def _work(there: Connection) -> None:
    """What the other process does. An error that is not expected ends it, with its trace in the log."""
    os.nice(_NICE)
    language, work, expected, arguments = there.recv()
    i18n.use(language)
    store: Store = runtime.store()
    try:
        there.send(("done", work(store, lambda said: there.send(("said", said)), *arguments)))
    except expected as error:
        there.send(("refused", str(error)))
    finally:
        runtime.close()


if __name__ == "__main__":
    _work(Connection(int(sys.argv[1])))
