"""`status`: where a unit stands."""

from datetime import date
from typing import Any

import click

from monitor.cli.common import Day, campaign_or_exit, print_json, registered, wrong_use
from monitor.figures import SECTORS
from monitor.i18n import _
from monitor.numbers import percent
from monitor.units import merged_name


@click.command()
@click.option("--unit", "code", help="Code of the unit; default: the campaign's root.")
@click.option("--as-of", type=Day(), help="The day to look at; default: the newest snapshot.")
@click.option("--since", type=Day(), help="Also take apart what changed since the end of this day.")
@click.option("--sector", type=click.Choice(list(SECTORS)), help="schools or universities.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def status(code: str | None, as_of: date | None, since: date | None, sector: str | None, as_json: bool) -> None:
    """Where a unit stands: figures, rates, pace, forecast, status, rank."""
    from monitor import progress
    from monitor.store import Scope
    from monitor.store.scope import OutOfScope

    campaign = campaign_or_exit()
    with registered(campaign) as store:
        try:
            found = progress.document(store, campaign, Scope.all(), code or campaign.root, as_of, sector, since)
        except OutOfScope:
            wrong_use(_("There is no unit with the code {code}.").format(code=code or campaign.root))
        except progress.OtherSector as error:
            wrong_use(
                _("{name} has no figures in this sector; leave out --sector, or give {sector}.").format(
                    name=error.unit.name, sector=progress.default_sector(error.unit)
                )
            )
        except progress.SinceLater as error:
            wrong_use(_("--since must not be later than the day looked at ({day}).").format(day=error.as_of))
    if as_json:
        print_json(found)
    else:
        click.echo(_text(found))


def _text(found: dict[str, Any]) -> str:
    """The document in a few lines for a person."""
    figures, rates = found["figures"], found["rates"]
    head = _("{name} ({code}), as of {day}, {left} working days to {deadline}").format(
        name=found["unit"]["name"], code=found["unit"]["code"], day=found["as_of"],
        left=found["working_days_left"], deadline=found["deadline"],
    )  # fmt: skip
    counts = _("expected {expected:,} · entered {entered:,} · submitted {submitted:,} · approved {approved:,}").format(
        **figures
    )
    lines = [head, found["why"], counts, _("completion {rate}").format(rate=percent(rates["completion"]))]
    if "change" in found:
        lines.append(_change(found["change"]))
    for child in found["children"]:
        name = child["unit"]["name"]
        # Below an office of its own kind is what was merged into it; only a country has provinces below a province.
        if child["unit"]["kind"] == found["unit"]["kind"] != "province":
            name = merged_name(name)
        lines.append(f"  {name}  {percent(child['rates']['completion'])}  {child['why']}")
    return "\n".join(lines)


def _change(change: dict[str, Any]) -> str:
    """What the work left fell by, and the parts that add up to it; those that are nothing are left out."""
    names = {
        "approvals": _("approvals"),
        "returns": _("returns"),
        "corrections": _("corrections"),
        "opened_closed": _("units opened or closed"),
        "denominator": _("denominator"),
    }
    parts = [_("{name} {count:+,}").format(name=name, count=change[key]) for key, name in names.items() if change[key]]
    said = _("remaining work fell by {total:,} since {since}").format(**change)
    return _("{said}: {parts}").format(said=said, parts=_(", ").join(parts)) if parts else said
