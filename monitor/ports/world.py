"""What a step asks of the world outside: the time, the network, the parsing of foreign bytes, the channels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol

from monitor.alerts.channel import AppriseChannel, EmailChannel
from monitor.alerts.sending import Sending
from monitor.articles.article import Unreadable
from monitor.fetching.outcome import Fetched, Outcome, Request
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.source import Source
from monitor.stories.sketched import Sketched


class Clock(Protocol):
    """The time. `now` is aware UTC; waits are measured by `monotonic`, which no one can set back."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class Fetch(Protocol):
    """One GET, redirects followed. Never raises for anything the network does. Where it waits it says so (`computing.waiting`), as
    `Parse` does: else all other steps would wait with it."""

    def __call__(self, request: Request) -> Outcome: ...


class Parse(Protocol):
    """Whatever parses foreign bytes: under a limit of time and memory, so that it may fail but never hang or take the process down.

    What costs time and is told by an article's text alone is told there, too.
    """

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted: ...

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable: ...

    def from_entry(self, source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable: ...


class Mailer(Protocol):
    """Hand one message to an SMTP server for `recipients` only."""

    def __call__(self, channel: EmailChannel, message: EmailMessage, recipients: tuple[str, ...]) -> Sending: ...


class Poster(Protocol):
    """POST `body` as it is to `url`; no redirect is followed, the answer's body is not read."""

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Sending: ...


class Chat(Protocol):
    """Say something in a chat or push service."""

    def __call__(self, channel: AppriseChannel, title: str, text: str) -> Sending: ...
