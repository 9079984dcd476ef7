"""What a person types. Commands read their words, open the app, and print; they decide nothing."""

from __future__ import annotations

import sys

import click

from monitor import __version__
from monitor.cli.alerts import alerts
from monitor.cli.check import check
from monitor.cli.demo.command import demo
from monitor.cli.explain import explain
from monitor.cli.files import export_articles, import_articles
from monitor.cli.init import init
from monitor.cli.look import articles, status
from monitor.cli.options import find_configuration
from monitor.cli.recording import record, replay
from monitor.cli.rules import rules
from monitor.cli.run import run
from monitor.cli.search import rescan, search
from monitor.errors import MonitorError

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


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="monitor")
@click.pass_context
def cli(context: click.Context) -> None:
    """News monitoring for ASEANAPOL and transnational crime in South-East Asia."""
    if context.invoked_subcommand is None:
        directory = find_configuration(None)
        click.echo(_NEXT_WITHOUT if directory is None else _NEXT_WITH.format(directory=directory), nl=False)


for _command in (
    demo, init, check, run, status, articles, alerts, explain, search, rules, rescan, import_articles, export_articles, replay, record
):  # fmt: skip
    cli.add_command(_command)


def main() -> None:
    """The `monitor` command. Exit codes: 0 done, 1 failed, 2 wrong words or configuration, 3 unusable store, 4 store in use."""
    try:
        cli()
    except MonitorError as error:
        click.echo(f"monitor: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has seen enough
        sys.exit(0)
