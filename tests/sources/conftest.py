"""A document as it is handed to the listing: bytes, where they were found, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Listing, Unlisted
from monitor.sources.listing import list_entries
from monitor.sources.source import Kind, Selectors, Source

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def listed() -> Callable[..., Listing | Unlisted]:
    def read(
        body: bytes | str, kind: Kind = "feed", content_type: str | None = None, links: str | None = None, **source: object
    ) -> Listing | Unlisted:
        url = "https://news.example/feed" if kind == "feed" else "https://news.example/news"
        watched = Source(
            id="news", name="News", url=url, kind=kind, home="https://news.example/", selectors=Selectors(links=links), **source
        )  # type: ignore[arg-type]
        headers = {"content-type": content_type} if content_type else {}
        data = body.encode() if isinstance(body, str) else body
        return list_entries(watched, Fetched(url=url, status=200, headers=headers, body=data, fetched_at=NOW))

    return read
