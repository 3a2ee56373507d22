"""Monthly reports from the store: the content of a unit's form, read in one moment, through `monitor.progress`."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from monitor import progress
from monitor.campaign import Campaign
from monitor.documents.monthly import Form, NoReport, build, check_filer, previous_day, report_day
from monitor.documents.placeholders import COMPARED
from monitor.documents.source import Manual, ratio, whole, written
from monitor.figures import DENOMINATORS
from monitor.i18n import _
from monitor.progress import View
from monitor.store import Scope, Store, read
from monitor.units import Unit


def monthly_form(
    store: Store, campaign: Campaign, scope: Scope, code: str, year: int, month: int, manual: Manual | None = None
) -> Form:
    """The monthly report of a unit, filled in as of the report day; under today's tree, whatever code it is asked by.

    Raises:
        OutOfScope: there is no such unit in the scope.
        NoReport: the unit files no report for this month, or no table of the month has been loaded.
    """
    day, before = report_day(campaign, year, month), previous_day(campaign, year, month)
    with store.connect() as connection:
        view = View.at(connection, campaign, scope, day)
        unit = view.unit(code)
        check_filer(campaign, unit.code, unit.name, unit.kind, year, month)
        days = read.snapshot_days(connection)
        figures_day = _newest(days, before or campaign.start - timedelta(days=1), day, f"{year}年{month}月")
        sector = progress.default_sector(unit)
        # Where nothing had been loaded a month ago there is no change to speak of.
        since = before if before and days[0] <= before else None
        document = progress.unit_document(view, unit, sector, since)
        return build(
            campaign,
            year,
            month,
            document,
            previous=_previous(view, unit, sector, since),
            by_type=_by_type(view, unit, document),
            manual=manual,
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
