from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.alerts.webhook import headers, payload


def test_the_payload_is_the_documented_one(delivery, notice):
    assert json.loads(payload(delivery, notice)) == {
        "type": "alert.raised",
        "timestamp": "2025-05-03T07:05:00Z",
        "data": {
            "alert": {"id": "3f8f5ad6-0b52-5a84-9f4a-0d6bb4a3c1de", "raised_at": "2025-05-03T07:05:00Z"},
            "delivery": {"id": "0b6f0c52-6a4e-5d0f-8f67-54c8b1a6ad10", "channel": "desk"},
            "rule": {"id": "aseanapol", "title": "ASEANAPOL", "version": "9f1c2ab4", "severity": "high"},
            "story": {"id": "5a0f3c1188aa77de", "also_carried_by": ["Thai PBS World", "Khmer Times"]},
            "article": {
                "id": "5a0f3c1188aa77de",
                "headline": "ASEANAPOL ทลายแก๊งคอลเซ็นเตอร์ข้ามชาติในปอยเปต",
                "headline_marks": [[0, 9]],
                "url": "https://www.khaosod.co.th/news_9731203?page=2&x=1",
                "source": {"id": "khaosod", "name": "Khaosod"},
                "language": "th",
                "country": "TH",
                "published_at": "2025-05-03T06:30:00Z",
            },
            "receipt": [
                {"words": "ASEANAPOL", "field": "title", "vocabulary": "asean/police", "language": "en", "spans": [[0, 9]]},
                {
                    "words": "คอลเซ็นเตอร์",
                    "field": "body",
                    "vocabulary": "crime/online-scam",
                    "language": "th",
                    "spans": [[39, 51], [80, 92]],
                },
            ],
            "snippets": [{"text": notice.snippets[0].text, "marks": [[17, 26], [40, 52]]}],
            "facets": ["act/arrest", "asean/name", "asean/police", "country/kh", "crime/online-scam"],
        },
    }


def test_marks_point_at_the_words_in_the_snippet(delivery, notice):
    (snippet,) = json.loads(payload(delivery, notice))["data"]["snippets"]
    assert [snippet["text"][start:end] for start, end in snippet["marks"]] == ["ASEANAPOL", "คอลเซ็นเตอร์"]


def test_the_body_is_the_same_on_every_attempt(delivery, notice):
    later = replace(delivery, attempts=4, last_error="503", next_attempt_at=delivery.created_at + timedelta(hours=5))
    assert payload(later, notice) == payload(delivery, notice)


def test_a_lone_surrogate_does_not_keep_an_alert_back(delivery, notice):
    broken = payload(delivery, replace(notice, headline="Bang\ud800kok"))
    assert json.loads(broken)["data"]["article"]["headline"] == "Bang?kok"


def test_a_receiver_can_verify_the_signature_over_id_time_and_body(hook, delivery, notice):
    body, now = payload(delivery, notice), datetime.now(UTC)  # noqa: TID251  the library compares with the real time
    sent = headers(hook, delivery, body, now)
    receiver = Webhook(hook.secret.reveal())
    assert receiver.verify(body, dict(sent)) == json.loads(body)
    for forged in (
        {"data": body + b" "},
        {"headers": {**sent, "webhook-id": "another"}},
        {"headers": {**sent, "webhook-timestamp": str(int(now.timestamp()) + 1)}},
    ):
        with pytest.raises(WebhookVerificationError):
            receiver.verify(**{"data": body, "headers": dict(sent), **forged})


def test_the_id_stays_and_the_time_moves_from_attempt_to_attempt(hook, delivery, notice):
    body, now = payload(delivery, notice), datetime(2025, 5, 3, 8, tzinfo=UTC)
    first, second = (headers(hook, delivery, body, at) for at in (now, now + timedelta(seconds=5)))
    assert first["webhook-id"] == second["webhook-id"] == delivery.id
    assert (first["webhook-timestamp"], second["webhook-timestamp"]) == ("1746259200", "1746259205")
    assert first["webhook-signature"] != second["webhook-signature"]


def test_no_header_holds_the_secret(hook, delivery, notice):
    sent = repr(headers(hook, delivery, payload(delivery, notice), datetime(2025, 5, 3, 8, tzinfo=UTC)))
    assert hook.secret.reveal() not in sent
    assert "canary" not in sent
