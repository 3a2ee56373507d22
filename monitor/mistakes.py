"""What is wrong in config.toml, in words: the line, the key and the remedy.

Whoever writes the file is an official with a text editor; what a parser says of it helps only a programmer.
"""

import re
import tomllib
from typing import Any, Final

from pydantic import ValidationError

from monitor.i18n import _

_AT: Final = re.compile(r"\(at line (\d+), column \d+\)")
_DATE_LIKE: Final = re.compile(r"=\s*(\d{4}\D\d{1,2}\D\d{1,2}\S*|\d{1,2}:\d{1,2}\S*)")


def not_read(error: OSError | UnicodeDecodeError) -> str:
    """Why the file itself could not be read, in a few words."""
    match error:
        case UnicodeDecodeError():
            return _("it is not written in UTF-8; save it as UTF-8")
        case FileNotFoundError() | NotADirectoryError():
            return _("there is no such file")
        case IsADirectoryError():
            return _("it is a folder; name the file in it")
        case PermissionError():
            return _("it may not be read")
        case _:
            return error.strerror or str(error)


def unreadable(error: tomllib.TOMLDecodeError, text: str) -> str:
    """Why `text` is not TOML at all: one line, with the place where reading stopped."""
    at = _AT.search(str(error))
    lines = text.splitlines()
    number = int(at[1]) if at else len(lines)
    written = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return _said(number, written or _("the end of the file"), _toml_remedy(str(error), written))


def _said(line: int | None, where: str, remedy: str) -> str:
    if line is None:
        return "  " + _("{where}: {remedy}").format(where=where, remedy=remedy)
    return "  " + _("line {line}, {where}: {remedy}").format(line=line, where=where, remedy=remedy)


def _toml_remedy(said: str, written: str) -> str:
    value = _DATE_LIKE.search(written)
    if value:
        return _("{value} is no such day or time; write a day as 2016-12-16 and a time as 18:00:00").format(
            value=value[1]
        )
    if "overwrite" in said or "declare" in said:
        return _("this key or table stands twice; keep one of them")
    if written.count('"') % 2:
        return _("a quotation mark is missing: text stands between two of them, on one line")
    if written.startswith("[") and "]" not in written:
        return _("the bracket that closes the table's name is missing")
    if set(written) & set("“”‘’＝，【】［］"):
        return _('full-width signs are not understood here; write = " , [ ] in half width')
    return _(
        'write one key a line, as key = value: text as "text", numbers and days without quotes, lists as ["a", "b"]'
    )


def explained(error: ValidationError, text: str) -> str:
    """What in `text` cannot be, one line a mistake."""
    return "\n".join(_explain(problem, text) for problem in error.errors())


def _explain(problem: Any, text: str) -> str:
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in problem["loc"])
    return _said(_line_of(problem["loc"], text), where, _remedy(problem))


def _remedy(problem: Any) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        return _("there is no such key; correct its spelling or delete the line")
    if kind == "missing":
        return _("this key is missing; add it")
    if kind == "value_error":
        return str(context["error"])
    shown = repr(problem["input"])
    if kind == "literal_error":
        return _("{value} is not possible; write one of {choices}").format(
            value=shown, choices=context["expected"].replace(" or ", ", ")
        )
    return _("{value} cannot be used: {remedy}").format(value=shown, remedy=_wanted(kind, context))


def _wanted(kind: str, context: dict[str, Any]) -> str:
    """What should stand there, for a kind of mistake that pydantic knows."""
    if kind.startswith("date"):
        return _("write a day as 2016-12-16, without quotes")
    if kind.startswith("time"):
        return _("write a time as 18:00:00, without quotes")
    if kind.startswith("int"):
        return _("write a whole number, without quotes")
    if kind.startswith("float"):
        return _("write a number such as 0.8, without quotes")
    if kind.startswith("bool"):
        return _("write true or false, without quotes")
    if kind.startswith("list"):
        return _('write a list such as ["a", "b"]')
    if kind.startswith(("dict", "model")):
        return _("write a table of keys here")
    bounds = {
        "greater_than_equal": "≥ {ge}",
        "greater_than": "> {gt}",
        "less_than_equal": "≤ {le}",
        "less_than": "< {lt}",
    }
    if kind in bounds:
        return _("write a number {bound}").format(bound=bounds[kind].format(**context))
    if kind == "too_short":
        return _("at least {n} entries are needed").format(n=context["min_length"])
    if kind == "string_too_short":
        return _("it must not be empty")
    return _('write a text between quotation marks, such as "text"')


def _line_of(location: tuple[str | int, ...], text: str) -> int | None:
    """The line of `text` that the pydantic location speaks of: its key, or else the head of its table."""
    if not location:
        return None
    section, rest = str(location[0]), location[1:]
    nth = rest[0] if rest and isinstance(rest[0], int) else 0
    head = re.compile(rf"^\s*\[+\s*{re.escape(section)}\s*[\].]")
    heads = [number for number, line in enumerate(text.splitlines(), 1) if head.match(line)]
    if not heads and not rest:  # a key above all tables
        own = re.compile(rf"^\s*{re.escape(section)}\s*=")
        return next((number for number, line in enumerate(text.splitlines(), 1) if own.match(line)), None)
    if len(heads) <= nth:
        return None
    start = heads[nth]
    for key in [part for part in rest if isinstance(part, str)][:1]:
        for number, line in enumerate(text.splitlines()[start:], start + 1):
            if re.match(r"^\s*\[", line):
                break
            if re.match(rf"^\s*{re.escape(key)}\s*=", line):
                return number
    return start
