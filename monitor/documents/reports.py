"""Monthly reports from the store: a filing (monitor.filings.report) as the content of its form."""

from dataclasses import replace

from monitor.campaign import Campaign
from monitor.documents.monthly import Form, fill
from monitor.filings.report import Report, report
from monitor.filings.source import Manual
from monitor.store import Scope, Store


def monthly_form(
    store: Store, campaign: Campaign, scope: Scope, code: str, year: int, month: int, manual: Manual | None = None
) -> Form:
    """The monthly report of a unit: what was submitted, as it was submitted; otherwise the draft, with the figures as
    of the report day. Under today's tree, whatever code it is asked by. `manual` stands in for what people typed.

    Raises:
        OutOfScope: there is no such unit in the scope.
        NoReport: the unit files no report for this month, or no table of the month has been loaded.
    """
    with store.connect() as connection:
        return form_of(report(connection, campaign, scope, code, f"{year:04}-{month:02}"), manual)


def form_of(found: Report, manual: Manual | None = None) -> Form:
    """The form of a report that has been read. `manual` stands in for what people typed."""
    return fill(found.source if manual is None else replace(found.source, manual=manual))
