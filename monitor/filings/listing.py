"""The list of who has filed a month's report: for the screen, as CSV, as a workbook."""

from datetime import date, datetime
from typing import Final

import pandas as pd

from monitor import workbooks
from monitor.campaign import Campaign
from monitor.filings.standing import state_of
from monitor.i18n import _

_WIDTHS: Final = (16, 30, 14, 10, 20, 14)


def listing(campaign: Campaign, found: pd.DataFrame, due: date | None) -> pd.DataFrame:
    """Where filers stand (calendar.STATE_COLUMNS) as people read it, one row a unit: code, name, state, days late, when
    filed, last day on time.

    Moments are written in the campaign's time zone; what there is not is empty.
    """
    day = due.isoformat() if due else ""
    rows = [
        (
            row["code"],
            row["name"],
            state_of(row).words,
            row["days_late"] or None,
            written(campaign, row["submitted_at"]),
            day,
        )
        for row in found.to_dict("records")
    ]
    heads = [_("Code"), _("Unit"), _("Filing state"), _("Days late"), _("Filed at"), _("Due by the end of")]
    return pd.DataFrame(rows, columns=heads).astype({heads[3]: "Int64"})


def written(campaign: Campaign, moment: datetime | None) -> str:
    """A moment in the campaign's time zone, to the minute; "" for none."""
    return "" if moment is None else moment.astimezone(campaign.timezone).strftime("%Y-%m-%d %H:%M")


def workbook(listed: pd.DataFrame, title: str, note: str) -> bytes:
    """The list as a workbook, ready to be printed."""
    return workbooks.workbook(listed, title, note, _WIDTHS, landscape=False)
