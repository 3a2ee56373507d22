"""A bulletin composed from the facts of a day and the wording."""

import hashlib
import string
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from monitor import i18n
from monitor.bulletins import wording
from monitor.bulletins.editing import tidied
from monitor.bulletins.facts import PLACEHOLDERS, Facts, gather
from monitor.bulletins.parts import TEXT, Annex, Content, Part, Parts, Sentence, written
from monitor.bulletins.wording import Phrase, Table, Wording, WordingError
from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.progress import View
from monitor.store import read
from monitor.workdays import Calendar


class NoBulletin(Exception):
    """There are no figures to write a bulletin of; the message says why."""


def compose(view: View, sector: str) -> Content:
    """The bulletin of a sector as of the view's day, as the program writes it: the same snapshot, the same bulletin.

    Raises:
        NoBulletin: no table has been loaded up to the day.
        WordingError: the wording cannot be used.
    """
    days = read.snapshot_days(view.connection)
    if not days or days[0] > view.as_of:
        raise NoBulletin(_("There are no figures up to {day}: import the tables first.").format(day=view.as_of))
    words = wording.read(view.campaign, sector)
    with i18n.spoken(i18n.DEFAULT):  # an official document, whatever the screen speaks
        return _composed(view.campaign, view.as_of, sector, words, gather(view, sector))


def _composed(campaign: Campaign, as_of: date, sector: str, words: Wording, facts: Facts) -> Content:
    issue = campaign.bulletin.of(sector)
    return Content(
        sector=sector,
        as_of=as_of,
        head=issue.head,
        title=written(_title(words, facts)),
        addressees=issue.addressees,
        signed=issue.signed or campaign.campaign.issuer,
        dated=Calendar().after(as_of, 1),  # the figures are those of the end of the day
        sentences=_sentences(words.phrases, facts),
        annexes=tuple(_annex(table, facts) for table in words.tables if table.total or facts.lists.get(table.listed)),
        number=issue.number.format(
            year=Calendar().after(as_of, 1).year, n="　"
        ),  # the office gives it when it publishes
        fingerprint=hashlib.sha256(f"{facts.fingerprint}\n{words.source}".encode()).hexdigest(),
    )


def _title(words: Wording, facts: Facts) -> Parts:
    return _filled(words.title, facts.values, "title") or (words.title,)


def _sentences(phrases: Sequence[Phrase], facts: Facts) -> tuple[Sentence, ...]:
    said = [sentence for phrase in phrases if (sentence := _sentence(phrase, facts))]
    return tuple(_with_paragraphs(_without_bare_headings(said)))


def _sentence(phrase: Phrase, facts: Facts) -> Sentence | None:
    """The sentence; None where it does not hold, or a figure of it is not known."""
    if (phrase.when and not facts.holds(phrase.when)) or (phrase.unless and facts.holds(phrase.unless)):
        return None
    units = len(facts.lists.get(phrase.each or phrase.when, ()))
    if units < phrase.least or (phrase.most and units > phrase.most):
        return None
    values: Mapping[str, Part | Parts] = facts.values
    if phrase.each:
        items = [_filled(phrase.item, row, phrase.key) for row in facts.lists.get(phrase.each, ())]
        known = [item for item in items if item is not None]
        if not known:
            return None
        values = {**facts.values, "items": _joined(known, phrase.join)}
    parts = _filled(phrase.words, values, phrase.key)
    return None if parts is None else Sentence(phrase.key, phrase.role, parts, phrase.begins, origin=parts)


def _filled(text: str, values: Mapping[str, Part | Parts], key: str) -> Parts | None:
    """A text with its placeholders filled; None where one is not known.

    Raises:
        WordingError: there is no such placeholder.
    """
    parts: list[Part] = []
    for literal, name, _format, _conversion in string.Formatter().parse(text):
        parts.append(literal)
        if name is None:
            continue
        value = values.get(name)
        if value is None:
            if name not in PLACEHOLDERS:
                raise WordingError(
                    _("sentence {key}: there is no placeholder {name}; the list is in docs/bulletin.md").format(
                        key=key, name=name
                    )
                )
            return None
        parts.extend(value if isinstance(value, tuple) else (value,))
    return tidied(parts)


def _joined(items: Sequence[Parts], between: str) -> Parts:
    parts: list[Part] = []
    for number, item in enumerate(items):
        parts.extend((between, *item) if number else item)
    return tuple(parts)


def _without_bare_headings(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Headings go where no text follows before the next heading of their rank."""
    kept: list[Sentence] = []
    below: set[str] = set()
    for sentence in reversed(sentences):
        if sentence.role == TEXT:
            below = {"heading1", "heading2"}
        elif sentence.role not in below:
            continue
        else:
            below = below - {"heading2"} if sentence.role == "heading2" else set()
        kept.append(sentence)
    return kept[::-1]


def _with_paragraphs(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The first text after a heading starts a paragraph, whichever sentence it is."""
    found: list[Sentence] = []
    for sentence in sentences:
        first = sentence.role == TEXT and (not found or found[-1].role != TEXT)
        found.append(replace(sentence, begins=True) if first else sentence)
    return found


def _line(text: str, facts: Facts) -> str:
    """A title or heading of a table with its placeholders filled."""
    return written(_filled(text, facts.values, text) or (text,))


def _annex(table: Table, facts: Facts) -> Annex:
    rows = [*facts.lists.get(table.total, ()), *facts.lists.get(table.listed, ())]
    return Annex(
        _line(table.title, facts),
        tuple(_line(heading, facts) for _name, heading, _width in table.columns),
        tuple(width for _name, _heading, width in table.columns),
        tuple(tuple(row.get(name, "—") for name, _heading, _width in table.columns) for row in rows),
    )
