"""How long the measures take: for a province, and for the whole country.

    python benchmarks/measures_speed.py [--country]

A province: 15,000 schools × 40 and 75 days. The country: 31 provinces and 2,900 counties × 75 days at once, as pages
ask for them, and 510,000 schools × 75 days in parts of 15,000, as a night's work would.
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from monitor.figures import LEVELS
from monitor.measures import Panel, assess
from monitor.measures.bottleneck import bottleneck
from monitor.measures.change import change
from monitor.measures.forecast import forecast
from monitor.measures.funnel import funnel
from monitor.measures.pace import pace
from monitor.measures.ranking import ranking
from monitor.sections import Measures
from monitor.workdays import Calendar

CALENDAR, SETTINGS = Calendar(), Measures()
DEADLINE = date(2016, 12, 16)


def figures(units: int, days: int, people: float, seed: int = 1) -> tuple[pd.DataFrame, date]:
    """Invented units under way, up to `days` days after the start of September."""
    random = np.random.default_rng(seed)
    start = date(2016, 9, 12)
    expected = np.maximum(1, random.lognormal(np.log(people), 0.9, units)).astype(np.int64)
    share = np.cumsum(random.lognormal(0, 0.5, (units, days)), axis=1) / (days * random.uniform(0.9, 3, (units, 1)))
    steps = [
        np.floor(expected[:, None] * np.minimum(share * ahead, 1)).astype(np.int64) for ahead in (1.4, 1.3, 1.15, 1)
    ]
    entered, submitted, at_school, approved = (np.maximum.accumulate(step, axis=1).ravel() for step in steps)
    frame = pd.DataFrame({"unit": np.repeat(np.arange(units), days)})
    frame["day"] = np.tile(pd.to_datetime([start + timedelta(days=n) for n in range(days)]), units)
    frame["expected"] = frame["denominator"] = np.repeat(expected, days)
    frame["entered"], frame["submitted"], frame["approved"], frame["returned"] = entered, submitted, approved, 0
    for level in LEVELS:
        for place in ("pending", "approved", "returned"):
            frame[f"{place}_{level}"] = 0
    frame["approved_school"], frame["pending_school"] = at_school, submitted - at_school
    frame["approved_county"], frame["pending_county"] = approved, at_school - approved
    return frame, start + timedelta(days=days - 1)


def clocked(what: str, work: Callable[[], object], repeat: int = 3) -> None:
    """Prints the best of some runs: by the clock, and the processor's own time (other work on the machine left out)."""
    took = []
    for _ in range(repeat):
        begin, own = time.perf_counter(), time.process_time()
        work()
        took.append((time.perf_counter() - begin, time.process_time() - own))
    print(f"{what:48s} {min(t for t, _ in took):8.3f} s {min(t for _, t in took):8.3f} s processor")


def province(days: int) -> None:
    frame, as_of = figures(15_000, days, 35)
    panel = Panel(frame, as_of)
    table = assess(panel, as_of, DEADLINE, CALENDAR, SETTINGS, why=False)
    group = pd.Series(table.index % 90, index=table.index)
    week_ago = as_of - timedelta(days=7)
    print(f"15,000 schools × {days} days")
    clocked("  pivot", lambda: Panel(frame, as_of).now("approved"))
    clocked("  pace", lambda: pace(panel, CALENDAR, SETTINGS.pace_window))
    clocked("  bottleneck", lambda: bottleneck(panel, CALENDAR, SETTINGS))
    clocked("  forecast", lambda: forecast(panel, DEADLINE, CALENDAR, SETTINGS))
    clocked("  ranking in 90 counties", lambda: ranking(table, group))
    clocked("  funnel in 90 counties", lambda: funnel(table, group))
    clocked("  change since a week ago", lambda: change(frame, frame, {}, {}, week_ago, as_of))
    clocked(
        "  assess: everything, without sentences", lambda: assess(frame, as_of, DEADLINE, CALENDAR, SETTINGS, why=False)
    )
    clocked("  assess: everything, with sentences", lambda: assess(frame, as_of, DEADLINE, CALENDAR, SETTINGS))


def country() -> None:
    for name, units, people in (("31 provinces", 31, 500_000), ("2,900 counties", 2_900, 5_500)):
        frame, as_of = figures(units, 75, people)
        clocked(f"{name} × 75 days, assess", lambda f=frame, d=as_of: assess(f, d, DEADLINE, CALENDAR, SETTINGS))
    took = own = 0.0
    for part in range(34):
        frame, as_of = figures(15_000, 75, 35, seed=part)
        begin, before = time.perf_counter(), time.process_time()
        assess(frame, as_of, DEADLINE, CALENDAR, SETTINGS)
        took += time.perf_counter() - begin
        own += time.process_time() - before
    print(f"{'510,000 schools × 75 days, assess in 34 parts':48s} {took:8.3f} s {own:8.3f} s processor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--country", action="store_true", help="the whole country too")
    chosen = parser.parse_args()
    for days in (40, 75):
        province(days)
    if chosen.country:
        country()


if __name__ == "__main__":
    main()
