"""The chase list of an office: drafted from what its units owe, closed where they owe it no more.

Making it again changes nothing: each stage of each thing has one entry. It is written in Chinese, as all letters of the
office are, whatever language the screen of whoever makes it speaks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.chase.obligations import Obligation, owed, returned
from monitor.chase.texts import text_of
from monitor.i18n import DEFAULT, spoken
from monitor.progress import View
from monitor.store import audit, chases
from monitor.store.filings import RETURNED
from monitor.units import Unit
from monitor.workdays import Calendar


@dataclass(frozen=True)
class Refreshed:
    """What making the list changed: entries drafted, and entries closed because nothing is owed any more."""

    drafted: int
    closed: int


@spoken(DEFAULT)
def refresh(view: View, office: Unit, sectors: Iterable[str], at: datetime, actor: str) -> Refreshed:
    """Bring an office's list up to what its units owe at the moment `at` (figures of the view's day).

    The view's connection must be one that writes. `actor`: an account's name, or "" for the command line.
    """
    wanted = set(sectors)
    now = owed(view, office, wanted, at)
    known = [row for row in chases.of_superior(view.connection, office.id) if row["sector"] in wanted]
    closed = _close(view.connection, now, known, actor, at)
    drafted = chases.add(view.connection, _new(view.campaign, office, now, known, at), actor, at)
    _rewrite(view, office, now, known, at)
    if drafted or closed:
        audit.append(view.connection, actor, "chase_list", {"unit": office.code, "drafted": drafted, "closed": closed})
    return Refreshed(drafted, closed)


@spoken(DEFAULT)
def draft_returned(view: View, office: Unit, unit: Unit, at: datetime, actor: str) -> list[int]:
    """Put what was sent back to a unit on the list of its office, without waiting until the list is made anew; the ids
    of the drafts about it."""
    now = returned(view, [unit], at)
    known = [row for row in chases.of_superior(view.connection, office.id) if row["unit_id"] == unit.id]
    _close_earlier(view.connection, now, known, actor, at)
    chases.add(view.connection, _new(view.campaign, office, now, known, at), actor, at)
    _rewrite(view, office, now, known, at)
    things = {(one.key, one.stage) for one in now}
    return [
        row["id"]
        for row in chases.of_superior(view.connection, office.id)
        if row["unit_id"] == unit.id and row["state"] == "draft" and (row["obligation"], row["stage"]) in things
    ]


def _close(connection: Connection, now: list[Obligation], known: list[dict[str, Any]], actor: str, at: datetime) -> int:
    """Close what is owed no more: a draft is dropped, what was sent is done. A draft of an earlier stage is dropped too:
    the later one takes its place."""
    things = {(one.unit.id, one.key) for one in now}
    stages = {(one.unit.id, one.key, one.stage) for one in now}
    closed = _close_earlier(connection, now, known, actor, at)
    for row in known:
        thing = row["unit_id"], row["obligation"]
        if row["state"] == "draft" and (*thing, row["stage"]) not in stages:
            closed += chases.move(connection, row["id"], ("draft",), "dropped", actor, at)
        elif row["state"] == "sent" and thing not in things:
            closed += chases.move(connection, row["id"], ("sent",), "done", actor, at)
    return closed


def _close_earlier(
    connection: Connection, now: list[Obligation], known: list[dict[str, Any]], actor: str, at: datetime
) -> int:
    """Close what was told of an earlier return: the unit filed again, and it was sent back once more."""
    by_stage = {(one.unit.id, one.key, one.stage): one for one in now}
    closed = 0
    for row in known:
        one = by_stage.get((row["unit_id"], row["obligation"], row["stage"]))
        if one is not None and row["state"] == "sent" and _another_return(one, row):
            closed += chases.move(connection, row["id"], ("sent",), "done", actor, at)
    return closed


def _another_return(one: Obligation, before: dict[str, Any]) -> bool:
    """Whether something was sent back again after what an entry speaks of."""
    told = before["facts"].get("returned_at")
    return one.stage == RETURNED and told is not None and told != one.facts.get("returned_at")


def _new(
    campaign: Campaign, office: Unit, now: list[Obligation], known: list[dict[str, Any]], at: datetime
) -> list[chases.NewChase]:
    last: dict[tuple[int, str, str], dict[str, Any]] = {}
    for row in known:  # the oldest first: the newest round stays
        last[row["unit_id"], row["obligation"], row["stage"]] = row
    drafted = []
    for one in now:
        before = last.get((one.unit.id, one.key, one.stage))
        if before is None or _came_up_again(campaign, one, before, at):
            number = 1 if before is None else before["round"] + 1
            drafted.append(
                chases.NewChase(
                    one.unit.id, office.id, one.key, one.stage, number, one.facts, _text(campaign, one, office, at)
                )
            )
    return drafted


def _came_up_again(campaign: Campaign, one: Obligation, before: dict[str, Any], at: datetime) -> bool:
    """Whether something that was over is owed anew, and long enough after it was over.

    A draft that was dropped was never sent: it may come back at once. Each return is something new. What an official
    dismissed stays dismissed.
    """
    if before["state"] == "dropped":
        return True
    if before["state"] not in ("draft", "sending") and _another_return(one, before):
        return True
    if before["state"] != "done":
        return False
    zone = campaign.timezone
    passed = Calendar().count(before["closed_at"].astimezone(zone).date(), at.astimezone(zone).date())
    return passed >= campaign.chase.again_after


def _rewrite(view: View, office: Unit, now: list[Obligation], known: list[dict[str, Any]], at: datetime) -> None:
    """Give drafts the facts of today."""
    drafts = {(row["unit_id"], row["obligation"], row["stage"]): row for row in known if row["state"] == "draft"}
    for one in now:
        row = drafts.get((one.unit.id, one.key, one.stage))
        if row is not None and row["facts"] != dict(one.facts):
            chases.rewrite(view.connection, row["id"], one.facts, _text(view.campaign, one, office, at))


def _text(campaign: Campaign, one: Obligation, office: Unit, at: datetime) -> str:
    from_whom = campaign.campaign.issuer if office.kind == "province" else office.name
    return text_of(one, from_whom, at.astimezone(campaign.timezone).date())
