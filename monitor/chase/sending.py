"""Sending chases: not in quiet hours, not too many a day, never what is owed no more, never the same twice.

Each entry is claimed before it is sent, and what became of it is written down after: whoever is killed in between
leaves an entry in the state `sending`, which a person has to look into; it is not sent again by itself.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Connection

from monitor.campaign import COLLECTION, Campaign
from monitor.chase import channels
from monitor.chase.obligations import Obligation, besides_progress, of_units
from monitor.chase.texts import subject
from monitor.i18n import DEFAULT, _, spoken
from monitor.progress import View
from monitor.store import Scope, Store, audit, chases, clock, meta, read
from monitor.units import Unit
from monitor.workdays import Calendar, CalendarNotCovered


@dataclass
class Sent:
    """What came of sending: how many left, and why the others did not, by entry."""

    sent: int = 0
    kept: dict[int, str] = field(default_factory=dict)


def quiet(campaign: Campaign, now: datetime) -> bool:
    """Whether nothing is to be sent at this moment: in the evening, at night, on days off."""
    local = now.astimezone(campaign.timezone)
    settings = campaign.chase
    if not settings.quiet_until <= local.time() < settings.quiet_from:
        return True
    if not settings.rest_on_days_off:
        return False
    try:
        return not Calendar().is_workday(local.date())
    except CalendarNotCovered:
        return local.weekday() >= 5


@dataclass(frozen=True)
class Order:
    """What is sent, by whom, through what.

    Attributes:
        office: the unit whose list it is.
        channel: one of channels.offered.
        actor: an account's name, or "" for the command line.
        scope: what the actor may see.
        at, as_of: the moment and the day of figures for which it is asked once more what is owed; the moment goes on
            while the order is carried out.
        now: the clock by which the order is carried out, mostly going_on(at).
        address_of: the mail address of a unit, "" where there is none or the scope may not read it; kept nowhere.
    """

    office: Unit
    channel: str
    actor: str
    scope: Scope
    at: datetime
    as_of: date
    now: Callable[[], datetime]
    address_of: Callable[[Connection, Scope, int], str] = read.mail_of


def going_on(at: datetime) -> Callable[[], datetime]:
    """A clock that shows `at` now, and goes on from there: the demonstration's time is not ours (store.clock)."""
    began = monotonic()
    return lambda: at + timedelta(seconds=monotonic() - began)


class _StillOwed:
    """What the units of an order owe: looked at once for all, and again for each entry in the transaction that claims it,
    so that nobody is asked for what came in while others were being told."""

    def __init__(self, store: Store, order: Order, entries: Sequence[int]) -> None:
        self._campaign, self._order, self._began = store.campaign, order, order.now()
        with store.connect() as connection:
            asked = {row["unit_id"] for row in chases.some(connection, order.scope, entries)}
            view = View.at(connection, store.campaign, order.scope, order.as_of)
            below = [unit for sector in order.scope.sectors for unit in view.children(order.office, sector)]
            self._units = {unit.id: unit for unit in below if unit.id in asked}
            self._look(connection)

    def owed(self, connection: Connection, row: dict[str, Any]) -> bool:
        """Whether an entry's unit owes what the entry asks for, by now."""
        if meta.data_version(connection) != self._version:
            self._look(connection)
        thing = row["unit_id"], row["obligation"], row["stage"]
        if thing not in self._things or row["obligation"] == COLLECTION:  # figures change with the data version only
            return thing in self._things
        unit = self._units[row["unit_id"]]
        return thing in _things(besides_progress(self._view(connection, {unit.id}), [unit], self._at()))

    def _look(self, connection: Connection) -> None:
        self._version, view = meta.data_version(connection), self._view(connection, set(self._units))
        self._things: set[tuple[int, str, str]] = set()
        for sector in sorted({unit.sector for unit in self._units.values()} & self._order.scope.sectors):
            units = [unit for unit in self._units.values() if unit.sector == sector]
            self._things |= _things(of_units(view, units, sector, self._at()))

    def _view(self, connection: Connection, units: set[int]) -> View:
        """Of some units alone: each of them has been found in the order's scope."""
        scope = replace(self._order.scope, everything=False, roots=frozenset(units))
        return View.at(connection, self._campaign, scope, self._order.as_of)

    def _at(self) -> datetime:
        return self._order.at + (self._order.now() - self._began)


def _things(found: Iterable[Obligation]) -> set[tuple[int, str, str]]:
    return {(one.unit.id, one.key, one.stage) for one in found}


