"""Rosters recorded from a list, as another system or the demonstration has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.filings.roster import RosterRefused, paper_moment
from monitor.i18n import _
from monitor.rosters import Member, tidied
from monitor.store import Scope, Store, audit, read, rosters
from monitor.store.scope import OutOfScope
from monitor.units import Unit


@dataclass(frozen=True)
class Filed:
    """A roster as another system, or the demonstration, has it; `reason`: it was returned with it."""

    code: str
    people: Sequence[Member]
    electronic_at: datetime | None
    paper_on: date | None = None
    accepted: bool = False
    reason: str = ""


def record_all(store: Store, filed: Iterable[Filed], by: str) -> int:
    """Record rosters of units that have none yet; how many. All in one transaction, with a line in the audit log.

    Raises:
        RosterRefused: a code that no unit has.
    """
    count = 0
    with store.begin() as connection:
        for one in filed:
            try:
                unit = read.unit(connection, Scope.all(), one.code)
            except OutOfScope as error:
                raise RosterRefused(_("There is no unit with the code {code}.").format(code=one.code)) from error
            if rosters.version(connection, unit.id):
                continue
            _record(connection, store.campaign, unit, one, by)
            count += 1
        if count:
            audit.append(connection, by, "rosters_recorded", {"count": count})
    return count


def _record(connection: Connection, campaign: Campaign, unit: Unit, one: Filed, by: str) -> None:
    paper = paper_moment(campaign, one.paper_on)
    people = [tidied(member) for member in one.people]
    steps: list[tuple[datetime, str, dict[str, Any] | None, dict[str, Any]]] = []
    if one.electronic_at is not None:
        own = {"electronic_at": one.electronic_at, "electronic_by": by}
        steps.append((one.electronic_at, "submitted", {"members": len(people)}, own))
    if paper is not None and one.paper_on is not None:
        own = {"paper_on": one.paper_on, "paper_by": by}
        steps.append((paper, "paper", {"day": one.paper_on.isoformat()}, own))
    if one.accepted and steps:
        at = max(step[0] for step in steps)
        own = {"checked_at": at, "checked_by": by, "accepted_at": at, "accepted_by": by}
        steps.append((at, "accepted", None, own))
    if one.reason and steps:
        at = max(step[0] for step in steps)
        own = {"returned_at": at, "returned_by": by, "reason": one.reason}
        steps.append((at, rosters.RETURNED, {"reason": one.reason}, own))
    if people:
        rosters.write(connection, unit.id, people)
        if one.electronic_at is None:
            steps.insert(0, (paper or datetime.now(UTC), "saved", {"members": len(people)}, {}))
    for at, event, detail, values in sorted(steps, key=lambda step: step[0]):
        rosters.change(connection, unit.id, at, by, event, detail, **values)
