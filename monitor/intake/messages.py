"""What is said of a refused row: the row, the column, the value and the remedy, in one sentence.

A value is repeated only as `personal.shown` allows; for columns with personal data, and in teacher exports, not at all.
"""

from collections.abc import Callable
from typing import Final

from monitor.i18n import _
from monitor.intake.headers import PERSONAL, flat
from monitor.personal import shown

# code → sentence. Placeholders: row, column (header as written), value (cell as shown), extra (what it is held against).
_SENTENCES: Final[dict[str, Callable[[], str]]] = {
    "code_missing": lambda: _("Row {row}, “{column}” is empty. Enter the unit's code."),
    "code_destroyed": lambda: _(
        "Row {row}, “{column}”: a spreadsheet has turned the code into “{value}” and its last digits are lost."
        " Format the column as text and enter the full code again."
    ),
    "code_invalid": lambda: _("Row {row}, “{column}”: “{value}” is not a code. Enter the unit's code."),
    "unit_unknown": lambda: _(
        "Row {row}, “{column}”: there is no unit with the code {value} in the register. Correct the code, or load the unit's"
        " register table first."
    ),
    "unit_has_units_below": lambda: _(
        "Row {row}, “{column}”: {value} has units below it and does not report for itself. Enter the code of the school."
    ),
    "name_contradicts": lambda: _(
        "Row {row}, “{column}”: “{value}” does not go with the code; it belongs to “{extra}”. Correct the code or the name."
    ),
    "name_missing": lambda: _("Row {row}, “{column}” is empty. Enter the unit's name."),
    "text_too_long": lambda: _("Row {row}, “{column}”: the text is longer than {extra} characters. Shorten it."),
    "date_blank": lambda: _("Row {row}, “{column}” is empty. Enter the day, for example 2016-11-25."),
    "date_unreadable": lambda: _("Row {row}, “{column}”: “{value}” is not a date. Write it as 2016-11-25."),
    "date_future": lambda: _("Row {row}, “{column}”: {value} is later than today ({extra}). Correct the date."),
    "date_before_start": lambda: _(
        "Row {row}, “{column}”: {value} is before the first day of the campaign ({extra}). Correct the date."
    ),
    "date_contradicts_option": lambda: _(
        "Row {row}, “{column}”: {value} contradicts the day that was given, {extra}. Keep one of them."
    ),
    "unit_not_open": lambda: _(
        "Row {row}: unit {value} opens only on {extra} and cannot have figures before that. Correct the date, or the unit's opening date."
    ),
    "unit_closed": lambda: _(
        "Row {row}: unit {value} has been closed since {extra} and cannot have figures from then on. Delete the row, or correct the"
        " unit's closing date."
    ),
    "count_missing": lambda: _(
        "Row {row}, “{column}” is empty. Enter a whole number of people; enter 0 where there are none."
    ),
    "count_negative": lambda: _(
        "Row {row}, “{column}”: “{value}” is negative. Enter a whole number of people, 0 or more."
    ),
    "count_fraction": lambda: _("Row {row}, “{column}”: “{value}” is a fraction. Enter a whole number of people."),
    "count_not_a_number": lambda: _(
        "Row {row}, “{column}”: “{value}” is not a whole number. Enter a whole number of people."
    ),
    "count_too_large": lambda: _("Row {row}, “{column}”: “{value}” is too large for a number of people. Correct it."),
    "cell_error": lambda: _(
        "Row {row}, “{column}”: the formula gives an error ({value}). Correct the formula, or enter the value."
    ),
    "level_unreadable": lambda: _("Row {row}, “{column}”: “{value}” is not a review level. Write one of: {extra}."),
    "level_outside_chain": lambda: _(
        "Row {row}, “{column}”: the records of this unit do not pass “{value}”; its levels are: {extra}. Correct the level or the code."
    ),
    "year_unreadable": lambda: _("Row {row}, “{column}”: “{value}” is not a year. Write it as 2016."),
    "year_out_of_range": lambda: _("Row {row}, “{column}”: there cannot be a year {value}. Correct it."),
    "duplicate_differs": lambda: _(
        "Row {row}: the same unit and day stand in rows {extra} with different figures. Keep the right one."
    ),
    "predecessor_incomplete": lambda: _(
        "Row {row}: {value} is added up with other rows of the same successor, and one of those is refused. Correct that row first."
    ),
    "personal_id": lambda: _(
        "Row {row}: a cell holds a resident ID number. Personal data is not taken in here; delete it and upload the file again."
    ),
    "kind_unreadable": lambda: _("Row {row}, “{column}”: “{value}” is not a kind of unit. Write one of: {extra}."),
    "kind_changed": lambda: _(
        "Row {row}, “{column}”: the unit is registered as “{extra}” and cannot become “{value}”. Close it and open a new one."
    ),
    "school_type_unreadable": lambda: _(
        "Row {row}, “{column}”: “{value}” is not a school type. Write one of: {extra}."
    ),
    "run_by_unreadable": lambda: _("Row {row}, “{column}”: “{value}” is unknown. Write one of: {extra}."),
    "parent_missing": lambda: _("Row {row}, “{column}” is empty. A new unit needs the code of the unit above it."),
    "parent_unknown": lambda: _(
        "Row {row}, “{column}”: there is no unit with the code {value}, neither in the register nor in this file. Correct it."
    ),
    "parent_impossible": lambda: _(
        "Row {row}, “{column}”: {value} ({extra}) cannot be above this kind of unit. Correct it."
    ),
    "successor_unknown": lambda: _(
        "Row {row}, “{column}”: there is no unit with the code {value}, neither in the register nor in this file. Correct it."
    ),
    "successor_impossible": lambda: _(
        "Row {row}, “{column}”: the unit cannot be merged into {value}: it is the unit itself, of another kind, merged back into it,"
        " or the closing date is missing. Correct it."
    ),
    "closed_before_opened": lambda: _(
        "Row {row}, “{column}”: the closing date {value} is not after the opening date {extra}. Correct one of them."
    ),
    "status_unreadable": lambda: _("Row {row}, “{column}”: the review status is unknown. Write one of: {extra}."),
    "filed_unreadable": lambda: _("Row {row}, “{column}”: the submission status is unknown. Write one of: {extra}."),
    "roster_not_owed": lambda: _("Row {row}: {extra} files no roster. Correct the code."),
    "roster_incomplete": lambda: _(
        "Row {row}: another row of {extra} is refused, and a roster is loaded as a whole. Correct that row."
    ),
    "duty_unreadable": lambda: _("Row {row}, “{column}”: the duty is unknown. Write one of: {extra}."),
    "text_missing": lambda: _("Row {row}, “{column}” is empty. Enter it."),
    "phone_malformed": lambda: _(
        "Row {row}, “{column}”: this is no telephone number. Write it as 0571-87000000, a mobile with 11 digits."
    ),
    "email_malformed": lambda: _("Row {row}, “{column}”: this is no e-mail address. Write it as name@example.cn."),
}
_BLANK: Final[dict[str, Callable[[], str]]] = {
    "level_unreadable": lambda: _("Row {row}, “{column}” is empty. Write one of: {extra}."),
    "kind_unreadable": lambda: _("Row {row}, “{column}” is empty. Write one of: {extra}."),
    "year_unreadable": lambda: _("Row {row}, “{column}” is empty. Enter the year, for example 2016."),
}
_OF_KIND: Final[dict[tuple[str, str], Callable[[], str]]] = {
    ("duplicate_differs", "units"): lambda: _(
        "Row {row}: the same unit stands in rows {extra} with different details. Keep the right one."
    ),
    ("duplicate_differs", "statistics"): lambda: _(
        "Row {row}: the same unit and year stand in rows {extra} with different figures. Keep the right one."
    ),
    ("duplicate_differs", "review"): lambda: _(
        "Row {row}: the same unit, day and review level stand in rows {extra} with different figures. Keep the right one."
    ),
}
_OF_TEACHERS: Final[dict[str, Callable[[], str]]] = {
    "level_unreadable": lambda: _("Row {row}, “{column}”: the review level is unknown. Write one of: {extra}."),
    "level_outside_chain": lambda: _(
        "Row {row}, “{column}”: the school's records do not pass this review level; its levels are: {extra}. Correct the level."
    ),
    "code_invalid": lambda: _("Row {row}, “{column}” holds no code. Enter the school's code."),
    "unit_unknown": lambda: _(
        "Row {row}: there is no unit with this code in the register. Correct the code, or load the unit's register table first."
    ),
    "name_contradicts": lambda: _(
        "Row {row}, “{column}” does not go with the code; it belongs to “{extra}”. Correct the code or the name."
    ),
}


_IN_A_COLUMN: Final = {
    "personal_id": lambda: _(
        "Row {row}, “{column}”: the cell holds a resident ID number. Personal data is not taken in here; delete it and upload the file again."
    ),
}


def sentence(code: str, row: int, column: str, value: str, extra: str, kind: str = "") -> str:
    """The sentence for one refused row of a table of `kind`. Of tables with personal data no cell is repeated: such data
    may stand in the wrong column."""
    make = _OF_TEACHERS.get(code) if kind in PERSONAL else _BLANK.get(code) if not value.strip() else None
    make = make or (_IN_A_COLUMN.get(code) if column else None)
    make = make or _OF_KIND.get((code, kind)) or _SENTENCES[code]
    return make().format(row=row, column=flat(column), value=shown(value), extra=extra)
