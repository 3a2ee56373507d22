"""`report` and `template`: filled forms, and whether an office's own form can be filled."""

import re
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import campaign_or_exit, opened, refused, wrong_use
from monitor.i18n import _


class Month(click.ParamType[tuple[int, int]]):
    """A month on the command line, written 2016-11: (year, month)."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Read the month, or end with exit code 2."""
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", value)
        if not match or match[1] == "0000":
            self.fail(_("{month} is no month; write it as 2016-11.").format(month=value), param, ctx)
        return int(match[1]), int(match[2])


@click.group()
def report() -> None:
    """Write filled forms: the monthly report of a unit."""


@report.command()
@click.option("--unit", "code", required=True, help="Code of the city or university.")
@click.option("--month", required=True, type=Month(), help="The month, such as 2016-11.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write, .xlsx.")
def monthly(code: str, month: tuple[int, int], out: Path) -> None:
    """Fill the monthly report form (月报表) of a city or university."""
    from monitor.documents import monthly as content
    from monitor.documents import reports, xlsx
    from monitor.documents.template import TemplateError
    from monitor.filings.gather import NoReport
    from monitor.store import Scope, audit
    from monitor.store.scope import OutOfScope

    _check_out(out)
    campaign = campaign_or_exit()
    with opened(campaign) as store:
        try:
            form = reports.monthly_form(store, campaign, Scope.all(), code, *month)
            filled = xlsx.render(form, content.template_path(campaign))
        except OutOfScope:
            wrong_use(_("There is no unit with the code {code}.").format(code=code))
        except NoReport as error:
            (wrong_use if error.wrong_use else refused)(str(error))
        except TemplateError as error:
            refused(f"{content.template_path(campaign)}\n{error}")
        _write(out, filled)
        with store.begin() as connection:
            detail = {"document": "monthly", "unit": form.values["unit.code"], "month": f"{month[0]:04}-{month[1]:02}"}
            audit.append(connection, "", "export", detail)
    click.echo(_("Written: {file}").format(file=out), err=True)


@click.group()
def template() -> None:
    """Look after the templates of the forms."""


@template.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check a template of the monthly report: unknown and missing placeholders, and all that it may use."""
    from monitor.documents.placeholders import known
    from monitor.documents.spelling import braced
    from monitor.documents.template import inspect

    found = inspect(file)
    head = _("The template {file} can be used.") if found.fit else _("The template {file} cannot be used:")
    lines = [head.format(file=file)]
    lines += [f"  {problem.cell} {problem.message}".rstrip() for problem in found.problems]
    if found.missing:
        lines += [_("Missing, but needed in every monthly report:")]
        lines += [f"  {braced(item.name)}  {item.meaning}" for item in found.missing]
    lines += ["", _("Known placeholders (* in use, ! needed):")]
    for name, item in known().items():
        marks = ("*" if name in found.used else " ") + ("!" if item.required else " ")
        lines.append(f"  {marks} {braced(name)}  {item.meaning}")
    click.echo("\n".join(lines))
    if not found.fit:
        raise SystemExit(1)


def _check_out(out: Path) -> None:
    if out.suffix.lower() != ".xlsx":
        message = _("This form is written as .xlsx only, not as {file}; name the file {example}.")
        wrong_use(message.format(file=out.name, example=out.with_suffix(".xlsx").name))
    if not out.parent.is_dir():
        wrong_use(_("The folder {folder} does not exist.").format(folder=out.parent))


def _write(out: Path, content: bytes) -> None:
    from monitor.atomic import write_bytes

    try:
        write_bytes(out, content)
    except OSError as error:
        wrong_use(_("{file} cannot be written: {reason}").format(file=out, reason=error.strerror))
