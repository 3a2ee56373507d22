"""Finding a unit by what people type: a part of its name, its pinyin (xihu), the first letters (xhq), a code, an old name."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@dataclass(frozen=True)
class Entry:
    """A unit in the index: `words` are its name and codes, of today and of before; `rank` puts offices before schools."""

    code: str
    name: str
    kind: str
    over: str
    rank: int
    words: tuple[str, ...]
    sounds: tuple[str, ...]


def entry(code: str, name: str, kind: str, over: str, rank: int, former: Iterable[str] = ()) -> Entry:
    """A unit made ready for searching."""
    words = tuple(dict.fromkeys(plain(word) for word in (name, code, *former)))
    sounds = tuple(dict.fromkeys(sound for word in (name, *former) for sound in _sounds(word)))
    return Entry(code, name, kind, over, rank, words, sounds)


def plain(text: str) -> str:
    """A text as it is compared: half width, small letters, without spaces and signs between syllables."""
    return re.sub(r"[\s'’·-]+", "", unicodedata.normalize("NFKC", text)).lower()


@lru_cache(maxsize=65536)
def _sounds(name: str) -> tuple[str, ...]:
    if not re.search(r"[㐀-鿿]", name):
        return ()
    # One syllable a character: a match may begin at each of them, at none in between.
    syllables = [plain(one) for one in lazy_pinyin(name)]
    first = [plain(one)[:1] for one in lazy_pinyin(name, style=Style.FIRST_LETTER)]
    return (" ".join(syllables), "".join(first))


def find(entries: Sequence[Entry], typed: str, most: int = 8) -> list[Entry]:
    """The units that fit best, at most so many: exact before beginning before anywhere, offices before schools, short
    names before long ones. Nothing for nothing."""
    wanted = plain(typed)
    if not wanted:
        return []
    scored = [
        (score, one.rank, len(one.name), one.code, one) for one in entries if (score := _score(one, wanted)) < _NONE
    ]
    return [found[-1] for found in sorted(scored, key=lambda item: item[:-1])[:most]]


_NONE = 9


def _score(one: Entry, wanted: str) -> int:
    if wanted in one.words:
        return 0
    if any(word.startswith(wanted) for word in one.words):
        return 1
    if not wanted.isascii() or wanted.isdecimal():
        return 3 if any(wanted in word for word in one.words) else _NONE
    return min((_heard(sound, wanted) for sound in one.sounds), default=_NONE)


def _heard(sound: str, wanted: str) -> int:
    """How well letters fit the syllables of a name, from the beginning of one of them on, or its first letters."""
    if " " not in sound:
        return 2 if sound.startswith(wanted) else 4 if len(wanted) > 1 and wanted in sound else _NONE
    syllables = sound.split(" ")
    for start in range(len(syllables)):
        if "".join(syllables[start:]).startswith(wanted):
            return 2 if start == 0 else 4
    return _NONE
