"""The Chinese catalogs: one English message has one translation, whichever catalogs hold it, and nothing is left open."""

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


def test_no_message_has_two_translations() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for path in CATALOGS:
        with path.open("rb") as source:
            for message in read_po(source):
                if message.id:
                    found[message.id].add(message.string)
    assert not {message: said for message, said in found.items() if len(said) > 1}
