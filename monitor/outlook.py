"""What becomes of units: who lags and since when, how past forecasts did, what would be if something were otherwise.

Like monitor.progress, from which it takes its figures: the store's figures put through the measures.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from monitor import progress
from monitor.measures.history import backtest, status_history, status_since
from monitor.measures.panel import Panel
from monitor.measures.ranking import ranking
from monitor.measures.status import lags
from monitor.measures.whatif import Scenario, what_if
from monitor.progress import View
from monitor.store import Scope, read
from monitor.units import Unit
from monitor.workdays import Calendar

SINCE_DAYS: Final = 30
"""How many working days back it is looked for since when a unit lags."""

_SUPPOSED: Final = ("status", "completion", "pace", "required_pace", "p50", "probability", "why", "place")


def below(view: View, unit: Unit, kind: str, sector: str) -> pd.DataFrame:
    """Every unit of a kind at or below a unit, however deep, with all that is said of it and since when it lags.

    Index unit; the columns of table and of ranked (each among its own neighbours); over (name of the unit above it);
    since (the day from which it has had the status that it has, for those who lag; NaT for the others) and since_open
    (whether it had it on the earliest day looked at already: SINCE_DAYS working days ago, or that of the first
    figures); of those who lag `trend`, the completion in percent day by day up to the view's day.
    """
    units = [unit] if unit.kind == kind else read.descendants(
        view.connection, view.scope, unit.id, kind, view.as_of, sector
    )  # fmt: skip
    days = progress.panel(view, [member.id for member in units], sector)
    found = progress.table(view, units, sector, days=days)
    found = found.join(
        progress.ranked(View(view.connection, view.campaign, Scope.all(), view.as_of), units, sector, apart=True)
    )
    found["over"] = _names_above(view, units)
    of_late = days[days["unit"].isin(found.index[lags(found)])]
    return found.join(_since(view, of_late)).assign(trend=progress.trends(of_late).reindex(found.index))


def ranked_widely(view: View, unit: Unit, kind: str, sector: str) -> pd.DataFrame:
    """Every unit of a kind below a unit, however deep, ranked among all of them.

    Index unit; the columns of table and of ranked (places and limits among all of them); over (name of the unit above
    it); home_place and home_of (its place among its own neighbours).
    """
    units = read.descendants(view.connection, view.scope, unit.id, kind, view.as_of, sector)
    everyone = View(view.connection, view.campaign, Scope.all(), view.as_of)
    home = progress.ranked(everyone, units, sector, apart=True)[["place", "of"]].add_prefix("home_")
    found = progress.table(view, units, sector).join(progress.ranked(view, units, sector)).join(home)
    return found.assign(over=_names_above(view, units))


def _names_above(view: View, units: Sequence[Unit]) -> list[str]:
    above = {parent: read.unit_by_id(view.connection, Scope.all(), parent).name for parent in _parents(units)}
    return [above.get(member.shown_parent_id or 0, "") for member in units]


def _parents(units: Sequence[Unit]) -> list[int]:
    return sorted({unit.shown_parent_id for unit in units if unit.shown_parent_id is not None})


def _since(view: View, days: pd.DataFrame) -> pd.DataFrame:
    """Since when units have had their status: since, since_open (index unit)."""
    if days.empty:
        nothing = pd.DataFrame({"since": pd.Series(dtype="datetime64[s]"), "since_open": pd.Series(dtype=object)})
        return nothing.set_axis(pd.Index([], dtype="int64", name="unit"))
    history = status_history(
        Panel(days, view.as_of), view.campaign.deadline, Calendar(), view.campaign.measures, SINCE_DAYS
    )
    since = status_since(history)
    # Before its first figures a unit has no status: what held on the first day with figures held from the beginning.
    return pd.DataFrame({"since": since, "since_open": since.to_numpy() <= _first_known(history)})


def _first_known(history: pd.DataFrame) -> np.ndarray:
    first: np.ndarray = history.columns.to_numpy()[history.notna().to_numpy().argmax(axis=1)]
    return first


# ---- looking back, and supposing ---------------------------------------------------------------------------------


def past_forecasts(view: View, unit: Unit, kind: str, sector: str) -> pd.DataFrame:
    """What was forecast on each past working day for a unit and for the units of a kind below it, beside what has come
    of it by the view's day: the columns of measures.history.backtest, and name."""
    found = read.descendants(view.connection, view.scope, unit.id, kind, view.as_of, sector)
    names = {member.id: member.name for member in [unit, *found]}
    days = progress.panel(view, names, sector)
    table = backtest(Panel(days, view.as_of), view.campaign.deadline, Calendar(), view.campaign.measures)
    return table.assign(name=[names[int(member)] for member in table["unit"]])


def supposed(view: View, unit: Unit, sector: str, scenario: Scenario) -> pd.DataFrame:
    """A unit (the first row) and those directly below, as they stand and as they would under a scenario. Nothing is
    stored.

    Index unit; code, name, kind; and for today and (with the prefix `then_`) for the scenario: status, completion,
    pace, required_pace, p50, probability, why, place. Units that the scenario exempts, or that have no figures, are
    empty there.
    """
    children = view.children(unit, sector)
    units = [unit, *children]
    days = progress.panel(view, [member.id for member in units], sector)
    found = pd.DataFrame(
        {name: [getattr(member, name) for member in units] for name in ("code", "name", "kind")},
        index=pd.Index([member.id for member in units], name="unit"),
    )
    for prefix, asked in (("", Scenario()), ("then_", scenario)):
        told = what_if(
            days, view.as_of, view.campaign.deadline, Calendar(), view.campaign.measures, asked,
            {child.id: unit.id for child in children}, start=view.campaign.collecting_from,
        )  # fmt: skip
        kinds = found["kind"].where(found.index != unit.id, "").reindex(told.index)
        told["place"] = ranking(told, kinds)["place"].where(told.index != unit.id)
        found = found.join(told[list(_SUPPOSED)].add_prefix(prefix))
    return found
