"""The wording of the bulletins, read from data/templates/bulletin.toml, which an office may change."""

import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from monitor.bulletins.parts import HEADING1, HEADING2, TEXT
from monitor.campaign import Campaign
from monitor.figures import SECTORS
from monitor.i18n import _

FILE: Final = "bulletin.toml"
_KEYS: Final = frozenset(
    {"key", HEADING1, HEADING2, TEXT, "begins", "each", "item", "join", "when", "unless", "most", "least"}
)


class WordingError(Exception):
    """The wording cannot be used; the message names the file, the sentence and the remedy."""


@dataclass(frozen=True)
class Phrase:
    """A sentence of the wording: its words with placeholders, and when it stands.

    each, item, join: the list that {items} stands for, one unit of it, what joins them; when, unless: conditions;
    most, least: it stands only where its list (each, or when) has at most, or at least, so many units; 0: any number.
    """

    key: str
    role: str
    words: str
    begins: bool = False
    each: str = ""
    item: str = ""
    join: str = "、"
    when: str = ""
    unless: str = ""
    most: int = 0
    least: int = 0


@dataclass(frozen=True)
class Table:
    """A table of the wording: its title, the list that it shows, whether a row of the whole comes first, its columns
    (value, heading, width in millimetres)."""

    title: str
    listed: str
    total: str
    columns: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True)
class Wording:
    """How a sector's bulletin is worded. source: the file's text, of which the fingerprint is made."""

    title: str
    phrases: tuple[Phrase, ...]
    tables: tuple[Table, ...]
    source: str


def path(campaign: Campaign) -> Path:
    """The file of the wording."""
    return campaign.path(campaign.data.templates) / FILE


def read(campaign: Campaign, sector: str) -> Wording:
    """The wording of a sector.

    Raises:
        WordingError: the file is missing, is not TOML, or has a part that cannot be used.
    """
    file = path(campaign)
    try:
        source = file.read_text(encoding="utf-8-sig")
        document = tomllib.loads(source)[sector]
        phrases = _phrases(document["sentence"])
        tables = tuple(_table(table) for table in document.get("annex", []))
        title = str(document["title"])
    except OSError as error:
        raise WordingError(_("Cannot read {path}: {reason}").format(path=file, reason=error.strerror)) from error
    except tomllib.TOMLDecodeError as error:
        raise WordingError(_("{path} is not valid TOML: {reason}").format(path=file, reason=error)) from error
    except KeyError as error:
        message = _("{path}: the part {part} is missing for {sector}")
        raise WordingError(message.format(path=file, part=error, sector=SECTORS[sector])) from error
    except ValueError as error:
        raise WordingError(f"{file}: {error}") from error
    return Wording(title, phrases, tables, source)


def fields(text: str) -> list[str]:
    """The placeholders of a text, in order.

    Raises:
        ValueError: its braces do not match.
    """
    return [name for _literal, name, _format, _conversion in string.Formatter().parse(text) if name is not None]


def _phrases(given: Sequence[Mapping[str, Any]]) -> tuple[Phrase, ...]:
    found: list[Phrase] = []
    for number, entry in enumerate(given, 1):
        phrase = _phrase(entry, number)
        if phrase.key in {other.key for other in found}:
            raise ValueError(_("two sentences have the key {key}; give each its own").format(key=phrase.key))
        found.append(phrase)
    return tuple(found)


def _phrase(entry: Mapping[str, Any], number: int) -> Phrase:
    roles = [role for role in (HEADING1, HEADING2, TEXT) if role in entry]
    key = str(entry.get("key") or f"{roles[0] if roles else ''}-{number}")
    unknown = sorted(set(entry) - _KEYS)
    if len(roles) != 1 or unknown:
        message = _("sentence {key}: write exactly one of heading1, heading2, text; unknown: {unknown}")
        raise ValueError(message.format(key=key, unknown=", ".join(unknown) or "—"))
    names = {name: entry[name] for name in ("each", "item", "join", "when", "unless", "most", "least") if name in entry}
    phrase = Phrase(key, roles[0], str(entry[roles[0]]), bool(entry.get("begins")), **names)
    try:
        holds_items = "items" in fields(phrase.words)
        fields(phrase.item)
    except ValueError as error:
        raise ValueError(_("sentence {key}: the braces do not match").format(key=key)) from error
    if holds_items != bool(phrase.each and phrase.item):
        raise ValueError(_("sentence {key}: each, item and {{items}} go together").format(key=key))
    return phrase


def _table(entry: Mapping[str, Any]) -> Table:
    columns = tuple((str(name), str(heading), float(width)) for name, heading, width in entry["columns"])
    return Table(str(entry["title"]), str(entry["list"]), str(entry.get("total", "")), columns)
