"""Loading: a plan carried out, one batch a file, in one transaction.

`plan` (planning.py) reads and checks a file and writes nothing. `commit` loads a plan; where somebody else has loaded
meanwhile, the file is checked again before anything is written. `import_files` does both, one file after the other.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl

from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.intake.planning import (
    FIGURE_KINDS,
    Job,
    Plan,
    jobs_of,
    joined,
    keep_register,
    plan,
    plan_again,
    plan_job,
    plans,
)
from monitor.intake.problems import COMPUTED_ANEW, Finding
from monitor.intake.recheck import still_holds
from monitor.intake.results import FileResult, nothing_new
from monitor.store import audit, loads
from monitor.store.engine import Store
from monitor.store.register import change_register, load_register
from monitor.store.trial import trial
from monitor.units import Register

_ATTEMPTS = 5

Progress = Callable[[str], None]
Commit = Callable[[Store, Plan], list[FileResult]]


def commit(
    store: Store,
    campaign: Campaign,
    planned: Plan,
    by: str = "",
    accept_valid: bool = False,
    on_progress: Progress | None = None,
) -> list[FileResult]:
    """Load a plan: all of it, or with `accept_valid` its good rows. One result a file, in the order of `planned.files`.

    Where the store has moved on since the plan was made, the file is checked again first.
    """
    for _attempt in range(_ATTEMPTS):
        if _held_back(planned, accept_valid):
            return _results(planned)
        counts = None if planned.people is None else _people_changed(planned, changes(store, planned))
        new = loads.NewBatch(planned.kind or "", planned.name[:300], planned.digest, by, planned.rows)
        try:
            loaded = loads.load(
                store,
                new,
                planned.tables,
                [_stored(item) for item in planned.findings if item.code not in COMPUTED_ANEW],
                on_progress,
                expected_version=planned.version,
                still_holds=still_holds(campaign),
            )
        except loads.LoadRefused:
            planned = plan_again(store, campaign, planned)
            continue
        keep_register(store, planned, loaded.batch_id)
        return _results(planned, loaded, counts)
    raise loads.LoadRefused(_("Other imports are still running. Try again in a minute."))


def _held_back(planned: Plan, accept_valid: bool) -> bool:
    """Whether nothing of the file is loaded: it cannot be, or has refused rows and its good ones are not asked for."""
    return not planned.loadable or bool(planned.refused and not accept_valid)


def _stored(item: Finding) -> loads.Finding:
    return loads.Finding(item.code, item.grade, item.message, item.unit_id, item.day, item.row, dict(item.values))


def _foretold(store: Store, planned: Plan, accept_valid: bool) -> list[FileResult]:
    """What `commit` would answer to a plan of figures, found without writing anything."""
    if _held_back(planned, accept_valid):
        return _results(planned)
    changed = changes(store, planned)
    rows = pl.concat([frame.select("change", "lines") for frame in changed.values()])
    new, unchanged, corrected = (
        int(rows.filter(pl.col("change") == change)["lines"].sum()) for change in ("new", "unchanged", "corrected")
    )
    loaded = loads.Loaded(1 if new + corrected else None, new + corrected, unchanged, corrected)
    counts = None if planned.people is None else _people_changed(planned, changed)
    return _results(planned, loaded, counts)


def _results(
    planned: Plan, loaded: loads.Loaded | None = None, people: list[tuple[int, int, int]] | None = None
) -> list[FileResult]:
    """One result a file: nothing loaded, or what was; of an export by file, what of the people."""
    results = []
    for place, file in enumerate(planned.files):
        result = FileResult(
            file.name, planned.kind, planned.days, planned.rows_of[place],
            refused=planned.refused_of[place], findings=list(planned.findings_of[place]),
        )  # fmt: skip
        if loaded is not None:
            counts = people[place] if people else (loaded.loaded, loaded.unchanged, loaded.corrected)
            result.loaded, result.unchanged, result.corrected = counts
            result.batch = loaded.batch_id
            if loaded.batch_id is None:
                result.findings.append(nothing_new())
        results.append(result)
    return results


def changes(store: Store, planned: Plan) -> dict[str, pl.DataFrame]:
    """What a plan would change, row by row, beside the figures before: as monitor.store.loads.compare."""
    with store.connect() as connection:
        return loads.compare(connection, planned.tables)


def _people_changed(planned: Plan, changed: dict[str, pl.DataFrame]) -> list[tuple[int, int, int]]:
    """For each file of an export: people whose school's figures are written, stay, are corrected."""
    assert planned.people is not None
    state = pl.concat([frame.select("unit_id", "change") for frame in changed.values()])
    state = state.group_by("unit_id").agg(
        written=(pl.col("change") != "unchanged").any(), corrected=(pl.col("change") == "corrected").any()
    )
    people = planned.people.join(state, on="unit_id", how="inner")
    found = []
    for place in range(len(planned.files)):
        part = people.filter(pl.col("file") == place)
        total, written = (int(frame["people"].sum() or 0) for frame in (part, part.filter("written")))
        found.append((written, total - written, int(part.filter("corrected")["people"].sum() or 0)))
    return found


