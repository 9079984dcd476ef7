"""The command."""

from __future__ import annotations

import signal
import sys

import click

from monitor.cli.demo.run import run_demo


@click.command()
@click.option("--keep", is_flag=True, help="Stay up after the summary, until Ctrl-C.")
def demo(keep: bool) -> None:
    """See it work, on this machine alone and in under 30 seconds.

    Starts a handful of small news sites, a mailbox and a webhook receiver on loopback, and runs the daemon against them with a store in
    a temporary folder. Ends with exit code 0 if every expected alert arrived by mail and webhook.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean up as after Ctrl-C
    sys.exit(run_demo(keep=keep))
