"""Looking: what the daemon does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from monitor.adapters.clock import SystemClock
from monitor.cli.options import config_option, json_option, settings_of
from monitor.cli.printing import print_json, print_table, when
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.store.database import open_store

GAPS_SHOWN = timedelta(days=7)


@click.command()
@config_option
@json_option
def status(config: Path | None, as_json: bool) -> None:
    """Sources, last and next polls, errors, alerts waiting."""
    settings = settings_of(config)
    store = open_store(settings.store_url())
    with store.reading() as tx:
        states = {state.source_id: state for state in tx.sources.all()}
        outcomes = {each.source_id: dict(each.outcomes) for each in tx.sources.counts()}
        totals, deliveries = dict(tx.articles.counts()), dict(tx.alerts.counts())
        conditions = tx.operator.conditions()
        gaps = tx.sources.gaps(SystemClock().now() - GAPS_SHOWN)
    store.close()
    watched = [source for source in settings.sources if source.enabled]
    if as_json:
        print_json(
            {
                "sources": [
                    {
                        "id": source.id,
                        "name": source.name,
                        "url": source.url,
                        **({} if (state := states.get(source.id)) is None else _state_json(source, state)),
                        "entries": outcomes.get(source.id, {}),
                    }
                    for source in watched
                ],
                "articles": totals,
                "deliveries": deliveries,
                "conditions": [asdict(each) for each in conditions],
                "possible_gaps": [asdict(each) for each in gaps],
            }
        )
        return
    _print_sources(watched, states, outcomes)
    waiting, dead = deliveries.get("pending", 0), deliveries.get("dead", 0)
    click.echo(
        f"\n{totals['articles']} articles, {totals['matched']} of them matched, {totals['stories']} stories. "
        f"Deliveries: {deliveries.get('sent', 0)} sent, {waiting} waiting, {deliveries.get('held', 0)} held back, {dead} dead"
        + (" (`monitor alerts --dead` shows them, `monitor alerts retry` sends them again)." if dead else ".")
    )
    for each in conditions:
        click.echo(f"Since {when(each.since)}: {each.subject}.")
    for gap in gaps:
        how = gap.how or "its items are still looked for"
        click.echo(
            f"Possible gap of {gap.source_id}, {when(gap.since)} to {when(gap.found_at)}: {gap.filled} more found, {how}."
        )
    if settings.channels_off:
        click.echo(f"Switched off, nothing is sent there: {', '.join(settings.channels_off)} (channels.yaml).")


def _state_json(source: Source, state: SourceState) -> dict[str, Any]:
    """What polling has taught of a source, without what only the next poll has a use for."""
    taught = {name: value for name, value in asdict(state).items() if name not in ("source_id", "seen")}
    return {**taught, "url": state.url or source.url}


def _print_sources(
    watched: Sequence[Source], states: Mapping[str, SourceState], outcomes: Mapping[str, Mapping[str, int]]
) -> None:
    rows = []
    for source in watched:
        state = states.get(source.id)
        entries = outcomes.get(source.id, {})
        rows.append(
            (
                source.id,
                when(state.last_poll_at) if state else "",
                when(state.next_poll_at) if state else "when the daemon runs",
                sum(entries.values()),
                entries.get("article", 0),
                (state.last_error or "") if state else "",
            )
        )
    print_table(
        ("source", "last poll", "next poll", "listed", "read", "error"), rows, "No source is switched on: see sources.yaml."
    )
