"""The result of an import: what became of each file, as a person and as a program is told."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from monitor.i18n import _
from monitor.intake.problems import NOTE, Finding, Refusal


@dataclass
class FileResult:
    """What became of one file: the object that `import --json` prints."""

    file: str
    kind: str | None
    dates: list[date]
    rows: int
    loaded: int = 0
    unchanged: int = 0
    corrected: int = 0
    refused: list[Refusal] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    workbook: str | None = None
    batch: int | None = None

    @property
    def refusals(self) -> int:
        """How many cells are refused, those that are not listed too."""
        return sum(item.cells for item in self.refused)

    def to_json(self) -> dict[str, Any]:
        """The object as docs/tables.md describes it."""
        return {
            "file": self.file,
            "kind": self.kind,
            "dates": [day.isoformat() for day in self.dates],
            "rows": self.rows,
            "loaded": self.loaded,
            "unchanged": self.unchanged,
            "corrected": self.corrected,
            "refused": [
                {"row": r.row, "cell": r.cell, "column": r.column, "code": r.code, "message": r.message} for r in self.refused
            ],
            "findings": [
                {
                    "code": f.code, "grade": f.grade, "unit": f.unit, "date": f.day.isoformat() if f.day else None, "row": f.row,
                    "message": f.message,
                }
                for f in self.findings
            ],
            "workbook": self.workbook,
            "batch": self.batch,
        }  # fmt: skip


def nothing_new() -> Finding:
    """The note that a file says nothing that the store does not know."""
    return Finding(
        "nothing_new",
        NOTE,
        None,
        None,
        None,
        None,
        _("Everything in the file had been loaded before; nothing was changed."),
    )
