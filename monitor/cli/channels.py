"""Channels: how each does, and whether it works."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import click

from monitor.alerts.channel import Channel, target
from monitor.alerts.sample import Kind
from monitor.alerts.sending import Sent
from monitor.app import open_app
from monitor.cli.options import config_option, json_option, settings_of
from monitor.cli.printing import print_json, print_table, waiting, when
from monitor.errors import UsageError
from monitor.ports import ClosedChannel
from monitor.settings.settings import Settings
from monitor.steps.deliver import try_channel
from monitor.store.database import open_store


@click.group(invoke_without_command=True)
@config_option
@json_option
@click.pass_context
def channels(context: click.Context, config: Path | None, as_json: bool) -> None:
    """The channels, and how each of them does.

    Whether they are on, and how many deliveries wait, are held back, went out, were given up.
    """
    if context.invoked_subcommand is not None:
        return
    settings = settings_of(config)
    store = open_store(settings.store_url())
    with store.reading() as tx:
        closed, counts = tx.operator.closed_channels(), tx.alerts.counts_by_channel()
    store.close()
    rows = [_row(channel, closed, counts.get(channel.id, {})) for channel in settings.channels]
    rows += [(name, "", "off", *_numbers(counts.get(name, {})), "") for name in settings.channels_off]
    headings = ("channel", "kind", "state", "waiting", "held", "sent", "dead", "why")
    if as_json:
        print_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        print_table(headings, rows, "No channel yet: see channels.yaml.")


@channels.command()
@click.argument("name", metavar="ID")
@click.option(
    "--as", "kind", type=click.Choice(get_args(Kind)), help="Send a sample of such a message, as your templates have it."
)
@config_option
def test(name: str, kind: Kind | None, config: Path | None) -> None:
    """Send a test message to the channel ID, now. A channel that was closed because its receiver wanted no more is open again if the
    receiver takes it. Exit code 1 if it did not."""
    settings = settings_of(config)
    channel = _named(settings, name)
    with open_app(settings) as app, waiting(f"sending to {name}"):
        sending = try_channel(app.context, channel, kind)
    if isinstance(sending, Sent):
        click.echo(f"{name}: the message was taken. Look whether it is there.")
        return
    click.echo(f"{name}: not sent: {sending.reason}", err=True)
    sys.exit(1)


def _named(settings: Settings, name: str) -> Channel:
    for channel in settings.channels:
        if channel.id == name:
            return channel
    if name in settings.channels_off:
        raise UsageError(f"channel {name} is off: write `enabled: true` at it in channels.yaml")
    known = ", ".join(channel.id for channel in settings.channels) or "none yet"
    raise UsageError(f"there is no channel {name} in channels.yaml ({known})")


def _row(channel: Channel, closed: Mapping[str, ClosedChannel], counts: Mapping[str, int]) -> tuple[object, ...]:
    kind = type(channel).__name__.removesuffix("Channel").lower()
    shut = closed.get(channel.id)
    if shut is None or shut.target != target(channel):
        return channel.id, kind, "on", *_numbers(counts), ""
    return channel.id, kind, "closed", *_numbers(counts), f"{when(shut.closed_at)} {shut.reason}"


def _numbers(counts: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(counts.get(state, 0) for state in ("pending", "held", "sent", "dead"))
