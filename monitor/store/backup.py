"""Backup and restore, while people work.

A backup is one file, whatever the store: an SQLite database with the store's own tables, in one consistent state. From
SQLite it is taken page by page (the online backup), from PostgreSQL table by table in one snapshot. It can be opened and
checked without a server, and restored into either kind of store. Restoring is all or nothing: after a kill at any moment the
store is as before or as restored.
"""

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.store import audit, bulk, meta, rollup
from monitor.store.engine import Store, open_store
from monitor.store.migrate import known_revisions, migrate
from monitor.store.schema import SPREAD, metadata, session
from monitor.store.trouble import because, is_full

LAST_BACKUP: Final = "last_backup"
"""Key in `meta` of the moment of the newest backup (ISO, UTC)."""
_ROWS_AT_ONCE: Final = 20_000
_PART, _UNPACKED = ".monitor-part-", "monitor-restore-"
"""How a backup is called while it is made, and a folder in which one is looked at."""
_MADE_READY: Final = frozenset({"unit", "unit_alias", "unit_ancestor", "rollup", "meta", "audit"})
"""The tables in which making a store ready writes, from files that make it ready again."""
_GIVEN_UP: Final = 86_400
"""Seconds after which what somebody left half-made is nobody's any more."""

Tell = Callable[[str], None]


class BackupError(Exception):
    """The backup cannot be made or restored; the message says why and what to do."""


@dataclass(frozen=True)
class Backup:
    """A backup: where, how many rows, how large; `broken`: the entry from which its audit log does not hold, None where
    it does."""

    path: Path
    rows: int
    size: int
    broken: int | None = None


# ---- making one --------------------------------------------------------------------------------------------------


def backup(store: Store, path: Path, by: str, tell: Tell = lambda _said: None) -> Backup:
    """Write the whole store into the file `path`, checked before it is put there.

    An audit log that was changed is no reason to have no copy: what was found is to be kept, too. The answer says so.

    Raises:
        BackupError: the file cannot be written (no room, no such folder), or what was written does not hold.
    """
    _sweep(path.parent, _PART)
    with _beside(path) as temporary:
        tell(_("Copying"))
        try:
            _copy_out(store, temporary)
        except (sqlite3.Error, OSError, DBAPIError) as error:
            raise BackupError(
                _("{file} cannot be written: {reason}").format(file=path, reason=because(error))
            ) from error
        tell(_("Checking the copy"))
        with _opened(temporary, store.campaign) as copy, copy.connect() as connection:
            _check(connection)
            rows, broken = _rows(connection), audit.broken_at(connection)
        _as_one_file(temporary)
        size = temporary.stat().st_size
        temporary.replace(path)
    with store.begin() as connection:
        meta.put(connection, LAST_BACKUP, datetime.now(UTC).isoformat(timespec="seconds"))
        audit.append(connection, by, "backup", {"file": path.name, "rows": rows, "size": size})
    return Backup(path, rows, size, broken)


def backup_into(folder: Path, keep: int, now: datetime) -> tuple[Path, list[Path]]:
    """The file for a backup of this moment in a folder, and the older ones that go once `keep` newer ones are there."""
    path = folder / f"monitor-{now:%Y%m%d-%H%M%S}.db"
    others = [one for one in folder.glob("monitor-????????-??????.db") if one.name != path.name]
    # A name from the future was given while the clock was wrong: it is not the newest for ever, it goes first.
    older = sorted(others, key=lambda one: (one.name <= path.name, one.name))
    return path, older[: max(len(older) - keep + 1, 0)]


def _copy_out(store: Store, target: Path) -> None:
    if store.is_sqlite:
        with store.engine.connect() as connection:
            copied = sqlite3.connect(target)
            try:
                driver: Any = connection.connection.driver_connection
                driver.backup(copied)
            finally:
                copied.close()
        return
    with _opened(target, store.campaign) as copy:
        migrate(copy)
        with store.connect() as source, copy.begin() as out:
            _copy_tables(source, out)


# ---- restoring one -----------------------------------------------------------------------------------------------


def check(campaign: Campaign, path: Path) -> Backup:
    """Look whether a backup could be restored; nothing is changed.

    Raises:
        BackupError: the file is no backup, is damaged or of a newer program.
    """
    with (
        tempfile.TemporaryDirectory(prefix=_UNPACKED) as folder,
        _checked(path, Path(folder) / "checked.db", campaign, accept_audit=True) as found,
        found.connect() as seen,
    ):
        return Backup(path, _rows(seen), path.stat().st_size, audit.broken_at(seen))


def restore(
    store: Store,
    path: Path,
    by: str,
    *,
    replace: bool = False,
    accept_audit: bool = False,
    tell: Tell = lambda _said: None,
) -> Path | None:
    """Put the content of a backup in the place of the store's. Every session ends. What was there before is kept in a
    file, whose path is returned (None: the store was empty, or nobody had done anything with it).

    Raises:
        BackupError: the file is no backup, is damaged or of a newer program; its audit log was changed and
            `accept_audit` was not asked for; the store holds something and `replace` was not asked for.
    """
    _sweep(Path(tempfile.gettempdir()), _UNPACKED)
    with tempfile.TemporaryDirectory(prefix=_UNPACKED) as folder:
        copied = Path(folder) / "restored.db"
        tell(_("Checking the backup"))
        with _checked(path, copied, store.campaign, accept_audit) as restored:
            with store.connect() as connection:
                filled = _worked_with(connection)
                versions = [meta.data_version(connection), meta.answers_version(connection)]
            if filled and not replace:
                raise BackupError(_("The store is not empty. To put the backup in its place, add --replace; what is there now is kept in a file."))  # fmt: skip
            _prepare(restored, versions, by, path.name)
            kept = _keep_aside(store, path, by) if filled else None
            tell(_("Restoring"))
            _copy_in(restored, store)
    return kept


