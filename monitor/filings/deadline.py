"""Until when a month's report is to be filed: a moment in the campaign's time zone, wherever the server stands."""

from datetime import date, datetime, timedelta

from monitor.campaign import Campaign
from monitor.workdays import Calendar


def report_day(campaign: Campaign, month: str) -> date:
    """The day that a month's report (YYYY-MM) speaks of: `reports.day` of that month."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, campaign.reports.day)


def previous_day(campaign: Campaign, month: str) -> date | None:
    """The report day of the month before; None for the campaign's first report."""
    year, number = (int(part) for part in month.split("-"))
    before = f"{year:04}-{number - 1:02}" if number > 1 else f"{year - 1:04}-12"
    return None if before < campaign.reports.first_month else report_day(campaign, before)


def last_day(campaign: Campaign, month: str) -> date:
    """The last day on which a month's report is on time.

    Without `reports.inclusive` that is the day before the report day. Where it is a day off, `reports.weekend` keeps it,
    or takes the next or the previous working day in its place.

    Raises:
        CalendarNotCovered: it would have to be moved in a year whose public holidays are not known.
    """
    day = report_day(campaign, month) - timedelta(days=0 if campaign.reports.inclusive else 1)
    if campaign.reports.weekend == "keep":
        return day
    calendar = Calendar()
    before = calendar.last_on_or_before(day)
    return before if before == day or campaign.reports.weekend == "previous_workday" else calendar.after(day, 1)


def deadline(campaign: Campaign, month: str) -> datetime:
    """The first moment at which a month's report is late: what is filed before it is on time.

    Raises:
        CalendarNotCovered: as `last_day`.
    """
    return campaign.end_of(last_day(campaign, month))


def months(campaign: Campaign, until: date) -> list[str]:
    """The months that are reported on, from the campaign's first to that of `until`, oldest first."""
    year, number = (int(part) for part in campaign.reports.first_month.split("-"))
    found = []
    while (year, number) <= (until.year, until.month):
        found.append(f"{year:04}-{number:02}")
        year, number = (year, number + 1) if number < 12 else (year + 1, 1)
    return found


def end_of_day(campaign: Campaign, day: date) -> datetime:
    """The last moment of a day: what was filed until then was known on that day."""
    return campaign.end_of(day) - timedelta(microseconds=1)
