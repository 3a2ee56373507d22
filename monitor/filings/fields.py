"""The fields of a monthly report that people fill in: what each may hold, and what a text typed into it means."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from monitor.i18n import _
from monitor.personal import holds_resident_id


@dataclass(frozen=True)
class Field:
    """A field. kind: text, count, person or phone; most: characters, or for a count the number; sector: the only one
    that has it (None: both); rows: lines that a text is given on the screen."""

    key: str
    kind: str
    section: str
    most: int
    words: Callable[[], str]
    required: bool = True
    sector: str | None = None
    rows: int = 2

    @property
    def label(self) -> str:
        """Its name on the screen."""
        return self.words()


class FieldError(ValueError):
    """What was typed cannot stand in the field; the message says why and what to do."""


SECTIONS: Final = ("organisation", "training", "safety", "problems", "next_month", "people")
"""The sections of the form that hold such fields, in their order."""

FIELDS: Final[dict[str, Field]] = {
    field.key: field
    for field in (
        Field("working_group", "text", "organisation", 500, lambda: _("Working group (leader, lead office, members)")),
        Field("work_plan", "text", "organisation", 500, lambda: _("Work plan (when issued, number)")),
        Field("funds", "text", "organisation", 500, lambda: _("Funds secured")),
        Field("training_sessions", "count", "training", 10_000, lambda: _("Training sessions")),
        Field("training_people", "count", "training", 10_000_000, lambda: _("People trained")),
        Field("training_counties", "count", "training", 1_000, lambda: _("Counties reached"), sector="schools"),
        Field("training_schools", "count", "training", 100_000, lambda: _("Schools reached"), sector="schools"),
        Field(
            "training_departments", "count", "training", 1_000, lambda: _("Departments reached"), sector="universities"
        ),
        Field("system_use", "text", "safety", 1_000, lambda: _("Use of the system"), rows=3),
        Field("security", "text", "safety", 1_000, lambda: _("Information security"), rows=3),
        Field("problems", "text", "problems", 2_000, lambda: _("Problems and suggestions"), rows=5),
        Field("next_month", "text", "next_month", 2_000, lambda: _("Plan for the next month"), rows=5),
        Field("filler", "person", "people", 30, lambda: _("Filled in by")),
        Field("reviewer", "person", "people", 30, lambda: _("Reviewed by")),
        Field("head", "person", "people", 30, lambda: _("Person responsible"), required=False),
        Field("phone", "phone", "people", 40, lambda: _("Telephone"), required=False),
    )
}
"""Every field by its key, in the order of the form; the day of filing is the program's."""


def fields_of(sector: str) -> list[Field]:
    """The fields of a sector's form."""
    return [field for field in FIELDS.values() if field.sector in (None, sector)]


def read(field: Field, typed: str) -> str | int | None:
    """What a text typed into the field means: the text tidied, the number; "" and None for nothing.

    Raises:
        FieldError: it cannot stand there.
    """
    if holds_resident_id(typed):
        raise FieldError(_("This holds a resident ID number. Personal numbers do not belong here; please remove it."))
    if field.kind == "count":
        return _count(field, typed)
    tidy = typed.replace("\r\n", "\n").replace("\r", "\n")
    # Stripped last: what is taken out may have stood behind the last line break.
    tidy = "".join(sign for sign in tidy if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()
    if field.kind in ("person", "phone"):
        tidy = " ".join(tidy.split())
    if len(tidy) > field.most:
        message = _("At most {most} characters; these are {count}. Please shorten it.")
        raise FieldError(message.format(most=field.most, count=len(tidy)))
    if field.kind == "phone" and not re.fullmatch(r"[0-9+()（）\-—－、,，; 转#]*", tidy):
        raise FieldError(_("A telephone number consists of digits, such as 0571-88000000."))
    if field.kind == "person" and re.search(r"\d", tidy):
        raise FieldError(_("Please write the name of a person here."))
    return tidy


def _count(field: Field, typed: str) -> int | None:
    """A whole number as people type it: full-width digits, thousands separators, a unit behind it."""
    tidy = re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", typed))
    tidy = re.sub(r"(人次|人|场次|场|次|个|所|县)$", "", tidy)
    if not tidy:
        return None
    if not re.fullmatch(r"\d{1,12}", tidy):
        raise FieldError(_("Please enter a whole number such as 12, without words."))
    if int(tidy) > field.most:
        raise FieldError(_("At most {most}; please check the number.").format(most=f"{field.most:,}"))
    return int(tidy)


def same_person(one: str, other: str) -> bool:
    """Whether two names are the same person's: blanks and width aside."""
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()
