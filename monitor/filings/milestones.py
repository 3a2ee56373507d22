"""Milestones: the stages of the campaign, who has done which by when, and what units report of them.

Which stages, of whom, by when is in config.toml. Two of them are reported elsewhere: the roster, which is filed, and
collection and review, which the figures tell. All others are reported by those in `who`; where `from_below` names
kinds of units, these report their part, and it adds up.

In time is a stage by the day on which it was done; when it was reported stands beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection

from monitor.campaign import COLLECTION, Campaign
from monitor.filings import roster
from monitor.filings.actor import stands_for
from monitor.filings.state import State, stage_state
from monitor.i18n import _
from monitor.personal import holds_resident_id
from monitor.sections import Stage
from monitor.store import Scope, Store, audit, clock, milestones, read
from monitor.store.actor import Actor
from monitor.store.filings import RETURNED, SUBMITTED
from monitor.store.scope import OutOfScope
from monitor.units import Unit

LONGEST_NOTE: Final = 1000
MOST: Final = 10_000_000
ELSEWHERE: Final = (roster.STAGE, COLLECTION)
"""Stages that are not reported here: the one is filed, the other is told by the figures."""


class MilestoneRefused(Exception):
    """The report stays as it was; the message says why and what to do."""


def shown_stages(campaign: Campaign) -> list[Stage]:
    """The stages with a due date, in the order of their due dates."""
    return sorted(
        (stage for stage in campaign.stages if stage.due), key=lambda stage: (stage.due, stage.start or stage.due)
    )


# ---- where units stand -------------------------------------------------------------------------------------------


def table(
    connection: Connection, campaign: Campaign, scope: Scope, at: datetime, finished: Mapping[int, tuple[date | None, float | None]]
) -> pd.DataFrame:  # fmt: skip
    """Every unit in the scope against every stage that is required of it, as known at `at`.

    finished: of the units whose figures tell the stage of collection and review, by id: the day on which it was complete
    (None: not yet) and how far it is (completion, None where unknown).

    Columns: unit (id), code, name, kind, sector, stage (key), title (in the language in use), start, due (dates), state (one of
    filings.state.STATES), days_late, done_on (date or None), reported_at (or None), share (how far, 0 to 1, or None), life
    (one of store.filings.STATES, or None), returned_at (or None), reason (of a return).
    In the order of the units' codes, then of shown_stages.
    """
    return _table(connection, campaign, scope, shown_stages(campaign), at, finished)


def reported_table(connection: Connection, campaign: Campaign, scope: Scope, at: datetime) -> pd.DataFrame:
    """The same of those stages alone that are reported here."""
    stages = [stage for stage in shown_stages(campaign) if stage.key not in ELSEWHERE]
    return _table(connection, campaign, scope, stages, at, {})


def _table(
    connection: Connection, campaign: Campaign, scope: Scope, stages: list[Stage], at: datetime,
    finished: Mapping[int, tuple[date | None, float | None]],
) -> pd.DataFrame:  # fmt: skip
    parts = []
    for number, stage in enumerate(stages):
        found = _of_stage(connection, campaign, scope, stage, at, finished)
        parts.append(
            found.assign(
                stage=stage.key, title=stage.called, start=stage.start or campaign.start, due=stage.due, _n=number
            )
        )
    if not any(len(part) for part in parts):
        return pd.DataFrame(columns=[*_OF_UNIT, *_OF_STATE, *_OF_LIFE, "stage", "title", "start", "due"], dtype=object)
    whole = pd.concat([part for part in parts if len(part)])
    return whole.sort_values(["code", "_n"]).drop(columns="_n").reset_index(drop=True)


_OF_UNIT: Final = ["unit", "code", "name", "kind", "sector"]
_OF_STATE: Final = ["state", "days_late", "done_on", "reported_at", "share"]
_OF_LIFE: Final = ["life", "returned_at", "reason"]


def _of_stage(
    connection: Connection, campaign: Campaign, scope: Scope, stage: Stage, at: datetime,
    finished: Mapping[int, tuple[date | None, float | None]],
) -> pd.DataFrame:  # fmt: skip
    if stage.key == roster.STAGE:
        found = roster.standing(connection, campaign, scope, at).reset_index()
        filed = found["filed_at"]
        days = [None if pd.isna(one) or one > at else one.astimezone(campaign.timezone).date() for one in filed]
        lives = [roster.life_of(row) for row in found.to_dict("records")]
        found = found.assign(
            done_on=pd.Series(days, dtype=object), reported_at=found["electronic_at"], share=None,
            life=pd.Series(lives, dtype=object), reason=None,
        )  # fmt: skip
        return found[found["state"] != "not_required"][[*_OF_UNIT, *_OF_STATE, *_OF_LIFE]]
    if stage.key == COLLECTION:
        kinds = ["city", *(["university"] if "university" in stage.who else [])]
        found = milestones.standing(connection, scope, stage.key, kinds)
        found = found[found["unit"].isin(list(finished))]
        rows = [
            _measured(campaign, stage, row, finished[int(str(row.unit))], at) for row in found.itertuples(index=False)
        ]
    else:
        found = milestones.standing(connection, scope, stage.key, [*stage.who, *stage.from_below])
        rows = [_reported(campaign, stage, row, at) for row in found.itertuples(index=False)]
    made = pd.DataFrame(rows, columns=[*_OF_STATE, *_OF_LIFE], index=found.index, dtype=object)
    whole = found[_OF_UNIT].join(made)
    return whole[whole["state"] != "not_required"]


def _reported(campaign: Campaign, stage: Stage, row: Any, at: datetime) -> tuple[Any, ...]:
    known = row.done_on is not None and row.reported_at is not None and row.reported_at <= at
    # Those who report a part of it owe it by the same day.
    owed = stage.model_copy(update={"who": [*stage.who, *stage.from_below]})
    one = stage_state(campaign, owed, row, done_moment(campaign, row.done_on) if known else None, at)
    state = one.key, one.days, row.done_on if known else None, row.reported_at if known else None, None
    return *state, *(_life(row, at) if known else (None, None, None))


def _life(row: Any, at: datetime) -> tuple[str, datetime | None, str | None]:
    """What had become of a report by then, when it was sent back, and why."""
    if row.verdict is None or row.verdict_at > at:
        return SUBMITTED, None, None
    back = row.verdict == RETURNED
    return row.verdict, row.verdict_at if back else None, row.reason if back else None


def _measured(
    campaign: Campaign, stage: Stage, row: Any, done: tuple[date | None, float | None], at: datetime
) -> tuple[Any, ...]:
    owed = stage.model_copy(update={"who": [row.kind]})  # a city's schools are in `who`, and it stands for them
    one = stage_state(campaign, owed, row, done_moment(campaign, done[0]), at)
    return one.key, one.days, done[0], None, done[1], None, None, None


def done_moment(campaign: Campaign, day: date | None) -> datetime | None:
    """A day on which something was done, as a moment: its first, so that it is known all that day."""
    return None if day is None else datetime.combine(day, time(), campaign.timezone)


def state_of(row: Any) -> State:
    """The state in a row of `table`."""
    return State(str(row["state"]), int(row["days_late"]))


# ---- reporting ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What a unit reports of a stage: the day on which it was done, a note, of a training how much of it."""

    done_on: date
    note: str = ""
    sessions: int | None = None
    people: int | None = None
    schools: int | None = None


