"""The placeholders that a form may hold, one table: name, how it is shown, where it comes from, what it means.

A form writes a placeholder as {{name}}. A row that holds an {{each_…}} placeholder is repeated, once an item; a row
that holds an {{only.…}} mark stays in the forms of that sector alone. docs/placeholders.md is held against this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from monitor.documents import readers
from monitor.documents.readers import FIGURE_NAMES, PLACE_NAMES, TYPE_FIGURES, Read
from monitor.figures import LEVEL_NAMES, LEVELS, QUEUE, SCHOOL_TYPES, SECTORS
from monitor.filings.gather import COMPARED
from monitor.filings.source import Manual
from monitor.i18n import _

Kind = Literal["text", "entry", "count", "change", "ratio", "points", "decimal", "date", "mark"]
"""How a value is shown. `entry`: what people type, blank while missing; `points`: percentage points; `mark`: nothing. A
computed value that is not known is shown as a dash."""


@dataclass(frozen=True)
class Placeholder:
    """A name that forms may hold.

    kind: see Kind; origin: where the value comes from, a path of `status --json` where it is one; message: what it
    means, an English message id; read: its value for a report (those of a group have theirs in each item); family: the
    line of the documentation that covers it, where many share one, and part: which of them it is, in the words of the
    forms; required: a monthly form without it is refused.
    """

    name: str
    kind: Kind
    origin: str
    message: str
    read: Read
    family: str = ""
    required: bool = False
    part: str = ""

    @property
    def listed_as(self) -> str:
        """The name under which the documentation lists it."""
        return self.family or self.name

    @property
    def group(self) -> str:
        """The repeated group that it belongs to, or nothing."""
        head = self.name.partition(".")[0]
        return head if head.startswith("each_") else ""

    @property
    def meaning(self) -> str:
        """What it stands for, in the language in use."""
        return _("{meaning}: {part}").format(meaning=_(self.message), part=self.part) if self.part else _(self.message)


@cache
def known() -> Mapping[str, Placeholder]:
    """Every placeholder by name, in the order of the documentation."""
    parts = (_heading(), _figures(), _levels(), _outlook(), _last_month(), _types(), _repeated(), _manual(), _marks())
    return {item.name: item for part in parts for item in part}


def catalog() -> list[Placeholder]:
    """One placeholder for each line of the documentation: those that stand alone, and the first of each family."""
    lines: dict[str, Placeholder] = {}
    for item in known().values():
        lines.setdefault(item.listed_as, item)
    return list(lines.values())


def _heading() -> list[Placeholder]:
    head = "config.toml campaign."
    return [
        _text("campaign.title", "Name of the campaign", lambda s: s.campaign.title, head + "title"),
        _text(
            "campaign.issuer", "Office that leads the campaign", lambda s: s.campaign.campaign.issuer, head + "issuer"
        ),
        _text(
            "campaign.system", "Name of the information system", lambda s: s.campaign.campaign.system, head + "system"
        ),
        _text(
            "campaign.denominator",
            "What the completion is measured against",
            lambda s: readers.DENOMINATOR_NAMES[s.campaign.denominator],
            head + "denominator",
        ),
        _text("unit.name", "Name of the unit", readers.text("unit", "name"), required=True),
        _text("unit.code", "Code of the unit", readers.text("unit", "code")),
        _text("sector", "Sector of the report", lambda s: SECTORS[s.sector]),
        _text("month", "Month of the report", lambda s: f"{s.year}年{s.month}月", required=True),
        _day("report_day", "Report day of the month", lambda s: s.report_day, "config.toml reports.day"),
        _day("as_of", "Day of the figures", readers.figures_day, required=True),
        _text(
            "as_of.note",
            "Remark where the figures are older than the report day, otherwise nothing",
            readers.figures_day_note,
            "as_of",
            kind="entry",
        ),
        _day("deadline", "Deadline of collection and review", readers.day("deadline")),
    ]


def _figures() -> list[Placeholder]:
    return [
        _count("institutions.total", "Institutions open that day", "figures.institutions.total"),
        _count("institutions.started", "Institutions that have begun", "figures.institutions.started"),
        _count("institutions.complete", "Institutions that are complete", "figures.institutions.complete"),
        _count("figures.expected", "People in scope", required=True),
        _count("figures.entered", "People whose record is begun", required=True),
        _count("figures.submitted", "People whose record is handed to review", required=True),
        _count("figures.numbered", "People who hold their permanent number"),
        _count("figures.approved", "People approved at the final level", required=True),
        Placeholder(
            "figures.returned",
            "count",
            "rates.review × figures.submitted − figures.approved",
            "People returned at the final level",
            readers.returned,
        ),
        _count("denominators.live", "Head count of the live table"),
        _count("denominators.baseline", "Head count frozen on the baseline day"),
        _count("denominators.statistics", "Head count of the education statistics"),
        _number("rates.collection", "ratio", "Collection rate: submitted / expected"),
        _number("rates.review", "ratio", "Review rate at the final level: (approved + returned) / submitted"),
        _number("rates.completion", "ratio", "Completion: approved at the final level / denominator", required=True),
    ]


def _levels() -> list[Placeholder]:
    message = "Records at a review level"
    return [
        _of_family(
            "levels.LEVEL.PLACE",
            f"{LEVEL_NAMES[level]}{PLACE_NAMES[place]}",
            _count(f"levels.{level}.{place}", message, f"figures.levels.{level}.{place}"),
        )
        for level in LEVELS
        for place in QUEUE
    ]


def _outlook() -> list[Placeholder]:
    return [
        _count("working_days_left", "Working days left until the deadline"),
        _number("pace", "decimal", "Approved per working day, recently"),
        _count("required_pace", "Approvals needed per working day until the deadline"),
        _day("forecast.p10", "Finish, early (P10)", readers.day("forecast", "p10")),
        _day("forecast.p50", "Finish, middle (P50)", readers.day("forecast", "p50")),
        _day("forecast.p90", "Finish, late (P90)", readers.day("forecast", "p90")),
        _number("forecast.probability", "ratio", "Probability of finishing by the deadline"),
        _text("why", "One sentence on where the unit stands", readers.text("why")),
        _count("rank.place", "Place among its peers by completion"),
        _count("rank.of", "Number of peers that have a place"),
        _count("findings.must_fix", "Open findings that must be put right"),
        _count("findings.explain", "Open findings to be explained"),
        _count("findings.note", "Open findings for information"),
    ]


def _last_month() -> list[Placeholder]:
    completion = "rates.completion"
    rise = "Completion less that of the previous report day, in percentage points"
    return [
        _text("previous.note", "Previous report day, or that there is none", readers.previous_note, "previous as_of"),
        *(_before(figure) for figure in COMPARED),
        Placeholder(
            "previous.completion",
            "ratio",
            f"previous {completion}",
            "Completion on the previous report day",
            readers.completion_before,
        ),
        *(_rise(figure) for figure in COMPARED),
        Placeholder(
            "difference.completion", "points", f"{completion} − previous {completion}", rise, readers.completion_rise
        ),
        _change("approvals", "Change since the previous report day: new approvals"),
        _change("returns", "Change since the previous report day: approvals withdrawn by returns"),
        _change("corrections", "Change since the previous report day: corrections of past days"),
        _change("opened_closed", "Change since the previous report day: units opened or closed"),
        _change("denominator", "Change since the previous report day: change of the denominator"),
        _change("total", "Change since the previous report day: sum of the parts"),
    ]


def _types() -> list[Placeholder]:
    message = "Figure of one school type"
    return [
        _of_family(
            "by_type.TYPE.FIGURE",
            f"{SCHOOL_TYPES[key]}{FIGURE_NAMES[figure]}",
            Placeholder(f"by_type.{key}.{figure}", "count", "by_type", message, readers.typed(key, figure)),
        )
        for key in SCHOOL_TYPES
        if key != "university"
        for figure in TYPE_FIGURES
    ]


def _repeated() -> list[Placeholder]:
    figure, place = "Row of each school type: figure", "Row of each review level: records"
    return [
        _item("each_type.name", "text", "Row of each school type: its name"),
        *(
            _of_family("each_type.FIGURE", FIGURE_NAMES[key], _item(f"each_type.{key}", "count", figure))
            for key in TYPE_FIGURES
        ),
        _item("each_type.collection", "ratio", "Row of each school type: collection rate"),
        _item("each_type.completion", "ratio", "Row of each school type: completion"),
        _item("each_level.name", "text", "Row of each review level: its name"),
        *(
            _of_family("each_level.PLACE", PLACE_NAMES[key], _item(f"each_level.{key}", "count", place))
            for key in QUEUE
        ),
        _item("each_override.name", "text", "Row of each figure that the filer put right: its name"),
        _item("each_override.value", "count", "Row of each figure that the filer put right: what was put"),
        _item("each_override.computed", "count", "Row of each figure that the filer put right: what was computed"),
        _item("each_override.reason", "text", "Row of each figure that the filer put right: the reason"),
    ]


def _manual() -> list[Placeholder]:
    messages = {
        "working_group": "Working group: leader and members",
        "work_plan": "Work plan: when and under which number it was issued",
        "funds": "Funds",
        "training_sessions": "Training sessions held",
        "training_people": "People trained",
        "training_counties": "Counties reached by training",
        "training_schools": "Schools reached by training",
        "training_departments": "Departments of the university reached by training",
        "system_use": "Use of the system",
        "security": "Information security",
        "problems": "Problems and suggestions",
        "next_month": "Plan for the next month",
        "filler": "Who filled the report in",
        "reviewer": "Who reviewed the report",
        "head": "Who answers for the report",
        "phone": "Telephone number",
        "filed": "Day on which the report is filled in",
    }
    required = ("filler", "reviewer")
    reads = {"filed": readers.filed}
    return [
        Placeholder(
            f"manual.{key}",
            "entry",
            "manual",
            messages[key],
            reads.get(key, readers.entered(key)),
            required=key in required,
        )
        for key in Manual.names()
    ]


def _marks() -> list[Placeholder]:
    return [
        Placeholder("only.schools", "mark", "sector", "Mark: the row stays in forms of schools only", readers.nothing),
        Placeholder(
            "only.universities", "mark", "sector", "Mark: the row stays in forms of universities only", readers.nothing
        ),
    ]


def _text(
    name: str, message: str, read: Read, origin: str = "", *, kind: Kind = "text", required: bool = False
) -> Placeholder:
    return Placeholder(name, kind, origin or name, message, read, required=required)


def _day(name: str, message: str, read: Read, origin: str = "", *, required: bool = False) -> Placeholder:
    return Placeholder(name, "date", origin or name, message, read, required=required)


def _count(name: str, message: str, origin: str = "", *, required: bool = False) -> Placeholder:
    origin = origin or name
    return Placeholder(name, "count", origin, message, readers.count(*origin.split(".")), required=required)


def _number(name: str, kind: Kind, message: str, *, required: bool = False) -> Placeholder:
    return Placeholder(name, kind, name, message, readers.number(*name.split(".")), required=required)


def _before(figure: str) -> Placeholder:
    origin, message = f"previous figures.{figure}", "Figure of the previous report day"
    item = Placeholder(f"previous.{figure}", "count", origin, message, readers.before("figures", figure))
    return _of_family("previous.FIGURE", FIGURE_NAMES[figure], item)


def _rise(figure: str) -> Placeholder:
    origin, message = f"figures.{figure} − previous figures.{figure}", "Figure less that of the previous report day"
    item = Placeholder(f"difference.{figure}", "change", origin, message, readers.rise(figure))
    return _of_family("difference.FIGURE", FIGURE_NAMES[figure], item)


def _change(part: str, message: str) -> Placeholder:
    return Placeholder(f"change.{part}", "change", f"change.{part}", message, readers.count("change", part))


_ORIGINS = {"each_type": "by_type", "each_level": "figures.levels", "each_override": "overrides"}


def _item(name: str, kind: Kind, message: str) -> Placeholder:
    origin = _ORIGINS[name.partition(".")[0]]
    return Placeholder(name, kind, origin, message, readers.nothing)


def _of_family(family: str, part: str, item: Placeholder) -> Placeholder:
    return replace(item, family=family, part=part)
