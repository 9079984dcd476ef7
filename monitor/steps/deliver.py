"""One attempt to deliver one message to one channel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from monitor.alerts.alert import Delivery, Notice
from monitor.alerts.channel import AppriseChannel, Channel, EmailChannel, WebhookChannel, target
from monitor.alerts.email import compose
from monitor.alerts.holding import CATCH_UP, CEILING_WINDOW, FALLBACK_ATTEMPTS, LATE, hold
from monitor.alerts.message import Message, Note, Update
from monitor.alerts.raising import deliver_to, note_id
from monitor.alerts.retry import after_attempt, outstanding
from monitor.alerts.sample import Kind, samples
from monitor.alerts.sending import Rejected, Sending, Sent
from monitor.alerts.webhook import headers, payload
from monitor.computing import waiting
from monitor.ports import ClosedChannel, Transaction
from monitor.steps.context import Context, Done
from monitor.steps.operator import notify_operator, recovered


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """An attempt, recorded before it is made: if the program dies before the answer is recorded, the message may still have arrived."""

    delivery: Delivery
    message: Message
    channel: Channel


def deliver(context: Context, key: str) -> Done:
    """Make one attempt and record its outcome at once. Every attempt carries the same id and the same words.

    A message that the channel's policy keeps back is held for the channel's digest instead.
    """
    with context.store.writing() as tx:
        begun = _begin(context, tx, key, context.clock.now())
    if isinstance(begun, Done):
        return begun
    delivery, channel = begun.delivery, begun.channel
    recipients = channel.to if isinstance(channel, EmailChannel) else ()
    with waiting():
        sending = send(context, channel, delivery, begun.message)
    now = context.clock.now()
    after = after_attempt(delivery, recipients, sending, now, context.chance())
    with context.store.writing() as tx:
        _settle(context, tx, channel, after, sending, now)
    if after.state == "sent":
        return Done(result="ok", reason="sent", facts=_facts(after))
    return Done(result="failed", reason=after.last_error or after.state, facts=_facts(after))


def send(context: Context, channel: Channel, delivery: Delivery, message: Message) -> Sending:
    """One attempt, by whatever protocol the channel uses."""
    match channel:
        case EmailChannel():
            mail = compose(channel, delivery, message, context.wording)
            return context.mailer(channel, mail, outstanding(delivery, channel.to))
        case WebhookChannel():
            body = payload(delivery, message)
            return context.poster(channel.url, headers(channel, delivery, body, context.clock.now()), body, channel.timeout_s)
        case AppriseChannel():
            return context.chat(channel, context.wording.subject(message, channel), context.wording.text(message, channel))
        case _:
            assert_never(channel)


def try_channel(context: Context, channel: Channel, kind: Kind | None = None) -> Sending:
    """Send a test message, or a sample of the given kind, regardless of the channel's policy. A closed channel that accepts it is
    reopened."""
    now = context.clock.now()
    message_id = note_id(f"test:{channel.id}", now)
    (delivery,) = deliver_to(message_id, [channel.id], now)
    text = f"This is a test of the channel `{channel.id}`. It works."
    said = samples(kind)[0] if kind else Note(subject=f"Test of channel {channel.id}", text=text, at=now)
    sending = send(context, channel, delivery, said)
    if isinstance(sending, Sent):
        with context.store.writing() as tx:
            tx.operator.open_channel(channel.id)
            _tell_recovered(context, tx, channel, text, now)
    return sending


def _begin(context: Context, tx: Transaction, key: str, now: datetime) -> _Begun | Done:
    found = tx.alerts.delivery(key)
    if found is None or found[0].state != "pending" or found[0].next_attempt_at is None or found[0].next_attempt_at > now:
        return Done(result="left", reason="sent already, or not due")
    delivery, message = found
    channel = context.channels.get(delivery.channel_id)
    if channel is None:
        return _bury(context, tx, delivery, f"channel `{delivery.channel_id}` is not configured, or switched off", now)
    closed = tx.operator.closed_channels().get(channel.id)
    if closed is not None and closed.target == target(channel):
        return _bury(context, tx, delivery, f"channel `{channel.id}` is closed since it answered: {closed.reason}", now)
    if held := _held(tx, channel, delivery, message, now):
        tx.alerts.save(held)
        return Done(result="ok", reason=f"held back: {held.held_why}", facts={**_facts(held), "until": held.next_attempt_at})
    tx.alerts.save(replace(delivery, unclear=True))
    return _Begun(delivery=delivery, message=message, channel=channel)


def _held(tx: Transaction, channel: Channel, delivery: Delivery, message: Message, now: datetime) -> Delivery | None:
    """The delivery, held back, if the channel's policy says so. One that was held or attempted before is not held again."""
    if delivery.attempts or delivery.unclear or delivery.held_why is not None:
        return None
    match message:
        case Notice(severity=severity) | Update(notice=Notice(severity=severity)):
            sent = 0 if channel.policy.ceiling is None else tx.alerts.sent_since(channel.id, now - CEILING_WINDOW)
            held = hold(channel.policy, severity=severity, now=now, sent_last_hour=sent)
        case _:
            return None
    if held is None:
        return None
    return replace(delivery, state="held", next_attempt_at=held.until, held_why=held.why)


