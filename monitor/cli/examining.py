"""`doctor`: whether the program and its store are in order, in words, each with what to do."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from monitor.campaign import Campaign
from monitor.cli.common import campaign_or_exit, print_json, reached
from monitor.i18n import _
from monitor.store import Store
from monitor.store.trouble import because

_LITTLE, _NEXT_TO_NOTHING = 1_000_000_000, 200_000_000
"""Bytes that are left on a disk: told, and told as a fault."""
_NO_BACKUP: Final = timedelta(days=2)
_TOO_LONG: Final = timedelta(hours=1)

Findings = Iterator[tuple[bool, str]]
"""What is found: whether it is a fault (or only to be known), and the words."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def doctor(as_json: bool) -> None:
    """Look whether all is in order: tables, figures, audit log, bulletins, disk, clock, backups, mail, fonts.

    Exit code 1 where there is a fault; what is only to be known is told beside it.
    """
    campaign = campaign_or_exit()
    with reached(campaign) as store:
        found = list(examined(store, campaign))
        ends = _end_of_the_log(store) if _tables(store) is None else None
    faults, notes = ([words for fault, words in found if fault is wanted] for wanted in (True, False))
    if as_json:
        print_json({"sound": not faults, "faults": faults, "notes": notes})
    else:
        if ends is not None:
            click.echo(ends, err=True)
        for words in notes:
            click.echo(_("Note: {words}").format(words=words), err=True)
        click.echo("\n".join(faults) or _("The store is sound."))
    sys.exit(1 if faults else 0)


def examined(store: Store, campaign: Campaign) -> Findings:
    """Everything that there is to find."""
    behind = _tables(store)
    if behind is not None:
        yield True, behind
    else:
        yield from _content(store, campaign)
        yield from _clock(store, campaign)
        yield from _backups(store)
        yield from _unfinished(store)
    yield from _disks(store)
    yield from _settings(campaign)
    yield from _files(campaign)


def _tables(store: Store) -> str | None:
    """What is wrong with the state of the tables. They are looked at, not brought up to date."""
    from monitor.store.migrate import known_revisions, newest_revision, revision_of

    with store.connect() as connection:
        now = revision_of(connection)
    known = newest_revision()
    if now is None:
        return _("The store has no tables yet: run python -m monitor init.")
    if now not in known_revisions():
        return _("The tables are those of a newer program ({found}; this one knows {known}): install that one again, or go back as in docs/emergency.md, section 8: python -m monitor init --tables {known}.").format(found=now, known=known)  # fmt: skip
    if now != known:
        return _("The tables are behind ({found} instead of {known}): make a backup, then run python -m monitor init.").format(found=now, known=known)  # fmt: skip
    return None


def _content(store: Store, campaign: Campaign) -> Findings:
    from monitor.bulletins.life import tampered
    from monitor.store import audit, health, rollup

    if not health.intact(store):
        yield True, _("The database file is damaged: restore the last backup (docs/emergency.md, section 2).")
        return
    with store.begin(keep=False) as connection:
        wrong = rollup.differences(connection, campaign.baseline_day)
    if wrong:
        yield True, _("The roll-up differs from the leaves in {count} rows.").format(count=len(wrong))
    with store.connect() as connection:
        broken = audit.broken_at(connection)
    if broken is not None:
        yield True, _("The audit log was tampered with from entry {number} on.").format(number=broken)
    changed = tampered(store)
    if changed:
        yield True, _("Published bulletins were changed: {numbers}.").format(numbers=", ".join(changed))
    if not health.can_administer(store):
        yield (
            False,
            _("There is no administrator's account in use: python -m monitor user add NAME --role administrator."),
        )


def _end_of_the_log(store: Store) -> str:
    from monitor.store import audit

    with store.connect() as connection:
        number, _colon, digest = audit.head(connection).partition(":")
    return _(
        "The audit log ends with entry {number}, checksum {digest} (write it down elsewhere, to compare later)."
    ).format(number=number, digest=digest)


