"""A draft after the data have changed: what is out of date in it, and the draft recomputed with its edits kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from monitor.bulletins.parts import Content, Figure, Part, Parts, Sentence, figures_of, plain

Known = Mapping[tuple[str, str, date, str], Figure]


@dataclass(frozen=True)
class Stale:
    """A figure of the draft that is another by now. key: of its sentence, "" in a table; now: None where there is no
    such figure any more."""

    key: str
    was: Figure
    now: Figure | None


@dataclass(frozen=True)
class Outdated:
    """What a change of the data has left behind in a draft.

    figures: those that are others by now; sentences: keys of sentences that the program would word otherwise (others
    are named), has added, or would leave out; source: something changed that the draft rests on, perhaps without
    changing what it says.
    """

    figures: tuple[Stale, ...]
    sentences: tuple[str, ...]
    source: bool

    def __bool__(self) -> bool:
        return self.source


def outdated(draft: Content, fresh: Content) -> Outdated:
    """What is out of date in the draft, held against the bulletin that the program would write of the same day now."""
    known = _known(fresh)
    stale = [
        Stale(key, figure, known.get(figure.identity))
        for key, parts in _parts(draft)
        for figure in figures_of(parts)
        if figure.raw is not None and _differs(figure, known.get(figure.identity))
    ]
    # A figure that is not known any more because its sentence went is told by the sentence.
    stale = [entry for entry in stale if entry.now or entry.key]
    return Outdated(tuple(stale), tuple(_reworded(draft, fresh)), draft.fingerprint != fresh.fingerprint)


def recomputed(draft: Content, fresh: Content) -> Content:
    """The draft with today's figures: sentences of the program's as it writes them now, those that a person changed
    with their words kept and the figures in them renewed; order, additions and removals stay."""
    known = _known(fresh)
    theirs = {sentence.key: sentence for sentence in fresh.sentences}
    kept = [new for sentence in draft.sentences if (new := _renewed(sentence, theirs.get(sentence.key), known))]
    present = {sentence.key for sentence in kept} | set(draft.removed)
    for number, sentence in enumerate(fresh.sentences):
        if sentence.key not in present:
            before = [other.key for other in fresh.sentences[:number]]
            kept.insert(_place(kept, before), sentence)
            present.add(sentence.key)
    return replace(draft, sentences=tuple(kept), annexes=fresh.annexes, fingerprint=fresh.fingerprint)


def _place(kept: list[Sentence], before: list[str]) -> int:
    """Where a new sentence goes: behind the last of those that the program writes before it."""
    return max((number + 1 for number, sentence in enumerate(kept) if sentence.key in before), default=0)


def _renewed(sentence: Sentence, fresh: Sentence | None, known: Known) -> Sentence | None:
    if sentence.origin is None:
        return sentence
    if sentence.edit is None:
        return None if fresh is None else replace(fresh, begins=sentence.begins)
    origin = None if fresh is None else fresh.parts
    others = origin is None or _words(sentence.origin) != _words(origin)
    parts = tuple(_refreshed(part, known) for part in sentence.parts)
    return replace(sentence, parts=parts, origin=origin or sentence.origin, recheck=sentence.recheck or others)


def _refreshed(part: Part, known: Known) -> Part:
    """A figure with its value of today; a number changed by hand keeps what is written."""
    if isinstance(part, str) or part.identity not in known:
        return part
    new = known[part.identity]
    if part.edit is None:
        return new
    return replace(part, raw=new.raw, batches=new.batches, edit=replace(part.edit, was=new.shown))


def _reworded(draft: Content, fresh: Content) -> list[str]:
    """Keys of sentences that would be worded otherwise, are new, or would go."""
    mine = {sentence.key: sentence for sentence in draft.sentences if sentence.origin is not None}
    theirs = {sentence.key: sentence for sentence in fresh.sentences}
    changed = [
        key
        for key, sentence in mine.items()
        if key not in theirs or _words(sentence.origin or ()) != _words(theirs[key].parts)
    ]
    return changed + [key for key in theirs if key not in mine and key not in draft.removed]


def _words(parts: Parts) -> tuple[object, ...]:
    """What a sentence says but for its values: its text, and what is told of whom."""
    return tuple(part if isinstance(part, str) else part.identity for part in plain(parts))


def _differs(was: Figure, now: Figure | None) -> bool:
    return now is None or was.raw != now.raw or was.computed != now.shown


def _known(content: Content) -> Known:
    return {figure.identity: figure for figure in content.figures()}


def _parts(content: Content) -> list[tuple[str, Parts]]:
    text = [(sentence.key, sentence.parts) for sentence in content.sentences]
    return text + [("", row) for annex in content.annexes for row in annex.rows]
