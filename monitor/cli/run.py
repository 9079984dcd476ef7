"""The daemon."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from monitor.adapters.clock import SystemClock
from monitor.adapters.systemd import Notifier, notifier
from monitor.app import App, open_app
from monitor.cli.logs import log, log_event, log_to_stderr
from monitor.cli.options import config_option, settings_of
from monitor.cli.web import address_of
from monitor.engine.run_step import Event
from monitor.errors import ConfigError, UsageError
from monitor.settings.settings import Settings
from monitor.web.meter import Meter

if TYPE_CHECKING:
    from monitor.engine.cluster import ClusterEngine
    from monitor.engine.embedded import EmbeddedEngine

    Engine = EmbeddedEngine | ClusterEngine

GRACE_S = 20.0
LOOK_S = 1.0
"""A signal that the kernel hands to another thread does not wake this one: Python runs its handler when this one looks up."""


@click.command()
@click.option("--no-web", is_flag=True, help="Do not serve the desk.")
@config_option
def run(config: Path | None, no_web: bool) -> None:
    """Watch the configured sources and send alerts.

    SIGTERM or Ctrl-C end it, SIGHUP has it read the configuration again.
    """
    settings, signals, systemd = prepared(config)
    meter = None if no_web else Meter(SystemClock())
    on_event, on_progress = _told(meter, systemd.alive)
    with open_app(settings) as app, app.daemon(on_event, on_progress) as engine, _desk(app, meter):
        ended = attend(app, engine, config, signals, systemd)
    leave(ended)


def prepared(config: Path | None) -> tuple[Settings, Signals, Notifier]:
    """What a service has before it opens its store: its settings, whom it obeys and whom it tells."""
    log_to_stderr()
    settings = settings_of(config)
    for warning in settings.warnings:
        log.warning("%s", warning)
    return settings, Signals(), notifier(os.environ, os.getpid())


def attend(app: App, engine: Engine, config: Path | None, signals: Signals, systemd: Notifier) -> bool:
    """Let the engine work until a signal says stop; whether all that was under way then ended in time."""
    log.info(
        "watching %d sources with %d rules; store %s", len(app.context.sources), len(app.settings.rules), app.settings.store
    )
    systemd.ready(f"watching {len(app.context.sources)} sources")
    while not signals.stop.is_set():
        signals.any.wait(LOOK_S)
        signals.any.clear()
        if signals.reload.is_set() and not signals.stop.is_set():
            signals.reload.clear()
            systemd.reloading()
            _reload(app, engine, config)
            systemd.ready(f"watching {len(app.context.sources)} sources")
    systemd.stopping()
    log.info("stopping: waiting for what is under way")
    return engine.stop(GRACE_S)


def leave(ended: bool) -> None:
    """End the process, even if threads are left that wait for a slow server: their rows are still due."""
    log.info("stopped" if ended else "stopped; what was still under way is done again")
    if not ended:
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)


def _told(meter: Meter | None, alive: Callable[[], object]) -> tuple[Callable[[Event], None], Callable[[], object]]:
    """Who hears of steps that ended and of sweeps: the log and systemd, and the metrics of the desk."""
    if meter is None:
        return log_event, alive

    def on_event(event: Event) -> None:
        log_event(event)
        meter.ended(event)

    def on_progress() -> None:
        alive()
        meter.progressed()

    return on_event, on_progress


@contextmanager
def _desk(app: App, meter: Meter | None) -> Iterator[None]:
    """Serve the desk beside the daemon. Without it alerts go out all the same, so a port that is taken is an error in the log only."""
    if meter is None:
        yield
        return
    from monitor.web.desk import desk  # the libraries take a second: polling begins before
    from monitor.web.serving import listen, serving

    try:
        listening = listen(app.settings.web)
    except UsageError as error:
        log.error("%s", error)
        yield
        return
    with serving(desk(app, meter), listening):
        log.info("the desk: %s", address_of(app.settings))
        yield


class Signals:
    """SIGTERM and SIGINT set `stop`, SIGHUP sets `reload`; `any` wakes the main thread."""

    def __init__(self) -> None:
        self.stop, self.reload, self.any = threading.Event(), threading.Event(), threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        (self.reload if number == signal.SIGHUP else self.stop).set()
        self.any.set()


def _reload(app: App, engine: Engine, directory: Path | None) -> None:
    """Take the configuration as it is now; if it is bad, say so and keep the old one."""
    try:
        settings = settings_of(directory)
    except ConfigError as error:
        log.error("the new configuration is not taken, the old one stays in force:\n%s", error)
        return
    if settings.store != app.settings.store:
        log.warning("`store` has changed: that takes a restart; the old one stays in use")
    app.reload(settings)
    app.watch()
    engine.context = app.context
    log.info("configuration read again: %d sources, %d rules", len(app.context.sources), len(settings.rules))
