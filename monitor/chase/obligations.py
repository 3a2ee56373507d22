"""What the units directly below an office owe at a moment, and since when: what there is to chase."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

import pandas as pd

from monitor import progress
from monitor.campaign import COLLECTION, Campaign
from monitor.filings import calendar, milestones, roster
from monitor.i18n import _
from monitor.measures.status import LAGGING
from monitor.progress import View
from monitor.store import filings, read, rosters
from monitor.store.filings import MONTHLY, RETURNED
from monitor.units import Unit
from monitor.workdays import Calendar

FILING: Final = "filing"
MILESTONE: Final = "milestone"
FINDINGS: Final = "findings"

STAGES: Final[dict[str, Callable[[], str]]] = {
    "returned": lambda: _("sent back"),
    "long_overdue": lambda: _("long past due"),
    "overdue": lambda: _("past due"),
    "stalled": lambda: _("stalled"),
    "behind": lambda: _("behind"),
    "not_started": lambda: _("not started"),
    "open": lambda: _("unanswered"),
    "due_soon": lambda: _("due soon"),
}
"""How far something has come, the most pressing first."""


@dataclass(frozen=True)
class Obligation:
    """Something that a unit owes.

    Attributes:
        unit: who owes it.
        key: what: `filing:2016-11`, `filing:roster`, `milestone:work_plan`, `collection`, `findings`.
        stage: how far it has come (a key of STAGES): each stage of each thing is chased once.
        facts: the figures of the unit that the text speaks of; `title` says what is owed.
    """

    unit: Unit
    key: str
    stage: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What sort of thing it is: FILING, MILESTONE, COLLECTION or FINDINGS."""
        return self.key.split(":")[0]

    @property
    def period(self) -> str:
        """Of a filing: its period (2016-11, roster); of a milestone: its stage of the campaign."""
        return self.key.partition(":")[2]


def stage_word(stage: str) -> str:
    """A stage in words."""
    return STAGES[stage]() if stage in STAGES else stage


def owed(view: View, office: Unit, sectors: Iterable[str], at: datetime) -> list[Obligation]:
    """What the units directly below an office owe at the moment `at`, of the figures of the view's day (of_units)."""
    found: list[Obligation] = []
    for sector in sorted(sectors):
        units = [unit for unit in view.children(office, sector) if unit.sector == sector]
        found += of_units(view, units, sector, at)
    return found


def of_units(view: View, units: Sequence[Unit], sector: str, at: datetime) -> list[Obligation]:
    """What some units of a sector owe at the moment `at`, of the figures of the view's day.

    Only what they may be asked for: a report, a roster or a milestone that is neither there nor exempt, from
    `chase.remind_before` working days before its last day, or that was returned; progress of a lagging status; findings
    that have been waiting for `chase.findings_after` days.
    """
    return [*besides_progress(view, units, at), *_progress(view, units, sector)] if units else []


def besides_progress(view: View, units: Sequence[Unit], at: datetime) -> list[Obligation]:
    """The same without their progress, which takes most of the time."""
    return [*_filings(view, units, at), *_milestones(view, units, at), *_findings(view, units)] if units else []


def returned(view: View, units: Sequence[Unit], at: datetime) -> list[Obligation]:
    """What was sent back to some units and has not come again by the moment `at`."""
    return [one for one in [*_filings(view, units, at), *_milestones(view, units, at)] if one.stage == RETURNED]


# ---- reports and rosters -----------------------------------------------------------------------------------------


def _filings(view: View, units: Sequence[Unit], at: datetime) -> list[Obligation]:
    by_id = {unit.id: unit for unit in units}
    today = at.astimezone(view.campaign.timezone).date()
    found: list[Obligation] = []
    for period in calendar.periods(view.campaign, calendar.until(view.campaign, at, view.as_of)):
        if period.due is None:
            continue
        standing = period.standing(view.connection, view.campaign, view.scope, at)
        for unit_id, row in zip(standing.index, standing.to_dict("records"), strict=True):
            stage = stage_of(view.campaign, row, period.due, today)
            if stage and unit_id in by_id:
                facts = _due_facts(period.title, period.due, today)
                if stage == RETURNED:
                    facts |= _verdict(view, unit_id, period)
                elif period.key == roster.STAGE:
                    facts |= _copies(view, unit_id)
                found.append(Obligation(by_id[unit_id], f"{FILING}:{period.key}", stage, facts))
    return found


