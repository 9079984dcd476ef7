"""Alert and Delivery: that someone is to be told, and how far the telling has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DeliveryState = Literal["pending", "held", "sent", "dead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The first match of a rule in a story. `id` is derived from both, so raising it twice is raising it once. What matched is that
    version of the article, from 1."""

    id: str
    story_id: str
    rule_id: str
    article_id: str
    article_version: int = 1
    severity: str
    raised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way to one channel. An alert's message has the alert's id.

    `id` is the same on every attempt (Message-ID, webhook-id). `accepted` are the recipients that already have it.
    `sent` means all of them have it; `dead` means no further attempt will be made unless a person asks for one. `held` means that it
    waits for the channel's next digest, at `next_attempt_at`, because of `held_why`; or that it went into the digest whose delivery
    is `digest_id` and shares its fate. `unclear` means that an attempt was begun whose answer is not known: it may have arrived, so
    it may be repeated under this id and no other.
    """

    id: str
    message_id: str
    channel_id: str
    state: DeliveryState = "pending"
    attempts: int = 0
    accepted: tuple[str, ...] = ()
    next_attempt_at: datetime | None = None
    last_error: str | None = None
    created_at: datetime
    sent_at: datetime | None = None
    unclear: bool = False
    held_why: str | None = None
    digest_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A piece of text with the matched words marked: `marks` are (start, end) code point offsets in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One matched word of the receipt as it is told to people, where it stood and which vocabulary it belongs to.

    `spans` are the (start, end) code point offsets of all its occurrences in the original text of `field`.
    """

    words: str
    field: str
    vocabulary: str | None = None
    language: str | None = None
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """All that a message says about an alert; it is complete, composing one needs nothing else. Times are aware UTC.

    It is kept as it was when the alert was raised: every attempt to deliver says the same.
    """

    alert_id: str
    rule_id: str
    rule_title: str
    rule_version: str
    severity: str
    story_id: str
    headline: str | None
    url: str | None
    source_id: str
    source_name: str
    language: str | None
    country: str | None
    published_at: datetime | None
    raised_at: datetime
    snippets: tuple[Marked, ...]
    receipt: tuple[Receipt, ...]
    facets: tuple[str, ...] = ()
    also_carried_by: tuple[str, ...] = ()
    article_id: str | None = None
    headline_marks: tuple[tuple[int, int], ...] = ()
