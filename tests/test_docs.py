"""Documentation that can be checked is checked."""

import re

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
    named = {page.key for page in navigation.REGISTRY if f"**{page.title}**" in text}
    assert named >= {page.key for page in navigation.REGISTRY} - {"account", "help", "templates"}
