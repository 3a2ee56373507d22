"""Documentation that can be checked is checked."""

import importlib.util
import re
import sys
from typing import Any

from pydantic import BaseModel

from monitor.bulletins.facts import PLACEHOLDERS
from monitor.campaign import PROJECT, Campaign
from monitor.ui import guide, navigation


def _keys(model: type[BaseModel], prefix: str = "") -> list[str]:
    keys = []
    for name, field in model.model_fields.items():
        kinds = (field.annotation, *getattr(field.annotation, "__args__", ()))
        nested = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if nested:
            keys += _keys(nested[0], f"{prefix}{name}.")
        elif prefix:
            keys.append(prefix + name)
    return keys


def test_every_configuration_key_is_explained() -> None:
    text = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
    missing = [key for key in _keys(Campaign) if f"`{key}`" not in text]
    assert not missing


def test_every_placeholder_of_the_bulletins_is_explained() -> None:
    text = (PROJECT / "docs" / "bulletin.md").read_text(encoding="utf-8")
    assert not [name for name in sorted(PLACEHOLDERS) if f"`{name}`" not in text]


def test_every_test_that_the_security_page_names_is_there() -> None:
    text = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text))
    assert len(named) > 40
    for file, name in named:
        path = PROJECT / file
        assert path.is_file(), file
        assert not name or f"\ndef {name}(" in path.read_text(encoding="utf-8"), f"{file}::{name}"


def test_every_page_of_the_program_has_its_page_of_the_guide() -> None:
    for page in navigation.REGISTRY:
        assert guide.path_of(guide.topic_of(page.key)).is_file(), page.key
    assert {path.stem for path in guide.FOLDER.glob("*.md")} == set(guide.TOPICS)


def test_the_guide_speaks_of_pages_as_the_menu_does() -> None:
    text = "".join(guide.path_of(topic).read_text(encoding="utf-8") for topic in guide.TOPICS)
    named, titles = set(re.findall(r"\*\*(.+?)\*\*", text)), {page.title: page.key for page in navigation.REGISTRY}
    assert named <= set(titles), "what is bold is the name of a page"
    assert {titles[title] for title in named} >= set(titles.values()) - {"account", "help", "templates", "wall"}


def _pictures() -> Any:
    """The script that takes the pictures."""
    spec = importlib.util.spec_from_file_location("pictures", PROJECT / "scripts" / "pictures.py")
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    sys.modules["pictures"] = script  # dataclasses look their module up
    spec.loader.exec_module(script)
    return script


def test_every_picture_is_taken_by_the_script_and_small() -> None:
    script = _pictures()
    files = [*script.GUIDE.glob("*"), *script.README.glob("*")]
    assert {file.relative_to(PROJECT) for file in files} == {
        (picture.folder / f"{picture.name}.png").relative_to(PROJECT) for picture in script.PICTURES
    }
    assert max(file.stat().st_size for file in files) <= script.MOST


def test_every_picture_is_shown_once_and_every_page_of_the_guide_has_one() -> None:
    shown = []
    for topic in guide.TOPICS:
        found = [
            part.file
            for part in guide.parts(guide.path_of(topic).read_text(encoding="utf-8"))
            if isinstance(part, guide.Picture)
        ]
        assert found, topic
        shown += found
    for name in ("README.md", "README.zh.md"):
        assert "](docs/images/overview.png)" in (PROJECT / name).read_text(encoding="utf-8")
    assert sorted(shown) == sorted(f"images/{file.name}" for file in guide.FOLDER.glob("images/*"))