def may_report(campaign: Campaign, actor: Actor, unit: Unit, stage: Stage) -> bool:
    """Whether this account reports this stage of this unit: its own, where config.toml asks its kind."""
    asked = unit.kind in (*stage.who, *stage.from_below) and stage.key not in ELSEWHERE and stage.due is not None
    return asked and actor.may("report") and stands_for(actor, unit)


def reportable(campaign: Campaign, actor: Actor) -> list[Stage]:
    """The stages that this account reports for its unit."""
    if actor.unit is None:
        return []
    return [stage for stage in shown_stages(campaign) if may_report(campaign, actor, actor.unit, stage)]


def report(store: Store, actor: Actor, code: str, key: str, said: Report, version: int) -> None:
    """Report a stage, or correct what was reported: what stood before stays in the history.

    Raises:
        MilestoneRefused: it is not this account's, somebody else changed it since `version`, or what is said cannot be.
    """
    with store.begin() as connection:
        unit, stage, known = _own(connection, store.campaign, actor, code, key, version)
        now = clock.now(connection, store.campaign)
        _check(connection, store.campaign, unit, stage, said, now)
        values = {name: getattr(said, name) for name in milestones.CONTENT} | {"note": said.note.strip()}
        if known.get("verdict") != RETURNED and all(known.get(name) == value for name, value in values.items()):
            return  # what was sent back may come again as it was: with more evidence
        event = "corrected" if known.get("done_on") else "reported"
        if event == "reported":
            values |= {"reported_at": now, "reported_by": actor.name}
        milestones.change(connection, unit.id, stage.key, now, actor.name, event, **values, **milestones.NO_VERDICT)
        audit.append(connection, actor.name, f"milestone_{event}", {"unit": unit.code, "stage": stage.key})


