"""The life of a roster (附件2): filled in, submitted, received on paper, checked, accepted or returned, erased.

It is filed on paper and electronically: filed is it once both are there (docs/decisions.md). The first electronic
submission counts; a return and another submission do not make it late.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.filings.actor import oversees, stands_for
from monitor.filings.state import State, stage_state
from monitor.i18n import _
from monitor.personal import holds_resident_id
from monitor.rosters import MUST_FIX, Member, lines_wrong, tidied, wrong
from monitor.sections import Stage
from monitor.store import Scope, Store, audit, clock, read, rosters
from monitor.store.actor import Actor
from monitor.store.filings import ACCEPTED, RETURNED, SUBMITTED
from monitor.store.scope import OutOfScope
from monitor.units import Unit

STAGE: Final = "roster"
"""Key of the stage in config.toml that says who files a roster, by when."""

_LONGEST: Final = 500


class RosterRefused(Exception):
    """The roster stays as it was; the message says why and what to do."""


class ChangedMeanwhile(RosterRefused):
    """Somebody else has changed the roster since it was read."""


def stage(campaign: Campaign) -> Stage | None:
    """The stage of the rosters; None where the campaign has none."""
    return next((one for one in campaign.stages if one.key == STAGE), None)


# ---- where units stand -------------------------------------------------------------------------------------------


def paper_moment(campaign: Campaign, day: date | None) -> datetime | None:
    """A paper copy has its day only; as a moment it came in at noon, which is neither the day before nor after."""
    return None if day is None else datetime.combine(day, time(12), campaign.timezone)


def standing(connection: Connection, campaign: Campaign, scope: Scope, at: datetime) -> pd.DataFrame:
    """`now_standing` with what came after `at` left out: moments and days None, and nobody on a roster that came later."""
    found = now_standing(connection, campaign, scope, at)
    came_later = [moment is not None and moment > at for moment in found["electronic_at"]]
    members = [0 if later else count for later, count in zip(came_later, found["members"], strict=True)]
    known = dict.fromkeys((*_MOMENTS, "filed_at"), at) | {"paper_on": at.astimezone(campaign.timezone).date()}
    for name, last in known.items():
        seen = [value if value is not None and value <= last else None for value in found[name]]
        found[name] = pd.Series(seen, index=found.index, dtype=object)
    return found.assign(members=pd.Series(members, index=found.index, dtype="int64"))


_MOMENTS: Final = ("electronic_at", "checked_at", "accepted_at", "returned_at", "erased_at")


def now_standing(connection: Connection, campaign: Campaign, scope: Scope, at: datetime) -> pd.DataFrame:
    """The units that file rosters as they are, and the states that they had at `at`.

    Index unit (id); the columns of store.rosters.standing, and of the electronic copy, the paper copy and both together
    (filed): electronic, paper, state (each one of filings.state.STATES), electronic_days, paper_days, days_late (0 where
    not late), filed_at (moment from which both were there, or None). Empty where the campaign asks for no rosters.
    """
    owed = stage(campaign)
    found = rosters.standing(connection, scope, owed.who if owed else [])
    judged = [_judged(campaign, owed, row, at) for row in found.itertuples(index=False)] if owed else []
    columns = ["electronic", "electronic_days", "paper", "paper_days", "state", "days_late", "filed_at"]
    made = pd.DataFrame(judged, columns=columns, index=found.index, dtype=object)
    return found.join(made).set_index("unit")


def _judged(campaign: Campaign, owed: Stage, row: Any, at: datetime) -> tuple[Any, ...]:
    electronic, paper = row.electronic_at, paper_moment(campaign, row.paper_on)
    filed = None if electronic is None or paper is None else max(electronic, paper)
    states = [stage_state(campaign, owed, row, moment, at) for moment in (electronic, paper, filed)]
    return (*(value for one in states for value in (one.key, one.days)), filed)


def state_of(row: Any, kind: str = "") -> State:
    """The state in a row of `standing`: of both copies, or with `kind` of the electronic or the paper one."""
    days = row[f"{kind}_days"] if kind else row["days_late"]
    return State(str(row[kind or "state"]), int(days))


def life_of(row: Mapping[Any, Any]) -> str | None:
    """What became of the roster in a row of `standing`, in the words of reports (store.filings.STATES): it waits to be
    accepted once both copies are there."""
    for moment, life in (("returned_at", RETURNED), ("accepted_at", ACCEPTED), ("filed_at", SUBMITTED)):
        if row[moment] is not None:
            return life
    return None


# ---- one roster --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Roster:
    """One unit's roster, as an account may see it.

    Attributes:
        unit: whose it is. row: its row of `standing`. version: raised by every change.
        people: who is on it; None where the account may not read them.
        reason: why it was returned, where the account may read it. history: store.rosters.history.
    """

    unit: Unit
    row: pd.Series
    people: list[Member] | None
    reason: str
    history: pd.DataFrame

    @property
    def version(self) -> int:
        """Raised by every change; 0 where there never was a roster."""
        return int(self.row["version"])


def opened(store: Store, scope: Scope, code: str, at: datetime) -> Roster:
    """The roster of the unit with this code.

    Raises:
        OutOfScope: there is no such unit in the scope, or it files no roster.
    """
    with store.connect() as connection:
        unit = read.unit(connection, scope, code)
        # What is done with a roster rests on how it stands by now, whichever day is looked at.
        found = now_standing(connection, store.campaign, scope, at)
        if unit.id not in found.index:
            raise OutOfScope(code)
        try:
            people = rosters.members(connection, scope, unit.id)
        except OutOfScope:
            people = None
        said = rosters.reason(connection, scope, unit.id)
        return Roster(
            unit, found[found.index == unit.id].iloc[0], people, said, rosters.history(connection, scope, unit.id)
        )


def may_fill(campaign: Campaign, actor: Actor, unit: Unit) -> bool:
    """Whether this account fills in this unit's roster: its own."""
    owed = stage(campaign)
    return owed is not None and actor.may("file") and stands_for(actor, unit) and unit.kind in owed.who


