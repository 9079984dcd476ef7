"""Deliveries that were held back -> one digest message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitor.alerts.alert import Delivery, Notice
from monitor.alerts.message import Digest, Message, Update
from monitor.alerts.raising import deliver_to, digest_id
from monitor.steps.context import Context, Done

MOST = 50
"""The most alerts in one digest; the rest go into another one at once. Gmail hides everything in a mail beyond some 100 KB."""


def digest(context: Context, key: str) -> Done:
    """Gather the deliveries held for the channel `key` that are due; from then on they share the fate of the digest's delivery.

    A single alert goes out as itself, unless the channel takes only digests.
    """
    now = context.clock.now()
    with context.store.writing() as tx:
        held = tx.alerts.held(key, now, MOST)
        if not held:
            return Done(result="left", reason="nothing is held back, or it is not due")
        channel = context.channels.get(key)
        if channel is None or (len(held) == 1 and channel.policy.digest is None):
            for delivery, _ in held:
                tx.alerts.save(replace(delivery, state="pending", next_attempt_at=now))
            return Done(result="ok", reason="released", facts={"channel": key, "alerts": len(held)})
        said = gather(held, now)
        message_id = digest_id(delivery.id for delivery, _ in held)
        deliveries = deliver_to(message_id, [key], now)
        tx.alerts.say(message_id, said, deliveries, now=now)
        for delivery, _ in held:
            tx.alerts.save(replace(delivery, next_attempt_at=None, digest_id=deliveries[0].id))
    return Done(result="ok", reason="put together", facts={"channel": key, "message": message_id, "alerts": len(said.notices)})


def gather(held: Iterable[tuple[Delivery, Message]], now: datetime) -> Digest:
    """The digest of these alerts and updates. An alert and its updates count as one."""
    notices: dict[str, Notice] = {}
    why: dict[str, None] = {}
    for delivery, message in held:
        why.setdefault(delivery.held_why or "")
        match message:
            case Notice():
                notices.setdefault(message.alert_id, message)
            case Update(notice=notice):
                notices[notice.alert_id] = notice
            case _:
                raise AssertionError("only alerts and updates are held back")
    ordered = sorted(notices.values(), key=lambda notice: (notice.raised_at, notice.alert_id))
    return Digest(
        why=tuple(each for each in why if each),
        since=ordered[0].raised_at,
        until=ordered[-1].raised_at,
        notices=tuple(ordered),
        at=now,
    )
