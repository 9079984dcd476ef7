from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.sources.entry import Entry, Listing


def test_an_item_becomes_an_entry(listed):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Strait <b>Watch</b>",
        "items": [
            {
                "id": 7,
                "url": "/7",
                "title": "Five held",
                "content_html": "<p>One.</p><p>Two.</p>",
                "summary": "In short",
                "date_published": "2024-06-01T10:00:00+07:00",
                "date_modified": "2024-06-01T11:00:00+07:00",
                "authors": [{"name": "Somchai"}, {"name": 5}, "x"],
            },
            {"id": "https://news.example/8", "content_text": "a < b\n\nc &amp; d", "author": {"name": "Old form"}},
        ],
    }
    listing = listed(b"\xef\xbb\xbf " + json.dumps(feed).encode())
    assert isinstance(listing, Listing)
    assert listing.title == "Strait Watch"
    first, second = listing.entries
    assert first == Entry(
        keys=first.keys,
        url="https://news.example/7",
        title="Five held",
        summary="In short",
        content="One.\n\nTwo.",
        authors=("Somchai",),
        published_at=datetime(2024, 6, 1, 3, 0, tzinfo=UTC),
        updated_at=datetime(2024, 6, 1, 4, 0, tzinfo=UTC),
    )
    assert (second.url, second.content, second.authors) == ("https://news.example/8", "a < b\n\nc &amp; d", ("Old form",))


def test_what_was_encoded_twice_and_then_escaped_is_read_as_it_was_meant(listed):
    title = "ตำรวจจับกุมแก๊งค้ายาเสพติด"
    feed = {"items": [{"id": 1, "title": title.encode().decode("latin-1")}, {"id": 2, "title": "Peña “é”"}]}
    listing = listed(json.dumps(feed, ensure_ascii=True))
    assert [entry.title for entry in listing.entries] == [title, "Peña “é”"]
    assert listing.flags == ("encoding guessed: utf-8",)


def test_half_a_character_that_is_escaped_becomes_none_of_the_store(listed):
    listing = listed(r'{"items":[{"id":"\ud800","url":"/a/\ud800","title":"a \ud83d b","authors":[{"name":"\udc00"}]}]}')
    (entry,) = listing.entries
    assert entry.title == "a \ufffd b"
    json.dumps([entry.keys, entry.url, entry.title, entry.authors], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "item",
    [{}, {"id": None}, {"id": []}, {"id": True, "url": 5, "title": {}}, {"url": "javascript:1", "authors": {}}, 5, None, []],
)
def test_an_item_of_the_wrong_types_says_nothing_and_costs_nothing(listed, item):
    good = {"id": "1", "title": "Good"}
    listing = listed(json.dumps({"items": [item, good]}))
    assert [entry.title for entry in listing.entries] == ["Good"]


def test_text_in_another_encoding_and_line_ends_in_it_come_out_right(listed):
    listing = listed('{"items": [{"url": "/1", "title": "ตำรวจจับแก๊ง\nคอลเซ็นเตอร์"}]}'.encode("cp874"))
    assert [entry.title for entry in listing.entries] == ["ตำรวจจับแก๊ง คอลเซ็นเตอร์"]
    assert listing.flags == ("encoding guessed: cp874",)


@pytest.mark.parametrize(
    "said", ['"authors": {"name": "Ann"}', '"authors": [], "author": {"name": "Ann"}', '"author": [{"name": "Ann"}]']
)
def test_an_author_is_found_where_writers_put_one(listed, said):
    assert listed(f'{{"items": [{{"id": "1", "title": "T", {said}}}]}}').entries[0].authors == ("Ann",)


def test_older_items_stand_where_the_feed_says_on_its_own_site(listed):
    assert listed('{"items": [], "next_url": "/feed.json?page=2"}').next_url == "https://news.example/feed.json?page=2"
    assert listed('{"items": [], "next_url": "https://elsewhere.example/"}').next_url is None


def test_deep_nesting_is_no_crash(listed):
    assert "JSON" in listed('{"items":' + "[" * 100_000).reason
