"""`report bulletin`: the bulletin of a day as a file, or as a draft in the store."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import Day, campaign_or_exit, check_out, opened, refused, write_out, wrong_use
from monitor.figures import SECTORS
from monitor.i18n import _
from monitor.store import Store

if TYPE_CHECKING:
    from monitor.bulletins.life import Desk


@click.command()
@click.option("--as-of", type=Day(), help="The day of the figures; default: the newest snapshot.")
@click.option("--sector", type=click.Choice(list(SECTORS)), help="Default: schools; with --draft both sectors.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write, .docx or .pdf.")
@click.option("--draft", is_flag=True, help="Put a draft into the store, to be edited and published on the page.")
def bulletin(as_of: date | None, sector: str | None, out: Path | None, draft: bool) -> None:
    """Write the bulletin (通报) of a day: to a file, or as a draft."""
    from monitor.bulletins.compose import NoBulletin
    from monitor.bulletins.life import Desk
    from monitor.bulletins.wording import WordingError
    from monitor.store import read

    if not draft and out is None:
        wrong_use(_("Say where to: --out FILE.docx, --out FILE.pdf, or --draft."))
    if out is not None:
        check_out(out, (".docx", ".pdf"))
    campaign = campaign_or_exit()
    with opened(campaign) as store:
        with store.connect() as connection:
            day = as_of or read.newest_day(connection) or campaign.today()
        desk = Desk.of_the_office(store)
        try:
            if out is not None:
                _write(store, desk, sector or "schools", day, out)
            for each in ([sector] if sector else list(SECTORS)) if draft else []:
                _draft(desk, each, day)
        except (NoBulletin, WordingError) as error:
            refused(str(error))


def _write(store: Store, desk: "Desk", sector: str, day: date, out: Path) -> None:
    from monitor.bulletins.life import rendered
    from monitor.store import audit

    write_out(out, rendered(desk.fresh(sector, day), out.suffix.lower().removeprefix(".")))
    with store.begin() as connection:
        audit.append(connection, "", "export", {"document": "bulletin", "sector": sector, "as_of": day.isoformat()})
    click.echo(_("Written: {file}").format(file=out), err=True)


def _draft(desk: "Desk", sector: str, day: date) -> None:
    number, new = desk.draft(sector, day)
    words = (
        _("Draft {number} written: {sector}, as of {day}.")
        if new
        else _("There is a draft already: {number}, {sector}, as of {day}.")
    )
    click.echo(words.format(number=number, sector=SECTORS[sector], day=day), err=True)
