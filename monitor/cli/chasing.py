"""`chase`: the chase list of an office, for timers."""

import click

from monitor.cli.common import campaign_or_exit, print_json, registered, wrong_use
from monitor.figures import SECTORS
from monitor.i18n import _


@click.command()
@click.option("--unit", "code", help="Code of the office whose list it is; default: the campaign's root.")
@click.option("--sector", type=click.Choice(list(SECTORS)), default="schools", help="schools or universities.")
@click.option("--send", "channel", type=click.Choice(["mail", "robot"]), help="Also send what waits, through this.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def chase(code: str | None, sector: str, channel: str | None, as_json: bool) -> None:
    """Make an office's chase list anew (催办清单); running it again asks nobody twice for the same."""
    from monitor.chase import channels, lists, sending
    from monitor.progress import View
    from monitor.store import Scope, chases, clock, read
    from monitor.store.scope import OutOfScope

    campaign = campaign_or_exit()
    if channel and channel not in channels.offered(campaign):
        wrong_use(_("The channel {name} is not configured: see [chase] in config.toml.").format(name=channel))
    with registered(campaign) as store:
        with store.begin() as connection:
            try:
                office = read.unit(connection, Scope.all(), code or campaign.root)
            except OutOfScope:
                wrong_use(_("There is no unit with the code {code}.").format(code=code or campaign.root))
            scope = Scope(roots=frozenset({office.id}), sectors=frozenset({sector}), contacts=office.kind == "province")
            view, at = View.at(connection, campaign, scope), clock.now(connection, campaign)
            made = lists.refresh(view, office, {sector}, at, "")
            waiting = chases.listed(connection, scope, superior=office.id, states=("draft",))
        document = {"unit": office.code, "sector": sector, "drafted": made.drafted, "closed": made.closed,
                    "waiting": len(waiting), "sent": 0, "kept": []}  # fmt: skip
        if channel:
            order = sending.Order(office, channel, "", scope, at, view.as_of, sending.going_on(at))
            result = sending.send(store, order, [int(one) for one in waiting["id"]])
            names = waiting.set_index("id")["code"]
            document["sent"] = result.sent
            document["kept"] = [{"unit": str(names[entry]), "why": why} for entry, why in result.kept.items()]
    if as_json:
        print_json(document)
    else:
        click.echo(
            _("{unit}: {drafted} drafted, {closed} closed, {waiting} waiting, {sent} sent.").format(
                unit=office.name, **{key: document[key] for key in ("drafted", "closed", "waiting", "sent")}
            )
        )
