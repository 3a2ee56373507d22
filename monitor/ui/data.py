"""What pages read: figures in the scope of who asks, kept until the data change.

Everything is cached under the data version, which is read anew on each run: what another process loads is seen at
once, and nothing stale is shown. The measures are computed by monitor.progress; here nothing is.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

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
from monitor.store import Scope, meta, read
from monitor.ui import runtime
from monitor.units import Unit
from monitor.workdays import LAST_YEAR, Calendar

_MOST: Final = 512  # answers of one kind that are kept
_BEYOND: Final = timedelta(days=366)  # how far after deadline and newest snapshot a day may be looked at

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Key:
    """What an answer depends on besides the question: the data, who asks, the day, the language of the sentences."""

    store: str
    version: int
    scope: Scope
    as_of: date
    language: str


def hashed(scope: Scope) -> tuple[Any, ...]:
    return scope.everything, tuple(sorted(scope.roots)), tuple(sorted(scope.sectors)), scope.contacts


def key_hash(key: Key) -> tuple[Any, ...]:
    """What a cache tells keys apart by."""
    return key.store, key.version, hashed(key.scope), key.as_of.isoformat(), key.language


def _cached(
    function: Callable[Concatenate[Key, Arguments], Answer],
) -> Callable[Concatenate[Key, Arguments], Answer]:
    return st.cache_data(max_entries=_MOST, show_spinner=False, hash_funcs={Key: key_hash})(function)


@contextmanager
def _view(key: Key) -> Iterator[View]:
    store = runtime.store()
    with store.connect() as connection:
        yield View.at(connection, store.campaign, key.scope, key.as_of)


def version() -> tuple[str, int]:
    """Which store, and which state of its data."""
    store = runtime.store()
    with store.connect() as connection:
        return str(store.engine.url), meta.data_version(connection)


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
    return known[0], known[-1], min(last, date(LAST_YEAR, 12, 31))


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


@_cached
def _root(key: Key) -> Unit | None:
    with _view(key) as view:
        return read.root(view.connection, view.campaign, view.scope)


@_cached
def _unit(key: Key, code: str) -> Unit:
    with _view(key) as view:
        return view.unit(code)


@_cached
def _path(key: Key, unit_id: int) -> list[Unit]:
    with _view(key) as view:
        return read.path(view.connection, view.scope, unit_id)


@_cached
def _sources(key: Key) -> pd.DataFrame:
    with _view(key) as view:
        return read.source_batches(view.connection, view.as_of)


@_cached
def _places(key: Key) -> dict[str, str]:
    with _view(key) as view:
        root = read.unit(view.connection, Scope.all(), view.campaign.root)
        cities = read.descendants(view.connection, Scope.all(), root.id, "city", view.as_of)
    return {city.code: city.name for city in cities}


# Who looks at a unit looks at it beside its neighbours, and so does each of them: what is said of all units under one
# office is worked out once for everybody, and each account gets the rows that its scope holds.


@dataclass(frozen=True)
class _Siblings:
    """Units under one office: `table`, the answer of Reader.members for whoever sees them all; `panels`, the days of
    each (progress.panel) where there are not too many to keep. Shared: not to be changed."""

    table: pd.DataFrame
    panels: dict[int, pd.DataFrame]


def _shared(key: Key) -> Key:
    return replace(key, scope=Scope.all())


@st.cache_resource(max_entries=_MOST, show_spinner=False, hash_funcs={Key: key_hash})
def _siblings(key: Key, office: int, sector: str) -> _Siblings:
    with _view(key) as view:
        units = read.children(view.connection, view.scope, office, view.as_of, sector)
        if not units:
            return _Siblings(pd.DataFrame(), {})
        kinds = sorted({unit.kind for unit in units})
        places = [progress.ranked(view, [unit for unit in units if unit.kind == kind], sector) for kind in kinds]
        days = progress.panel(view, [unit.id for unit in units], sector)
        found = progress.table(view, units, sector, days=days).join(pd.concat(places))
    kept = days[days["unit"].isin([unit.id for unit in units if unit.kind != "school"])]
    return _Siblings(
        found.assign(trend=_trends(days).reindex(found.index)),
        {int(str(unit)): part.reset_index(drop=True) for unit, part in kept.groupby("unit")},
    )


def _beside(key: Key, unit: Unit, sector: str) -> _Siblings | None:
    """The unit among its neighbours; None where it has to be looked at by itself."""
    if unit.shown_parent_id is None or sector not in key.scope.sectors:
        return None
    found = _siblings(_shared(key), unit.shown_parent_id, sector)
    return found if unit.id in found.table.index else None


@_cached
def _standing(key: Key, code: str, sector: str) -> pd.Series:
    with _view(key) as view:
        unit = view.unit(code)
        beside = _beside(key, unit, sector)
        if beside is None:
            everyone = View(view.connection, view.campaign, Scope.all(), view.as_of)
            peers = progress.peers(view, unit, sector)
            table = progress.table(view, [unit], sector).join(progress.ranked(everyone, peers, sector))
        else:
            table = beside.table.loc[[unit.id]].drop(columns="trend")
    row: pd.Series = table.iloc[0]
    return row


@_cached
def _members(key: Key, code: str, sector: str) -> pd.DataFrame:
    with _view(key) as view:
        unit = view.unit(code)
        seen = [child.id for child in view.children(unit, sector)] if sector in key.scope.sectors else []
    return _siblings(_shared(key), unit.id, sector).table.loc[seen] if seen else pd.DataFrame()


def _panel(view: View, key: Key, unit: Unit, sector: str) -> pd.DataFrame:
    """The days of a unit in the scope."""
    beside = _beside(key, unit, sector)
    kept = beside.panels.get(unit.id) if beside is not None else None
    return progress.panel(view, [unit.id], sector) if kept is None else kept


@_cached
def _ranked_widely(key: Key, code: str, kind: str, sector: str) -> pd.DataFrame:
    with _view(key) as view:
        found = outlook.ranked_widely(view, view.unit(code), kind, sector)
        return found.assign(trend=_trends(progress.panel(view, found.index, sector)).reindex(found.index))


@_cached
def _below(key: Key, code: str, kind: str, sector: str) -> pd.DataFrame:
    with _view(key) as view:
        return outlook.below(view, view.unit(code), kind, sector)


@_cached
def _change(key: Key, code: str, sector: str, since: str) -> pd.DataFrame:
    with _view(key) as view:
        unit = view.unit(code)
        units = [unit, *view.children(unit, sector)]
        found = progress.change_since(view, units, sector, date.fromisoformat(since))
    return found.assign(name=[member.name for member in units])


@_cached
def _past_forecasts(key: Key, code: str, kind: str, sector: str) -> pd.DataFrame:
    with _view(key) as view:
        return outlook.past_forecasts(view, view.unit(code), kind, sector)


@_cached
def _supposed(
    key: Key,
    code: str,
    sector: str,
    deadline: date | None,
    extra: tuple[tuple[str, float], ...],
    exempt: tuple[int, ...],
) -> pd.DataFrame:
    with _view(key) as view:
        scenario = Scenario(deadline, dict(extra), None, frozenset(exempt))
        return outlook.supposed(view, view.unit(code), sector, scenario)


def _trends(panel: pd.DataFrame) -> pd.Series:
    """The completion of each unit day by day, in percent."""
    share = (panel["approved"] / panel["denominator"].where(panel["denominator"] > 0) * 100).fillna(0).round(2)
    return share.groupby(panel["unit"]).agg(list)


@_cached
def _series(key: Key, code: str, sector: str) -> pd.DataFrame:
    with _view(key) as view:
        return _panel(view, key, view.unit(code), sector).drop(columns="unit")


@_cached
def _schedule(key: Key) -> pd.DataFrame:
    with _view(key) as view:
        return progress.schedule_curve(view)


@_cached
def _stages(key: Key, code: str, sector: str) -> pd.DataFrame:
    with _view(key) as view:
        panel = _panel(view, key, view.unit(code), sector)
        if panel.empty:
            return pd.DataFrame(columns=["unit", "stage", "waiting", "outflow", "days", "stalled"])
        return stages(Panel(panel, view.as_of), Calendar(), view.campaign.measures)


@_cached
def _by_school_type(key: Key, code: str, sector: str) -> pd.DataFrame:
    with _view(key) as view:
        found = progress.by_school_type(view, view.unit(code))
    found = found[[sector_of(str(school_type)) == sector for school_type in found.index]]
    # A county merged into another leaves a row of nothing behind.
    found = found[(found["total"] > 0) | (found["expected"] > 0) | (found["approved"] > 0)]
    whole = found[DENOMINATORS[runtime.campaign().denominator]]
    return found.assign(denominator=whole, completion=found["approved"] / whole.where(whole > 0))


@_cached
def _finished(key: Key, units: tuple[int, ...], sector: str) -> pd.DataFrame:
    with _view(key) as view:
        return completed_since(progress.panel(view, units, sector))


@_cached
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
