"""Alerts: what was raised, and how far each delivery has come."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.adapters.clock import SystemClock
from monitor.cli.options import config_option, json_option, limit_option, settings_of
from monitor.cli.printing import alert_json, count, print_json, print_table, when
from monitor.errors import UsageError
from monitor.ports import StoredAlert
from monitor.store.database import open_store


@click.group(invoke_without_command=True)
@click.option("--dead", "state", flag_value="dead", help="Only alerts with a delivery that was given up.")
@click.option("--waiting", "state", flag_value="pending", help="Only alerts with a delivery still to be made.")
@click.option("--held", "state", flag_value="held", help="Only alerts with a delivery that waits for a digest.")
@limit_option
@config_option
@json_option
@click.pass_context
def alerts(context: click.Context, state: str | None, limit: int, config: Path | None, as_json: bool) -> None:
    """Alerts and their deliveries, newest first."""
    if context.invoked_subcommand is not None:
        return
    store = open_store(settings_of(config).store_url())
    with store.reading() as tx:
        found = tx.alerts.newest(limit, state=state)
    store.close()
    if as_json:
        print_json([alert_json(each) for each in found])
        return
    print_table(
        ("id", "raised", "rule", "source", "deliveries", "headline"),
        (
            (
                each.alert.id,
                when(each.alert.raised_at),
                each.alert.rule_id,
                each.notice.source_id,
                _deliveries(each),
                each.notice.headline or (each.notice.snippets[0].text[:80] if each.notice.snippets else ""),
            )
            for each in found
        ),
        "No such alert. `monitor run` raises them; `monitor replay PATH` shows what recorded traffic would raise.",
    )


@alerts.command()
@click.argument("ids", nargs=-1)
@config_option
def retry(ids: tuple[str, ...], config: Path | None) -> None:
    """Send again what was given up.

    All dead deliveries, or those of the alerts (or deliveries) with these IDS.
    """
    store = open_store(settings_of(config).store_url())
    with store.writing() as tx:
        number = tx.alerts.retry_dead(SystemClock().now(), ids or None)
    store.close()
    if ids and not number:
        raise UsageError(
            f"nothing was given up of {' '.join(ids)}: `monitor alerts --dead` lists the alerts of which something was"
        )
    due = f"Due again: {count(number, 'message')}. A running daemon takes them up within a second."
    click.echo(due if number else "No dead delivery.")


def _deliveries(stored: StoredAlert) -> str:
    if not stored.deliveries:
        return "recorded only"
    return "; ".join(
        f"{each.channel_id} {each.state}"
        + (f" (next {when(each.next_attempt_at)}: {each.last_error})" if each.state == "pending" and each.last_error else "")
        + (f" (until {when(each.next_attempt_at)}: {each.held_why})" if each.state == "held" and each.next_attempt_at else "")
        + (" (in a digest that is on its way)" if each.state == "held" and not each.next_attempt_at else "")
        + (f": {each.last_error}" if each.state == "dead" else "")
        for each in stored.deliveries
    )
