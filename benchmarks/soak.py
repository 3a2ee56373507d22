"""Hours of ordinary use: sessions come and go, pages run, tables are loaded and undone. What the process holds must not grow.

    python benchmarks/soak.py [--minutes 60] [--tabs 20] [--think 4] [--database sqlite:///filled.db]

Streamlit's garbage collection after each run is switched off (.streamlit/config.toml); the program collects beside its
pages (monitor/ui/upkeep.py): here it is seen that this is enough. Every quarter of a minute the memory, Python's allocated blocks, threads and open files of the server are noted; printed
are the figures along the way and, once everything is warm, their slope per hour and per thousand runs.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.crowd import Client, Person, Server, Watch, free_port, people, serving, signed_in, thinking
from benchmarks.load import MIX, filled
from monitor.access import sessions
from monitor.campaign import PROJECT
from monitor.store import Scope, Store, read
from monitor.store.loads import NewBatch, Tables, load, undo
from monitor.store.read import own

_EVERY = 15.0  # seconds between two looks
_LOADING = 60.0  # seconds between two loads
_NOTED = ("memory, MB", "blocks", "threads", "open files")

_SERVE = """
import os, sys, threading, time
os.chdir({project!r}); sys.path.insert(0, {project!r})
def count():
    while True:
        with open({file!r} + ".new", "w") as out:
            out.write(str(sys.getallocatedblocks()))
        os.replace({file!r} + ".new", {file!r})
        time.sleep({every})
threading.Thread(target=count, daemon=True).start()
from monitor.cli.serving import run
run("app:app", {project!r}, "127.0.0.1", {port}, "127.0.0.1")
"""


async def _tab(port: int, store: Store, everybody: list[Person], watch: Watch, pause: float, until: float) -> None:
    """One browser after another: signs in, looks at some pages, signs out or is just closed."""
    while time.monotonic() < until:
        known = random.choice(everybody)
        person = await asyncio.to_thread(signed_in, store, known.name, known.role)
        async with Client(port, watch, person) as client:
            await client.visit("")
            for _turn in range(random.randint(2, 8)):
                await asyncio.sleep(thinking(pause))
                choices = MIX[known.role]
                page, query, _weight = random.choices(choices, [one[2] for one in choices])[0]
                await client.visit(page, query)
        if random.random() < 0.5:
            await asyncio.to_thread(_sign_out, store, person)


def _sign_out(store: Store, person: Person) -> None:
    who = sessions.check(store, person.cookie, datetime.now(UTC), used=False)
    if who is not None:
        sessions.end(store, who)


async def _loads(store: Store, watch: Watch, until: float) -> None:
    """A correction of the newest day of some hundred units, and its undo, over and over: all that is kept is stale."""
    while time.monotonic() < until - _LOADING:
        await asyncio.sleep(_LOADING / 2)
        try:
            await asyncio.to_thread(_load_and_undo, store)
        except Exception as error:
            watch.errors[f"load: {type(error).__name__} {error}"[:200]] += 1
        await asyncio.sleep(_LOADING / 2)


def _load_and_undo(store: Store) -> None:
    with store.connect() as connection:
        day = read.newest_day(connection)
        assert day is not None
        root = read.root(connection, store.campaign, Scope.all())
        assert root is not None
        units = read.reporting_below(connection, Scope.all(), root.id, "schools")["unit"].tolist()
        asked = random.sample(units, min(300, len(units)))
        import polars as pl

        keys = pl.DataFrame({"unit_id": sorted(asked)}).with_columns(day=pl.lit(day))
        stands = own.collection_on(connection, keys).drop_nulls(["entered", "submitted", "expected"])
    table = stands.select("unit_id", "day", "expected", "entered", "submitted", "numbered")
    table = table.with_columns(entered=pl.col("entered") + 1)
    done = load(
        store, NewBatch("collection", "soak.csv", str(time.time()), "", table.height), Tables(collection=table), []
    )
    undo(store, done.batch_id, "")


async def _look(server: Server, counted: Path, watch: Watch, until: float) -> list[tuple[float, ...]]:
    """Seconds since the beginning, runs so far, and _NOTED."""
    begun, noted, told = time.monotonic(), [], 0.0
    while time.monotonic() < until:
        await asyncio.sleep(_EVERY)
        passed = time.monotonic() - begun
        objects = float(counted.read_text() or 0) if counted.exists() else 0.0
        noted.append(
            (
                passed,
                float(len(watch.runs)),
                server.megabytes,
                objects,
                float(server.status("Threads")),
                float(server.files),
            )
        )
        if passed - told >= 300:
            told = passed
            _told(noted[-1], watch)
    return noted


def _told(line: tuple[float, ...], watch: Watch) -> None:
    print(
        f"{line[0] / 60:5.0f} min {int(line[1]):7,} runs"
        + "".join(f"{name:>13} {value:9,.0f}" for name, value in zip(_NOTED, line[2:], strict=True))
        + f"{sum(watch.errors.values()):5} errors",
        flush=True,
    )


async def soak(server: Server, counted: Path, store: Store, given: argparse.Namespace) -> tuple[Watch, np.ndarray]:
    """Everything at once."""
    watch, everybody = Watch(), people(store)
    until = time.monotonic() + 60 * given.minutes
    found = await asyncio.gather(
        _look(server, counted, watch, until),
        _loads(store, watch, until),
        *(_tab(server.port, store, everybody, watch, given.think, until) for _tab_number in range(given.tabs)),
    )
    return watch, np.array(found[0])


def report(watch: Watch, noted: np.ndarray) -> None:
    """Slopes over the second half, when every cache is as full as it gets."""
    warm = noted[noted[:, 0] > noted[-1, 0] / 2]
    _told(tuple(noted[-1]), watch)
    for place, name in enumerate(_NOTED, 2):
        slope = np.polyfit(warm[:, 0] / 3600, warm[:, place], 1)[0]
        runs = np.polyfit(warm[:, 1] / 1000, warm[:, place], 1)[0]
        half = len(warm) // 2
        print(
            f"{name:12} second half: {warm[:half, place].mean():11,.1f} then {warm[half:, place].mean():11,.1f};"
            f" slope {slope:+11,.1f} an hour, {runs:+9,.2f} per thousand runs; most {noted[:, place].max():11,.1f}"
        )
    for error, times in watch.errors.most_common(5):
        print(f"{times} × {error}")


def main() -> None:
    """Fill a store if none is given, then use it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--tabs", type=int, default=20)
    parser.add_argument("--think", type=float, default=4)
    parser.add_argument("--database")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    os.environ.pop("MONITOR_DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store, counted, port = filled(given, folder), folder / "objects", given.port or free_port()
        code = _SERVE.format(project=str(PROJECT), file=str(counted), every=_EVERY, port=port)
        url = store.engine.url.render_as_string(hide_password=False)
        with serving(["-c", code], folder, port, {"MONITOR_DATABASE_URL": url}) as server:
            print(
                f"{given.minutes:.0f} minutes, {given.tabs} tabs, a click every {given.think:.0f} s each, a load and its undo a minute"
            )
            report(*asyncio.run(soak(server, counted, store, given)))
        store.close()


if __name__ == "__main__":
    main()
