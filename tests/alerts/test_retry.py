from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.retry import SCHEDULE_S, after_attempt, outstanding
from monitor.alerts.sending import Deferred, Rejected, Sent

NOW = datetime(2025, 5, 3, 8, tzinfo=UTC)
BOTH = ("anan@desk.example", "mei@desk.example")
MINUTE, HOUR = 60, 3600


def wait_s(delivery):
    return (delivery.next_attempt_at - NOW).total_seconds()


def test_the_schedule_is_that_of_standard_webhooks_and_gives_up_after_three_days(delivery):
    waits = []
    while delivery.state == "pending":
        delivery = after_attempt(delivery, (), Deferred(reason="503"), NOW)
        waits += [wait_s(delivery)] if delivery.next_attempt_at else []
    assert waits == [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
    assert sum(waits) == pytest.approx(75.6 * HOUR, rel=0.001)
    assert delivery.attempts == len(SCHEDULE_S) == 10
    assert (delivery.state, delivery.last_error) == ("dead", "given up after 10 attempts: 503")


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 300), (0.5, 315), (1.0, 330)])
def test_jitter_makes_a_wait_longer_by_up_to_a_tenth(delivery, jitter, seconds):
    assert wait_s(after_attempt(replace(delivery, attempts=1), (), Deferred(reason="503"), NOW, jitter)) == seconds


@pytest.mark.parametrize(
    ("attempts", "sending", "seconds"),
    [
        pytest.param(0, Deferred(reason="429", retry_after_s=90), 90, id="Retry-After longer than the schedule"),
        pytest.param(3, Deferred(reason="429", retry_after_s=90), 2 * HOUR, id="Retry-After shorter than the schedule"),
        pytest.param(0, Deferred(reason="429", retry_after_s=1e9), 24 * HOUR, id="absurd Retry-After"),
        pytest.param(0, Deferred(reason="429", retry_after_s=0), 5, id="Retry-After: 0"),
        pytest.param(0, Deferred(reason="silence", unclear=True), 10 * MINUTE, id="unclear end"),
        pytest.param(3, Deferred(reason="silence", unclear=True), 2 * HOUR, id="unclear end, later"),
        pytest.param(0, Deferred(reason="silence", unclear=True, retry_after_s=HOUR), HOUR, id="unclear end and Retry-After"),
    ],
)
def test_what_the_other_side_asks_for_is_honoured(delivery, attempts, sending, seconds):
    assert wait_s(after_attempt(replace(delivery, attempts=attempts), (), sending, NOW)) == seconds


def test_sent_is_the_end_and_takes_the_last_error_away(delivery):
    failed = after_attempt(delivery, BOTH, Deferred(reason="451 greylisted"), NOW)
    assert (failed.state, failed.last_error, failed.attempts) == ("pending", "451 greylisted", 1)
    sent = after_attempt(failed, BOTH, Sent(), NOW)
    assert sent == replace(
        delivery, state="sent", attempts=2, accepted=BOTH, next_attempt_at=None, last_error=None, sent_at=NOW
    )


def test_rejected_is_the_end_with_its_reason(delivery):
    dead = after_attempt(delivery, BOTH, Rejected(reason="550 no such user", accepted=BOTH[:1]), NOW)
    assert (dead.state, dead.next_attempt_at, dead.last_error, dead.accepted) == ("dead", None, "550 no such user", BOTH[:1])


def test_who_has_the_message_is_not_asked_again(delivery):
    half = after_attempt(delivery, BOTH, Deferred(reason="450", accepted=BOTH[:1]), NOW)
    assert half.accepted == BOTH[:1]
    assert outstanding(half, BOTH) == BOTH[1:]
    whole = after_attempt(half, BOTH, Sent(), NOW + timedelta(minutes=1))
    assert (whole.state, whole.accepted) == ("sent", BOTH)
    assert outstanding(whole, BOTH) == ()


@pytest.mark.parametrize("ending", [Deferred, Rejected])
def test_when_the_last_recipient_has_it_the_delivery_is_sent_whatever_else_was_said(delivery, ending):
    half = replace(delivery, accepted=BOTH[:1])
    assert after_attempt(half, BOTH, ending(reason="cut at QUIT", accepted=BOTH[1:]), NOW).state == "sent"
