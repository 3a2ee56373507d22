"""The evening of the 25th: every city, county and university signed in at once, beside an empty page under the same load.

    python benchmarks/load.py [--database sqlite:///filled.db] [--seconds 120] [--think 30] [--arriving 90] [--export]

Each of the accounts opens the program in a browser tab of its own (a real websocket that speaks Streamlit's protocol),
and goes on clicking, with pauses in between. Without --database the demonstration is filled into a store of its own.
With --export the province has all of the month's forms made meanwhile.
"""

import argparse
import asyncio
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import make_url

from benchmarks.crowd import Client, Person, Server, Watch, empty_page, free_port, people, program, signed_in, thinking
from monitor.access.demo import create_accounts
from monitor.campaign import load_campaign
from monitor.demo import fill
from monitor.store import Store, migrate, open_store
from monitor.store.setup import load_register_files

MIX = {  # what is opened on that evening, by role: (page, address, weight)
    "city": (
        ("monthly", "", 5),
        ("", "", 1),
        ("overview", "", 1),
        ("cities", "", 2),
        ("lagging", "", 1),
        ("filings", "", 1),
    ),
    "county": (("", "", 2), ("overview", "", 1), ("cities", "", 4), ("lagging", "", 2), ("quality", "", 1)),
    "university": (("monthly", "", 6), ("", "", 1), ("overview", "", 1), ("universities", "", 2), ("filings", "", 1)),
}


async def _person(port: int, who: Person, watch: Watch, given: argparse.Namespace, until: float, pages: bool) -> None:
    await asyncio.sleep(random.uniform(0, given.arriving))
    seen = set()
    async with Client(port, watch, who) as client:
        await client.visit("", first=True)
        seen.add("")
        while time.monotonic() + (pause := thinking(given.think)) < until:
            await asyncio.sleep(pause)
            choices = MIX[who.role] if pages else (("", "", 1),)
            page, query, _weight = random.choices(choices, [one[2] for one in choices])[0]
            await client.visit(page, query, first=page not in seen)
            seen.add(page)


async def crowd(
    server: Server, everybody: Sequence[Person], watch: Watch, given: argparse.Namespace, *, pages: bool = True
) -> None:
    """Everybody at once, for so long."""
    until = time.monotonic() + given.arriving + given.seconds
    await asyncio.gather(*(_person(server.port, who, watch, given, until, pages) for who in everybody))


# ---- the big export ----------------------------------------------------------------------------------------------


async def export(server: Server, office: Person, watch: Watch) -> tuple[float, float, int]:
    """Have all forms of the month made and fetch them: when it began, when it ended, how many bytes came."""
    own = Watch()
    async with Client(server.port, own, office) as client:
        await client.visit("filings")
        begun = time.monotonic()
        await client.press("month-files-xlsx")
        for _turn in range(600):
            found = [link for link in own.links if ".zip" in link]
            if found:
                break
            await asyncio.sleep(1)
            await client.visit("filings")
        ended = time.monotonic()
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/{found[-1]}", headers={"Cookie": f"monitor_session={office.cookie}"}
        )
        content = await asyncio.to_thread(lambda: urllib.request.urlopen(request).read())
    watch.errors.update(own.errors)
    return begun, ended, len(content)


async def _with_export(
    server: Server, everybody: Sequence[Person], office: Person, watch: Watch, given: argparse.Namespace
) -> tuple[float, float, int]:
    async def later() -> tuple[float, float, int]:
        await asyncio.sleep(given.arriving + given.seconds / 3)
        return await export(server, office, watch)

    found, _nothing = await asyncio.gather(later(), crowd(server, everybody, watch, given))
    return found


# ---- figures -----------------------------------------------------------------------------------------------------


def told(name: str, spent: Sequence[float]) -> None:
    """One line of percentiles."""
    if len(spent) < 2:
        return
    cuts = statistics.quantiles(spent, n=100, method="inclusive")
    print(
        f"{name:34}{len(spent):6} runs  p50 {1000 * cuts[49]:7.0f} ms  p95 {1000 * cuts[94]:7.0f} ms"
        f"  p99 {1000 * cuts[98]:7.0f} ms  worst {1000 * spent[-1]:7.0f} ms",
        flush=True,
    )


