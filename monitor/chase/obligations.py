"""What the units directly below an office owe at a moment, and since when: what there is to chase."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd

from monitor import progress
from monitor.campaign import Campaign
from monitor.filings import standing
from monitor.filings.deadline import deadline, last_day, months
from monitor.i18n import _
from monitor.progress import View
from monitor.store import read
from monitor.units import Unit
from monitor.workdays import Calendar

MONTHLY: Final = "monthly"
COLLECTION: Final = "collection"
FINDINGS: Final = "findings"

LAGGING: Final = ("overdue", "stalled", "behind", "not_started")
"""The statuses of those who are chased for their progress; the status is the stage of the chase."""

_STAGES: Final[dict[str, Callable[[], str]]] = {
    "due_soon": lambda: _("due soon"),
    "overdue": lambda: _("overdue"),
    "long_overdue": lambda: _("long overdue"),
    "returned": lambda: _("returned"),
    "stalled": lambda: _("stalled"),
    "behind": lambda: _("behind"),
    "not_started": lambda: _("not started"),
    "open": lambda: _("unanswered"),
}


@dataclass(frozen=True)
class Obligation:
    """Something that a unit owes.

    Attributes:
        unit: who owes it.
        key: what: `monthly:2016-11`, `collection`, `findings`.
        stage: how far it has come (a key of _STAGES): each stage of each thing is chased once.
        facts: the figures of the unit that the text speaks of.
    """

    unit: Unit
    key: str
    stage: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What sort of thing it is: MONTHLY, COLLECTION or FINDINGS."""
        return self.key.split(":")[0]


def title(campaign: Campaign, key: str) -> str:
    """What is owed, in words."""
    kind, _colon, period = key.partition(":")
    if kind == MONTHLY:
        return _("{form} of {month}").format(form=campaign.reports.title, month=period)
    return {COLLECTION: campaign.stage(COLLECTION).title, FINDINGS: _("Data quality")}.get(kind, key)


def stage_word(stage: str) -> str:
    """A stage in words."""
    return _STAGES[stage]() if stage in _STAGES else stage


def owed(view: View, office: Unit, sectors: Iterable[str], at: datetime) -> list[Obligation]:
    """What the units directly below an office owe at the moment `at`, of the figures of the view's day.

    Only what may be chased: a report that is neither filed nor exempt, from `chase.remind_before` working days before
    its last day; progress of a status of LAGGING; findings that have been waiting for `chase.findings_after` days.
    """
    found: list[Obligation] = []
    for sector in sorted(sectors):
        units = [unit for unit in view.children(office, sector) if unit.sector == sector]
        if units:
            found += [*_reports(view, units, at), *_progress(view, units, sector), *_findings(view, units)]
    return found


# ---- monthly reports ---------------------------------------------------------------------------------------------


def _reports(view: View, units: Sequence[Unit], at: datetime) -> list[Obligation]:
    by_id = {unit.id: unit for unit in units if unit.kind in view.campaign.reports.who}
    found: list[Obligation] = []
    if not by_id:
        return found
    for month in months(view.campaign, at.astimezone(view.campaign.timezone).date()):
        stage = _stage_of_report(view.campaign, month, at)
        if stage is None:
            continue
        filers = standing.standing(view.connection, view.campaign, view.scope, month, at)
        late = max(0, (at.astimezone(view.campaign.timezone).date() - last_day(view.campaign, month)).days)
        facts = {"month": month, "due": last_day(view.campaign, month).isoformat(), "days_late": late}
        waiting = filers[filers["state"].isin(("missing", "not_due"))]
        found += [
            Obligation(by_id[unit], f"{MONTHLY}:{month}", stage, facts) for unit in waiting.index if unit in by_id
        ]
    return found


def _stage_of_report(campaign: Campaign, month: str, at: datetime) -> str | None:
    """How far the month has come; None while it is too early to say anything."""
    today, calendar = at.astimezone(campaign.timezone).date(), Calendar()
    last = last_day(campaign, month)
    if at >= deadline(campaign, month):
        return "long_overdue" if calendar.count(last, today) >= campaign.chase.escalate_after else "overdue"
    return "due_soon" if calendar.count(today, last) <= campaign.chase.remind_before else None


# ---- progress ----------------------------------------------------------------------------------------------------

_PROGRESS_FACTS: Final = ("denominator", "approved", "left", "entered", "submitted", "ahead", "stage_waiting")


def _progress(view: View, units: Sequence[Unit], sector: str) -> list[Obligation]:
    by_id = {unit.id: unit for unit in units}
    table = progress.table(view, units, sector)
    behind = table[table["status"].isin(LAGGING)]
    return [
        Obligation(by_id[int(unit)], COLLECTION, str(row["status"]), _facts_of(view, row))
        for unit, row in zip(behind.index, behind.to_dict("records"), strict=True)
    ]


def _facts_of(view: View, row: Mapping[Any, Any]) -> dict[str, Any]:
    whole = {name: None if pd.isna(row[name]) else int(row[name]) for name in _PROGRESS_FACTS}
    return {
        **whole,
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
            facts = {"must_fix": int(row["must_fix"]), "explain": int(row["explain"]), "until": since.isoformat()}
            found.append(Obligation(unit, FINDINGS, "open", facts))
    return found
