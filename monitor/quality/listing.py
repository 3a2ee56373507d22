"""Findings as a list that leaves the program."""

from datetime import tzinfo

import pandas as pd

from monitor.i18n import _
from monitor.quality import rules


def listing(found: pd.DataFrame, zone: tzinfo) -> pd.DataFrame:
    """Findings (store.read.findings.findings) as people read them, one row each, under the names of the screen."""
    grades = {"must_fix": _("Must fix"), "explain": _("Explain"), "note": _("Note")}
    states = {"open": _("open"), "answered": _("explained"), "closed": _("corrected")}
    at = found["answered_at"].dt.tz_convert(zone).dt.strftime("%Y-%m-%d %H:%M")
    columns = {
        _("Grade"): [grades[key] for key in found["grade"]],
        _("Rule"): [rules.name(code) for code in found["code"]],
        _("Unit code"): found["unit_code"],
        _("Unit"): found["unit_name"],
        _("Superior"): found["parent"],
        _("Day"): found["day"].dt.strftime("%Y-%m-%d"),
        _("Finding"): found["message"],
        _("What to do"): [rules.remedy(code) for code in found["code"]],
        _("State"): [states[key] for key in found["state"]],
        _("Explanation"): found["answer"],
        _("Explained by"): found["answered_by"],
        _("Explained at"): at,
        _("Batch"): found["batch"],
        _("File"): found["file"],
        _("Row"): found["row"],
    }
    return pd.DataFrame(columns).astype(object)


def widths() -> tuple[int, ...]:
    """The widths of the columns in a workbook."""
    return (10, 20, 14, 28, 14, 12, 60, 34, 10, 42, 18, 18, 8, 28, 8)


def note(count: int) -> str:
    """What the list counts."""
    return _("{count} findings. Grades: must fix, explain, note; what is explained stays explained, the figures stand.").format(count=count)  # fmt: skip
