"""The text of a chase: made from the unit's own facts, nobody else's."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from monitor.campaign import Campaign
from monitor.chase.obligations import COLLECTION, FINDINGS, MONTHLY, Obligation, title
from monitor.i18n import _


def text_of(campaign: Campaign, owed: Obligation, office: str) -> str:
    """The whole text: to whom, what is owed, what to do, from whom."""
    return "\n".join([_("{unit}:").format(unit=owed.unit.name), _BODIES[owed.kind](campaign, owed), office])


def subject(campaign: Campaign, unit: str, key: str) -> str:
    """The subject of a message."""
    return _("[Reminder] {unit}: {matter}").format(unit=unit, matter=title(campaign, key))


def _report(campaign: Campaign, owed: Obligation) -> str:
    facts = owed.facts
    form, due = title(campaign, owed.key), _day(facts["due"])
    if owed.stage == "due_soon":
        said = _("your {form} is due by the end of {due} and has not been filed yet.")
    elif owed.stage == "overdue":
        said = _("your {form} was due by the end of {due}; it has not been filed and is {days} days late.")
    else:
        said = _(
            "your {form} was due by the end of {due}; it has still not been filed and is {days} days late. Please report"
            " the reason as well."
        )
    ask = _("Please fill it in and submit it on the page “Monthly report”.")
    return said.format(form=form, due=due, days=facts["days_late"]) + ask


def _collection(campaign: Campaign, owed: Obligation) -> str:
    facts = owed.facts
    said = _(
        "as of {day}, {approved} of {denominator} people are approved, completion {rate}, {left} are left; the deadline is"
        " {deadline}. {why}."
    ).format(
        day=_day(facts["as_of"]), approved=_count(facts["approved"]), denominator=_count(facts["denominator"]),
        rate="—" if facts["completion"] is None else f"{facts['completion']:.1%}", left=_count(facts["left"]),
        deadline=_day(facts["deadline"]), why=facts["why"],
    )  # fmt: skip
    if facts["bottleneck"]:
        said += _WHERE[facts["bottleneck"]]().format(count=_count(facts["stage_waiting"]))
    return said + _("Please find out the reason and see to it that the work is done in time.")


def _findings(campaign: Campaign, owed: Obligation) -> str:
    return _(
        "of the figures up to {day}, {must_fix} findings that must be corrected and {explain} that need an explanation are"
        " unanswered for you and the units below. Please correct the tables or explain on the page “Data quality”."
    ).format(day=_day(owed.facts["until"]), must_fix=owed.facts["must_fix"], explain=owed.facts["explain"])


_BODIES: Final[Mapping[str, Callable[[Campaign, Obligation], str]]] = {
    MONTHLY: _report,
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


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return _("{month:02d}-{day:02d}").format(month=day.month, day=day.day)


def _count(number: Any) -> str:
    return "—" if number is None else f"{number:,}"
