"""What pages read: figures in the scope of who asks, kept until the data change.

Everything is cached under the data version, which is read anew on each run: what another process loads is seen at
once, and nothing stale is shown. The measures are computed by monitor.progress; here nothing is.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import pandas as pd
import streamlit as st

from monitor import i18n, outlook, progress
from monitor.access.who import Who
from monitor.figures import DENOMINATORS, FIGURES, sector_of
from monitor.measures.bottleneck import stages
from monitor.measures.finish import completed_since
from monitor.measures.panel import Panel
from monitor.measures.whatif import Scenario
from monitor.progress import View
from monitor.store import Scope, read
from monitor.ui import runtime
from monitor.ui.kept import Key, cached, version, view_of
from monitor.ui.siblings import beside, siblings
from monitor.units import Unit
from monitor.workdays import GUESSED_YEARS, LAST_YEAR, Calendar

_BEYOND: Final = timedelta(days=366)  # how far after deadline and newest snapshot a day may be looked at


def days() -> tuple[date | None, date | None, date | None]:
    """The first snapshot, the newest one, and the last day that can be looked at."""
    return _days(*version())


@st.cache_data(max_entries=16, show_spinner=False)
def _days(store: str, number: int) -> tuple[date | None, date | None, date | None]:
    opened = runtime.store()
    with opened.connect() as connection:
        known = read.snapshot_days(connection)
    if not known:
        return None, None, None
    last = max(opened.campaign.deadline, known[-1]) + _BEYOND
    return known[0], known[-1], min(last, date(LAST_YEAR + GUESSED_YEARS, 12, 31))


def finished(
    who: Who, unit: Unit, below: Sequence[Unit], sector: str, day: date
) -> dict[int, tuple[date | None, float | None]]:
    """Of a unit and of units below it, by id: since when each is complete (None: it is not), and its completion (None:
    nothing is expected of it). Empty before any figures."""
    known = days()
    if known[0] is None or day < known[0]:
        return {}
    key = Key(*version(), who.scope, day, i18n.language())
    found = _finished(key, tuple(one.id for one in (unit, *below)), sector)
    return {int(str(one)): (row["since"], row["completion"]) for one, row in found.iterrows()}


class Reader:
    """The figures that one account may see, on one day."""

    def __init__(self, who: Who, as_of: date) -> None:
        self.as_of = as_of
        self.key = Key(*version(), who.scope, as_of, i18n.language())

    # ---- units -----------------------------------------------------------------------------------------------

    def root(self) -> Unit | None:
        """The highest unit of the scope."""
        return _root(self.key)

    def unit(self, code: str) -> Unit:
        """The unit with this code; OutOfScope where the scope does not hold it."""
        return _unit(self.key, code)

    def path(self, unit: Unit) -> list[Unit]:
        """From the highest unit that the scope shows down to the unit itself."""
        return _path(self.key, unit.id)

    def sources(self) -> pd.DataFrame:
        """The batches behind the newest snapshot on or before the day (read.source_batches)."""
        return _sources(self.key)

    def places(self) -> dict[str, str]:
        """The names of the cities by code: where universities are. Names are no figures: everyone may read them."""
        return _places(self.key)

    # ---- figures ---------------------------------------------------------------------------------------------

    def standing(self, unit: Unit, sector: str) -> pd.Series:
        """One unit: the columns of progress.table and progress.ranked (its place among its peers)."""
        return _standing(self.key, unit.code, sector)

    def members(self, unit: Unit, sector: str) -> pd.DataFrame:
        """The units directly below: index unit; the columns of progress.table and progress.ranked (places among those
        of one kind), and `trend`, the completion day by day. Empty where nothing is below."""
        return _members(self.key, unit.code, sector)

    def merged(self, unit: Unit, sector: str) -> pd.DataFrame:
        """What was merged into a unit and still counts in it by itself (View.merged): name, code, closed, expected,
        approved."""
        return _merged(self.key, unit.code, sector)

    def days_below(self, unit: Unit, sector: str) -> pd.DataFrame:
        """The offices directly below day by day: unit, day, completion (NaN where nothing is expected)."""
        return _days_below(self.key, unit.code, sector)

    def ranked_widely(self, unit: Unit, kind: str, sector: str) -> pd.DataFrame:
        """Every unit of a kind below a unit, ranked among all of them (outlook.ranked_widely), and `trend` as above."""
        return _ranked_widely(self.key, unit.code, kind, sector)

    def below(self, unit: Unit, kind: str, sector: str) -> pd.DataFrame:
        """Every unit of a kind at or below a unit, and since when it lags (outlook.below)."""
        return _below(self.key, unit.code, kind, sector)

    def change(self, unit: Unit, sector: str, since: date) -> pd.DataFrame:
        """What changed since the end of a day, of a unit (the first row) and of those directly below: name and the
        parts of progress.change_since."""
        return _change(self.key, unit.code, sector, since.isoformat())

    def past_forecasts(self, unit: Unit, kind: str, sector: str) -> pd.DataFrame:
        """Past forecasts of a unit and of the units of a kind below it, beside what came (outlook.past_forecasts)."""
        return _past_forecasts(self.key, unit.code, kind, sector)

    def supposed(self, unit: Unit, sector: str, scenario: Scenario) -> pd.DataFrame:
        """A unit and those directly below, today and under a scenario (outlook.supposed)."""
        extra = tuple(sorted(scenario.extra_review.items()))
        return _supposed(self.key, unit.code, sector, scenario.deadline, extra, tuple(sorted(scenario.exempt)))

    def series(self, unit: Unit, sector: str) -> pd.DataFrame:
        """One unit day by day (progress.panel)."""
        return _series(self.key, unit.code, sector)

    def schedule(self) -> pd.DataFrame:
        """Where the campaign should be, day by day (progress.schedule_curve)."""
        return _schedule(self.key)

    def stages(self, unit: Unit, sector: str) -> pd.DataFrame:
        """What waits at each stage of one unit (measures.bottleneck.stages)."""
        return _stages(self.key, unit.code, sector)

    def by_school_type(self, unit: Unit, sector: str) -> pd.DataFrame:
        """One unit by the school types of a sector (progress.by_school_type), with denominator and completion."""
        return _by_school_type(self.key, unit.code, sector)

    def rises(self, unit: Unit, sector: str) -> dict[str, pd.Series]:
        """How the figures of one unit rose since the end of the working day before ("day"), and since five working
        days before ("week"): the names of figures.FIGURES and completion; without what the figures do not reach."""
        return _rises(self.key, unit.code, sector)


@cached
def _root(key: Key) -> Unit | None:
    with view_of(key) as view:
        return read.root(view.connection, view.campaign, view.scope)


@cached
def _unit(key: Key, code: str) -> Unit:
    with view_of(key) as view:
        return view.unit(code)


@cached
def _path(key: Key, unit_id: int) -> list[Unit]:
    with view_of(key) as view:
        return read.path(view.connection, view.scope, unit_id)


@cached
def _sources(key: Key) -> pd.DataFrame:
    with view_of(key) as view:
        return read.source_batches(view.connection, view.as_of)


@cached
def _places(key: Key) -> dict[str, str]:
    with view_of(key) as view:
        root = read.unit(view.connection, Scope.all(), view.campaign.root)
        cities = read.descendants(view.connection, Scope.all(), root.id, "city", view.as_of)
    return {city.code: city.name for city in cities}


@cached
def _standing(key: Key, code: str, sector: str) -> pd.Series:
    with view_of(key) as view:
        unit = view.unit(code)
        neighbours = beside(key, unit, sector)
        if neighbours is None:
            table = progress.table(view, [unit], sector).join(progress.places(view, [unit], sector))
        else:
            table = neighbours.table.loc[[unit.id]].drop(columns="trend")
    row: pd.Series = table.iloc[0]
    return row


@cached
def _members(key: Key, code: str, sector: str) -> pd.DataFrame:
    with view_of(key) as view:
        unit = view.unit(code)
        seen = [child.id for child in view.children(unit, sector)] if sector in key.scope.sectors else []
    return siblings(key, unit.id, sector).table.loc[seen] if seen else pd.DataFrame()


@cached
def _merged(key: Key, code: str, sector: str) -> pd.DataFrame:
    with view_of(key) as view:
        unit = view.unit(code)
        found = view.merged([unit], sector).get(unit.id, [])
        ids = [one.id for one in found]
        frame = read.figures(view.connection, view.campaign, view.scope, ids, [view.as_of], sector).set_index("unit")
    names = pd.DataFrame([(one.name, one.code, one.closed) for one in found], ids, ["name", "code", "closed"])
    return names.join(frame[["expected", "approved"]])


@cached
def _days_below(key: Key, code: str, sector: str) -> pd.DataFrame:
    seen = _members(key, code, sector)
    columns = ["unit", "day", "completion"]
    if seen.empty:
        return pd.DataFrame(columns=columns)
    panels = siblings(key, _unit(key, code).id, sector).panels
    found = [panels[unit] for unit in seen.index if unit in panels]
    if not found:
        return pd.DataFrame(columns=columns)
    days = pd.concat(found, ignore_index=True)
    return days.assign(completion=days["approved"] / days["denominator"].where(days["denominator"] > 0))[columns]


def _panel(view: View, key: Key, unit: Unit, sector: str) -> pd.DataFrame:
    """The days of a unit in the scope."""
    neighbours = beside(key, unit, sector)
    kept = neighbours.panels.get(unit.id) if neighbours is not None else None
    return progress.panel(view, [unit.id], sector) if kept is None else kept


@cached
def _ranked_widely(key: Key, code: str, kind: str, sector: str) -> pd.DataFrame:
    with view_of(key) as view:
        found = outlook.ranked_widely(view, view.unit(code), kind, sector)
        return found.assign(trend=progress.trends(progress.panel(view, found.index, sector)).reindex(found.index))


@cached
def _below(key: Key, code: str, kind: str, sector: str) -> pd.DataFrame:
    with view_of(key) as view:
        return outlook.below(view, view.unit(code), kind, sector)


@cached
def _change(key: Key, code: str, sector: str, since: str) -> pd.DataFrame:
    with view_of(key) as view:
        unit = view.unit(code)
        units = [unit, *view.children(unit, sector)]
        found = progress.change_since(view, units, sector, date.fromisoformat(since))
    return found.assign(name=[member.name for member in units])


@cached
def _past_forecasts(key: Key, code: str, kind: str, sector: str) -> pd.DataFrame:
    with view_of(key) as view:
        return outlook.past_forecasts(view, view.unit(code), kind, sector)


@cached
def _supposed(
    key: Key,
    code: str,
    sector: str,
    deadline: date | None,
    extra: tuple[tuple[str, float], ...],
    exempt: tuple[int, ...],
) -> pd.DataFrame:
    with view_of(key) as view:
        scenario = Scenario(deadline, dict(extra), None, frozenset(exempt))
        return outlook.supposed(view, view.unit(code), sector, scenario)


@cached
def _series(key: Key, code: str, sector: str) -> pd.DataFrame:
    with view_of(key) as view:
        return _panel(view, key, view.unit(code), sector).drop(columns="unit")


@cached
def _schedule(key: Key) -> pd.DataFrame:
    with view_of(key) as view:
        return progress.schedule_curve(view)


@cached
def _stages(key: Key, code: str, sector: str) -> pd.DataFrame:
    with view_of(key) as view:
        panel = _panel(view, key, view.unit(code), sector)
        if panel.empty:
            return pd.DataFrame(columns=["unit", "stage", "waiting", "outflow", "days", "stalled"])
        return stages(Panel(panel, view.as_of), Calendar(), view.campaign.measures)


@cached
def _by_school_type(key: Key, code: str, sector: str) -> pd.DataFrame:
    with view_of(key) as view:
        found = progress.by_school_type(view, view.unit(code))
    found = found[[sector_of(str(school_type)) == sector for school_type in found.index]]
    # A county merged into another leaves a row of nothing behind.
    found = found[(found["total"] > 0) | (found["expected"] > 0) | (found["approved"] > 0)]
    whole = found[DENOMINATORS[runtime.campaign().denominator]]
    return found.assign(denominator=whole, completion=found["approved"] / whole.where(whole > 0))


@cached
def _finished(key: Key, units: tuple[int, ...], sector: str) -> pd.DataFrame:
    with view_of(key) as view:
        return completed_since(progress.panel(view, units, sector))


@cached
def _rises(key: Key, code: str, sector: str) -> dict[str, pd.Series]:
    series = _series(key, code, sector)
    calendar = Calendar()
    newest = calendar.last_on_or_before(key.as_of)
    if series.empty:
        return {}
    figures = series.set_index("day")[[*FIGURES, "denominator"]].astype("float64")
    figures["completion"] = figures["approved"] / figures["denominator"].where(figures["denominator"] > 0)
    rises = {}
    for name, days_before in (("day", 1), ("week", 5)):
        since = pd.Timestamp(calendar.nth_before(newest, days_before))
        if since in figures.index:
            rises[name] = figures.iloc[-1] - figures.loc[since]
    return rises
