"""What people do to a report: fill it in, put a figure right, submit it, accept it, return it.

Who may is decided here and in the store: a filer its own unit's, the province those of its scope. Everything is in the
audit log. A report has a version, and so has each of its fields: what somebody else changed meanwhile is never
overwritten unseen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from monitor.filings import checks
from monitor.filings.actor import oversees, stands_for
from monitor.filings.deadline import previous_day
from monitor.filings.fields import FIELDS, FieldError, read
from monitor.filings.gather import check_filer
from monitor.filings.override import LARGEST, LONGEST, PATHS, SHORTEST, computed
from monitor.filings.report import Report, frozen_content, report
from monitor.filings.words import life_word
from monitor.i18n import _
from monitor.personal import holds_resident_id
from monitor.store import Store, audit, clock, filings, meta
from monitor.store import read as units
from monitor.store.actor import Actor
from monitor.store.filings import ACCEPTED, MONTHLY, RETURNED, SUBMITTED, Event, Filing
from monitor.store.scope import OutOfScope
from monitor.units import Unit

LASTING: Final = ("working_group", "work_plan", "funds", "filler", "reviewer", "head", "phone")
"""Fields that mostly stay the same from month to month."""

_SITTING: Final = timedelta(minutes=10)
"""One line in the audit log a field, person and sitting: drafts save themselves every few seconds."""


class Refused(Exception):
    """It cannot be done; the message says why and what to do."""


class Changed(Refused):
    """Somebody else changed the report, or the tables changed, since it was looked at."""


@dataclass(frozen=True)
class Entry:
    """What stands in a field of a draft, and who put it there when. version: that of the report then."""

    value: Any
    version: int
    by: str
    title: str
    at: datetime


class Conflict(Refused):
    """Somebody else changed the very field meanwhile; theirs stands."""

    def __init__(self, theirs: Entry) -> None:
        """Keep what the other wrote."""
        super().__init__(_("{who} has changed this field meanwhile.").format(who=theirs.title))
        self.theirs = theirs


def entries(filing: Filing, kind: str = "fields") -> dict[str, Entry]:
    """The fields ("fields") or the figures put right ("overrides") of a draft, with who wrote them when."""
    kept: Mapping[str, Mapping[str, Any]] = filing.content.get(kind, {})
    return {
        key: Entry(one["value"], one["version"], one["by"], one["title"], datetime.fromisoformat(one["at"]))
        for key, one in kept.items()
    }


def save_field(store: Store, actor: Actor, code: str, month: str, key: str, typed: str, seen: int) -> Filing:
    """Write one field of the draft. `seen`: the version of the field (Entry.version) that the writer has looked at,
    0 for an empty one. Two people may share an account: who wrote it says nothing.

    Raises:
        OutOfScope: the report is not the writer's own.
        NoReport: there is no such report.
        FieldError: it cannot stand in the field.
        Conflict: somebody else changed the field after `seen`.
        Refused: the report is with the province.
    """
    value = read(FIELDS[key], typed)
    with store.begin() as connection:
        # Without the figures: a draft saves itself every few seconds, and writers take turns.
        mine = _mine(connection, store, actor, code, month)
        return _save(connection, store, actor, mine, "fields", key, {"value": value}, seen)


def take_over(store: Store, actor: Actor, code: str, month: str) -> list[str]:
    """Fill the empty fields that stay the same from month to month with those of the month before; their keys.

    Raises:
        OutOfScope, NoReport, Refused: as `save_field`.
    """
    before = previous_day(store.campaign, month)
    if before is None:
        return []
    taken: list[str] = []
    with store.begin() as connection:
        mine = _mine(connection, store, actor, code, month)
        last = entries(filings.find(connection, actor.scope, mine.unit_id, MONTHLY, f"{before:%Y-%m}"))
        for key in LASTING:
            now = entries(mine).get(key)
            if key in last and last[key].value and (now is None or now.value in ("", None)):
                entry = {"value": last[key].value}
                mine = _save(connection, store, actor, mine, "fields", key, entry, mine.version)
                taken.append(key)
    return taken


def put_right(
    store: Store, actor: Actor, shown: Report, name: str, value: int | None, reason: str, seen: int
) -> Filing:
    """Put a figure (of override.PATHS) in place of the computed one, as the report shows it, with a reason; None takes it
    back.

    Raises:
        FieldError: no such number, or no reason.
        OutOfScope, NoReport, Conflict, Refused: as `save_field`.
    """
    reason = _reason(reason) if value is not None else ""
    if value is not None and not 0 <= value <= LARGEST:
        raise FieldError(_("Please enter a whole number such as 12, without words."))
    entry = {"value": value, "computed": computed(shown.computed, name), "reason": reason}
    if value is not None and value == entry["computed"]:
        raise FieldError(_("That is the computed figure; there is nothing to correct."))
    with store.begin() as connection:
        mine = _mine(connection, store, actor, shown.unit.code, shown.month)
        return _save(connection, store, actor, mine, "overrides", name, entry, seen)


def submit(store: Store, actor: Actor, shown: Report) -> Filing:
    """Submit a report as it was shown; it is frozen as it is, and goes to the province.

    Raises:
        OutOfScope: the report is not the submitter's own.
        Refused: something is missing, or it is with the province already.
        Changed: somebody else changed it, or the tables changed, since it was shown.
    """
    # What takes long is done before writers have to wait.
    found = shown if _current(store, shown) else _again(store, actor, shown)
    with store.begin() as connection:
        mine = _mine(connection, store, actor, shown.unit.code, shown.month)
        if mine.version != shown.filing.version:
            raise Changed(_("The report was changed meanwhile; please look at it again."))
        if meta.data_version(connection) != found.data_version:
            raise Changed(_new_tables())
        lacking = checks.missing(found)
        if lacking:
            raise Refused(" ".join(remark.message for remark in lacking))
        at = _moment(connection, store, found)
        content = frozen_content(found, at.astimezone(store.campaign.timezone).date())
        return _moved(connection, actor, found, SUBMITTED, at, None, content)


def accept(store: Store, actor: Actor, shown: Report) -> Filing:
    """Accept a submitted report.

    Raises:
        OutOfScope: it is not in the actor's sector, or the actor may not accept.
        Refused: it is not submitted.
        Changed: it changed since it was shown.
    """
    with store.begin() as connection:
        found = _judged(connection, store, actor, shown)
        if found.state != SUBMITTED:
            raise Refused(_not_now(found.state))
        return _moved(connection, actor, found, ACCEPTED, _moment(connection, store, found), None, None)


def send_back(store: Store, actor: Actor, shown: Report, reason: str) -> Filing:
    """Return a submitted or accepted report with a reason.

    Raises:
        FieldError: no reason.
        OutOfScope, Refused, Changed: as `accept`.
    """
    reason = _reason(reason)
    with store.begin() as connection:
        found = _judged(connection, store, actor, shown)
        if found.state not in (SUBMITTED, ACCEPTED):
            raise Refused(_not_now(found.state))
        return _moved(connection, actor, found, RETURNED, _moment(connection, store, found), reason, None)


def may_fill(actor: Actor, unit: Unit) -> bool:
    """Whether the report is the actor's own to fill in."""
    return actor.may("file") and stands_for(actor, unit)


