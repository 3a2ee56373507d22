"""What a bulletin is made of: sentences of text and figures, each figure carrying where it came from.

A bulletin is kept as one JSON document; `as_json` and `from_json` are exact inverses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final, TypeAlias


@dataclass(frozen=True)
class Edit:
    """That a person changed something: who, when (ISO, UTC), and what stood there before."""

    by: str
    at: str
    was: str = ""


@dataclass(frozen=True)
class Figure:
    """A number, day or place in the text, and where it came from.

    Attributes:
        measure: a key of measures.MEASURES.
        unit: code of the unit that it is said of.
        day: the day that it is as of.
        raw: its value, unrounded; None where a person wrote a number that the program did not compute.
        shown: how it is written.
        detail: what tells it from another of the same measure, unit and day: a month, a review stage.
        batches: the batches that hold the unit's figures of that day.
        edit: who wrote another number in its place; `was` is the computed one.
    """

    measure: str
    unit: str
    day: date
    raw: Any
    shown: str
    detail: str = ""
    batches: tuple[int, ...] = ()
    edit: Edit | None = None

    @property
    def identity(self) -> tuple[str, str, date, str]:
        """What it is, whatever its value."""
        return self.measure, self.unit, self.day, self.detail

    @property
    def computed(self) -> str:
        """How the program wrote it."""
        return self.edit.was if self.edit else self.shown


Part: TypeAlias = str | Figure
Parts: TypeAlias = tuple[Part, ...]

HEADING1, HEADING2, TEXT = "heading1", "heading2", "text"
"""The roles of a sentence: 一、…, （一）…, and text."""


@dataclass(frozen=True)
class Sentence:
    """A sentence, or a heading.

    Attributes:
        key: its name in this bulletin.
        role: HEADING1, HEADING2 or TEXT.
        parts: as it reads.
        begins: it starts a paragraph.
        origin: as the program wrote it; None where a person did.
        edit: who changed its words.
        recheck: since a person changed its words, the program would name others in it.
    """

    key: str
    role: str
    parts: Parts
    begins: bool = False
    origin: Parts | None = None
    edit: Edit | None = None
    recheck: bool = False

    @property
    def text(self) -> str:
        """As it is printed."""
        return written(self.parts)


@dataclass(frozen=True)
class Annex:
    """A table that goes with the bulletin. widths: of the columns, in parts of their sum; rows: the cells as parts."""

    title: str
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[Parts, ...]


@dataclass(frozen=True)
class Content:
    """All of a bulletin.

    Attributes:
        fingerprint: of every figure that it was made from (facts.Facts).
        removed: keys of sentences of the program's that a person took out.
        withdraws: number of the bulletin that this one withdraws, "" for none.
    """

    sector: str
    as_of: date
    head: str
    title: str
    addressees: str
    signed: str
    dated: date
    sentences: tuple[Sentence, ...]
    annexes: tuple[Annex, ...]
    fingerprint: str
    number: str = ""
    removed: tuple[str, ...] = ()
    withdraws: str = ""

    def sentence(self, key: str) -> Sentence:
        """The sentence of this name.

        Raises:
            KeyError: there is none.
        """
        for sentence in self.sentences:
            if sentence.key == key:
                return sentence
        raise KeyError(key)

    def figures(self) -> Iterator[Figure]:
        """Every figure of text and tables."""
        for sentence in self.sentences:
            yield from figures_of(sentence.parts)
        for annex in self.annexes:
            for row in annex.rows:
                yield from figures_of(row)


def written(parts: Parts) -> str:
    """Parts as they are printed."""
    return "".join(part if isinstance(part, str) else part.shown for part in parts)


def figures_of(parts: Parts) -> list[Figure]:
    """The figures among the parts."""
    return [part for part in parts if isinstance(part, Figure)]


def plain(parts: Parts) -> Parts:
    """Parts with their figures as computed: what the program wrote, without the places where it came from."""
    return tuple(
        part if isinstance(part, str) else replace(part, shown=part.computed, edit=None, batches=()) for part in parts
    )


# ---- as JSON -----------------------------------------------------------------------------------------------------

_SHORT: Final = {
    "measure": "m", "unit": "u", "day": "d", "raw": "r", "shown": "s", "detail": "x", "batches": "b", "edit": "e",
}  # fmt: skip
"""Short names of a figure's attributes: a bulletin of a hundred universities holds a thousand figures."""


def as_json(content: Content) -> dict[str, Any]:
    """The bulletin as a JSON document."""
    document = {name: getattr(content, name) for name in content.__dataclass_fields__}
    return document | {
        "as_of": content.as_of.isoformat(),
        "dated": content.dated.isoformat(),
        "removed": list(content.removed),
        "sentences": [_sentence_out(sentence) for sentence in content.sentences],
        "annexes": [
            {
                "title": annex.title,
                "columns": list(annex.columns),
                "widths": list(annex.widths),
                "rows": [_parts_out(row) for row in annex.rows],
            }
            for annex in content.annexes
        ],
    }


def from_json(document: Mapping[str, Any]) -> Content:
    """The bulletin that `as_json` wrote."""
    return Content(
        **{
            **document,
            "as_of": date.fromisoformat(document["as_of"]),
            "dated": date.fromisoformat(document["dated"]),
            "removed": tuple(document["removed"]),
            "sentences": tuple(_sentence_in(sentence) for sentence in document["sentences"]),
            "annexes": tuple(
                Annex(
                    annex["title"],
                    tuple(annex["columns"]),
                    tuple(annex["widths"]),
                    tuple(_parts_in(row) for row in annex["rows"]),
                )
                for annex in document["annexes"]
            ),
        }
    )


def _sentence_out(sentence: Sentence) -> dict[str, Any]:
    return {
        "key": sentence.key,
        "role": sentence.role,
        "begins": sentence.begins,
        "recheck": sentence.recheck,
        "edit": asdict(sentence.edit) if sentence.edit else None,
        "parts": _parts_out(sentence.parts),
        "origin": None if sentence.origin is None else _parts_out(sentence.origin),
    }


def _sentence_in(document: Mapping[str, Any]) -> Sentence:
    return Sentence(
        **{
            **document,
            "edit": _edit_in(document["edit"]),
            "parts": _parts_in(document["parts"]),
            "origin": None if document["origin"] is None else _parts_in(document["origin"]),
        }
    )


def _parts_out(parts: Parts) -> list[Any]:
    return [part if isinstance(part, str) else _figure_out(part) for part in parts]


def _parts_in(parts: list[Any]) -> Parts:
    return tuple(part if isinstance(part, str) else _figure_in(part) for part in parts)


def _figure_out(figure: Figure) -> dict[str, Any]:
    found = {short: getattr(figure, name) for name, short in _SHORT.items()}
    found |= {
        "d": figure.day.isoformat(),
        "b": list(figure.batches),
        "e": asdict(figure.edit) if figure.edit else None,
    }
    return {short: value for short, value in found.items() if value not in ("", [], None)}


def _figure_in(document: Mapping[str, Any]) -> Figure:
    found: dict[str, Any] = {name: document.get(short) for name, short in _SHORT.items()}
    return Figure(
        **{
            **found,
            "day": date.fromisoformat(str(found["day"])),
            "detail": found["detail"] or "",
            "batches": tuple(found["batches"] or ()),
            "edit": _edit_in(found["edit"]),
        }
    )


def _edit_in(document: Mapping[str, Any] | None) -> Edit | None:
    return None if document is None else Edit(**document)
