"""What an office does from the command line, where it is to succeed."""

import csv
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from monitor.__main__ import main


def run(*arguments: str) -> str:
    """Run a command; what it prints."""
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def load_table(folder: Path, name: str, header: str, rows: list[list[Any]]) -> None:
    """Import a csv that is written for it. header: its columns, between blanks."""
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(), *rows])
    run("import", str(path))
