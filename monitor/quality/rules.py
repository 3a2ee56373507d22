"""What the rules of the intake say to an official: what is wrong, and what to do. docs/findings.md says the same."""

from dataclasses import dataclass
from typing import Final

from monitor.i18n import _
from monitor.i18n import marked as _marked


@dataclass(frozen=True)
class Rule:
    """A rule in words, untranslated: its name in a list, what it means, what to do."""

    name: str
    meaning: str
    remedy: str


_RULES: Final = {
    "submitted_over_entered": Rule(
        _marked("More submitted than entered"),
        _marked("More people submitted than entered"),
        _marked("Check both figures, correct them and import the table again"),
    ),
    "queue_unbalanced": Rule(
        _marked("Queue does not balance"),
        _marked(
            "The two tables of one day contradict each other: submitted (or approved at the level below) ≠ pending + approved + returned"
        ),
        _marked("Check the collection table against the review table"),
    ),
    "id_number_twice": Rule(
        _marked("ID number repeated"),
        _marked("The same ID number stands several times in a teacher export; counted once (one person, one number)"),
        _marked("Find out where the person belongs"),
    ),
    "person_number_twice": Rule(
        _marked("Personal number repeated"),
        _marked("Several people of a teacher export use one personal number"),
        _marked("Find out whose it is, and correct it"),
    ),
    "entered_over_expected": Rule(
        _marked("More entered than expected"),
        _marked("More people entered than expected (also with 0 expected)"),
        _marked("Check who is in scope, or explain"),
    ),
    "figure_fell": Rule(
        _marked("Figure fell"),
        _marked(
            "A figure that only grows (entered, submitted, numbered, approved) is lower than the last time"
        ),
        _marked("Correct it, or explain it (for example records withdrawn)"),
    ),
    "jump": Rule(
        _marked("Unusual rise"),
        _marked("Rose within a day by more than is usual"),
        _marked("Check it, or explain it"),
    ),
    "total_differs": Rule(
        _marked("Total differs"),
        _marked("A total row differs from the sum of the rows"),
        _marked("Look for rows left out or repeated"),
    ),
    "subtotal_differs": Rule(
        _marked("Subtotal differs"),
        _marked("A subtotal row (or a row for a unit with units below it) differs from the sum of its rows"),
        _marked("Look for rows left out or repeated"),
    ),
    "subtotal_without_rows": Rule(
        _marked("Subtotal without rows"),
        _marked(
            "A unit with units below it stands alone, without rows of the units below it; the row is not imported"
        ),
        _marked("Add the rows of the units below it"),
    ),
    "status_without_filing": Rule(
        _marked("Reviewed but not submitted"),
        _marked("People of a teacher export have a review result without having been submitted; counted as not submitted"),
        _marked("Check their status"),
    ),
    "sheet_not_read": Rule(
        _marked("Sheet not read"),
        _marked("A sheet of a workbook looks like a table but lacks required columns and was not read; the others were"),
        _marked("Add the columns that are named and import it again, or delete the sheet"),
    ),
    "roster_no_leader": Rule(_marked("Roster without a leader"), _marked("The roster has no leader"), _marked("Name one leader")),
    "roster_no_lead": Rule(_marked("Roster without a lead department"), _marked("The roster has no lead department"), _marked("Enter a member with the duty of lead")),
    "roster_no_contact": Rule(_marked("Roster without a contact"), _marked("The roster has no contact"), _marked("Name a contact")),
    "roster_too_long": Rule(_marked("Roster too long"), _marked("The roster has more than 200 people"), _marked("Shorten it")),
    "roster_lead_department": Rule(_marked("Lead department unusual"), _marked("The lead is not a department for teachers or personnel (`[roster] lead`)"), _marked("Check it, or explain it to the province")),
    "roster_department_missing": Rule(_marked("Department missing"), _marked("A department that should take part is missing (`[[roster.departments]]`: planning, finance, information)"), _marked("Add it, or explain it to the province")),
    "old_unit": Rule(
        _marked("Former code"),
        _marked("A former code was counted for the unit of today"),
        _marked("Use the new code from now on"),
    ),
    "predecessors_added": Rule(
        _marked("Predecessors added up"),
        _marked("The rows of units that were merged were added up"),
        _marked("Nothing to do"),
    ),
    "same_row_twice": Rule(
        _marked("Row repeated"),
        _marked("The very same row stands there more than once; counted once"),
        _marked("Nothing to do"),
    ),
    "hidden_rows_read": Rule(
        _marked("Hidden rows read"),
        _marked("Hidden rows were read along"),
        _marked("Make sure that they should count"),
    ),
    "hidden_column_read": Rule(
        _marked("Hidden column read"),
        _marked("A required column is hidden and was read all the same"),
        _marked("Make sure that it is right"),
    ),
    "nothing_new": Rule(
        _marked("Nothing new"),
        _marked("All of the file is imported already; nothing changed, no batch was made"),
        _marked("Nothing to do"),
    ),
    "units_left_out": Rule(
        _marked("Units left out"),
        _marked("Units that the register table does not list stay as they are"),
        _marked("Make sure that they were not forgotten"),
    ),
    "status_blank": Rule(
        _marked("Review status blank"),
        _marked("Submitted people of a teacher export without a review status are counted as pending"),
        _marked("Make sure that it is right"),
    ),
    "review_not_given": Rule(
        _marked("Review not given"),
        _marked("A teacher export without a column of review states leaves the figures of the review as they are"),
        _marked("To bring the review up to date, export it with that column, or import a review table"),
    ),
    "year_from_name": Rule(
        _marked("Year from a name"),
        _marked("Statistics without a year in column or title were imported with that in the name of the sheet or file"),
        _marked("Make sure that the year is right"),
    ),
}  # fmt: skip

CODES: Final = tuple(_RULES)
"""The codes of all rules, in the order of docs/findings.md."""


def name(code: str) -> str:
    """A rule's name in a list; a code that nobody has described stands for itself."""
    return _(_RULES[code].name) if code in _RULES else code


def meaning(code: str) -> str:
    """What a rule says is wrong."""
    return _(_RULES[code].meaning) if code in _RULES else ""


def remedy(code: str) -> str:
    """What to do about it."""
    return _(_RULES[code].remedy) if code in _RULES else ""