def may_receive(campaign: Campaign, actor: Actor, unit: Unit) -> bool:
    """Whether this account marks the paper copy, checks, accepts and returns: the office above, in its sector."""
    owed = stage(campaign)
    return owed is not None and oversees(actor, unit) and unit.kind in owed.who


def may_erase(campaign: Campaign, actor: Actor, unit: Unit) -> bool:
    """Whether this account erases the people of this unit's roster: the unit itself, or the administrator."""
    return may_fill(campaign, actor, unit) or (actor.may("accounts") and actor.scope.everything)


# ---- what the unit does ------------------------------------------------------------------------------------------


def save(store: Store, actor: Actor, code: str, people: Sequence[Member], version: int) -> int:
    """Keep a unit's roster as it stands, complete or not; its new version.

    A roster that was checked or accepted is to be checked again after a change.

    Raises:
        RosterRefused: it holds a resident ID number or a cell that is too long, or is not this account's.
        ChangedMeanwhile: somebody else has changed it since `version`.
    """
    people = [tidied(member) for member in people]
    for problem in lines_wrong(people):
        if problem.code in ("personal_id", "text_too_long"):
            raise RosterRefused(problem.message)
    with store.begin() as connection:
        unit = _own(connection, store.campaign, actor, code, version)
        return _saved(connection, store.campaign, actor, unit, people)


