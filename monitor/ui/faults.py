"""What goes wrong inside: the person gets a number, the log what happened, without personal data."""

import logging
import secrets
import traceback

from monitor import logs
from monitor.i18n import _
from monitor.personal import masked

_log = logging.getLogger(__name__)


def numbered(said: str, number: str) -> str:
    """What a person is told, with the number that leads to the log."""
    return _("{said} (Number {number})").format(said=said, number=number)


def number_of(error: BaseException) -> str:
    """Write the error into the log; the number under which it stands there."""
    number = secrets.token_hex(4)
    logs.write("error", number=number, error=type(error).__name__)
    # As text: what was typed may stand in the words of an exception.
    _log.error("error %s\n%s", number, masked("".join(traceback.format_exception(error))))
    return number
