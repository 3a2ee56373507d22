"""What an error of the database or the disk means, in words for whoever has to see to it.

Nothing is half-written when one of these is told: every change is one transaction, every file is put in its place whole.
"""

import errno
from typing import Final

from sqlalchemy.exc import DBAPIError, TimeoutError

from monitor.i18n import _

_FULL, _BUSY, _DAMAGED, _CLOSED, _GONE = "full", "busy", "damaged", "closed", "gone"

_SQLITE: Final = {
    "SQLITE_FULL": _FULL,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_READONLY": _CLOSED,
    "SQLITE_PERM": _CLOSED,
    "SQLITE_CANTOPEN": _GONE,
    "SQLITE_IOERR": _GONE,
}
_POSTGRESQL: Final = {
    "53100": _FULL,  # disk_full
    "53300": _BUSY,  # too_many_connections
    "55P03": _BUSY,  # lock_not_available
    "57014": _BUSY,  # query_canceled
    "25006": _CLOSED,  # read_only_sql_transaction: a standby
    "42501": _CLOSED,  # insufficient_privilege
    "XX001": _DAMAGED,  # data_corrupted
    "XX002": _DAMAGED,  # index_corrupted
    "28": _GONE,  # the server does not let us in
    "3D": _GONE,  # there is no such database
    "57P": _GONE,  # it shuts down, or is starting
    "08": _GONE,  # the connection broke
}
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def explained(error: BaseException) -> str | None:
    """What is wrong and what to do, in words; None where the error speaks of something else."""
    words = {
        _FULL: _("The server's disk is full. Nothing was changed. Please tell the administrator, and try again once there is room."),
        _BUSY: _("The database is busy with other work. Nothing was changed. Please try again in a little while."),
        _DAMAGED: _("The database is damaged. The administrator has to restore the last backup (docs/emergency.md)."),
        _CLOSED: _("The database cannot be written to at the moment. Nothing was changed. Please tell the administrator."),
        _GONE: _("The database does not answer at the moment. Nothing was changed. Please try again in a little while."),
    }  # fmt: skip
    found = _kind(error)
    return words[found] if found else None


def is_full(error: BaseException) -> bool:
    """Whether there is no room left."""
    return _kind(error) == _FULL


def because(error: BaseException) -> str:
    """Why a file could not be written or read, in a few words."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _NO_ROOM or _kind(error) == _FULL:
        return _("the disk is full")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS) or _kind(error) == _CLOSED:
        return _("it may not be written there")
    if number in (errno.ENOENT, errno.ENOTDIR):
        return _("there is no such folder")
    return str(getattr(error, "strerror", None) or getattr(error, "orig", None) or error)


def _kind(error: BaseException) -> str | None:
    if isinstance(error, TimeoutError):
        return _BUSY
    if isinstance(error, DBAPIError) and error.orig is not None:
        found = _of_driver(error.orig)
        return _GONE if found is None and error.connection_invalidated else found
    return _of_driver(error)


def _of_driver(error: BaseException) -> str | None:
    name = getattr(error, "sqlite_errorname", None)
    if name is not None:
        return next((kind for known, kind in _SQLITE.items() if str(name).startswith(known)), None)
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return next((kind for known, kind in _POSTGRESQL.items() if str(state).startswith(known)), None)
    if isinstance(error, OSError):
        return _FULL if error.errno in _NO_ROOM else None
    # psycopg: a server that is not there has no state to tell.
    return _GONE if type(error).__name__ in ("OperationalError", "ConnectionTimeout", "InterfaceError") else None
