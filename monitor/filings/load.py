"""Filings recorded from a list, as another system or the demonstration has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.filings.gather import NoReport, check_filer, gather_all
from monitor.filings.report import Report, frozen_content
from monitor.filings.source import Manual, Source
from monitor.i18n import _
from monitor.store import Scope, Store, audit, filings, read
from monitor.store.filings import MONTHLY, SUBMITTED, Event, Filing
from monitor.store.register import load_register
from monitor.units import Unit


class FilingsRefused(Exception):
    """The list cannot be recorded; nothing of it is. The message says why."""


def record_all(store: Store, rows: Iterable[tuple[str, str, datetime | None]], by: str) -> int:
    """Record submissions of monthly reports: unit code, month (YYYY-MM), moment (None: not submitted). How many were new.

    What is recorded already stays as it is: the first submission counts. All in one transaction, with a line in the
    audit log.

    Raises:
        FilingsRefused: a code that no unit has.
    """
    given = [(code, month, moment) for code, month, moment in rows if moment is not None]
    with store.begin() as connection:
        register = load_register(connection)
        submissions = []
        for code, month, moment in given:
            unit = register.resolve(code)
            if unit is None:
                raise FilingsRefused(_("There is no unit with the code {code}.").format(code=code))
            submissions.append((unit.id, month, moment))
        new = filings.record(connection, filings.MONTHLY, submissions)
        if new:
            audit.append(connection, by, "filings_recorded", {"form": filings.MONTHLY, "count": new})
    return new


@dataclass(frozen=True)
class Written:
    """A report with its whole life: what was typed (field → value), by whom (how an account is shown), when it was saved
    last, and the steps it went through (state, moment, who, reason)."""

    code: str
    month: str
    fields: Mapping[str, Any]
    by: str
    saved_at: datetime
    steps: tuple[tuple[str, datetime, str, str | None], ...]


def record_written(store: Store, reports: Iterable[Written], by: str) -> int:
    """Record reports with what was typed and what became of them; how many were new. Submissions are frozen with the
    figures of their day, or of the report day where that is earlier; without figures where there are none. What is
    recorded already stays as it is.

    Raises:
        OutOfScope: a code that no unit has.
    """
    scope = Scope.all()
    drafts = []
    with store.connect() as connection:
        for one in reports:
            unit = read.unit(connection, scope, one.code)
            found = filings.find(connection, scope, unit.id, MONTHLY, one.month)
            if found.version == 0:
                drafts.append((one, unit, replace(found, content={"fields": _entries(one)})))
        sources = _sources(store.campaign, connection, [(one, unit) for one, unit, _draft in drafts])
    new = [(one, draft, _events(store.campaign, unit, draft, one, sources)) for one, unit, draft in drafts]
    with store.begin() as connection:
        for one, draft, events in new:
            kept = filings.save(connection, scope, replace(draft, content={}), draft.content, "", one.saved_at)
            for event in events:
                kept = filings.move(connection, scope, kept, event)
        if new:
            audit.append(connection, by, "filings_recorded", {"form": MONTHLY, "count": len(new)})
    return len(new)


def _entries(one: Written) -> dict[str, dict[str, Any]]:
    return {
        key: {"value": value, "version": 1, "by": "", "title": one.by, "at": one.saved_at.isoformat()}
        for key, value in one.fields.items()
    }


Sources = Mapping[tuple[int, str, date], Source]
"""What the tables say, by unit, month and day of submission."""


def _sources(campaign: Campaign, connection: Connection, reports: Sequence[tuple[Written, Unit]]) -> Sources:
    """The figures of every submission that there are figures for: of all that were submitted on a day at once."""
    by_day: dict[tuple[str, date], dict[int, Unit]] = {}
    for one, unit in reports:
        try:
            check_filer(campaign, unit.code, unit.name, unit.kind, one.month)
        except NoReport:
            continue
        for state, at, _who, _reason in one.steps:
            if state == SUBMITTED:
                by_day.setdefault((one.month, at.astimezone(campaign.timezone).date()), {})[unit.id] = unit
    found: dict[tuple[int, str, date], Source] = {}
    for (month, day), units in by_day.items():
        try:
            gathered = gather_all(connection, campaign, Scope.all(), list(units.values()), month, day)
        except NoReport:  # no table of that month: only the moments are known
            continue
        found |= {(unit_id, month, day): source for unit_id, source in gathered.items()}
    return found


def _events(campaign: Campaign, unit: Unit, draft: Filing, one: Written, sources: Sources) -> list[Event]:
    events = []
    for state, at, who, reason in one.steps:
        content = None
        day = at.astimezone(campaign.timezone).date()
        known = sources.get((unit.id, one.month, day)) if state == SUBMITTED else None
        if known is not None:
            source = replace(known, manual=Manual(**one.fields))
            content = frozen_content(Report(unit, one.month, source, source.document, draft, ()), day)
        events.append(Event(at, "", who, state, reason, 0, content))
    return events
