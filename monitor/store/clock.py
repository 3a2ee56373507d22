"""What time it is for those who file: real time, but in the demonstration, whose campaign is long over."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.store import meta
from monitor.store.read.batches import newest_day


def now(connection: Connection, campaign: Campaign) -> datetime:
    """This moment in the campaign's time zone; in a demonstration the present time of day on its newest day, so that
    its reports can be filed, and be on time, in any year."""
    moment = campaign.now()
    if not meta.get(connection, meta.DEMONSTRATION):
        return moment
    newest = newest_day(connection)
    return moment if newest is None else moment + timedelta(days=(newest - moment.date()).days)
