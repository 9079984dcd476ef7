"""A source, an entry and a fetched page, with the few things that a test wants to say about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from monitor.articles.article import Article, Unreadable
from monitor.articles.page import read_page
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Entry
from monitor.sources.source import Selectors, Source

NOW = datetime(2025, 11, 12, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def source() -> Callable[..., Source]:
    def make(**said: object) -> Source:
        selectors = Selectors(**said.pop("selectors", {}))
        return Source(
            **{
                "id": "harbour",
                "name": "Harbour Times",
                "url": "https://harbour.example/feed",
                "kind": "feed",
                "selectors": selectors,
                **said,
            }
        )

    return make


@pytest.fixture(scope="session")
def read(source) -> Callable[..., Article | Unreadable]:
    """`read(html, url=…, entry={…}, source={…}, headers={…})`."""

    def make(
        body: str | bytes, *, url: str = "https://harbour.example/2025/story-7", entry: dict | None = None, **said: dict
    ) -> Article | Unreadable:
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        headers = said.get("headers", {"content-type": "text/html; charset=utf-8"})
        fetched = Fetched(url=url, status=200, headers=headers, body=data, fetched_at=NOW)
        return read_page(source(**said.get("source", {})), fetched, Entry(keys=("k",), **(entry or {})))

    return make
