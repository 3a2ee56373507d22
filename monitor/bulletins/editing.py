"""What an official changes in a draft, sentence by sentence.

In the editor a computed number stands in ［ ］. What is still there in brackets stays bound to where it came from; a
bracket with other words in it becomes that number changed by hand, with who and when and what the program had written.
Nothing that the program computed can be changed without that mark.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher
from typing import Final

from monitor.bulletins.numerals import NUMBER
from monitor.bulletins.parts import TEXT, Content, Edit, Figure, Part, Parts, Sentence, figures_of, written
from monitor.i18n import _
from monitor.personal import holds_resident_id

OPEN, CLOSE = "［", "］"
_BOUND: Final = re.compile(r"[［\[]([^［\[\]］]*)[］\]]")
_LONGEST: Final = 2000
MANUAL: Final = "manual"
"""The measure of a number that a person wrote, without one of the program's behind it."""
_OWN: Final = "own-"
WITHDRAWS: Final = "withdraws"
"""Key of the sentence that withdraws another bulletin."""


class EditRefused(Exception):
    """What was typed cannot be taken; the message says why."""


def editable(parts: Parts) -> str:
    """Parts as they stand in the editor."""
    return "".join(part if isinstance(part, str) else f"{OPEN}{part.shown}{CLOSE}" for part in parts)


def rewritten(content: Content, key: str, text: str, by: str, at: str) -> Content:
    """The bulletin with a sentence as it now stands in the editor.

    Raises:
        EditRefused: there are no words in it, too many, or an ID number.
    """
    words = checked(text)
    old = content.sentence(key)
    parts = _bound(old, words, content.as_of, by, at)
    if parts == old.parts and not old.recheck:
        return content
    as_written = old.origin is not None and parts == old.origin
    new = replace(old, parts=parts, recheck=False, edit=None if as_written else Edit(by, at, written(old.parts)))
    return _with(content, [new if sentence.key == key else sentence for sentence in content.sentences])


def restored(content: Content, key: str) -> Content:
    """The bulletin with a sentence as the program wrote it."""
    return _with(
        content,
        [
            replace(sentence, parts=sentence.origin, edit=None, recheck=False)
            if sentence.key == key and sentence.origin is not None
            else sentence
            for sentence in content.sentences
        ],
    )


def added(content: Content, after: str, role: str, text: str, by: str, at: str) -> Content:
    """The bulletin with a sentence of a person's own behind another.

    Raises:
        EditRefused: as `rewritten`.
    """
    taken = [int(sentence.key.removeprefix(_OWN)) for sentence in content.sentences if sentence.key.startswith(_OWN)]
    parts = _numbers(checked(text), content.as_of, by, at)
    new = Sentence(f"{_OWN}{max(taken, default=0) + 1}", role, parts, edit=Edit(by, at))
    found: list[Sentence] = []
    for sentence in content.sentences:
        found += [sentence, new] if sentence.key == after else [sentence]
    return _with(content, found)


def removed(content: Content, key: str) -> Content:
    """The bulletin without a sentence; one of the program's stays away when it is recomputed."""
    gone = content.sentence(key)
    kept = [sentence for sentence in content.sentences if sentence.key != key]
    names = (*content.removed, key) if gone.origin is not None else content.removed
    withdraws = "" if key == WITHDRAWS else content.withdraws
    return replace(_with(content, kept), removed=names, withdraws=withdraws)


def moved(content: Content, key: str, steps: int) -> Content:
    """The bulletin with a sentence some places further down (or up: negative)."""
    order = [sentence.key for sentence in content.sentences]
    at = order.index(key)
    to = min(max(0, at + steps), len(order) - 1)
    order.insert(to, order.pop(at))
    return replace(content, sentences=tuple(content.sentence(name) for name in order))


def begun(content: Content, key: str, begins: bool) -> Content:
    """The bulletin with a sentence that starts a paragraph, or no longer does."""
    return _with(
        content,
        [replace(sentence, begins=begins) if sentence.key == key else sentence for sentence in content.sentences],
    )


