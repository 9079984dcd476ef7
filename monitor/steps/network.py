"""When nothing at all can be reached, our own network is down: the sources are not to blame, and must not be backed off from."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.ports import Transaction
from monitor.sources.state import SourceState
from monitor.steps.context import Context
from monitor.steps.operator import notify_operator, recovered

OFFLINE = "program:offline"
_AFTER = timedelta(minutes=30)
_HOSTS = 3
_LOOK_AGAIN_S = 3_600.0


def heed_network(context: Context, tx: Transaction, before: SourceState, after: SourceState, now: datetime) -> SourceState:
    """The state after a poll, corrected for what happens to all the other sources.

    If no source has answered for half an hour and at least three hosts (or all, if there are fewer) have been tried, the network is
    taken to be down: the operator is told, and each source is tried at least about once an hour. The first one to answer again makes
    all the others due at once.
    """
    if after.trouble == "unreachable":
        silence = tx.sources.silence()
        begun = silence.heard_at or silence.begun_at
        if begun is None or now - begun < _AFTER or silence.unreachable < min(_HOSTS, silence.lanes):
            return after
        subject = f"Nothing can be reached: {silence.unreachable} hosts were tried"
        text = (
            f"No source has answered since {begun:%Y-%m-%d %H:%M} UTC. The last one tried said: {after.last_error}. Check network, DNS"
            " and firewall of this machine. All sources are polled at once when one of them answers again."
        )
        notify_operator(context, tx, key=OFFLINE, subject=subject, text=text, now=now)
        source = context.sources[after.source_id]
        latest = now + timedelta(seconds=max(source.interval_s, _LOOK_AGAIN_S * (1 + 0.1 * context.chance())))
        return replace(after, next_poll_at=min(after.next_poll_at or latest, latest))
    if before.trouble == "unreachable":
        text = f"{context.sources[after.source_id].name} has answered. All sources are polled now."
        if recovered(context, tx, key=OFFLINE, subject="The network is back", text=text, now=now):
            silence = tx.sources.silence()
            tx.sources.poll_unreachable(silence.heard_at, now)
    return after