def _due_facts(title: str, due: date, today: date) -> dict[str, Any]:
    return {"title": title, "due": due.isoformat(), "days_late": max(0, (today - due).days)}


def _verdict(view: View, unit_id: int, period: calendar.Period) -> dict[str, Any]:
    """When and why something was sent back. Not why of a roster: that speaks of people, and is read on its page."""
    if period.key == roster.STAGE:
        return {"returned_at": rosters.state(view.connection, unit_id)["returned_at"].isoformat()}
    found = filings.find(view.connection, view.scope, unit_id, MONTHLY, period.key)
    last = [event for event in filings.events(view.connection, view.scope, found) if event.state == RETURNED][-1]
    return {"returned_at": last.at.isoformat(), "reason": last.reason or ""}


def _copies(view: View, unit_id: int) -> dict[str, Any]:
    """Which of the two copies of a roster is missing, where the other one is there."""
    known = rosters.state(view.connection, unit_id)
    there = known.get("electronic_at") is not None, known.get("paper_on") is not None
    return {"lacks": "paper" if there[0] else "electronic"} if there[0] != there[1] else {}


def stage_of(campaign: Campaign, row: Mapping[Any, Any], due: date, today: date) -> str | None:
    """How far something due has come, of its row in calendar.matrix; None where nothing is to be asked for (yet)."""
    working = Calendar()
    if row.get("life") == RETURNED:
        return "returned"
    if row["state"] == "missing":
        return "long_overdue" if working.count(due, today) >= campaign.chase.escalate_after else "overdue"
    if row["state"] == "not_due" and working.count(today, due) <= campaign.chase.remind_before:
        return "due_soon"
    return None


# ---- milestones --------------------------------------------------------------------------------------------------


def _milestones(view: View, units: Sequence[Unit], at: datetime) -> list[Obligation]:
    by_id = {unit.id: unit for unit in units}
    today = at.astimezone(view.campaign.timezone).date()
    found: list[Obligation] = []
    for row in milestones.reported_table(view.connection, view.campaign, view.scope, at).to_dict("records"):
        stage = stage_of(view.campaign, row, row["due"], today) if row["unit"] in by_id else None
        if stage:
            facts = _due_facts(row["title"], row["due"], today)
            if stage == RETURNED:
                facts |= {"returned_at": row["returned_at"].isoformat(), "reason": row["reason"] or ""}
            found.append(Obligation(by_id[row["unit"]], f"{MILESTONE}:{row['stage']}", stage, facts))
    return found


# ---- progress ----------------------------------------------------------------------------------------------------

_PROGRESS_FACTS: Final = ("denominator", "approved", "left", "entered", "submitted", "ahead", "stage_waiting")


def _progress(view: View, units: Sequence[Unit], sector: str) -> list[Obligation]:
    by_id = {unit.id: unit for unit in units}
    table = progress.table(view, units, sector)
    # Of whom no table has said anything there is nothing to say.
    behind = table[table["status"].isin(LAGGING) & table["first_day"].notna()]
    return [
        Obligation(by_id[int(unit)], COLLECTION, str(row["status"]), _facts_of(view, row))
        for unit, row in zip(behind.index, behind.to_dict("records"), strict=True)
    ]


def _facts_of(view: View, row: Mapping[Any, Any]) -> dict[str, Any]:
    whole = {name: None if pd.isna(row[name]) else int(row[name]) for name in _PROGRESS_FACTS}
    return {
        **whole,
        "title": view.campaign.stage(COLLECTION).called,
        "as_of": view.as_of.isoformat(),
        "deadline": view.campaign.deadline.isoformat(),
        "completion": None if pd.isna(row["completion"]) else float(row["completion"]),
        "why": str(row["why"]),
        "bottleneck": None if pd.isna(row["stage"]) else str(row["stage"]),
    }


# ---- findings ----------------------------------------------------------------------------------------------------


def _findings(view: View, units: Sequence[Unit]) -> list[Obligation]:
    since = view.as_of - timedelta(days=view.campaign.chase.findings_after)
    counts = read.finding_counts(view.connection, view.scope, [unit.id for unit in units], since)
    by_unit = {int(row["unit"]): row for row in counts.to_dict("records")}
    found = []
    for unit in units:
        row = by_unit.get(unit.id)
        if row and (row["must_fix"] or row["explain"]):
            facts = {
                "title": _("Data quality"),
                "must_fix": int(row["must_fix"]),
                "explain": int(row["explain"]),
                "until": since.isoformat(),
            }
            found.append(Obligation(unit, FINDINGS, "open", facts))
    return found
