"""The filing calendar: what has to be filed by when, and where every filer stands with each of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd
from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.filings import roster, standing
from monitor.filings.deadline import last_day, months
from monitor.filings.state import OWED, STATES, State
from monitor.i18n import _
from monitor.store import Scope

UNIT_COLUMNS: Final = ("code", "name", "kind", "sector", "place_code")
STATE_COLUMNS: Final = ("state", "days_late", "submitted_at", "life")

Standing = Callable[[Connection, Campaign, Scope, datetime], pd.DataFrame]


@dataclass(frozen=True)
class Period:
    """One thing to be filed: a month's report, or the roster.

    key: how the address writes it (2016-11, roster); title, short: what it is called, in a sentence and above a column;
    due: the last day on time; standing: where the filers stand (index unit; UNIT_COLUMNS and STATE_COLUMNS).
    """

    key: str
    title: str
    short: str
    due: date | None
    standing: Standing


_RESTING: Final = timedelta(days=31)


def until(campaign: Campaign, at: datetime, newest: date) -> date:
    """Up to the month of which day there is something to file: that of `at`; but a campaign into which nothing has been
    loaded for a month, since its `newest` day, rests, and asks for no more reports."""
    day = at.astimezone(campaign.timezone).date()
    return newest if day - newest > _RESTING else day


def periods(campaign: Campaign, until: date) -> list[Period]:
    """What has to be filed up to the month of a day, oldest first."""
    owed = roster.stage(campaign)
    first = [Period(roster.STAGE, owed.called, _("Roster"), owed.due, _rosters)] if owed else []
    return first + [_monthly(campaign, month) for month in months(campaign, until)]


def _monthly(campaign: Campaign, month: str) -> Period:
    year, number = (int(part) for part in month.split("-"))

    def stand(connection: Connection, campaign: Campaign, scope: Scope, at: datetime) -> pd.DataFrame:
        return standing.standing(connection, campaign, scope, month, at)[[*UNIT_COLUMNS, *STATE_COLUMNS]]

    title = _("monthly report of {year}-{month:02d}").format(year=year, month=number)
    return Period(month, title, _("{year}-{month:02d} report").format(year=year, month=number), last_day(campaign, month), stand)  # fmt: skip


def _rosters(connection: Connection, campaign: Campaign, scope: Scope, at: datetime) -> pd.DataFrame:
    found = roster.standing(connection, campaign, scope, at)
    lives = pd.Series([roster.life_of(row) for row in found.to_dict("records")], found.index, dtype=object)
    return found.rename(columns={"filed_at": "submitted_at"}).assign(life=lives)[[*UNIT_COLUMNS, *STATE_COLUMNS]]


def matrix(
    connection: Connection, campaign: Campaign, scope: Scope, asked: Iterable[Period], at: datetime
) -> dict[str, pd.DataFrame]:
    """Where every filer of the scope stands with each period, by the period's key, as it was known at `at`."""
    return {period.key: period.standing(connection, campaign, scope, at) for period in asked}


def counts(found: pd.DataFrame) -> dict[str, int]:
    """How many units have which state, in the order of state.STATES; `owed`: how many have to file."""
    numbers = found["state"].value_counts()
    by_state = {key: int(numbers.get(key, 0)) for key in STATES}
    return {**by_state, "owed": sum(by_state[key] for key in OWED)}


def state_of(row: pd.Series) -> State:
    """The state in a row of a period's standing."""
    return State(str(row["state"]), int(row["days_late"]))