def _settle(context: Context, tx: Transaction, channel: Channel, after: Delivery, sending: Sending, now: datetime) -> None:
    tx.alerts.save(after)
    if after.state == "sent":
        text = f"The channel `{channel.id}` takes messages again."
        _tell_recovered(context, tx, channel, text, now)
        _catch_up(tx, channel, after, now)
        return
    if isinstance(sending, Rejected) and sending.gone:
        tx.operator.close_channel(
            ClosedChannel(channel_id=channel.id, target=target(channel), reason=sending.reason, closed_at=now)
        )
    if after.state == "dead" or after.attempts >= FALLBACK_ATTEMPTS:
        fallback = _fall_back(context, tx, after, now)
        _tell_failing(context, tx, channel, sending, after, fallback, now)


def _bury(context: Context, tx: Transaction, delivery: Delivery, reason: str, now: datetime) -> Done:
    """Give up without an attempt, since the channel is missing or closed. Its fallback, if it has one, gets the message instead."""
    dead = replace(delivery, state="dead", next_attempt_at=None, last_error=reason)
    tx.alerts.save(dead)
    _fall_back(context, tx, dead, now)
    return Done(result="failed", reason=reason, facts=_facts(dead))


def _fall_back(context: Context, tx: Transaction, delivery: Delivery, now: datetime) -> str | None:
    """Send the same message to the channel's fallback as well; returns the fallback's name, if there is one."""
    channel = context.channels.get(delivery.channel_id)
    fallback = channel.policy.fallback if channel else None
    if fallback is None or fallback not in context.channels:
        return None
    tx.alerts.also_to(deliver_to(delivery.message_id, [fallback], now))
    return fallback


def _tell_failing(
    context: Context,
    tx: Transaction,
    channel: Channel,
    sending: Sending,
    delivery: Delivery,
    fallback: str | None,
    now: datetime,
) -> None:
    trouble = "failing"
    remedy = "`monitor alerts` shows what waits; `monitor alerts retry` sends again what was given up."
    if isinstance(sending, Rejected) and sending.gone:
        trouble, what = "closed", "wants nothing any more and is closed"
        remedy = f"Give it another address in channels.yaml, or open it again with `monitor channels test {channel.id}`."
    elif delivery.state == "pending":
        what = "cannot be reached"
    else:
        what = "refuses messages"
    reach = f"Its alerts go to `{fallback}` as well." if fallback else "It has no fallback: its alerts reach nobody."
    notify_operator(
        context,
        tx,
        key=f"channel:{channel.id}:{trouble}",
        subject=f"Channel {channel.id} {what}",
        text=f"{delivery.last_error}\n\n{reach}\n{remedy}",
        now=now,
        avoid=channel.id,
    )


def _tell_recovered(context: Context, tx: Transaction, channel: Channel, text: str, now: datetime) -> None:
    for trouble in ("failing", "closed"):
        recovered(
            context,
            tx,
            key=f"channel:{channel.id}:{trouble}",
            subject=f"Channel {channel.id} is back",
            text=text,
            now=now,
            avoid=channel.id,
        )


def _catch_up(tx: Transaction, channel: Channel, sent: Delivery, now: datetime) -> None:
    """After an outage, the messages still waiting when the first one was `sent` go out as one digest instead of a flood. Webhooks,
    which feed programs, still get every message."""
    if isinstance(channel, WebhookChannel):
        return
    late = tx.alerts.late(channel.id, now - LATE)
    if len(late) + (sent.created_at < now - LATE) < CATCH_UP:
        return
    why = "These were raised while this channel could not be reached, or the program did not run."
    for each in late:
        tx.alerts.save(replace(each, state="held", next_attempt_at=now, held_why=why))


def _facts(delivery: Delivery) -> dict[str, object]:
    return {
        "channel": delivery.channel_id,
        "message": delivery.message_id,
        "state": delivery.state,
        "attempts": delivery.attempts,
    }
