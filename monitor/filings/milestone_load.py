"""Milestones recorded from a list, as another system or the demonstration has them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from monitor.filings.milestones import MilestoneRefused, Report
from monitor.i18n import _
from monitor.store import Scope, Store, audit, milestones, read
from monitor.store.filings import ACCEPTED
from monitor.store.scope import OutOfScope


@dataclass(frozen=True)
class Told:
    """What a unit (by its code) reports of a stage (by its key), when it was reported, and when it was accepted."""

    code: str
    stage: str
    said: Report
    reported_at: datetime
    accepted_at: datetime | None = None


def record_all(store: Store, told: Iterable[Told], by: str) -> int:
    """Record reports of units that have none yet for their stage; how many. All in one transaction, with a line in the
    audit log.

    Raises:
        MilestoneRefused: a code that no unit has, or a stage that the campaign does not have.
    """
    count = 0
    stages = {stage.key for stage in store.campaign.stages}
    with store.begin() as connection:
        for one in told:
            try:
                unit = read.unit(connection, Scope.all(), one.code)
            except OutOfScope as error:
                raise MilestoneRefused(_("There is no unit or stage {code}.").format(code=one.code)) from error
            if one.stage not in stages:
                raise MilestoneRefused(_("There is no unit or stage {code}.").format(code=one.stage))
            if milestones.state(connection, unit.id, one.stage):
                continue
            values = {**asdict(one.said), "reported_at": one.reported_at, "reported_by": by}
            milestones.change(connection, unit.id, one.stage, one.reported_at, by, "reported", **values)
            if one.accepted_at:
                milestones.change(
                    connection, unit.id, one.stage, one.accepted_at, by, ACCEPTED,
                    verdict=ACCEPTED, verdict_at=one.accepted_at,
                )  # fmt: skip
            count += 1
        if count:
            audit.append(connection, by, "milestones_recorded", {"count": count})
    return count
