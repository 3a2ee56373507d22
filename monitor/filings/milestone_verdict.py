"""What the office above does with a reported milestone: accept it, or send it back with a reason.

A return changes nothing of whether it was done in time; what is reported or corrected after a verdict waits for another.
What counties report goes into their city's report, and is not judged by itself.
"""

from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.filings.actor import oversees
from monitor.filings.milestones import ELSEWHERE, LONGEST_NOTE, MilestoneRefused, refuse_personal
from monitor.i18n import _
from monitor.sections import Stage
from monitor.store import Store, audit, clock, milestones, read
from monitor.store.actor import Actor
from monitor.store.filings import ACCEPTED, RETURNED
from monitor.store.scope import OutOfScope
from monitor.units import Unit


def may_judge(actor: Actor, unit: Unit, stage: Stage) -> bool:
    """Whether this account accepts or sends back what a unit reports of a stage."""
    return oversees(actor, unit) and unit.kind in stage.who and stage.key not in ELSEWHERE


def accept(store: Store, actor: Actor, code: str, key: str, version: int) -> None:
    """Accept a report.

    Raises:
        MilestoneRefused: it is not for this account, is accepted already, or changed since `version`.
    """
    _judge(store, actor, code, key, version, ACCEPTED, None)


def send_back(store: Store, actor: Actor, code: str, key: str, version: int, reason: str) -> None:
    """Send a report back, with the reason.

    Raises:
        MilestoneRefused: there is no reason, or as `accept`.
    """
    reason = reason.strip()[:LONGEST_NOTE]
    if not reason:
        raise MilestoneRefused(_("Say why it is returned, so that the unit knows what to change."))
    refuse_personal(reason)
    _judge(store, actor, code, key, version, RETURNED, reason)


def _judge(
    store: Store, actor: Actor, code: str, key: str, version: int, verdict: str, reason: str | None
) -> None:  # fmt: skip
    with store.begin() as connection:
        unit, stage = _overseen(connection, store.campaign, actor, code, key)
        known = milestones.state(connection, unit.id, stage.key)
        if known.get("done_on") is None or known["verdict"] in (verdict, RETURNED):
            raise MilestoneRefused(_("There is no report here that waits for this."))
        if known["version"] != version:
            raise MilestoneRefused(_("The report was changed meanwhile. Look at it again."))
        now = clock.now(connection, store.campaign)
        milestones.change(
            connection, unit.id, stage.key, now, actor.name, verdict, verdict=verdict, verdict_at=now, reason=reason
        )
        audit.append(connection, actor.name, f"milestone_{verdict}", {"unit": unit.code, "stage": stage.key})


def _overseen(
    connection: Connection, campaign: Campaign, actor: Actor, code: str, key: str
) -> tuple[Unit, Stage]:  # fmt: skip
    try:
        unit, stage = read.unit(connection, actor.scope, code), campaign.stage(key)
    except (OutOfScope, KeyError) as error:
        raise MilestoneRefused(_("There is no such unit, or it is not for your account.")) from error
    if not may_judge(actor, unit, stage):
        raise MilestoneRefused(_("Only the province accepts or returns what its units report."))
    return unit, stage
