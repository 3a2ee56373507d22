"""A unit reads its own roster out of a table, into the form that it fills in: nothing is loaded."""

from pathlib import Path
from typing import Final

from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.intake.files import bounds_of, read_sheets, table_files
from monitor.intake.headers import Vocabulary
from monitor.intake.problems import FileRefused
from monitor.intake.recognise import recognise
from monitor.intake.roster import check_rosters
from monitor.rosters import CELLS, Member
from monitor.store.engine import Store
from monitor.store.register import load_register
from monitor.units import Unit

LARGEST: Final = 2 * 2**20
"""Bytes of such a table at most."""


class NotRead(Exception):
    """Nothing was read; the message says why and what to do, a line a cause."""


def read_own(store: Store, campaign: Campaign, path: Path, unit: Unit) -> list[Member]:
    """The people of one unit in a table of the kind `roster`; rows of other units are left aside.

    Raises:
        NotRead: the file is none, a row of the unit is refused, or there is none of it.
    """
    with store.connect() as connection:
        register = load_register(connection)
    try:
        files = table_files(path, bounds_of(campaign))
        words = Vocabulary(campaign.intake.synonyms)
        tables = recognise(read_sheets(files[0], bounds_of(campaign)), words, "roster")
        checked = check_rosters(tables, register, campaign)
    except FileRefused as refusal:
        raise NotRead(str(refusal)) from refusal
    people = checked.table.filter(checked.table["unit_id"] == unit.id).select(CELLS)
    if not people.is_empty():
        return [Member(*line) for line in people.iter_rows()]
    refused = [item.message for item in checked.refused.sentences(tables) if item.code != "roster_incomplete"]
    nothing = _("The table has no row of {unit} ({code}). Enter its code in the column 单位代码.")
    raise NotRead("\n".join(refused[:10]) or nothing.format(unit=unit.name, code=unit.code))
