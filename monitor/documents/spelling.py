"""How placeholders are written in a cell: {{name}}, forgiving what an input method does to it."""

import re
import unicodedata
from collections.abc import Callable, Iterator

_PLACEHOLDER = re.compile(r"(?<![{｛])[{｛]{2}([^{}｛｝]*)[}｝]{2}(?![}｝])")
_BRACES = re.compile(r"[{｛]{2}|[}｝]{2}")


def braced(name: str) -> str:
    """A placeholder as a form writes it."""
    return "{{" + name + "}}"


def names_in(text: str) -> list[str]:
    """The names of the placeholders in `text`, in order; blanks, capitals and full-width letters are evened out."""
    return [_name(written) for written in _PLACEHOLDER.findall(text)]


def spans_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each placeholder of `text` begins and ends, and its name."""
    for match in _PLACEHOLDER.finditer(text):
        yield match.start(), match.end(), _name(match[1])


def only_name(text: str) -> str | None:
    """The placeholder's name where `text` is one placeholder and nothing else."""
    match = _PLACEHOLDER.fullmatch(text.strip())
    return _name(match[1]) if match else None


def is_broken(text: str) -> bool:
    """Whether `text` holds double braces that do not make a placeholder."""
    return bool(_BRACES.search(_PLACEHOLDER.sub("", text)))


def replaced(text: str, value: Callable[[str], str]) -> str:
    """`text` with every placeholder replaced by what `value` gives for its name."""
    return _PLACEHOLDER.sub(lambda match: value(_name(match[1])), text)


def _name(written: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", written)).lower()
