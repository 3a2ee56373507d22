"""A unit reads its own roster out of a file, into the form that it fills in: nothing is loaded.

The file may be the form itself, filled in elsewhere: whose it is needs no column then. What a cell lacks is told beside
the form that is filled in, not here: it is quicker put right there.
"""

import re
import zipfile
from pathlib import Path
from typing import Final

import polars as pl

from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.intake.document import BODY, read_docx
from monitor.intake.figures import refuse_personal
from monitor.intake.files import bounds_of, read_sheets, table_files
from monitor.intake.headers import KINDS, Vocabulary
from monitor.intake.matching import Match, find, grid_of
from monitor.intake.problems import FileRefused
from monitor.intake.recognise import Table, recognise
from monitor.intake.refusals import Refused
from monitor.intake.resolve import check_names, comparable, resolve
from monitor.intake.rows import body
from monitor.intake.sheets import HEAD_ROWS, Sheet
from monitor.intake.workbook import open_package
from monitor.rosters import CELLS, MOST, Member, tidied
from monitor.store.engine import Store
from monitor.store.register import load_register
from monitor.units import Register, Unit

LARGEST: Final = 2 * 2**20
"""Bytes of such a file at most."""

_CODE: Final = "单位代码"
_KIND: Final = "roster"
_NEEDED: Final = {"person", "department"}
_BELOW: Final = re.compile(
    r"签字|签名|签章|盖章|^(?:注|备注|说明|填表说明|报送日期|填报日期|填表日期)\d*[::]|^共\d+人|本表"
)


class NotRead(Exception):
    """Nothing was read; the message says why and what to do, a line a cause."""


def read_own(store: Store, campaign: Campaign, path: Path, unit: Unit) -> list[Member]:
    """The people of one unit in a table of the kind `roster`; rows of other units are left aside.

    Raises:
        NotRead: the file is none, holds a resident ID number, or there is no row of the unit in it.
    """
    with store.connect() as connection:
        register = load_register(connection)
    try:
        words = Vocabulary(campaign.intake.synonyms)
        sheets = [_own(sheet, words, unit, register) for sheet in _sheets(path, campaign)]
        tables = recognise(sheets, words, _KIND)
    except FileRefused as refusal:
        raise NotRead(str(refusal)) from refusal
    return _people(tables, register, unit)


def _sheets(path: Path, campaign: Campaign) -> list[Sheet]:
    bounds = bounds_of(campaign)
    if zipfile.is_zipfile(path):
        with open_package(path) as package:
            if BODY in package.namelist():
                return read_docx(package, bounds)
    return read_sheets(table_files(path, bounds)[0], bounds)


def _people(tables: list[Table], register: Register, unit: Unit) -> list[Member]:
    refused, parts = Refused(), []
    for table in tables:
        part = body(table)
        refuse_personal(part, refused)
        parts.append(part.data.with_columns(sheet=pl.lit(table.number, pl.Int64)))
    unsafe = bool(refused.rows().height)
    rows = resolve(pl.concat(parts), register, refused)
    own = rows.filter(pl.col("unit_id") == unit.id)
    if not own.is_empty() and not unsafe:
        refused = Refused()
        check_names(own, register, refused)
    if own.is_empty() or not refused.frame().is_empty():
        said = [item.message for item in refused.sentences(tables)]
        nothing = _("The table has no row of {unit} ({code}). Enter its code in the column 单位代码.")
        raise NotRead("\n".join(said[:10]) or nothing.format(unit=unit.name, code=unit.code))
    if own.height > MOST:
        raise NotRead(_("There are more than {most} people.").format(most=MOST))
    lines = own.select(pl.col(key).fill_null("") for key in CELLS).unique(maintain_order=True)
    return [tidied(Member(*line)) for line in lines.iter_rows()]


# ---- the form itself: no column says whose rows they are ------------------------------------------------------------


def _own(sheet: Sheet, words: Vocabulary, unit: Unit, register: Register) -> Sheet:
    """The sheet, with the unit's code in a column of its own where it has people and no codes."""
    grid = grid_of(sheet.head.head(HEAD_ROWS))
    match = find(grid, sheet, words, [_KIND])
    if not isinstance(match, Match) or "code" not in match.missing() or not set(match.places) >= _NEEDED:
        return sheet
    whole = sheet.read().drop("row")
    lines = grid_of(whole)
    others = _others(register, unit)
    codes: list[str | None] = [None] * len(lines)
    codes[match.last] = _CODE
    header = _said(lines[match.last], match)
    for number, line in enumerate(lines[match.last + 1 :], match.last + 1):
        said = _said(line, match)
        if said == header:
            codes[number] = _CODE  # the header of the next page
        elif _is_person(line, said) and not _names(line, match, others):
            codes[number] = unit.code
    # What a column 单位 says of one's own people (杭州市教育局) is no name of a unit of the campaign.
    dropped = f"c{match.places['name']}" if "name" in match.places else ""
    width = _width(whole)
    added = [pl.Series(f"c{width}", codes, pl.String), *_empty(match, width + 1, len(lines))]
    whole = whole.with_columns(added).drop(dropped, strict=False)
    made = Sheet.of(sheet.name, whole)
    made.visible, made.merges = sheet.visible, sheet.merges
    return made


def _empty(match: Match, first: int, height: int) -> list[pl.Series]:
    """Columns that the header lacks, with nothing in them: the form that is filled in says what is to be entered."""
    missing = [key for key in match.missing() if key != "code"]
    return [
        pl.Series(
            f"c{first + at}",
            [KINDS[_KIND].columns[key].name if row == match.last else None for row in range(height)],
            pl.String,
        )
        for at, key in enumerate(missing)
    ]


def _width(frame: pl.DataFrame) -> int:
    return max((int(name[1:]) for name in frame.columns), default=-1) + 1


def _said(line: list[str], match: Match) -> list[str]:
    """What a row says of a person, in the order of the cells; empty ones left out."""
    return [line[match.places[key]] for key in CELLS if key in match.places and line[match.places[key]]]


def _is_person(line: list[str], said: list[str]) -> bool:
    return len(said) > 1 and not any(_BELOW.search(re.sub(r"\s", "", cell)) for cell in line)


def _others(register: Register, unit: Unit) -> set[str]:
    """The names of all other units, written as `comparable` does."""
    named = pl.concat([register.units.select("name", unit_id="id"), register.names.select("name", "unit_id")])
    return set(named.filter(pl.col("unit_id") != unit.id).select(comparable("name")).to_series().to_list())


def _names(line: list[str], match: Match, others: set[str]) -> bool:
    """Whether a row is another unit's, by the name in its column of units."""
    text = line[match.places["name"]] if "name" in match.places else ""
    return bool(text) and pl.select(name=pl.lit(text)).select(comparable("name")).item() in others