def _clock(store: Store, campaign: Campaign) -> Findings:
    from monitor.access.sessions import SKEW
    from monitor.store import audit, health

    now, theirs = datetime.now(UTC), health.its_time(store)
    with store.connect() as connection:
        newest = audit.newest_moment(connection)
    if newest is not None and newest > now + SKEW:
        yield True, _("The server's clock is behind: it shows {now}, but something was written at {newest}. Set it right (docs/emergency.md, section 9).").format(
            now=_moment(now, campaign), newest=_moment(newest, campaign)
        )  # fmt: skip
    if theirs is not None and abs(theirs - now) > SKEW:
        yield True, _("The clocks of this machine ({now}) and of the database ({theirs}) disagree: set them right.").format(
            now=_moment(now, campaign), theirs=_moment(theirs, campaign)
        )  # fmt: skip


def _moment(moment: datetime, campaign: Campaign) -> str:
    return f"{moment.astimezone(campaign.timezone):%Y-%m-%d %H:%M}"


def _backups(store: Store) -> Findings:
    from monitor.store import meta, read
    from monitor.store.backup import LAST_BACKUP

    with store.connect() as connection:
        last, filled = meta.get(connection, LAST_BACKUP), read.has_units(connection)
        shown_only = meta.get(connection, meta.DEMONSTRATION) is not None
    if last is None:
        if filled and not shown_only:
            yield False, _("There has been no backup yet: python -m monitor backup FOLDER, best run by a timer (docs/operations.md).")  # fmt: skip
    elif datetime.now(UTC) - datetime.fromisoformat(last) > _NO_BACKUP:
        days = (datetime.now(UTC) - datetime.fromisoformat(last)).days
        yield False, _("The last backup is {days} days old: look at the timer (systemctl status monitor-backup).").format(days=days)  # fmt: skip


def _unfinished(store: Store) -> Findings:
    from monitor.store import health

    count = health.unfinished(store, datetime.now(UTC) - _TOO_LONG)
    if count:
        yield False, _("{count} chases have been on their way for over an hour: the process that sent them ended. Find out whether they arrived, then mark them as sent or send them again on the page Chase list.").format(count=count)  # fmt: skip


def _disks(store: Store) -> Findings:
    from monitor.store import health

    file = health.file_of(store)
    for folder in dict.fromkeys([*([file.parent.resolve()] if file else []), Path(tempfile.gettempdir())]):
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            yield (
                True,
                _("Nothing can be written to {folder}: {reason}.").format(folder=folder, reason=because(error)),
            )
        free = shutil.disk_usage(folder).free
        if free < _LITTLE:
            yield free < _NEXT_TO_NOTHING, _("The disk of {folder} has only {free} MB left: make room (docs/emergency.md, section 3).").format(folder=folder, free=free // 1_000_000)  # fmt: skip
    if file is not None and file.exists() and not os.access(file, os.W_OK):
        yield True, _("Nothing can be written to {folder}: {reason}.").format(folder=file, reason=_("it may not be written there"))  # fmt: skip


def _settings(campaign: Campaign) -> Findings:
    """What is switched on, but lacks what it needs from the environment."""
    from monitor.access.directory import SECRET_VARIABLE
    from monitor.chase.channels import PASSWORD_VARIABLE

    mail = campaign.chase.mail
    wanted = [(robot.key_variable, _("The group robot")) for robot in campaign.chase.robots]
    if mail.host and mail.user:
        wanted.append((PASSWORD_VARIABLE, _("Mail")))
    if campaign.directory.on:
        wanted.append((SECRET_VARIABLE, _("Sign-in through the directory")))
    for name, what in wanted:
        if not os.environ.get(name):
            yield False, _("{what} is switched on in config.toml, but {name} is not set: put it into /etc/monitor.env.").format(what=what, name=name)  # fmt: skip


def _files(campaign: Campaign) -> Findings:
    from monitor.documents import pdf

    for name in (campaign.data.divisions, campaign.data.institutions, campaign.data.templates):
        if not campaign.path(name).exists():
            yield True, _("config.toml names {file}, which does not exist.").format(file=campaign.path(name))
    try:
        pdf.render("#标题[标题] #黑[黑体] #楷[楷体] 仿宋", {}, day=campaign.start)
    except pdf.PdfError as error:
        yield True, _("No PDF can be made: fonts are missing in data/fonts: {reason}").format(reason=str(error).splitlines()[0])  # fmt: skip
