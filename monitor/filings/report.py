"""One unit's report for a month: computed figures, what people typed, figures put right, and what became of it.

While it is a draft, or returned, its figures are those of the tables today. What was submitted stays as submitted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.filings.deadline import report_day
from monitor.filings.gather import NoReport, check_filer, gather, gather_all
from monitor.filings.override import PATHS, applied, computed
from monitor.filings.source import Manual, Override, Source, as_date
from monitor.store import Scope, filings, meta, milestones, read
from monitor.store.filings import ACCEPTED, DRAFT, MONTHLY, SUBMITTED, Event, Filing
from monitor.units import Unit


@dataclass(frozen=True)
class Moved:
    """A figure that the tables say differently by now. name: of override.PATHS."""

    name: str
    submitted: int | None
    now: int | None


@dataclass(frozen=True)
class Report:
    """A report as it stands.

    source: what its form is filled from, figures put right in their place; computed: the status document without them;
    filing: the draft and its state; events: its history, oldest first; frozen: whether `source` is what was submitted;
    moved: the figures that the tables say differently since, of the same day (only where frozen); data_version: that of
    the store when it was read.
    """

    unit: Unit
    month: str
    source: Source
    computed: Mapping[str, Any]
    filing: Filing
    events: tuple[Event, ...]
    frozen: bool = False
    moved: tuple[Moved, ...] = ()
    data_version: int = 0

    @property
    def state(self) -> str:
        """Its place in its life: one of store.filings.STATES."""
        return self.filing.state

    @property
    def open(self) -> bool:
        """Whether it can be filled in: it is not with the province."""
        return self.state not in (SUBMITTED, ACCEPTED)

    @property
    def manual(self) -> Manual:
        """What people typed."""
        return self.source.manual

    @property
    def overrides(self) -> tuple[Override, ...]:
        """Figures put in place of computed ones."""
        return self.source.overrides


_TRAINED = ("sessions", "people", "counties", "schools")

Gather = Callable[[Connection, Campaign, Scope, Unit, str, date | None], Source]
"""gather.gather, or what keeps its answers."""


def report(
    connection: Connection, campaign: Campaign, scope: Scope, code: str, month: str, gathered: Gather = gather,
    at: datetime | None = None, compared: bool = True,
) -> Report:  # fmt: skip
    """The report of a unit (by its code, own or former) for a month (YYYY-MM), as it is, or as it was at `at`. compared:
    whether what was submitted is held against the tables of today (`moved`).

    Raises:
        OutOfScope: there is no such unit in the scope.
        NoReport: the unit files no report for this month, or there are no figures for it and nothing was submitted.
    """
    unit = read.unit(connection, scope, code)
    check_filer(campaign, unit.code, unit.name, unit.kind, month)
    filing = filings.find(connection, scope, unit.id, MONTHLY, month)
    events = tuple(filings.events(connection, scope, filing)) if filing.id else ()
    if at is not None:
        filing, events = _then(filing, events, at)
    today = at.astimezone(campaign.timezone).date() if at else None
    frozen, number = _frozen(campaign, month, filing, events), meta.data_version(connection)
    if frozen is not None and not compared:
        return Report(unit, month, *frozen, filing, events, True, (), number)
    try:
        # What was submitted is held against the same day: later days are progress, not corrections.
        live = gathered(connection, campaign, scope, unit, month, frozen[0].figures_day if frozen else today)
    except NoReport:
        if frozen is None:
            raise
        return Report(unit, month, *frozen, filing, events, True, (), number)
    if frozen is not None:
        return Report(unit, month, *frozen, filing, events, True, _moved(frozen[1], live.document), number)
    overrides = _overrides(filing.content)
    until = report_day(campaign, month)
    typed = _manual(filing.content)
    source = replace(
        live,
        document=applied(campaign, live.document, overrides),
        manual=_trained(connection, campaign, scope, unit, min(until, today) if today else until, typed),
        overrides=overrides,
    )
    return Report(unit, month, source, live.document, filing, events, data_version=number)


def reports(
    connection: Connection, campaign: Campaign, scope: Scope, units: Sequence[Unit], month: str
) -> Iterator[Report | NoReport]:
    """The reports of many units for a month, one after the other: what was submitted is not held against the tables of
    today, and what the tables say for all others is read at once. In place of a report: why there is none."""
    at_once = _AtOnce(units)
    for unit in units:
        try:
            yield report(connection, campaign, scope, unit.code, month, at_once, compared=False)
        except NoReport as error:
            yield error


class _AtOnce:
    """A Gather of drafts that reads for all units of a sector when the first of them is asked for."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._units = units
        self._known: dict[int, Source] = {}

    def __call__(
        self, connection: Connection, campaign: Campaign, scope: Scope, unit: Unit, month: str, as_of: date | None
    ) -> Source:
        if as_of is not None:
            return gather(connection, campaign, scope, unit, month, as_of)
        if unit.id not in self._known:
            members = {one.id: one for one in self._units if one.kind == unit.kind} | {unit.id: unit}
            self._known |= gather_all(connection, campaign, scope, list(members.values()), month)
        return self._known[unit.id]


