"""Loading: a plan carried out, one batch a file, in one transaction.

`plan` (planning.py) reads and checks a file and writes nothing. `commit` loads a plan; where somebody else has loaded
meanwhile, the file is checked again before anything is written. `import_files` does both, one file after the other.
"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.intake.planning import Job, Plan, jobs_of, joined, keep_register, plan, plan_again, plan_job, plans
from monitor.intake.problems import COMPUTED_ANEW, Finding
from monitor.intake.recheck import still_holds
from monitor.intake.results import FileResult, nothing_new
from monitor.store import audit, loads
from monitor.store.engine import Store
from monitor.store.register import change_register, load_register
from monitor.units import Register

_ATTEMPTS = 5

Progress = Callable[[str], None]


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
        if not planned.loadable or (planned.refused and not accept_valid):
            return _results(planned)
        if planned.people is not None:
            counts = _people_changed(store, planned)
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
        results = _results(planned, loaded)
        if planned.people is not None:
            for result, (written, same, corrected) in zip(results, counts, strict=True):
                result.loaded, result.unchanged, result.corrected = written, same, corrected
        return results
    raise loads.LoadRefused(_("Others are loading all the time. Try again in a minute."))


def _stored(item: Finding) -> loads.Finding:
    return loads.Finding(item.code, item.grade, item.message, item.unit_id, item.day, item.row, dict(item.values))


def _results(planned: Plan, loaded: loads.Loaded | None = None) -> list[FileResult]:
    results = []
    for place, file in enumerate(planned.files):
        result = FileResult(
            file.name, planned.kind, planned.days, planned.rows_of[place],
            refused=planned.refused_of[place], findings=list(planned.findings_of[place]),
        )  # fmt: skip
        if loaded is not None:
            result.loaded, result.unchanged, result.corrected = loaded.loaded, loaded.unchanged, loaded.corrected
            result.batch = loaded.batch_id
            if loaded.batch_id is None:
                result.findings.append(nothing_new())
        results.append(result)
    return results


def changes(store: Store, planned: Plan) -> dict[str, pl.DataFrame]:
    """What a plan would change, row by row, beside the figures before: as monitor.store.loads.compare."""
    with store.connect() as connection:
        return loads.compare(connection, planned.tables)


def _people_changed(store: Store, planned: Plan) -> list[tuple[int, int, int]]:
    """For each file of an export: people whose school's figures are written, stay, are corrected."""
    assert planned.people is not None
    state = pl.concat([frame.select("unit_id", "change") for frame in changes(store, planned).values()])
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

    def take(planned: Plan, into: Store) -> None:
        if on_check is not None:
            on_check(planned, into)
        results = commit(into, campaign, planned, by, accept_valid, on_progress)
        for result in results if dry_run else ():
            result.batch = None
        if on_plan is not None:
            on_plan(planned, results)
        found.extend(results)

    jobs = joined(jobs_of(campaign, [Path(path) for path in paths], kind), date)
    if dry_run:
        _tried(store, campaign, jobs, kind, date, by, take)
    else:
        for job in jobs:
            take(plan_job(store, campaign, job, kind, date), store)
    return found


def _tried(
    store: Store, campaign: Campaign, jobs: list[Job], kind: str | None, day: date | None, by: str,
    take: Callable[[Plan, Store], None],
) -> None:  # fmt: skip
    """Load files one after the other and keep nothing of it but a line a file in the audit."""
    lines: list[dict[str, str | int | None]] = []

    def note(planned: Plan) -> None:
        refused = sum(item.cells for item in planned.refused)
        for file, digest in zip(planned.files, planned.sha256, strict=True):
            line = {"file": file.name, "sha256": digest, "kind": planned.kind, "rows": planned.rows, "refused": refused}
            lines.append(line)

    planned = plan_job(store, campaign, jobs[0], kind, day)  # before anybody has to wait for the trial
    with store.trial() as trial:
        for number, job in enumerate(jobs):
            planned = planned if number == 0 else plan_job(trial, campaign, job, kind, day)
            take(planned, trial)
            note(planned)
    with store.begin() as connection:
        for line in lines:
            audit.append(connection, by, "import_dry_run", line)


def import_file(
    store: Store, campaign: Campaign, path: Path | str, by: str = "", on_progress: Progress | None = None
) -> list[FileResult]:
    """Read, check and load one file, or all tables of an archive: `import_files` for a single path."""
    return import_files(store, campaign, [path], by, on_progress)


__all__ = [
    "FileResult", "Plan", "changes", "commit", "import_file", "import_files", "nothing_new", "plan", "plans", "register_after",
]  # fmt: skip
