"""Units beside their neighbours, worked out once for everybody who looks at one of them.

Who looks at a unit looks at it beside its neighbours, and so does each of them: what is said of all units under one
office is shared, and each account gets the rows that its scope holds.
"""

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from monitor import progress
from monitor.store import Scope, read
from monitor.ui.kept import MOST, Key, key_hash, view_of
from monitor.units import Unit


@dataclass(frozen=True)
class Siblings:
    """Units under one office: `table`, the answer of Reader.members for whoever sees them all; `panels`, the days of
    each (progress.panel) where there are not too many to keep. Shared: not to be changed."""

    table: pd.DataFrame
    panels: dict[int, pd.DataFrame]


def siblings(key: Key, office: int, sector: str) -> Siblings:
    """All units under an office, whatever the scope of the key."""
    return _siblings(replace(key, scope=Scope.all()), office, sector)


@st.cache_resource(max_entries=MOST, show_spinner=False, hash_funcs={Key: key_hash})
def _siblings(key: Key, office: int, sector: str) -> Siblings:
    with view_of(key) as view:
        units = read.children(view.connection, view.scope, office, view.as_of, sector)
        if not units:
            return Siblings(pd.DataFrame(), {})
        kinds = sorted({unit.kind for unit in units})
        places = [progress.ranked(view, [unit for unit in units if unit.kind == kind], sector) for kind in kinds]
        days = progress.panel(view, [unit.id for unit in units], sector)
        found = progress.table(view, units, sector, days=days).join(pd.concat(places))
    kept = days[days["unit"].isin([unit.id for unit in units if unit.kind != "school"])]
    return Siblings(
        found.assign(trend=progress.trends(days).reindex(found.index)),
        {int(str(unit)): part.reset_index(drop=True) for unit, part in kept.groupby("unit")},
    )


def beside(key: Key, unit: Unit, sector: str) -> Siblings | None:
    """The unit among its neighbours; None where it has to be looked at by itself."""
    if unit.shown_parent_id is None or sector not in key.scope.sectors:
        return None
    found = siblings(key, unit.shown_parent_id, sector)
    return found if unit.id in found.table.index else None
