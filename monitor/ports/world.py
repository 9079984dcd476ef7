"""What steps need from the outside world: the time, the network, the parsing of bytes from outside, the channels."""

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
    """The time. `now` is aware, in UTC. Waits are measured by `monotonic`, which cannot be set back."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class Fetch(Protocol):
    """One GET; redirects are followed. Never raises, whatever the network does. While it waits it says so (`computing.waiting`), and so
    does `Parse`: otherwise all other steps would have to wait, too."""

    def __call__(self, request: Request) -> Outcome: ...


class Parse(Protocol):
    """Parses bytes from outside, under limits of time and memory: it may fail, but never hangs or takes the process down.

    Whatever takes time and needs only the article's text is computed there, too.
    """

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted: ...

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable: ...

    def from_entry(self, source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable: ...


class Mailer(Protocol):
    """Hand one message to an SMTP server, for `recipients` only."""

    def __call__(self, channel: EmailChannel, message: EmailMessage, recipients: tuple[str, ...]) -> Sending: ...


class Poster(Protocol):
    """POST `body` as it is to `url`. Redirects are not followed, and the body of the answer is not read."""

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Sending: ...


class Chat(Protocol):
    """Send a text to a chat or push service."""

    def __call__(self, channel: AppriseChannel, title: str, text: str) -> Sending: ...
