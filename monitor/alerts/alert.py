"""Alert: somebody is to be told something. Delivery: how far telling one channel has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DeliveryState = Literal["pending", "held", "sent", "dead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The first match of a rule in a story. `id` is derived from the two, so raising it twice is the same as raising it once.
    `article_version`, counted from 1, is the version of the article that matched."""

    id: str
    story_id: str
    rule_id: str
    article_id: str
    article_version: int = 1
    severity: str
    raised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way to one channel. An alert's own message has the alert's id.

    `id` is the same on every attempt (Message-ID, webhook-id). `accepted` lists the recipients that already have the message.
    States: `sent` means that all of them have it; `dead`, that no further attempt will be made unless a person asks for one; `held`,
    that it waits until `next_attempt_at` for the channel's next digest, because of `held_why`, or that it went into the digest whose
    delivery is `digest_id` and shares its fate. `unclear` says that the answer to some attempt is not known: the message may have
    arrived, so it may be repeated only under this id.
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
    """A piece of text with the matched words marked. `marks` are (start, end) code point offsets in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One matched word as shown to people: where it stood and which vocabulary it belongs to.

    `spans` are the (start, end) code point offsets of all its occurrences in the original text of `field`.
    """

    words: str
    field: str
    vocabulary: str | None = None
    language: str | None = None
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Everything a message says about an alert; composing the message needs nothing else. Times are aware, in UTC.

    It is kept as it was when the alert was raised, so that every attempt to deliver it says the same.
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