def may_judge(actor: Actor, unit: Unit) -> bool:
    """Whether the actor may accept or return the unit's report."""
    return oversees(actor, unit)


# ---- how -----------------------------------------------------------------------------------------------------------


def _mine(connection: Connection, store: Store, actor: Actor, code: str, month: str) -> Filing:
    """The actor's own report, open to be filled in."""
    unit = units.unit(connection, actor.scope, code)
    if not may_fill(actor, unit):
        raise OutOfScope(code)
    check_filer(store.campaign, unit.code, unit.name, unit.kind, month)
    if f"{clock.now(connection, store.campaign):%Y-%m}" < month:
        raise Refused(_("The month of this report has not begun yet."))
    mine = filings.find(connection, actor.scope, unit.id, MONTHLY, month)
    if mine.state in (SUBMITTED, ACCEPTED):
        raise Refused(_not_now(mine.state))
    return mine


def _judged(connection: Connection, store: Store, actor: Actor, shown: Report) -> Report:
    """The report as it was shown, if nobody has changed it since and the actor may judge it."""
    unit = units.unit(connection, actor.scope, shown.unit.code)
    if not may_judge(actor, unit):
        raise OutOfScope(shown.unit.code)
    now = filings.find(connection, actor.scope, unit.id, MONTHLY, shown.month)
    if now.version != shown.filing.version:
        raise Changed(_("The report was changed meanwhile; please look at it again."))
    return replace(shown, filing=now)


