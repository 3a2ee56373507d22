"""Filings recorded from a list, as another system or the demonstration has them."""

from collections.abc import Iterable
from datetime import datetime

from monitor.i18n import _
from monitor.store import Store, audit, filings
from monitor.store.register import load_register


class FilingsRefused(Exception):
    """The list cannot be recorded; nothing of it is. The message says why."""


def record_all(store: Store, rows: Iterable[tuple[str, str, datetime | None]], by: str) -> int:
    """Record submissions of monthly reports: unit code, month (YYYY-MM), moment (None: not submitted). How many were new.

    What is recorded already stays as it is: the first submission counts. All in one transaction, with a line in the
    audit log.

    Raises:
        FilingsRefused: a code that no unit has.
    """
    given = [(code, month, moment) for code, month, moment in rows if moment is not None]
    with store.begin() as connection:
        register = load_register(connection)
        submissions = []
        for code, month, moment in given:
            unit = register.resolve(code)
            if unit is None:
                raise FilingsRefused(_("There is no unit with the code {code}.").format(code=code))
            submissions.append((unit.id, month, moment))
        new = filings.record(connection, filings.MONTHLY, submissions)
        if new:
            audit.append(connection, by, "filings_recorded", {"form": filings.MONTHLY, "count": new})
    return new
