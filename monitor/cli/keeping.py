"""`backup` and `restore`: the whole store in a file, and back."""

from datetime import datetime
from pathlib import Path

import click

from monitor.campaign import Campaign
from monitor.cli.common import campaign_or_exit, opened, refused, wrong_use
from monitor.i18n import _


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(1), default=14, show_default=True, help="FILE is a folder: so many stay.")
def backup(file: Path, keep: int) -> None:
    """Write the whole store into FILE, or into a new file in the folder FILE, while people work."""
    from monitor.store.backup import BackupError, backup_into
    from monitor.store.backup import backup as make

    campaign = campaign_or_exit()
    older: list[Path] = []
    if file.is_dir():
        file, older = backup_into(file, keep, datetime.now(campaign.timezone))
    elif not file.parent.is_dir():
        wrong_use(_("The folder {folder} does not exist.").format(folder=file.parent))
    with opened(campaign) as store:
        try:
            made = make(store, file, "", lambda said: click.echo(said, err=True))
        except BackupError as error:
            refused(str(error))
    click.echo(
        _("Backup: {file} ({rows} rows, {size} MB)").format(
            file=made.path, rows=f"{made.rows:,}", size=f"{made.size / 1e6:,.1f}"
        ),
        err=True,
    )
    if made.broken is not None:
        # Those made before it was changed are what is needed now: none of them goes.
        refused(_("The audit log was tampered with from entry {number} on; no older backup was deleted (docs/emergency.md, section 6).").format(number=made.broken))  # fmt: skip
    for one in older:
        one.unlink(missing_ok=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Look whether FILE could be restored; change nothing.")
@click.option("--replace", is_flag=True, help="Put it in the place of what the store holds; that is kept in a file.")
@click.option("--accept-audit", is_flag=True, help="Although its audit log was changed.")
def restore(file: Path, only_check: bool, replace: bool, accept_audit: bool) -> None:
    """Put the content of a backup into the store. Everybody has to sign in again."""
    from monitor.store.backup import BackupError
    from monitor.store.backup import restore as put_back

    if not file.is_file():
        wrong_use(_("There is no file {file}.").format(file=file))
    campaign = campaign_or_exit()
    if only_check:
        _check(campaign, file)
        return
    with opened(campaign) as store:
        try:
            kept = put_back(
                store,
                file,
                "",
                replace=replace,
                accept_audit=accept_audit,
                tell=lambda said: click.echo(said, err=True),
            )
        except BackupError as error:
            refused(str(error))
    if kept is not None:
        click.echo(_("What was there before is kept as {file}").format(file=kept), err=True)
    click.echo(_("Restored from {file}; everybody has to sign in again.").format(file=file), err=True)


def _check(campaign: Campaign, file: Path) -> None:
    from monitor.store.backup import BackupError, check

    try:
        found = check(campaign, file)
    except BackupError as error:
        refused(str(error))
    if found.broken is not None:
        refused(
            _("The audit log in {file} was tampered with from entry {number} on.").format(
                file=file, number=found.broken
            )
        )
    click.echo(_("{file} is sound: {rows} rows, which can be restored.").format(file=file, rows=f"{found.rows:,}"))
