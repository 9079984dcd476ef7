from __future__ import annotations

import json
import socket
from contextlib import closing
from datetime import UTC, datetime
from ipaddress import ip_network
from time import monotonic

import pytest
from standardwebhooks import Webhook

from monitor.adapters.guard import guarded_session
from monitor.adapters.webhook import HttpPoster
from monitor.alerts.alert import Delivery, Notice
from monitor.alerts.channel import Secret, WebhookChannel
from monitor.alerts.sending import Deferred, Rejected, Sent
from monitor.alerts.webhook import headers, payload

SECRET = Secret("whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DELIVERY = Delivery(id="0b6f0c52-6a4e-5d0f-8f67-54c8b1a6ad10", message_id="A", channel_id="ops", created_at=NOW)
NOTICE = Notice(
    alert_id="A", rule_id="r", rule_title="R", rule_version="v", severity="normal", story_id="S", headline="ตำรวจ 东盟 🚔", url=None,
    source_id="s", source_name="S", language="th", country="TH", published_at=None, raised_at=NOW, snippets=(), receipt=(),
)  # fmt: skip
BODY = payload(DELIVERY, NOTICE)


@pytest.fixture(scope="module")
def post():
    with closing(guarded_session([ip_network("127.0.0.0/8")])) as session:
        poster = HttpPoster(session)

        def post(url, timeout_s=5.0):
            now = datetime.now(UTC)  # noqa: TID251  the receiver's library compares with the real time
            return poster(url, headers(WebhookChannel(id="ops", url=url, secret=SECRET), DELIVERY, BODY, now), BODY, timeout_s)

        yield post


def test_the_very_bytes_that_were_signed_arrive(receiver, post):
    server = receiver((204, {}))
    assert post(server.url) == Sent()
    [request] = server.requests
    assert request.body == BODY
    assert request.path == "/services/canary-path"
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert Webhook(SECRET.reveal()).verify(request.body, request.headers) == json.loads(BODY)


@pytest.mark.parametrize(
    ("status", "more", "expected"),
    [
        pytest.param(200, {}, Sent(), id="200"),
        pytest.param(202, {}, Sent(), id="202"),
        pytest.param(500, {}, Deferred(reason="answered 500 Internal Server Error"), id="W1 500"),
        pytest.param(404, {}, Deferred(reason="answered 404 Not Found"), id="W1 404"),
        pytest.param(599, {}, Deferred(reason="answered 599"), id="W1 a status without a name"),
        pytest.param(410, {}, Rejected(reason="answered 410 Gone: it wants no more webhooks", gone=True), id="W2 410"),
        pytest.param(301, {"Location": "/x"}, Deferred(reason="answered 301 Moved Permanently: redirects are"), id="W2 301"),
        pytest.param(302, {"Location": "http://10.0.0.1/"}, Deferred(reason="answered 302 Found: redirects are"), id="W2 302"),
        pytest.param(429, {}, Deferred(reason="answered 429 Too Many Requests"), id="W2 429"),
        pytest.param(
            429, {"Retry-After": "120"}, Deferred(reason="answered 429", retry_after_s=120), id="W2 429 with seconds to wait"
        ),
        pytest.param(
            503, {"Retry-After": "7"}, Deferred(reason="answered 503", retry_after_s=7), id="W2 503 with seconds to wait"
        ),
        pytest.param(502, {"Retry-After": "soon"}, Deferred(reason="answered 502"), id="W2 502 with nonsense to wait"),
        pytest.param(500, {"Retry-After": "60"}, Deferred(reason="answered 500"), id="500 asks for no pause"),
    ],
)
def test_what_the_receiver_says_is_what_becomes_of_it(receiver, post, status, more, expected):
    server = receiver((status, more))
    sending = post(server.url)
    assert len(server.requests) == 1
    if isinstance(expected, Sent):
        assert sending == expected
        return
    assert sending.reason.startswith(f"127.0.0.1:{server.server_port} {expected.reason}")
    assert type(sending) is type(expected)
    assert getattr(sending, "retry_after_s", None) == getattr(expected, "retry_after_s", None)
    assert getattr(sending, "gone", None) == getattr(expected, "gone", None)


def test_a_date_to_wait_for_counts_from_the_receiver_s_own_clock(receiver, post):
    answer = (
        b"HTTP/1.1 429 Slow down\r\nDate: Sat, 03 May 2025 07:00:00 GMT\r\n"
        b"Retry-After: Sat, 03 May 2025 07:10:00 GMT\r\nContent-Length: 0\r\n\r\n"
    )
    sending = post(receiver(answer).url)
    assert isinstance(sending, Deferred)
    assert sending.retry_after_s == 600


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param("CUT", "broke the connection off", id="W1 cut before the answer"),
        pytest.param(b"", "broke the connection off", id="W1 an empty answer"),
        pytest.param(b"HTTP/1.1 2", "the request failed", id="W1 cut in the status line"),
        pytest.param(b"\x00\xff not http at all\r\n\r\n", "", id="W1 no HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "", id="W1 too many headers"),
    ],
)
def test_an_answer_that_is_none_is_tried_again(receiver, does, post, answer, reason):
    server = receiver(getattr(does, answer) if isinstance(answer, str) else answer)
    sending = post(server.url)
    assert isinstance(sending, Deferred)
    assert f"127.0.0.1:{server.server_port}" in sending.reason
    assert reason in sending.reason
    assert "canary" not in sending.reason


@pytest.mark.parametrize("trouble", ["SILENCE", "DRIP"])
def test_a_receiver_that_does_not_get_on_is_given_up_in_time(receiver, does, post, trouble):
    server = receiver(getattr(does, trouble))
    start = monotonic()
    sending = post(server.url, timeout_s=0.3)
    assert monotonic() - start < 2
    assert isinstance(sending, Deferred)
    assert not sending.unclear


def test_the_body_of_an_answer_is_not_read(receiver, does, post):
    start = monotonic()
    assert post(receiver(does.ENDLESS).url) == Sent()
    assert monotonic() - start < 2


def test_a_receiver_that_is_not_there_is_named_without_its_path(post):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/services/canary") == Deferred(reason=f"127.0.0.1:{port} refuses connections")


def test_a_certificate_that_nobody_trusts_gets_nothing(receiver, certified, post):
    server = receiver(context=certified("127.0.0.1"))
    sending = post(server.url)
    assert isinstance(sending, Deferred)
    assert "certificate is not valid" in sending.reason
    assert server.requests == []


def test_a_private_address_is_not_asked(receiver):
    server = receiver()
    with closing(guarded_session()) as session:
        sending = HttpPoster(session)(server.url, {}, b"{}", 2)
    assert isinstance(sending, Deferred)
    assert "loopback" in sending.reason
    assert "canary" not in sending.reason
    assert server.requests == []


@pytest.mark.parametrize("url", ["ftp://canary.example/x", "http:///canary", "http://[canary", "no address canary"])
def test_an_address_that_is_none_is_no_crash_and_is_not_shown(post, url):
    sending = post(url)
    assert isinstance(sending, Deferred)
    assert "/x" not in sending.reason
