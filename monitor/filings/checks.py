"""What stands between a draft and its submission, and what is worth a second look."""

from dataclasses import dataclass

from monitor.filings.fields import FIELDS, fields_of, same_person
from monitor.filings.override import computed
from monitor.filings.report import Report
from monitor.filings.words import figure_word
from monitor.i18n import _
from monitor.numbers import whole


@dataclass(frozen=True)
class Remark:
    """A remark on a report. field: the field that it is about, "" for none."""

    field: str
    message: str


def missing(report: Report) -> list[Remark]:
    """What has to be done before the report can be submitted, in the order of the form."""
    found = [
        Remark(field.key, _("“{field}” is not filled in yet.").format(field=field.label))
        for field in fields_of(report.source.sector)
        if field.required and getattr(report.manual, field.key) in ("", None)
    ]
    filler, reviewer = report.manual.filler, report.manual.reviewer
    if filler and reviewer and same_person(filler, reviewer):
        message = _("“{filler}” and “{reviewer}” have to be two different people: who reviews is not who filled in.")
        labels = {key: FIELDS[key].label for key in ("filler", "reviewer")}
        found.append(Remark("reviewer", message.format(**labels)))
    return found


def remarks(report: Report) -> list[Remark]:
    """What is worth a second look, and hinders nothing."""
    manual, source = report.manual, report.source
    found = []
    counties, schools = source.at("counties"), computed(report.computed, "institutions.total")
    if counties and manual.training_counties is not None and manual.training_counties > counties:
        message = _("More counties reached than the unit has ({count}).")
        found.append(Remark("training_counties", message.format(count=whole(counties))))
    if schools and manual.training_schools is not None and manual.training_schools > schools:
        message = _("More schools reached than the register has ({count}).")
        found.append(Remark("training_schools", message.format(count=whole(schools))))
    if (must_fix := source.at("findings", "must_fix")) and not report.frozen:
        message = _("{count} findings in the data must be corrected; the figures may still change.")
        found.append(Remark("", message.format(count=whole(must_fix))))
    return found + _stale_overrides(report)


def _stale_overrides(report: Report) -> list[Remark]:
    """Figures put right when the tables said something else than they do now."""
    message = _("“{figure}”: the tables said {before} when it was corrected, now they say {now}.")
    return [
        Remark(override.name, message.format(figure=figure_word(override.name), before=whole(override.computed), now=whole(now)))
        for override in report.overrides
        if (now := computed(report.computed, override.name)) != override.computed
    ]  # fmt: skip
