"""Telling whoever runs the program: each condition once, and its end once."""

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
    """Note that the condition `key` (such as `source:bangkok-post:quiet`) holds, and tell the operator's channel. `avoid` is a channel that
    cannot carry the news, because they are about it: if it is the operator's, its fallback is told.

    As long as it holds, saying so again tells nothing: False. It is over when `recovered` says so. Without an operator's channel it
    is kept all the same, and `monitor status` shows it.
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
    """Note that the condition `key` is over, and tell whom `notify_operator` told. False if it did not hold."""
    known = tx.operator.condition(key)
    if known is None or known.over_at is not None:
        return False
    tx.operator.set_condition(replace(known, over_at=now))
    tell_operator(context, tx, key=key, subject=subject, text=text, now=now, avoid=avoid)
    return True


def tell_operator(
    context: Context, tx: Transaction, *, key: str, subject: str, text: str, now: datetime, avoid: str | None = None
) -> None:
    """Tell it, whatever was told before. `key` and `now` make the message's id: the same is said once."""
    channel = context.operator
    if channel is None or channel == avoid:
        troubled = context.channels.get(avoid) if avoid else None
        channel = troubled.policy.fallback if troubled else None
    if channel is None or channel not in context.channels:
        return
    message = note_id(key, now)
    tx.alerts.say(message, Note(subject=subject, text=text, at=now), deliver_to(message, [channel], now), now=now)
