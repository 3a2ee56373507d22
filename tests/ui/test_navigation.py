"""The register of pages, and the words of the shell."""

import ast
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from monitor import i18n
from monitor.access.roles import ROLES
from monitor.campaign import PROJECT
from monitor.ui import navigation


def test_every_page_has_its_file_and_every_file_its_page() -> None:
    files = {path.stem for path in navigation.FOLDER.glob("*.py")}
    assert files == set(navigation.PAGES)


@pytest.mark.parametrize("page", list(navigation.PAGES))
def test_the_first_thing_that_a_page_does_is_to_ask_who_is_there(page: str) -> None:
    body = ast.parse(Path(navigation.PAGES[page].file).read_text(encoding="utf-8")).body
    first = next(
        node
        for node in body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    )
    assert ast.unparse(first) == f"who = guard.require({page!r})"


def test_the_start_page_is_for_everyone() -> None:
    assert all(navigation.START.open_to(role) for role in ROLES)


@pytest.mark.parametrize(
    ("page", "role", "allowed"),
    [
        ("intake", "administrator", True),
        ("intake", "province_schools", False),
        ("intake", "observer", False),
        ("monthly", "city", True),
        ("monthly", "county", False),
        ("monthly", "school", False),
        ("universities", "city", False),
        ("universities", "university", True),
        ("cities", "university", False),
        ("cities", "school", True),
        ("cities", "province_universities", False),
    ],
)
def test_who_may_open_what(page: str, role: str, allowed: bool) -> None:
    (entry,) = [entry for entry in navigation.REGISTRY if entry.key == page]
    assert entry.open_to(role) == allowed


def _translated() -> set[object]:
    """Every message that a Chinese catalog has a translation for."""
    found: set[object] = set()
    for po in (i18n.LOCALE / "zh_CN" / "LC_MESSAGES").glob("*.po"):
        with po.open("rb") as source:
            found |= {message.id for message in read_po(source) if message.string}
    return found


@pytest.mark.parametrize("folder", ["monitor/access", "monitor/ui", "pages"])
def test_every_message_has_its_translation(folder: str) -> None:
    known = _translated()
    missing = [
        (path.name, node.args[0].value)
        for path in sorted((PROJECT / folder).glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("_", "_marked")
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value not in known
    ]
    assert missing == []


SCREENS = sorted([*(PROJECT / "monitor" / "ui").glob("*.py"), *(PROJECT / "pages").glob("*.py")])


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.stem)
def test_nothing_runs_or_is_downloaded_past_the_guard(path: Path) -> None:
    """Fragments and dialogs run without their page; a download button's address serves whoever has it.

    What is shown while nobody can be asked who is there (outage) shows nothing of anybody's.
    """
    forbidden = {"download_button"} | (set() if path.stem in ("guard", "outage") else {"fragment", "dialog"})
    used = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "st"
    }
    assert not used & forbidden
