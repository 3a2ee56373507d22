"""The table of placeholders against its documentation, its translation, and the draft of the form."""

import re
from pathlib import Path

import pytest

from monitor import i18n
from monitor.documents.placeholders import FIGURE_NAMES, PLACE_NAMES, catalog, known
from monitor.documents.spelling import braced
from monitor.figures import LEVEL_NAMES, SCHOOL_TYPES
from monitor.filings.source import Manual
from monitor.i18n import LOCALE, _

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "placeholders.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [item.listed_as for item in catalog()])
def test_every_placeholder_has_its_line_in_the_documentation(name: str) -> None:
    item = next(item for item in catalog() if item.listed_as == name)
    lines = [line for line in DOCS.splitlines() if line.startswith(f"| `{braced(name)}`")]
    assert len(lines) == 1
    assert f"| {_(item.message)} |" in lines[0]
    assert ("（必需）" in lines[0]) == item.required
    assert item.family or f"| {item.origin} |" in lines[0]


def test_the_documentation_knows_no_other() -> None:
    listed = (
        {item.listed_as for item in catalog()} | known().keys() | {"each_type.…", "each_level.…", "each_override.…"}
    )
    assert set(re.findall(r"\{\{([^{}]+)\}\}", DOCS)) <= listed


def test_the_documentation_names_every_part_of_the_families() -> None:
    parts = {**LEVEL_NAMES, **PLACE_NAMES, **FIGURE_NAMES}
    parts |= {key: name for key, name in SCHOOL_TYPES.items() if key != "university"}
    for key, name in parts.items():
        assert f"`{key}` {name}" in DOCS


@pytest.mark.parametrize("message", sorted({item.message for item in known().values()}))
def test_every_meaning_is_translated(message: str) -> None:
    assert re.search(r"[一-鿿]", _(message))
    catalog_text = (LOCALE / "zh_CN" / "LC_MESSAGES" / "documents.po").read_text(encoding="utf-8")
    assert f'msgid "{message}"' in catalog_text


def test_meanings_in_english() -> None:
    try:
        i18n.use("en")
        assert known()["unit.name"].meaning == "Name of the unit"
        assert known()["levels.county.pending"].meaning == "Records at a review level: 县级待审核"
    finally:
        i18n.use(i18n.DEFAULT)
    assert known()["levels.county.pending"].meaning == "某一审核级次的人数：县级待审核"


def test_names_are_written_as_the_reader_reads_them() -> None:
    for name, item in known().items():
        assert re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", name)
        assert item.name == name
        assert item.group == (name.partition(".")[0] if name.startswith("each_") else "")
    assert {f"manual.{field}" for field in Manual.names()} <= known().keys()
