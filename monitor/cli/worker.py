"""One of several that share the work."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from monitor.app import open_app
from monitor.cli.logs import log_event
from monitor.cli.options import Duration, config_option
from monitor.cli.run import attend, leave, prepared


@click.command()
@click.option("--threads", type=click.IntRange(1, 500), default=64, show_default=True, help="Steps that run at a time.")
@click.option(
    "--lease",
    type=Duration(),
    default="60s",
    show_default=True,
    help="After so long without a sign of life from this worker others do what it was about.",
)
@config_option
def worker(config: Path | None, threads: int, lease: timedelta) -> None:
    """Watch and send, together with other workers.

    They do as `monitor run` does, on the same PostgreSQL store, here and on other machines. All of them need the same configuration.
    SIGTERM ends this one, SIGHUP has it read the configuration again.
    """
    settings, signals, systemd = prepared(config)
    with open_app(settings) as app, app.worker(log_event, systemd.alive, threads=threads, lease=lease) as engine:
        ended = attend(app, engine, config, signals, systemd)
    leave(ended)
