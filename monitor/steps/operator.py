"""Messages to whoever runs the program: each condition is told once, and its end once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.alerts.message import Condition, Note
from monitor.alerts.raising import deliver_to, note_id
from monitor.ports import Transaction
from monitor.steps.context import Context


def notify_operator(
    context: Context, tx: Transaction, *, key: str, subject: str, text: str, now: datetime, avoid: str | None = None
) -> bool:
    """Record that the condition `key` (such as `source:bangkok-post:quiet`) holds, and tell the operator's channel. `avoid` is a channel
    that cannot carry this message because it is the one in trouble: if it is the operator's, its fallback is told instead.

    Returns False, and tells nobody, if the condition already holds. It ends when `recovered` is called. Without an operator's channel
    the condition is still recorded, and `monitor status` shows it.
    """
    known = tx.operator.condition(key)
    if known is not None and known.over_at is None:
        return False
    tx.operator.set_condition(Condition(key=key, subject=subject, text=text, since=now))
    tell_operator(context, tx, key=key, subject=subject, text=text, now=now, avoid=avoid)
    return True


def recovered(
    context: Context, tx: Transaction, *, key: str, subject: str, text: str, now: datetime, avoid: str | None = None
) -> bool:
    """Record that the condition `key` is over, and tell the operator's channel so. Returns False if it did not hold."""
    known = tx.operator.condition(key)
    if known is None or known.over_at is not None:
        return False
    tx.operator.set_condition(replace(known, over_at=now))
    tell_operator(context, tx, key=key, subject=subject, text=text, now=now, avoid=avoid)
    return True


def tell_operator(
    context: Context, tx: Transaction, *, key: str, subject: str, text: str, now: datetime, avoid: str | None = None
) -> None:
    """Send the message, whatever was sent before. Its id is made from `key` and `now`, so the very same message is sent only once."""
    channel = context.operator
    if channel is None or channel == avoid:
        troubled = context.channels.get(avoid) if avoid else None
        channel = troubled.policy.fallback if troubled else None
    if channel is None or channel not in context.channels:
        return
    message = note_id(key, now)
    tx.alerts.say(message, Note(subject=subject, text=text, at=now), deliver_to(message, [channel], now), now=now)