def _current(store: Store, shown: Report) -> bool:
    with store.connect() as connection:
        return meta.data_version(connection) == shown.data_version


def _again(store: Store, actor: Actor, shown: Report) -> Report:
    """The report read anew, because tables came: with the same figures."""
    with store.connect() as connection:
        found = report(connection, store.campaign, actor.scope, shown.unit.code, shown.month)
    if any(computed(found.computed, name) != computed(shown.computed, name) for name in PATHS):
        raise Changed(_new_tables())
    return found


def _new_tables() -> str:
    return _("New tables came meanwhile and the figures have changed; please look at the report again.")


def _save(
    connection: Connection, store: Store, actor: Actor, mine: Filing, kind: str, key: str,
    entry: Mapping[str, Any], seen: int,
) -> Filing:  # fmt: skip
    before = entries(mine, kind).get(key)
    kept = mine.content.get(kind, {}).get(key, {"value": None})
    at = clock.now(connection, store.campaign)
    if all(_alike(kept.get(name), value) for name, value in entry.items() if name != "computed"):
        return mine
    if before is not None and before.version > seen:
        raise Conflict(before)
    written = {**entry, "version": mine.version + 1, "by": actor.name, "title": actor.title, "at": at.isoformat()}
    content = {**mine.content, kind: {**mine.content.get(kind, {}), key: written}}
    saved = filings.save(connection, actor.scope, mine, content, actor.name, at)
    if kind == "overrides" or before is None or before.by != actor.name or at - before.at > _SITTING:
        _audit(connection, actor, "filing_edited", mine, {"field": key})
    return saved


def _alike(one: Any, other: Any) -> bool:
    """Whether two entries are the same; nothing typed and nothing known are. 0 is something."""
    return one == other or (one in ("", None) and other in ("", None))


def _moved(
    connection: Connection, actor: Actor, found: Report, state: str, at: datetime, reason: str | None,
    content: Mapping[str, Any] | None,
) -> Filing:  # fmt: skip
    event = Event(at, actor.name, actor.title, state, reason, found.filing.version + 1, content)
    moved = filings.move(connection, actor.scope, found.filing, event)
    _audit(connection, actor, f"filing_{state}", moved, {"version": moved.version})
    return moved


def _audit(connection: Connection, actor: Actor, action: str, found: Filing, more: Mapping[str, Any]) -> None:
    unit = units.unit_by_id(connection, actor.scope, found.unit_id)
    detail = {"form": found.form, "unit": unit.code, "period": found.period, **more}
    audit.append(connection, actor.name, action, detail)


def _moment(connection: Connection, store: Store, found: Report) -> datetime:
    """Now; never before what happened last, whatever the clock says."""
    return max([clock.now(connection, store.campaign), *(event.at for event in found.events[-1:])])


def _reason(reason: str) -> str:
    tidy = reason.strip()
    if holds_resident_id(tidy):
        raise FieldError(_("This holds a resident ID number. Personal numbers do not belong here; please remove it."))
    if len(tidy) < SHORTEST:
        raise FieldError(_("Please give a reason of at least {count} characters.").format(count=SHORTEST))
    if len(tidy) > LONGEST:
        message = _("At most {most} characters; these are {count}. Please shorten it.")
        raise FieldError(message.format(most=LONGEST, count=len(tidy)))
    return tidy


def _not_now(state: str) -> str:
    if state in (SUBMITTED, ACCEPTED):
        return _("This report is {state}; it can be changed only once the province returns it.").format(
            state=life_word(state)
        )
    return _("This report is {state}: nothing is waiting to be decided.").format(state=life_word(state))