def frozen_content(found: Report, filed: date) -> dict[str, Any]:
    """A report as it is kept when it is submitted: JSON."""
    source = found.source
    return {
        "document": dict(found.computed),
        "previous": source.previous,
        "by_type": {key: dict(figures) for key, figures in source.by_type.items()},
        "figures_day": source.figures_day.isoformat() if source.figures_day else None,
        "manual": {**asdict(source.manual), "filed": filed.isoformat()},
        "overrides": [asdict(override) for override in source.overrides],
    }


def thawed(campaign: Campaign, month: str, content: Mapping[str, Any]) -> tuple[Source, Mapping[str, Any]]:
    """What `frozen_content` kept: what the form is filled from, and the computed document."""
    day, document = report_day(campaign, month), content["document"]
    overrides = tuple(Override(**override) for override in content["overrides"])
    manual = {**content["manual"], "filed": as_date(content["manual"]["filed"])}
    source = Source(
        campaign=campaign,
        year=day.year,
        month=day.month,
        report_day=day,
        document=applied(campaign, document, overrides),
        previous=content["previous"],
        by_type=content["by_type"],
        manual=Manual(**manual),
        figures_day=as_date(content["figures_day"]),
        overrides=overrides,
    )
    return source, document


def _then(filing: Filing, events: tuple[Event, ...], at: datetime) -> tuple[Filing, tuple[Event, ...]]:
    """A filing and its history as they were at a moment. Of a draft only the last saving is kept: before it there was
    nothing."""
    known = tuple(event for event in events if event.at <= at)
    handed_in = [event.at for event in known if event.state == SUBMITTED]
    saved = filing.saved_at is not None and filing.saved_at <= at
    return replace(
        filing,
        state=known[-1].state if known else DRAFT,
        submitted_at=handed_in[0] if handed_in else None,
        content=filing.content if saved else {},
        saved_at=filing.saved_at if saved else None,
    ), known  # fmt: skip


def _frozen(
    campaign: Campaign, month: str, filing: Filing, events: tuple[Event, ...]
) -> tuple[Source, Mapping[str, Any]] | None:
    """What was submitted, while it is with the province or accepted; None where a list recorded that it was, and not
    what."""
    if filing.state not in (SUBMITTED, ACCEPTED):
        return None
    contents = [event.content for event in events if event.state == SUBMITTED]
    return thawed(campaign, month, contents[-1]) if contents and contents[-1] else None


def _moved(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Moved, ...]:
    pairs = ((name, computed(then, name), computed(now, name)) for name in PATHS)
    return tuple(Moved(name, before, after) for name, before, after in pairs if before != after)


def _manual(content: Mapping[str, Any]) -> Manual:
    known = set(Manual.names())
    return Manual(**{key: entry["value"] for key, entry in content.get("fields", {}).items() if key in known})


def _trained(connection: Connection, campaign: Campaign, scope: Scope, unit: Unit, day: date, typed: Manual) -> Manual:
    """What people typed; where they typed nothing of training, what the unit and those below it have reported of it as
    a milestone by the day."""
    stage = next((one for one in campaign.stages if one.from_below and unit.kind in one.who), None)
    if stage is None:
        return typed
    told: Any = milestones.reported(connection, scope, stage.key, stage.from_below, [unit.id], day).loc[unit.id]
    known: dict[str, Any] = {f"training_{name}": int(told[name]) for name in _TRAINED if told[name] > 0}
    return replace(typed, **{key: count for key, count in known.items() if getattr(typed, key) is None})


def _overrides(content: Mapping[str, Any]) -> tuple[Override, ...]:
    """In the order of override.PATHS; one taken back has the value None."""
    kept = content.get("overrides", {})
    return tuple(
        Override(name, kept[name]["value"], kept[name]["computed"], kept[name]["reason"])
        for name in PATHS
        if name in kept and kept[name]["value"] is not None
    )
