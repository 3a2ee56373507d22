"""How pages of filing begin that need no figures: the sector, and the moment that states are of."""

from datetime import datetime

from monitor.access.who import Who
from monitor.filings.deadline import end_of_day
from monitor.ui import runtime, state


def sector(who: Who) -> str:
    """The sector that is looked at, with its switch where the account sees both."""
    unit = who.unit
    found = state.sector(who, default="universities" if unit and unit.kind == "university" else "schools")
    if len(who.scope.sectors) > 1 and (unit is None or unit.kind == "province"):
        state.pick_sector(found)
    return found


def moment(now: datetime) -> datetime:
    """Now; or the end of the day that the address asks for, if it has come to its end."""
    day = state.asked_day()
    return now if day is None else min(now, end_of_day(runtime.campaign(), day))