def _worked_with(connection: Connection) -> bool:
    """Whether there is anything in a store that making it ready does not bring back."""
    written = (table for table in metadata.sorted_tables if table.name not in _MADE_READY)
    if any(connection.execute(select(1).select_from(table).limit(1)).first() for table in written):
        return True
    return connection.execute(text("SELECT 1 FROM audit WHERE action <> 'register' LIMIT 1")).first() is not None


def _keep_aside(store: Store, path: Path, by: str) -> Path:
    aside = path.parent / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}.db"
    return backup(store, aside, by).path


@contextmanager
def _checked(path: Path, copied: Path, campaign: Campaign, accept_audit: bool) -> Iterator[Store]:
    """A copy of the backup, brought to today's tables and found sound."""
    damaged = BackupError(
        _("{file} is no backup of this program, or it is damaged. Take another one.").format(file=path)
    )
    try:
        source = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            if source.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise damaged
            revision = source.execute("SELECT version_num FROM alembic_version").fetchone()
            target = sqlite3.connect(copied)
            source.backup(target)
            target.close()
        finally:
            source.close()
    except sqlite3.Error as error:
        if is_full(error):
            raise BackupError(_("There is no room to look at the backup: {reason} ({folder}).").format(reason=because(error), folder=copied.parent)) from error  # fmt: skip
        raise damaged from error
    if revision is None or revision[0] not in known_revisions():
        raise BackupError(
            _("{file} was made by a newer version of this program: install that one first.").format(file=path)
        )
    with _opened(copied, campaign) as restored:
        migrate(restored)
        with restored.connect() as connection:
            _check(connection)
            if not accept_audit and audit.broken_at(connection) is not None:
                raise BackupError(_("The audit log in this backup was changed. Take an older one; where there is none, add --accept-audit."))  # fmt: skip
        with restored.begin() as connection:
            # Sums follow from what the tables said: where they do not, they are made anew.
            if rollup.differences(connection, campaign.baseline_day):
                rollup.rebuild(connection, campaign.baseline_day)
        yield restored


def _prepare(restored: Store, versions: list[int], by: str, file: str) -> None:
    """What is different in a store that was restored: nobody is signed in, and no cache of before counts any more."""
    with restored.begin() as connection:
        connection.execute(delete(session))
        for key, before in ((meta.DATA_VERSION, versions[0]), (meta.ANSWERS_VERSION, versions[1])):
            meta.put(connection, key, str(max(before, int(meta.get(connection, key) or 0)) + 1))
        audit.append(connection, by, "restore", {"file": file})


def _copy_in(restored: Store, store: Store) -> None:
    if store.is_sqlite:
        with restored.engine.connect() as source, store.engine.connect() as target:
            out: Any = target.connection.driver_connection
            inside: Any = source.connection.driver_connection
            inside.backup(out)  # one transaction of the database that is written
        store.engine.dispose()
        return
    with restored.connect() as source, store.begin() as into:
        for table in reversed(metadata.sorted_tables):
            into.execute(delete(table))
        _copy_tables(source, into)


# ---- tables ------------------------------------------------------------------------------------------------------


def _copy_tables(source: Connection, target: Connection) -> None:
    """Every row of every table; the target's are empty but for what migrating puts there."""
    for table in metadata.sorted_tables:
        target.execute(delete(table))
        # The big tables hold whole numbers and short texts alone: they pass as the drivers give them.
        plain = SPREAD in table.info and table.name != "unit"
        columns = [column.name for column in table.columns]
        names = ", ".join(f'"{name}"' for name in columns)
        query = text(f'SELECT {names} FROM "{table.name}"') if plain else select(table)
        rows = source.execution_options(stream_results=True, yield_per=_ROWS_AT_ONCE).execute(query)
        for part in rows.partitions():
            if plain:
                bulk.insert(target, table.name, columns, [tuple(row) for row in part])
            else:
                target.execute(insert(table), [dict(row._mapping) for row in part])


def _rows(connection: Connection) -> int:
    return sum(_count(connection, table) for table in metadata.sorted_tables)


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(text(f'SELECT COUNT(*) FROM "{table.name}"')).scalar_one())


def _check(connection: Connection) -> None:
    if connection.execute(text("PRAGMA integrity_check")).scalar() != "ok":
        raise BackupError(_("The copy is damaged. Look at the disk, then try again."))
    missing = {table.name for table in metadata.sorted_tables} - set(inspect(connection).get_table_names())
    if missing:
        raise BackupError(_("The copy lacks tables: {names}.").format(names=", ".join(sorted(missing))))


@contextmanager
def _opened(path: Path, campaign: Campaign) -> Iterator[Store]:
    copy = open_store(f"sqlite:///{path}", campaign)
    try:
        yield copy
    finally:
        copy.close()


def _as_one_file(path: Path) -> None:
    """Without a write-ahead log: the file alone is all of it, and can be read where nothing can be written."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        connection.close()


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file beside `path`, to be put in its place; gone if it was not."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=_PART)
    except OSError as error:
        raise BackupError(_("{file} cannot be written: {reason}").format(file=path, reason=because(error))) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
    finally:
        for leftover in (temporary, *path.parent.glob(f"{temporary.name}-*")):
            leftover.unlink(missing_ok=True)


def _sweep(folder: Path, prefix: str) -> None:
    """Take away what processes left behind that were killed: it holds the whole store."""
    for one in folder.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            if time.time() - one.stat().st_mtime > _GIVEN_UP:
                shutil.rmtree(one) if one.is_dir() else one.unlink()
