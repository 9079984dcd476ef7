"""Delivery: one attempt to tell one channel about one alert."""

from __future__ import annotations

from datetime import datetime

from monitor.alerts.alert import Delivery
from monitor.alerts.channel import Channel, EmailChannel
from monitor.alerts.email import compose
from monitor.alerts.message import Message
from monitor.alerts.retry import after_attempt, outstanding
from monitor.alerts.sending import Rejected, Sending
from monitor.alerts.webhook import headers, payload
from monitor.steps.context import Context, Done


def deliver(context: Context, key: str) -> Done:
    """Send once, and record at once what came of it. Every attempt carries the same id and the same words."""
    with context.store.reading() as tx:
        found = tx.alerts.delivery(key)
    now = context.clock.now()
    if found is None or found[0].state != "pending" or found[0].next_attempt_at is None or found[0].next_attempt_at > now:
        return Done(result="left", reason="sent already, or not due")
    delivery, message = found
    channel = context.channels.get(delivery.channel_id)
    if channel is None:
        sending: Sending = Rejected(reason=f"channel `{delivery.channel_id}` is not configured, or switched off")
        recipients: tuple[str, ...] = ()
    else:
        recipients = channel.to if isinstance(channel, EmailChannel) else ()
        sending = _send(context, channel, delivery, message, now)
    after = after_attempt(delivery, recipients, sending, context.clock.now(), context.chance())
    with context.store.writing() as tx:
        tx.alerts.save(after)
    facts = {"channel": delivery.channel_id, "message": delivery.message_id, "state": after.state, "attempts": after.attempts}
    if after.state == "sent":
        return Done(result="ok", reason="sent", facts=facts)
    return Done(result="failed", reason=after.last_error or after.state, facts=facts)


def _send(context: Context, channel: Channel, delivery: Delivery, message: Message, now: datetime) -> Sending:
    if isinstance(channel, EmailChannel):
        return context.mailer(channel, compose(channel, delivery, message, context.wording), outstanding(delivery, channel.to))
    body = payload(delivery, message)
    return context.poster(channel.url, headers(channel, delivery, body, now), body, channel.timeout_s)
