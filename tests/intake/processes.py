"""What other processes do in the tests of kills and of several people at once. Imported by those processes: no pytest here.

They come from a fork server that has everything imported: a start costs milliseconds, and nothing of the test's own
process (threads, connections) is in them.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from monitor.access.who import Who
from monitor.campaign import load_campaign
from monitor.intake.load import import_files
from monitor.store import Scope, Store, migrate, open_store, read
from monitor.store.loads import undo

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(
    [__name__, "polars", "fastexcel", "psycopg", "psycopg_binary", "sqlalchemy.dialects.postgresql.psycopg",
     "monitor.bulletins.life", "monitor.filings.life", "monitor.store.backup", "typst"]
)  # fmt: skip


def work(url: str, job: str, gate: Any = None, die_at: int = 0) -> None:
    """Do a job (see `do`), after `gate` opens, in its own process.

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
    """Load a file, undo a batch, or an act of ACTS: its name, a colon, and what it needs."""
    act, _colon, rest = job.partition(":")
    if act in ACTS:
        ACTS[act](store, rest)
    elif job.isdigit():
        undo(store, int(job), "")
    else:
        import_files(store, store.campaign, [job])


def _migrate(store: Store, _rest: str) -> None:
    migrate(store)


def _submit(store: Store, code: str) -> None:
    """The report of a city for November, filled in before."""
    from monitor.filings import life
    from monitor.filings.report import report

    with store.connect() as connection:
        unit = read.unit(connection, Scope.all(), code)
        mine = Scope(frozenset({unit.id}), frozenset({"schools"}))
        shown = report(connection, store.campaign, mine, code, "2016-11")
    life.submit(store, Who("city", "（演示）", "city", unit, mine), shown)


def _publish(store: Store, number: str) -> None:
    """The first revision of a draft."""
    from monitor.bulletins.life import Desk

    Desk.of_the_office(store).publish(int(number), 1, 1)


def _backup(store: Store, path: str) -> None:
    from monitor.store.backup import backup

    backup(store, Path(path), "")


def _restore(store: Store, path: str) -> None:
    from monitor.store.backup import restore

    restore(store, Path(path), "", replace=True)


ACTS: Final[dict[str, Callable[[Store, str], None]]] = {
    "migrate": _migrate,
    "submit": _submit,
    "publish": _publish,
    "backup": _backup,
    "restore": _restore,
}


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
