"""What the tests of chases share: the small campaign on 28 November, and a look at an office's list."""

from datetime import datetime
from typing import Any

from monitor.chase import lists
from monitor.filings.load import record_all
from monitor.progress import View
from monitor.store import Scope, Store, chases, read
from monitor.units import Unit
from tests.pages.world import LAST


def moment(store: Store, text: str) -> datetime:
    """A moment in the campaign's time zone, from `2016-11-28 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=store.campaign.timezone)


def office(store: Store, code: str | None = None) -> Unit:
    """The unit whose list is looked at; without a code the province."""
    with store.connect() as connection:
        return read.unit(connection, Scope.all(), code or store.campaign.root)


def refresh(store: Store, at: str, code: str | None = None, sectors: tuple[str, ...] = ("schools",)) -> lists.Refreshed:
    """Make the list of an office as of a moment."""
    unit = office(store, code)
    with store.begin() as connection:
        scope = Scope(roots=frozenset({unit.id}), sectors=frozenset(sectors))
        return lists.refresh(
            View.at(connection, store.campaign, scope, LAST), unit, sectors, moment(store, at), "tester"
        )


def entries(store: Store, code: str | None = None) -> list[dict[str, Any]]:
    """The list of an office, the oldest first."""
    with store.connect() as connection:
        return chases.of_superior(connection, office(store, code).id)


def open_things(store: Store, code: str | None = None) -> set[tuple[str, str, str, str]]:
    """unit code, obligation, stage and state of every entry that is not over."""
    with store.connect() as connection:
        found = chases.listed(connection, Scope.all(), superior=office(store, code).id, states=chases.OPEN)
    return {(row["code"], row["obligation"], row["stage"], row["state"]) for row in found.to_dict("records")}


def file_report(store: Store, code: str, month: str, at: str) -> None:
    """Record that a unit has filed."""
    record_all(store, [(code, month, moment(store, at))], "tester")