def submit(
    store: Store, actor: Actor, code: str, people: Sequence[Member], version: int, at: datetime | None = None
) -> int:
    """Keep a unit's roster and hand it in, now or at `at`; its new version. The first submission counts.

    Raises:
        RosterRefused: it lacks what it must have; or as `save`.
        ChangedMeanwhile: as `save`.
    """
    people = [tidied(member) for member in people]
    must = [
        problem
        for problem in [*lines_wrong(people), *wrong(people, store.campaign.roster)]
        if problem.grade == MUST_FIX
    ]
    if must:
        raise RosterRefused(must[0].message)
    with store.begin() as connection:
        unit = _own(connection, store.campaign, actor, code, version)
        now = clock.now(connection, store.campaign)
        _saved(connection, store.campaign, actor, unit, people)
        return _received(connection, unit, at or now, now, actor.name, len(people))


def _own(connection: Connection, campaign: Campaign, actor: Actor, code: str, version: int) -> Unit:
    unit = _unit(connection, actor, code)
    if not may_fill(campaign, actor, unit):
        raise RosterRefused(_("Only the unit itself fills in its roster."))
    if rosters.version(connection, unit.id) != version:
        raise ChangedMeanwhile(
            _(
                "Somebody else has changed this roster meanwhile; nothing was saved. Reload it and enter your changes again."
            )
        )
    return unit


def _unit(connection: Connection, actor: Actor, code: str) -> Unit:
    try:
        return read.unit(connection, actor.scope, code)
    except OutOfScope as error:
        raise RosterRefused(_("There is no such unit, or it is not for your account.")) from error


def _saved(connection: Connection, campaign: Campaign, actor: Actor, unit: Unit, people: Sequence[Member]) -> int:
    if rosters.write(connection, unit.id, people):
        again = {"checked_at": None, "checked_by": None, "accepted_at": None, "accepted_by": None}
        count = {"members": len(people)}
        rosters.change(connection, unit.id, clock.now(connection, campaign), actor.name, "saved", count, **again)
        audit.append(connection, actor.name, "roster_saved", {"unit": unit.code, **count})
    return rosters.version(connection, unit.id)


def _received(connection: Connection, unit: Unit, at: datetime, now: datetime, by: str, count: int) -> int:
    first = rosters.state(connection, unit.id).get("electronic_at")
    values: dict[str, Any] = {} if first else {"electronic_at": at, "electronic_by": by}
    detail = {"members": count}
    rosters.change(
        connection, unit.id, now, by, "submitted", detail,
        returned_at=None, returned_by=None, reason=None, **values,
    )  # fmt: skip
    audit.append(connection, by, "roster_submitted", {"unit": unit.code, **detail})
    return rosters.version(connection, unit.id)


# ---- what the office above does ----------------------------------------------------------------------------------


def mark_paper(store: Store, actor: Actor, code: str, day: date | None) -> None:
    """Note the day on which the signed copy came in; None takes a mistaken note back.

    Raises:
        RosterRefused: the day is to come or before the campaign, or it is not for this account.
    """
    campaign = store.campaign
    if day is not None and not campaign.start <= day <= campaign.today():
        raise RosterRefused(
            _("The paper copy came in between {first} and today; {day} cannot be.").format(
                first=campaign.start, day=day
            )
        )
    with store.begin() as connection:
        unit = _overseen(connection, campaign, actor, code)
        if rosters.state(connection, unit.id).get("paper_on") == day:
            return
        detail = {"day": day.isoformat()} if day else None
        event = "paper" if day else "paper_withdrawn"
        _marked(connection, campaign, actor, unit, event, detail, paper_on=day, paper_by=actor.name if day else None)


def check(store: Store, actor: Actor, code: str, version: int) -> None:
    """Note that the office has looked through the roster.

    Raises:
        RosterRefused: there is nothing to check, or it is not for this account.
        ChangedMeanwhile: the unit has changed it since `version`.
    """
    with store.begin() as connection:
        unit = _submitted(connection, store.campaign, actor, code, version)
        now = clock.now(connection, store.campaign)
        _marked(connection, store.campaign, actor, unit, "checked", None, checked_at=now, checked_by=actor.name)


