"""The command line: `python -m monitor …`. Exit codes: 0 done, 1 refused by the data, 2 wrong use."""

from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "init": "monitor.cli.setup:init",
    "doctor": "monitor.cli.examining:doctor",
    "serve": "monitor.cli.serving:serve",
    "import": "monitor.cli.importing:import_",
    "undo": "monitor.cli.importing:undo",
    "backup": "monitor.cli.keeping:backup",
    "restore": "monitor.cli.keeping:restore",
    "status": "monitor.cli.standing:status",
    "report": "monitor.cli.reporting:report",
    "template": "monitor.cli.reporting:template",
    "chase": "monitor.cli.chasing:chase",
    "user": "monitor.cli.users:user",
}
"""Every command and where it lives."""


class _Lazy(click.Group):
    """A group whose commands are imported only when they are needed."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, context: click.Context) -> Any:
        """The command, and a line of the log once config.toml has said where to: which one, how long, how it ended."""
        from monitor import logs

        with logs.timed("command") as line:
            try:
                return super().invoke(context)
            except SystemExit as ended:
                line["code"] = ended.code if isinstance(ended.code, int) else 0
                line["ended"] = ("done", "refused", "wrong_use")[min(line["code"], 2)]
                raise
            finally:
                line["command"] = context.invoked_subcommand


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """教师信息采集进度监测 · Monitor of a statewide collection campaign."""


if __name__ == "__main__":
    main(prog_name="python -m monitor")