def headed(content: Content, *, title: str, addressees: str, signed: str, dated: date) -> Content:
    """The bulletin with another title, addressees, signature and date.

    Raises:
        EditRefused: a text is empty or holds an ID number.
    """
    return replace(
        content,
        title=checked(title, lines=True),
        addressees=checked(addressees) if addressees.strip() else "",
        signed=checked(signed),
        dated=dated,
    )


def checked(text: str, *, lines: bool = False) -> str:
    """What was typed, tidied: one line (or several), no ID number.

    Raises:
        EditRefused: it cannot be taken.
    """
    tidy = "\n".join(line.strip() for line in text.splitlines() if line.strip()) if lines else "".join(text.split("\n"))
    tidy = tidy.strip()
    if not tidy:
        raise EditRefused(_("There are no words in it; remove the sentence if it should go."))
    if len(tidy) > _LONGEST:
        raise EditRefused(_("A sentence may have at most {count} characters.").format(count=_LONGEST))
    if holds_resident_id(tidy):
        raise EditRefused(_("The text holds a resident ID number. Personal data has no place in a bulletin."))
    return tidy


# ---- numbers -----------------------------------------------------------------------------------------------------


def _bound(old: Sentence, text: str, as_of: date, by: str, at: str) -> Parts:
    """The text with its brackets as figures: those that are unchanged keep everything, the others are marked."""
    before = figures_of(old.parts)
    shown = [match[1] for match in _BOUND.finditer(text)]
    bound = iter(_matched(before, shown, as_of, by, at))
    parts: list[Part] = []
    end = 0
    for match in _BOUND.finditer(text):
        parts += [*_numbers(text[end : match.start()], as_of, by, at, old), next(bound)]
        end = match.end()
    parts += _numbers(text[end:], as_of, by, at, old)
    return tidied(parts)


def _matched(before: Sequence[Figure], shown: Sequence[str], as_of: date, by: str, at: str) -> list[Figure]:
    """A figure for each bracket. Brackets in place of figures stand for them one by one; further ones for none."""
    found: list[Figure] = []
    matcher = SequenceMatcher(a=[figure.shown for figure in before], b=list(shown), autojunk=False)
    for kind, start, stop, begin, end in matcher.get_opcodes():
        if kind == "equal":
            found += before[start:stop]
            continue
        for number, text in enumerate(shown[begin:end]):
            old = before[start + number] if start + number < stop else None
            found.append(_changed(old, text, by, at) if old else _manual(text, as_of, by, at))
    return found


def _changed(figure: Figure, shown: str, by: str, at: str) -> Figure:
    if shown == figure.computed:
        return replace(figure, shown=shown, edit=None)
    return replace(figure, shown=shown, edit=Edit(by, at, figure.computed))


def _manual(shown: str, as_of: date, by: str, at: str) -> Figure:
    return Figure(MANUAL, "", as_of, None, shown, edit=Edit(by, at))


def _numbers(text: str, as_of: date, by: str, at: str, old: Sentence | None = None) -> Parts:
    """A text with its bare numbers as figures of the person who wrote them; those that the program's own words hold
    stay text."""
    words = [part for part in (old.origin or ()) if isinstance(part, str)] if old else []
    own = [number for part in words for number in NUMBER.findall(part)]
    kept = {figure.shown: figure for figure in (figures_of(old.parts) if old else ()) if figure.measure == MANUAL}
    parts: list[Part] = []
    end = 0
    for match in NUMBER.finditer(text):
        if match[0] in own:
            own.remove(match[0])
            continue
        parts += [text[end : match.start()], kept.get(match[0]) or _manual(match[0], as_of, by, at)]
        end = match.end()
    return tidied([*parts, text[end:]])


def tidied(parts: Sequence[Part]) -> Parts:
    """Neighbouring pieces of text as one, empty ones gone."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)


def _with(content: Content, sentences: Sequence[Sentence]) -> Content:
    """The bulletin with other sentences; the first text under a heading starts a paragraph."""
    found: list[Sentence] = []
    for sentence in sentences:
        first = sentence.role == TEXT and (not found or found[-1].role != TEXT)
        found.append(replace(sentence, begins=True) if first and not sentence.begins else sentence)
    return replace(content, sentences=tuple(found))