def withdraw(store: Store, actor: Actor, code: str, key: str, version: int, reason: str) -> None:
    """Take a report back, with the reason: the stage counts as not done. What stood there stays in the history.

    Raises:
        MilestoneRefused: as `report`, or nothing was reported, or there is no reason.
    """
    reason = reason.strip()[:LONGEST_NOTE]
    if not reason:
        raise MilestoneRefused(_("Say why it is withdrawn."))
    refuse_personal(reason)
    with store.begin() as connection:
        unit, stage, known = _own(connection, store.campaign, actor, code, key, version)
        if known.get("done_on") is None:
            raise MilestoneRefused(_("Nothing is reported that could be withdrawn."))
        now = clock.now(connection, store.campaign)
        empty = dict.fromkeys((*milestones.COUNTS, "done_on", "reported_at", "reported_by", *milestones.NO_VERDICT))
        milestones.change(connection, unit.id, stage.key, now, actor.name, "withdrawn", note=reason, **empty)
        audit.append(connection, actor.name, "milestone_withdrawn", {"unit": unit.code, "stage": stage.key})


def _own(
    connection: Connection, campaign: Campaign, actor: Actor, code: str, key: str, version: int | None
) -> tuple[Unit, Stage, dict[str, Any]]:
    try:
        unit = read.unit(connection, actor.scope, code)
        stage = campaign.stage(key)
    except (OutOfScope, KeyError) as error:
        raise MilestoneRefused(_("There is no such unit, or it is not for your account.")) from error
    if not may_report(campaign, actor, unit, stage):
        raise MilestoneRefused(_("Only the unit itself reports its milestones."))
    known = milestones.state(connection, unit.id, key)
    if version is not None and known.get("version", 0) != version:
        raise MilestoneRefused(
            _("Somebody else has changed this report meanwhile; nothing was saved. Reload the page.")
        )
    return unit, stage, known


def _check(connection: Connection, campaign: Campaign, unit: Unit, stage: Stage, said: Report, now: datetime) -> None:
    if not campaign.start <= said.done_on <= now.astimezone(campaign.timezone).date():
        message = _("The day must lie between {first} and today: report it once it is done.")
        raise MilestoneRefused(message.format(first=campaign.start))
    if len(said.note) > LONGEST_NOTE:
        raise MilestoneRefused(_("The note has more than {most} characters. Shorten it.").format(most=LONGEST_NOTE))
    refuse_personal(said.note)
    for value in (said.sessions, said.people, said.schools):
        if value is not None and not 0 <= value <= MOST:
            raise MilestoneRefused(_("A number must be 0 or more."))
    if said.schools:
        total = schools_of(connection, unit, stage, now.astimezone(campaign.timezone).date())
        if said.schools > total:
            message = _("Only {total} schools belong to it; {said} cannot have been reached.")
            raise MilestoneRefused(message.format(total=total, said=said.schools))


def schools_of(connection: Connection, unit: Unit, stage: Stage, day: date) -> int:
    """Of how many schools a unit itself reports: those below it that are below none who reports its own part."""
    if unit.kind == "school":
        return 1
    return milestones.schools_apart(connection, unit.id, [kind for kind in stage.from_below if kind != unit.kind], day)


def refuse_personal(words: str) -> None:
    """Raise MilestoneRefused where words hold a resident ID number."""
    if holds_resident_id(words):
        raise MilestoneRefused(_("The text holds a resident ID number. Delete it."))
