"""Index pages: articles are found, the furniture is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.sources.entry import Listing, Unlisted
from monitor.sources.links import absolute, looks_like_article, same_site
from monitor.sources.page import is_headline

PAGE = """<!DOCTYPE html><html><head><title>Newsroom | Strait Police</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
<link rel="alternate" type="application/rss+xml" href="/rss"></head>
<body><header class="site-header"><nav class="menu">
<a href="/2024/05/01/the-navigation-links-to-this">The navigation links to this</a></nav></header>
<main>
<article><a href="/news/10001"><img src="x.jpg" alt="Boats in the harbour"></a>
 <h2><a href="/news/10001?utm_source=home">Officers seize two boats off the coast</a></h2></article>
<article><a href="/2024/05/30/nine-held-in-border-sweep">
<div class="card"><h3>Nine held in a border sweep</h3><p>The rest of the teaser text.</p></div></a></article>
<ul><li><a href="https://www.news.example/story/detail.php?id=4711">Court hears the case of the two clerks</a></li>
<li><a href="/th/ข่าว/ตำรวจจับกุมแก๊งค้ายา">ตำรวจจับกุมแก๊งค้ายาเสพติดข้ามชาติ</a></li>
<li><a href="/berita/20240529/polis-tahan-lima-lelaki">Polis tahan lima lelaki di sempadan</a></li>
<li><a href="https://elsewhere.example/2024/05/30/another-site-has-this">Another site has this story</a></li>
<li><a href="/tag/cyber-crime-in-the-region">Cyber crime in the region</a></li>
<li><a href="/report-2024-annual-crime-review.pdf">Annual crime review as a file</a></li>
<li><a href="javascript:open('/2024/05/30/script-link-here')">Script link with many words</a></li>
<li><a href="#comments-on-this-very-page">Comments on this very page</a></li>
<li><a href="/2024/05/28/read-more-link-here-now">Read more</a></li></ul></main>
<div id="footer-links"><a href="/2024/01/01/our-privacy-promise-to-you">Our privacy promise to you</a></div>
<footer><a href="/2020/01/01/a-footer-link-of-old">A footer link of old</a></footer></body></html>"""


def test_the_articles_of_a_page_are_listed_once_and_in_its_order(listed):
    listing = listed(PAGE, "page")
    assert isinstance(listing, Listing)
    assert listing.title == "Newsroom | Strait Police"
    assert [(entry.url, entry.title) for entry in listing.entries] == [
        ("https://news.example/news/10001", "Officers seize two boats off the coast"),
        ("https://news.example/2024/05/30/nine-held-in-border-sweep", "Nine held in a border sweep"),
        ("https://www.news.example/story/detail.php?id=4711", "Court hears the case of the two clerks"),
        ("https://news.example/th/ข่าว/ตำรวจจับกุมแก๊งค้ายา", "ตำรวจจับกุมแก๊งค้ายาเสพติดข้ามชาติ"),
        ("https://news.example/berita/20240529/polis-tahan-lima-lelaki", "Polis tahan lima lelaki di sempadan"),
    ]
    assert listing.entries[1].published_at == datetime(2024, 5, 30, tzinfo=UTC)


def test_a_box_around_the_page_is_no_navigation_whatever_it_is_called(listed):
    page = PAGE.replace("<body>", "<body><div class='site main-menu-open' id='skip-link'>").replace("</body>", "</div></body>")
    assert listed(page, "page").entries == listed(PAGE, "page").entries


@pytest.mark.parametrize(
    ("selector", "titles"),
    [
        ("h2 a", ["Officers seize two boats off the coast"]),
        ("article", ["Boats in the harbour", "Nine held in a border sweep"]),
        ("footer a", ["A footer link of old"]),
        ("li:last-child > a", ["Read more"]),
    ],
)
def test_a_selector_takes_precedence_over_what_is_found(listed, selector, titles):
    listing = listed(PAGE, "page", links=selector)
    assert isinstance(listing, Listing)
    assert [entry.title for entry in listing.entries] == titles


@pytest.mark.parametrize(
    ("body", "links", "reason"),
    [
        (PAGE, ".story a", "selectors.links '.story a' finds no link among the 15 of the page"),
        (PAGE, "a[", "selectors.links 'a[' is not a CSS selector: "),
        ("<a href='/'>Home</a>", None, "none of the 1 links looks like an article; say which are meant with selectors.links"),
        (
            "<link rel=alternate type=application/rss+xml href=/rss><a href='/'>Home</a>",
            None,
            "none of the 1 links looks like an article; the page offers a feed: https://news.example/rss; say which are meant "
            "with selectors.links",
        ),
        ("<div id=root></div><script src=/main.js></script>", None, "the page has no link at all: scripts fill it, or a frame"),
        ('<?xml version="1.0"?><rss/>', None, "not a page but a feed; its source should say `kind: feed`"),
        ("<urlset/>", None, "not a page but a sitemap; its source should say `kind: sitemap`"),
        ("", None, "the body is empty"),
    ],
    ids=["nothing selected", "bad selector", "no article", "feed offered", "scripts", "feed", "sitemap", "empty"],
)
def test_a_page_without_articles_says_what_to_do(listed, body, links, reason):
    found = listed(body, "page", links=links)
    assert isinstance(found, Unlisted)
    assert found.reason.startswith(reason)


def test_links_are_seen_from_the_base_of_the_page_and_a_hostile_base_is_not_followed(listed):
    page = "<base href='{}'><h2><a href='news/10001'>Officers seize two boats</a></h2>"
    assert listed(page.format("/deep/er/"), "page").entries[0].url == "https://news.example/deep/er/news/10001"
    assert listed(page.format("javascript:1/"), "page").entries[0].url == "https://news.example/news/10001"


@pytest.mark.parametrize(
    ("path", "article"),
    [
        ("/display/2024/05/30/joint-training", True),
        ("/roseap/en/2024/05/trafficking/story.html", True),
        ("/en/News-and-Events/News/2024/Dozens-arrested-in-operation", True),
        ("/news/1234567.html", True),
        ("/a/b/police-arrest-five-in-raid", True),
        ("/news/detail?newsid=42", True),
        ("/2024-05-30/x", True),
        ("/", False),
        ("/news", False),
        ("/about-us", False),
        ("/category/crime-and-justice-in-asia", False),
        ("/page/2", False),
        ("/news/2024", False),
        ("/author/a-b-c-d-e", False),
        ("/files/annual-report-of-the-year.pdf", False),
        ("/search?q=arrest", False),
    ],
)
def test_an_address_tells_whether_it_is_an_articles(path, article):
    assert looks_like_article(f"https://news.example{path}") is article


@pytest.mark.parametrize(
    ("text", "headline"),
    [("Read more", False), ("Police arrest five men", True), ("ตำรวจจับกุมแก๊งค้ายา", True), ("หน้าแรก", False),
     ("警方在邊境地區逮捕多名嫌疑人", True),
     ("更多新闻", False), ("ដំណឹង", False), ("Home News Sport", False)],
)  # fmt: skip
def test_a_headline_is_told_from_a_label_in_every_script(text, headline):
    assert is_headline(text) is headline


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://www.news.example/1", True), ("http://news.example:80/1", True), ("https://en.news.example/1", True),
        ("https://bad-news.example/1", False), ("https://news.example.evil.example/1", False), ("https://example/1", True),
    ],
)  # fmt: skip
def test_a_site_is_its_host_and_the_hosts_below(url, same):
    assert same_site(url, "https://news.example/") is same


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (" /a b\n", "https://news.example/a%20b"),
        ("HTTPS://Other.example/x#y", "https://Other.example/x"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("?p=1", "https://news.example/news?p=1"),
        ("#top", None),
        ("", None),
        ("x" * 3_000, None),
        ("http://exa mple/", None),
        ("https://news.example:99999/", None),
        ("java\nscript:alert(1)", None),
    ],
)
def test_a_link_becomes_an_absolute_address_or_nothing(link, url):
    found = absolute(link, "https://news.example/news")
    assert found == url
