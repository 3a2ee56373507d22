"""What every command needs: the campaign, the store, days on the command line, one way to fail."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from monitor import logs
from monitor.campaign import Campaign, ConfigError, load_campaign
from monitor.i18n import _
from monitor.store import Store, migrate, open_store
from monitor.store.engine import WrongAddress
from monitor.store.migrate import NewerStore
from monitor.store.trouble import because, explained
from monitor.workdays import CalendarNotCovered


class Day(click.ParamType[date]):
    """A day on the command line, written 2016-11-25."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(_("{value} is not a day; write it as 2016-11-25").format(value=value), param, ctx)


def campaign_or_exit() -> Campaign:
    """The campaign; a mistake in config.toml ends the program with exit code 2."""
    try:
        campaign = load_campaign()
    except ConfigError as error:
        wrong_use(str(error))
    logs.begin(campaign.logging, campaign.base, served=False)
    return campaign


@contextmanager
def opened(campaign: Campaign | None = None) -> Iterator[Store]:
    """The store, with its tables made or brought up to date."""
    with reached(campaign or campaign_or_exit()) as store:
        migrate(store)
        yield store


@contextmanager
def reached(campaign: Campaign) -> Iterator[Store]:
    """The store as it is. A wrong address, a database that is not there, a disk that is full, the tables of a newer program, and a day or
    month for which no working days are known end the command in words, with exit code 2."""
    store = None
    try:
        store = open_store(campaign=campaign)
        yield store
    except (WrongAddress, NewerStore, CalendarNotCovered) as error:
        wrong_use(str(error))
    except (SQLAlchemyError, OSError) as error:
        said = explained(error)
        if said is None:
            raise
        wrong_use(said)
    finally:
        if store is not None:
            store.close()


@contextmanager
def registered(campaign: Campaign) -> Iterator[Store]:
    """The store of a campaign whose units are there; without them every code would seem unknown: exit code 2."""
    from monitor.store import read

    with opened(campaign) as store:
        with store.connect() as connection:
            known = read.has_units(connection)
        if not known:
            wrong_use(_("The register has no units yet: run python -m monitor init first."))
        yield store


def wrong_use(message: str) -> NoReturn:
    """End with exit code 2: the command was called wrongly."""
    click.echo(message, err=True)
    sys.exit(2)


def refused(message: str) -> NoReturn:
    """End with exit code 1: the data do not allow it."""
    click.echo(message, err=True)
    sys.exit(1)


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


def check_out(out: Path, suffixes: Sequence[str]) -> None:
    """End with exit code 2 where a document cannot be written to this file: its ending, its folder."""
    if out.suffix.lower() not in suffixes:
        message = _("This document is written as {endings}, not as {file}; name the file {example}.")
        endings = _(" or ").join(suffixes)
        wrong_use(message.format(endings=endings, file=out.name, example=out.with_suffix(suffixes[0]).name))
    if not out.parent.is_dir():
        wrong_use(_("The folder {folder} does not exist.").format(folder=out.parent))


def write_out(out: Path, content: bytes) -> None:
    """Write a document; exit code 2 where it cannot be written."""
    from monitor.atomic import write_bytes

    try:
        write_bytes(out, content)
    except OSError as error:
        wrong_use(_("{file} cannot be written: {reason}").format(file=out, reason=because(error)))
