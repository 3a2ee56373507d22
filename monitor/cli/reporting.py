"""`report` and `template`: filled forms, and whether an office's own form can be filled."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.bulletin import bulletin
from monitor.cli.common import campaign_or_exit, refused, registered, write_out, wrong_use
from monitor.i18n import _

if TYPE_CHECKING:
    from monitor.store import Store


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
    """Write documents: filled forms of a month, the bulletin of a day."""


report.add_command(bulletin)


@report.command()
@click.option("--unit", "code", help="Code of the city or university.")
@click.option("--all", "everyone", is_flag=True, help="The forms of all cities and universities.")
@click.option("--month", required=True, type=Month(), help="The month, such as 2016-11.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path),
    help="The file to write: .xlsx, .docx or .pdf; with --all a .zip, or a folder.",
)  # fmt: skip
@click.option(
    "--format", "chosen", multiple=True, type=click.Choice(["xlsx", "docx", "pdf"]),
    help="With --all: the format of the forms, may be given more than once; xlsx where it is not given.",
)  # fmt: skip
def monthly(code: str | None, everyone: bool, month: tuple[int, int], out: Path, chosen: tuple[str, ...]) -> None:
    """Fill the monthly report form (月报表) of a city or university, or of all of them."""
    from monitor.documents.pdf import PdfError
    from monitor.documents.template import TemplateError

    if everyone == (code is not None):
        wrong_use(_("Give either --unit CODE or --all."))
    try:
        if code is not None:
            _one(code, month, out, chosen)
        else:
            _all(month, out, chosen or ("xlsx",))
    except (TemplateError, PdfError) as error:
        refused(_("The template of the form cannot be filled: {reason}").format(reason=error))
    click.echo(_("Written: {file}").format(file=out), err=True)


def _one(code: str, month: tuple[int, int], out: Path, chosen: tuple[str, ...]) -> None:
    from monitor.documents import formats, reports, templates
    from monitor.filings.gather import NoReport
    from monitor.store import Scope
    from monitor.store.scope import OutOfScope

    format = out.suffix.lower().lstrip(".")
    if format not in formats.MEDIA or chosen:
        message = _("A form is written as .xlsx, .docx or .pdf, not as {file}; name the file {example}.")
        wrong_use(message.format(file=out.name, example=out.with_suffix(".xlsx").name))
    _check_folder(out)
    campaign = campaign_or_exit()
    with registered(campaign) as store:
        try:
            form = reports.monthly_form(store, campaign, Scope.all(), code, *month)
        except OutOfScope:
            wrong_use(_("There is no unit with the code {code}.").format(code=code))
        except NoReport as error:
            (wrong_use if error.wrong_use else refused)(str(error))
        with store.connect() as connection:
            template = templates.chosen(connection, campaign).content(formats.TEMPLATES[format])
        write_out(out, formats.write(form, format, template))
        _audit(
            store, {"document": "monthly", "unit": form.values["unit.code"], "month": _written(month), "format": format}
        )


def _all(month: tuple[int, int], out: Path, chosen: tuple[str, ...]) -> None:
    from datetime import datetime

    from monitor.documents import batch, templates
    from monitor.filings.deadline import report_day
    from monitor.store import Scope

    packed = out.suffix.lower() == ".zip"
    if not packed and (out.suffix or out.is_file()):
        wrong_use(_("With --all give a file that ends with .zip, or a folder, not {file}.").format(file=out.name))
    _check_folder(out)
    campaign = campaign_or_exit()
    with registered(campaign) as store:
        with store.connect() as connection:
            in_use = templates.chosen(connection, campaign)
        made = list(batch.files(store, campaign, Scope.all(), _written(month), chosen, in_use, _tell))
        if not made:
            refused(
                _("There are no reports for {month}: no figures, or nobody has to file.").format(month=_written(month))
            )
        day = report_day(campaign, _written(month))
        if packed:
            write_out(out, batch.archive(iter(made), datetime(day.year, day.month, day.day)))
        else:
            out.mkdir(exist_ok=True)
            batch.unpack(iter(made), out)
        _audit(
            store,
            {
                "document": "monthly",
                "unit": "*",
                "month": _written(month),
                "format": ",".join(chosen),
                "files": len(made),
            },
        )


@report.command()
@click.option("--month", required=True, type=Month(), help="The month, such as 2016-11.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write, .xlsx.")
def summary(month: tuple[int, int], out: Path) -> None:
    """Write the province's summary workbook (汇总表) of a month: one row a filer, totals, filing states."""
    from monitor.documents import summary as content
    from monitor.filings.gather import NoReport
    from monitor.store import Scope

    if out.suffix.lower() != ".xlsx":
        message = _("The summary is written as .xlsx only, not as {file}; name the file {example}.")
        wrong_use(message.format(file=out.name, example=out.with_suffix(".xlsx").name))
    _check_folder(out)
    campaign = campaign_or_exit()
    with registered(campaign) as store:
        try:
            filled = content.workbook(content.gathered(store, campaign, Scope.all(), _written(month), _tell))
        except NoReport as error:
            (wrong_use if error.wrong_use else refused)(str(error))
        write_out(out, filled)
        _audit(store, {"document": "summary", "month": _written(month)})
    click.echo(_("Written: {file}").format(file=out), err=True)


@click.group()
def template() -> None:
    """Look after the templates of the forms."""


@template.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check a template, .xlsx or .docx, of the monthly report or the roster: unknown and missing placeholders, and all it
    may use."""
    from monitor.documents import templates
    from monitor.documents.spelling import braced
    from monitor.documents.template import read_template

    campaign, content = campaign_or_exit(), read_template(file)
    form, found = templates.form_of(content), templates.check(campaign, content)
    head = _("The template {file} can be used.") if found.fit else _("The template {file} cannot be used:")
    lines = []
    if found.fit or found.used or found.missing:  # what cannot be read has no use for them
        lines += [_("Known placeholders (* in use, ! needed):")]
        for name, item in templates.words(form).items():
            marks = ("*" if name in found.used else " ") + ("!" if item.required else " ")
            lines.append(f"  {marks} {braced(name)}  {item.meaning}")
        lines.append("")
    # The answer comes last: the list is longer than a screen.
    lines += [head.format(file=file)]
    lines += [_("Checked as a form of the roster.")] if form == templates.ROSTER else []
    lines += [f"  {problem}" for problem in found.problems]
    if found.missing:
        lines += [_("Missing, but needed in every form:")]
        lines += [f"  {braced(item.name)}  {item.meaning}" for item in found.missing]
    click.echo("\n".join(lines))
    if not found.fit:
        raise SystemExit(1)


def _written(month: tuple[int, int]) -> str:
    return f"{month[0]:04}-{month[1]:02}"


def _tell(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done}/{total}", nl=done == total, err=True)
    elif done == total:  # what a timer writes is read as a file
        click.echo(f"{done}/{total}", err=True)


def _audit(store: "Store", detail: dict[str, Any]) -> None:
    from monitor.store import audit

    with store.begin() as connection:
        audit.append(connection, "", "export", detail)


def _check_folder(out: Path) -> None:
    if not out.parent.is_dir():
        wrong_use(_("The folder {folder} does not exist.").format(folder=out.parent))
