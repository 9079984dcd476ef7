"""What a person types. Commands read their words, open the app, and print; they decide nothing."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click

from monitor import __version__
from monitor.errors import MonitorError

_COMMANDS = {
    "demo": "demo.command:demo",
    "init": "init:init",
    "check": "check:check",
    "run": "run:run",
    "worker": "worker:worker",
    "sources": "sources:sources",
    "status": "look:status",
    "articles": "articles:articles",
    "stories": "stories:stories",
    "alerts": "alerts:alerts",
    "channels": "channels:channels",
    "evidence": "evidence:evidence",
    "explain": "explain:explain",
    "web": "web:web",
    "password": "web:password",
    "search": "search:search",
    "rules": "rules:rules",
    "rescan": "search:rescan",
    "store": "store:store",
    "import": "files:import_articles",
    "export": "files:export_articles",
    "replay": "recording:replay",
    "record": "recording:record",
}
"""Each command and where it stands below this room. It is imported when it is typed: the libraries of all of them take seconds."""

_NEXT_WITHOUT = """\
No configuration in this folder. Type next:

  monitor demo         see it work: small news sites, a mailbox and a webhook, all on this machine
  monitor init DIR     write a starting configuration with sources, rules and vocabularies
  monitor --help       all commands
"""
_NEXT_WITH = """\
Configuration: {directory}. Type next:

  monitor check        look for mistakes in it
  monitor run          watch its sources and send alerts
  monitor status       sources, last polls, errors, alerts waiting
  monitor --help       all commands
"""


class _Commands(click.Group):
    """The commands, in the order in which a person meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click calls it so
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click calls it so
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(f"monitor.cli.{module}"), name)
        return command


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="monitor")
@click.pass_context
def cli(context: click.Context) -> None:
    """News monitoring for ASEANAPOL and transnational crime in South-East Asia."""
    if context.invoked_subcommand is None:
        directory = find_configuration()
        click.echo(_NEXT_WITHOUT if directory is None else _NEXT_WITH.format(directory=directory), nl=False)


def find_configuration() -> Path | None:
    """The first of the usual folders that has a `monitor.yaml`."""
    places = (Path("config"), Path(), Path("/etc/monitor"))
    return next((place for place in places if (place / "monitor.yaml").is_file()), None)


def main() -> None:
    """The `monitor` command. Exit codes: 0 done, 1 failed, 2 wrong words or configuration, 3 unusable store, 4 store in use, 5 database
    server away."""
    try:
        cli()
    except MonitorError as error:
        click.echo(f"monitor: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.filename is None:
            raise
        click.echo(f"monitor: {error.filename}: {error.strerror}", err=True)
        sys.exit(MonitorError.exit_code)
