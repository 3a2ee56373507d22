"""Where units stand on a day: the store's figures put through the measures.

The one computation behind pages, forms, bulletins and the command line: whoever shows a figure takes it from here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.figures import DENOMINATORS, FIGURES, LEVELS, QUEUE
from monitor.measures.assess import assess
from monitor.measures.change import PARTS, change
from monitor.measures.funnel import funnel
from monitor.measures.ranking import contributions, ranking
from monitor.measures.schedule import curve_points
from monitor.numbers import machine_readable
from monitor.store import read
from monitor.store.engine import Store
from monitor.store.scope import Scope
from monitor.units import Unit
from monitor.workdays import Calendar

_IDENTITY = ("code", "name", "kind", "school_type", "reporting", "sector", "level", "ownership", "place_code")


@dataclass(frozen=True)
class View:
    """What a question is asked of: a connection that sees one moment, the campaign, the scope, the day."""

    connection: Connection
    campaign: Campaign
    scope: Scope
    as_of: date

    @classmethod
    def at(cls, connection: Connection, campaign: Campaign, scope: Scope, as_of: date | None = None) -> "View":
        """A view of `as_of`, by default of the newest snapshot (today where there is none)."""
        return cls(connection, campaign, scope, as_of or read.newest_day(connection) or campaign.today())

    def unit(self, code: str) -> Unit:
        """The unit with this code; OutOfScope where the scope does not hold it."""
        return read.unit(self.connection, self.scope, code)

    def children(self, unit: Unit, sector: str) -> list[Unit]:
        """The units directly below that are open on the day."""
        return read.children(self.connection, self.scope, unit.id, self.as_of, sector)

    def merged(self, units: Iterable[Unit], sector: str) -> dict[int, list[Unit]]:
        """Besides their children what units are the sums of on the day: units merged into them that reported for
        themselves and have figures to show, until they close. By unit, only units that have any."""
        found = read.merged_into(self.connection, self.scope, [unit.id for unit in units], self.as_of, sector)
        ids = [one.id for merged in found.values() for one in merged]
        frame = read.figures(self.connection, self.campaign, self.scope, ids, [self.as_of], sector).set_index("unit")
        shown = set(frame.index[(frame[list(FIGURES)] != 0).any(axis=1)])
        kept = {unit: [one for one in merged if one.id in shown] for unit, merged in found.items()}
        return {unit: merged for unit, merged in kept.items() if merged}


class OtherSector(ValueError):
    """A university was asked for among the schools, or a school among the universities."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(f"{unit.code} is no unit of that sector")
        self.unit = unit


class SinceLater(ValueError):
    """A change was asked for since a day after the day looked at."""

    def __init__(self, since: date, as_of: date) -> None:
        super().__init__(f"{since} is after {as_of}")
        self.as_of = as_of


def default_sector(unit: Unit) -> str:
    """Schools for a province, city, county and school, universities for a university."""
    return "universities" if unit.kind == "university" else "schools"


# ---- tables ------------------------------------------------------------------------------------------------------


