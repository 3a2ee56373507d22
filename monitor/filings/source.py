"""What a monthly report is filled from: status documents, figures by school type, what people typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import pandas as pd

from monitor.campaign import Campaign

Value = str | int | float | date | None
"""What may stand in a cell. None: not known (computed) or not entered (typed by hand)."""


@dataclass(frozen=True)
class Manual:
    """The fields of a monthly report that people fill in; empty ones stay blank on the form, to be written by hand."""

    working_group: str = ""
    work_plan: str = ""
    funds: str = ""
    training_sessions: int | None = None
    training_people: int | None = None
    training_counties: int | None = None
    training_schools: int | None = None
    training_departments: int | None = None
    system_use: str = ""
    security: str = ""
    problems: str = ""
    next_month: str = ""
    filler: str = ""
    reviewer: str = ""
    head: str = ""
    phone: str = ""
    filed: date | None = None

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The fields, in the order of the form."""
        return tuple(item.name for item in fields(cls))


@dataclass(frozen=True)
class Override:
    """A figure that the filer put in place of the computed one. name: its placeholder, such as "figures.expected";
    computed: what the tables say, kept beside it (None: not known); reason: the filer's own words."""

    name: str
    value: int
    computed: int | None
    reason: str


@dataclass(frozen=True)
class Source:
    """Everything that one report is made of.

    document, previous: the status document (the keys of `status --json`) of this and of the previous report day;
    previous is None where there is none. `document["change"]` is the change since then, where it was asked for.
    by_type: school type → figure (monitor.figures.FIGURES) → number, None or NaN; schools only.
    figures_day: the day of the newest table behind the figures; None while there is none.
    overrides: the figures of `document` that the filer put in place of computed ones.
    """

    campaign: Campaign
    year: int
    month: int
    report_day: date
    document: Mapping[str, Any]
    previous: Mapping[str, Any] | None = None
    by_type: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    manual: Manual = Manual()
    figures_day: date | None = None
    overrides: tuple[Override, ...] = ()

    @property
    def sector(self) -> str:
        """The sector that the report speaks of: schools or universities."""
        return str(self.document["sector"])

    def at(self, *path: str) -> Any:
        """The entry of the status document at `path`; None where it is not there."""
        return dig(self.document, path)

    def before(self, *path: str) -> Any:
        """The entry of the previous report day's document at `path`; None where it is not there."""
        return None if self.previous is None else dig(self.previous, path)

    def typed(self, school_type: str, figure: str) -> int | None:
        """A figure of one school type; None where it is not known, 0 for a type that the unit does not have."""
        if self.sector != "schools":
            return None
        figures = self.by_type.get(school_type)
        return 0 if figures is None else whole(figures.get(figure))


def dig(document: Mapping[str, Any], path: Sequence[str]) -> Any:
    """The entry of nested mappings at `path`; None where a step is missing."""
    entry: Any = document
    for step in path:
        if not isinstance(entry, Mapping) or step not in entry:
            return None
        entry = entry[step]
    return entry


def whole(number: Any) -> int | None:
    """A count as int; None for None, NaN and NA."""
    return None if pd.isna(number) else int(number)


def ratio(part: int | None, base: int | None) -> float | None:
    """part / base; None where one is unknown or the base is 0 (docs/definitions.md)."""
    return None if part is None or not base else part / base


def as_date(entry: Any) -> date | None:
    """A day of the status document, written as ISO text or already a date."""
    return date.fromisoformat(entry) if isinstance(entry, str) else entry


def written(day: date) -> str:
    """A day as official papers write it: 2016年11月25日."""
    return f"{day.year}年{day.month}月{day.day}日"


def decimal(number: Any) -> float | None:
    """A number as float; None for None, NaN and NA."""
    return None if pd.isna(number) else float(number)
