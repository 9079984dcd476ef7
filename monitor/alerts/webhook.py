"""Message -> signed webhook (Standard Webhooks 1.0)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, assert_never

from standardwebhooks import Webhook

import monitor
from monitor.alerts.alert import Delivery, Notice
from monitor.alerts.channel import WebhookChannel
from monitor.alerts.message import Digest, Message, Note, Update


def payload(delivery: Delivery, message: Message) -> bytes:
    """The body: UTF-8 JSON, the same bytes on every attempt, with `type`, `timestamp` (ISO 8601) and `data`. What is in `data`, by type:

    `alert.raised`
    - `alert`: `id`, `raised_at`; `delivery`: `id`, `channel`
    - `rule`: `id`, `title`, `version`, `severity`; `story`: `id`, `also_carried_by`
    - `article`: `id`, `headline`, `headline_marks`, `url`, `source` (`id`, `name`), `language`, `country`, `published_at`
    - `receipt`: for each matched word `words`, `field`, `vocabulary`, `language`, and `spans` in the original text of the field
    - `snippets`: for each `text` and the `marks` in it; `facets`

    `alert.updated`: the same about the alert, with `also_carried_by` as it is now; `carried`: the articles that are new to the
    story, or the one that has changed; `changes`: how it has changed, in one line each.
    `alert.digest`: `delivery`, `why`, `since`, `until`, and `alerts`: the data of each alert, without `delivery`.
    `operator.note`: `delivery`, `subject`, `text`.

    Spans and marks are [start, end) in Unicode code points. What is not known is null.
    """
    data: dict[str, Any] = {"delivery": {"id": delivery.id, "channel": delivery.channel_id}}
    match message:
        case Notice():
            kind, at = "alert.raised", message.raised_at
            data |= _alert(message)
        case Update():
            kind, at = "alert.updated", message.at
            carried = [
                {**asdict(each), "published_at": each.published_at and _iso(each.published_at)} for each in message.carried
            ]
            data |= {**_alert(message.notice), "carried": carried, "changes": message.changes}
        case Digest():
            kind, at = "alert.digest", message.at
            data |= {"why": message.why, "since": _iso(message.since), "until": _iso(message.until)}
            data["alerts"] = [_alert(each) for each in message.notices]
        case Note():
            kind, at = "operator.note", message.at
            data |= {"subject": message.subject, "text": message.text}
        case _:
            assert_never(message)
    # A lone surrogate from a damaged page cannot be encoded as UTF-8; it must not keep the alert from being sent.
    said = {"type": kind, "timestamp": _iso(at), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def headers(channel: WebhookChannel, delivery: Delivery, body: bytes, now: datetime) -> Mapping[str, str]:
    """The headers of one attempt. `webhook-id` is the delivery's, `webhook-timestamp` this attempt's; both are signed with `body`."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"asean-monitor/{monitor.__version__}",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(channel.secret.reveal()).sign(delivery.id, now, body.decode()),
    }


def _alert(notice: Notice) -> dict[str, Any]:
    return {
        "alert": {"id": notice.alert_id, "raised_at": _iso(notice.raised_at)},
        "rule": {"id": notice.rule_id, "title": notice.rule_title, "version": notice.rule_version, "severity": notice.severity},
        "story": {"id": notice.story_id, "also_carried_by": notice.also_carried_by},
        "article": _article(notice),
        "receipt": [asdict(each) for each in notice.receipt],
        "snippets": [asdict(each) for each in notice.snippets],
        "facets": notice.facets,
    }


def _article(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.article_id,
        "headline": notice.headline,
        "headline_marks": notice.headline_marks,
        "url": notice.url,
        "source": {"id": notice.source_id, "name": notice.source_name},
        "language": notice.language,
        "country": notice.country,
        "published_at": notice.published_at and _iso(notice.published_at),
    }


def _iso(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")
