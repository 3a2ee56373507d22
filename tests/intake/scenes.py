"""Somebody is at work on a store and is killed: what a store looks like, and that it is as before or as after."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import inspect, select, text

from monitor.bulletins.life import tampered
from monitor.campaign import Campaign
from monitor.store import Store, audit, open_store, rollup
from monitor.store.schema import Moment, metadata
from tests.intake import processes

TIMES = int(os.environ.get("KILLS", "1"))
"""How many times the usual number of kills a run makes."""
MOMENTS = ("at", "loaded_at", "undone_at", "previous", "hash")
"""Columns that hold the moment of writing, or what follows from it (of the audit: its chain)."""

Picture = dict[str, list[tuple[Any, ...]]]


def tables_as_they_are(store: Store) -> Picture:
    """All rows of all tables that are there, whatever the state of the tables."""
    with store.connect() as connection:
        seen = inspect(connection)
        found = {}
        for name in sorted(seen.get_table_names()):
            columns = ", ".join(f'"{column["name"]}"' for column in seen.get_columns(name))
            found[name] = sorted(
                (tuple(row) for row in connection.execute(text(f'SELECT {columns} FROM "{name}"'))), key=repr
            )
            found[name].append((columns,))
        return found


def content(store: Store) -> Picture:
    """All rows of all tables but what every act writes about itself, without moments and what follows from them."""
    found = {}
    with store.connect() as connection:
        for each in metadata.sorted_tables:
            if each.name not in ("audit", "meta", "session"):
                kept = [
                    one
                    for one in each.columns
                    if not isinstance(one.type, Moment) and one.name not in ("docx", "pdf", "sha256", "detail")
                ]
                found[each.name] = sorted((tuple(row) for row in connection.execute(select(*kept))), key=repr)
    return found


def picture(store: Store) -> Picture:
    """All rows of all tables, the moment at which they were written left out."""
    with store.connect() as connection:
        found = {}
        for each in metadata.sorted_tables:
            left_out = MOMENTS if each.name in ("audit", "batch") else ()
            columns = [column for column in each.columns if column.name not in left_out]
            found[each.name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)
        # The anchor of the audit log follows from moments, too.
        found["meta"] = [row for row in found["meta"] if row[0] != "audit_head"]
        return found


def sound(store: Store, campaign: Campaign) -> bool:
    """What `doctor` looks at."""
    with store.begin(keep=False) as connection:
        wrong = rollup.differences(connection, campaign.baseline_day)
    with store.connect() as connection:
        chained = audit.broken_at(connection) is None
    return not wrong and chained and not tampered(store)


class Scene:
    """A store before the act; `job` is the act (tests.intake.processes.do). `copy` makes the store anew.

    seen: what of the store is compared; holds: what must be true of it after every kill; kills, done: how many there
    were, and after how many the act was found done.
    """

    def __init__(
        self,
        copy: Callable[[], str],
        campaign: Campaign,
        job: str,
        seen: Callable[[Store], Picture] = picture,
        holds: Callable[[Store, Campaign], bool] = sound,
    ) -> None:
        self._copy, self.campaign, self.job, self._seen, self._holds = copy, campaign, job, seen, holds
        self.kills = self.done = 0
        self._open()
        self.before = seen(self.store)
        self._count = 0
        processes.on_each_statement(self.store.engine, self._step)
        processes.do(self.store, job)
        self.statements = self._count
        self.after = self._seen(self.store)
        self._open()
        began = time.perf_counter()
        processes.start(self.url, job).join()
        self.seconds = time.perf_counter() - began
        assert self._seen(self.store) == self.after
        self._open()

    def _step(self, *_arguments: Any, **_more: Any) -> None:
        self._count += 1

    def _open(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
        self.url = self._copy()
        self.store = open_store(self.url, self.campaign)

    def kill(self, delay: float = 0.0, die_at: int = 0) -> bool:
        """Kill a process at the act, from outside after `delay`, or by itself at a statement; whether it had done it.

        The store is as before or as after, and sound. As before, it serves for the next kill; as after, it is made anew.
        """
        process = processes.start(self.url, self.job, None, die_at)
        if not die_at:
            time.sleep(delay)
            process.kill()
        process.join()
        assert not die_at or process.exitcode == -signal.SIGKILL
        done = self.look()
        self.kills, self.done = self.kills + 1, self.done + done
        return done

    def look(self) -> bool:
        """Hold the store against the pictures; whether it is as after."""
        _wait_for_the_end(self.store)
        now = self._seen(self.store)
        assert now in (self.before, self.after)
        assert self._holds(self.store, self.campaign)
        if now == self.after:
            self._open()
        return now == self.after

    def go_on(self) -> None:
        """After all that was killed the act succeeds as if nothing had been."""
        processes.do(self.store, self.job)
        assert self._seen(self.store) == self.after
        self._open()


def _wait_for_the_end(store: Store) -> None:
    """A server that has not noticed yet that its client is gone finishes the last statement first."""
    if store.is_sqlite:
        return
    others = (
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    for _try in range(600):
        with store.connect() as connection:
            if connection.execute(text(others)).scalar() == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server still works for a process that is gone")
