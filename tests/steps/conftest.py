"""A context of small hand-written fakes over a real store: the web is a table, parsing is reading lines, time stands still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from monitor.adapters.clock import SetClock
from monitor.alerts.channel import Secret, WebhookChannel
from monitor.alerts.sending import Sending, Sent
from monitor.articles.article import Article, Unreadable
from monitor.fetching.outcome import Failed, Fetched, Outcome, Request
from monitor.rules.compile import compile_rules
from monitor.rules.rule import Rule, Vocabulary
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.source import Source
from monitor.steps.context import Context
from monitor.store.database import RowStore, open_store
from monitor.stories.sketched import Sketched, from_entry, sketched

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
POST = Source(id="post", name="Post", url="https://post.example/feed", kind="feed", country="TH")
TIMES = Source(id="times", name="Times", url="https://times.example/feed", kind="feed", country="SG")


@dataclass
class FakeWorld:
    """What the web answers, what feeds list, what pages say, what channels do; and what was asked of them."""

    clock: SetClock
    answers: dict[str, Outcome] = field(default_factory=dict)
    listings: dict[str, Listing | Unlisted] = field(default_factory=dict)
    by_url: dict[str, Listing | Unlisted] = field(default_factory=dict)
    pages: dict[str, Article | Unreadable] = field(default_factory=dict)
    sendings: list[Sending] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    posted: list[tuple[str, str]] = field(default_factory=list)

    def fetch(self, request: Request) -> Outcome:
        self.asked.append(request)
        missing = Failed(kind="dns", detail="the name cannot be resolved")
        return self.answers.get(request.url, missing)

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted:
        return self.by_url[fetched.url] if fetched.url in self.by_url else self.listings[source.id]

    def from_entry(self, source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable:
        return from_entry(source, entry, now)

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable:
        page = self.pages[fetched.url]
        return sketched(page) if isinstance(page, Article) else page

    def post(self, url: str, headers: dict[str, str], body: bytes, timeout_s: float) -> Sending:
        self.posted.append((headers["webhook-id"], body.decode()))
        return self.sendings.pop(0) if self.sendings else Sent()

    def serve(self, source: Source, *entries: Entry) -> None:
        """Let the source answer with a feed of these entries."""
        body = repr([(entry.keys, entry.title, entry.updated_at) for entry in entries]).encode()
        self.answers[source.url] = Fetched(url=source.url, status=200, body=body, fetched_at=self.clock.now())
        self.listings[source.id] = Listing(entries=entries)

    def publish(self, url: str, headline: str, *paragraphs: str, published_at: datetime | None = NOW) -> None:
        """Let the page exist."""
        self.answers[url] = Fetched(url=url, status=200, body=b"page", fetched_at=self.clock.now())
        self.pages[url] = Article(headline=headline, paragraphs=paragraphs, url=url, published_at=published_at, language="en")

    def later(self, seconds: float) -> datetime:
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))
        return self.clock.now()


@pytest.fixture
def here() -> FakeWorld:
    return FakeWorld(clock=SetClock(NOW))


@pytest.fixture
def store() -> Iterator[RowStore]:
    opened = open_store("sqlite://")
    with opened.writing() as tx:
        tx.sources.watch([POST, TIMES], NOW)
    yield opened
    opened.close()


@pytest.fixture
def context(here: FakeWorld, store: RowStore) -> Context:
    hook = WebhookChannel(
        id="hook", url="https://hook.example/", secret=Secret("whsec_" + "bW9uaXRvci1zdGVwLXRlc3Qtc2VjcmV0LTI0Ynl0ZXM=")
    )

    def no_mail(*_words: object) -> Sending:
        raise AssertionError("no channel of these tests is a mailbox")

    return Context(
        store=store,
        clock=here.clock,
        chance=lambda: 0.5,
        fetch=here.fetch,
        crawl_delay_s=lambda _url: None,
        parse=here,
        mailer=no_mail,
        poster=here.post,
        chat=no_mail,
        rules=compile_rules(
            [
                Rule(id="aseanapol", title="ASEANAPOL", when="@asean/police", alert=("hook",)),
                Rule(id="drugs", title="Drugs", when="heroin OR meth", alert=("hook", "switched-off")),
            ],
            [Vocabulary(name="asean/police", title="Police", terms={"en": ("ASEANAPOL",)})],
        ),
        sources={POST.id: POST, TIMES.id: TIMES},
        channels={"hook": hook},
        first_poll_window_s=2 * 86_400.0,
    )
