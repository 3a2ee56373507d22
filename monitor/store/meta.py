"""The few single values of the store: the data version, and what was drawn by lot at its first start."""

from sqlalchemy import Connection, insert, select, update

from monitor.store.schema import DATA_VERSION, meta

__all__ = ["ANSWERS_VERSION", "DATA_VERSION", "DEMONSTRATION", "FILINGS_VERSION", "answers_version", "data_version",
           "filings_version", "get", "put", "raise_answers_version", "raise_data_version", "raise_filings_version"]  # fmt: skip

DEMONSTRATION = "demonstration"
"""Key of the mark of a store that holds the demonstration; set once all of it is loaded."""


def get(connection: Connection, key: str) -> str | None:
    """The value under `key`, or None."""
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()


def put(connection: Connection, key: str, value: str) -> None:
    """Set the value under `key`."""
    if get(connection, key) is None:
        connection.execute(insert(meta).values(key=key, value=value))
    else:
        connection.execute(update(meta).where(meta.c.key == key).values(value=value))


def data_version(connection: Connection) -> int:
    """A number that every change of figures or units raises: what is cached is cached for one version."""
    return int(get(connection, DATA_VERSION) or 0)


def raise_data_version(connection: Connection) -> None:
    """Say that figures or units have changed."""
    put(connection, DATA_VERSION, str(data_version(connection) + 1))


ANSWERS_VERSION = "answers_version"
"""Key of the number that every explanation of a finding raises."""


def answers_version(connection: Connection) -> int:
    """A number that every explanation of a finding raises: it changes no figure, only what is open."""
    return int(get(connection, ANSWERS_VERSION) or 0)


def raise_answers_version(connection: Connection) -> None:
    """Say that something was explained, or an explanation withdrawn."""
    put(connection, ANSWERS_VERSION, str(answers_version(connection) + 1))


FILINGS_VERSION = "filings_version"
"""Key of the number that every step of a report, a roster or a milestone raises; drafts that save themselves do not."""


def filings_version(connection: Connection) -> int:
    """A number that every step of what is filed raises: it changes no figure, only who owes what."""
    return int(get(connection, FILINGS_VERSION) or 0)


def raise_filings_version(connection: Connection) -> None:
    """Say that something was filed, answered, returned or taken back."""
    put(connection, FILINGS_VERSION, str(filings_version(connection) + 1))
