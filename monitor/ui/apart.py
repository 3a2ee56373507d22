"""Long computing in a process of its own, with less of a claim to the processor than the pages have.

Python computes in one thread at a time: a thread that fills in a hundred forms holds up every page. One such process
runs at a time; whoever asks meanwhile waits for it.
"""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any, Final, TypeVar

from monitor import i18n
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
            context = multiprocessing.get_context("spawn")
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(there, language, work, expected, arguments), daemon=True)
            process.start()
            there.close()
            try:
                result: Result = _heard(here, tell)
                return result
            finally:
                here.close()
                process.terminate()  # it has ended, or nobody waits for it any more
                process.join()
                process.close()

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


def _work(
    there: Connection,
    language: str,
    work: Callable[..., Any],
    expected: tuple[type[Exception], ...],
    arguments: tuple[Any, ...],
) -> None:
    """What the other process does. An error that is not expected ends it, with its trace in the log."""
    os.nice(_NICE)
    i18n.use(language)
    store: Store = runtime.store()
    try:
        there.send(("done", work(store, lambda said: there.send(("said", said)), *arguments)))
    except expected as error:
        there.send(("refused", str(error)))
    finally:
        runtime.close()
