"""Arrows between packages run one way (docs/architecture.md)."""

import ast
from pathlib import Path

import pytest

from monitor.campaign import PROJECT

BASE = {
    "figures",
    "units",
    "campaign",
    "sections",
    "workdays",
    "i18n",
    "logs",
    "atomic",
    "boundaries",
    "divisions",
    "mistakes",
    "numbers",
    "personal",
    "rosters",
    "search",
    "packages",
    "workbooks",
}
ACTIONS = {"filings", "documents", "intake", "access", "quality"}
MAY_USE = {
    **dict.fromkeys(BASE, BASE),
    "measures": BASE,
    "store": BASE | {"store"},
    "progress": BASE | {"measures", "store"},
    "outlook": BASE | {"measures", "store", "progress"},
    **{name: BASE | {"measures", "store", "progress", name} for name in ACTIONS},
    "documents": BASE | {"measures", "store", "progress", "filings", "documents"},  # they print what was filed
    "bulletins": BASE | {"measures", "store", "progress", "filings", "documents"},
    "chase": BASE | {"measures", "store", "progress", "filings"},  # what is chased is what was not filed
    "demo": BASE | {"measures", "store", "progress"} | ACTIONS,
    "ui": BASE | {"measures", "store", "progress", "outlook", "bulletins", "chase", "ui", "demo"} | ACTIONS,
    "cli": BASE | {"measures", "store", "progress", "bulletins", "chase", "demo", "cli", "ui"} | ACTIONS,
    "__main__": {"cli", "logs"},
}
FILES = sorted((PROJECT / "monitor").rglob("*.py"))
SCREEN = {"streamlit", "altair", "streamlit_authenticator"}


def _package(path: Path) -> str:
    return path.relative_to(PROJECT / "monitor").with_suffix("").parts[0]


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_arrows_run_one_way(path: Path) -> None:
    package, imported = _package(path), _imports(path)
    packages = {name.split(".")[1] for name in imported if name.startswith("monitor.")}
    known = {_package(file) for file in FILES}
    forbidden = (packages & known) - MAY_USE.get(package, BASE) - {package}
    assert not forbidden, f"{package} must not import {sorted(forbidden)}"
    if package != "ui":
        assert not {name.split(".")[0] for name in imported} & SCREEN
    if package != "store":
        assert not any(name.split(".")[0] in ("alembic", "sqlite3", "psycopg") for name in imported)


def test_only_the_store_writes_sql() -> None:
    statements = {f"sqlalchemy.{name}" for name in ("text", "select", "insert", "update", "delete", "func", "Table")}
    for path in FILES:
        if _package(path) != "store":
            assert not _imports(path) & statements, path
