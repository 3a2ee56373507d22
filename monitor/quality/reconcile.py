"""The three denominators side by side: expected of the live table, the frozen baseline, the official statistics.

A unit without statistics, or without figures, counts as 0 there. Every gap of a unit is the sum of the gaps of what is
below it (docs/definitions.md).
"""

from dataclasses import replace
from typing import Final

import pandas as pd

from monitor.figures import DENOMINATORS
from monitor.progress import View
from monitor.store import read
from monitor.units import Unit, merged_name

GAPS: Final = {"live_minus_statistics": ("live", "statistics"), "live_minus_baseline": ("live", "baseline")}
"""The gaps, as in the document of status --json, and what they are made of."""

_NAMES: Final = ["code", "name", "kind"]


def denominators(view: View, unit: Unit, sector: str) -> pd.DataFrame:
    """A unit and what is directly below it: index unit (id), the unit itself first; code, name, kind, live, baseline,
    statistics, and the names of GAPS. What is closed on the day has no row, as it has no figures; what was merged into
    the unit and has some comes last, and its name says so."""
    merged = view.merged([unit], sector).get(unit.id, [])
    units = [unit, *view.children(unit, sector), *(replace(one, name=merged_name(one.name)) for one in merged)]
    names = pd.DataFrame([[one.id, one.code, one.name, one.kind] for one in units], columns=["unit", *_NAMES])
    return _with_gaps(view, names, sector)


def reporting(view: View, unit: Unit, sector: str) -> pd.DataFrame:
    """The reporting units that a unit's denominators are the sums of, whether they have a gap or not: as
    `denominators`, with parent (the name of the office above) in place of kind. What counts 0 everywhere is left out."""
    found = _with_gaps(view, read.reporting_below(view.connection, view.scope, unit.id, sector), sector)
    return found[(found[list(DENOMINATORS)] != 0).any(axis=1)]


def _with_gaps(view: View, names: pd.DataFrame, sector: str) -> pd.DataFrame:
    figures = read.figures(view.connection, view.campaign, view.scope, names["unit"].tolist(), [view.as_of], sector)
    figures = figures.set_index("unit")[list(DENOMINATORS.values())]
    figures.columns = pd.Index(list(DENOMINATORS))
    found = names.set_index("unit").join(figures)
    found = found.fillna(dict.fromkeys(DENOMINATORS, 0)).astype(dict.fromkeys(DENOMINATORS, "int64"))
    return found.assign(**{gap: found[first] - found[second] for gap, (first, second) in GAPS.items()})
