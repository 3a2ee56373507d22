"""Every code has its line in docs/findings.md, its grade there is its grade, and every sentence has its Chinese."""

import ast
import re
from pathlib import Path

import pytest

from monitor import i18n
from monitor.intake.messages import _OF_TEACHERS, _SENTENCES
from monitor.intake.problems import EXPLAIN, FILE_REFUSALS, FINDINGS, MUST_FIX, NOTE, ROW_REFUSALS

PROJECT = Path(i18n.__file__).resolve().parent.parent
DOCUMENT = (PROJECT / "docs" / "findings.md").read_text(encoding="utf-8")
SOURCES = [
    *sorted((PROJECT / "monitor" / "intake").glob("*.py")),
    PROJECT / "monitor" / "rosters.py",
    PROJECT / "monitor" / "cli" / "importing.py",
]
GRADES = {"必须改": MUST_FIX, "需说明": EXPLAIN, "提示": NOTE}


def section(title: str) -> list[list[str]]:
    part = DOCUMENT.split(f"## {title}", 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("| `")
    ]
    assert all(all(cells) for cells in rows)
    return [[cells[0].strip("`"), *cells[1:]] for cells in rows]


def test_every_code_is_documented_once_and_nothing_else() -> None:
    of_files = [row[0] for row in section("整个文件被拒绝")]
    of_rows = [row[0] for row in section("一行被拒绝")]
    assert sorted(of_files) == sorted(FILE_REFUSALS)
    assert sorted(of_rows) == sorted(ROW_REFUSALS)
    assert {row[0]: GRADES[row[1]] for row in section("问题（")} == FINDINGS


def constants() -> set[str]:
    found = set()
    for path in SOURCES:
        if path.name != "problems.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
    return found


def test_every_code_is_used() -> None:
    assert {*FILE_REFUSALS, *ROW_REFUSALS, *FINDINGS} - constants() == set()


def test_every_refusal_of_a_row_has_a_sentence() -> None:
    both = {"date_future", "date_before_start"}
    assert set(_SENTENCES) == set(ROW_REFUSALS) | both
    assert set(_OF_TEACHERS) <= set(_SENTENCES)


def messages() -> list[str]:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
                (text,) = node.args
                assert isinstance(text, ast.Constant), f"{path.name}:{node.lineno}"
                found.append(str(text.value))
    return sorted(set(found))


@pytest.mark.parametrize("message", messages())
def test_every_message_has_its_chinese(message: str) -> None:
    chinese = i18n._catalog("zh_CN").gettext(message)
    assert chinese != message
    assert set(re.findall(r"\{(\w+)", chinese)) == set(re.findall(r"\{(\w+)", message))
    assert not re.search(r"[\u4e00-\u9fff][,;:!?]", chinese), "half-width punctuation in Chinese text"


def test_every_requirement_names_tests_that_there_are() -> None:
    tables = (PROJECT / "docs" / "tables.md").read_text(encoding="utf-8").split("## 各项要求由哪些测试证明", 1)[1]
    rows = [
        line.strip("| ").split(" | ") for line in tables.splitlines() if line.startswith("| ") and "---" not in line
    ][1:]
    assert len(rows) >= 30
    for requirement, named in rows:
        found = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", named)
        assert found, requirement
        for path, test in found:
            tree = ast.parse((PROJECT / path).read_text(encoding="utf-8"))
            defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
            assert test in defined, f"{path}::{test}"
