"""The facts of a bulletin: every figure, list and condition that its wording may use, read in one moment.

Whom the bulletin names follows the funnel of the measures: a unit is counted under the threshold by its completion,
but named only where it also lies below the 99.8 % limit, so that nobody is named by chance.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pandas as pd

from monitor import progress
from monitor.bulletins.measures import COUNT, GROUP_NAMES, MEASURES, PROGRESS, of_the_whole, within_year
from monitor.bulletins.parts import Figure, Part
from monitor.figures import FIGURES, LEVEL_NAMES
from monitor.filings import standing
from monitor.filings.deadline import end_of_day, last_day, months
from monitor.filings.state import SUBMITTED
from monitor.measures.bottleneck import stages
from monitor.measures.panel import Panel
from monitor.measures.rates import rates
from monitor.progress import View
from monitor.store import Scope, read
from monitor.units import Unit
from monitor.workdays import Calendar

Row = Mapping[str, Part]
GROUP: Final = {"schools": "city", "universities": "university"}
"""The kind of unit that each sector's bulletin speaks of."""

PLACEHOLDERS: Final = frozenset(
    {*MEASURES, "name", "city", "stage", "items", "short_title", "system", "title", "signed", "whole", "group"}
)
"""Everything that a wording may put into braces."""

_MANY: Final = 3  # so many times as many as are asked for may share the best places before they are only counted
_STAGES: Final = {f"{level}_review": f"{name}审核" for level, name in LEVEL_NAMES.items()}
_TOLD: Final = (
    "expected", "entered", "submitted", "approved", "left", "collection", "review", "completion", "pace",
    "required_pace", "total", "started", "complete", "should_be",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What a bulletin is made of.

    values: what a placeholder outside of a list stands for; a figure that is not known is missing. lists: units by the
    name of the list. conditions: names that hold. fingerprint: changes with every figure, on any day up to the
    bulletin's, that anything in it may rest on.
    """

    values: Row
    lists: Mapping[str, Sequence[Row]]
    conditions: frozenset[str]
    fingerprint: str

    def holds(self, name: str) -> bool:
        """Whether a list has units, a number is not nought, or a condition holds."""
        value = self.values.get(name)
        known = bool(value.raw) if isinstance(value, Figure) else bool(value)
        return name in self.conditions or bool(self.lists.get(name)) or known


@dataclass
class _Scribe:
    """Writes figures of a day."""

    view: View
    sector: str
    batches: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def figure(self, measure: str, unit: str, raw: Any, detail: str = "") -> Figure:
        """A figure with where it came from."""
        plain = raw.isoformat() if isinstance(raw, date) else raw.item() if hasattr(raw, "item") else raw
        written = MEASURES[measure].write(plain)
        shown = written if measure == "as_of" else within_year(written, self.view.as_of)
        from_tables = MEASURES[measure].source in (PROGRESS, COUNT)
        batches = self.batches.get(unit, ()) if from_tables else ()
        return Figure(measure, unit, self.view.as_of, plain, shown, detail, batches)

    def known(self, row: Mapping[Any, Any], names: Sequence[str], detail: str = "") -> dict[str, Part]:
        """The figures of a unit that are known."""
        code = str(row["code"])
        return {name: self.figure(name, code, row[name], detail) for name in names if not pd.isna(row[name])}


def gather(view: View, sector: str) -> Facts:
    """The facts of a sector's bulletin as of the view's day, for the whole campaign.

    Raises:
        OutOfScope: the campaign's root is not there.
    """
    everything = Scope(sectors=frozenset({sector}), everything=True)
    view = View(view.connection, view.campaign, everything, view.as_of)
    root = view.unit(view.campaign.root)
    children = view.children(root, sector)
    group = [unit for unit in children if unit.kind == GROUP[sector]]
    counties = _counties(view, root, sector)
    if counties and not group:  # a municipality: its districts are what it compares
        group, counties = counties, []
    everyone = list(dict.fromkeys([root, *children, *counties]))  # a county directly below the province is both
    frame = progress.table(view, everyone, sector, why=False)
    scribe = _Scribe(view, sector, _batches(view, everyone, sector))
    filers, month = _filers(view)
    members, below = (_ranked(view, frame, part, sector) for part in (group, counties))
    values, conditions = _overall(scribe, frame.iloc[0])
    values |= {"whole": of_the_whole(root.name), "group": GROUP_NAMES[group[0].kind if group else "city"]}
    lists = {"best": _best(scribe, members), "below_named": _lagging(scribe, members)}
    lists |= {"counties_named": _lagging(scribe, below), **_waiting(scribe, group), **_stages_ahead(scribe, root)}
    filing_values, filing_lists = _filing(scribe, root, filers, month)
    lists |= filing_lists | _tables(scribe, frame, members, below, everyone, filers, month)
    values |= filing_values | _counts(scribe, root, lists, members, below)
    return Facts(
        values,
        lists,
        conditions | _conditions(lists),
        _fingerprint(view, everyone, sector, filers, scribe.batches.get(root.code, ())),
    )


def _counties(view: View, root: Unit, sector: str) -> list[Unit]:
    if sector != "schools":
        return []
    return read.descendants(view.connection, view.scope, root.id, "county", view.as_of)


def _batches(view: View, units: Sequence[Unit], sector: str) -> dict[str, tuple[int, ...]]:
    codes = {unit.id: unit.code for unit in units}
    found = read.batches_behind(view.connection, view.scope, codes, view.as_of, sector)
    return {codes[unit_id]: batches for unit_id, batches in found.items()}


def _ranked(view: View, frame: pd.DataFrame, units: Sequence[Unit], sector: str) -> pd.DataFrame:
    """Units of one kind with their places and limits, the best first; those without a completion last."""
    if not units:
        return frame.iloc[:0].assign(place=[], named=[])
    found = frame.loc[[unit.id for unit in units]].join(progress.ranked(view, units, sector))
    return found.sort_values(["place", "code"], na_position="last")


# ---- the whole ---------------------------------------------------------------------------------------------------


def _overall(scribe: _Scribe, row: pd.Series) -> tuple[dict[str, Part], frozenset[str]]:
    """The figures of the campaign and of its whole."""
    campaign, as_of, code = scribe.view.campaign, scribe.view.as_of, str(row["code"])
    rules, calendar = campaign.bulletin, Calendar()
    values = scribe.known(row.to_dict(), _TOLD)
    given: dict[str, Any] = {
        "as_of": as_of,
        "day": as_of,
        "deadline": campaign.deadline,
        "working_days_left": int(row["working_days_left"]),
        "silent": int(row["total"] - row["started"]),
        "window": campaign.measures.pace_window,
        "below": rules.below,
        "backlog_days": rules.backlog_days,
        "reply_by": calendar.after(as_of, rules.reply_days),
    }
    if not pd.isna(row["ahead"]):
        given["behind_schedule"] = max(0, -int(row["ahead"]))
    values |= {name: scribe.figure(name, code, raw) for name, raw in given.items()}
    values |= {
        "short_title": campaign.campaign.short_title,
        "system": campaign.campaign.system,
        "title": campaign.title,
        "signed": rules.of(scribe.sector).signed or campaign.campaign.issuer,
    }
    left = not pd.isna(row["left"]) and row["left"] > 0
    open_still = left and row["working_days_left"] > 0
    return values, frozenset({"before_deadline"} if open_still else {"overdue"} if left else ())


# ---- who is named ------------------------------------------------------------------------------------------------


def _best(scribe: _Scribe, members: pd.DataFrame) -> list[Row]:
    """The best in order; nobody where so many share the first places that their names would say nothing. Who is named as
    lagging is not named among the best."""
    most = _best_places(scribe, members)
    first = (members["place"] <= most).fillna(False) & (members["completion"] > 0)
    best = members[first & ~_lags(scribe, members)]
    return _rows(scribe, best) if len(best) <= _MANY * most else []


def _best_places(scribe: _Scribe, members: pd.DataFrame) -> int:
    """How many places are the best: where there are no more units than places, those of the better half, or the last one would
    be praised."""
    most, there = scribe.view.campaign.bulletin.best, int(members["completion"].notna().sum())
    return most if there > most else there // 2


def _lagging(scribe: _Scribe, members: pd.DataFrame) -> list[Row]:
    """The units that are named as lagging, the last first."""
    return _rows(scribe, members[_lags(scribe, members)].iloc[::-1])


def _lags(scribe: _Scribe, members: pd.DataFrame) -> pd.Series:
    """Which units are under the threshold and lie below the others by more than chance allows."""
    under = members["completion"] < scribe.view.campaign.bulletin.below
    return under & members["named"].fillna(False).astype(bool)


def _rows(scribe: _Scribe, frame: pd.DataFrame) -> list[Row]:
    names = ("place", "completion", "left", "expected", "approved")
    return [{"name": str(row["name"]), **scribe.known(row, names)} for row in frame.to_dict("records")]


def _counts(
    scribe: _Scribe, root: Unit, lists: Mapping[str, Sequence[Row]], members: pd.DataFrame, counties: pd.DataFrame
) -> dict[str, Part]:
    """How many units are under the threshold, named, and named first."""
    below = scribe.view.campaign.bulletin.below
    counted = {
        "below_count": int((members["completion"] < below).sum()),
        "below_named_count": len(lists["below_named"]),
        "counties_below_count": int((counties["completion"] < below).sum()),
        "counties_named_count": len(lists["counties_named"]),
        "best_count": _best_places(scribe, members),
    }
    return {name: scribe.figure(name, root.code, number) for name, number in counted.items()}


def _conditions(lists: Mapping[str, Sequence[Row]]) -> frozenset[str]:
    named = {"any_backlog": ("backlog", "stuck"), "anyone_named": ("below_named", "counties_named", "backlog", "stuck")}
    return frozenset(name for name, of in named.items() if any(lists[each] for each in of))


# ---- what waits --------------------------------------------------------------------------------------------------


def _waiting(scribe: _Scribe, group: Sequence[Unit]) -> dict[str, list[Row]]:
    """Review queues that take more working days than the threshold, the longest first, and those that do not move."""
    view = scribe.view
    codes = {unit.id: unit for unit in group}
    panel = progress.panel(view, codes, scribe.sector)
    backlog: list[tuple[float, Row]] = []
    stuck: list[tuple[float, Row]] = []
    if not panel.empty:
        now = panel.groupby("unit")["expected"].last()
        for row in stages(Panel(panel, view.as_of), Calendar(), view.campaign.measures).to_dict("records"):
            unit, stage, waiting = codes[row["unit"]], str(row["stage"]), int(row["waiting"])
            least = view.campaign.measures.min_stage_share * now[row["unit"]]
            if stage not in _STAGES or waiting <= 0 or waiting < least:
                continue
            said: dict[str, Part] = {"name": unit.name, "stage": _STAGES[stage]}
            said["waiting"] = scribe.figure("waiting", unit.code, waiting, stage)
            if row["stalled"]:
                stuck.append((waiting, said))
            elif row["days"] > view.campaign.bulletin.backlog_days:
                backlog.append((row["days"], {**said, "days": scribe.figure("days", unit.code, row["days"], stage)}))
    return {name: _longest_first(rows) for name, rows in (("backlog", backlog), ("stuck", stuck))}


def _longest_first(rows: Sequence[tuple[float, Row]]) -> list[Row]:
    return [row for _size, row in sorted(rows, key=lambda entry: -entry[0])]


def _stages_ahead(scribe: _Scribe, root: Unit) -> dict[str, list[Row]]:
    """What the campaign asks of the sector's units next, by when."""
    kinds = {"schools": {"city", "county", "school"}, "universities": {"university"}}[scribe.sector]
    return {
        "stages": [
            {"stage": stage.title, "due": scribe.figure("due", root.code, stage.due, stage.key)}
            for stage in scribe.view.campaign.stages
            if stage.due and stage.due > scribe.view.as_of and kinds & set(stage.who)
        ]
    }


# ---- who has filed -----------------------------------------------------------------------------------------------


def _filers(view: View) -> tuple[pd.DataFrame, str]:
    """Where the sector's filers stand at the end of the day with the newest month that is reported on; "" for none."""
    reported = [month for month in months(view.campaign, view.as_of) if last_day(view.campaign, month) <= view.as_of]
    month = reported[-1] if reported else ""
    asked = month or view.campaign.reports.first_month
    found = standing.standing(view.connection, view.campaign, view.scope, asked, end_of_day(view.campaign, view.as_of))
    return found.replace({"state": {"not_due": "missing"}} if month else {}), month  # its evening has come


def _filing(
    scribe: _Scribe, root: Unit, filers: pd.DataFrame, month: str
) -> tuple[dict[str, Part], dict[str, list[Row]]]:
    """Who has filed the newest month's report, and until when the next is due."""
    campaign = scribe.view.campaign
    values: dict[str, Part] = {}
    lists: dict[str, list[Row]] = {"late": [], "missing": []}
    if month:
        counted = standing.counts(filers)
        numbers = {
            "owed": counted["owed"],
            "filed": sum(counted[state] for state in SUBMITTED),
            "on_time": counted["on_time"],
            "missing_count": counted["missing"],
        }
        values = {name: scribe.figure(name, root.code, number, month) for name, number in numbers.items()}
        values["filing_month"] = scribe.figure("filing_month", root.code, month, month)
        for row in filers.sort_values(["days_late", "code"], ascending=[False, True]).to_dict("records"):
            if row["state"] in lists:
                late = scribe.figure("days_late", str(row["code"]), int(row["days_late"]), month)
                lists[str(row["state"])].append({"name": str(row["name"]), "days_late": late})
    following = _month_after(month) if month else campaign.reports.first_month
    values["next_month"] = scribe.figure("next_month", root.code, following, following)
    values["next_due"] = scribe.figure("next_due", root.code, last_day(campaign, following), following)
    return values, lists


def _month_after(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


# ---- tables ------------------------------------------------------------------------------------------------------


def _tables(
    scribe: _Scribe,
    frame: pd.DataFrame,
    members: pd.DataFrame,
    counties: pd.DataFrame,
    units: Sequence[Unit],
    filers: pd.DataFrame,
    month: str,
) -> dict[str, list[Row]]:
    """Every unit of the group and every county in order of place, counties directly below the whole (first of `units`) also
    behind the group: the rows add up; and the whole."""
    states = {str(row["code"]): f"{row['state']}:{row['days_late']}" for row in filers.to_dict("records")}
    parents = {unit.id: unit.name if unit.kind == "city" else "省直辖" for unit in units}
    over = {unit.code: parents.get(unit.shown_parent_id or 0, "") for unit in units}
    directly = [unit.id for unit in units if unit.id in counties.index and unit.shown_parent_id == units[0].id]

    def row(entry: Mapping[Any, Any], **more: Part) -> Row:
        said = {"name": str(entry["name"]), **scribe.known(entry, ("place", *_TOLD)), **more}
        state = states.get(str(entry["code"]))
        if month and state:
            said["filing"] = scribe.figure("filing", str(entry["code"]), state, month)
        return said

    listed = [row(entry) for entry in members.to_dict("records")]
    listed += [row({**entry, "place": None}) for entry in counties[counties.index.isin(directly)].to_dict("records")]
    others = [unit.id for unit in units[1:] if unit.id not in members.index and unit.id not in counties.index]
    if others:
        listed.append(_together(scribe, frame, others))
    root = {str(name): value for name, value in frame.iloc[0].items()} | {"place": None}
    return {
        "cities" if scribe.sector == "schools" else "universities": listed,
        "counties": [row(entry, city=over[entry["code"]]) for entry in counties.to_dict("records")],
        "province": [{**row(root), "name": "合计"}],
    }


def _together(scribe: _Scribe, frame: pd.DataFrame, units: Sequence[int]) -> Row:
    """What hangs directly below the whole without being one of the group, as one row: schools run by the province."""
    columns = ["expected", "entered", "submitted", "approved", "returned", "denominator", "pace"]
    found = pd.DataFrame([frame[frame.index.isin(units)][columns].astype("float64").sum()])
    entry: dict[Any, Any] = found.iloc[0].to_dict() | rates(found).iloc[0].to_dict()
    entry |= {"left": entry["denominator"] - entry["approved"], "code": scribe.view.campaign.root}
    told = ("expected", "entered", "submitted", "approved", "left", "collection", "completion", "pace")
    return {"name": "省属学校", **scribe.known(entry, told, "own")}


# ---- fingerprint -------------------------------------------------------------------------------------------------


def stamp(view: View, sector: str) -> str:
    """Changes with every filing that a bulletin of the day may speak of: filings do not raise the data version."""
    scope = Scope(sectors=frozenset({sector}), everything=True)
    filers, month = _filers(View(view.connection, view.campaign, scope, view.as_of))
    return hashlib.sha256(json.dumps([month, _filed(filers)], default=str).encode()).hexdigest()


def _filed(filers: pd.DataFrame) -> list[tuple[str, str, int]]:
    return [(row["code"], row["state"], row["days_late"]) for row in filers.to_dict("records")]


def _fingerprint(view: View, units: Sequence[Unit], sector: str, filers: pd.DataFrame, batches: Sequence[int]) -> str:
    """A hash of all that the bulletin rests on: every figure of its units on every day up to its own, who filed when,
    the units' names, the batches, and what config.toml says."""
    campaign = view.campaign
    ids = [unit.id for unit in units]
    panel = progress.panel(view, ids, sector).sort_values(["unit", "day"])
    digest = hashlib.sha256(panel["day"].astype("int64").to_numpy().tobytes())
    digest.update(panel[["unit", *FIGURES, "numbered_known", "denominator"]].astype("int64").to_numpy().tobytes())
    said = {
        "filed": _filed(filers),
        "units": [(unit.code, unit.name) for unit in units],
        "batches": list(batches),
        **{part: getattr(campaign, part).model_dump(mode="json") for part in ("campaign", "reports", "measures")},
        "bulletin": campaign.bulletin.model_dump(mode="json"),
        "stages": [stage.model_dump(mode="json") for stage in campaign.stages],
    }
    digest.update(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode())
    return digest.hexdigest()
