"""The desk by itself, beside a daemon that runs elsewhere; and passwords for it."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

import click

from monitor.adapters.clock import SystemClock
from monitor.cli.logs import log, log_to_stderr
from monitor.cli.options import config_option, settings_of
from monitor.errors import UsageError
from monitor.settings.settings import Settings, WebSettings
from monitor.settings.values import is_name
from monitor.store.database import open_store

_SHORTEST = 10


@click.command()
@config_option
def web(config: Path | None) -> None:
    """Serve the desk alone; `monitor run` serves it, too.

    Pages, API, feeds and metrics, over the store of a daemon that runs elsewhere.
    """
    from monitor.web.behind import Archive
    from monitor.web.desk import desk
    from monitor.web.serving import listen, serving

    log_to_stderr()
    settings = settings_of(config)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_words: stop.set())
    listening = listen(settings.web)
    store = open_store(settings.store_url())
    archive = Archive(settings=settings, store=store, clock=SystemClock(), rules=settings.rule_set)
    with serving(desk(archive), listening):
        log.info("the desk: %s", address_of(settings))
        stop.wait()
    store.close()


@click.command()
@click.argument("name")
def password(name: str) -> None:
    """Print the lines for monitor.yaml that let NAME into the desk.

    The password is asked for, or read from a pipe.
    """
    from monitor.web.safety.keeper import hash_password

    if not is_name(name):
        raise UsageError(f"{name!r} is not a name: small letters a-z, digits and hyphens")
    typed = (
        click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\r\n")
    )
    if len(typed) < _SHORTEST:
        raise UsageError(f"that is too short: a password has at least {_SHORTEST} characters")
    click.echo(f"web:\n  users:\n    {name}: '{hash_password(typed)}'")


def address_of(settings: Settings) -> str:
    """Where a person finds the desk."""
    return settings.public_url or _local(settings.web)


def _local(place: WebSettings) -> str:
    host = f"[{place.address}]" if ":" in place.address else place.address
    return f"http://{host}:{place.port}/"
