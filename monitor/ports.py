"""The few protocols a step is handed. Adapters and the store keep them; tests hand in small fakes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol

from monitor.alerts.channel import EmailChannel
from monitor.alerts.sending import Sending
from monitor.articles.article import Article, Unreadable
from monitor.fetching.outcome import Fetched, Outcome, Request
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.source import Source


class Clock(Protocol):
    """The time. `now` is aware UTC; waits are measured by `monotonic`, which no one can set back."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class Fetch(Protocol):
    """One GET, redirects followed. Never raises for anything the network does."""

    def __call__(self, request: Request) -> Outcome: ...


class Parse(Protocol):
    """Whatever parses foreign bytes: under a limit of time and memory, so that it may fail but never hang or take the process down."""

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted: ...

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Article | Unreadable: ...


class Mailer(Protocol):
    """Hand one message to an SMTP server for `recipients` only."""

    def __call__(self, channel: EmailChannel, message: EmailMessage, recipients: tuple[str, ...]) -> Sending: ...


class Poster(Protocol):
    """POST `body` as it is to `url`; no redirect is followed, the answer's body is not read."""

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Sending: ...
