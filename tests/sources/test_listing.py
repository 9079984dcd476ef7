"""Documents that come as gzip files, their server saying nothing of it: every kind is unpacked, none without bounds."""

from __future__ import annotations

import gzip

import pytest

from monitor.sources.entry import Unlisted

RSS = "<rss><channel><item><title>Boat seized</title><link>https://news.example/1</link></item></channel></rss>"
JSON = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "Boat seized", "url": "https://news.example/1"}]}'
PAGE = '<main><a href="/news/2024/06/01/boat-seized-in-the-strait">Boat seized in the strait at dawn</a></main>'


@pytest.mark.parametrize(("kind", "text"), [("feed", RSS), ("feed", JSON), ("page", PAGE), ("watch", "<p>Boat seized</p>")])
def test_what_is_packed_lists_what_it_would_list_unpacked(listed, kind, text):
    assert listed(text, kind).entries
    assert listed(gzip.compress(text.encode()), kind) == listed(text, kind)


@pytest.mark.parametrize(
    ("kind", "body", "most"),
    [
        ("sitemap", gzip.compress(RSS.encode())[:5] + b"junk", 52_428_800),
        ("sitemap", gzip.compress(b" " * 60_000_000), 52_428_800),
        ("feed", gzip.compress(b" " * 11_000_000), 10_000_000),
        ("feed", gzip.compress(b""), 10_000_000),
    ],
    ids=["broken", "bomb", "bomb for a feed", "nothing inside"],
)
def test_what_cannot_be_unpacked_within_bounds_is_said_to_be_so(listed, kind, body, most):
    assert listed(body, kind) == Unlisted(
        reason=f"not a {kind}: a gzip file that cannot be read, or holds nothing or more than {most} bytes"
    )
