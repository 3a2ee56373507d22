"""The demonstration loaded into a store, through the ordinary intake."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from monitor.campaign import Campaign
from monitor.demo.scenario import DemoError, load_world
from monitor.demo.tables import write_tables
from monitor.i18n import _

if TYPE_CHECKING:
    from monitor.store import Store

Tell = Callable[[str], None]


def fill(store: "Store", campaign: Campaign, on_progress: Tell | None = None, by: str = "") -> None:
    """Import the demonstration's tables one after the other, as `by`.

    Once loaded it is not loaded again; a load that was broken off is completed.

    Raises:
        DemoError: the campaign's divisions are not those that the scenario tells of, the store holds figures of its
            own, or the intake refuses a table.
        ConfigError: the campaign's divisions or institutions cannot be read.
    """
    # Imported here: writing the tables alone needs neither the intake nor a store.
    from monitor.demo.filings import filing_story
    from monitor.demo.milestones import milestone_story
    from monitor.demo.reports import written_reports
    from monitor.demo.rosters import roster_story
    from monitor.filings import milestone_load, roster_load
    from monitor.filings.load import record_all, record_written
    from monitor.store import meta

    tell = on_progress or (lambda _message: None)
    mark = load_world(campaign).scenario.mark
    with store.connect() as connection:
        filled = meta.get(connection, meta.DEMONSTRATION) is not None
    if filled:
        tell(_("The demonstration is already there"))
        return
    _refuse_mixture(store, mark)
    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder:
        _import(store, campaign, write_tables(campaign, Path(folder), tell), by, tell)
    tell(_("Writing the monthly reports"))
    record_written(store, written_reports(campaign), by)
    record_all(store, filing_story(campaign), by)
    roster_load.record_all(store, roster_story(campaign), by)
    milestone_load.record_all(store, milestone_story(campaign, _schools_of(store)), by)
    with store.begin() as connection:
        meta.put(connection, meta.DEMONSTRATION, mark)


def _refuse_mixture(store: "Store", mark: str) -> None:
    """Invented figures never get among real ones."""
    from monitor.store.read import newest_day
    from monitor.store.register import load_register

    with store.connect() as connection:
        units, newest = load_register(connection).units, newest_day(connection)
    schools = units.filter(pl.col("kind") == "school")["name"]
    if not schools.str.starts_with(mark).all() or (schools.is_empty() and newest is not None):
        raise DemoError(
            _(
                "The store already holds figures; the demonstration can only be filled into an empty store. Use another database."
            )
        )


def _import(store: "Store", campaign: Campaign, paths: list[Path], by: str, tell: Tell) -> None:
    from monitor.intake.load import import_file

    for number, path in enumerate(paths, 1):
        tell(_("Loading {file} ({number} of {count})").format(file=path.name, number=number, count=len(paths)))
        for result in import_file(store, campaign, path, by=by):
            if result.refused:
                message = result.refused[0].message
                raise DemoError(_("{file} was refused: {message}").format(file=path.name, message=message))


def _schools_of(store: "Store") -> dict[str, int]:
    """Code of a unit → how many schools hang directly below it, closed ones left out."""
    from monitor.store.register import load_register

    with store.connect() as connection:
        units = load_register(connection).units
    schools = units.filter((pl.col("kind") == "school") & pl.col("closed").is_null() & pl.col("successor_id").is_null())
    counted = schools.group_by("shown_parent_id").len()
    named = counted.join(units.select(shown_parent_id="id", code="code"), on="shown_parent_id")
    return dict(named.select("code", "len").iter_rows())
