"""Only what was not in the last document goes to the parser, and never so that an item is lost by it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Listing
from monitor.sources.unseen import DIGEST_BYTES, sift

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)


def item(number: int, guid: str | None = None, link: str | None = None) -> str:
    return (
        f"<item><title>Story {number}</title><guid>{guid or f'tag:{number}'}</guid>"
        f"<link>{link or f'https://news.example/{number}'}</link></item>"
    )


def document(*items: str, head: str = "") -> Fetched:
    body = f"<rss version='2.0'><channel><title>News</title>{head}{''.join(items)}</channel></rss>".encode()
    return Fetched(url="https://news.example/feed", status=200, body=body, fetched_at=NOW)


def digests(*items: str) -> bytes:
    sifted = sift(document(*items), b"")
    assert sifted is not None
    return sifted.digests


def test_only_new_items_are_left(listed) -> None:
    seen = digests(item(2), item(1))
    sifted = sift(document(item(3), item(2), item(1), head="<lastBuildDate>now</lastBuildDate>"), seen)
    assert sifted is not None
    assert (sifted.items, sifted.new, len(sifted.digests)) == (3, 1, 3 * DIGEST_BYTES)
    assert sifted.fetched is not None
    listing = listed(sifted.fetched.body)
    assert isinstance(listing, Listing)
    assert [entry.title for entry in listing.entries] == ["Story 3"]
    assert listing.title == "News"


def test_where_nothing_is_new_nothing_is_left_to_parse() -> None:
    sifted = sift(document(item(2), item(1), head="<lastBuildDate>later</lastBuildDate>"), digests(item(1), item(2)))
    assert sifted is not None
    assert (sifted.new, sifted.fetched) == (0, None)


def test_an_edited_item_is_new() -> None:
    sifted = sift(document(item(2), item(1).replace("Story", "Edited story")), digests(item(2), item(1)))
    assert sifted is not None
    assert sifted.new == 1


@pytest.mark.parametrize(
    "new",
    [item(3, guid="tag:1"), item(3, guid="<![CDATA[ tag:1 ]]>"), item(3, link="https://news.example/1")],
    ids=["the guid of an old item", "the same in CDATA", "the link of an old item"],
)
def test_an_item_that_shares_a_mark_with_an_old_one_is_judged_beside_it(new) -> None:
    assert sift(document(new, item(2), item(1)), digests(item(2), item(1))) is None


@pytest.mark.parametrize(
    "body",
    [
        b"<html>no items",
        "<rss><item>\u0e01</item></rss>".encode("utf-16"),
        b"<rss><item><item></rss>",
        b"<rss><item>\xa1</item></rss>",
        b"",
        b"<rss><channel><item><title>Story</title></item>\n",
    ],
    ids=["no items", "UTF-16", "unpaired", "not UTF-8", "empty", "cut between two items"],
)
def test_what_cannot_be_split_is_parsed_whole(body) -> None:
    assert sift(Fetched(url="https://news.example/feed", status=200, body=body, fetched_at=NOW), b"") is None


@pytest.mark.parametrize(
    "body",
    [
        "<rss>" + "<item><guid>" * 150_000,
        f"<rss><item><guid>{' ' * 200_000}</guid></item></rss>",
        f"<rss><item><guid>x{' ' * 200_000}]x</guid></item></rss>",
        f"<rss><item><link {'href=' * 200_000}/></item></rss>",
    ],
    ids=["open items", "a guid of blanks", "blanks behind a guid", "a link of hrefs"],
)
def test_a_hostile_document_takes_no_time(body) -> None:
    started = time.process_time()
    sift(Fetched(url="https://news.example/feed", status=200, body=body.encode(), fetched_at=NOW), b"")
    many = document(*(item(n) for n in range(500)))
    sift(many, digests(item(1)))
    assert time.process_time() - started < 2
