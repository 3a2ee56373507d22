"""What other processes do in the tests of kills and of several people at once. Imported by those processes: no pytest here.

They come from a fork server that has everything imported: a start costs milliseconds, and nothing of the test's own
process (threads, connections) is in them.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from typing import Any

from sqlalchemy import Engine, event

from monitor.campaign import load_campaign
from monitor.intake.load import import_files
from monitor.store import Store, open_store
from monitor.store.loads import undo

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload([__name__, "polars", "fastexcel", "psycopg", "psycopg_binary", "sqlalchemy.dialects.postgresql.psycopg"])  # fmt: skip


def work(url: str, job: str, gate: Any = None, die_at: int = 0) -> None:
    """Load the file `job`, or undo the batch of that number; after `gate` opens, in its own process.

    With `die_at` the process kills itself before its statement of that number; the commits are counted as statements.
    """
    store = open_store(url, load_campaign())
    if die_at:
        _kill_itself(store, die_at)
    if gate is not None:
        gate.wait()
    do(store, job)
    store.close()


def do(store: Store, job: str) -> None:
    """Load a file, or undo a batch."""
    if job.isdigit():
        undo(store, int(job), "")
    else:
        import_files(store, store.campaign, [job])


def _kill_itself(store: Store, die_at: int) -> None:
    count = 0

    def step(*_arguments: Any, **_more: Any) -> None:
        nonlocal count
        count += 1
        if count == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    on_each_statement(store.engine, step)


def on_each_statement(engine: Engine, step: Callable[..., None]) -> None:
    """Call `step` before every statement and commit on this engine, and after every commit when the next one begins."""
    for name in ("before_cursor_execute", "commit", "begin"):
        event.listen(engine, name, step)


def start(*arguments: Any) -> ForkServerProcess:
    """Another process at `work`."""
    process = SERVER.Process(target=work, args=arguments)
    process.start()
    return process
