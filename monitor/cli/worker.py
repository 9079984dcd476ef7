"""One of several that share the work."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.app import open_app
from monitor.cli.options import config_option
from monitor.cli.run import attend, leave, log_event, prepared


@click.command()
@click.option("--threads", type=click.IntRange(1, 500), default=64, show_default=True, help="Steps that run at a time.")
@config_option
def worker(config: Path | None, threads: int) -> None:
    """Do as `monitor run` does, together with other workers on the same PostgreSQL store, here and on other machines.

    All of them need the same configuration. SIGTERM ends this one, SIGHUP has it read the configuration again.
    """
    settings, signals, systemd = prepared(config)
    with open_app(settings) as app, app.worker(log_event, systemd.alive, threads=threads) as engine:
        ended = attend(app, engine, config, signals, systemd)
    leave(ended)
