"""All measures of all units at once, from one pivot."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from monitor.measures.bottleneck import Stages
from monitor.measures.forecast import forecast
from monitor.measures.pace import pace, required_pace, working_days_left
from monitor.measures.panel import Panel, stretch
from monitor.measures.rates import rates
from monitor.measures.schedule import schedule
from monitor.measures.settings import Settings, WorkingDays
from monitor.measures.status import Question, before_any_data, gains, sentences, statuses

COUNTED = ("expected", "entered", "submitted", "approved", "returned", "denominator")


def assess(
    panel: pd.DataFrame | Panel,
    as_of: date,
    deadline: date,
    calendar: WorkingDays,
    settings: Settings,
    *,
    start: date | None = None,
    units: Sequence[int] | None = None,
    why: bool = True,
) -> pd.DataFrame:
    """Everything that is said of a unit by itself (docs/definitions.md); places and limits within a group: ranking,
    funnel.

    `panel`: the long frame that measures.panel.Panel describes, with expected, entered, submitted, approved, returned
    and the places of all review levels, and denominator where it is not expected; or a Panel up to `as_of`. `start`:
    the first day of the work, for the schedule (default: the first day in the panel; give it where the answer must
    not depend on which units are asked for). `units`: the units to answer for, in this order; those without figures
    are not started. `why=False` leaves the sentences out.

    Returns one row a unit (index `unit`), missing values where a figure does not exist:
    expected, entered, submitted, approved, returned, denominator (as of the day; nullable integers), left
    (denominator − approved), collection, review, completion (ratios), pace, window, required_pace, working_days_left,
    p10, p50, p90 (days), probability, late (working days from the deadline to p50), none_reason, status, why, stage,
    stage_waiting, stage_days, stage_stalled, gained (approvals over the standstill window), first_day (of figures),
    should_be, ahead.
    """
    pivot = panel if isinstance(panel, Panel) else Panel(panel, as_of)
    if pivot.as_of != as_of:
        raise ValueError(f"the panel is pivoted up to {pivot.as_of}, not {as_of}")
    question = Question(as_of, deadline, calendar, settings)
    table = _figures(pivot)
    table = table.join(rates(table)).join(pace(pivot, calendar, settings.pace_window)).astype({"window": "Int64"})
    table["working_days_left"] = working_days_left(as_of, deadline, calendar)
    left = pivot.now("denominator") - pivot.now("approved")
    table["required_pace"] = pd.array(required_pace(left, question.working_days_left)).astype("Int64")
    table = table.join(forecast(pivot, deadline, calendar, settings)).join(gains(pivot, calendar, settings))
    table["status"] = pd.Series(statuses(table, question), index=table.index, dtype=object)
    table = table.join(_stage(pivot, calendar, settings))
    table = table.join(schedule(pivot, start or pivot.origin, deadline, calendar)).drop(columns="stalled")
    if why:
        table["why"] = pd.Series(sentences(table, question), index=table.index, dtype=object)
    return table if units is None else _complete(table, units, question, why)


def _figures(pivot: Panel) -> pd.DataFrame:
    columns = {name: pivot.now(name) for name in COUNTED}
    columns["left"] = columns["denominator"] - columns["approved"]
    return pd.DataFrame(columns, index=pd.Index(pivot.units, name="unit")).astype("Int64")


def _stage(pivot: Panel, calendar: WorkingDays, settings: Settings) -> pd.DataFrame:
    found = Stages(pivot, stretch(pivot, calendar, settings.pace_window)).longest(settings.min_stage_share)
    names = {"stage": "stage", "waiting": "stage_waiting", "days": "stage_days", "stalled": "stage_stalled"}
    return found.rename(columns=names)


def _complete(table: pd.DataFrame, units: Sequence[int], question: Question, why: bool) -> pd.DataFrame:
    """The rows asked for, in the order asked for; units that no table has mentioned stand at zero."""
    silent = [unit for unit in units if unit not in table.index]
    table = table.reindex(pd.Index(units, name="unit"))
    if not silent:
        return table
    status, sentence = before_any_data()
    table.loc[silent, [*COUNTED, "left", "required_pace", "should_be", "ahead"]] = 0
    table.loc[silent, "working_days_left"] = question.working_days_left
    table.loc[silent, "status"] = status
    table.loc[silent, "none_reason"] = "no_data"
    if why:
        table.loc[silent, "why"] = sentence
    for flag in ("stage_stalled",):
        table[flag] = table[flag].fillna(False).astype(bool)
    table["stage"] = table["stage"].where(table["stage"].notna(), None)
    return table.astype({"working_days_left": np.int64})