def table(
    view: View, units: Sequence[Unit], sector: str, *, why: bool = True, days: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Everything that is said of units by themselves on the view's day, one row a unit, in the order given.

    Index: unit (id). Columns: code, name, kind, school_type, reporting, sector, level, ownership, place_code; the names
    of figures.FIGURES; numbered_known; and those of measures.assess (denominator, left, collection, review,
    completion, pace, required_pace, working_days_left, p10, p50, p90, probability, late, none_reason, status, why,
    stage, stage_waiting, stage_days, stage_stalled, first_day, should_be, ahead). `days`: panel() of these units, where
    the caller has it already.
    """
    ids = [unit.id for unit in units]
    identity = pd.DataFrame(
        [[getattr(unit, name) for name in _IDENTITY] for unit in units],
        columns=_IDENTITY,
        index=pd.Index(ids, name="unit", dtype="int64"),
    )
    standing = read.figures(view.connection, view.campaign, view.scope, ids, [view.as_of], sector)
    standing = standing.drop(columns="day").set_index("unit").reindex(identity.index).fillna(0).astype("int64")
    assessed = assess(
        panel(view, ids, sector) if days is None else days,
        view.as_of,
        view.campaign.deadline,
        Calendar(),
        view.campaign.measures,
        start=view.campaign.collecting_from,
        units=ids,
        why=why,
    )
    standing["denominator"] = standing[_denominator(view.campaign)]
    assessed = assessed.drop(columns=[name for name in assessed if name in standing])
    return identity.join(standing).join(assessed)


def panel(view: View, units: Iterable[int], sector: str) -> pd.DataFrame:
    """Every day of the units up to the view's day (read.panel), with the denominator that the campaign names."""
    frame = read.panel(view.connection, view.campaign, view.scope, units, view.as_of, sector)
    return frame.assign(denominator=frame[_denominator(view.campaign)])


def trends(panel: pd.DataFrame) -> pd.Series:
    """The completion of each unit day by day, in percent."""
    share = (panel["approved"] / panel["denominator"].where(panel["denominator"] > 0) * 100).fillna(0).round(2)
    return share.groupby(panel["unit"]).agg(list)


def schedule_curve(view: View) -> pd.DataFrame:
    """Where the campaign should be, for a chart: day, share (0 to 1), from the start of collecting to the deadline."""
    campaign = view.campaign
    return curve_points(
        campaign.collecting_from, campaign.deadline, campaign.collecting_from, campaign.deadline, Calendar()
    )


def ranked(view: View, units: Sequence[Unit], sector: str, *, apart: bool = False) -> pd.DataFrame:
    """Places and funnel limits of units among one another, or (`apart`) each among its neighbours of the same kind:
    index unit; place, of, to_next, next_unit, next_name, lower_998, lower_95, upper_95, upper_998, group_rate, named,
    contribution (hundredths of a percentage point of the group's completion, which they add up to)."""
    ids = [unit.id for unit in units]
    frame = read.figures(view.connection, view.campaign, view.scope, ids, [view.as_of], sector).set_index("unit")
    frame = frame.drop(columns="day").reindex(pd.Index(ids, name="unit", dtype="int64")).fillna(0).astype("int64")
    frame["denominator"] = frame[_denominator(view.campaign)]
    kin = pd.Series([f"{unit.shown_parent_id} {unit.kind}" for unit in units], index=frame.index)
    group = kin if apart else None
    found = ranking(frame, group).join(funnel(frame, group))
    names = {unit.id: unit.name for unit in units}
    found["next_name"] = [None if pd.isna(unit) else names[int(unit)] for unit in found["next_unit"]]
    return found.assign(contribution=contributions(frame, group)["basis_points"])


def peers(view: View, unit: Unit, sector: str) -> list[Unit]:
    """Those whom a unit is ranked among: cities and universities in the province, counties in their city, schools in
    their county (all units of its kind under the same parent that are open on the day). A place says nothing of a
    neighbour but that it is ahead: it is computed over all of them, whatever the scope of the one who asks."""
    if unit.shown_parent_id is None:
        return [unit]
    siblings = read.children(view.connection, Scope.all(), unit.shown_parent_id, view.as_of, sector)
    return [sibling for sibling in siblings if sibling.kind == unit.kind]


def _with(peers: Sequence[Unit], asked: Iterable[Unit]) -> list[Unit]:
    """The peers, and whoever is asked for and is none of them: not open that day, or without a place in the sector."""
    known = {unit.id for unit in peers}
    return [*peers, *(unit for unit in asked if unit.id not in known)]


# ---- the document ------------------------------------------------------------------------------------------------


def document(
    store: Store,
    campaign: Campaign,
    scope: Scope,
    code: str,
    as_of: date | None = None,
    sector: str | None = None,
    since: date | None = None,
) -> dict[str, Any]:
    """A unit's standing as the contract gives it (docs/interfaces.md, status --json).

    Raises:
        OutOfScope: there is no such unit in the scope.
        OtherSector: the unit is a university and the sector schools, or the other way round.
        SinceLater: `since` is after the day looked at.
        CalendarNotCovered: a day for which the working days are not known.
    """
    with store.connect() as connection:
        view = View.at(connection, campaign, scope, as_of)
        if since is not None and since > view.as_of:
            raise SinceLater(since, view.as_of)
        unit = view.unit(code)
        if sector not in (None, default_sector(unit)) and unit.kind in ("school", "university"):
            raise OtherSector(unit)
        return unit_document(view, unit, sector or default_sector(unit), since)


def unit_document(view: View, unit: Unit, sector: str, since: date | None = None) -> dict[str, Any]:
    """The document of one unit and its children, on the view's day; what was merged into it comes last."""
    children = [*view.children(unit, sector), *view.merged([unit], sector).get(unit.id, [])]
    found = unit_documents(view, [unit, *children], sector, since)
    return found[unit.id] | {"children": [found[child.id] for child in children]}


def unit_documents(
    view: View, units: Sequence[Unit], sector: str, since: date | None = None
) -> dict[int, dict[str, Any]]:
    """The documents of units of a sector by themselves, without `children`, by id: read and computed for all at once."""
    found = table(view, units, sector)
    standings, gaps = places(view, units, sector), _gaps(view, units, sector)
    counts = _findings(view, [unit.id for unit in units])
    changes = None if since is None else change_since(view, units, sector, since)
    documents = {}
    for unit in units:
        row: dict[str, Any] = {str(name): value for name, value in found.loc[unit.id].items()}
        row |= {str(name): value for name, value in standings.loc[unit.id].items()}
        documents[unit.id] = _document(view, unit, sector, row) | {
            "gaps": gaps[unit.id],
            "findings": counts.get(unit.id, {"must_fix": 0, "explain": 0, "note": 0}),
        }
        if changes is not None and since is not None:
            change = {"since": since.isoformat(), **changes.loc[unit.id].astype(int).to_dict()}
            documents[unit.id]["change"] = change
    return documents


def places(view: View, units: Sequence[Unit], sector: str) -> pd.DataFrame:
    """Where units stand among their peers, whatever the scope of the one who asks: the rows of `ranked`, of the units
    and all their peers. Each group of peers once."""
    everyone = View(view.connection, view.campaign, Scope.all(), view.as_of)
    groups: dict[tuple[int | None, int | str], list[Unit]] = {}
    for unit in units:  # what stands above all is a group by itself: a country's provinces are of its kind
        above = unit.shown_parent_id
        groups.setdefault((above, unit.id if above is None else unit.kind), []).append(unit)
    return pd.concat(
        [ranked(everyone, _with(peers(view, asked[0], sector), asked), sector) for asked in groups.values()]
    )


def _document(view: View, unit: Unit, sector: str, row: dict[str, Any]) -> dict[str, Any]:
    levels = {level: {place: int(row[f"{place}_{level}"]) for place in QUEUE} for level in LEVELS}
    return {
        "as_of": view.as_of.isoformat(),
        "deadline": view.campaign.deadline.isoformat(),
        "working_days_left": int(row["working_days_left"]),
        "sector": sector,
        "unit": {"code": unit.code, "name": unit.name, "kind": unit.kind},
        "figures": {
            **{name: int(row[name]) for name in ("expected", "entered", "submitted")},
            "numbered": None if _never_numbered(row) else int(row["numbered"]),
            "approved": int(row["approved"]),
            "levels": levels,
            "institutions": {name: int(row[name]) for name in ("total", "started", "complete")},
        },
        "denominators": {name: int(row[column]) for name, column in DENOMINATORS.items()},
        "rates": {name: _number(row[name]) for name in ("collection", "review", "completion")},
        "pace": _number(row["pace"]),
        "required_pace": _whole(row["required_pace"]),
        "forecast": _forecast(row),
        "status": row["status"],
        "why": machine_readable(row["why"]),
        "bottleneck": _bottleneck(row),
        "rank": {"place": _whole(row["place"]), "of": int(row["of"]), "to_next": _whole(row["to_next"])},
        "schedule": {"should_be": _whole(row["should_be"]) or 0, "ahead": _whole(row["ahead"]) or 0},
        "funnel": {
            **{name: _number(row[name]) for name in ("lower_998", "lower_95", "upper_95", "upper_998")},
            "named": bool(row["named"]),
        },
    }


def _never_numbered(row: dict[str, Any]) -> bool:
    """Whether tables came, but none of them said how many are numbered: unknown, not 0."""
    return not row["numbered_known"] and not pd.isna(row["first_day"])


def _forecast(row: dict[str, Any]) -> dict[str, Any]:
    if not pd.isna(row["none_reason"]):
        return {"none": row["none_reason"]}
    return {name: _day(row[name]) for name in ("p10", "p50", "p90")} | {"probability": _number(row["probability"])}


def _bottleneck(row: dict[str, Any]) -> dict[str, Any] | None:
    if pd.isna(row["stage"]):
        return None
    return {"stage": row["stage"], "waiting": int(row["stage_waiting"]), "days": _number(row["stage_days"])}


def _gaps(view: View, units: Sequence[Unit], sector: str) -> dict[int, list[dict[str, Any]]]:
    """By unit: what the denominators differ by, listed by what is directly below it (a leaf: by itself), so that the
    list adds up to what they differ by for the unit."""
    below = read.children_of(view.connection, view.scope, [unit.id for unit in units], view.as_of, sector)
    merged = view.merged(units, sector)
    members = {unit.id: [*below.get(unit.id, []), *merged.get(unit.id, [])] or [unit] for unit in units}
    ids = {member.id for listed in members.values() for member in listed}
    frame = read.figures(view.connection, view.campaign, view.scope, ids, [view.as_of], sector).set_index("unit")
    live, official, frozen = (frame[name].to_dict() for name in ("expected", "statistics", "baseline"))
    return {
        unit_id: [
            {
                "unit": member.code,
                "live_minus_statistics": live[member.id] - official[member.id],
                "live_minus_baseline": live[member.id] - frozen[member.id],
            }
            for member in listed
            if member.id in live
        ]
        for unit_id, listed in members.items()
    }


def _findings(view: View, units: Iterable[int]) -> dict[int, dict[str, int]]:
    counts = read.finding_counts(view.connection, view.scope, units, view.as_of)
    return {
        int(row["unit"]): {grade: int(row[grade]) for grade in ("must_fix", "explain", "note")}
        for row in counts.to_dict("records")
    }


# ---- change ------------------------------------------------------------------------------------------------------


def change_since(view: View, units: Sequence[Unit], sector: str, since: date) -> pd.DataFrame:
    """What changed between the end of `since` and the view's day, taken apart (measures.change), by unit.

    Index: unit. Columns: approvals, returns, corrections, opened_closed, denominator, total (integers that add up).
    """
    ids = [unit.id for unit in units]
    leaves = read.leaves_below(view.connection, view.scope, ids, sector)
    result = pd.DataFrame(0, index=pd.Index(ids, name="unit"), columns=[*PARTS, "total"])
    if leaves.empty:
        return result
    current, original = read.leaf_history(
        view.connection, view.campaign, view.scope, leaves["leaf"].unique().tolist(), since, view.as_of, sector,
        _denominator(view.campaign),
    )  # fmt: skip
    opened, closed = read.bounds(view.connection, leaves["leaf"].unique().tolist())
    parts = change(current, original, opened, closed, since, view.as_of)
    summed = leaves.join(parts, on="leaf", how="inner").groupby("unit")[[*PARTS, "total"]].sum()
    return summed.reindex(result.index).fillna(0).astype("int64")


def by_school_type(view: View, unit: Unit) -> pd.DataFrame:
    """A unit's figures by school type (index: school type; columns: figures.FIGURES)."""
    frame = read.by_school_type(view.connection, view.campaign, view.scope, unit.id, view.as_of)
    return frame.set_index("school_type")[list(FIGURES)]


# ---- helpers -----------------------------------------------------------------------------------------------------


def _denominator(campaign: Campaign) -> str:
    return DENOMINATORS[campaign.denominator]


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _day(value: Any) -> str | None:
    return None if pd.isna(value) else pd.Timestamp(value).date().isoformat()
