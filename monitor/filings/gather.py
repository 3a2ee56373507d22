"""What the tables say for a month's report of a unit: read in one moment, through `monitor.progress`."""

from collections.abc import Mapping, Sequence
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

    The document has no `gaps`, but `counties`: how many counties are directly below the unit.

    Raises:
        NoReport: the unit files no report for this month, or no table of the month has been loaded.
        OutOfScope: the unit is not in the scope.
    """
    check_filer(campaign, unit.code, unit.name, unit.kind, month)
    unit = read.unit(connection, scope, unit.code)
    return gather_all(connection, campaign, scope, [unit], month, as_of)[unit.id]


def gather_all(
    connection: Connection, campaign: Campaign, scope: Scope, units: Sequence[Unit], month: str, as_of: date | None = None
) -> dict[int, Source]:  # fmt: skip
    """What `gather` gives for units of the scope that file a report for the month, by id: read and computed for all of a
    sector at once.

    Raises:
        NoReport: no table of the month has been loaded.
    """
    found: dict[int, Source] = {}
    for sector in sorted({progress.default_sector(unit) for unit in units}):
        members = [unit for unit in units if progress.default_sector(unit) == sector]
        found |= _of_sector(connection, campaign, scope, members, sector, month, as_of)
    return found


def _of_sector(
    connection: Connection, campaign: Campaign, scope: Scope, units: Sequence[Unit], sector: str, month: str,
    as_of: date | None,
) -> dict[int, Source]:  # fmt: skip
    day, before = report_day(campaign, month), previous_day(campaign, month)
    seen = min(day, as_of or day)
    view = View.at(connection, campaign, scope, seen)
    days = read.snapshot_days(connection)
    figures_day = _newest(days, before or campaign.start - timedelta(days=1), seen, f"{day.year}年{day.month}月")
    # Where nothing had been loaded a month ago there is no change to speak of.
    since = before if before and days[0] <= before else None
    documents = progress.unit_documents(view, units, sector, since)
    previous = _previous(view, units, sector, since)
    below = read.children_of(connection, scope, [unit.id for unit in units], seen, sector)
    return {
        unit.id: Source(
            campaign=campaign,
            year=day.year,
            month=day.month,
            report_day=day,
            document={key: part for key, part in documents[unit.id].items() if key != "gaps"}
            | {"counties": sum(child.kind == "county" for child in below.get(unit.id, []))},
            previous=previous.get(unit.id),
            by_type=_by_type(view, unit, documents[unit.id]),
            figures_day=figures_day,
        )
        for unit in units
    }


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


def _previous(
    view: View, units: Sequence[Unit], sector: str, since: date | None
) -> dict[int, Mapping[str, Any]]:  # fmt: skip
    """What the form sets beside this month's figures, under the keys of the status document, by unit; nothing without a
    report day before."""
    if since is None:
        return {}
    frame = read.figures(view.connection, view.campaign, view.scope, [unit.id for unit in units], [since], sector)
    found: dict[int, Mapping[str, Any]] = {}
    for line in frame.drop(columns="day").to_dict("records"):
        row = {str(name): whole(number) for name, number in line.items()}
        figures = {name: row[name] for name in COMPARED}
        if not row["numbered_known"]:
            figures["numbered"] = None
        completion = ratio(row["approved"], row[DENOMINATORS[view.campaign.denominator]])
        found[line["unit"]] = {"as_of": since.isoformat(), "figures": figures, "rates": {"completion": completion}}
    return found


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
