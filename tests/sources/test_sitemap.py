"""Sitemaps: news, plain, packed, as an index and as a list of lines."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from monitor.sources.entry import Listing, Unlisted

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> https://news.example/older </loc><n:news><n:publication><n:name>News</n:name></n:publication>
 <n:publication_date>2024-05-30T08:00:00+07:00</n:publication_date><n:title>Older &amp; slower</n:title></n:news></url>
<url><loc>/newer</loc><n:news><n:publication_date>2024-05-31</n:publication_date><n:title>Newer</n:title></n:news></url>
<url><loc>https://news.example/about</loc><lastmod>2024-06-01</lastmod></url>
<url><loc>https://news.example/2024/05/29/plain-page-of-news</loc><lastmod>2024-05-29</lastmod></url>
<url><loc>javascript:alert(1)</loc></url><url/></urlset>"""


@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())], ids=["plain", "gzip file"])
def test_the_pages_of_a_sitemap_are_listed_newest_first(listed, pack):
    listing = listed(pack(NEWS), "sitemap")
    assert isinstance(listing, Listing)
    assert [(entry.url, entry.title) for entry in listing.entries] == [
        ("https://news.example/newer", "Newer"),
        ("https://news.example/older", "Older & slower"),
        ("https://news.example/2024/05/29/plain-page-of-news", None),
    ]
    assert listing.entries[1].published_at == datetime(2024, 5, 30, 1, 0, tzinfo=UTC)
    assert listing.flags == ("3 addresses that look like no article",)


def test_an_index_names_the_sitemaps_to_fetch_next_news_before_the_newest(listed):
    subs = {"posts-1": "2024-01-01", "posts-2": "2024-06-01", "news": "2023-01-01", "pages": "2020-01-01"}
    index = "".join(
        f"<sitemap><loc>https://news.example/{n}.xml</loc><lastmod>{at}</lastmod></sitemap>" for n, at in subs.items()
    )
    assert listed(f"<sitemapindex>{index}</sitemapindex>", "sitemap") == Listing(
        entries=(),
        flags=("an index of 4 sitemaps",),
        follow=tuple(f"https://news.example/{n}.xml" for n in ("news", "posts-2", "posts-1")),
    )


def test_a_list_of_lines_is_a_sitemap(listed):
    listing = listed("https://news.example/\nhttps://news.example/news/12345\n", "sitemap")
    assert [entry.url for entry in listing.entries] == ["https://news.example/news/12345"]


def test_of_very_many_pages_the_newest_500_are_listed(listed):
    pages = "".join(
        f"<url><loc>https://news.example/news/{n}</loc><lastmod>2024-05-{n % 28 + 1:02}</lastmod></url>"
        for n in range(10_000, 11_400)
    )
    listing = listed(f"<urlset>{pages}</urlset>", "sitemap")
    assert (len(listing.entries), listing.flags) == (500, ("the newest 500 of 1400 addresses",))
    assert {entry.updated_at.day for entry in listing.entries} == set(range(19, 29))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body>Not here</body></html>", "not a sitemap: its first element is 'html'"),
        (b"Not here", "not a sitemap: neither XML nor a list of addresses"),
        (
            b"<urlset><url><loc>https://news.example/</loc></url></urlset>",
            "none of the 1 addresses in the sitemap looks like an article",
        ),
        (b"<sitemapindex/>", "a sitemap index that names no sitemap"),
    ],
    ids=["html", "text", "no article", "empty index"],
)
def test_what_is_no_sitemap_is_called_by_its_name(listed, body, reason):
    assert listed(body, "sitemap") == Unlisted(reason=reason)


ARTICLE = "<url><loc>https://news.example/{}</loc><n:news><n:title>{}</n:title></n:news></url>"
THAI = "ตำรวจจับแก๊งคอลเซ็นเตอร์ข้ามชาติ"


@pytest.mark.parametrize(
    ("said", "sent", "guessed"),
    [("windows-874", "cp874", False), ("utf-8", "cp874", True), ("iso-8859-1", "utf-8", False), ("utf-16", "utf-16", False)],
)
def test_titles_are_right_whatever_encoding_the_sitemap_claims(listed, said, sent, guessed):
    sitemap = f"<?xml version='1.0' encoding='{said}'?><urlset xmlns:n='n'>{ARTICLE.format(1, THAI)}</urlset>"
    listing = listed(sitemap.encode(sent), "sitemap")
    assert ([entry.title for entry in listing.entries], bool(listing.flags)) == ([THAI], guessed)


def test_a_bare_ampersand_costs_no_parameter_and_a_warning_of_php_no_sitemap(listed):
    sitemap = f"<br /><b>Warning</b>: include()\n<?xml version='1.0'?><urlset xmlns:n='n'>{ARTICLE.format('n?id=1&b=2', 'R&D')}</urlset>"
    (entry,) = listed(sitemap, "sitemap").entries
    assert (entry.url, entry.title) == ("https://news.example/n?id=1&b=2", "R&D")


def test_half_an_address_is_left_out(listed):
    listing = listed(f"<urlset xmlns:n='n'>{ARTICLE.format(1, 'One')}<url><loc>https://news.example/tw", "sitemap")
    assert ([entry.title for entry in listing.entries], listing.flags) == (["One"], ("cut off before its end",))


@pytest.mark.parametrize("cut", ["<urlset>", "<urlset><url>", "<urlset><url><loc>https://news.example/one</loc>"])
def test_what_is_cut_before_the_end_of_its_first_address_is_broken(listed, cut):
    found = listed(cut, "sitemap")
    assert found == Unlisted(reason="cut off before the end of its first address", cause="empty")


def test_a_news_sitemap_without_news_is_empty_and_no_failure(listed):
    assert listed("<urlset></urlset>", "sitemap") == Listing(entries=())
    assert listed("<?xml version='1.0'?><urlset xmlns='x' />", "sitemap") == Listing(entries=())


def test_a_feed_may_stand_for_a_sitemap(listed):
    feed = "<rss version='2.0'><channel><item><title>One</title><link>/1</link></item></channel></rss>"
    assert [entry.url for entry in listed(feed, "sitemap").entries] == ["https://news.example/1"]


def test_entities_are_not_expanded_and_files_not_read(listed):
    bomb = '<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://news.example/news/12345&x;</loc></url></urlset>'
    listing = listed(bomb, "sitemap")
    assert [entry.url for entry in listing.entries] == ["https://news.example/news/12345"]
