"""What the tables say for a month's report of a unit: read in one moment, through `monitor.progress`."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from monitor import progress
from monitor.campaign import Campaign
from monitor.figures import DENOMINATORS
from monitor.filings.deadline import previous_day, report_day
from monitor.filings.source import Source, ratio, whole, written
from monitor.i18n import _
from monitor.progress import View
from monitor.store import Scope, read
from monitor.units import Unit

COMPARED: Final = ("expected", "entered", "submitted", "numbered", "approved")
"""Figures that the form sets beside those of the previous report day."""


class NoReport(Exception):
    """There is no such monthly report; the message says why. wrong_use: nobody files it, rather than data missing."""

    def __init__(self, message: str, wrong_use: bool) -> None:
        """Keep the reason."""
        super().__init__(message)
        self.wrong_use = wrong_use


def check_filer(campaign: Campaign, code: str, name: str, kind: str, month: str) -> None:
    """Whether the unit files a report for this month (YYYY-MM).

    Raises:
        NoReport: units of its kind do not, it is exempt, or the campaign's reports begin later.
    """
    if kind not in campaign.reports.who:
        raise NoReport(_("{unit} files no monthly report.").format(unit=name), wrong_use=True)
    if code in campaign.reports.exempt:
        raise NoReport(_("{unit} is exempt from the monthly report.").format(unit=name), wrong_use=True)
    if month < campaign.reports.first_month:
        message = _("The first monthly report is that of {first}.").format(first=campaign.reports.first_month)
        raise NoReport(message, wrong_use=True)


def gather(
    connection: Connection, campaign: Campaign, scope: Scope, unit: Unit, month: str, as_of: date | None = None
) -> Source:
    """What the tables say for the report of a month, as of its report day (or of an earlier day), or of the newest day
    before it.

    The document has no `children` and no `gaps`, but `counties`: how many counties are directly below the unit.

    Raises:
        NoReport: the unit files no report for this month, or no table of the month has been loaded.
        OutOfScope: the unit is not in the scope.
    """
    check_filer(campaign, unit.code, unit.name, unit.kind, month)
    day, before = report_day(campaign, month), previous_day(campaign, month)
    seen = min(day, as_of or day)
    view = View.at(connection, campaign, scope, seen)
    unit = view.unit(unit.code)
    days = read.snapshot_days(connection)
    year, number = day.year, day.month
    figures_day = _newest(days, before or campaign.start - timedelta(days=1), seen, f"{year}年{number}月")
    sector = progress.default_sector(unit)
    # Where nothing had been loaded a month ago there is no change to speak of.
    since = before if before and days[0] <= before else None
    document = progress.unit_document(view, unit, sector, since, below=False)
    counties = sum(child.kind == "county" for child in view.children(unit, sector))
    return Source(
        campaign=campaign,
        year=year,
        month=number,
        report_day=day,
        document={key: part for key, part in document.items() if key not in ("children", "gaps")}
        | {"counties": counties},
        previous=_previous(view, unit, sector, since),
        by_type=_by_type(view, unit, document),
        figures_day=figures_day,
    )


def _newest(days: list[date], after: date, until: date, month: str) -> date:
    """The newest day with tables within the month of the report."""
    loaded = [day for day in days if day <= until]
    if not loaded:
        message = _("There are no figures for {month}: no table has been loaded up to {day}.")
        raise NoReport(message.format(month=month, day=written(until)), wrong_use=False)
    if loaded[-1] <= after:
        message = _("There are no figures for {month}: the newest table is of {day}.")
        raise NoReport(message.format(month=month, day=written(loaded[-1])), wrong_use=False)
    return loaded[-1]


def _previous(view: View, unit: Unit, sector: str, since: date | None) -> Mapping[str, Any] | None:
    """What the form sets beside this month's figures, under the keys of the status document."""
    if since is None:
        return None
    frame = read.figures(view.connection, view.campaign, view.scope, [unit.id], [since], sector)
    row = {str(name): whole(number) for name, number in frame.drop(columns="day").iloc[0].items()}
    figures = {name: row[name] for name in COMPARED}
    if not row["numbered_known"]:
        figures["numbered"] = None
    completion = ratio(row["approved"], row[DENOMINATORS[view.campaign.denominator]])
    return {"as_of": since.isoformat(), "figures": figures, "rates": {"completion": completion}}


def _by_type(view: View, unit: Unit, document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Figures by school type; a number that is not known for the unit is not known for its school types either."""
    if document["sector"] != "schools":
        return {}
    frame = progress.by_school_type(view, unit)
    types = {str(key): {str(name): whole(number) for name, number in row.items()} for key, row in frame.iterrows()}
    if document["figures"]["numbered"] is None:
        for figures in types.values():
            figures["numbered"] = None
    return types
