"""`user`: accounts."""

import sys

import click

from monitor.access import manage, passwords
from monitor.access.roles import ROLES
from monitor.cli.common import campaign_or_exit, opened, print_json, refused, wrong_use
from monitor.i18n import _
from monitor.store import accounts, read
from monitor.store.scope import OutOfScope, Scope


@click.group()
def user() -> None:
    """Accounts: add, link, disable, enable, reset, sign-out, list."""


def _password(from_stdin: bool, generate: bool, *, unknown: bool = False) -> str:
    """The password, asked for without showing it, read from standard input, or drawn by lot; `unknown`: where nobody
    says how, one that nobody is told."""
    if from_stdin and generate:
        wrong_use(_("Choose one of --password-stdin and --generate."))
    if generate or (unknown and not from_stdin):
        return passwords.drawn()
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        wrong_use(_("There is nobody to ask for the password: use --password-stdin or --generate."))
    asked: str = click.prompt(_("Password"), hide_input=True, confirmation_prompt=_("Once more"))
    return asked


_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
_generate = click.option("--generate", is_flag=True, help="Draw a password by lot and print it, once.")


@user.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(list(ROLES)), help="What the account may see and do.")
@click.option("--unit", "code", help="Code of the unit that it stands for.")
@click.option("--title", default="", help="How it is shown; default: the role.")
@click.option("--directory-id", help="Who it is in the office's directory; then it needs no password.")
@_stdin
@_generate
def add(
    name: str, role: str, code: str | None, title: str, directory_id: str | None, password_stdin: bool, generate: bool
) -> None:
    """Make an account. Its owner changes the password at the first sign-in."""
    told = password_stdin or generate or directory_id is None
    password = _password(password_stdin, generate, unknown=not told)
    with opened(campaign_or_exit()) as store:
        try:
            new = manage.add(
                store, name, role, password, title=title, unit_code=code, directory_id=directory_id, must_change=told
            )
        except manage.AccountError as error:
            refused(str(error))
    click.echo(_("Account {name} is made.").format(name=new.name), err=True)
    _print_drawn(generate, password)


@user.command()
@click.argument("name")
@_stdin
@_generate
def reset(name: str, password_stdin: bool, generate: bool) -> None:
    """Give an account a new password, to be changed at the next sign-in."""
    password = _password(password_stdin, generate)
    with opened(campaign_or_exit()) as store:
        try:
            manage.reset_password(store, name, password)
        except manage.AccountError as error:
            refused(str(error))
    click.echo(_("Account {name} has a new password; its sessions have ended.").format(name=name), err=True)
    _print_drawn(generate, password)


def _print_drawn(generate: bool, password: str) -> None:
    if generate:
        click.echo(password)


@user.command()
@click.argument("name")
@click.option("--directory-id", help="Who it is in the office's directory.")
@click.option("--none", "nobody", is_flag=True, help="It signs in through the directory no more.")
def link(name: str, directory_id: str | None, nobody: bool) -> None:
    """Say who an account is in the office's directory; its sessions end."""
    if nobody == (directory_id is not None):
        wrong_use(_("Name either --directory-id or --none."))
    with opened(campaign_or_exit()) as store:
        try:
            handed_out = manage.link_directory(store, name, directory_id)
        except manage.AccountError as error:
            refused(str(error))
    if nobody:
        click.echo(_("Account {name} signs in with its password alone.").format(name=name), err=True)
    else:
        click.echo(_("Account {name} signs in through the directory.").format(name=name), err=True)
    if handed_out:
        click.echo(_("The password that it was handed out opens nothing any more."), err=True)


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Switch an account off; its sessions end at once."""
    _switch(name, True)
    click.echo(_("Account {name} is off; its sessions have ended.").format(name=name), err=True)


@user.command()
@click.argument("name")
def enable(name: str) -> None:
    """Switch an account on again; takes off a lock, too."""
    _switch(name, False)
    click.echo(_("Account {name} is on.").format(name=name), err=True)


def _switch(name: str, disabled: bool) -> None:
    with opened(campaign_or_exit()) as store:
        try:
            manage.set_disabled(store, name, disabled)
        except manage.AccountError as error:
            refused(str(error))


@user.command("sign-out")
@click.argument("name")
def sign_out(name: str) -> None:
    """End every session of an account."""
    with opened(campaign_or_exit()) as store:
        try:
            ended = manage.sign_out_everywhere(store, name)
        except manage.AccountError as error:
            refused(str(error))
    click.echo(_("{count} sessions of {name} have ended.").format(count=ended, name=name), err=True)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def list_(as_json: bool) -> None:
    """All accounts: role, unit, state."""
    with opened(campaign_or_exit()) as store, store.connect() as connection:
        rows = []
        for account in accounts.all_of_them(connection):
            row = {"name": account.name, "title": account.title, "role": account.role, "unit": None}
            if account.unit_id is not None:
                try:
                    row["unit"] = read.unit_by_id(connection, Scope.all(), account.unit_id).code
                except OutOfScope:
                    row["unit"] = "?"
            rows.append(
                {
                    **row,
                    "disabled": account.disabled,
                    "must_change_password": account.must_change,
                    "directory": account.directory_id is not None,
                }
            )
    if as_json:
        print_json(rows)
        return
    for entry in rows:
        state = (
            _("switched off")
            if entry["disabled"]
            else _("first sign-in due")
            if entry["must_change_password"]
            else _("in use")
        )
        click.echo(
            "  ".join((str(entry["name"]), str(entry["role"]), str(entry["unit"] or "—"), str(entry["title"]), state))
        )