def report(name: str, watch: Watch, settled: float, before: tuple[float, float], server: Server, tabs: int) -> None:
    """What one server did."""
    print(f"\n{name}")
    told(
        "  arriving: first run of a page",
        [s for what, _at, s in sorted(watch.runs, key=lambda run: run[2]) if what.startswith("first ")],
    )
    told("  once everybody is there", [
        spent for what, at, spent in sorted(watch.runs, key=lambda run: run[2]) if at > settled and not what.startswith("first ")
    ])  # fmt: skip
    for page in sorted({what for what, _at, _s in watch.runs if not what.startswith("first ")}):
        told(f"    {page}", watch.seconds(page, settled))
    used = server.cpu_seconds - before[1]
    print(
        f"  {sum(watch.errors.values())} errors; memory {before[0]:.0f} → {server.megabytes:.0f} MB,"
        f" {(server.megabytes - before[0]) / tabs:.2f} MB a session; {used / len(watch.runs) * 1000:.0f} ms of processor"
        f" a run; {server.status('Threads')} threads"
    )
    for error, times in watch.errors.most_common(5):
        print(f"  {times} × {error}")


def measure(store: Store, folder: Path, given: argparse.Namespace) -> None:
    """The program, then the empty page."""
    everybody = people(store)
    office = signed_in(store, "province-schools", "province_schools")
    roles = {role: sum(one.role == role for one in everybody) for role in MIX}
    print(
        f"{len(everybody)} sessions ({roles}), all within {given.arriving:.0f} s, then {given.seconds:.0f} s; a click every {given.think:.0f} s each"
    )
    for name, serve in (
        ("the program", lambda: program(folder, given.port or free_port(), store)),
        ("an empty Streamlit page", lambda: empty_page(folder, given.port or free_port())),
    ):
        pages = name == "the program"
        with serve() as server:
            watch = Watch()
            asyncio.run(_warm(server, office if pages else None))
            before = server.megabytes, server.cpu_seconds
            settled = time.monotonic() + given.arriving + 5
            if given.export and pages:
                begun, ended, size = asyncio.run(_with_export(server, everybody, office, watch, given))
            else:
                asyncio.run(crowd(server, everybody, watch, given, pages=pages))
            report(name, watch, settled, before, server, len(everybody))
            if given.export and pages:
                print(
                    f"  all forms of the month: {size / 1e6:.1f} MB in {ended - begun:.1f} s; the others meanwhile and otherwise:"
                )
                told("    while it was made", watch.seconds("", begun, ended))
                told("    before", watch.seconds("", settled, begun))


async def _warm(server: Server, office: Person | None) -> None:
    """What the first visitor of all waits for: modules are loaded."""
    async with Client(server.port, Watch(), office) as client:
        for page in ("", "monthly", "cities", "universities", "filings") if office else ("",):
            await client.visit(page)


def filled(given: argparse.Namespace, folder: Path) -> Store:
    """A store with the demonstration that may be changed: a copy of the one that is named, or a new one."""
    campaign = load_campaign()
    if given.database:
        url = make_url(given.database)
        if url.get_backend_name() != "sqlite":
            return open_store(given.database, campaign)
        shutil.copy(str(url.database), folder / "store.db")
    store = open_store(f"sqlite:///{folder}/store.db", campaign)
    migrate(store)
    if not given.database:
        load_register_files(store)
        fill(store, campaign)
        create_accounts(store, campaign)
    return store


def main() -> None:
    """Fill a store if none is given, then measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--think", type=float, default=30, help="seconds between two clicks of one person, on average")
    parser.add_argument("--arriving", type=float, default=90, help="seconds within which everybody signs in")
    parser.add_argument("--export", action="store_true", help="make all forms of the month meanwhile")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    os.environ.pop("MONITOR_DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as name:
        store = filled(given, Path(name))
        measure(store, Path(name), given)
        store.close()


if __name__ == "__main__":
    main()