def accept(store: Store, actor: Actor, code: str, version: int) -> None:
    """Accept a roster that is there on paper and electronically.

    Raises:
        RosterRefused: one of the two is missing, or as `check`. ChangedMeanwhile: as `check`.
    """
    with store.begin() as connection:
        unit = _submitted(connection, store.campaign, actor, code, version)
        known = rosters.state(connection, unit.id)
        if known["paper_on"] is None:
            raise RosterRefused(
                _("The signed paper copy has not been recorded yet. Record the day on which it arrived, then accept.")
            )
        now = clock.now(connection, store.campaign)
        checked = {} if known["checked_at"] else {"checked_at": now, "checked_by": actor.name}
        own = {"accepted_at": now, "accepted_by": actor.name}
        _marked(connection, store.campaign, actor, unit, "accepted", None, **own, **checked)


def give_back(store: Store, actor: Actor, code: str, version: int, reason: str) -> None:
    """Return a roster to its unit, with the reason.

    Raises:
        RosterRefused: there is no reason, or it holds a resident ID number; or as `check`. ChangedMeanwhile: as `check`.
    """
    reason = reason.strip()[:_LONGEST]
    if not reason:
        raise RosterRefused(_("Say why it is returned, so that the unit knows what to change."))
    if holds_resident_id(reason):
        raise RosterRefused(_("The reason holds a resident ID number. Delete it."))
    with store.begin() as connection:
        unit = _submitted(connection, store.campaign, actor, code, version)
        again = {"checked_at": None, "checked_by": None, "accepted_at": None, "accepted_by": None}
        _marked(
            connection, store.campaign, actor, unit, rosters.RETURNED, {"reason": reason},
            returned_at=clock.now(connection, store.campaign), returned_by=actor.name, reason=reason, **again,
        )  # fmt: skip


def _overseen(connection: Connection, campaign: Campaign, actor: Actor, code: str) -> Unit:
    unit = _unit(connection, actor, code)
    if not may_receive(campaign, actor, unit):
        raise RosterRefused(_("Only the province receives, checks, accepts and returns rosters."))
    return unit


def _submitted(connection: Connection, campaign: Campaign, actor: Actor, code: str, version: int) -> Unit:
    unit = _overseen(connection, campaign, actor, code)
    known = rosters.state(connection, unit.id)
    if not known or known["electronic_at"] is None or known["returned_at"] is not None:
        raise RosterRefused(_("The unit has not submitted its roster yet."))
    if known["version"] != version:
        raise ChangedMeanwhile(_("The roster has changed meanwhile. Look through it again."))
    return unit


def _marked(
    connection: Connection, campaign: Campaign, actor: Actor, unit: Unit, event: str, detail: dict[str, Any] | None,
    **values: Any,
) -> None:  # fmt: skip
    rosters.change(connection, unit.id, clock.now(connection, campaign), actor.name, event, detail, **values)
    told = {name: value for name, value in (detail or {}).items() if name != "reason"}
    audit.append(connection, actor.name, f"roster_{event}", {"unit": unit.code, **told})


# ---- erasing -----------------------------------------------------------------------------------------------------


def erase(store: Store, actor: Actor, code: str) -> int:
    """Erase everybody on a unit's roster, what was kept for undos and the reasons of returns; how many lines there were.

    That and when it was filed stays. Nothing of the people remains in the database or its files; copies that were made
    before (backups, downloads) are beyond it.

    Raises:
        RosterRefused: it is not for this account.
    """
    with store.begin() as connection:
        unit = _unit(connection, actor, code)
        if not may_erase(store.campaign, actor, unit):
            raise RosterRefused(_("Only the unit itself or the administrator erases a roster."))
        count = rosters.forget(connection, [unit.id])
        rosters.forget_words(connection, unit.id)
        if rosters.version(connection, unit.id):
            now = clock.now(connection, store.campaign)
            rosters.change(connection, unit.id, now, actor.name, "erased", {"members": count}, erased_at=now)
        audit.append(connection, actor.name, "roster_erased", {"unit": unit.code, "members": count})
    rosters.settle(store)
    return count
