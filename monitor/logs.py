"""What the program writes down of its own work: one line of JSON for each request, run of a page, job and command.

A line says what was asked for, how long it took and how it ended, and nothing of anybody: a value is a number, or a short
word of the program's own; whatever else comes along is put down as "?". Errors are written beside them with their trace,
without what could be anybody's, whoever writes them (Streamlit, the web server, the program).
"""

import contextlib
import json
import logging
import re
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from logging import StreamHandler
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any, Final

from monitor.personal import masked
from monitor.sections import Logging

_lines: Final = logging.getLogger("monitor.lines")
_OURS: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./ -]{0,59}|[0-9a-f]{8}|[A-Z]{3,7}")
_LONG_NUMBER: Final = re.compile(r"\d{7}")


class _Patient(WatchedFileHandler):
    """A log that cannot be written keeps nobody from working. The file may be taken away (logrotate): it is made anew."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        pass


def begin(settings: Logging, base: Path, *, served: bool) -> None:
    """Write lines from here on as config.toml says: into its file; without one to standard error, where the program is
    served (a command's standard error is for whoever typed it)."""
    for earlier in list(_lines.handlers):
        _lines.removeHandler(earlier)
        earlier.close()
    _lines.propagate = False
    _lines.setLevel(logging.INFO)
    handler: logging.Handler = logging.NullHandler()
    if settings.lines == "json" and settings.file:
        handler = _Patient(base / settings.file, delay=True, encoding="utf-8")
    elif settings.lines == "json" and served:
        handler = StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    _lines.addHandler(handler)


def write(kind: str, **fields: Any) -> None:
    """Write one line."""
    if _lines.handlers:
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "kind": kind}
        _lines.info(json.dumps(line | {name: _plain(value) for name, value in fields.items()}))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    words = str(value)
    return words if _OURS.fullmatch(words) and not _LONG_NUMBER.search(words) else "?"


@contextlib.contextmanager
def timed(kind: str, **fields: Any) -> Iterator[dict[str, Any]]:
    """A line at the end of the block: `ms`, and `ended` (done, stopped, error), besides what is put into the dict."""
    began, ended = time.perf_counter(), "error"
    try:
        yield fields
        ended = "done"
    except Exception:
        raise
    except BaseException:  # a page that ends itself, a command that exits
        ended = "stopped"
        raise
    finally:
        write(kind, **{"ended": ended, **fields}, ms=round((time.perf_counter() - began) * 1000))


# ---- errors, whoever writes them ---------------------------------------------------------------------------------------

_made = logging.getLogRecordFactory()


def discreet() -> None:
    """From here on no record of an error that anything in this process writes holds what could be anybody's."""
    logging.setLogRecordFactory(_without)


def _without(*arguments: Any, **named: Any) -> logging.LogRecord:
    record = _made(*arguments, **named)
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = masked("".join(traceback.format_exception(record.exc_info[1])))
        record.exc_info = None
    if record.levelno >= logging.WARNING and record.name != _lines.name:
        record.msg, record.args = masked(record.getMessage()), ()
    return record
