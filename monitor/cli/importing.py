"""`import` and `undo`: tables loaded, and a batch taken back."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import Day, campaign_or_exit, opened, print_json, refused, registered, wrong_use
from monitor.i18n import _
from monitor.store.trouble import because

if TYPE_CHECKING:
    from monitor.intake.load import FileResult, Plan
    from monitor.store import Store

_KINDS = ("units", "collection", "review", "statistics", "teachers", "roster")
_LISTED = 50
_DAYS_LISTED = 3
_NEWEST = 20


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(_KINDS), help="Read as this kind of table, whatever the headers look like.")
@click.option("--date", "day", type=Day(), help="Day of the figures, where no column says it.")
@click.option("--dry-run", is_flag=True, help="Check only; load nothing.")
@click.option("--accept-valid", is_flag=True, help="Load the good rows although others are refused.")
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the file with refused cells marked (.xlsx).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def import_(
    files: tuple[Path, ...],
    kind: str | None,
    day: date | None,
    dry_run: bool,
    accept_valid: bool,
    errors: Path | None,
    as_json: bool,
) -> None:
    """Load tables (.xlsx, .xls, .csv, .zip of those). All of a file, or nothing."""
    from monitor.intake.load import import_files
    from monitor.store.loads import LoadRefused

    if errors is not None:
        _check_place(errors, files)
    campaign = campaign_or_exit()
    written: list[Path] = []

    def workbook(planned: "Plan", results: "list[FileResult]") -> None:
        if errors is not None:
            _write_errors(errors, planned, results, written)

    def tell(message: str) -> None:
        click.echo(message, err=True)

    with registered(campaign) as store:
        try:
            results = import_files(
                store,
                campaign,
                files,
                "",
                tell,
                kind=kind,
                date=day,
                accept_valid=accept_valid,
                dry_run=dry_run,
                on_plan=workbook,
            )
        except LoadRefused as error:
            refused(str(error))
    if as_json:
        print_json({"files": [result.to_json() for result in results]})
    else:
        for result in results:
            _tell(result, dry_run)
    sys.exit(1 if any(_failed(result, accept_valid) for result in results) else 0)


def _check_place(errors: Path, files: tuple[Path, ...]) -> None:
    """Whether the marked workbook can be written where it is asked for."""
    if errors.suffix.lower() != ".xlsx" or not errors.parent.is_dir():
        wrong_use(
            _("--errors {path}: write a file name that ends in .xlsx, in a folder that exists").format(path=errors)
        )
    if any(errors.resolve() == file.resolve() for file in files):
        wrong_use(_("--errors {path}: this is the file to be imported; name another one").format(path=errors))


def _failed(result: "FileResult", accept_valid: bool) -> bool:
    return bool(result.refused) and not (accept_valid and result.loaded)


def _write_errors(path: Path, planned: "Plan", results: "list[FileResult]", written: list[Path]) -> None:
    from monitor.intake.errors import worth_a_workbook, write_workbook

    if not worth_a_workbook(results):
        return
    target = path if not written else path.with_name(f"{path.stem}-{len(written) + 1}{path.suffix}")
    try:
        write_workbook(target, planned, results)
    except OSError as error:
        wrong_use(_("Cannot write {path}: {reason}").format(path=target, reason=because(error)))
    written.append(target)
    for result in results:
        result.workbook = str(target)


def _days(days: list[date]) -> str:
    """The days of a table; of many the first and the last, and how many."""
    if len(days) <= _DAYS_LISTED:
        return "、".join(day.isoformat() for day in days)
    return _("{first} to {last} ({count} days)").format(first=days[0], last=days[-1], count=len(days))


def _tell(result: "FileResult", dry_run: bool) -> None:
    """One file's result for a person."""
    from monitor.intake.headers import KINDS

    title = KINDS[result.kind].title if result.kind else _("not recognised")
    click.echo(f"{result.file}: {title} {_days(result.dates)}".rstrip())
    counts = _(
        "{rows} rows: {loaded} loaded ({corrected} of them corrections), {unchanged} unchanged, {refused} refused"
    )
    if dry_run:
        counts = _(
            "{rows} rows: {loaded} would be loaded ({corrected} of them corrections), {unchanged} unchanged, {refused} refused"
        )
    lines = len({(item.sheet, item.row) for item in result.refused if item.row is not None})
    values = {
        "rows": result.rows,
        "loaded": result.loaded,
        "corrected": result.corrected,
        "unchanged": result.unchanged,
    }
    click.echo("  " + counts.format(**values, refused=lines))
    messages = [item.message for item in result.refused] + [finding.message for finding in result.findings]
    for message in messages[:_LISTED]:
        click.echo(f"  - {message}")
    if len(messages) > _LISTED:
        click.echo("  " + _("… and {count} more").format(count=len(messages) - _LISTED))
    if result.workbook:
        click.echo("  " + _("Marked workbook: {path}").format(path=result.workbook))
    if result.batch is not None:
        click.echo("  " + _("Batch {batch}; to undo it: python -m monitor undo {batch}").format(batch=result.batch))


@click.command()
@click.argument("batch", type=click.IntRange(min=1), required=False)
@click.option("--list", "listed", is_flag=True, help="Show the newest batches instead.")
def undo(batch: int | None, listed: bool) -> None:
    """Take back a batch exactly; the newest first."""
    from monitor.store.loads import LoadRefused
    from monitor.store.loads import undo as take_back

    if listed == (batch is not None):
        wrong_use(_("Name the batch to undo, or write --list to see the newest."))
    campaign = campaign_or_exit()
    with opened(campaign) as store:
        if batch is None:
            _list_batches(store)
            return
        try:
            take_back(store, batch, "")
        except LoadRefused as error:
            refused(str(error))
    click.echo(_("Batch {batch} was undone.").format(batch=batch), err=True)


def _list_batches(store: "Store") -> None:
    """The newest batches, the newest first; those that were taken back are marked."""
    from monitor.intake.headers import KINDS
    from monitor.store.read.history import batches

    with store.connect() as connection:
        found = batches(connection, _NEWEST)
    for row in found.assign(gone=found["undone_at"].notna()).to_dict("records"):
        kind = KINDS[row["kind"]].title if row["kind"] in KINDS else row["kind"]
        at = row["loaded_at"].tz_convert(store.campaign.timezone)
        said = _("Batch {batch}  {at:%Y-%m-%d %H:%M}  {who}  {kind}  {file}  {rows} rows").format(
            batch=row["id"], at=at, who=row["loaded_by"] or _("command line"), kind=kind, file=row["file"], rows=row["rows"]
        )  # fmt: skip
        click.echo(said + (_(" (undone)") if row["gone"] else ""))
    if found.empty:
        click.echo(_("Nothing has been imported yet."))