def register_after(store: Store, campaign: Campaign, planned: Plan) -> Register | None:
    """The register as it would be after a plan with register tables; None where it has none, or nothing would be loaded."""
    if planned.tables.units is None or not planned.loadable:
        return None
    with store.begin(keep=False) as connection:
        change_register(connection, campaign, planned.tables.units)
        return load_register(connection)


def import_files(
    store: Store,
    campaign: Campaign,
    paths: Sequence[Path | str],
    by: str = "",
    on_progress: Progress | None = None,
    *,
    kind: str | None = None,
    date: date | None = None,
    accept_valid: bool = False,
    dry_run: bool = False,
    on_plan: Callable[[Plan, list[FileResult]], None] | None = None,
    on_check: Callable[[Plan, Store], None] | None = None,
) -> list[FileResult]:
    """Read, check and load files one after the other; archives count as the tables in them. One result a table file.

    Args:
        dry_run: keep nothing. Later files are checked against what earlier ones would leave behind.
        on_plan: is told each plan with its results, for example to write the marked workbook.
        on_check: is told each plan before it is loaded, with the store as the files before it leave it.
    """
    found: list[FileResult] = []

    def take(planned: Plan, into: Store, carry_out: Commit) -> None:
        if on_check is not None:
            on_check(planned, into)
        results = carry_out(into, planned)
        if on_plan is not None:
            on_plan(planned, results)
        found.extend(results)

    def load(into: Store, planned: Plan) -> list[FileResult]:
        return commit(into, campaign, planned, by, accept_valid, on_progress)

    jobs = joined(jobs_of(campaign, [Path(path) for path in paths], kind), date)
    if not dry_run:
        for job in jobs:
            take(plan_job(store, campaign, job, kind, date), store, load)
        return found
    lines: list[dict[str, str | int | None]] = []
    with _tried_in(store, jobs) as (apart, alone):
        for job in jobs:
            planned = plan_job(apart, campaign, job, kind, date)
            lines += _lines(planned)
            take(planned, apart, (lambda into, plan: _foretold(into, plan, accept_valid)) if alone else load)
    for result in found:
        result.batch = None
    _note_tries(store, by, lines)
    return found


def _note_tries(store: Store, by: str, lines: list[dict[str, str | int | None]]) -> None:
    """Write down who tried which files."""
    with store.begin() as connection:
        for line in lines:
            audit.append(connection, by, "import_dry_run", line)


@contextmanager
def _tried_in(store: Store, jobs: list[Job]) -> Iterator[tuple[Store, bool]]:
    """Where files are tried, and whether there is one of figures alone, of which nothing need be written to tell what it
    would do. Others are loaded, each after those before it, into a copy."""
    if len(jobs) == 1 and {*jobs[0].kinds} <= {*FIGURE_KINDS, "teachers"}:
        yield store, True
        return
    with trial(store) as apart:
        yield apart, False


def _lines(planned: Plan) -> list[dict[str, str | int | None]]:
    """What the audit keeps of a trial: a line a file."""
    refused = sum(item.cells for item in planned.refused)
    return [
        {"file": file.name, "sha256": digest, "kind": planned.kind, "rows": planned.rows, "refused": refused}
        for file, digest in zip(planned.files, planned.sha256, strict=True)
    ]


def import_file(
    store: Store, campaign: Campaign, path: Path | str, by: str = "", on_progress: Progress | None = None
) -> list[FileResult]:
    """Read, check and load one file, or all tables of an archive: `import_files` for a single path."""
    return import_files(store, campaign, [path], by, on_progress)


__all__ = [
    "FileResult", "Plan", "changes", "commit", "import_file", "import_files", "nothing_new", "plan", "plans", "register_after",
]  # fmt: skip
