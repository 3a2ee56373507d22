"""The monthly report (月报表): its days, and its content for one unit and month.

`build` makes the content from figures that the caller has; it reads nothing itself. What it makes,
`monitor.documents.xlsx.render` fills into a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitor.campaign import Campaign
from monitor.documents.placeholders import known
from monitor.documents.readers import Item, PutRight, groups
from monitor.filings.deadline import report_day
from monitor.filings.source import Manual, Override, Source, Value


@dataclass(frozen=True)
class Form:
    """The content of one monthly report.

    values: every placeholder by name (monitor.documents.placeholders.known), rates unrounded, None where not known or
    not entered; groups: the rows of `each_type` and `each_level`, by placeholder; figures_day: the day of the figures,
    earlier than report_day where no newer table has come. Values that the filer put in place of computed ones are
    PutRight: a form marks them; the group `each_override` says what was computed and why. overrides: the same.
    """

    title: str
    sector: str
    year: int
    month: int
    report_day: date
    figures_day: date
    values: Mapping[str, Value]
    groups: Mapping[str, tuple[Item, ...]]
    overrides: tuple[Override, ...] = ()


def build(
    campaign: Campaign,
    year: int,
    month: int,
    document: Mapping[str, Any],
    *,
    previous: Mapping[str, Any] | None = None,
    by_type: Mapping[str, Mapping[str, Any]] | None = None,
    manual: Manual | None = None,
    figures_day: date | None = None,
) -> Form:
    """The content of a unit's monthly report.

    document: the unit's status document (the keys of `status --json`) as of the report day, or as of today while the
    report day is to come; with `change` since the previous report day where there is one. previous: the document as of
    the previous report day, None where there was no data then. by_type: school type → figure → number, for the sector
    of schools. figures_day: the day of the newest table behind `document`, None where it is as of that very day.

    Raises:
        ValueError: the school types do not add up to the unit's figures (they are of another day or another load).
    """
    source = Source(
        campaign=campaign,
        year=year,
        month=month,
        report_day=report_day(campaign, f"{year:04}-{month:02}"),
        document=document,
        previous=previous,
        by_type=by_type or {},
        manual=manual or Manual(),
        figures_day=figures_day,
    )
    return fill(source)


def fill(source: Source) -> Form:
    """The content of the report that `source` makes.

    Raises:
        ValueError: as `build`.
    """
    _check_sums(source)
    values = {name: placeholder.read(source) for name, placeholder in known().items()}
    values |= {override.name: PutRight(override.value) for override in source.overrides}
    shown = values["as_of"]
    assert isinstance(shown, date)
    return Form(
        title=f"{source.campaign.title}工作月报表",
        sector=source.sector,
        year=source.year,
        month=source.month,
        report_day=source.report_day,
        figures_day=shown,
        values=values,
        groups=groups(source),
        overrides=source.overrides,
    )


def _check_sums(source: Source) -> None:
    if not source.by_type:
        return
    put_right = {override.name for override in source.overrides}
    for figure in ("expected", "entered", "submitted", "approved"):
        if f"figures.{figure}" in put_right:
            continue
        total = sum(source.typed(school_type, figure) or 0 for school_type in source.by_type)
        if total != source.at("figures", figure):
            raise ValueError(
                f"{figure}: the school types add up to {total}, the unit has {source.at('figures', figure)}"
            )
