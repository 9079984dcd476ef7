"""One table of what can happen on the other side, run over every kind of channel from the notice to the next attempt."""

from __future__ import annotations

import email
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.policy import default
from ipaddress import ip_network
from typing import Any

import pytest

from monitor.adapters.guard import guarded_session
from monitor.adapters.smtp import SmtpMailer
from monitor.adapters.webhook import HttpPoster
from monitor.alerts.alert import Delivery, Marked, Notice, Receipt
from monitor.alerts.channel import EmailChannel, Secret, WebhookChannel
from monitor.alerts.email import compose
from monitor.alerts.retry import after_attempt, outstanding
from monitor.alerts.webhook import headers, payload
from monitor.alerts.wording import Wording

NOW = datetime(2025, 5, 3, 8, tzinfo=UTC)
TO = ("anan@desk.example", "mei@desk.example")
DELIVERY = Delivery(
    id="0b6f0c52-6a4e-5d0f-8f67-54c8b1a6ad10", message_id="A", channel_id="c", created_at=NOW, next_attempt_at=NOW
)
NOTICE = Notice(
    alert_id="A", rule_id="scam", rule_title="Scam compounds", rule_version="v", severity="high", story_id="S",
    headline="Raid\r\nin Poipet ตำรวจ", url="https://kt.example/1", source_id="kt", source_name="Khmer Times", language="en",
    country="KH", published_at=NOW, raised_at=NOW, snippets=(Marked(text="A scam centre.", marks=((2, 6),)),),
    receipt=(Receipt(words="scam", field="body", vocabulary="crime/scam", language="en", spans=((2, 6),)),),
)  # fmt: skip


class Email:
    """Mail over real SMTP, without TLS so that the password is in reach of a server that says it back."""

    def __init__(self, server):
        self.server = server
        self.channel = EmailChannel(
            id="c", host=server.host, port=server.port, sender="alerts@desk.example", to=TO, tls="none",
            username="alerts", password=Secret("canary-password"), timeout_s=0.5,
        )  # fmt: skip

    def attempt(self, delivery, now):
        sending = SmtpMailer()(self.channel, compose(self.channel, delivery, NOTICE, Wording()), outstanding(delivery, TO))
        return after_attempt(delivery, TO, sending, now)

    def received(self):
        """What arrived, as (id, content)."""
        found = [(email.message_from_bytes(each, policy=default), each) for each in self.server.messages]
        return [(got["Message-ID"], content) for got, content in found]


class Hook:
    """A signed webhook over real HTTP, to an address whose path is a secret."""

    def __init__(self, server, session):
        self.server = server
        self.poster = HttpPoster(session)
        self.channel = WebhookChannel(
            id="c", url=server.url, secret=Secret("whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5"), timeout_s=0.5
        )

    def attempt(self, delivery, now):
        body = payload(delivery, NOTICE)
        sending = self.poster(self.channel.url, headers(self.channel, delivery, body, now), body, self.channel.timeout_s)
        return after_attempt(delivery, (), sending, now)

    def received(self):
        return [(each.headers["webhook-id"], each.body) for each in self.server.requests]


@dataclass(frozen=True)
class Case:
    """What the other side does, in the terms of each channel, and what has to become of the delivery."""

    smtp: dict[str, Any]
    http: Any
    state: str
    wait_s: tuple[int, int] = (5, 5)
    arrives: bool = True


CASES = {
    "takes it": Case({}, (200, {}), "sent"),
    "is not there": Case({}, None, "pending", arrives=False),
    "hangs up at once": Case({"greeting": "CUT"}, "CUT", "pending", arrives=False),
    "says nothing": Case({"greeting": "SILENCE"}, "SILENCE", "pending", arrives=False),
    "talks for ever": Case({"greeting": "DRIP"}, "DRIP", "pending", arrives=False),
    "talks nonsense": Case({"greeting": "hello there"}, b"hello there\r\n\r\n", "pending", arrives=False),
    "is in trouble": Case({"end": "451 local error"}, (500, {}), "pending"),
    "asks for a pause": Case({"RCPT": "450 greylisted"}, (429, {"Retry-After": "120"}), "pending", (5, 120), arrives=False),
    "takes it and hangs up before saying so": Case({"end": "CUT"}, "CUT", "pending", (5, 600)),
    "takes it and never says so": Case({"end": "SILENCE"}, "SILENCE", "pending", (5, 600)),
    "wants nothing any more": Case({"RCPT": "550 no such user"}, (410, {}), "dead", arrives=False),
    "says the secret back": Case(
        {"AUTH": "535 canary-password is wrong"}, (401, {"X-Why": "canary"}), "pending", arrives=False
    ),
}


@pytest.fixture(params=["email", "webhook"])
def open_channel(request, smtp_server, receiver, does):
    """`open_channel(case)`: a channel of this kind to a server that does what the case says."""

    def told(answer):
        return getattr(does, answer) if isinstance(answer, str) and answer.isupper() else answer

    with closing(guarded_session([ip_network("127.0.0.0/8")])) as session:

        def start(case):
            if request.param == "email":
                usual = {"EHLO": "250-mail.example\r\n250 AUTH PLAIN", "AUTH": "235 welcome"}
                server = smtp_server(**usual | {moment: told(said) for moment, said in case.smtp.items()})
            else:
                server = receiver(told(case.http or (200, {})))
            if case.http is None:
                server.close()
            return Email(server) if request.param == "email" else Hook(server, session)

        yield start


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_whatever_the_other_side_does_the_delivery_knows_what_became_of_it(open_channel, case):
    channel = open_channel(case)
    after = channel.attempt(DELIVERY, NOW)
    assert after.state == case.state
    assert after.attempts == 1
    if case.state == "sent":
        assert (after.sent_at, after.last_error, after.next_attempt_at) == (NOW, None, None)
        return
    assert after.last_error.isprintable()
    assert "127.0.0.1" in after.last_error
    assert not [secret for secret in ("canary", "Y2FuYXJ5") if secret in repr(after)]
    if case.state == "dead":
        assert after.next_attempt_at is None
    else:
        first, last = case.wait_s
        assert timedelta(seconds=first) <= after.next_attempt_at - NOW <= timedelta(seconds=last)


@pytest.mark.parametrize(
    "case", [case for case in CASES.values() if case.arrives], ids=[name for name, case in CASES.items() if case.arrives]
)
def test_every_attempt_carries_the_same_id_and_the_same_bytes(open_channel, case):
    channel = open_channel(case)
    first = channel.attempt(DELIVERY, NOW)
    channel.attempt(replace(first, state="pending"), NOW + timedelta(hours=5))
    asked = channel.received()
    if first.state == "sent" and isinstance(channel, Email):
        assert len(asked) == 1, "nobody was left to be asked again"
    else:
        assert len(asked) == 2
    assert len(set(asked)) == 1
    assert DELIVERY.id in asked[0][0]


def test_an_alert_that_was_late_arrives_once_the_other_side_is_back(open_channel):
    channel = open_channel(Case({"end": ["451 local error", "CUT", "250 queued"]}, (200, {}), "sent"))
    if isinstance(channel, Hook):
        channel.server.answers[:] = [(503, {}), b"", (200, {})]
    delivery, now = DELIVERY, NOW
    while delivery.state == "pending":
        now = delivery.next_attempt_at
        delivery = channel.attempt(delivery, now)
    assert (delivery.state, delivery.attempts, delivery.last_error) == ("sent", 3, None)
    assert len(set(channel.received())) == 1
