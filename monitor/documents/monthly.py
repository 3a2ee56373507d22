"""The monthly report (月报表): its days, and its content for one unit and month.

`build` makes the content from figures that the caller has; it reads nothing itself. What it makes,
`monitor.documents.xlsx.render` fills into a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from monitor.campaign import Campaign
from monitor.documents.placeholders import known
from monitor.documents.readers import Item, groups
from monitor.documents.source import Manual, Source, Value
from monitor.i18n import _

TEMPLATE = "monthly.xlsx"


class NoReport(Exception):
    """There is no such monthly report; the message says why. wrong_use: nobody files it, rather than data missing."""

    def __init__(self, message: str, wrong_use: bool) -> None:
        """Keep the reason."""
        super().__init__(message)
        self.wrong_use = wrong_use


@dataclass(frozen=True)
class Form:
    """The content of one monthly report.

    values: every placeholder by name (monitor.documents.placeholders.known), rates unrounded, None where not known or
    not entered; groups: the rows of `each_type` and `each_level`, by placeholder; figures_day: the day of the figures,
    earlier than report_day where no newer table has come.
    """

    title: str
    sector: str
    year: int
    month: int
    report_day: date
    figures_day: date
    values: Mapping[str, Value]
    groups: Mapping[str, tuple[Item, ...]]


def report_day(campaign: Campaign, year: int, month: int) -> date:
    """The day that a month's report speaks of. The weekend rule of the filing deadline does not move it."""
    return date(year, month, campaign.reports.day)


def previous_day(campaign: Campaign, year: int, month: int) -> date | None:
    """The report day of the month before; None for the campaign's first report."""
    before = (year, month - 1) if month > 1 else (year - 1, 12)
    if f"{before[0]:04}-{before[1]:02}" < campaign.reports.first_month:
        return None
    return report_day(campaign, *before)


def check_filer(campaign: Campaign, code: str, name: str, kind: str, year: int, month: int) -> None:
    """Whether the unit files a report for this month.

    Raises:
        NoReport: units of its kind do not, it is exempt, or the campaign's reports begin later.
    """
    if kind not in campaign.reports.who:
        raise NoReport(_("{unit} files no monthly report.").format(unit=name), wrong_use=True)
    if code in campaign.reports.exempt:
        raise NoReport(_("{unit} is exempt from the monthly report.").format(unit=name), wrong_use=True)
    if f"{year:04}-{month:02}" < campaign.reports.first_month:
        message = _("The first monthly report is that of {first}.").format(first=campaign.reports.first_month)
        raise NoReport(message, wrong_use=True)


def build(
    campaign: Campaign,
    year: int,
    month: int,
    document: Mapping[str, Any],
    *,
    previous: Mapping[str, Any] | None = None,
    by_type: Mapping[str, Mapping[str, Any]] | None = None,
    manual: Manual | None = None,
    figures_day: date | None = None,
) -> Form:
    """The content of a unit's monthly report.

    document: the unit's status document (the keys of `status --json`) as of the report day, or as of today while the
    report day is to come; with `change` since the previous report day where there is one. previous: the document as of
    the previous report day, None where there was no data then. by_type: school type → figure → number, for the sector
    of schools. figures_day: the day of the newest table behind `document`, None where it is as of that very day.

    Raises:
        ValueError: the school types do not add up to the unit's figures (they are of another day or another load).
    """
    source = Source(
        campaign=campaign,
        year=year,
        month=month,
        report_day=report_day(campaign, year, month),
        document=document,
        previous=previous,
        by_type=by_type or {},
        manual=manual or Manual(),
        figures_day=figures_day,
    )
    _check_sums(source)
    values = {name: placeholder.read(source) for name, placeholder in known().items()}
    shown = values["as_of"]
    assert isinstance(shown, date)
    return Form(
        title=f"{campaign.title}工作月报表",
        sector=source.sector,
        year=year,
        month=month,
        report_day=source.report_day,
        figures_day=shown,
        values=values,
        groups=groups(source),
    )


def template_path(campaign: Campaign) -> Path:
    """The template of the monthly report, which an office may replace by its own."""
    return campaign.path(campaign.data.templates) / TEMPLATE


def _check_sums(source: Source) -> None:
    if not source.by_type:
        return
    for figure in ("expected", "entered", "submitted", "approved"):
        total = sum(source.typed(school_type, figure) or 0 for school_type in source.by_type)
        if total != source.at("figures", figure):
            raise ValueError(
                f"{figure}: the school types add up to {total}, the unit has {source.at('figures', figure)}"
            )
