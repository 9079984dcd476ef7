"""What becomes of a delivery after an attempt, and when the next one is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from monitor.alerts.alert import Delivery
from monitor.alerts.sending import Deferred, Rejected, Sending, Sent

# Standard Webhooks 1.0, "Deliverability and reliability": seconds to wait before each attempt, 75.6 hours in all.
SCHEDULE_S = (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
# As long as Postfix waits for the answer to a message's final ".": a late answer must not lead to a second mail (RFC 1047).
UNCLEAR_WAIT_S = 600
LONGEST_WAIT_S = 24 * 3600
JITTER = 0.1


def outstanding(delivery: Delivery, recipients: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `recipients` who do not have the message yet."""
    return tuple(each for each in recipients if each not in delivery.accepted)


def after_attempt(
    delivery: Delivery, recipients: tuple[str, ...], sending: Sending, now: datetime, jitter: float = 0.0
) -> Delivery:
    """The delivery after one more attempt. `recipients` are all recipients of the channel, none for a webhook.

    `jitter`, a random number from 0 to 1, makes the wait up to a tenth longer, so that deliveries which failed together are not
    repeated together. A Retry-After is honoured up to 24 hours. The tenth failure is the last. Once a delivery may have arrived, it
    stays `unclear`.
    """
    attempts = delivery.attempts + 1
    unclear = delivery.unclear or (isinstance(sending, Deferred) and sending.unclear)
    made = replace(delivery, attempts=attempts, next_attempt_at=None, unclear=unclear)
    match sending:
        case Sent():
            return _sent(made, recipients, now)
        case Deferred() | Rejected() if recipients and set(recipients) <= {*delivery.accepted, *sending.accepted}:
            return _sent(made, recipients, now)
        case Rejected():
            return replace(made, state="dead", accepted=_with(delivery, sending.accepted), last_error=sending.reason)
        case Deferred():
            made = replace(made, accepted=_with(delivery, sending.accepted), last_error=sending.reason)
            if attempts >= len(SCHEDULE_S):
                return replace(made, state="dead", last_error=f"given up after {attempts} attempts: {sending.reason}")
            return replace(made, next_attempt_at=now + _wait(attempts, sending, jitter))
        case _:
            assert_never(sending)


def _wait(attempts: int, sending: Deferred, jitter: float) -> timedelta:
    seconds = SCHEDULE_S[attempts] * (1 + JITTER * jitter)
    if sending.unclear:
        seconds = max(seconds, UNCLEAR_WAIT_S)
    if sending.retry_after_s is not None:
        seconds = max(seconds, min(sending.retry_after_s, LONGEST_WAIT_S))
    return timedelta(seconds=seconds)


def _sent(delivery: Delivery, recipients: tuple[str, ...], now: datetime) -> Delivery:
    return replace(delivery, state="sent", accepted=_with(delivery, recipients), last_error=None, sent_at=now)


def _with(delivery: Delivery, accepted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*delivery.accepted, *accepted)))
