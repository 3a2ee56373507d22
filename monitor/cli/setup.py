"""`init` and `doctor`: a store made ready, a store looked after."""

import click

from monitor.campaign import Campaign, ConfigError
from monitor.cli.common import campaign_or_exit, opened, reached, refused, wrong_use
from monitor.i18n import _
from monitor.store import Store


@click.command()
@click.option("--demo", is_flag=True, help="Fill the demonstration campaign.")
@click.option(
    "--tables", metavar="STATE", help="Take the tables back to this state, for an older program; nothing else."
)
@click.option(
    "--lose", is_flag=True, help="With --tables: although the older tables have no room for some of the data."
)
def init(demo: bool, tables: str | None, lose: bool) -> None:
    """Create or migrate the store and load the campaign's divisions and institutions."""
    from monitor.store.setup import load_register_files

    campaign = campaign_or_exit()
    if tables is not None:
        _take_back(campaign, tables, lose)
        return
    with opened(campaign) as store:
        try:
            loaded = load_register_files(store)
        except ConfigError as error:
            wrong_use(str(error))
        click.echo(_("Register: {new} units new or changed.").format(new=loaded), err=True)
        if demo:
            _fill_demo(store, campaign)
        click.echo(_("The store is ready: {url}").format(url=store.engine.url.render_as_string()), err=True)


def _take_back(campaign: Campaign, tables: str, lose: bool) -> None:
    """An upgrade taken back: the data stay, as far as the older tables have room for them."""
    from monitor.store.migrate import earlier_revisions, lost_by, migrate

    with reached(campaign) as store:
        with store.connect() as connection:
            earlier = earlier_revisions(connection)
            if tables not in earlier:
                wrong_use(_("The tables can be put back to {states}.").format(states=", ".join(earlier) or "—"))
            lost = lost_by(connection, tables)
        if lost and not lose:
            named = _(", ").join(_("{name} ({count} rows)").format(name=name, count=count) for name, count in lost.items())  # fmt: skip
            refused(_("Nothing was changed. The older tables have no room for: {lost}. If that may be lost, make a backup first, then add --lose.").format(lost=named))  # fmt: skip
        if tables != earlier[-1]:
            migrate(store, tables)
    click.echo(_("The tables are those of {state} again. Install the older program now: this one would bring them up to date as soon as it runs.").format(state=tables), err=True)  # fmt: skip


def _fill_demo(store: Store, campaign: Campaign) -> None:
    from monitor.access.demo import create_accounts
    from monitor.access.manage import AccountError
    from monitor.demo import DemoError, fill

    try:
        fill(store, campaign, lambda message: click.echo(message, err=True))
        create_accounts(store, campaign)
    except (DemoError, AccountError) as error:
        refused(str(error))
