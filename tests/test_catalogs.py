"""The Chinese catalogs: one English message stands in one of them, is said somewhere, and nothing is left open."""

import ast
import string
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from monitor.campaign import PROJECT

CATALOGS = sorted((PROJECT / "locale" / "zh_CN" / "LC_MESSAGES").glob("*.po"))


def _fields(text: str) -> set[str]:
    return {name for _before, name, _form, _conversion in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_every_entry_is_complete(path: Path) -> None:
    with path.open("rb") as source:
        for message in read_po(source):
            if message.id:
                assert message.string and not message.fuzzy, message.id
                assert _fields(message.string) <= _fields(message.id), message.id


def test_every_message_stands_in_one_catalog() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for path in CATALOGS:
        with path.open("rb") as source:
            for message in read_po(source):
                if message.id:
                    found[message.id].append(path.stem)
    assert not {message: stems for message, stems in found.items() if len(stems) > 1}


def test_every_message_is_said_somewhere() -> None:
    code = [*(PROJECT / "monitor").rglob("*.py"), *(PROJECT / "pages").glob("*.py")]
    said = {
        node.value
        for path in code
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for path in CATALOGS:
        with path.open("rb") as source:
            assert [message.id for message in read_po(source) if message.id and message.id not in said] == [], path.stem
