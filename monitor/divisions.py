"""The campaign's divisions and institutions: the data files that config.toml names, as a units table.

They are written in the columns of the 单位名册, so that an office that knows the tables can write its own.
"""

import csv
import io
import unicodedata
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from monitor.campaign import Campaign, ConfigError
from monitor.i18n import _
from monitor.units import ABOVE, KIND_NAMES, KINDS

_COLUMNS = {
    "单位代码": "code",
    "单位名称": "name",
    "单位类别": "kind",
    "上级单位代码": "parent_code",
    "启用日期": "opened",
    "停用日期": "closed",
    "并入单位代码": "successor_code",
    "所在地代码": "place_code",
    "办学层次": "level",
    "举办性质": "ownership",
}
_REQUIRED = ("单位代码", "单位名称", "单位类别")
_KIND_OF = {name: kind for kind, names in KIND_NAMES.items() for name in names}
_ENCODINGS = ("utf-8-sig", "gb18030")  # what Excel writes in China is the second


def read_divisions(campaign: Campaign) -> list[dict[str, Any]]:
    """Rows of both files as store.register.unit_table takes them.

    Raises:
        ConfigError: a file is missing or has a row that cannot be used, or hangs a unit below one that cannot be above
            it; with file, line and remedy.
    """
    files = [campaign.path(name) for name in (campaign.data.divisions, campaign.data.institutions)]
    rows = [row for path in files for row in _read(path)]
    kinds = {row["code"]: row["kind"] for _where, row in rows}
    for where, row in rows:
        above = kinds.get(row["parent_code"])
        if above is not None and row["kind"] != "province" and above not in ABOVE[row["kind"]]:
            message = _("{where}: {above} cannot be above {kind}; correct the column {column}.")
            raise ConfigError(
                message.format(where=where, above=KINDS[above], kind=KINDS[row["kind"]], column="上级单位代码")
            )
    return [row for _where, row in rows]


class Place(NamedTuple):
    """Where a tile lies: row counted from the north, column from the west, both from 0."""

    row: int
    column: int


def read_layout(campaign: Campaign) -> dict[str, Place]:
    """Where the tile of each county and city lies, by code; empty where the campaign names no file.

    Raises:
        ConfigError: the file is missing or has a row that cannot be used; with file and line.
    """
    return {} if campaign.data.layout is None else _places(campaign.path(campaign.data.layout))


@lru_cache(maxsize=4)
def _places(path: Path) -> dict[str, Place]:
    try:
        reader = csv.DictReader(io.StringIO(_text(path), newline=""))
        places = {}
        for row in reader:
            try:
                places[str(row["code"]).strip()] = Place(int(row["row"]), int(row["col"]))
            except (KeyError, TypeError, ValueError) as error:
                where = f"{path}:{reader.line_num}"
                raise ConfigError(_("{where}: write code,row,col with whole numbers.").format(where=where)) from error
        return places
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(_("Cannot read {path}: {reason}").format(path=path, reason=error)) from error


def _read(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Each row with where it stands, in words."""
    try:
        reader = csv.DictReader(io.StringIO(_text(path), newline=""))
        missing = [name for name in _REQUIRED if name not in (reader.fieldnames or ())]
        if missing:
            raise ConfigError(_("{path}: the column {column} is missing.").format(path=path, column=missing[0]))
        return [(where, _row(row, where)) for row in reader for where in [f"{path}:{reader.line_num}"]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(_("Cannot read {path}: {reason}").format(path=path, reason=error)) from error


def _text(path: Path) -> str:
    content = path.read_bytes()
    for encoding in _ENCODINGS[:-1]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode(_ENCODINGS[-1])


def _row(row: dict[str, str], where: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: (row.get(column) or "").strip() or None for column, name in _COLUMNS.items()}
    for column in _REQUIRED:
        if values[_COLUMNS[column]] is None:
            raise ConfigError(_("{where}: {column} is empty.").format(where=where, column=column))
    kind = _KIND_OF.get("".join(unicodedata.normalize("NFKC", values["kind"]).split()))
    if kind is None:
        raise ConfigError(
            _("{where}: {kind} is no kind of unit; write one of {kinds}.").format(
                where=where, kind=values["kind"], kinds="、".join(KINDS.values())
            )
        )
    values["kind"] = kind
    for name in ("opened", "closed"):
        try:
            values[name] = values[name] and date.fromisoformat(values[name])
        except ValueError as error:
            raise ConfigError(
                _("{where}: {day} is no day; write it as 2016-11-25.").format(where=where, day=values[name])
            ) from error
    return values
