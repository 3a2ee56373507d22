"""Rosters of working groups (附件2): recognised and named; they are filed by their unit, not imported with the tables."""

from collections.abc import Sequence
from typing import NoReturn

from monitor.i18n import _
from monitor.intake.problems import FileRefused
from monitor.intake.recognise import Table
from monitor.units import Register


def check_roster(tables: Sequence[Table], register: Register) -> NoReturn:
    """Refuse a roster here, and say where it belongs.

    Raises:
        FileRefused: always.
    """
    raise FileRefused(
        "roster_elsewhere",
        _(
            "This is a working-group roster (附件2). It is filed by its city or university, not imported here; nothing was loaded."
        ),
    )
