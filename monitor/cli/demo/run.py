"""The demo from its first line to its exit code."""

from __future__ import annotations

import queue
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from monitor.adapters.clock import SystemClock
from monitor.app import open_app
from monitor.cli.demo.configuration import load_quick, new_secret, write_configuration
from monitor.cli.demo.desk import desk_beside
from monitor.cli.demo.ledger import Ledger
from monitor.cli.demo.pages import serving
from monitor.cli.demo.present import Presenter
from monitor.cli.demo.servers import Hook, Mailbox, Received
from monitor.cli.demo.sites import read_sites
from monitor.engine.run_step import Event
from monitor.settings.shipped import shipped

LONGEST_S = 25.0
GRACE_S = 3.0

_News = Event | Received


def run_demo(*, keep: bool) -> int:
    """Run it; the exit code: 0 if all that is expected arrived, 1 if not, or if it was stopped before."""
    clock = SystemClock()
    folder = shipped("demo")
    sites = read_sites(folder)
    news: queue.SimpleQueue[_News] = queue.SimpleQueue()
    begin = clock.monotonic()

    def elapsed_s() -> float:
        return clock.monotonic() - begin

    secret = new_secret()
    with (
        tempfile.TemporaryDirectory(prefix="monitor-demo-") as scratch,
        serving(folder, sites, started=clock.now(), elapsed_s=elapsed_s) as urls,
        Mailbox(news.put) as mailbox,
        Hook(secret, news.put) as hook,
    ):
        directory = Path(scratch) / "config"
        write_configuration(directory, sites, urls, smtp_port=mailbox.port, hook_url=hook.url, secret=secret)
        settings = load_quick(directory)
        ledger = Ledger(sites, settings.first_poll_window_s)
        with open_app(settings, clock=clock) as app:
            presenter = Presenter(sites, app.store, elapsed_s)
            presenter.opening(directory, keep)
            with app.daemon(news.put, lambda: None) as engine, desk_beside(app, wanted=keep) as entrance:
                presenter.desk(entrance)
                try:
                    _watch(news, presenter, ledger, lambda: ledger.complete or elapsed_s() > LONGEST_S)
                    presenter.summary(ledger, keep)
                    if keep:
                        _watch(news, presenter, ledger, lambda: False)
                except KeyboardInterrupt:
                    click.echo("\nstopped")
                engine.stop(GRACE_S)
    return 0 if ledger.complete and not ledger.unexpected else 1


def _watch(news: queue.SimpleQueue[_News], presenter: Presenter, ledger: Ledger, ended: Callable[[], bool]) -> None:
    """Show what happens, and enter it into the ledger, until `ended`."""
    while not ended():
        try:
            happened = news.get(timeout=0.2)
        except queue.Empty:
            continue
        if isinstance(happened, Received):
            ledger.arrived(happened)
            presenter.received(happened)
            continue
        if happened.due.step == "read_entry" and happened.done.result == "ok":
            ledger.read(str(happened.done.facts.get("url")))
        presenter.event(happened)
