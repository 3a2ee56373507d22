"""Where every filer stands with a month's report, in the scope of who asks."""

from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.filings.state import OWED, STATES, State, state
from monitor.store import Scope, filings

_COLUMNS: Final = ["state", "days_late"]


def standing(connection: Connection, campaign: Campaign, scope: Scope, month: str, at: datetime) -> pd.DataFrame:
    """The units that file monthly reports, whenever they are open, and their state as it was known at `at`.

    Index unit (id); columns of store.filings.filers (life as of `at`) with submitted_at None where it came later, state (one of
    state.STATES) and days_late (0 where not late).
    """
    found = filings.filers(connection, scope, filings.MONTHLY, month, campaign.reports.who, at)
    states = [state(campaign, row, month, row.submitted_at, at) for row in _rows(found)]
    known = [moment if moment is not None and moment <= at else None for moment in found["submitted_at"]]
    return found.assign(
        submitted_at=pd.Series(known, index=found.index, dtype=object),
        state=[one.key for one in states],
        days_late=[one.days for one in states],
    ).set_index("unit")


def state_of(row: Any) -> State:
    """The state in a row of `standing`."""
    return State(str(row["state"]), int(row["days_late"]))


def counts(found: pd.DataFrame) -> dict[str, int]:
    """How many units have which state, in the order of state.STATES; `owed`: how many have to file."""
    numbers = found["state"].value_counts()
    by_state = {key: int(numbers.get(key, 0)) for key in STATES}
    return {**by_state, "owed": sum(by_state[key] for key in OWED)}


def _rows(found: pd.DataFrame) -> Any:
    return found.itertuples(index=False)
