"""Templates of forms that were put in place of the shipped ones: every version, and which is in use.

They hold no figures and belong to no unit: no scope.
"""

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from monitor.store.schema import form_template


@dataclass(frozen=True)
class Version:
    """One version of a form's template. version: 1, 2 …; chosen: it is in use; added_at in UTC."""

    form: str
    format: str
    version: int
    chosen: bool
    file: str
    size: int
    sha256: str
    added_at: datetime
    added_by: str


_COLUMNS = tuple(form_template.c[column.name] for column in fields(Version))


def versions(connection: Connection, form: str) -> list[Version]:
    """All versions of a form's templates, the newest of each format first."""
    query = select(*_COLUMNS).where(form_template.c.form == form)
    rows = connection.execute(query.order_by(form_template.c.format.desc(), form_template.c.version.desc()))
    return [Version(**row._mapping) for row in rows]


def content(connection: Connection, form: str, format: str, version: int) -> bytes | None:
    """What a version holds; None where there is no such version."""
    found = connection.execute(select(form_template.c.content).where(_is(form, format, version))).scalar()
    return None if found is None else bytes(found)


def add(connection: Connection, form: str, format: str, file: str, content: bytes, actor: str, at: datetime) -> Version:
    """Keep a template as the next version, and put it to use."""
    newest = select(func.max(form_template.c.version)).where(
        form_template.c.form == form, form_template.c.format == format
    )
    number = (connection.execute(newest).scalar() or 0) + 1
    digest = hashlib.sha256(content).hexdigest()
    made = Version(form, format, number, True, file, len(content), digest, at, actor)
    choose(connection, form, format, None)
    values = {column.name: getattr(made, column.name) for column in fields(Version)}
    connection.execute(insert(form_template).values(**values, content=content))
    return made


def choose(connection: Connection, form: str, format: str, version: int | None) -> None:
    """Put a version to use; None: the shipped template.

    Raises:
        LookupError: there is no such version.
    """
    kind = and_(form_template.c.form == form, form_template.c.format == format)
    connection.execute(update(form_template).where(kind).values(chosen=False))
    if version is not None:
        done = connection.execute(update(form_template).where(_is(form, format, version)).values(chosen=True))
        if done.rowcount != 1:
            raise LookupError(f"{form} {format} {version}")


def _is(form: str, format: str, version: int) -> ColumnElement[bool]:
    return and_(form_template.c.form == form, form_template.c.format == format, form_template.c.version == version)
