"""The text of a chase: made from the unit's own facts, nobody else's."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from monitor.campaign import COLLECTION
from monitor.chase.obligations import FILING, FINDINGS, MILESTONE, Obligation
from monitor.i18n import _
from monitor.numbers import day_written, percent
from monitor.store.filings import RETURNED


def text_of(owed: Obligation, office: str, today: date) -> str:
    """The whole text: to whom, what is owed, what to do, from whom; days of today's year are written without it."""
    return "\n".join([_("{unit}:").format(unit=owed.unit.name), _BODIES[owed.kind](owed, today), office])


def subject(unit: str, matter: str, stage: str) -> str:
    """The subject of a message: a reminder, or that something came back."""
    said = _("[Sent back] {unit}: {matter}") if stage == RETURNED else _("[Reminder] {unit}: {matter}")
    return said.format(unit=unit, matter=matter)


def _filing(owed: Obligation, today: date) -> str:
    facts = owed.facts
    said = (_MILESTONE_STAGES if owed.kind == MILESTONE else _FILING_STAGES)[owed.stage]()
    said = said.format(form=facts["title"], due=_day(facts["due"], today), days=facts["days_late"])
    if facts.get("lacks"):
        said += _LACKING[facts["lacks"]]()
    return said + (_(" Reason: {reason}").format(reason=facts["reason"]) if facts.get("reason") else "")


_LACKING: Final[Mapping[str, Callable[[], str]]] = {
    "paper": lambda: _(" The electronic copy is here; the signed paper copy is missing."),
    "electronic": lambda: _(" The paper copy is here; the electronic one is missing."),
}


_FILING_STAGES: Final[Mapping[str, Callable[[], str]]] = {
    "due_soon": lambda: _(
        "your filing “{form}” is due by the end of {due} and is not here yet. Please complete and file it."
    ),
    "overdue": lambda: _(
        "your filing “{form}” was due by the end of {due}; it is not here and {days} days late. Please file it at once."
    ),
    "long_overdue": lambda: _(
        "your filing “{form}” was due by the end of {due}; it is still not here and {days} days late. Please file it at"
        " once and tell the reason."
    ),
    "returned": lambda: _(
        "your filing “{form}” (due by the end of {due}) was sent back to you. Please correct it as you were told and file it"
        " again."
    ),
}


_MILESTONE_STAGES: Final[Mapping[str, Callable[[], str]]] = {
    "due_soon": lambda: _(
        "“{form}” is to be done by the end of {due} and is not reported yet. Please do it in time and report it on the page"
        " “Milestones”."
    ),
    "overdue": lambda: _(
        "“{form}” was to be done by the end of {due}; it is not reported and {days} days late. Please report it on the page"
        " “Milestones” at once."
    ),
    "long_overdue": lambda: _(
        "“{form}” was to be done by the end of {due}; it is still not reported and {days} days late. Please report it on the"
        " page “Milestones” at once and tell the reason."
    ),
    "returned": lambda: _(
        "your report of “{form}” (to be done by the end of {due}) was sent back to you. Please correct it as you were told and"
        " report it again."
    ),
}


def _collection(owed: Obligation, today: date) -> str:
    facts = owed.facts
    said = _(
        "as of {day}, {approved} of {denominator} people are approved, completion {rate}, {left} are left; the deadline is"
        " {deadline}. {why}."
    ).format(
        day=_day(facts["as_of"], today), approved=_count(facts["approved"]), denominator=_count(facts["denominator"]),
        rate=percent(facts["completion"]), left=_count(facts["left"]),
        deadline=_day(facts["deadline"], today), why=facts["why"],
    )  # fmt: skip
    if facts["bottleneck"]:
        said += _WHERE[facts["bottleneck"]]().format(count=_count(facts["stage_waiting"]))
    return said + _("Please find out the reason and see to it that the work is done in time.")


def _findings(owed: Obligation, today: date) -> str:
    return _(
        "of the figures up to {day}, {must_fix} findings that must be corrected and {explain} that need an explanation are"
        " unanswered for you and the units below. Please correct the tables or explain on the page “Data quality”."
    ).format(day=_day(owed.facts["until"], today), must_fix=owed.facts["must_fix"], explain=owed.facts["explain"])


_BODIES: Final[Mapping[str, Callable[[Obligation, date], str]]] = {
    FILING: _filing,
    MILESTONE: _filing,
    COLLECTION: _collection,
    FINDINGS: _findings,
}

_WHERE: Final[Mapping[str, Callable[[], str]]] = {
    "entry": lambda: _("Most wait for being entered ({count}). "),
    "submission": lambda: _("Most wait for being submitted ({count}). "),
    "school_review": lambda: _("Most wait for the review of their school ({count}). "),
    "county_review": lambda: _("Most wait for the review of the county ({count}). "),
    "city_review": lambda: _("Most wait for the review of the city ({count}). "),
    "province_review": lambda: _("Most wait for the review of the province ({count}). "),
}


def _day(iso: str, today: date) -> str:
    day = date.fromisoformat(iso)
    return day_written(day, year=day.year != today.year)


def _count(number: Any) -> str:
    return "—" if number is None else f"{number:,}"
