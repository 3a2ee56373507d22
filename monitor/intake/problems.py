"""What can be wrong with a table: refusals, findings, and the codes of both.

A refusal keeps a row (or the whole file) out; a finding is about a row that is loaded. Every code has its line in
docs/findings.md: what it says, what it means, what to do.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

MUST_FIX: Final = "must_fix"
EXPLAIN: Final = "explain"
NOTE: Final = "note"

FILE_REFUSALS: Final = (
    "file_empty", "file_too_large", "file_damaged", "file_truncated", "file_encrypted", "file_not_a_table",
    "file_has_macros", "file_far_cell", "file_unsafe_xml", "file_unpacks_too_large", "file_too_many_rows", "file_too_many_columns",
    "file_encoding", "file_line_too_long", "file_unclosed_quote", "archive_empty", "archive_nested", "archive_encrypted",
    "kind_unknown", "kind_ambiguous", "columns_missing", "column_twice", "no_rows", "date_missing", "date_in_title_unclear",
    "date_contradiction", "date_future", "date_before_start", "too_many_refused",
)  # fmt: skip
"""Refusals of a whole file; date_future and date_before_start also of a row."""

ROW_REFUSALS: Final = (
    "code_missing", "code_destroyed", "code_invalid", "unit_unknown", "unit_has_units_below", "name_contradicts", "name_missing", "text_too_long",
    "date_blank", "date_unreadable", "date_contradicts_option", "unit_not_open",
    "unit_closed", "count_missing", "count_negative", "count_fraction", "count_not_a_number", "count_too_large", "cell_error",
    "level_unreadable", "level_outside_chain", "year_unreadable", "year_out_of_range", "duplicate_differs",
    "predecessor_incomplete", "personal_id", "kind_unreadable", "kind_changed", "school_type_unreadable",
    "run_by_unreadable", "parent_missing", "parent_unknown", "parent_impossible", "successor_unknown",
    "successor_impossible", "closed_before_opened", "status_unreadable", "filed_unreadable",
    "roster_not_owed", "roster_incomplete", "duty_unreadable", "text_missing", "phone_malformed", "email_malformed",
)  # fmt: skip
"""Refusals of one row."""

FINDINGS: Final = {
    "submitted_over_entered": MUST_FIX,
    "entered_over_expected": EXPLAIN,
    "queue_unbalanced": MUST_FIX,
    "figure_fell": EXPLAIN,
    "jump": EXPLAIN,
    "total_differs": EXPLAIN,
    "subtotal_differs": EXPLAIN,
    "subtotal_without_rows": EXPLAIN,
    "id_number_twice": MUST_FIX,
    "person_number_twice": MUST_FIX,
    "status_without_filing": EXPLAIN,
    "sheet_not_read": EXPLAIN,
    "roster_no_leader": MUST_FIX,
    "roster_no_lead": MUST_FIX,
    "roster_no_contact": MUST_FIX,
    "roster_too_long": MUST_FIX,
    "roster_lead_department": EXPLAIN,
    "roster_department_missing": EXPLAIN,
    "old_unit": NOTE,
    "predecessors_added": NOTE,
    "same_row_twice": NOTE,
    "hidden_rows_read": NOTE,
    "hidden_column_read": NOTE,
    "nothing_new": NOTE,
    "units_left_out": NOTE,
    "status_blank": NOTE,
    "review_not_given": NOTE,
    "year_from_name": NOTE,
}
"""Findings and their grade: must_fix 必须改, explain 需说明, note 提示."""

COMPUTED_ANEW: Final = frozenset(code for code in FINDINGS if code.startswith("roster_"))
"""Findings that are told with the file and not kept: a roster is checked anew wherever it is looked at."""


class FileRefused(Exception):
    """A file that cannot be read as a table at all. `code` is one of FILE_REFUSALS; str() is what the user is told."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Refusal:
    """Why a row (row None: the whole file) is not loaded. `column` is the header as written, `cell` like "E8".

    `about` is the unit's code as written. `cells` is how many refusals it stands for: those that are not listed are told
    together.
    """

    row: int | None
    cell: str | None
    column: str | None
    code: str
    message: str
    sheet: int = 0
    about: str = ""
    cells: int = 1


@dataclass(frozen=True)
class Finding:
    """What someone should look at, though the row is loaded. `unit` is the code of the unit that counts today."""

    code: str
    grade: str
    unit: str | None
    unit_id: int | None
    day: date | None
    row: int | None
    message: str
    values: dict[str, int | str] = field(default_factory=dict)
    sheet: int = 0


def letters(index: int) -> str:
    """Name of a column in a spreadsheet: A for 0, AA for 26."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_index(name: str) -> int:
    """0 for A, 26 for AA."""
    index = 0
    for letter in name:
        index = index * 26 + ord(letter) - 64
    return index - 1