def send(
    store: Store, order: Order, entries: Sequence[int], on_progress: Callable[[int, int], None] | None = None
) -> Sent:
    """Send drafts of an office's list."""
    result, campaign = Sent(), store.campaign
    if quiet(campaign, order.now()):
        return Sent(0, dict.fromkeys(entries, _rest(campaign)))
    still = _StillOwed(store, order, entries)
    try:
        with channels.channel(campaign, order.channel) as post:
            for number, entry in enumerate(entries, 1):
                _send_one(store, order, entry, still, post, result)
                if on_progress:
                    on_progress(number, len(entries))
    except channels.NotSent as error:  # the channel itself
        result.kept |= {entry: str(error) for entry in entries if entry not in result.kept}
    if result.sent:
        with store.begin() as connection:
            audit.append(
                connection,
                order.actor,
                "chase_sent",
                {"unit": order.office.code, "channel": order.channel, "sent": result.sent},
            )
    return result


def _send_one(store: Store, order: Order, entry: int, still: _StillOwed, post: channels.Send, result: Sent) -> None:
    row, address, refusal = _claim(store, order, entry, still)
    if refusal:
        result.kept[entry] = refusal
        return
    try:
        with spoken(DEFAULT):  # as the text below it
            title = subject(row["name"], row["facts"]["title"], row["stage"])
        post(channels.Message(row["code"], address, title, row["text"]))
    except channels.NotSent as error:
        state, problem = "draft", str(error)
    except channels.Unclear as error:
        state, problem = "sending", str(error)
    else:
        state, problem = "sent", ""
    if problem:
        result.kept[entry] = problem
    else:
        result.sent += 1
    with store.begin() as connection:
        chases.move(
            connection, entry, ("sending",), state, order.actor, order.now(),
            channel=order.channel, detail=problem or None,
        )  # fmt: skip


def _claim(store: Store, order: Order, entry: int, still: _StillOwed) -> tuple[dict[str, Any], str, str]:
    """The entry, its mail address, and why it must not be sent now ("" where it is claimed)."""
    with store.begin() as connection:
        row = chases.one(connection, order.scope, entry)
        refusal = _refusal(connection, store.campaign, order, row, still)
        address = (
            order.address_of(connection, order.scope, row["unit_id"]) if order.channel == "mail" and not refusal else ""
        )
        if not refusal and order.channel == "mail" and not address:
            refusal = _("The unit has no mail address: it is not in the working group's roster.")
        if not refusal:
            chases.move(connection, entry, ("draft",), "sending", order.actor, order.now(), channel=order.channel)
    return row, address, refusal


def _refusal(connection: Connection, campaign: Campaign, order: Order, row: dict[str, Any], still: _StillOwed) -> str:
    """Why an entry must not be sent now; "" where it may."""
    if quiet(campaign, order.now()):  # they may have begun since the first was sent
        return _rest(campaign)
    if row["superior_id"] != order.office.id:
        return _("This is on another office's list.")
    if row["state"] != "draft":
        return _("Somebody else has sent or closed this meanwhile.")
    if not still.owed(connection, row):
        return _("This is owed no more; make the list again.")
    counted = chases.sent_since(connection, _midnight(campaign, order.now()))
    if counted.get(row["unit_id"], 0) >= campaign.chase.most_per_unit:
        return _(
            "The unit has been sent {count} messages today, the most that the settings allow. Send it another day, or tell them yourself and note it here."
        ).format(count=campaign.chase.most_per_unit)
    if sum(counted.values()) >= campaign.chase.most_per_day:
        return _(
            "{count} messages have been sent today, the most that the settings allow. Send the rest another day."
        ).format(count=campaign.chase.most_per_day)
    return ""


def _rest(campaign: Campaign) -> str:
    return _("Quiet hours: messages are sent on working days between {since} and {until}.").format(
        since=f"{campaign.chase.quiet_until:%H:%M}", until=f"{campaign.chase.quiet_from:%H:%M}"
    )


def _midnight(campaign: Campaign, now: datetime) -> datetime:
    return datetime.combine(now.astimezone(campaign.timezone).date(), time(), campaign.timezone)


def mark(
    store: Store, scope: Scope, office: Unit, entries: Iterable[int], state: str, actor: str, detail: str = ""
) -> int:
    """Write down what an official did: `sent` (told by hand: copied text, telephone), `dismissed` (not to be chased at
    this stage), `draft` (an unclear sending that did not arrive). How many entries that changed.

    Raises:
        OutOfScope: an entry is not on a list that the scope may see.
        ValueError: no such state.
    """
    before = {"sent": ("draft", "sending"), "dismissed": ("draft", "sending", "sent"), "draft": ("sending",)}.get(state)
    if before is None:
        raise ValueError(state)
    changed = 0
    with store.begin() as connection:
        moment = clock.now(connection, store.campaign)
        for entry in entries:
            row = chases.one(connection, scope, entry)
            if row["superior_id"] == office.id:
                by_hand = "by_hand" if state == "sent" and row["state"] == "draft" else None
                changed += chases.move(
                    connection, entry, before, state, actor, moment, channel=by_hand, detail=detail or None
                )
        if changed:
            audit.append(connection, actor, "chase_marked", {"unit": office.code, "state": state, "count": changed})
    return changed
